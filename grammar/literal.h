/* literal.h: the values of literals, read from the source when they are asked for.
 *
 * The scanner has checked the form, so that reading cannot fail but by range. Texts: escapes are
 * \n \t \" \\ \{ \} \u{hex}. In a """ body the line break behind the opening quotes and the one
 * before the line of the closing quotes do not count, and the blanks that stand before the closing
 * quotes are taken off every line (a line that has fewer loses those it has). A line break is LF; the CR before it does not count, so that a checkout
 * with other line ends is the same program.
 */
#ifndef FERRY_GRAMMAR_LITERAL_H
#define FERRY_GRAMMAR_LITERAL_H

#include "grammar/ast.h"

/* Flags in `aux` of text nodes. */
enum {
    TEXT_ESCAPED = 1, /* holds a backslash: the value is not the bytes */
    TEXT_BLOCK = 2,   /* in """ quotes */
};

/* The value of TEXT, RAW or BLOCK_TEXT. A view into the source where nothing needs to be changed,
 * else in `memory`. */
text literal_text(const ast *t, node n, arena *memory);

/* The value of one TEXT_PART of an INTERPOLATED text, likewise. */
text literal_part(const ast *t, node interpolated, node part, arena *memory);

/* The digits of NUMBER, PERCENT and MONEY as decimal_read takes them (with underscores). */
text literal_digits(const ast *t, node n);

/* WEEKDAY_TIME: 0 = Monday … 6 = Sunday, and minutes of the day. false when the time is no time. */
bool literal_weekday_time(const ast *t, node n, int *weekday, int *minute);

#endif
