/* term.h: what a stream can show: colour, width, UTF-8; and text made safe for it.
 *
 * Decided once for each of stdout and stderr. Everything that came from a file, a partner or a
 * journal goes through term_put, so that no escape sequence in it reaches a terminal.
 */
#ifndef FERRY_CLI_TERM_H
#define FERRY_CLI_TERM_H

#include "base/text.h"

typedef enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } colour_when;

typedef struct {
    int fd;
    bool tty, colour, utf8;
    int width; /* columns; TERM_WIDTH where it is no terminal */
} terminal;

enum { TERM_WIDTH = 100 };

/* COLOUR_AUTO: FORCE_COLOR, then NO_COLOR (each counts when not empty), then whether fd is a
 * terminal that is not "dumb". UTF-8 by LC_ALL, LC_CTYPE, LANG, the first that is set. */
void terminal_init(terminal *t, int fd, colour_when when);

typedef enum {
    STYLE_PLAIN,
    STYLE_BOLD,
    STYLE_DIM,
    STYLE_ERROR,
    STYLE_WARNING,
    STYLE_GOOD,
    STYLE_PLACE, /* gutters and arrows of diagnostics */
} style;

/* What is added to the buffer from here on; nothing where there is no colour. */
void term_style(buffer *b, const terminal *t, style s);
/* The text with control characters and bytes that are no UTF-8 replaced, one column each. On a
 * terminal without UTF-8 every other character becomes '?'. */
void term_put(buffer *b, const terminal *t, text words);
/* Both, and back to plain. */
void term_styled(buffer *b, const terminal *t, style s, text words);
void term_printf(buffer *b, const terminal *t, style s, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* term_put, then blanks up to `columns`; what is longer stays whole and one blank follows. */
void term_pad(buffer *b, const terminal *t, text words, size_t columns);
void term_repeat(buffer *b, const char *what, size_t times);

#define TERM_GLYPHS(X)                                                                             \
    X(ARROW, "→", "->")                                                                            \
    X(DOT, "·", "-")                                                                               \
    X(ELLIPSIS, "…", "...")                                                                        \
    X(FULL, "█", "#")                                                                              \
    X(EMPTY, "░", ".") X(BAR, "│", "|") X(CROSS, "✗", "x") X(TICK, "✓", "ok") X(TIMES, "×", "x")

typedef enum {
#define X(id, utf8, ascii) GLYPH_##id,
    TERM_GLYPHS(X)
#undef X
} glyph;
const char *term_glyph(const terminal *t, glyph g);

/* Columns that term_put makes of it. */
size_t term_columns(text words);
/* One character off the front: its columns (0, 1 or 2) and bytes. Not for the empty text. `safe` is
 * false for a control character and for a byte that is no UTF-8. */
typedef struct {
    unsigned bytes, columns;
    bool safe;
} term_character;
term_character term_next(text words);

#endif
