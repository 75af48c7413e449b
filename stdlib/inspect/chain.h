/* chain.h: orders, what answers them, and what is paid for them, by the numbers they refer to.
 *
 * An order (850, ORDERS) is answered by acknowledgments (855, ORDRSP), ship notices (856, DESADV)
 * and invoices (810, INVOIC) that bear its number, and invoices by remittances (820, REMADV) that
 * bear theirs. The documents of all files are taken together, in any order and of both standards.
 * A link is held against a kind of document only where there is one of that kind: a folder of
 * invoices alone breaks nothing.
 */
#ifndef FERRY_STDLIB_CHAIN_H
#define FERRY_STDLIB_CHAIN_H

#include "base/decimal.h"
#include "stdlib/document/format.h"

typedef enum {
    CHAIN_ORDER,
    CHAIN_RESPONSE,
    CHAIN_SHIPMENT,
    CHAIN_INVOICE,
    CHAIN_REMITTANCE,
    CHAIN_ROLES
} chain_role;

/* A document and one number that it refers to. */
typedef struct {
    chain_role role;
    text file, type;
    size_t offset;  /* of the document in its file */
    text number;    /* its own; of a remittance empty */
    text refers;    /* the order's; of a remittance the invoice's; may be empty */
    int64_t amount; /* of an invoice or payment, at SCALE_MONEY; QUANTITY_NONE where it says none */
} chain_link;

typedef VEC(chain_link) chain;

/* Adds the documents of a file that has been read; texts live in `a` or point into the file. */
void chain_add(arena *a, chain *c, const document_file *f);

typedef enum {
    CHAIN_UNKNOWN_ORDER,   /* refers to an order that none of the files has */
    CHAIN_UNKNOWN_INVOICE, /* pays an invoice that none of the files has */
    CHAIN_TWICE,           /* another order or invoice has its number */
    CHAIN_OVERPAID         /* payments come to more than the invoice */
} chain_fault;

typedef struct {
    chain_fault kind;
    const chain_link *link,
        *other;   /* other: of CHAIN_TWICE the first, of CHAIN_OVERPAID the invoice */
    int64_t paid; /* of CHAIN_OVERPAID */
} chain_break;

typedef struct {
    chain_break *found; /* in order of the files */
    size_t breaks;
    /* Orders, and how many of them have what answers them; invoices, and those paid in full. */
    size_t orders, answered[CHAIN_ROLES], invoices, paid;
    bool any[CHAIN_ROLES]; /* documents of that role are there */
} chain_result;

void chain_check(arena *a, const chain *c, chain_result *out);

/* "INVOIC INV-1 refers to order 4711, which none of the files has" */
text chain_break_words(arena *a, const chain_break *b);
/* `chains: {orders, acknowledged, shipped, invoiced, invoices, paid, faults: [{file, offset,
 * message}]}`, into the object that is open. */
void chain_write_json(arena *a, json_writer *w, const chain_result *r);

#endif
