/* contract_parts.h: what the parts of the comparison share: a contract, and the list of
 * changes while it grows. */
#ifndef FERRY_STDLIB_CONTRACT_PARTS_H
#define FERRY_STDLIB_CONTRACT_PARTS_H

#include "base/vec.h"
#include "stdlib/contract/contract.h"
#include "stdlib/contract/contract_files.h"
#include "stdlib/contract/contract_openapi.h"

struct contract {
    document_kind kind;
    contract_files files;
    openapi *openapi;
};

/* Fills in line and file of a place; of the contract's own file it is left empty. */
uint32_t contract_line(const contract *c, uint32_t at, text *file);

/* No place in a document. */
#define CONTRACT_NOWHERE 0

typedef struct {
    arena *memory;
    const contract *legacy, *modern;
    VEC(contract_change) list;
    buffer path;
    const char *fault; /* why the comparison cannot be finished; NULL: it can */
} change_list;

/* The path grows and shrinks as the comparison descends: cut it back to what it was. */
size_t path_push(change_list *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void path_pop(change_list *c, size_t length);

/* The same with places of nodes; either may be NULL. */
contract_change *change_nodes(change_list *c, contract_rule rule, text legacy, text modern,
                              const spec_node *legacy_at, const spec_node *modern_at);

void openapi_compare(change_list *c, const openapi *legacy, const openapi *modern);
void security_compare_schemes(change_list *c, const openapi *legacy, const openapi *modern);
void security_compare(change_list *c, const openapi *legacy, const openapi *modern,
                      const openapi_operation *l, const openapi_operation *m);

#endif
