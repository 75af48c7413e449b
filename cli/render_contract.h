/* render_contract.h: what changes from one contract to the next, for people and machines. */
#ifndef FERRY_CLI_RENDER_CONTRACT_H
#define FERRY_CLI_RENDER_CONTRACT_H

#include "cli/cli.h"
#include "stdlib/contract/contract.h"
#include "stdlib/contract/contract_prove.h"

/* Two documents that were meant to be compared. */
typedef struct {
    text name;                     /* of the pair, where there are several; else empty */
    text legacy_file, modern_file; /* as given; p == NULL where there is none */
    const contract *legacy, *modern;
    bool unreadable;
    text fault_file; /* and where in it */
    uint32_t fault_line;
    document_fault fault;
    contract_result result;
} contract_pair;

typedef struct {
    contract_pair *pair;
    size_t pairs;
    size_t unreadable, ignored, count[CHANGE_LEVELS];
    const text *unused; /* what was to be ignored and never occurred */
    size_t unuseds;
    const contract_proof *proof; /* NULL: not asked for */
} contract_report;

/* In the form that was asked for; `all`: harmless and ignored changes as well. */
void render_contract(cli *c, const contract_report *r, bool all);

#endif
