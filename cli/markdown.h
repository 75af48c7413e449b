/* markdown.h: text from sources in GitHub's Markdown: it makes no column, tag or emphasis. */
#ifndef FERRY_CLI_MARKDOWN_H
#define FERRY_CLI_MARKDOWN_H

#include "base/text.h"

void markdown_put(buffer *b, text t);
/* In a code span, whose fence is longer than any run of backticks in it. A bar is escaped there,
 * too: tables are cut before code is read. */
void markdown_code(buffer *b, text t);

#endif
