/* contract.h: two contracts compared: what changes for those who keep to the old one.
 *
 * A contract is an OpenAPI document (2.0, 3.0, 3.1; JSON or YAML). Two are compared as sets of what
 * may be sent: a request that takes less breaks clients, a response that may say more can surprise
 * them. Each change has a rule (contract_rules.def) with its level and reason, a path, and what
 * stood and stands there.
 *
 * A document that cannot be read as a whole is a fault with a place, never a comparison with
 * nothing: text that is no JSON or YAML, a version that is not known, members of a wrong
 * shape, references that lead nowhere or to another document. Nothing is ever fetched.
 *
 * Paths: "POST /orders query limit", "POST /orders request application/json $.lines[*].sku",
 * "POST /orders 200 application/json $.id", "POST /orders 200 header x-rate". $ is the whole body,
 * `[*]` an element, `.*` a property that the schema does not name, `(Cat)` an alternative, `(not)`
 * a word of the schema.
 */
#ifndef FERRY_STDLIB_CONTRACT_H
#define FERRY_STDLIB_CONTRACT_H

#include "stdlib/document/document.h"

typedef enum { CHANGE_BREAKING, CHANGE_RISKY, CHANGE_HARMLESS, CHANGE_LEVELS } contract_level;
const char *contract_level_word(contract_level l);

typedef enum {
#define RULE(id, code, level, reason) RULE_##id,
#define FACT(id, code, level, reason, response_level, response_reason)                             \
    RULE_##id, RULE_RESPONSE_##id,
#include "stdlib/contract/contract_rules.def"
#undef RULE
#undef FACT
    CONTRACT_RULES
} contract_rule;

typedef struct {
    const char *code; /* "operation_removed", "request.type_changed" */
    contract_level level;
    const char *reason;
} contract_rule_entry;

extern const contract_rule_entry contract_rule_table[CONTRACT_RULES];

typedef struct contract contract;

/* For `inspect`. */
typedef struct {
    const char *language; /* "OpenAPI", "Swagger" */
    text version;         /* of the language: "3.0.1" */
    text title, release;  /* of the contract; may be empty */
    uint32_t operations;
    uint32_t types, elements; /* that XML Schema names */
} contract_summary;

/* Where a WSDL is served. */
typedef struct {
    text service, name, binding, location;
} contract_port;

typedef struct {
    text name; /* "POST /orders" */
    text id;   /* operationId; may be empty */
} contract_operation;

/* Reads one document of a kind that is a contract. It lives in `a` and points into `bytes`. NULL
 * and the first fault where it cannot be read. What it refers to in other files is read below the
 * folder of `path`; with NULL such references are faults. */
contract *contract_read(arena *a, document_kind kind, text bytes, const char *path,
                        document_fault *fault);
uint32_t contract_ports(const contract *c, const contract_port **out);
/* The files that were read: the contract's own first, by their names from its folder. */
uint32_t contract_parts(const contract *c);
text contract_part(const contract *c, uint32_t i);
contract_summary contract_summarise(const contract *c);
uint32_t contract_operations(arena *a, const contract *c, contract_operation **out);

typedef struct {
    contract_rule rule;
    text path;
    text legacy, modern;               /* what stood and stands there; empty where nothing */
    uint32_t legacy_line, modern_line; /* from 1; 0 where there is no such line */
    text legacy_file, modern_file;     /* where that is not the contract's own: "types.xsd" */
    uint32_t more;                     /* other places seen that lead to the same schemas */
    bool ignored;
} contract_change;

typedef struct {
    const text *ignore; /* codes or paths; a path counts for all below it */
    size_t ignores;
} contract_options;

typedef struct {
    contract_change *change; /* worst first; of one level in the order of the contract */
    size_t changes;
    size_t count[CHANGE_LEVELS]; /* those that are not ignored */
    size_t ignored;
    size_t *ignore_used; /* changes that each of the options' `ignore` took */
} contract_result;

/* Compares two contracts. False, and a fault without a place, where they
 * are too large to be compared. */
bool contract_compare(arena *a, const contract *legacy, const contract *modern,
                      const contract_options *o, contract_result *out, document_fault *fault);

#endif
