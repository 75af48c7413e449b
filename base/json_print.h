/* json_print.h: prints of JSON values, made while they are read. Shared by the files of json.h
 * only.
 */
#ifndef FERRY_BASE_JSON_PRINT_H
#define FERRY_BASE_JSON_PRINT_H

#include "base/json_lex.h"

/* How the prints of what is in a value make its own. Of an object it is the sum over its members,
 * whose order says nothing; of an array they are mixed in one after the other, from JSON_ARRAY on.
 */
static inline uint64_t json_mix(uint64_t print, uint64_t more)
{
    uint64_t h = (print ^ more) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 32);
}

typedef VEC(lex_key) json_keys;

typedef struct {
    arena memory;        /* of texts decoded to be reported */
    arena *kept;         /* of what is reported */
    uint64_t *print;     /* by node */
    json_keys keys;      /* of the objects at hand */
    json_repeats *twice; /* NULL: they are not looked for */
} json_printer;

/* The print of a node whose children have theirs. */
uint64_t json_print_of(json_printer *p, json_lexer *x, const json_document *d, uint32_t node);
/* The object whose keys begin at `first` is whole: adds those that are there twice, and takes its
 * keys off. */
void json_end_keys(json_printer *p, const json_lexer *x, size_t first);
void json_printer_release(json_printer *p);

/* json_skim.c: a container of which nothing is kept. */
typedef struct {
    uint64_t print;
    uint32_t count;  /* children */
    uint32_t values; /* with itself and all below */
} json_skimmed;

/* Reads the container at `from`, which `depth` others are around; returns the place behind it.
 * NULL: there is a fault in the lexer, or none, and it is larger than JSON_FOLDED. */
const char *json_skim(json_printer *p, json_lexer *x, const char *from, uint32_t depth,
                      json_skimmed *out);

#endif
