/* compare_x12.h: what the files of comparing X12 share. Not for use outside of compare_*.c. */
#ifndef FERRY_STDLIB_COMPARE_X12_H
#define FERRY_STDLIB_COMPARE_X12_H

#include "stdlib/compare/compare_parts.h"
#include "stdlib/x12/x12.h"

static inline const x12_file *unit_x12(const unit *u)
{
    return u->from->content;
}

/* compare_x12_units.c: members of the row (compare_format). */
bool compare_x12_split(comparison *c, const document_file *f, unit_list *list);
text compare_x12_value(arena *a, const unit *u, text ref);
text compare_x12_key(const unit *u);
bool compare_x12_applies(comparison *c, text ref, const place_ref *at);
bool compare_x12_money(const place_ref *at);
/* prove_x12.c: likewise. */
void compare_x12_places(arena *a, const document_file *f, prove_places *out);
text compare_x12_repair(arena *a, const compare_options *o, text bytes);

#endif
