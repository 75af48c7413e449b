/* mask.h: card numbers do not stand in reports.
 *
 * A card number is 13 to 19 digits, blanks or hyphens between them allowed, in an issuer's range
 * (ISO/IEC 7812: Visa 4, Mastercard 51-55 and 2221-2720, American Express 34 and 37, Discover 6011,
 * 644-649, 65, JCB 3528-3589, Diners 300-305, 36, 38-39, Maestro 50, 56-58, 6, UnionPay 62) and of
 * a length that issuer uses, whose last digit is right by Luhn. GTIN-13 and GTIN-14 are excluded by
 * their check digit, at the price of one in ten of the few 13 and 14 digit cards. Control numbers
 * (X12 ISA13, GS06, ST02: 9 digits at most) are too short, or fall out by range or length. Shown
 * are the first six and the last four, which PCI DSS 3.4.1 allows.
 */
#ifndef FERRY_STDLIB_MASK_H
#define FERRY_STDLIB_MASK_H

#include "base/text.h"

/* Digits only, no separators. */
bool mask_is_card(text digits);
/* t itself when it holds no card number, else a copy with the middle of each replaced by '*'. A
 * longer run of digits is not searched for cards within it. p == NULL stays so. */
text mask_text(arena *a, text t);

#endif
