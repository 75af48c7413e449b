/* new_draft.c: see new_draft.h. */
#include "cli/new_draft.h"

#include "bytecode/disasm.h"

#include <stdlib.h>

enum { LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL };

/* Undos add up over the channels of a migration, and all of them must fit into the last window:
 * with the timeouts of the playbooks that are 8 hours for 53 channels of EDI; so many are nobody's
 * one night anyway. */
enum { CHANNELS_MOST = 24 };

typedef struct {
    cli *c;
    buffer *b;
    const new_subject *s;
    const uint32_t *order; /* channels, as they move */
    uint32_t n;
    unsigned part, parts; /* of the migrations; from 1 */
} draft;

static text score(cli *c, int64_t v)
{
    buffer b = {0};
    decimal_write(&b, (v + 5000) / 10000 * 10000, SCALE_NUMBER);
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static text member(cli *c, const image *i, uint32_t e, int64_t code)
{
    buffer b = {0};
    value_write(i, TYPE_WORD(TYPE_ENUM, e), code, &b);
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

/* The score pools many factors, and a mean is mild: what the business calls critical is moved with
 * care, whatever its score. */
static uint32_t caution(const assessed *a)
{
    int64_t word = image_value(a->image, TABLE_CUSTOMER, COLUMN_CUSTOMER_CRITICALITY, a->row);
    uint32_t own = word == QUANTITY_NONE || word < 1 ? LEVEL_LOW : (uint32_t)word - 1;
    return a->whole.level > own ? a->whole.level : own;
}

const char *new_strategy(const assessed *a)
{
    uint32_t level = caution(a);
    return !a->channels            ? "-"
           : level == LEVEL_LOW    ? "big bang"
           : level == LEVEL_MEDIUM ? "phased"
                                   : "phased, after a pilot";
}

/* --- the order -----------------------------------------------------------------------------------
 */

bool new_by_machine(const image *i, uint32_t row)
{
    text kind =
        image_text(i, i->words[i->enums[ENUM_kind].first_member +
                               (uint32_t)image_value(i, TABLE_CHANNEL, COLUMN_CHANNEL_KIND, row)]);
    return !text_is(kind, "thick_client") && !text_is(kind, "web_portal");
}

static bool is_edi(const image *i, uint32_t row)
{
    return text_is(
        image_text(i, i->words[i->enums[ENUM_kind].first_member +
                               (uint32_t)image_value(i, TABLE_CHANNEL, COLUMN_CHANNEL_KIND, row)]),
        "edi");
}

static bool follows(const assessed *a, uint32_t k, uint32_t other)
{
    const image *i = a->image;
    uint32_t first,
        n = image_list(i, TABLE_CHANNEL, COLUMN_CHANNEL_FOLLOWS, a->first_channel + k, &first);
    for (uint32_t f = 0; f < n; f++)
        if (text_equal(image_text(i, (uint32_t)image_element(i, TABLE_CHANNEL,
                                                             COLUMN_CHANNEL_FOLLOWS, first + f)),
                       image_field_text(i, TABLE_CHANNEL, 0, a->first_channel + other)))
            return true;
    return false;
}

/* Always the one of least risk (then of least name) whose forerunners have gone; the compiler has
 * refused circles. */
static void order(const assessed *a, uint32_t *out)
{
    bool *gone = calloc(a->channels + 1, sizeof *gone);
    for (uint32_t n = 0; gone && n < a->channels; n++) {
        uint32_t best = a->channels;
        for (uint32_t k = 0; k < a->channels; k++) {
            bool ready = !gone[k];
            for (uint32_t o = 0; ready && o < a->channels; o++)
                ready = gone[o] || o == k || !follows(a, k, o);
            if (ready && (best == a->channels || a->channel[k].score < a->channel[best].score))
                best = k;
        }
        if (best == a->channels) /* a circle after all: as they stand */
            for (best = 0; gone[best];)
                best++;
        gone[best] = true;
        out[n] = best;
    }
    free(gone);
}

/* --- phases --------------------------------------------------------------------------------------
 */

static void each(draft *d, uint32_t k)
{
    bool edi = is_edi(d->s->of->image, d->s->of->first_channel + k);
    buffer_printf(d->b, "for each c in %.*s.channels where %sc.name == \"%.*s\" {\n",
                  TEXT_ARG(d->s->name), edi ? "c.kind == edi and " : "",
                  TEXT_ARG(d->s->channels->p[k]));
}

static void switch_apply(draft *d, uint32_t k, const char *watch)
{
    bool edi = is_edi(d->s->of->image, d->s->of->first_channel + k);
    buffer_printf(d->b, "apply playbooks.%s(c, owner: ", edi ? "edi_switch" : "switch_over");
    new_text(d->b, d->s->name);
    buffer_printf(d->b, ", table_of: platform.routes, watch: %s)\n", watch);
}

static void prove(draft *d)
{
    const assessed *a = d->s->of;
    unsigned compared = 0;
    buffer_cstr(d->b, "phase prove {\n");
    if (a->whole.level != LEVEL_CRITICAL)
        buffer_printf(d->b,
                      "require %.*s.risk.level <= %.*s else \"the risk of {%.*s.title ?? "
                      "%.*s.name} has risen since this was drafted\"\n",
                      TEXT_ARG(d->s->name),
                      TEXT_ARG(member(d->c, a->image, ENUM_level, a->whole.level)),
                      TEXT_ARG(d->s->name), TEXT_ARG(d->s->name));
    for (uint32_t n = 0; n < d->n; n++) {
        uint32_t k = d->order[n];
        if (!new_is_compared(a->image, a->first_channel + k))
            continue;
        compared++;
        each(d, k);
        buffer_cstr(d->b, "apply playbooks.compare(c, samples_of: ");
        new_text(d->b, text_format(&d->c->memory, "samples/%.*s/%.*s/*", TEXT_ARG(d->s->name),
                                   TEXT_ARG(d->s->channels->p[k])));
        buffer_cstr(d->b, ")\n}\n");
    }
    if (!compared)
        buffer_cstr(d->b,
                    "// Not evidenced: nothing is compared; no channel has both endpoints.\n");
    if (a->whole.level == LEVEL_CRITICAL) {
        buffer_cstr(d->b, "approve accept ");
        new_text(d->b, text_format(&d->c->memory, "Accept a critical risk of %.*s?",
                                   TEXT_ARG(score(d->c, a->whole.score))));
        buffer_cstr(d->b, " by 2 of people.change_board within 5d\n");
    }
    buffer_cstr(d->b, "approve go ");
    new_text(d->b, text_format(&d->c->memory, "Move %.*s?", TEXT_ARG(d->s->title)));
    buffer_cstr(d->b, a->whole.level == LEVEL_LOW ? " by people.lead within 48h\n"
                      : a->whole.level == LEVEL_MEDIUM
                          ? " by 1 of people.change_board within 48h\n"
                          : " by 2 of people.change_board within 48h\n");
    buffer_cstr(d->b, "}\n");
}

static uint32_t machines(const draft *d)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n; i++)
        n += new_by_machine(d->s->of->image, d->s->of->first_channel + d->order[i]);
    return n;
}

/* All at once: one phase, what stands in it in order. */
static void big_bang(draft *d)
{
    if (!machines(d))
        return;
    buffer_cstr(d->b,
                "\n// Everything in one night: nothing here is risky.\nphase move in window {\n");
    for (uint32_t n = 0; n < d->n; n++) {
        uint32_t k = d->order[n];
        if (!new_by_machine(d->s->of->image, d->s->of->first_channel + k))
            continue;
        each(d, k);
        switch_apply(d, k, "15m");
        buffer_cstr(d->b, "}\n");
    }
    buffer_cstr(d->b, "}\n");
}

static void phased(draft *d)
{
    const assessed *a = d->s->of;
    uint32_t left = machines(d);
    bool pilot = caution(a) >= LEVEL_HIGH && d->part == 1;
    for (uint32_t n = 0; n < d->n; n++) {
        uint32_t k = d->order[n];
        if (!new_by_machine(a->image, a->first_channel + k))
            continue;
        left--;
        buffer_printf(d->b, "\n// Risk %.*s, %.*s.\nphase move_%.*s in window {\n",
                      TEXT_ARG(score(d->c, a->channel[k].score)),
                      TEXT_ARG(member(d->c, a->image, ENUM_level, a->channel[k].level)),
                      TEXT_ARG(d->s->channels->p[k]));
        each(d, k);
        switch_apply(d, k, caution(a) >= LEVEL_HIGH ? "2h" : "1h");
        buffer_cstr(d->b, "}\n}\n");
        if (pilot && left) {
            buffer_cstr(d->b, "phase pilot {\napprove held ");
            new_text(d->b, text_format(&d->c->memory, "%.*s has held. Move the others?",
                                       TEXT_ARG(d->s->channels->p[k])));
            buffer_cstr(d->b, " by 1 of people.change_board within 5d\n}\n");
        }
        pilot = false;
    }
}

static void desks(draft *d)
{
    const assessed *a = d->s->of;
    for (uint32_t n = 0; n < d->n; n++) {
        uint32_t k = d->order[n];
        if (new_by_machine(a->image, a->first_channel + k))
            continue;
        buffer_printf(d->b, "\nphase desk_%.*s {\n", TEXT_ARG(d->s->channels->p[k]));
        each(d, k);
        buffer_cstr(d->b, "apply playbooks.desk_switch(c)\n}\n}\n");
    }
}

static void migration(draft *d)
{
    buffer *b = d->b;
    buffer_printf(b, "\n/// Strategy: %s, for a risk of %.*s.\nmigration %.*s_move",
                  new_strategy(d->s->of), TEXT_ARG(score(d->c, d->s->of->whole.score)),
                  TEXT_ARG(d->s->name));
    if (d->parts > 1)
        buffer_printf(b, "_%u", d->part);
    buffer_char(b, ' ');
    new_text(b, text_format(&d->c->memory, "%.*s to the modern platform", TEXT_ARG(d->s->title)));
    buffer_printf(b, " for %.*s {\n", TEXT_ARG(d->s->name));
    if (machines(d))
        buffer_cstr(b, "// Assumed: nobody told when this customer can be cut over.\n"
                       "window sat 22:00 to sun 06:00 in \"UTC\"\n");
    buffer_cstr(b, "on failure ask people.lead within 20m else rollback\n\n");
    prove(d);
    if (caution(d->s->of) == LEVEL_LOW)
        big_bang(d);
    else
        phased(d);
    desks(d);
    buffer_cstr(b, "}\n");
}

void new_draft(cli *c, buffer *b, const new_subject *s)
{
    const assessed *a = s->of;
    uint32_t *all = arena_array(&c->memory, uint32_t, a->channels + 1);
    order(a, all);
    buffer_printf(b, "/// Made from %.*s: risk %.*s, %.*s. What stands here is the truth now.\n",
                  TEXT_ARG(s->source), TEXT_ARG(score(c, a->whole.score)),
                  TEXT_ARG(member(c, a->image, ENUM_level, a->whole.level)));
    buffer_cstr(b, "language 1\n");
    if (a->channels)
        buffer_cstr(b, "use \"people.ferry\"\nuse \"platform.ferry\"\nuse \"playbooks.ferry\"\n");
    buffer_char(b, '\n');
    new_customer(c, b, a, s->name, s->channels);
    if (!a->channels)
        buffer_cstr(b, "// Not evidenced: its channels. Without one there is nothing to move.\n");
    unsigned parts = (a->channels + CHANNELS_MOST - 1) / CHANNELS_MOST;
    for (unsigned p = 0; p < parts; p++) {
        uint32_t from = p * CHANNELS_MOST, n = a->channels - from;
        draft d = {.c = c,
                   .b = b,
                   .s = s,
                   .order = all + from,
                   .n = n > CHANNELS_MOST ? CHANNELS_MOST : n,
                   .part = p + 1,
                   .parts = parts};
        migration(&d);
    }
}
