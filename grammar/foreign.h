/* foreign.h: literals as other programs and people write them, in Ferry's spelling.
 *
 * Nothing here reports: each function reads a whole text and gives the right spelling of what was
 * probably meant, or an empty text where that is not sure (3/4/2027 is two days). The scanner asks
 * about forms that are never Ferry's, the compiler about those that mean something else, such as
 * 22.00 where a time of day is wanted.
 */
#ifndef FERRY_GRAMMAR_FOREIGN_H
#define FERRY_GRAMMAR_FOREIGN_H

#include "base/text.h"

text foreign_number(text t, arena *memory);   /* 4,200,000 · 1.000.000 · 5k · 4.2M -> 4_200_000 */
text foreign_percent(text t, arena *memory);  /* 99.9 % · 99,9% · 10 percent -> 99.9% */
text foreign_money(text t, arena *memory);    /* €4,200 · 4_200 € · 4,200 EUR -> 4_200 EUR */
text foreign_duration(text t, arena *memory); /* 5 minutes · 5min · 1.5h -> 1h30m */
text foreign_clock(text t, arena *memory);    /* 9:30 · 10:00 PM · 10pm · 22.00 · sat 22.00 */
text foreign_date(text t, arena *memory);     /* 13.3.2027 · 2027/03/13 · 2027-03-13T22:00 */

/* The first of these that gives something. */
text foreign_literal(text t, arena *memory);

#endif
