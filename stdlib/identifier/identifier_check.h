/* identifier_check.h: is a run of letters and digits a number of its kind: positions, areas, dates
 * and check digits.
 *
 * Each takes capitals and digits without separators, of a length that identifiers.def allows, and
 * knows nothing of where they stood. Sources stand with each in identifier_check.c. Shapes that a
 * random number has in one case of n are told by identifiers.def's column of evidence, not here.
 */
#ifndef FERRY_STDLIB_IDENTIFIER_CHECK_H
#define FERRY_STDLIB_IDENTIFIER_CHECK_H

#include "base/text.h"

#define IDENTIFIER(id, code, title, family, regimes, is, ...) bool identifier_is_##is(text t);
#include "stdlib/identifier/identifiers.def"
#undef IDENTIFIER

#endif
