/* scan_parts.h: what the actions of scan.c and scan_faults.c share; for these two only. Offsets are
 * into the source. */
#ifndef FERRY_GRAMMAR_SCAN_PARTS_H
#define FERRY_GRAMMAR_SCAN_PARTS_H

#include "grammar/scan_actions.h"

#include <ctype.h>

static inline span scan_span(const scan *s, uint32_t at, uint32_t end)
{
    return (span){s->base + at, s->base + end};
}

static inline text scan_word(const scan *s, uint32_t at, uint32_t length)
{
    return (text){s->bytes + at, length};
}

/* Reports, unless nobody listens: the formatter scans again what was already found good. */
#define SCAN_FAULT(s, code, at, end, ...)                                                          \
    ((s)->failed = true,                                                                           \
     (s)->diags ? diag_add((s)->diags, DIAG_##code, scan_span(s, at, end), __VA_ARGS__) : NULL)

static inline bool scan_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static inline bool scan_is_wordy(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* `quote` closes a text that has no opening quotes; its first word is at `start`. */
void scan_report_unopened(scan *s, uint32_t start, uint32_t quote);

#endif
