/* render_diff.c: see render_diff.h. */
#include "cli/render_diff.h"

#include "cli/markdown.h"

enum { VERDICTS = DIFF_DATA + 1, PATH_MOST = 36, WHAT_MOST = 44 };

void diff_hash(const program *p, buffer *out)
{
    char hex[65];
    sha256_hex(&p->image->hash, hex);
    buffer_printf(out, "%.8s", hex);
}

/* "rejects.ferry:96", or nothing. */
static void place_of(const diff_change *x, buffer *out)
{
    if (!x->of)
        return;
    place at = source_place(&x->of->sources, x->at);
    if (at.file)
        buffer_printf(out, "%.*s:%u", TEXT_ARG(at.file->name), at.line);
}

static void same(buffer *b, const diff_list *d)
{
    const struct {
        unsigned n;
        const char *one, *many;
    } kept[] = {{d->steps, "step", "steps"},
                {d->tasks, "task", "tasks"},
                {d->gates, "gate", "gates"},
                {d->votes, "approval", "approvals"},
                {d->watches, "watch or trigger", "watches and triggers"}};
    const char *between = "";
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (kept[i].n) {
            buffer_printf(b, "%s%u %s", between, kept[i].n,
                          kept[i].n == 1 ? kept[i].one : kept[i].many);
            between = ", ";
        }
    buffer_cstr(b, *between ? "" : "nothing");
}

/* --- text ----------------------------------------------------------------------------------------
 */

static style style_of(diff_verdict v)
{
    return v == DIFF_WEAKER ? STYLE_ERROR : v == DIFF_SAFER ? STYLE_GOOD : STYLE_BOLD;
}

static void change(buffer *b, const terminal *t, const diff_change *x)
{
    buffer where = {0};
    term_style(b, t, style_of(x->verdict));
    term_pad(b, t, text_of(diff_word(x->verdict)), 9);
    term_style(b, t, STYLE_PLAIN);
    if (x->path.n)
        term_pad(b, t, x->path, PATH_MOST);
    term_put(b, t, x->what);
    buffer_cstr(b, x->was.n || x->is.n ? ": " : "");
    if (!x->was.n && x->is.n) {
        buffer_cstr(b, x->verdict == DIFF_MOVED ? "" : "new: ");
        term_put(b, t, x->is);
    } else if (x->was.n && !x->is.n) {
        buffer_cstr(b, "gone: ");
        term_put(b, t, x->was);
    } else if (x->was.n) {
        term_put(b, t, x->was);
        buffer_printf(b, " %s ", term_glyph(t, GLYPH_ARROW));
        term_put(b, t, x->is);
    }
    place_of(x, &where);
    if (where.n) {
        buffer_cstr(b, "  ");
        term_styled(b, t, STYLE_DIM, buffer_view(&where));
    }
    buffer_release(&where);
    buffer_char(b, '\n');
}

/* What stayed is counted of migrations that both have. */
static bool tells_same(const diff_page *page)
{
    return page->name.n && !page->note;
}

void render_diff(buffer *out, const terminal *t, const diff_page *page)
{
    buffer kept = {0};
    term_styled(out, t, STYLE_BOLD, page->name.n ? page->name : TEXT("data"));
    if (page->note)
        buffer_printf(out, "  %s", page->note);
    buffer_char(out, '\n');
    for (int v = 0; v < VERDICTS; v++)
        for (size_t i = 0; i < page->list->changes.n; i++)
            if (page->list->changes.p[i].verdict == (diff_verdict)v)
                change(out, t, &page->list->changes.p[i]);
    if (tells_same(page)) {
        same(&kept, page->list);
        term_pad(out, t, TEXT("SAME"), 9);
        term_put(out, t, buffer_view(&kept));
        buffer_char(out, '\n');
    }
    buffer_release(&kept);
}

/* --- Markdown ------------------------------------------------------------------------------------
 */

static void row(buffer *b, const diff_change *x)
{
    buffer where = {0};
    buffer_printf(b, "| %s%s%s | ", x->verdict == DIFF_WEAKER ? "**" : "", diff_word(x->verdict),
                  x->verdict == DIFF_WEAKER ? "**" : "");
    if (x->path.n)
        markdown_code(b, x->path);
    buffer_cstr(b, " | ");
    markdown_put(b, x->what);
    buffer_cstr(b, " | ");
    if (x->was.n)
        markdown_code(b, x->was);
    buffer_cstr(b, " | ");
    if (x->is.n)
        markdown_code(b, x->is);
    else if (x->was.n)
        buffer_cstr(b, "gone");
    buffer_cstr(b, " | ");
    place_of(x, &where);
    markdown_put(b, buffer_view(&where));
    buffer_cstr(b, " |\n");
    buffer_release(&where);
}

void render_diff_markdown(buffer *out, const diff_page *page)
{
    buffer kept = {0};
    buffer_cstr(out, "### ");
    markdown_put(out, page->name.n ? page->name : TEXT("Data"));
    buffer_cstr(out, page->note ? ": " : "");
    buffer_cstr(out, page->note ? page->note : "");
    buffer_cstr(out, "\n\n");
    if (page->list->changes.n)
        buffer_cstr(out, "| | where | what | was | is | source |\n|---|---|---|---|---|---|\n");
    for (int v = 0; v < VERDICTS; v++)
        for (size_t i = 0; i < page->list->changes.n; i++)
            if (page->list->changes.p[i].verdict == (diff_verdict)v)
                row(out, &page->list->changes.p[i]);
    if (tells_same(page)) {
        same(&kept, page->list);
        buffer_cstr(out, "\nSame: ");
        markdown_put(out, buffer_view(&kept));
        buffer_cstr(out, "\n");
    }
    buffer_release(&kept);
}

/* --- JSON ----------------------------------------------------------------------------------------
 */

static void put_change(json_writer *w, const diff_change *x)
{
    place at = x->of ? source_place(&x->of->sources, x->at) : (place){0};
    json_object(w);
    json_add_cstr(w, "verdict", diff_word(x->verdict));
    json_add_text(w, "path", x->path);
    json_add_text(w, "what", x->what);
    json_add_text(w, "was", x->was);
    json_add_text(w, "is", x->is);
    json_add_text(w, "file", at.file ? at.file->name : TEXT(""));
    json_add_int(w, "line", at.file ? at.line : 0);
    json_object_end(w);
}

void render_diff_json(json_writer *w, const diff_page *page)
{
    const diff_list *d = page->list;
    json_object(w);
    json_add_text(w, "name", page->name);
    json_add_cstr(w, "state", page->note ? page->note : "differs");
    json_add_array(w, "changes");
    for (size_t i = 0; i < d->changes.n; i++)
        put_change(w, &d->changes.p[i]);
    json_array_end(w);
    json_add_object(w, "same");
    const struct {
        const char *key;
        unsigned n;
    } kept[] = {{"steps", d->steps},
                {"tasks", d->tasks},
                {"gates", d->gates},
                {"approvals", d->votes},
                {"watches", d->watches}};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        json_add_int(w, kept[i].key, kept[i].n);
    json_object_end(w);
    json_object_end(w);
}
