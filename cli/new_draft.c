/* new_draft.c: see new_draft.h. */
#include "cli/new_draft.h"

#include "bytecode/disasm.h"

enum { LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL };

static text score(cli *c, int64_t v)
{
    buffer b = {0};
    decimal_write(&b, (v + 5000) / 10000 * 10000, SCALE_NUMBER);
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static text level(cli *c, const image *i, uint32_t code)
{
    buffer b = {0};
    value_write(i, TYPE_WORD(TYPE_ENUM, ENUM_level), code, &b);
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static uint32_t caution(const assessed *a)
{
    int64_t word = image_value(a->image, TABLE_CUSTOMER, COLUMN_CUSTOMER_CRITICALITY, a->row);
    uint32_t own = word == QUANTITY_NONE || word < 1 ? LEVEL_LOW : (uint32_t)word - 1;
    return a->whole.level > own ? a->whole.level : own;
}

const char *new_strategy(const assessed *a)
{
    static const char *const strategies[] = {"big_bang", "phased", "canary", "parallel_run"};
    return a->channels ? strategies[caution(a) & 3] : "-";
}

/* The lifecycle does not move what is critical; who does it all the same says so by a vote. */
static void accepted(cli *c, buffer *b, const new_subject *s)
{
    const assessed *a = s->of;
    if (a->whole.level != LEVEL_CRITICAL)
        return;
    buffer_printf(
        b,
        "// The standard lifecycle refuses a critical risk: %.*s. Lower it first; the factors "
        "stand in `ferry assess %.*s.ferry`.\n",
        TEXT_ARG(score(c, a->whole.score)), TEXT_ARG(s->name));
}

static void migration(cli *c, buffer *b, const new_subject *s)
{
    const assessed *a = s->of;
    buffer_printf(b,
                  "\n/// By the standard lifecycle (`std.lifecycle`), for a risk of %.*s, %.*s.\n",
                  TEXT_ARG(score(c, a->whole.score)), TEXT_ARG(level(c, a->image, a->whole.level)));
    accepted(c, b, s);
    buffer_printf(b, "migration %.*s_move ", TEXT_ARG(s->name));
    new_text(b, text_format(&c->memory, "%.*s to the modern platform", TEXT_ARG(s->title)));
    buffer_printf(b, " for %.*s {\n", TEXT_ARG(s->name));
    buffer_cstr(
        b, "// Assumed: nobody told when this customer can be cut over.\n"
           "window sat 22:00 to sun 06:00 in \"UTC\"\n\n"
           "// Not evidenced: a gateway; without `gateway NAME` the operator does what a machine "
           "would do.\n");
    buffer_printf(b, "strategy %s\napprovers people.change_board\nvotes %d\n", new_strategy(a),
                  caution(a) >= LEVEL_HIGH ? 2 : 1);
    buffer_printf(b, "samples \"samples/%.*s\"\n", TEXT_ARG(s->name));
    buffer_cstr(b, "on failure ask people.lead within 20m else rollback\n}\n");
}

static void tests(cli *c, buffer *b, const new_subject *s)
{
    if (s->of->whole.level == LEVEL_CRITICAL)
        return;
    buffer_cstr(b, "\ntest ");
    new_text(b,
             text_format(&c->memory, "%.*s moves when everything goes well", TEXT_ARG(s->title)));
    buffer_printf(b,
                  " for %.*s_move {\nstart 2027-03-01 12:00\n"
                  "expect run.outcome == completed\n}\n",
                  TEXT_ARG(s->name));
    buffer_cstr(b, "\ntest ");
    new_text(
        b, text_format(&c->memory, "%.*s stays where it is when nobody votes", TEXT_ARG(s->title)));
    buffer_printf(b,
                  " for %.*s_move {\nstart 2027-03-01 12:00\ngiven people.change_board hangs\n"
                  "expect run.outcome == rolled_back\n}\n",
                  TEXT_ARG(s->name));
}

void new_draft(cli *c, buffer *b, const new_subject *s)
{
    const assessed *a = s->of;
    buffer_printf(b, "/// Made from %.*s: risk %.*s, %.*s. What stands here is the truth now.\n",
                  TEXT_ARG(s->source), TEXT_ARG(score(c, a->whole.score)),
                  TEXT_ARG(level(c, a->image, a->whole.level)));
    buffer_cstr(b, "language 1\n");
    buffer_cstr(b, a->channels ? "use \"people.ferry\"\n\n" : "\n");
    new_customer(c, b, a, s->name, s->channels);
    if (!a->channels) {
        buffer_cstr(b, "// Not evidenced: its channels. Without one there is nothing to move.\n");
        return;
    }
    migration(c, b, s);
    tests(c, b, s);
}
