/* compare_edifact.h: what the files of comparing EDIFACT share. Not for use outside of compare_*.c.
 */
#ifndef FERRY_STDLIB_COMPARE_EDIFACT_H
#define FERRY_STDLIB_COMPARE_EDIFACT_H

#include "stdlib/compare/compare_parts.h"
#include "stdlib/edifact/edifact.h"

static inline const edifact_file *unit_edifact(const unit *u)
{
    return u->from->content;
}

static inline const edifact_interchange *unit_interchange(const unit *u)
{
    return &unit_edifact(u)->interchange[u->interchange];
}

static inline const edifact_separators *unit_separators(const unit *u)
{
    return &unit_interchange(u)->separators;
}

/* The UNG of the group that a message is in; empty where there is none. */
text compare_edifact_group(const unit *u);

/* compare_edifact_units.c: members of the row (compare_format). */
bool compare_edifact_split(comparison *c, const document_file *f, unit_list *list);
text compare_edifact_value(arena *a, const unit *u, text ref);
text compare_edifact_key(const unit *u);
bool compare_edifact_applies(comparison *c, text ref, const place_ref *at);
bool compare_edifact_money(const place_ref *at);

/* prove_edifact.c: likewise. */
void compare_edifact_places(arena *a, const document_file *f, prove_places *out);
text compare_edifact_repair(arena *a, const compare_options *o, text bytes);

/* compare_edifact_segment.c: two segments, component by component. */
void compare_edifact_segment(comparison *c, text legacy, text modern);

#endif
