/* compare_edifact_segment.c: two segments, component by component, by what they say: without
 * separators and release characters, numbers by value whatever their decimal mark, and texts in one
 * encoding where the sides declare two.
 */
#include "stdlib/compare/compare_edifact.h"
#include "stdlib/x12/x12.h"

#include <string.h>

typedef enum { CONTRACT_date, CONTRACT_time, CONTRACT_reference } contract;

static const struct {
    const char *tag;
    uint32_t element, component;
    contract what;
    size_t shortest, longest;
    const char *rule;
} contracts[] = {
#define EDIFACT_NOISE(tag, element, component, what, shortest, longest)                            \
    {#tag, element, component, CONTRACT_##what, shortest, longest, "edifact." #what},
#include "stdlib/compare/compare_edifact_noise.def"
#undef EDIFACT_NOISE
};

static bool holds(contract what, text v, size_t shortest, size_t longest)
{
    if (v.n < shortest || v.n > longest)
        return false;
    switch (what) {
    case CONTRACT_date: return x12_is_date(v);
    case CONTRACT_time: return x12_is_time(v);
    default: return text_trim(v).n == v.n;
    }
}

/* The built-in table: true when it knows the component, and then has judged. */
static bool judge_contract(comparison *c, const place_ref *at, text l, text m)
{
    uint32_t component = at->component ? at->component : 1;
    for (size_t i = 0; i < sizeof contracts / sizeof *contracts; i++) {
        if (contracts[i].element != at->element || contracts[i].component != component ||
            !text_is(at->tag, contracts[i].tag))
            continue;
        bool kept = holds(contracts[i].what, m, contracts[i].shortest, contracts[i].longest);
        judge(c, at, l, m, kept ? CLASS_NOISE : CLASS_DEFECT, contracts[i].rule);
        return true;
    }
    return false;
}

/* ISO 8859-1 as UTF-8. */
static text latin(arena *a, text t)
{
    char *p = arena_alloc(a, t.n * 2 + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++) {
        unsigned char b = (unsigned char)t.p[i];
        if (b < 0x80) {
            p[n++] = (char)b;
        } else {
            p[n++] = (char)(0xc0 | b >> 6);
            p[n++] = (char)(0x80 | (b & 0x3f));
        }
    }
    return (text){p, n};
}

/* What a value says, in UTF-8 where that is known. */
static text said(comparison *c, const unit *u, text raw)
{
    text v = edifact_value(c->scratch, raw, unit_separators(u));
    return text_is(unit_interchange(u)->syntax, "UNOC") ? latin(c->scratch, v) : v;
}

/* A plain decimal: with a point, whatever mark it was sent with. */
static text pointed(comparison *c, const unit *u, text v)
{
    char mark = unit_separators(u)->decimal;
    bool both = unit_interchange(u)->version >= 4 || !unit_interchange(u)->una.n;
    char *p = arena_copy(c->scratch, v.p, v.n);
    for (size_t i = 0; i < v.n; i++)
        if (p[i] == ',' && (both || mark == ','))
            p[i] = '.';
    return (text){p, v.n};
}

static bool same_number(comparison *c, const place_ref *at, text l, text m)
{
    uint32_t component = at->component ? at->component : 1;
    return edifact_type_of(at->tag, at->element, component) == EDIFACT_N &&
           same_decimal(pointed(c, c->l, l), pointed(c, c->m, m));
}

/* Whether modern is legacy with other characters than ASCII's replaced by `?`, SUB or U+FFFD: what
 * a gateway does whose code page has no such character. */
static bool lost_characters(text l, text m)
{
    size_t i = 0, k = 0;
    bool lost = false;
    while (i < l.n && k < m.n) {
        if (l.p[i] == m.p[k]) {
            i++;
            k++;
            continue;
        }
        bool mark = text_starts(text_slice(m, k, m.n), TEXT("\xef\xbf\xbd"));
        if ((unsigned char)l.p[i] < 0x80 || !(mark || m.p[k] == '?' || m.p[k] == 0x1a))
            return false;
        for (i++; i < l.n && ((unsigned char)l.p[i] & 0xc0) == 0x80; i++)
            ;
        k += mark ? 3 : 1;
        lost = true;
    }
    return lost && i == l.n && k == m.n;
}

static void compare_values(comparison *c, const place_ref *at, text raw_l, text raw_m)
{
    text l = said(c, c->l, raw_l), m = said(c, c->m, raw_m);
    if (text_equal(l, m)) {
        text v = edifact_value(c->scratch, raw_l, unit_separators(c->l));
        if (!text_equal(v, edifact_value(c->scratch, raw_m, unit_separators(c->m))))
            judge(c, at, l, m, CLASS_NOISE, "edifact.encoding");
        return;
    }
    if (judge_contract(c, at, l, m))
        return;
    if (same_number(c, at, l, m))
        judge(c, at, l, m, CLASS_NOISE, "edifact.number");
    else
        judge(c, at, l, m, CLASS_DEFECT, lost_characters(l, m) ? "lost character" : "value");
}

/* One component; absent and empty are the same. */
static void compare_leaf(comparison *c, const place_ref *at, text raw_l, text raw_m)
{
    c->stands[0] = raw_l;
    c->stands[1] = raw_m;
    compare_values(c, at, raw_l, raw_m);
    c->stands[0] = c->stands[1] = (text){0};
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void compare_components(comparison *c, place_ref at, text l, text m)
{
    const edifact_separators *x = unit_separators(c->l), *y = unit_separators(c->m);
    uint32_t n = larger(edifact_pieces(l, x, x->component), edifact_pieces(m, y, y->component));
    document_pieces v = document_pieces_of(l, x->component, x->release);
    document_pieces w = document_pieces_of(m, y->component, y->release);
    for (uint32_t i = 1; i <= n; i++) {
        at.component = n > 1 ? i : 0;
        size_t back = n > 1 ? path_add(c, ".%u", i) : c->path.n;
        compare_leaf(c, &at, document_piece(&v), document_piece(&w));
        path_cut(c, back);
    }
}

/* S005: that passwords differ is shown, not what they are. */
static bool is_secret(const place_ref *at)
{
    return (text_is(at->tag, "UNB") || text_is(at->tag, "STX")) && at->element == 6;
}

static void compare_element(comparison *c, place_ref at, text l, text m)
{
    const edifact_separators *x = unit_separators(c->l), *y = unit_separators(c->m);
    size_t back = path_add(c, ".%02u", at.element);
    if (is_secret(&at)) {
        if (!text_equal(edifact_value(c->scratch, l, x), edifact_value(c->scratch, m, y)))
            judge(c, &at, TEXT("(hidden)"), TEXT("(hidden, another)"), CLASS_DEFECT, "value");
        path_cut(c, back);
        return;
    }
    uint32_t n = larger(edifact_pieces(l, x, x->repetition), edifact_pieces(m, y, y->repetition));
    document_pieces v = document_pieces_of(l, x->repetition, x->release);
    document_pieces w = document_pieces_of(m, y->repetition, y->release);
    for (uint32_t i = 1; i <= n; i++) {
        size_t inner = n > 1 ? path_add(c, "[%u]", i) : c->path.n;
        compare_components(c, at, document_piece(&v), document_piece(&w));
        path_cut(c, inner);
    }
    path_cut(c, back);
}

/* Separators at the end, with nothing behind them. */
static text without_trailing(text t, const edifact_separators *by)
{
    while (t.n && (t.p[t.n - 1] == by->element || t.p[t.n - 1] == by->component) &&
           (t.n < 2 || t.p[t.n - 2] != by->release || !by->release))
        t.n--;
    return t;
}

/* Elements of a segment, the tag left out. */
static uint32_t elements(text segment, const edifact_separators *by)
{
    text tag = edifact_tag(segment, by);
    return tag.n == segment.n
               ? 0
               : edifact_pieces(text_slice(segment, tag.n + 1, segment.n), by, by->element);
}

void compare_edifact_segment(comparison *c, text l, text m)
{
    const edifact_separators *x = unit_separators(c->l), *y = unit_separators(c->m);
    bool alike = memcmp(x, y, sizeof *x) == 0 &&
                 text_equal(unit_interchange(c->l)->syntax, unit_interchange(c->m)->syntax);
    if (alike && text_equal(l, m))
        return;
    place_ref at = {edifact_tag(l, x), 0, 0};
    text short_l = without_trailing(l, x), short_m = without_trailing(m, y);
    if (l.n - short_l.n != m.n - short_m.n)
        judge(c, &at, l, m, CLASS_NOISE, "edifact.trailing_empty");
    text tag = edifact_tag(m, y);
    if (!text_equal(at.tag, tag))
        judge(c, &at, at.tag, tag, CLASS_DEFECT, "value");
    uint32_t n = larger(elements(short_l, x), elements(short_m, y));
    document_pieces of_l = edifact_elements(short_l, x), of_m = edifact_elements(short_m, y);
    for (at.element = 1; at.element <= n; at.element++) {
        text v = document_piece(&of_l), w = document_piece(&of_m);
        if (!alike || !text_equal(v, w))
            compare_element(c, at, v, w);
    }
}
