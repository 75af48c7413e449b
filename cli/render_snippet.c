/* render_snippet.c: source lines with marks under them.
 *
 * Marks of a line are drawn on one row. The rightmost label stands behind its stroke; every other
 * one hangs on a row of its own, rightmost first, so that no two lines cross. Long lines are cut to
 * the part around their first mark.
 */
#include "cli/render_diag.h"

#include <stdlib.h>
#include <string.h>

enum { TAB = 4, LEAD = 24 /* columns kept before the first mark of a line that is cut */ };

size_t render_column(text line, size_t byte)
{
    size_t column = 0, at = 0;
    while (at < line.n && at < byte) {
        if (line.p[at] == '\t') {
            column += TAB - column % TAB;
            at++;
            continue;
        }
        term_character c = term_next(text_slice(line, at, line.n));
        column += c.columns;
        at += c.bytes;
    }
    return column + (byte > at ? byte - at : 0);
}

void render_gutter(buffer *out, const diag_view *v, int gutter, const char *sign)
{
    term_style(out, v->t, STYLE_PLACE);
    term_repeat(out, " ", (size_t)gutter + 1);
    buffer_cstr(out, sign);
    term_style(out, v->t, STYLE_PLAIN);
}

static void line_number(buffer *out, const diag_view *v, int gutter, uint32_t line)
{
    term_style(out, v->t, STYLE_PLACE);
    buffer_printf(out, "%*u |", gutter, line);
    term_style(out, v->t, STYLE_PLAIN);
}

static size_t room_of(const diag_view *v, int gutter)
{
    int width = v->t->tty ? v->t->width : 160;
    return (size_t)(width - gutter - 3);
}

/* The columns left … left + room of a line; what is cut off is marked. */
static void put_columns(buffer *out, const diag_view *v, text line, size_t left, size_t room)
{
    size_t column = 0;
    buffer part = {0};
    for (size_t at = 0; at < line.n && column < left + room;) {
        term_character c = line.p[at] == '\t' ? (term_character){1, TAB - column % TAB, true}
                                              : term_next(text_slice(line, at, line.n));
        if (column >= left) {
            if (line.p[at] == '\t')
                term_repeat(&part, " ", c.columns);
            else
                term_put(&part, v->t, text_slice(line, at, at + c.bytes));
        }
        column += c.columns;
        at += c.bytes;
    }
    text shown = buffer_view(&part);
    while (shown.n && shown.p[shown.n - 1] == ' ')
        shown.n--;
    if (shown.n)
        buffer_char(out, ' ');
    buffer_text(out, shown);
    buffer_release(&part);
}

static void put_line(buffer *out, const diag_view *v, int gutter, uint32_t line, text words,
                     size_t left)
{
    line_number(out, v, gutter, line);
    put_columns(out, v, words, left, room_of(v, gutter));
    buffer_char(out, '\n');
}

void render_source_line(buffer *out, const diag_view *v, int gutter, uint32_t line, text words)
{
    put_line(out, v, gutter, line, words, 0);
}

typedef struct {
    size_t from, to; /* display columns, from < to */
    bool primary;
    text label;
} stroke;

static style stroke_style(bool primary, diag_level level)
{
    if (!primary)
        return STYLE_PLACE;
    return level == LEVEL_ERROR ? STYLE_ERROR : STYLE_WARNING;
}

/* A row of signs up to `end`: blank, '^' and '-' for strokes, '|' for hanging labels. */
static void put_row(buffer *out, const diag_view *v, const char *row, size_t end, diag_level level)
{
    char before = ' ';
    for (size_t i = 0; i < end; i++) {
        if (row[i] != before && before != ' ')
            term_style(out, v->t, STYLE_PLAIN);
        if (row[i] != before && row[i] != ' ')
            term_style(out, v->t, stroke_style(row[i] == '^' || row[i] == '!', level));
        before = row[i];
        buffer_char(out, row[i] == '!' ? '|' : row[i]);
    }
    if (before != ' ')
        term_style(out, v->t, STYLE_PLAIN);
}

static void put_label(buffer *out, const diag_view *v, const stroke *s, diag_level level)
{
    term_styled(out, v->t, stroke_style(s->primary, level), s->label);
    buffer_char(out, '\n');
}

static int rightmost_first(const void *x, const void *y)
{
    const stroke *a = x, *b = y;
    if (a->from != b->from)
        return a->from > b->from ? -1 : 1;
    return (int)b->primary - (int)a->primary;
}

/* The bars of the labels from `first` on, which hang on rows still to come. */
static size_t bars(char *row, size_t width, const stroke *s, size_t first, size_t n)
{
    size_t end = 0;
    memset(row, ' ', width);
    for (size_t i = first; i < n; i++) {
        if (!s[i].label.n)
            continue;
        row[s[i].from] = s[i].primary ? '!' : '|';
        end = s[i].from + 1 > end ? s[i].from + 1 : end;
    }
    return end;
}

static void hanging_labels(buffer *out, const diag_view *v, const stroke *s, size_t first, size_t n,
                           char *row, size_t width, int gutter, diag_level level)
{
    int hung = 0;
    for (size_t i = first; i < n; i++) {
        if (!s[i].label.n)
            continue;
        if (!hung++) {
            render_gutter(out, v, gutter, "| ");
            put_row(out, v, row, bars(row, width, s, i, n), level);
            buffer_char(out, '\n');
        }
        render_gutter(out, v, gutter, "| ");
        size_t end = bars(row, width, s, i + 1, n);
        put_row(out, v, row, end < s[i].from ? end : s[i].from, level);
        term_repeat(out, " ", end < s[i].from ? s[i].from - end : 0);
        put_label(out, v, &s[i], level);
    }
}

static void put_strokes(buffer *out, const diag_view *v, stroke *s, size_t n, int gutter,
                        diag_level level)
{
    size_t end = 0;
    for (size_t i = 0; i < n; i++)
        end = s[i].to > end ? s[i].to : end;
    char *row = malloc(end + 1);
    if (!row)
        memory_exhausted();
    qsort(s, n, sizeof *s, rightmost_first);
    memset(row, ' ', end);
    for (int primary = 0; primary < 2; primary++)
        for (size_t i = 0; i < n; i++)
            if (s[i].primary == (bool)primary)
                memset(row + s[i].from, primary ? '^' : '-', s[i].to - s[i].from);
    render_gutter(out, v, gutter, "| ");
    put_row(out, v, row, end, level);
    bool inlined = s[0].label.n && s[0].to == end;
    if (inlined) {
        buffer_char(out, ' ');
        put_label(out, v, &s[0], level);
    } else {
        buffer_char(out, '\n');
    }
    hanging_labels(out, v, s, inlined, n, row, end, gutter, level);
    free(row);
}

static int by_line(const void *x, const void *y)
{
    const snippet_mark *a = x, *b = y;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->from < b->from ? -1 : a->from > b->from;
}

/* The part of a mark that the cut line shows; at least one column. */
static stroke stroke_of(text line, const snippet_mark *m, size_t left, size_t room)
{
    size_t from = render_column(line, m->from), to = render_column(line, m->to);
    from = from > left ? from - left : 0;
    to = to > left ? to - left : 0;
    from = from < room ? from : room - 1;
    to = to < room ? to : room;
    return (stroke){from, to > from ? to : from + 1, m->primary, m->label};
}

/* The marks of one line; returns how many. */
static size_t one_line(buffer *out, const diag_view *v, const source *file,
                       const snippet_mark *marks, size_t n, int gutter, diag_level level)
{
    size_t count = 1, room = room_of(v, gutter);
    while (count < n && marks[count].line == marks->line)
        count++;
    text line = source_line(file, marks->line);
    size_t first = render_column(line, marks->from), left = 0;
    if (render_column(line, line.n) > room && first > room / 2)
        left = first > LEAD ? first - LEAD : 0;
    put_line(out, v, gutter, marks->line, line, left);
    stroke *s = malloc(count * sizeof *s);
    if (!s)
        memory_exhausted();
    for (size_t i = 0; i < count; i++)
        s[i] = stroke_of(line, &marks[i], left, room);
    put_strokes(out, v, s, count, gutter, level);
    free(s);
    return count;
}

void render_snippet(buffer *out, const diag_view *v, const source *file, snippet_mark *marks,
                    size_t n, int gutter, diag_level level)
{
    qsort(marks, n, sizeof *marks, by_line);
    uint32_t before = 0;
    for (size_t i = 0; i < n;) {
        uint32_t line = marks[i].line;
        if (before && line == before + 2)
            render_source_line(out, v, gutter, line - 1, source_line(file, line - 1));
        else if (before && line > before + 1)
            buffer_cstr(out, "...\n");
        before = line;
        i += one_line(out, v, file, marks + i, n - i, gutter, level);
    }
}
