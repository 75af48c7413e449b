/* contract_prove.h: how far a verdict on two contracts can be trusted: would this comparison, with
 * what it ignores, see a defect?
 *
 * Known defects (contract_defects.def) are put one at a time into a copy of the old contract, and
 * each copy is compared with its original. One is found when a change is breaking or risky and not
 * ignored. They are put where a request or response leads to: what nobody sends breaks nobody.
 */
#ifndef FERRY_STDLIB_CONTRACT_PROVE_H
#define FERRY_STDLIB_CONTRACT_PROVE_H

#include "stdlib/contract/contract.h"

typedef enum {
#define CONTRACT_DEFECT(id, name, doc) DEFECT_##id,
#include "stdlib/contract/contract_defects.def"
#undef CONTRACT_DEFECT
    CONTRACT_DEFECTS
} contract_defect;

const char *contract_defect_name(contract_defect d); /* "lost operation" */

enum { DEFECTS_EACH = 40 /* of each kind, spread evenly over all places */, DEFECTS_MISSED = 3 };

typedef struct {
    uint32_t tried, found;
    text miss[DEFECTS_MISSED]; /* where some were that were not found: "GET /orders $.id, line 7" */
    uint32_t misses;           /* kept */
} contract_proof_row;

typedef struct {
    contract_proof_row row[CONTRACT_DEFECTS];
    uint64_t tried, found;
} contract_proof;

/* Adds to `out` what is found in copies of one contract; nothing where it cannot be read. Texts
 * live in `a`. Deterministic. */
void contract_prove(arena *a, document_kind kind, text bytes, const char *path,
                    const contract_options *o, contract_proof *out);

#endif
