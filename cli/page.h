/* page.h: a page of HTML by itself, without anything that is fetched: what every report in that
 * form begins and ends with. */
#ifndef FERRY_CLI_PAGE_H
#define FERRY_CLI_PAGE_H

#include "base/text.h"

/* Up to the heading, which names the two that are compared. Rows of tables may be of class
 * `defect`, `breaking` or `risky`, their cells `l` and `m` of the two sides, `v` of a value, `why`.
 */
void page_begin(buffer *out, text legacy, text modern);
void page_end(buffer *out);
/* A value, or that there is none (p NULL). */
void page_cell(buffer *out, const char *class, text t);

#endif
