/* render_evidence.c: see render_evidence.h. The document is written by stdlib/simulate. */
#include "cli/render_evidence.h"

#include "cli/render_event.h"
#include "cli/run_state.h"

enum { PAIRS = 10, DIFFERENCES = 3, INDENT = 10 };

text evidence_document(cli *c, journal *j, const journal_event *e)
{
    sha256 digest;
    text bytes;
    if (!journal_evidence(e, &c->memory, &digest) ||
        !journal_blob_get(j, &digest, &c->memory, &bytes))
        return (text){0};
    return bytes;
}

static void indent(buffer *out)
{
    for (int i = 0; i < INDENT; i++)
        buffer_char(out, ' ');
}

static void counts(cli *c, buffer *out, const terminal *t, const json_document *d)
{
    static const char *const names[] = {"matched", "different", "missing",
                                        "extra",   "duplicate", "unreadable"};
    indent(out);
    buffer_cstr(out, "compared ");
    term_put(out, t, body_text(&c->memory, d, "compared"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        text n = body_text(&c->memory, d, names[i]);
        if (!n.n || text_is(n, "0"))
            continue;
        buffer_cstr(out, i ? ", " : ": ");
        term_put(out, t, n);
        buffer_printf(out, " %s", names[i]);
    }
    buffer_char(out, '\n');
}

static void side(cli *c, buffer *out, const terminal *t, const json_document *d, uint32_t node,
                 const char *name)
{
    text value = state_member(c, d, node, name);
    buffer_printf(out, "  %s ", name);
    term_put(out, t, value.n ? value : TEXT("-"));
}

static void pair(cli *c, buffer *out, const terminal *t, const json_document *d, uint32_t node)
{
    unsigned shown = 0;
    indent(out);
    term_put(out, t, state_member(c, d, node, "key"));
    buffer_char(out, ' ');
    term_styled(out, t, STYLE_ERROR, state_member(c, d, node, "verdict"));
    buffer_char(out, '\n');
    for (state_elements e = state_list(d, node, "differences"); e.left && shown < DIFFERENCES;
         state_next(&e), shown++) {
        indent(out);
        buffer_cstr(out, "  ");
        term_put(out, t, state_member(c, d, e.node, "path"));
        side(c, out, t, d, e.node, "legacy");
        side(c, out, t, d, e.node, "modern");
        buffer_char(out, '\n');
    }
}

void render_evidence(cli *c, buffer *out, const terminal *t, journal *j, const journal_event *e)
{
    sha256 digest;
    json_document d;
    unsigned shown = 0, left = 0;
    if (!journal_evidence(e, &c->memory, &digest))
        return;
    text bytes = evidence_document(c, j, e);
    if (!bytes.n || !json_read(&c->memory, bytes, &d, NULL)) {
        indent(out);
        buffer_cstr(out, "the evidence is not kept\n");
        return;
    }
    counts(c, out, t, &d);
    for (state_elements p = state_list(&d, 0, "pairs"); p.left; state_next(&p)) {
        if (shown++ < PAIRS)
            pair(c, out, t, &d, p.node);
        else
            left++;
    }
    char hex[65];
    sha256_hex(&digest, hex);
    if (left) {
        indent(out);
        buffer_printf(out, "and %u more: ferry events --kept %.*s\n", left, EVIDENCE_SHOWN, hex);
    }
}
