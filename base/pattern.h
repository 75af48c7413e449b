/* pattern.h: forms that a text must have as a whole, as regular expressions write them.
 *
 *     .  [a-z_] [^a-z]  \d \w \s \D \W \S  \. (any sign)  \n \r \t \xHH \uHHHH
 *     ab  a|b  (a) (?:a)  a? a* a+ a{2} a{2,} a{2,5}  ^ $ (begin and end)
 *
 * In the meaning of ECMA-262 with the flag u, less what no machine of finite states can do: no back
 * references, no looking around, no greed (there is only yes and no). `\d`, `\w` and `\s` mean
 * ASCII. Matching takes time in proportion to the text and the size of the pattern, whatever they
 * are (Thompson's construction); a pattern is at most PATTERN_LARGEST steps. Bytes that are no
 * UTF-8 are characters of their own, equal to nothing but `.` and negated sets.
 */
#ifndef FERRY_BASE_PATTERN_H
#define FERRY_BASE_PATTERN_H

#include "base/text.h"

enum { PATTERN_LARGEST = 2000 };

typedef struct pattern pattern;

/* Lives in `a`. NULL and a message, lower case without a full stop, where it is none. */
const pattern *pattern_read(arena *a, text source, text *message);
/* Has all of t that form? */
bool pattern_fits(const pattern *p, text t);

#endif
