/* chain_links.c: the numbers that documents of X12 and EDIFACT bear and refer to. */
#include "stdlib/edifact/edifact.h"
#include "stdlib/inspect/chain.h"
#include "stdlib/x12/x12.h"

/* --- X12 --- */

static const struct {
    const char *set;
    chain_role role;
    const char *own;
    uint32_t own_at;
    const char *refers;
    uint32_t refers_at;
} x12_roles[] = {
#define X12_CHAIN(set, role, own, own_at, refers, refers_at)                                       \
    {#set, CHAIN_##role, #own, own_at, #refers, refers_at},
#define EDIFACT_CHAIN(message, role, qualifier)
#include "stdlib/inspect/chain_roles.def"
#undef X12_CHAIN
#undef EDIFACT_CHAIN
};

static int64_t money(text t, int64_t divisor)
{
    int64_t v;
    if (t.n == 0 || !decimal_read(text_trim(t), SCALE_MONEY, false, &v, NULL))
        return QUANTITY_NONE;
    return v / divisor;
}

static text x12_at(const x12_file *f, const x12_set *s, text segment, uint32_t n)
{
    return text_trim(x12_set_element(f, s, segment, n));
}

/* TDS01 has two decimals implied. */
static int64_t x12_invoice_amount(const x12_file *f, const x12_set *s)
{
    text tds = x12_find(f, s, TEXT("TDS"));
    return tds.n ? money(x12_at(f, s, tds, 1), 100) : QUANTITY_NONE;
}

static void x12_add(chain *c, const document_file *file, const x12_file *f, const x12_set *s,
                    size_t role)
{
    text own = x12_find(f, s, text_of(x12_roles[role].own)), segment;
    chain_link link = {.role = x12_roles[role].role,
                       .file = file->name,
                       .type = x12_set_type(f, s),
                       .offset = x12_offset(f, s->whole),
                       .amount = QUANTITY_NONE};
    bool remits = link.role == CHAIN_REMITTANCE;
    size_t before = c->n;
    x12_walk w;
    if (own.n)
        link.number = x12_at(f, s, own, x12_roles[role].own_at);
    if (link.role == CHAIN_INVOICE)
        link.amount = x12_invoice_amount(f, s);
    x12_walk_set(&w, f, s);
    while (x12_roles[role].refers_at && x12_next(&w, &segment)) {
        if (!text_is(x12_at(f, s, segment, 0), x12_roles[role].refers) ||
            (remits && !text_is(x12_at(f, s, segment, 1), "IV")))
            continue;
        link.refers = x12_at(f, s, segment, x12_roles[role].refers_at);
        if (remits)
            link.amount = money(x12_at(f, s, segment, 4), 1);
        vec_push(c, link);
    }
    if (c->n == before)
        vec_push(c, link);
}

static void x12_links(chain *c, const document_file *file)
{
    const x12_file *f = file->content;
    for (uint32_t i = 0; i < f->sets; i++)
        for (size_t k = 0; k < sizeof x12_roles / sizeof *x12_roles; k++)
            if (text_is(x12_set_type(f, &f->set[i]), x12_roles[k].set))
                x12_add(c, file, f, &f->set[i], k);
}

/* --- EDIFACT --- */

static const struct {
    const char *message;
    chain_role role;
    const char *qualifier;
} edifact_roles[] = {
#define X12_CHAIN(set, role, own, own_at, refers, refers_at)
#define EDIFACT_CHAIN(message, role, qualifier) {#message, CHAIN_##role, qualifier},
#include "stdlib/inspect/chain_roles.def"
#undef X12_CHAIN
#undef EDIFACT_CHAIN
};

typedef struct {
    arena *a;
    chain *c;
    const edifact_file *f;
    const edifact_message *m;
    chain_link link;
    const char *qualifier;
    bool invoiced; /* MOA 77, which goes before MOA 9 */
    bool open;     /* of a remittance: a DOC whose amount is still to come */
} message_links;

static text edifact_at(const message_links *l, text segment, uint32_t element, uint32_t component)
{
    text raw = edifact_message_value(l->f, l->m, segment, element, component);
    return edifact_value(l->a, raw, edifact_separators_of(l->f, l->m));
}

static void close_document(message_links *l)
{
    if (l->open)
        vec_push(l->c, l->link);
    l->open = false;
}

static void take_amount(message_links *l, text moa)
{
    text qualifier = edifact_at(l, moa, 1, 1);
    int64_t amount = money(edifact_at(l, moa, 1, 2), 1);
    if (l->link.role == CHAIN_INVOICE && (text_is(qualifier, "77") || text_is(qualifier, "9")) &&
        !l->invoiced) {
        l->link.amount = amount;
        l->invoiced = text_is(qualifier, "77");
    }
    if (l->open && text_is(qualifier, "12"))
        l->link.amount = amount;
}

static void take_segment(message_links *l, text segment)
{
    text tag = edifact_tag(segment, edifact_separators_of(l->f, l->m));
    if (text_is(tag, "BGM") && l->link.number.n == 0)
        l->link.number = edifact_at(l, segment, 2, 1);
    else if (text_is(tag, "RFF") && l->qualifier[0] &&
             text_is(edifact_at(l, segment, 1, 1), l->qualifier) && l->link.refers.n == 0)
        l->link.refers = edifact_at(l, segment, 1, 2);
    else if (text_is(tag, "MOA"))
        take_amount(l, segment);
    else if (text_is(tag, "DOC") && l->link.role == CHAIN_REMITTANCE) {
        close_document(l);
        l->link.refers = edifact_at(l, segment, 2, 1);
        l->link.amount = QUANTITY_NONE;
        l->open = true;
    }
}

static void edifact_add(message_links *l)
{
    edifact_walk w;
    text segment;
    edifact_walk_message(&w, l->f, l->m);
    while (edifact_next(&w, &segment))
        take_segment(l, segment);
    close_document(l);
    if (l->link.role != CHAIN_REMITTANCE)
        vec_push(l->c, l->link);
}

static void edifact_links(arena *a, chain *c, const document_file *file)
{
    const edifact_file *f = file->content;
    for (uint32_t i = 0; i < f->messages; i++) {
        const edifact_message *m = &f->message[i];
        for (size_t k = 0; k < sizeof edifact_roles / sizeof *edifact_roles; k++) {
            if (!text_is(edifact_type(f, m), edifact_roles[k].message))
                continue;
            message_links l = {.a = a,
                               .c = c,
                               .f = f,
                               .m = m,
                               .link = {.role = edifact_roles[k].role,
                                        .file = file->name,
                                        .type = edifact_type(f, m),
                                        .offset = edifact_offset(f, m->whole),
                                        .amount = QUANTITY_NONE},
                               .qualifier = edifact_roles[k].qualifier};
            edifact_add(&l);
        }
    }
}

void chain_add(arena *a, chain *c, const document_file *f)
{
    if (f->kind == KIND_X12 && f->content)
        x12_links(c, f);
    if (f->kind == KIND_EDIFACT && f->content)
        edifact_links(a, c, f);
}
