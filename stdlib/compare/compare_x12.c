/* compare_x12.c: two transaction sets and the envelopes they travel in.
 *
 * How documents are batched means nothing, so each carries its own ISA and GS into the comparison.
 * Bodies whose bytes are equal are never split. Faults count as modern's only where legacy does not
 * have them too.
 */
#include "stdlib/compare/compare_x12.h"

#include <ctype.h>
#include <string.h>

typedef enum { CONTRACT_date, CONTRACT_time, CONTRACT_control_number, CONTRACT_level } contract;

static const struct {
    const char *tag;
    uint32_t element;
    contract what;
    size_t shortest, longest;
    const char *rule;
} contracts[] = {
#define X12_NOISE(tag, element, what, shortest, longest)                                           \
    {#tag, element, CONTRACT_##what, shortest, longest, "x12." #what},
#include "stdlib/compare/compare_noise.def"
#undef X12_NOISE
};

static bool holds(contract what, text v, size_t shortest, size_t longest)
{
    if (v.n < shortest || v.n > longest)
        return false;
    switch (what) {
    case CONTRACT_date: return x12_is_date(v);
    case CONTRACT_time: return x12_is_time(v);
    case CONTRACT_level: return x12_is_digits(v, shortest, longest);
    default:
        for (size_t i = 0; i < v.n; i++)
            if (!isalnum((unsigned char)v.p[i]))
                return false;
        return shortest == 4 || x12_is_digits(v, shortest, longest);
    }
}

/* The built-in table: true when it knows the element, and then has judged. */
static bool judge_contract(comparison *c, const place_ref *at, text l, text m)
{
    for (size_t i = 0; i < sizeof contracts / sizeof *contracts; i++) {
        if (contracts[i].element != at->element || !text_is(at->tag, contracts[i].tag))
            continue;
        bool kept = holds(contracts[i].what, m, contracts[i].shortest, contracts[i].longest);
        judge(c, at, l, m, kept ? CLASS_NOISE : CLASS_DEFECT, contracts[i].rule);
        return true;
    }
    return false;
}

static bool is_implied(text t)
{
    t = text_slice(t, t.n && t.p[0] == '-', t.n);
    return x12_is_digits(t, 1, SIZE_MAX);
}

/* One component; absent and empty are the same. */
static void compare_leaf(comparison *c, const place_ref *at, text l, text m)
{
    if (text_equal(l, m) || judge_contract(c, at, l, m))
        return;
    x12_type type = at->component > 1 ? X12_AN : x12_type_of(at->tag, at->element);
    bool same = type == X12_R   ? same_decimal(l, m)
                : type == X12_N ? is_implied(l) && is_implied(m) && same_decimal(l, m)
                                : false;
    if (same)
        judge(c, at, l, m, CLASS_NOISE, "x12.number");
    else
        judge(c, at, l, m, CLASS_DEFECT, "value");
}

static uint32_t parts(text t, char separator)
{
    uint32_t n = 1;
    for (size_t i = 0; separator && i < t.n; i++)
        n += t.p[i] == separator;
    return n;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static const x12_separators *separators_of(const unit *u)
{
    return &unit_x12(u)->interchange[u->interchange].separators;
}

static void compare_components(comparison *c, place_ref at, text l, text m)
{
    char x = separators_of(c->l)->component, y = separators_of(c->m)->component;
    uint32_t n = larger(parts(l, x), parts(m, y));
    document_pieces v = document_pieces_of(l, x, 0), w = document_pieces_of(m, y, 0);
    for (uint32_t i = 0; i < n; i++) {
        at.component = n > 1 ? i + 1 : 0;
        size_t back = n > 1 ? path_add(c, ".%u", i + 1) : c->path.n;
        compare_leaf(c, &at, document_piece(&v), document_piece(&w));
        path_cut(c, back);
    }
}

static void compare_element(comparison *c, place_ref at, text l, text m)
{
    bool isa = text_is(at.tag, "ISA");
    const x12_separators *x = separators_of(c->l), *y = separators_of(c->m);
    bool alike = x->component == y->component && x->repetition == y->repetition;
    if (alike && text_equal(l, m))
        return;
    size_t back = path_add(c, ".%02u", at.element);
    uint32_t n = larger(parts(l, x->repetition), parts(m, y->repetition));
    document_pieces v = document_pieces_of(l, x->repetition, 0);
    document_pieces w = document_pieces_of(m, y->repetition, 0);
    for (uint32_t i = 0; i < n && !isa; i++) {
        size_t inner = n > 1 ? path_add(c, "[%u]", i + 1) : c->path.n;
        compare_components(c, at, document_piece(&v), document_piece(&w));
        path_cut(c, inner);
    }
    if (isa)
        compare_leaf(c, &at, l, m);
    path_cut(c, back);
}

static text without_trailing_empty(text t, char separator)
{
    while (t.n && t.p[t.n - 1] == separator)
        t.n--;
    return t;
}

/* Raw bytes behind BIN01 and BDS02 are one element, whatever they hold. */
static bool is_binary(text tag)
{
    return text_is(tag, "BIN") || text_is(tag, "BDS");
}

static void compare_segment(comparison *c, text l, text m)
{
    const x12_separators *x = separators_of(c->l), *y = separators_of(c->m);
    if (text_equal(l, m) && memcmp(x, y, sizeof *x) == 0)
        return;
    place_ref at = {x12_element(l, x->element, 0), 0, 0};
    text short_l = without_trailing_empty(l, x->element);
    text short_m = without_trailing_empty(m, y->element);
    if (is_binary(at.tag)) {
        if (!text_equal(l, m))
            judge(c, &at, text_format(c->kept, "%zu bytes", l.n),
                  text_format(c->kept, "%zu bytes", m.n), CLASS_DEFECT, "value");
        return;
    }
    if (l.n - short_l.n != m.n - short_m.n &&
        parts(short_l, x->element) == parts(short_m, y->element))
        judge(c, &at, l, m, CLASS_NOISE, "x12.trailing_empty");
    uint32_t n = larger(parts(short_l, x->element), parts(short_m, y->element));
    text tag_m = x12_element(m, y->element, 0);
    if (!text_equal(at.tag, tag_m))
        judge(c, &at, at.tag, tag_m, CLASS_DEFECT, "value");
    document_pieces v = document_pieces_of(short_l, x->element, 0);
    document_pieces w = document_pieces_of(short_m, y->element, 0);
    document_piece(&v);
    document_piece(&w);
    for (at.element = 1; at.element < n; at.element++)
        compare_element(c, at, document_piece(&v), document_piece(&w));
}

/* Whether lines are broken behind terminators: 0, LF or CR (of CRLF). */
static char line_break(const unit *u)
{
    const x12_file *f = unit_x12(u);
    const x12_interchange *i = &f->interchange[u->interchange];
    if (!i->header.p)
        return 0;
    size_t behind = i->start + i->header.n + 1;
    char c = behind < f->source.n ? f->source.p[behind] : 0;
    return c == '\r' || c == '\n' ? c : 0;
}

static text separators_text(arena *a, const x12_separators *s)
{
    char c[4] = {s->element, s->component, s->repetition, s->terminator};
    buffer b;
    buffer_init(&b);
    for (int i = 0; i < 4; i++) {
        if (c[i] > ' ' && c[i] != 0x7f)
            buffer_printf(&b, "%s%c", i ? " " : "", c[i]);
        else
            buffer_printf(&b, "%s0x%02x", i ? " " : "", (unsigned char)c[i]);
    }
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static void compare_layout(comparison *c)
{
    const x12_separators *x = separators_of(c->l), *y = separators_of(c->m);
    place_ref nowhere = {0};
    if (memcmp(x, y, sizeof *x) != 0) {
        size_t back = path_add(c, "ISA.separators");
        judge(c, &nowhere, separators_text(c->kept, x), separators_text(c->kept, y), CLASS_NOISE,
              "x12.separators");
        path_cut(c, back);
    }
    char a = line_break(c->l), b = line_break(c->m);
    if (a != b) {
        const char *const words[] = {"none", "LF", "CRLF"};
        size_t back = path_add(c, "ISA.line_breaks");
        judge(c, &nowhere,
              text_of(words[a == '\n' ? 1
                            : a       ? 2
                                      : 0]),
              text_of(words[b == '\n' ? 1
                            : b       ? 2
                                      : 0]),
              CLASS_NOISE, "x12.line_breaks");
        path_cut(c, back);
    }
}

/* ISA02 and ISA04 may be passwords: that they differ is shown, not what they are. */
static text isa_value(const unit *u, uint32_t n)
{
    const x12_interchange *i = &unit_x12(u)->interchange[u->interchange];
    return text_trim(i->isa[n]);
}

static void compare_isa(comparison *c)
{
    const x12_interchange *x = &unit_x12(c->l)->interchange[c->l->interchange];
    const x12_interchange *y = &unit_x12(c->m)->interchange[c->m->interchange];
    place_ref at = {TEXT("ISA"), 0, 0};
    size_t back = path_add(c, "ISA");
    bool l = x->header.p, m = y->header.p;
    if (l != m)
        judge(c, &at, l ? TEXT("ISA") : (text){0}, m ? TEXT("ISA") : (text){0}, CLASS_DEFECT,
              l ? "missing" : "extra");
    for (at.element = 1; l && m && at.element <= 15; at.element++) {
        text v = isa_value(c->l, at.element), w = isa_value(c->m, at.element);
        bool separator = at.element == 11 && x->separators.repetition && y->separators.repetition;
        bool secret = (at.element == 2 || at.element == 4) && !text_equal(v, w);
        if (!separator)
            compare_element(c, at, secret ? TEXT("(hidden)") : v,
                            secret ? TEXT("(hidden, another)") : w);
    }
    path_cut(c, back);
}

static uint32_t group_of(const unit *u)
{
    return u->part == WHOLE ? X12_NOWHERE : unit_x12(u)->set[u->part].group;
}

static text group_segment(const unit *u)
{
    uint32_t group = group_of(u);
    return group == X12_NOWHERE ? (text){0} : unit_x12(u)->group[group].header;
}

static void compare_gs(comparison *c)
{
    text l = group_segment(c->l), m = group_segment(c->m);
    place_ref at = {TEXT("GS"), 0, 0};
    size_t back = path_add(c, "GS");
    if (l.n && m.n)
        compare_segment(c, l, m);
    else if (l.n || m.n)
        judge(c, &at, l.n ? l : (text){0}, m.n ? m : (text){0}, CLASS_DEFECT,
              l.n ? "missing" : "extra");
    path_cut(c, back);
}

static bool lies_in_set(const unit *u, uint32_t fault)
{
    uint32_t set = unit_x12(u)->fault_set[fault];
    return set != X12_NOWHERE && set == u->part;
}

/* Outside of any set; what stands between interchanges is the fault of the one before it. */
static bool lies_in_envelopes(const unit *u, uint32_t fault)
{
    const x12_file *f = unit_x12(u);
    size_t offset = f->fault[fault].offset;
    if (f->fault_set[fault] != X12_NOWHERE)
        return false;
    if (u->interchange > 0 && offset < f->interchange[u->interchange].start)
        return false;
    return u->interchange + 1 >= f->interchanges ||
           offset < f->interchange[u->interchange + 1].start;
}

static void compare_faults_there(comparison *c, fault_lies *lies)
{
    const x12_file *f = unit_x12(c->l), *g = unit_x12(c->m);
    compare_faults(c, &(unit_faults){c->l, f->fault, f->faults},
                   &(unit_faults){c->m, g->fault, g->faults}, lies, "x12.fault_of_legacy");
}

static text body(const unit *u)
{
    return x12_set_body(unit_x12(u), &unit_x12(u)->set[u->part]);
}

/* Numbers of levels may differ as long as they still count up and name parents that came before. */
static void compare_levels(comparison *c, const x12_file *f, const x12_set *s, const x12_file *g,
                           const x12_set *t)
{
    text level, of_legacy;
    uint32_t nth, ignored;
    if (!x12_unsound_level(g, t, &level, &nth) || x12_unsound_level(f, s, &of_legacy, &ignored))
        return;
    place_ref ref = {TEXT("HL"), 1, 0};
    size_t back = path_add(c, "ST[1].HL#%u", nth);
    judge(c, &ref, (text){0}, level, CLASS_DEFECT, "x12.level");
    path_cut(c, back);
}

static void compare_sets(comparison *c)
{
    const x12_file *f = unit_x12(c->l), *g = unit_x12(c->m);
    const x12_set *s = &f->set[c->l->part], *t = &g->set[c->m->part];
    size_t back = path_add(c, "ST[1].ST");
    compare_segment(c, x12_set_header(f, s), x12_set_header(g, t));
    path_cut(c, back);
    if (memcmp(separators_of(c->l), separators_of(c->m), sizeof(x12_separators)) == 0 &&
        text_equal(body(c->l), body(c->m)))
        return;
    compare_levels(c, f, s, g, t);
    document_tree l, m;
    x12_tree(c->scratch, f, s, &l);
    x12_tree(c->scratch, g, t, &m);
    compare_trees(c, &l, &m, TEXT("ST[1]"));
}

/* The TA1 of an interchange, one after the other. */
static void compare_ta1(comparison *c)
{
    const x12_file *f = unit_x12(c->l), *g = unit_x12(c->m);
    const x12_interchange *x = &f->interchange[c->l->interchange];
    const x12_interchange *y = &g->interchange[c->m->interchange];
    place_ref at = {TEXT("TA1"), 0, 0};
    for (uint32_t i = 0; i < larger(x->ta1s, y->ta1s); i++) {
        size_t back = path_add(c, "TA1[%u]", i + 1);
        text l = i < x->ta1s ? f->ta1[x->ta1 + i] : (text){0};
        text m = i < y->ta1s ? g->ta1[y->ta1 + i] : (text){0};
        if (l.p && m.p)
            compare_segment(c, l, m);
        else
            judge(c, &at, l, m, CLASS_DEFECT, l.p ? "missing" : "extra");
        path_cut(c, back);
    }
}

static void compare_headers(comparison *c)
{
    compare_faults_there(c, lies_in_envelopes);
    compare_layout(c);
    compare_isa(c);
    compare_gs(c);
}

static void compare_units(comparison *c)
{
    compare_faults_there(c, lies_in_set);
    compare_envelopes(c, compare_headers);
    if (c->l->part != WHOLE && c->m->part != WHOLE)
        compare_sets(c);
    else
        compare_ta1(c);
}

const compare_format x12_compare = {
    .split = compare_x12_split,
    .value = compare_x12_value,
    .key = compare_x12_key,
    .group = group_of,
    .applies = compare_x12_applies,
    .compare = compare_units,
    .apart = true,
    .record = compare_segment,
    .money = compare_x12_money,
    .order = "x12.order",
    .content = compare_x12_content,
    .places = compare_x12_places,
    .repair = compare_x12_repair,
};
