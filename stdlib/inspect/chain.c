/* chain.c: links sorted by number, each looked up among those it refers to. */
#include "stdlib/inspect/chain.h"
#include "stdlib/document/mask.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const chain_link **by; /* of one role, by number, then as they came */
    size_t n;
} numbered;

static int by_number(const void *a, const void *b)
{
    const chain_link *x = *(const chain_link *const *)a, *y = *(const chain_link *const *)b;
    int c = text_compare(x->number, y->number);
    return c ? c : (x > y) - (x < y);
}

static numbered of_role(arena *a, const chain *c, chain_role role)
{
    numbered out = {arena_array(a, const chain_link *, c->n), 0};
    for (size_t i = 0; i < c->n; i++)
        if (c->p[i].role == role && c->p[i].number.n)
            out.by[out.n++] = &c->p[i];
    if (out.n)
        qsort(out.by, out.n, sizeof *out.by, by_number);
    return out;
}

/* Where the number stands first, or n. */
static size_t find(const numbered *list, text number)
{
    size_t lo = 0, hi = list->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (text_compare(list->by[mid]->number, number) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < list->n && text_equal(list->by[lo]->number, number) ? lo : list->n;
}

typedef VEC(chain_break) break_list;

static bool same_document(const chain_link *x, const chain_link *y)
{
    return x->file.p == y->file.p && x->offset == y->offset;
}

static void find_repeated(const numbered *list, break_list *out)
{
    for (size_t i = 1; i < list->n; i++) {
        const chain_link *x = list->by[i], *first = list->by[find(list, x->number)];
        if (first != x && !same_document(first, x) && !same_document(list->by[i - 1], x))
            vec_push(out, (chain_break){CHAIN_TWICE, x, first, 0});
    }
}

static void find_unknown(const chain *c, const numbered *orders, const numbered *invoices,
                         break_list *out)
{
    for (size_t i = 0; i < c->n; i++) {
        const chain_link *x = &c->p[i];
        bool remits = x->role == CHAIN_REMITTANCE;
        const numbered *in = remits ? invoices : orders;
        if (x->role == CHAIN_ORDER || x->refers.n == 0 || in->n == 0 || find(in, x->refers) < in->n)
            continue;
        vec_push(out,
                 (chain_break){remits ? CHAIN_UNKNOWN_INVOICE : CHAIN_UNKNOWN_ORDER, x, NULL, 0});
    }
}

/* Sums what is paid of each invoice, at the first that bears its number. */
static void find_paid(arena *a, const chain *c, const numbered *invoices, chain_result *r,
                      break_list *out)
{
    int64_t *paid = arena_array(a, int64_t, invoices->n);
    const chain_link **last = arena_array(a, const chain_link *, invoices->n);
    for (size_t i = 0; i < c->n; i++) {
        const chain_link *x = &c->p[i];
        size_t at = x->role == CHAIN_REMITTANCE ? find(invoices, x->refers) : invoices->n;
        if (at == invoices->n || x->amount == QUANTITY_NONE)
            continue;
        paid[at] = decimal_add(paid[at], x->amount);
        last[at] = x;
    }
    for (size_t i = 0; i < invoices->n; i++) {
        const chain_link *x = invoices->by[i];
        if (find(invoices, x->number) != i)
            continue;
        r->invoices++;
        if (!last[i] || x->amount == QUANTITY_NONE || paid[i] == QUANTITY_NA)
            continue;
        r->paid += paid[i] >= x->amount;
        if (paid[i] > x->amount)
            vec_push(out, (chain_break){CHAIN_OVERPAID, last[i], x, paid[i]});
    }
}

static void count_answers(arena *a, const chain *c, const numbered *orders, chain_result *r)
{
    bool *seen = arena_array(a, bool, orders->n *CHAIN_ROLES);
    for (size_t i = 0; i < c->n; i++) {
        const chain_link *x = &c->p[i];
        size_t at = x->role == CHAIN_ORDER || x->role == CHAIN_REMITTANCE ? orders->n
                                                                          : find(orders, x->refers);
        r->any[x->role] = true;
        if (at < orders->n && !seen[at * CHAIN_ROLES + x->role]) {
            seen[at * CHAIN_ROLES + x->role] = true;
            r->answered[x->role]++;
        }
    }
    for (size_t i = 0; i < orders->n; i++)
        r->orders += find(orders, orders->by[i]->number) == i;
}

static int by_link(const void *a, const void *b)
{
    const chain_break *x = a, *y = b;
    if (x->link != y->link)
        return x->link < y->link ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

void chain_check(arena *a, const chain *c, chain_result *out)
{
    break_list list = {0};
    *out = (chain_result){0};
    numbered orders = of_role(a, c, CHAIN_ORDER), invoices = of_role(a, c, CHAIN_INVOICE);
    find_repeated(&orders, &list);
    find_repeated(&invoices, &list);
    find_unknown(c, &orders, &invoices, &list);
    find_paid(a, c, &invoices, out, &list);
    count_answers(a, c, &orders, out);
    if (list.n)
        qsort(list.p, list.n, sizeof *list.p, by_link);
    out->breaks = list.n;
    out->found = arena_array(a, chain_break, list.n);
    if (list.n)
        memcpy(out->found, list.p, list.n * sizeof *list.p);
    vec_release(&list);
}

static void write_money(buffer *b, int64_t v)
{
    decimal_write(b, v, SCALE_MONEY);
}

text chain_break_words(arena *a, const chain_break *b)
{
    const chain_link *x = b->link;
    buffer out = {0};
    buffer_printf(&out, "%.*s %.*s", TEXT_ARG(x->type), TEXT_ARG(x->number));
    if (x->number.n)
        buffer_char(&out, ' ');
    switch (b->kind) {
    case CHAIN_UNKNOWN_ORDER:
        buffer_printf(&out, "refers to order %.*s, which none of the files has",
                      TEXT_ARG(x->refers));
        break;
    case CHAIN_UNKNOWN_INVOICE:
        buffer_printf(&out, "pays invoice %.*s, which none of the files has", TEXT_ARG(x->refers));
        break;
    case CHAIN_TWICE:
        buffer_printf(&out, "is there twice: %.*s has it, too", TEXT_ARG(b->other->file));
        break;
    default:
        buffer_printf(&out, "pays invoice %.*s, which is over ", TEXT_ARG(x->refers));
        write_money(&out, b->other->amount);
        buffer_cstr(&out, "; in all ");
        write_money(&out, b->paid);
        buffer_cstr(&out, " are paid");
    }
    text words = mask_text(a, text_copy(a, buffer_view(&out)));
    buffer_release(&out);
    return words;
}

void chain_write_json(arena *a, json_writer *w, const chain_result *r)
{
    json_add_object(w, "chains");
    format_put_number(w, "orders", r->orders);
    format_put_number(w, "acknowledged", r->answered[CHAIN_RESPONSE]);
    format_put_number(w, "shipped", r->answered[CHAIN_SHIPMENT]);
    format_put_number(w, "invoiced", r->answered[CHAIN_INVOICE]);
    format_put_number(w, "invoices", r->invoices);
    format_put_number(w, "paid", r->paid);
    json_add_array(w, "faults");
    for (size_t i = 0; i < r->breaks; i++) {
        json_object(w);
        format_put(a, w, "file", r->found[i].link->file);
        format_put_number(w, "offset", r->found[i].link->offset);
        format_put(a, w, "message", chain_break_words(a, &r->found[i]));
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}
