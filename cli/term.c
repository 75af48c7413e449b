/* term.c: see term.h. */
#include "cli/term.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *setting(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

static bool wants_colour(bool tty, colour_when when)
{
    if (when != COLOUR_AUTO)
        return when == COLOUR_ALWAYS;
    if (setting("FORCE_COLOR"))
        return strcmp(getenv("FORCE_COLOR"), "0") != 0;
    if (setting("NO_COLOR"))
        return false;
    const char *kind = setting("TERM");
    return tty && !(kind && strcmp(kind, "dumb") == 0);
}

static bool speaks_utf8(void)
{
    const char *locale = setting("LC_ALL");
    if (!locale)
        locale = setting("LC_CTYPE");
    if (!locale)
        locale = setting("LANG");
    return locale && (strcasestr(locale, "utf-8") || strcasestr(locale, "utf8"));
}

static int width_of(int fd, bool tty)
{
    const char *columns = setting("COLUMNS");
    int n = columns ? atoi(columns) : 0;
    struct winsize size;
    if (n <= 0 && tty && ioctl(fd, TIOCGWINSZ, &size) == 0)
        n = size.ws_col;
    return n >= 40 ? n : n > 0 ? 40 : TERM_WIDTH;
}

void terminal_init(terminal *t, int fd, colour_when when)
{
    bool tty = isatty(fd);
    *t = (terminal){.fd = fd,
                    .tty = tty,
                    .colour = wants_colour(tty, when),
                    .utf8 = speaks_utf8(),
                    .width = width_of(fd, tty)};
}

void term_style(buffer *b, const terminal *t, style s)
{
    static const char *const sgr[] = {
        [STYLE_PLAIN] = "\033[0m",    [STYLE_BOLD] = "\033[1m",       [STYLE_DIM] = "\033[2m",
        [STYLE_ERROR] = "\033[1;31m", [STYLE_WARNING] = "\033[1;33m", [STYLE_GOOD] = "\033[32m",
        [STYLE_PLACE] = "\033[1;34m",
    };
    if (t->colour)
        buffer_cstr(b, sgr[s]);
}

/* Ranges that take no column or two; enough for names and messages, not a full Unicode table. */
static unsigned columns_of(uint32_t point)
{
    if ((point >= 0x300 && point <= 0x36f) || (point >= 0x200b && point <= 0x200f) ||
        (point >= 0xfe00 && point <= 0xfe0f))
        return 0;
    bool wide = (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf) ||
                (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff) ||
                (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60) ||
                (point >= 0x1f300 && point <= 0x1faff) || (point >= 0x20000 && point <= 0x3fffd);
    return wide ? 2 : 1;
}

static unsigned length_of(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Direction marks can make a line read as what it is not, so they are not shown either. */
static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
           (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

term_character term_next(text words)
{
    unsigned n = length_of((unsigned char)words.p[0]);
    if (n > words.n || text_utf8_prefix(text_slice(words, 0, n)) != n)
        return (term_character){1, 1, false};
    uint32_t point = (unsigned char)words.p[0];
    if (n > 1)
        point &= 0x7fu >> n;
    for (unsigned i = 1; i < n; i++)
        point = point << 6 | ((unsigned char)words.p[i] & 0x3f);
    if (is_control(point))
        return (term_character){n, 1, false};
    return (term_character){n, columns_of(point), true};
}

void term_put(buffer *b, const terminal *t, text words)
{
    while (words.n) {
        term_character c = term_next(words);
        if (c.safe && (t->utf8 || c.bytes == 1))
            buffer_add(b, words.p, c.bytes);
        else if (c.columns)
            buffer_cstr(b, t->utf8 && !c.safe ? "\xef\xbf\xbd" : c.columns == 2 ? "??" : "?");
        words = text_slice(words, c.bytes, words.n);
    }
}

size_t term_columns(text words)
{
    size_t n = 0;
    while (words.n) {
        term_character c = term_next(words);
        n += c.columns;
        words = text_slice(words, c.bytes, words.n);
    }
    return n;
}

void term_styled(buffer *b, const terminal *t, style s, text words)
{
    if (s != STYLE_PLAIN)
        term_style(b, t, s);
    term_put(b, t, words);
    if (s != STYLE_PLAIN)
        term_style(b, t, STYLE_PLAIN);
}

void term_printf(buffer *b, const terminal *t, style s, const char *format, ...)
{
    buffer words = {0};
    va_list args;
    va_start(args, format);
    buffer_vprintf(&words, format, args);
    va_end(args);
    term_styled(b, t, s, buffer_view(&words));
    buffer_release(&words);
}

void term_repeat(buffer *b, const char *what, size_t times)
{
    while (times--)
        buffer_cstr(b, what);
}

void term_pad(buffer *b, const terminal *t, text words, size_t columns)
{
    size_t n = term_columns(words);
    term_put(b, t, words);
    term_repeat(b, " ", n < columns ? columns - n : 1);
}

const char *term_glyph(const terminal *t, glyph g)
{
    static const char *const table[][2] = {
#define X(id, utf8, ascii) {ascii, utf8},
        TERM_GLYPHS(X)
#undef X
    };
    return table[g][t->utf8];
}
