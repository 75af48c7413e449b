/* identifier.h: numbers of cards and of people: telling them in text, and masking them.
 *
 * One home for what must not be shown and must not stand in files (PLAYBOOKS 5): what masks our own
 * output (mask.h) and what scans partners' files (comply.h) ask the same rows (identifiers.def).
 *
 * A kind is told by its form and its check digits, and that is seldom enough: one number of nine
 * digits in ten passes Luhn. What a number is worth by itself is therefore said by the row, from
 * the chance that another number looks so; the rest counts only where a name or a qualifier says
 * what it is, which is the caller's to know.
 */
#ifndef FERRY_STDLIB_IDENTIFIER_H
#define FERRY_STDLIB_IDENTIFIER_H

#include "base/text.h"

typedef enum {
#define IDENTIFIER(id, ...) ID_##id,
#include "stdlib/identifier/identifiers.def"
#undef IDENTIFIER
    ID_COUNT
} identifier;

/* One bit a kind. */
typedef uint64_t identifier_set;
#define IDENTIFIER_BIT(id) (UINT64_C(1) << (id))
_Static_assert(ID_COUNT <= 64, "an identifier_set holds them all");

typedef enum { EVIDENCE_NONE, EVIDENCE_LIKELY, EVIDENCE_CERTAIN } identifier_evidence;

#define IDENTIFIER_FAMILIES(X)                                                                     \
    X(PAYMENT, "payment")                                                                          \
    X(NATIONAL, "national")                                                                        \
    X(HEALTH, "health")
typedef enum {
#define X(id, word) FAMILY_##id,
    IDENTIFIER_FAMILIES(X)
#undef X
} identifier_family;

/* Those of a customer's requirements (`compliance`, bytecode/tables.def) that the contents of files
 * can break; the others are about systems and people. */
#define IDENTIFIER_REGIMES(X)                                                                      \
    X(HIPAA, "hipaa")                                                                              \
    X(PCI_DSS, "pci_dss")                                                                          \
    X(SOC2, "soc2")                                                                                \
    X(GDPR, "gdpr")                                                                                \
    X(ISO27001, "iso27001")                                                                        \
    X(GLBA, "glba")                                                                                \
    X(CCPA, "ccpa")
enum {
#define X(id, word) REGIME_AT_##id,
    IDENTIFIER_REGIMES(X)
#undef X
        REGIME_COUNT
};
enum {
#define X(id, word) REGIME_##id = 1 << REGIME_AT_##id,
    IDENTIFIER_REGIMES(X)
#undef X
};

typedef struct {
    const char *code, *title; /* "us.ssn" */
    identifier_family family;
    unsigned regimes; /* REGIME_… */
    bool (*is)(text plain);
    uint8_t shortest, longest;
    identifier_evidence bare, grouped;
    const char *shapes;
    uint8_t head, tail; /* characters that masking leaves */
} identifier_kind;

const identifier_kind *identifier_of(identifier id);
const char *identifier_family_word(identifier_family f);
const char *identifier_regime_word(unsigned at); /* REGIME_AT_… */

/* Is all of the value, blanks around it and separators within it apart, of that kind? */
bool identifier_is(identifier id, text value);
/* Is there no form that tells it: any name, any number? */
bool identifier_is_formless(identifier id);
/* The first of the set that the value is; false: none. */
bool identifier_any(identifier_set of, text value, identifier *out);

typedef struct {
    identifier id;
    identifier_evidence evidence;
    size_t from, to;
} identifier_hit;

/* The next run of letters and digits that has a digit, from *at on, which moves to its end:
 *     for (size_t at = 0, from; identifier_run(t, &at, &from);)
 *         if (identifier_at(t, from, at, of, &hit)) { … at = hit.to; }
 */
bool identifier_run(text t, size_t *at, size_t *from);
/* Does one of a kind begin with that run: by itself, or because it is one of `of`, which the place
 * says (then it is certain)? */
bool identifier_at(text t, size_t from, size_t to, identifier_set of, identifier_hit *out);

/* A copy of the value with `*` for what must not be shown: letters and digits but the first and
 * last ones that the row leaves. */
text identifier_masked(arena *a, identifier id, text value);
/* The same in place. */
void identifier_blot(identifier id, char *p, size_t n);

#endif
