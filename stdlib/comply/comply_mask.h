/* comply_mask.h: what a report may show of a value of which it knows the place.
 *
 * mask.h blots what is told by form; a bare social security number behind REF*SY, or a patient's
 * name, is told by its place alone. Comparisons show values with their places: they ask here.
 */
#ifndef FERRY_STDLIB_COMPLY_MASK_H
#define FERRY_STDLIB_COMPLY_MASK_H

#include "stdlib/document/format.h"

/* Tables, made once and asked for every value; in the arena. */
typedef struct comply_masker comply_masker;
comply_masker *comply_masker_new(arena *a);

/* The value, or a copy with `*` for what the scan would find certain there. `file` is where it
 * stands: of X12 and EDIFACT the segment around it is looked for in that file's bytes. `ref` is how
 * a rule names the place, "$.customer.ssn", "ssn", "6.ssn". p == NULL stays so. */
text comply_masked(comply_masker *m, arena *a, const document_file *file, text ref, text value);

#endif
