/* compare_order.c: what must hold from one modern document to the next: control numbers that rise,
 * values that are unique.
 *
 * Without a rule, ISA13 repeated or falling is a defect of modern only where its order can be
 * known: within a file, or over files when legacy's own numbers rise over its files. References of
 * EDIFACT (UNB05) need not be numbers, so only one that repeats is. With a rule, the order is that
 * of the files' names.
 */
#include "base/decimal.h"
#include "stdlib/compare_edifact.h"
#include "stdlib/compare_x12.h"
#include "stdlib/mask.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    text stream; /* ISA05 to ISA08 for envelopes; else empty */
    text value;
    const unit *u;
    uint32_t at;
} sample;

static int by_stream(const void *a, const void *b)
{
    const sample *x = a, *y = b;
    int c = text_compare(x->stream, y->stream);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static int by_value(const void *a, const void *b)
{
    const sample *x = a, *y = b;
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

static uint32_t group_of(const unit *u)
{
    if (u->part == WHOLE)
        return WHOLE;
    if (is_edifact(u))
        return unit_edifact(u)->message[u->part].group;
    return u->from->kind == KIND_X12 ? unit_x12(u)->set[u->part].group : WHOLE;
}

static bool same_header(const unit *a, const unit *b, int scope)
{
    if (!scope || !a || a->from != b->from || a->interchange != b->interchange)
        return false;
    return scope == 1 || (group_of(a) != WHOLE && group_of(a) == group_of(b));
}

static text value_of(comparison *c, const unit *u, text ref)
{
    if (u->from->kind == KIND_X12 && u->part == WHOLE && !u->from->broken && text_is(ref, "ISA13"))
        return unit_x12(u)->interchange[u->interchange].isa[13];
    return unit_value(c->memory, u, ref);
}

static sample *samples(comparison *c, const side *s, text ref, size_t *n)
{
    sample *out = arena_array(c->memory, sample, s->units);
    int scope = scope_of(ref);
    const unit *last = NULL;
    *n = 0;
    for (size_t i = 0; i < s->units; i++) {
        const unit *u = &s->unit[i];
        text v = text_trim(value_of(c, u, ref));
        if (v.n == 0 || same_header(last, u, scope))
            continue;
        out[*n] = (sample){scope ? stream_of(u) : (text){0}, v, u, (uint32_t)i};
        ++*n;
        last = u;
    }
    return out;
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
static void blame_all(comparison *c, const sample *before, const sample *s, text ref, text rule)
{
    int scope = scope_of(ref);
    compare_difference d = {.path = dotted(c->memory, ref), .rule = rule, .ref = ref};
    d.legacy = mask_text(c->memory, text_format(c->memory, "after %.*s", TEXT_ARG(before->value)));
    d.modern = mask_text(c->memory, s->value);
    for (size_t i = s->at; i < c->modern.units; i++) {
        unit *u = &c->modern.unit[i];
        if (u == s->u || same_header(s->u, u, scope))
            blame_unit(c, u, d);
        else if (u->from != s->u->from)
            break;
    }
}

/* Is y one more than x; numbers of more than 18 digits are not counted on. */
static bool follows(text x, text y)
{
    return x12_is_digits(x, 1, 18) && x12_is_digits(y, 1, 18) &&
           strtoll(y.p, NULL, 10) == strtoll(x.p, NULL, 10) + 1;
}

static void check_increasing(comparison *c, text ref, text rule, bool by_one)
{
    size_t n;
    sample *s = samples(c, &c->modern, ref, &n);
    if (n)
        qsort(s, n, sizeof *s, by_stream);
    for (size_t i = 1; i < n; i++)
        if (text_equal(s[i].stream, s[i - 1].stream) &&
            (by_one ? !follows(s[i - 1].value, s[i].value)
                    : value_order(s[i - 1].value, s[i].value) >= 0))
            blame_all(c, &s[i - 1], &s[i], ref, rule);
}

static void check_unique(comparison *c, text ref, text rule)
{
    size_t n;
    sample *s = samples(c, &c->modern, ref, &n);
    if (n)
        qsort(s, n, sizeof *s, by_value);
    for (size_t i = 1; i < n; i++)
        if (text_equal(s[i].stream, s[i - 1].stream) && text_equal(s[i].value, s[i - 1].value))
            blame_all(c, &s[i - 1], &s[i], ref, rule);
}

/* How legacy's control numbers behave in a stream. */
typedef struct {
    size_t count;
    bool repeats, falls;
} habit;

static habit habit_of(const sample *s, size_t n, text stream)
{
    habit h = {0};
    const sample *last = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!text_equal(s[i].stream, stream))
            continue;
        int order = last ? value_order(last->value, s[i].value) : -1;
        h.repeats |= order == 0;
        h.falls |= order > 0;
        h.count++;
        last = &s[i];
    }
    return h;
}

/* `ref` names the number in its envelope; `falling` is empty where it need not rise. */
static void check_control_numbers(comparison *c, text ref, text repeated, text falling)
{
    size_t n, k;
    sample *m = samples(c, &c->modern, ref, &n);
    sample *l = samples(c, &c->legacy, ref, &k);
    if (n)
        qsort(m, n, sizeof *m, falling.n ? by_stream : by_value);
    habit h = {0};
    for (size_t i = 1; i < n; i++) {
        if (!text_equal(m[i].stream, m[i - 1].stream))
            continue;
        if (i == 1 || !text_equal(m[i - 1].stream, m[i - 2].stream))
            h = habit_of(l, k, m[i].stream);
        bool one_file = m[i].u->from == m[i - 1].u->from;
        int order = value_order(m[i - 1].value, m[i].value);
        /* Within a file a repeated number is a fault already. */
        bool again = falling.n ? order == 0 : text_equal(m[i - 1].value, m[i].value);
        if (again && !one_file && !h.repeats)
            blame_all(c, &m[i - 1], &m[i], ref, repeated);
        if (falling.n && order > 0 && !h.falls && (one_file || h.count > 1))
            blame_all(c, &m[i - 1], &m[i], ref, falling);
    }
}

/* To look for a number where there is none would walk over every document for nothing. */
static bool any_file(const comparison *c, document_kind kind)
{
    for (size_t i = 0; i < c->modern.files; i++)
        if (c->modern.file[i].kind == kind)
            return true;
    return false;
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

void compare_sequences(comparison *c)
{
    const compare_options *o = c->options;
    for (size_t i = 0; i < o->constraints; i++) {
        const compare_constraint *k = &o->constrain[i];
        text rule = rule_name_bound(c->memory, k);
        if (k->bound == BOUND_INCREASING || k->bound == BOUND_CONSECUTIVE)
            check_increasing(c, k->ref, rule, k->bound == BOUND_CONSECUTIVE);
        if (k->bound == BOUND_UNIQUE)
            check_unique(c, k->ref, rule);
    }
    if (any_file(c, KIND_X12) && is_free(o, TEXT("ISA13")))
        check_control_numbers(c, TEXT("ISA13"), TEXT("x12.control_number repeated"),
                              TEXT("x12.control_number falling"));
    if (any_file(c, KIND_EDIFACT) && is_free(o, TEXT("UNB05")))
        check_control_numbers(c, TEXT("UNB05"), TEXT("edifact.reference repeated"), (text){0});
}
