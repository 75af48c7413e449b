/* compare_edifact.c: two messages of EDIFACT or TRADACOMS and the envelopes they travel in.
 *
 * How messages are batched means nothing, so each carries its own UNB and UNG into the comparison.
 * Bodies whose bytes are equal are never split. Faults count as modern's only where legacy does not
 * have them too.
 */
#include "stdlib/compare/compare_edifact.h"

#include <string.h>

static text separators_text(arena *a, const edifact_separators *s)
{
    char c[] = {s->component, s->element, s->decimal, s->release, s->repetition, s->terminator};
    buffer b;
    buffer_init(&b);
    for (size_t i = 0; i < sizeof c; i++) {
        if (c[i] == 0)
            continue;
        if (c[i] > ' ' && c[i] != 0x7f)
            buffer_printf(&b, "%s%c", b.n ? " " : "", c[i]);
        else
            buffer_printf(&b, "%s0x%02x", b.n ? " " : "", (unsigned char)c[i]);
    }
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

/* Whether lines are broken behind terminators. */
static const char *line_break(const unit *u)
{
    const edifact_file *f = unit_edifact(u);
    const edifact_interchange *i = unit_interchange(u);
    if (!i->header.p)
        return "none";
    size_t behind = (size_t)(i->header.p - f->source.p) + i->header.n + 1;
    char c = behind < f->source.n ? f->source.p[behind] : 0;
    return c == '\r' ? "CRLF" : c == '\n' ? "LF" : "none";
}

static void layout_differs(comparison *c, const char *what, text l, text m, const char *rule)
{
    place_ref nowhere = {0};
    const char *tag = edifact_header_tag(unit_interchange(c->l)->dialect, EDIFACT_INTERCHANGE);
    size_t back = path_add(c, "%s.%s", tag, what);
    judge(c, &nowhere, l, m, CLASS_NOISE, rule);
    path_cut(c, back);
}

static void compare_layout(comparison *c)
{
    const edifact_separators *x = unit_separators(c->l), *y = unit_separators(c->m);
    if (memcmp(x, y, sizeof *x) != 0)
        layout_differs(c, "separators", separators_text(c->kept, x), separators_text(c->kept, y),
                       "edifact.separators");
    bool l = unit_interchange(c->l)->una.n, m = unit_interchange(c->m)->una.n;
    if (l != m)
        layout_differs(c, "una", l ? TEXT("UNA") : TEXT("none"), m ? TEXT("UNA") : TEXT("none"),
                       "edifact.una");
    text a = text_of(line_break(c->l)), b = text_of(line_break(c->m));
    if (!text_equal(a, b))
        layout_differs(c, "line_breaks", a, b, "edifact.line_breaks");
}

/* UNB with UNB, UNG with UNG. */
static void compare_headers(comparison *c, const char *tag, text l, text m)
{
    place_ref at = {text_of(tag), 0, 0};
    size_t back = path_add(c, "%s", tag);
    if (l.n && m.n)
        compare_edifact_segment(c, l, m);
    else if (l.n || m.n)
        judge(c, &at, l.n ? l : (text){0}, m.n ? m : (text){0}, CLASS_DEFECT,
              l.n ? "missing" : "extra");
    path_cut(c, back);
}

static bool lies_in_message(const unit *u, uint32_t fault)
{
    const edifact_place *p = &unit_edifact(u)->place[fault];
    return p->message != EDIFACT_NOWHERE && p->message == u->part &&
           (p->interchange == EDIFACT_NOWHERE || p->interchange == u->interchange);
}

static bool lies_in_envelopes(const unit *u, uint32_t fault)
{
    const edifact_file *f = unit_edifact(u);
    const edifact_place *p = &f->place[fault];
    if (p->message != EDIFACT_NOWHERE ||
        (p->interchange != EDIFACT_NOWHERE && p->interchange != u->interchange))
        return false;
    return p->group == EDIFACT_NOWHERE || u->part == WHOLE || f->message[u->part].group == p->group;
}

static void compare_faults_there(comparison *c, fault_lies *lies)
{
    const edifact_file *f = unit_edifact(c->l), *g = unit_edifact(c->m);
    compare_faults(c, &(unit_faults){c->l, f->fault, f->faults},
                   &(unit_faults){c->m, g->fault, g->faults}, lies, "edifact.fault_of_legacy");
}

static bool spoken_alike(comparison *c)
{
    return memcmp(unit_separators(c->l), unit_separators(c->m), sizeof(edifact_separators)) == 0 &&
           text_equal(unit_interchange(c->l)->syntax, unit_interchange(c->m)->syntax);
}

static void compare_messages(comparison *c)
{
    const edifact_file *f = unit_edifact(c->l), *g = unit_edifact(c->m);
    const edifact_message *l = &f->message[c->l->part], *m = &g->message[c->m->part];
    const char *tag = edifact_header_tag(unit_interchange(c->l)->dialect, EDIFACT_MESSAGE);
    size_t back = path_add(c, "%s[1].%s", tag, tag);
    compare_edifact_segment(c, edifact_message_header(f, l), edifact_message_header(g, m));
    path_cut(c, back);
    if (spoken_alike(c) && text_equal(edifact_message_body(f, l), edifact_message_body(g, m)))
        return;
    document_tree x, y;
    edifact_tree(c->scratch, f, l, &x);
    edifact_tree(c->scratch, g, m, &y);
    compare_trees(c, &x, &y, text_format(c->scratch, "%s[1]", tag));
}

/* Objects are compared as the bytes they are. */
static void compare_packages(comparison *c)
{
    const edifact_file *f = unit_edifact(c->l), *g = unit_edifact(c->m);
    text l = f->message[c->l->part].whole, m = g->message[c->m->part].whole;
    place_ref at = {TEXT("UNO"), 0, 0};
    size_t back = path_add(c, "UNO");
    if (!text_equal(l, m))
        judge(c, &at, text_format(c->kept, "%zu bytes", l.n),
              text_format(c->kept, "%zu bytes", m.n), CLASS_DEFECT, "value");
    path_cut(c, back);
}

static void compare_all_headers(comparison *c)
{
    edifact_dialect d = unit_interchange(c->l)->dialect;
    compare_faults_there(c, lies_in_envelopes);
    compare_layout(c);
    compare_headers(c, edifact_header_tag(d, EDIFACT_INTERCHANGE), unit_interchange(c->l)->header,
                    unit_interchange(c->m)->header);
    compare_headers(c, edifact_header_tag(d, EDIFACT_GROUP), compare_edifact_group(c->l),
                    compare_edifact_group(c->m));
}

static uint32_t group_of(const unit *u)
{
    return u->part == WHOLE ? EDIFACT_NOWHERE : unit_edifact(u)->message[u->part].group;
}

static void compare_units(comparison *c)
{
    compare_faults_there(c, lies_in_message);
    compare_envelopes(c, compare_all_headers);
    if (c->l->part == WHOLE || c->m->part == WHOLE)
        return;
    if (unit_edifact(c->l)->message[c->l->part].package ||
        unit_edifact(c->m)->message[c->m->part].package)
        compare_packages(c);
    else
        compare_messages(c);
}

const compare_format edifact_compare = {.split = compare_edifact_split,
                                        .value = compare_edifact_value,
                                        .key = compare_edifact_key,
                                        .group = group_of,
                                        .applies = compare_edifact_applies,
                                        .compare = compare_units,
                                        .apart = true,
                                        .record = compare_edifact_segment,
                                        .money = compare_edifact_money,
                                        .order = "edifact.order",
                                        .content = compare_edifact_content,
                                        .places = compare_edifact_places,
                                        .repair = compare_edifact_repair};
