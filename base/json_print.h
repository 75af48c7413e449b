/* json_print.h: prints of JSON values, made while they are read. Shared by the files of json.h
 * only.
 */
#ifndef FERRY_BASE_JSON_PRINT_H
#define FERRY_BASE_JSON_PRINT_H

#include "base/json.h"

typedef struct {
    uint64_t key;
    uint32_t node;
} json_member_key;

typedef struct {
    arena memory;                 /* of texts decoded for hashing */
    arena *kept;                  /* of what is reported */
    uint64_t *print;              /* by node */
    VEC(json_member_key) members; /* of the object at hand */
    json_repeats *twice;          /* NULL: they are not looked for */
} json_printer;

/* The print of a node whose children have theirs. */
uint64_t json_print_of(json_printer *p, const json_document *d, uint32_t node);
void json_printer_release(json_printer *p);

#endif
