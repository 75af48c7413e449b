/* verify.h: what the parts of the verifier share.
 *
 * verify.c holds bytes, directory, hashes, the views, texts and constants, and what nothing refers
 * to; verify_tables.c types, enums, lists, records, tables and their columns, limits and debug
 * rows; verify_sites.c sites, factors and entries; verify_code.c functions, and verify_typing.c
 * their instructions.
 *
 * Each check returns false after `refuse` has filled the fault. Later parts rely on what earlier
 * ones established, in the order of image_verify.
 */
#ifndef FERRY_BYTECODE_VERIFY_H
#define FERRY_BYTECODE_VERIFY_H

#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"

typedef struct {
    image *i;
    image_fault *fault;
    arena memory;
    uint8_t *text_used, *constant_used, *list_used, *record_used, *getter_used;
    uint32_t getters;   /* fields of SHAPE that belong to JGET */
    uint32_t next_word; /* words that are accounted for */
    uint32_t next_site; /* sites that an instruction has named */
    type_word *fact;    /* by fact; NO_INDEX while unknown */
    uint32_t facts;     /* named so far: numbers are in the order of first use */
    measure *measure;   /* by function */
    const image_limits *limits;
} verifier;

bool refuse(verifier *v, const void *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

bool text_ok(verifier *v, uint32_t id);      /* in range; marks it */
bool text_or_none(verifier *v, uint32_t id); /* or NO_INDEX */
bool type_ok(verifier *v, type_word w);      /* a well-formed type word; marks the lists in it */
bool type_is_list_of(const verifier *v, type_word list, type_word element);
bool type_is_plain(type_word w); /* what a constant, column or json leaf may have */
/* Whether a raw value may stand in a register of that type as a constant (no text, list, handle).
 */
bool value_ok(const verifier *v, type_word w, int64_t value);

bool verify_types(verifier *v);
bool verify_tables(verifier *v);
bool verify_limits(verifier *v);
bool verify_debug(verifier *v);
bool verify_sites(verifier *v); /* all but the signatures of their functions */
bool verify_roots(verifier *v); /* factors and entries */
/* The signatures of a site's functions, from the types of the captures at the instruction x. */
bool verify_site_functions(verifier *v, const insn *x, const image_site *s,
                           const type_word *capture, type_word element);
bool verify_functions(verifier *v); /* rows, code, order, measures */

/* The function under check. */
typedef struct {
    verifier *v;
    uint32_t index;
    const image_function *row;
    const type_word *type; /* of its registers */
    const insn *code;
} checker;

/* Operands are in range; J_ inside the function. `at`: which instruction x is. */
bool operands_ok(const checker *c, const insn *x, uint32_t at);
/* The typing rule of each instruction. Sites report their own faults, others leave that to the
 * caller. */
bool typing_ok(const checker *c, const insn *x);
/* What typing_ok shares with the rule of instructions that name a site (verify_use.c). */
bool site_use_ok(const checker *c, const insn *x);
bool typing_registers_ok(const checker *c, uint32_t r, uint32_t n);
bool typing_all_of_type(const checker *c, uint32_t r, uint32_t n, type_word wanted);
type_word typing_element_of(const checker *c, type_word list); /* NO_INDEX: it is none */
bool typing_many_results(uint16_t op);

static inline char family_of(type_word w)
{
    return type_rows[TYPE_ID(w)].family;
}

static inline const type_word *types_of(const image *i, uint32_t f)
{
    return i->types + i->functions[f].types;
}

static inline const type_word *results_of(const image *i, uint32_t f)
{
    return i->types + i->functions[f].result_types;
}

#endif
