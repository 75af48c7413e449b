/* decimal.h: exact decimals as 64-bit integers with a scale that the type knows.
 *
 * Every quantity of the language is an int64 counting a fixed unit (LANGUAGE §4): number 10^-6,
 * percent 10^-8 (so 100% is 10^8), money 10^-4 of its currency, duration and instant one
 * microsecond, rate one 10^-6 per week (rates per month and year only for money). Intermediate
 * results are 128-bit; results are rounded once, half to even. What does not fit is QUANTITY_NA,
 * never wrapped.
 */
#ifndef FERRY_BASE_DECIMAL_H
#define FERRY_BASE_DECIMAL_H

#include "base/text.h"

__extension__ typedef __int128 int128;

/* Two bit patterns are taken out of every 64-bit value: not available (overflow, division by zero,
 * a failed observation) and none (a field that is absent). No number, text handle or truth value
 * equals either. */
#define QUANTITY_NA   INT64_MIN
#define QUANTITY_NONE (INT64_MIN + 1)
#define QUANTITY_MIN  (INT64_MIN + 2)
#define QUANTITY_MAX  INT64_MAX

enum { SCALE_NUMBER = 6, SCALE_PERCENT = 8, SCALE_MONEY = 4, SCALE_RATE = 6, SCALE_SECONDS = 6 };
#define UNIT_NUMBER  INT64_C(1000000)
#define UNIT_PERCENT INT64_C(100000000) /* 100% */
#define UNIT_MONEY   INT64_C(10000)

int64_t decimal_fit(int128 v); /* v, or QUANTITY_NA when it is outside QUANTITY_MIN..MAX */
int128 decimal_divide(int128 n, int128 d); /* n / d rounded half to even; d != 0 */
int64_t decimal_add(int64_t a, int64_t b); /* NA and NONE in either give NA, here and below */
int64_t decimal_sub(int64_t a, int64_t b);
int64_t decimal_muldiv(int64_t a, int64_t b,
                       int64_t divisor); /* a * b / divisor, rounded once; divisor 0 gives NA */
int64_t decimal_power(int scale);        /* 10^scale, 0 <= scale <= 18 */

/* Reads [-]digits[_digits][.digits][e[+-]digits] into value × 10^-scale. false when the text is not
 * a number, does not fit or has more decimals than the scale holds (then *inexact is true and *out
 * is the rounded value; `inexact` may be NULL). Underscores only where `underscores`, and only
 * between two digits. */
bool decimal_read(text t, int scale, bool underscores, int64_t *out, bool *inexact);
/* The shortest exact form: 1500000 at scale 6 is "1.5"; never an exponent. NA is "not available",
 * NONE is "none". */
void decimal_write(buffer *out, int64_t v, int scale);
/* Compares two decimal numbers given as text, of any length and with exponents, exactly: -1, 0, 1.
 * Both must be well formed as decimal_is_text says (JSON's grammar, leading zeros and '+' allowed).
 * An exponent beyond ±10^18 counts as that. */
int decimal_compare_text(text a, text b);
bool decimal_is_text(text t);

#endif
