/* identifier_names.h: what a name, a qualifier or the words in front of a number say of it.
 *
 * Phrases stand in identifier_names.def. A member, column or element is asked with the name it
 * stands below; words of prose as they stand.
 */
#ifndef FERRY_STDLIB_IDENTIFIER_NAMES_H
#define FERRY_STDLIB_IDENTIFIER_NAMES_H

#include "stdlib/identifier/identifier.h"

/* What a place says of the value in it. */
typedef struct {
    identifier_set certain, likely; /* it is one of these, if its form allows */
    bool excluded; /* numbers of articles, orders, parcels: what is likely is not */
    bool person;   /* of a name: what stands below it belongs to a patient */
} identifier_place;

/* Phrases by their first word, for whoever asks often: a zeroed one is not yet made. */
enum { NAME_BUCKETS = 256, NAME_PHRASES = 512 };
typedef struct {
    bool made;
    uint16_t first[NAME_BUCKETS], after[NAME_PHRASES];
} identifier_names;

void identifier_names_init(identifier_names *n);
/* What a name says, below another (which may be empty); `person`: one above it said so. */
identifier_place identifier_named(const identifier_names *n, text above, text name, bool person);
/* What the words right in front of t.p[from] say: "SSN: ", "card no. ". Most numbers in files have
 * none: that is asked here, and costs nothing. */
static inline bool identifier_is_gap(char c)
{
    return c == ' ' || c == ':' || c == '#' || c == '=' || c == '_' || c == '-' || c == '"' ||
           c == '\t' || c == '\'' || c == '>' || c == '.';
}
identifier_place identifier_said_by(const identifier_names *n, text t, size_t from);
static inline identifier_place identifier_said(const identifier_names *n, text t, size_t from)
{
    bool gap = from && identifier_is_gap(t.p[from - 1]);
    return gap ? identifier_said_by(n, t, from) : (identifier_place){0};
}

#endif
