/* render_diag.c: a diagnostic as text; see render_diag.h. */
#include "cli/render_diag.h"

#include <string.h>

enum { EDITED_LINES = 12 /* most lines of a suggestion that are shown */ };

void render_file_name(buffer *out, const diag_view *v, const source *file)
{
    bool absolute = file->name.n && file->name.p[0] == '/';
    if (!file->embedded && !absolute)
        buffer_text(out, v->folder);
    buffer_text(out, file->name);
}

static int digits(uint32_t n)
{
    int d = 1;
    while (n /= 10)
        d++;
    return d;
}

/* A span of several lines becomes a mark from its start to the end of that line and one from the
 * first word of the last line to its end, which bears the label. */
static size_t marks_of(const source_map *m, span at, bool primary, text label, snippet_mark out[2])
{
    place p = source_place(m, at);
    if (p.end_line > p.line && p.end_column == 1) { /* ends behind a line break */
        p.end_line--;
        p.end_column = (uint32_t)source_line(p.file, p.end_line).n + 1;
    }
    text first = source_line(p.file, p.line);
    size_t from = p.column - 1;
    if (p.end_line == p.line) {
        out[0] = (snippet_mark){p.line, from, p.end_column - 1, primary, label};
        return 1;
    }
    text last = source_line(p.file, p.end_line);
    size_t word = 0;
    while (word < last.n && (last.p[word] == ' ' || last.p[word] == '\t'))
        word++;
    if (word >= p.end_column - 1)
        word = 0;
    out[0] = (snippet_mark){p.line, from, first.n, primary, {0}};
    out[1] = (snippet_mark){p.end_line, word, p.end_column - 1, primary, label};
    return 2;
}

static void arrow(buffer *out, const diag_view *v, int gutter, const place *p, bool primary)
{
    term_style(out, v->t, STYLE_PLACE);
    term_repeat(out, " ", (size_t)gutter);
    buffer_cstr(out, primary ? "-->" : ":::");
    term_style(out, v->t, STYLE_PLAIN);
    buffer_char(out, ' ');
    buffer name = {0};
    render_file_name(&name, v, p->file);
    term_put(out, v->t, buffer_view(&name));
    buffer_release(&name);
    buffer_printf(out, ":%u:%u\n", p->line, p->column);
}

typedef VEC(snippet_mark) mark_list;

static void collect(mark_list *list, const diag_view *v, span at, bool primary, text label,
                    const source *file)
{
    if (source_of(v->sources, at.start) != file)
        return;
    snippet_mark two[2];
    size_t n = marks_of(v->sources, at, primary, label, two);
    for (size_t i = 0; i < n; i++)
        vec_push(list, two[i]);
}

/* All marks of the diagnostic that lie in one file. */
static void one_file(buffer *out, const diag_view *v, const diagnostic *g, const source *file,
                     int gutter)
{
    mark_list list = {0};
    collect(&list, v, g->at, true, (text){0}, file);
    for (size_t i = 0; i < g->labels.n; i++) {
        const diag_label *l = &g->labels.p[i];
        bool same = l->at.start == g->at.start && l->at.end == g->at.end;
        if (same && list.n && source_of(v->sources, g->at.start) == file)
            list.p[list.n > 1 && list.p[1].primary].label = l->what; /* a label of the primary */
        else
            collect(&list, v, l->at, false, l->what, file);
    }
    render_gutter(out, v, gutter, "|\n");
    render_snippet(out, v, file, list.p, list.n, gutter, diag_table[g->code].level);
    vec_release(&list);
}

static uint32_t last_line(const diag_view *v, const diagnostic *g)
{
    uint32_t line = source_place(v->sources, g->at).end_line;
    for (size_t i = 0; i < g->labels.n; i++) {
        uint32_t l = source_place(v->sources, g->labels.p[i].at).end_line;
        line = l > line ? l : line;
    }
    for (size_t i = 0; i < g->helps.n; i++)
        for (size_t k = 0; k < g->helps.p[i].edits.n; k++) {
            uint32_t l = source_place(v->sources, g->helps.p[i].edits.p[k].at).end_line;
            line = l > line ? l : line;
        }
    return line;
}

/* Files of labels other than the primary's, each once, in the order of the labels. */
static void other_files(buffer *out, const diag_view *v, const diagnostic *g, int gutter)
{
    const source *home = source_of(v->sources, g->at.start);
    for (size_t i = 0; i < g->labels.n; i++) {
        const source *file = source_of(v->sources, g->labels.p[i].at.start);
        bool seen = !file || file == home;
        for (size_t k = 0; k < i && !seen; k++)
            seen = source_of(v->sources, g->labels.p[k].at.start) == file;
        if (seen)
            continue;
        place p = source_place(v->sources, g->labels.p[i].at);
        arrow(out, v, gutter, &p, false);
        one_file(out, v, g, file, gutter);
    }
}

/* "= note: …"; further lines of the text are indented below it. */
static void remark(buffer *out, const diag_view *v, int gutter, const char *head, text words)
{
    render_gutter(out, v, gutter, "= ");
    term_styled(out, v->t, STYLE_BOLD, text_of(head));
    buffer_cstr(out, ": ");
    while (words.n) {
        ptrdiff_t n = text_find(words, '\n');
        size_t end = n < 0 ? words.n : (size_t)n;
        term_put(out, v->t, text_slice(words, 0, end));
        buffer_char(out, '\n');
        words = text_slice(words, end + 1, words.n);
        if (words.n)
            term_repeat(out, " ", (size_t)gutter + 5 + strlen(head));
    }
}

/* Lines `first` … `last` of the file as the edits (in order, in that range) would leave them. */
static void apply_edits(buffer *out, const source *f, uint32_t start, uint32_t end,
                        const diag_help *h)
{
    uint32_t at = start;
    for (size_t i = 0; i < h->edits.n; i++) {
        uint32_t from = h->edits.p[i].at.start - f->base, to = h->edits.p[i].at.end - f->base;
        if (from < at)
            return; /* overlapping edits: a fault of ours; show what stands so far */
        buffer_add(out, f->bytes.p + at, from - at);
        buffer_text(out, h->edits.p[i].with);
        at = to;
    }
    if (at < end)
        buffer_add(out, f->bytes.p + at, end - at);
}

/* The tildes under the one edit of a line that stays one line. */
static void underline(buffer *out, const diag_view *v, int gutter, text line, size_t from, size_t n,
                      bool inserted)
{
    size_t a = render_column(line, from), b = render_column(line, from + n);
    render_gutter(out, v, gutter, "| ");
    term_repeat(out, " ", a);
    term_style(out, v->t, STYLE_GOOD);
    term_repeat(out, inserted ? "+" : "~", b > a ? b - a : 0);
    term_style(out, v->t, STYLE_PLAIN);
    buffer_char(out, '\n');
}

static void edited_lines(buffer *out, const diag_view *v, int gutter, const place *p, text words,
                         const diag_help *h)
{
    size_t lines = 0;
    render_gutter(out, v, gutter, "|\n");
    for (uint32_t line = p->line; lines < EDITED_LINES; line++, lines++) {
        ptrdiff_t n = text_find(words, '\n');
        text one = text_slice(words, 0, n < 0 ? words.n : (size_t)n);
        render_source_line(out, v, gutter, line, one);
        if (n < 0 && lines == 0 && h->edits.n == 1 && h->edits.p[0].with.n)
            underline(out, v, gutter, one, p->column - 1, h->edits.p[0].with.n,
                      h->edits.p[0].at.start == h->edits.p[0].at.end);
        if (n < 0)
            return;
        words = text_slice(words, (size_t)n + 1, words.n);
    }
}

static void suggestion(buffer *out, const diag_view *v, int gutter, const diag_help *h)
{
    span whole = h->edits.p[0].at;
    for (size_t i = 1; i < h->edits.n; i++) {
        if (h->edits.p[i].at.start < whole.start)
            return;
        whole.end = h->edits.p[i].at.end > whole.end ? h->edits.p[i].at.end : whole.end;
    }
    place p = source_place(v->sources, whole);
    if (!p.file || source_of(v->sources, whole.end) != p.file ||
        p.end_line - p.line >= EDITED_LINES)
        return;
    text last = source_line(p.file, p.end_line), first = source_line(p.file, p.line);
    buffer edited = {0};
    apply_edits(&edited, p.file, (uint32_t)(first.p - p.file->bytes.p),
                (uint32_t)(last.p - p.file->bytes.p + (ptrdiff_t)last.n), h);
    edited_lines(out, v, gutter, &p, buffer_view(&edited), h);
    buffer_release(&edited);
}

static void render_diagnostic(buffer *out, const diag_view *v, const diagnostic *g)
{
    const diag_entry *e = &diag_table[g->code];
    bool is_error = e->level == LEVEL_ERROR;
    term_printf(out, v->t, is_error ? STYLE_ERROR : STYLE_WARNING, "%s[%s]",
                is_error ? "error" : "warning", e->code);
    buffer_cstr(out, ": ");
    term_styled(out, v->t, STYLE_BOLD, g->message);
    buffer_char(out, '\n');
    place p = source_place(v->sources, g->at);
    int gutter = digits(last_line(v, g));
    if (p.file) {
        arrow(out, v, gutter, &p, true);
        one_file(out, v, g, p.file, gutter);
    }
    other_files(out, v, g, gutter);
    for (size_t i = 0; i < g->notes.n; i++)
        remark(out, v, gutter, "note", g->notes.p[i]);
    for (size_t i = 0; i < g->helps.n; i++) {
        remark(out, v, gutter, "help", g->helps.p[i].what);
        if (g->helps.p[i].edits.n)
            suggestion(out, v, gutter, &g->helps.p[i]);
    }
    buffer_char(out, '\n');
}

void render_diagnostics(buffer *out, const diag_view *v, const diagnostics *d, size_t most)
{
    size_t n = d->list.n < DIAG_MOST ? d->list.n : DIAG_MOST;
    size_t shown = most && most < n ? most : n;
    for (size_t i = 0; i < shown; i++)
        render_diagnostic(out, v, d->list.p[i]);
    if (shown < d->list.n)
        buffer_printf(out, "%zu more not shown%s\n", d->list.n - shown,
                      shown < n ? "; --most 0 shows all" : "");
}
