/* contract_compare.h: the schemas of two contracts, compared as sets of what may be sent.
 *
 * A walk goes over pairs of schemas. Each pair is compared once a direction, however many bodies
 * lead to it, and those below it wait in a queue: so references may form any graph, and the path
 * that is told is the shortest one. A change of one place of the documents is told once as well,
 * whatever schemas it is a part of. Whether one alternative of a union answers another is found out
 * by comparing the two in silence.
 */
#ifndef FERRY_STDLIB_CONTRACT_COMPARE_H
#define FERRY_STDLIB_CONTRACT_COMPARE_H

#include "stdlib/contract/contract_parts.h"
#include "stdlib/contract/contract_schema.h"

typedef struct {
    schema_parts legacy, modern;
    text step;       /* from the pair that led to it: ".lines", "[*]" */
    uint32_t parent; /* that pair */
} schema_task;

typedef struct {
    uint64_t key; /* of the pair and its direction; 0: a free slot */
    uint32_t pair;
    contract_level worst; /* in silence: the worst that was found */
} schema_slot;

typedef struct {
    schema_slot *slot;
    size_t slots, used; /* slots: a power of two */
} schema_table;

/* Paths are kept as steps: written out for every pair, those of a chain of references would take
 * its length squared. */
typedef struct {
    text step;
    uint32_t parent; /* of pair 0, a whole body: itself */
    uint32_t more;   /* times that it was met again */
} schema_pair;

typedef struct {
    size_t change;
    uint32_t pair;
    uint32_t more; /* times that the same place of both documents was told again */
} schema_told;

typedef struct {
    change_list *changes;
    arena *memory; /* of the changes; while silent, `scratch` */
    arena scratch;
    const openapi *legacy, *modern;
    direction direction;
    schema_table seen, silent, told_at;
    VEC(schema_pair) pairs;
    VEC(schema_task) queue;
    VEC(schema_told) told;
    uint32_t pair; /* at hand */
    uint64_t steps;
    bool quiet;
    bool use;             /* only a use of types that were compared is told */
    unsigned depth;       /* of silent comparisons */
    contract_level worst; /* in silence; CHANGE_LEVELS: they say the same */
} schema_walk;

schema_walk *schema_walk_new(change_list *changes, const openapi *legacy, const openapi *modern);
void schema_walk_end(schema_walk *w);
/* Two schemas at the path as it is; NULL: anything. */
void schema_compare(schema_walk *w, const spec_node *legacy, const spec_node *modern, direction d);

/* For the parts of the walk: a fact about the pair at hand, `suffix` behind its path; two schemas
 * below it. */
void walk_tell(schema_walk *w, contract_rule fact, text suffix, text legacy, text modern,
               const spec_node *l, const spec_node *m);
void walk_below(schema_walk *w, text suffix, schema_parts legacy, schema_parts modern);
/* What a comparison of the two would find at worst; CHANGE_LEVELS: nothing. */
contract_level walk_silently(schema_walk *w, schema_parts legacy, schema_parts modern);
/* What a pair costs; false, and a fault of the comparison, when it was too much in all. */
bool walk_spend(schema_walk *w, uint64_t steps);

/* contract_facets.c: type, format, values, limits, pattern, default. False when nothing below can
 * be compared: the types have nothing in common. */
bool facets_compare(schema_walk *w, const schema *l, const schema *m);
/* contract_object.c: properties, elements, and the words that hold schemas of their own. */
void objects_compare(schema_walk *w, const schema *l, const schema *m);
/* Properties, or what else stands under two such words. */
void members_compare(schema_walk *w, const schema *l, const schema *m, const schema_words *words);
/* contract_content.c: what only schemas of XML have. */
void xml_words_compare(schema_walk *w, const schema *l, const schema *m);
/* Of those what an element says of itself, not of its type. */
void xml_use_compare(schema_walk *w, const schema *l, const schema *m);
/* contract_union.c: oneOf, anyOf, discriminators. True when the unions were all that there was. */
bool unions_compare_whole(schema_walk *w, const schema *l, const schema *m);
void unions_compare(schema_walk *w, const schema *l, const schema *m);

#endif
