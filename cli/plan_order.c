/* plan_order.c: see plan_order.h. */
#include "cli/plan_order.h"

#include "vm/assess.h"

typedef struct {
    cli *c;
    const image *image;
    const plan_migration *m;
    uint32_t customer; /* whose channels are meant; NO_INDEX */
    plan_line *to;
    size_t n;
} ordering;

typedef struct {
    size_t from, to; /* lines; the first is the element's own */
    int64_t rank, score;
} element;

static size_t end_of(const plan_migration *m, size_t at)
{
    size_t end = at + 1;
    while (end < m->line_count && m->lines[end].depth > m->lines[at].depth)
        end++;
    return end;
}

/* A channel of the customer that is moved; or a customer, in a loop over them. */
static bool row_of(const ordering *o, text name, uint32_t *table, uint32_t *row)
{
    uint32_t first;
    uint32_t n =
        o->customer == NO_INDEX ? 0 : image_children(o->image, TABLE_CHANNEL, o->customer, &first);
    *table = TABLE_CHANNEL;
    for (uint32_t k = 0; k < n; k++)
        if (text_equal(image_field_text(o->image, TABLE_CHANNEL, 0, first + k), name)) {
            *row = first + k;
            return true;
        }
    *table = TABLE_CUSTOMER;
    *row = image_find_row(o->image, TABLE_CUSTOMER, name);
    return *row != NO_INDEX;
}

static bool score_of(const ordering *o, text name, int64_t *score)
{
    uint32_t table, row;
    assessment a;
    exec_context e = {.image = o->image, .fuel = o->image->limits->fuel};
    if (!row_of(o, name, &table, &row) ||
        assess_row(&e, table, row, &o->c->memory, &a) != EXEC_RETURNED)
        return false;
    *score = a.score;
    return true;
}

static bool is_by_risk(const plan_line *l)
{
    text tail = TEXT(".risk.score");
    return l->by.n == l->name.n + tail.n && text_starts(l->by, l->name) && text_ends(l->by, tail);
}

static bool comes_before(const element *a, const element *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->score < b->score;
}

/* The elements of the loop at `at`, sorted: by rank, score, name. 0 where a score is not known. */
static size_t elements(const ordering *o, size_t at, element *out)
{
    const plan_migration *m = o->m;
    size_t n = 0, end = end_of(m, at);
    for (size_t i = at + 1; i < end; i = end_of(m, i)) {
        element e = {i, end_of(m, i), m->lines[i].rank, 0};
        if (m->lines[i].kind != PLAN_ELEMENT || !score_of(o, m->lines[i].name, &e.score))
            return 0;
        size_t k = n++;
        for (; k > 0 && comes_before(&e, &out[k - 1]); k--)
            out[k] = out[k - 1];
        out[k] = e;
    }
    return n;
}

/* Lines that a line names stand in the same block, and have moved as far as it. */
static void line_put(ordering *o, size_t from)
{
    const plan_line *l = &o->m->lines[from];
    plan_line *own = &o->to[o->n];
    size_t *waits = arena_array(&o->c->memory, size_t, l->wait_count + 1);
    *own = *l;
    for (size_t k = 0; k < l->wait_count; k++)
        waits[k] = l->waits[k] + o->n - from;
    own->waits = waits;
    own->beside = l->beside ? l->beside + o->n - from : 0;
    o->n++;
}

static void put(ordering *o, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const plan_line *l = &o->m->lines[i];
        plan_line *own = &o->to[o->n];
        line_put(o, i);
        uint32_t table, row;
        if (l->kind == PLAN_ELEMENT && row_of(o, l->name, &table, &row) && table == TABLE_CUSTOMER)
            o->customer = row; /* of a fleet: what follows is about it */
        if (l->kind != PLAN_EACH || !is_by_risk(l))
            continue;
        size_t end = end_of(o->m, i);
        element *sorted = arena_array(&o->c->memory, element, end - i);
        size_t n = elements(o, i, sorted);
        if (!n)
            continue;
        own->by = TEXT("");
        for (size_t k = 0; k < n; k++)
            put(o, sorted[k].from, sorted[k].to);
        i = end - 1;
    }
}

void plan_order(cli *c, const program *p, const plan_migration *m, plan_migration *out)
{
    ordering o = {.c = c,
                  .image = p->image,
                  .m = m,
                  .customer = image_find_row(p->image, TABLE_CUSTOMER, m->customer),
                  .to = arena_array(&c->memory, plan_line, m->line_count + 1)};
    put(&o, 0, m->line_count);
    *out = *m;
    out->lines = o.to;
}
