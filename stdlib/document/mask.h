/* mask.h: what no report may show: numbers of cards and of people.
 *
 * What identifiers.def tells by form alone, or by the words in front, is masked wherever it stands,
 * what is only likely as well: to hide a number too many costs a reader a look into the file, to
 * show one costs more. Of a card stay the first six and the last four digits, which PCI DSS 3.4.1
 * allows. GTINs are left by their check digit, at the price of one in ten of the few 13 and 14
 * digit cards.
 */
#ifndef FERRY_STDLIB_MASK_H
#define FERRY_STDLIB_MASK_H

#include "base/text.h"

/* t itself when it holds none of those numbers, else a copy with `*` in each. p == NULL stays so.
 */
text mask_text(arena *a, text t);

#endif
