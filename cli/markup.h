/* markup.h: text from files and journals in XML and HTML. */
#ifndef FERRY_CLI_MARKUP_H
#define FERRY_CLI_MARKUP_H

#include "base/text.h"

/* Escaped for content and for attributes in double quotes. A control character, which XML 1.0 has
 * no place for even as a reference (2.2), and a byte that is no UTF-8 become U+FFFD; a line break
 * is a reference, since attributes would fold it. */
void markup_put(buffer *b, text t);
/* A blank and name="value". */
void markup_attribute(buffer *b, const char *name, text value);

#endif
