/* expiry.c: undos that stay possible for a time only.
 *
 * An undo that has expired is no way back: from then on its step counts as irreversible. So nothing
 * of the playbook that holds the step may, at worst, last longer than that: it could fail and have
 * to go back. Behind the playbook's end it is done with; when its undo expires then is what a plan
 * shows.
 */
#include "compiler/expiry.h"
#include "compiler/lower.h"

size_t expiry_mark(const compiler *c)
{
    return c->expiring.n;
}

void expiry_add(compiler *c, duration expires, span at)
{
    if (expires != QUANTITY_NONE && !c->generic)
        vec_push(&c->expiring, (expiring){c->fn, c->fn->forward, 0, expires, at});
}

void expiry_leave(compiler *c, size_t mark, const func *inner)
{
    for (size_t i = mark; i < c->expiring.n; i++) {
        expiring *e = &c->expiring.p[i];
        if (e->fn != inner)
            continue;
        e->left += inner->forward - e->done;
        e->fn = c->fn;
        e->done = c->fn->forward;
    }
}

void expiry_proof(compiler *c, size_t mark, const func *whole)
{
    for (size_t i = mark; i < c->expiring.n; i++) {
        const expiring *e = &c->expiring.p[i];
        duration after = e->left + (e->fn == whole ? whole->forward - e->done : 0);
        if (after <= e->expires)
            continue;
        diagnostic *g =
            fault(c, DIAG_E0405, e->at,
                  "the undo expires after %.*s, but at worst its playbook goes on for "
                  "%.*s and can fail",
                  TEXT_ARG(duration_text(c, e->expires)), TEXT_ARG(duration_text(c, after)));
        diag_note(c->d, g, "what cannot be undone any more counts as irreversible");
        diag_help_add(c->d, g,
                      "let the playbook end before, do this step later, or make it "
                      "`irreversible \"why\"` behind an approval");
    }
    c->expiring.n = mark;
}
