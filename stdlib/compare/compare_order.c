/* compare_order.c: what must hold from one modern document to the next: control numbers that rise,
 * values that are unique.
 *
 * Without a rule, ISA13 repeated or falling is a defect of modern only where its order can be
 * known: within a file, or over files when legacy's own numbers rise over its files. References of
 * EDIFACT (UNB05) need not be numbers, so only one that repeats is. With a rule, the order is that
 * of the files' names.
 */
#include "base/decimal.h"
#include "stdlib/compare/compare_edifact.h"
#include "stdlib/compare/compare_x12.h"
#include "stdlib/document/mask.h"

#include <stdlib.h>
#include <string.h>

static int by_stream(const void *a, const void *b)
{
    const sampled *x = a, *y = b;
    int c = text_compare(x->stream, y->stream);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static int by_value(const void *a, const void *b)
{
    const sampled *x = a, *y = b;
    int c = text_compare(x->stream, y->stream);
    if (c == 0)
        c = text_compare(x->value, y->value);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static bool is_edifact(const unit *u)
{
    return u->from->kind == KIND_EDIFACT || u->from->kind == KIND_TRADACOMS;
}

/* Both parties, which stand together: one view of the file is the address. */
static text stream_of(const unit *u)
{
    if (is_edifact(u) && !u->from->broken) {
        const edifact_interchange *i = unit_interchange(u);
        text from = edifact_header_element(i, 2), to = edifact_header_element(i, 3);
        return i->header.p ? (text){from.p, (size_t)(to.p + to.n - from.p)} : (text){0};
    }
    if (u->from->kind != KIND_X12)
        return (text){0};
    const x12_interchange *i = &unit_x12(u)->interchange[u->interchange];
    if (!i->header.p)
        return (text){0};
    return (text){i->isa[5].p, (size_t)(i->isa[8].p + i->isa[8].n - i->isa[5].p)};
}

/* The scope in which one header's value counts once: 0 each document, 1 interchange, 2 group. */
static int scope_of(text ref)
{
    static const char *const interchanges[] = {"ISA", "UNB", "UIB", "STX"};
    for (size_t i = 0; i < sizeof interchanges / sizeof *interchanges; i++)
        if (text_starts(ref, text_of(interchanges[i])))
            return 1;
    return text_starts(ref, TEXT("GS")) || text_starts(ref, TEXT("UNG")) ? 2 : 0;
}

static bool same_header(const unit *a, const unit *b, int scope)
{
    if (!scope || !a || a->from != b->from || a->interchange != b->interchange)
        return false;
    return scope == 1 || (a->group != WHOLE && a->group == b->group);
}

static text value_of(comparison *c, const unit *u, text ref)
{
    if (u->from->kind == KIND_X12 && u->part == WHOLE && !u->from->broken && text_is(ref, "ISA13"))
        return unit_x12(u)->interchange[u->interchange].isa[13];
    return unit_value(c->scratch, u, ref);
}

/* What outlives the file; the same again is not copied again. */
static text lasting(const side *s, text last, text now)
{
    return text_equal(last, now) ? last : text_copy(s->memory, now);
}

static void sample_value(comparison *c, side *s, sampled_list *list, text ref, size_t first,
                         const unit *u, size_t n)
{
    int scope = scope_of(ref);
    const unit *last = NULL;
    for (size_t i = 0; i < n; i++) {
        if (same_header(last, &u[i], scope))
            continue;
        text v = text_trim(value_of(c, &u[i], ref));
        if (v.n == 0)
            continue;
        sampled before = list->n ? vec_last(list) : (sampled){0};
        text stream = scope ? stream_of(&u[i]) : (text){0};
        vec_push(list, (sampled){lasting(s, before.stream, stream), text_copy(s->memory, v),
                                 (uint32_t)(first + i)});
        last = &u[i];
    }
}

void compare_sample(comparison *c, side *s, bool modern, size_t first, const unit *u, size_t n)
{
    for (size_t i = 0; i < c->sequences; i++) {
        const sequence *x = &c->sequence[i];
        if ((modern || !x->k) && (!x->kind || (n && u->from->kind == x->kind)))
            sample_value(c, s, &s->samples[i], x->ref, first, u, n);
    }
}

static int value_order(text a, text b)
{
    return decimal_is_text(a) && decimal_is_text(b) ? decimal_compare_text(a, b)
                                                    : text_compare(a, b);
}

static text dotted(arena *a, text ref)
{
    place_ref at;
    if (place_read(ref, &at) && at.element)
        return text_format(a, "%.*s.%02u", TEXT_ARG(at.tag), at.element);
    return ref;
}

static void blame_unit(comparison *c, unit *u, compare_difference d)
{
    uint32_t *at = &u->blame;
    while (*at != WHOLE)
        at = &c->blames.p[*at].next;
    *at = (uint32_t)c->blames.n;
    vec_push(&c->blames, (blame){d, WHOLE});
}

/* Every modern document under that header. */
static void blame_all(comparison *c, const sampled *before, const sampled *s, text ref, text rule)
{
    int scope = scope_of(ref);
    const unit *of = &c->modern.unit[s->at];
    compare_difference d = {.path = dotted(c->memory, ref), .rule = rule, .ref = ref};
    d.legacy = mask_text(c->memory, text_format(c->memory, "after %.*s", TEXT_ARG(before->value)));
    d.modern = mask_text(c->memory, s->value);
    for (size_t i = s->at; i < c->modern.units; i++) {
        unit *u = &c->modern.unit[i];
        if (u == of || same_header(of, u, scope))
            blame_unit(c, u, d);
        else if (u->from != of->from)
            break;
    }
}

/* Is y one more than x; numbers of more than 18 digits are not counted on. */
static bool follows(text x, text y)
{
    return x12_is_digits(x, 1, 18) && x12_is_digits(y, 1, 18) &&
           strtoll(y.p, NULL, 10) == strtoll(x.p, NULL, 10) + 1;
}

static void sort(sampled_list *list, int (*order)(const void *, const void *))
{
    if (list->n)
        qsort(list->p, list->n, sizeof *list->p, order);
}

static void check_increasing(comparison *c, sampled_list *list, text ref, text rule, bool by_one)
{
    sampled *s = list->p;
    sort(list, by_stream);
    for (size_t i = 1; i < list->n; i++)
        if (text_equal(s[i].stream, s[i - 1].stream) &&
            (by_one ? !follows(s[i - 1].value, s[i].value)
                    : value_order(s[i - 1].value, s[i].value) >= 0))
            blame_all(c, &s[i - 1], &s[i], ref, rule);
}

static void check_unique(comparison *c, sampled_list *list, text ref, text rule)
{
    sampled *s = list->p;
    sort(list, by_value);
    for (size_t i = 1; i < list->n; i++)
        if (text_equal(s[i].stream, s[i - 1].stream) && text_equal(s[i].value, s[i - 1].value))
            blame_all(c, &s[i - 1], &s[i], ref, rule);
}

/* How legacy's control numbers behave in a stream. */
typedef struct {
    size_t count;
    bool repeats, falls;
} habit;

static habit habit_of(const sampled_list *s, text stream)
{
    habit h = {0};
    const sampled *last = NULL;
    for (size_t i = 0; i < s->n; i++) {
        if (!text_equal(s->p[i].stream, stream))
            continue;
        int order = last ? value_order(last->value, s->p[i].value) : -1;
        h.repeats |= order == 0;
        h.falls |= order > 0;
        h.count++;
        last = &s->p[i];
    }
    return h;
}

/* `falling` is empty where the number in the envelope need not rise. */
static void check_control_numbers(comparison *c, const sampled_list *l, sampled_list *list,
                                  text ref, text repeated, text falling)
{
    const sampled *m = list->p;
    const unit *u = c->modern.unit;
    sort(list, falling.n ? by_stream : by_value);
    habit h = {0};
    for (size_t i = 1; i < list->n; i++) {
        if (!text_equal(m[i].stream, m[i - 1].stream))
            continue;
        if (i == 1 || !text_equal(m[i - 1].stream, m[i - 2].stream))
            h = habit_of(l, m[i].stream);
        bool one_file = u[m[i].at].from == u[m[i - 1].at].from;
        int order = value_order(m[i - 1].value, m[i].value);
        /* Within a file a repeated number is a fault already. */
        bool again = falling.n ? order == 0 : text_equal(m[i - 1].value, m[i].value);
        if (again && !one_file && !h.repeats)
            blame_all(c, &m[i - 1], &m[i], ref, repeated);
        if (falling.n && order > 0 && !h.falls && (one_file || h.count > 1))
            blame_all(c, &m[i - 1], &m[i], ref, falling);
    }
}

/* Whether the user has said nothing about that number. */
static bool is_free(const compare_options *o, text ref)
{
    bool free = true;
    for (size_t i = 0; i < o->ignores; i++)
        free &= !text_equal(o->ignore[i], ref) &&
                !text_equal(o->ignore[i], text_slice(ref, 0, ref.n - 2));
    for (size_t i = 0; i < o->constraints; i++)
        free &= !text_equal(o->constrain[i].ref, ref);
    return free;
}

void compare_list_sequences(comparison *c)
{
    const compare_options *o = c->options;
    const sequence standards[] = {{TEXT("ISA13"), KIND_X12, NULL},
                                  {TEXT("UNB05"), KIND_EDIFACT, NULL}};
    c->sequence = arena_array(c->memory, sequence, o->constraints + 2);
    for (size_t i = 0; i < o->constraints; i++) {
        const compare_constraint *k = &o->constrain[i];
        if (k->bound == BOUND_INCREASING || k->bound == BOUND_CONSECUTIVE ||
            k->bound == BOUND_UNIQUE)
            c->sequence[c->sequences++] = (sequence){k->ref, KIND_UNKNOWN, k};
    }
    for (size_t i = 0; i < 2; i++)
        if (is_free(o, standards[i].ref))
            c->sequence[c->sequences++] = standards[i];
}

void compare_sequences(comparison *c)
{
    for (size_t i = 0; i < c->sequences; i++) {
        const sequence *x = &c->sequence[i];
        sampled_list *m = &c->modern.samples[i];
        text rule = x->k ? rule_name_bound(c->memory, x->k) : (text){0};
        if (x->k && x->k->bound == BOUND_UNIQUE)
            check_unique(c, m, x->ref, rule);
        else if (x->k)
            check_increasing(c, m, x->ref, rule, x->k->bound == BOUND_CONSECUTIVE);
        else if (x->kind == KIND_X12)
            check_control_numbers(c, &c->legacy.samples[i], m, x->ref,
                                  TEXT("x12.control_number repeated"),
                                  TEXT("x12.control_number falling"));
        else
            check_control_numbers(c, &c->legacy.samples[i], m, x->ref,
                                  TEXT("edifact.reference repeated"), (text){0});
    }
}
