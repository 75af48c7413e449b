/* votes.c: whether the people of a program can give its approvals: each has one vote, in one role,
 * and whoever wrote the program or starts the run has none.
 *
 * Who that will be is not known here, and somebody whom no role names may start a run: so a program
 * that needs everybody it names is warned of (W0502), and the machine refuses the start by whom an
 * approval cannot do without (vm/speak.c). */
#include "compiler/votes.h"
#include "compiler/data.h"
#include "compiler/lower.h"

void votes_proof(compiler *c, node n, value role, uint32_t count)
{
    const row *r = role.unknown || role.constant < 0
                       ? NULL
                       : row_by_final(c, TABLE_ROLE, (uint32_t)role.constant);
    if (!r || r->unread || r->number >= (int64_t)count)
        return;
    diagnostic *g = fault_at(c, E0504, n,
                             "nobody can give this approval: %u vote%s of `%.*s`, which "
                             "has %lld member%s",
                             count, count == 1 ? "" : "s", TEXT_ARG(r->name), (long long)r->number,
                             r->number == 1 ? "" : "s");
    diag_label_add(c->d, g, r->at, "its members stand here");
}

static const cell *members_of(const row *r)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == COLUMN_ROLE_MEMBERS)
            return &r->cells.p[i];
    return NULL;
}

static bool is_outside(const row *r)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == COLUMN_ROLE_OUTSIDE)
            return r->cells.p[i].value == 1;
    return false;
}

/* The seats of an approval; false where they are not known, or something was said of them. */
static bool seats_of(compiler *c, const value *roles, const uint32_t *counts, uint32_t k,
                     approval_asked *out)
{
    seat *s = arena_array(c->memory, seat, SEATS);
    out->seats = s;
    out->n = 0;
    for (uint32_t i = 0; i < k; i++) {
        const row *r = roles[i].unknown || roles[i].constant < 0
                           ? NULL
                           : row_by_final(c, TABLE_ROLE, (uint32_t)roles[i].constant);
        if (!r || r->unread || r->number == INT32_MAX || r->number < (int64_t)counts[i] ||
            out->n + counts[i] > SEATS)
            return false;
        const cell *x = members_of(r);
        for (uint32_t v = 0; v < counts[i]; v++)
            s[out->n++] = (seat){x ? x->values : NULL, x ? x->n : 0};
    }
    return out->n > 0;
}

void people_proof(compiler *c, node n, const value *roles, const uint32_t *counts, uint32_t k)
{
    approval_asked *a = arena_array(c->memory, approval_asked, 1);
    if (!seats_of(c, roles, counts, k, a))
        return;
    a->at = ast_name_span(tree(c), n);
    uint32_t taken = seating_taken(a->seats, a->n, NULL, 0);
    if (taken < a->n) {
        fault(c, DIAG_E0504, a->at,
              "nobody can give this approval: it wants %u people, and its roles have %u, since "
              "each has one vote",
              a->n, taken);
        return;
    }
    if (!c->migration || c->generic)
        return;
    a->before = c->migration->asked;
    c->migration->asked = a;
}

/* --- somebody to write and to start it
 * ----------------------------------------------------------------- */

typedef struct {
    int64_t person[SEATS];
    const approval_asked *needs[SEATS]; /* the last approval that nobody else can complete */
    uint32_t n;
    bool many; /* more than fit: surely one of them is free */
} crowd;

/* Whom the roles of the project name. The people of a partner do not start its runs. */
static crowd everybody(const compiler *c)
{
    crowd all = {.n = 0};
    for (size_t i = 0; i < c->rows[TABLE_ROLE].n; i++) {
        const row *r = c->rows[TABLE_ROLE].p[i];
        const cell *x = is_outside(r) ? NULL : members_of(r);
        for (uint32_t m = 0; x && m < x->n && !all.many; m++) {
            if (seating_has(all.person, all.n, x->values[m]))
                continue;
            all.many = all.n == SEATS;
            if (!all.many)
                all.person[all.n++] = x->values[m];
        }
    }
    return all;
}

/* The last in the order of the program of those that cannot be given without the person. */
static const approval_asked *needed_by(const approval_asked *last, int64_t person)
{
    for (const approval_asked *a = last; a; a = a->before)
        if (seating_taken(a->seats, a->n, &person, 1) < a->n)
            return a;
    return NULL;
}

static bool is_labelled(const crowd *all, uint32_t k, span at)
{
    for (uint32_t i = 0; i < k; i++)
        if (all->needs[i]->at.start == at.start)
            return true;
    return false;
}

void separation_proof(compiler *c)
{
    crowd all = everybody(c);
    const approval_asked *last = NULL;
    if (all.many || !all.n || c->d->errors > c->met)
        return;
    for (uint32_t i = 0; i < all.n; i++) {
        all.needs[i] = needed_by(c->migration->asked, all.person[i]);
        if (!all.needs[i])
            return;
        if (!last || all.needs[i]->at.start > last->at.start)
            last = all.needs[i];
    }
    bool one = true;
    for (uint32_t i = 0; i < all.n; i++)
        one = one && all.needs[i]->at.start == last->at.start;
    diagnostic *g =
        fault(c, DIAG_W0502, last->at, "%s everybody whom the program names",
              one ? "this approval needs" : "with those before it, this approval needs");
    for (uint32_t i = 0; i < all.n; i++) {
        span at = all.needs[i]->at;
        if (at.start != last->at.start && !is_labelled(&all, i, at))
            diag_label_add(c->d, g, at, "this one needs `%.*s`",
                           TEXT_ARG(text_kept(c, all.person[i])));
    }
    diag_note(c->d, g, "who wrote it and who starts the run cannot approve");
    diag_help_add(c->d, g, "name in a role who starts the run, or a further person who may vote");
}
