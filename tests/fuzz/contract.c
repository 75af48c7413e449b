/* contract.c: any bytes as contracts, of XML where they begin as such: what stands before the first
 * line `=== ` is compared with what stands behind it, in both directions; a text without that line
 * is compared with itself, which must find nothing. */
#include "stdlib/contract/contract.h"
#include "stdlib/document/format.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static contract *read_one(arena *a, text t, document_kind *out)
{
    document_fault fault;
    document_kind kind = document_kind_of(t);
    kind = document_is_contract(kind) ? kind : KIND_OPENAPI;
    contract *c = contract_read(a, kind, t, NULL, &fault);
    *out = kind;
    if (!c && (fault.message.n == 0 || fault.offset > t.n))
        abort();
    return c;
}

static size_t compare(arena *a, const contract *l, const contract *m)
{
    contract_options none = {0};
    contract_result r;
    document_fault fault;
    contract_compare(a, l, m, &none, &r, &fault);
    for (size_t i = 1; i < r.changes; i++)
        if (contract_rule_table[r.change[i].rule].level <
            contract_rule_table[r.change[i - 1].rule].level)
            abort();
    return r.changes;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena a;
    arena_init(&a);
    text all = {(const char *)bytes, n};
    const char *cut = n ? memmem(bytes, n, "\n=== ", 5) : NULL;
    size_t first = cut ? (size_t)(cut - all.p) + 1 : n;
    document_kind x, y;
    contract *l = read_one(&a, text_slice(all, 0, first), &x);
    contract *m = cut ? read_one(&a, text_slice(all, first + 4, n), &y) : NULL;
    if (l && m && x == y) {
        compare(&a, l, m);
        compare(&a, m, l);
    }
    if ((l && compare(&a, l, l)) || (m && compare(&a, m, m)))
        abort();
    arena_release(&a);
    return 0;
}
