/* render_runsheet.c: the run sheet: paper, because at two in the morning the tool may be what is
 * down; and its tasks as a CSV, to be filled in and given to `done --from`.
 *
 * Pages are PAGE_LINES long with a form feed between them; an entry is never cut. Each foot names
 * the program by its whole hash and its migration, so that a sheet of another program shows.
 */
#include "cli/plan_rows.h"
#include "cli/render_plan.h"

#include <stdio.h>

enum { PAGE_LINES = 60, PAGE_COLUMNS = 92, NUMBER_COLUMNS = 5, LABEL = 19 };

typedef struct {
    const plan_page *page;
    buffer *out;
    unsigned used, number; /* lines on this page, pages begun */
} paper;

static void foot(paper *p)
{
    char hex[65];
    sha256_hex(&p->page->of->image->hash, hex);
    for (; p->used < PAGE_LINES - 1; p->used++)
        buffer_char(p->out, '\n');
    buffer_printf(p->out, "%.*s  sha256:%s  page %u\n", TEXT_ARG(p->page->plan->migration->name),
                  hex, p->number);
}

static unsigned lines_of(const buffer *b)
{
    unsigned n = 0;
    for (size_t i = 0; i < b->n; i++)
        n += b->p[i] == '\n';
    return n;
}

/* Puts a piece that stays together; what is longer than a page begins one and runs on. */
static void put(paper *p, buffer *piece)
{
    unsigned n = lines_of(piece);
    if (p->number == 0 || p->used + n > PAGE_LINES - 3) {
        if (p->number) {
            foot(p);
            buffer_char(p->out, '\f');
        }
        p->number++;
        p->used = 0;
    }
    buffer_text(p->out, buffer_view(piece));
    p->used = n > PAGE_LINES - 3 ? PAGE_LINES - 1 : p->used + n;
    buffer_clear(piece);
}

static const terminal sheet = {.utf8 = true, .width = PAGE_COLUMNS};

/* The words in lines of PAGE_COLUMNS, behind a label; cut at blanks where there are any. */
static void wrapped(buffer *b, const char *label, text words)
{
    size_t room = PAGE_COLUMNS - LABEL;
    if (!words.n)
        return;
    for (bool first = true; words.n; first = false) {
        size_t columns = 0, bytes = 0, blank = 0;
        while (bytes < words.n) {
            term_character x = term_next(text_slice(words, bytes, words.n));
            if (columns + x.columns > room)
                break;
            blank = words.p[bytes] == ' ' ? bytes : blank;
            columns += x.columns;
            bytes += x.bytes;
        }
        size_t cut = bytes == words.n ? bytes : blank ? blank : bytes;
        term_repeat(b, " ", NUMBER_COLUMNS);
        term_pad(b, &sheet, first ? text_of(label) : (text){0}, LABEL - NUMBER_COLUMNS);
        term_put(b, &sheet, text_slice(words, 0, cut));
        buffer_char(b, '\n');
        words = text_trim(text_slice(words, cut, words.n));
    }
}

/* --- the head ------------------------------------------------------------------------------------
 */

static void headline(cli *c, buffer *b, const plan_page *page)
{
    const plan_migration *m = page->plan->migration;
    buffer_cstr(b, "RUN SHEET  ");
    term_put(b, &sheet, m->title.n ? m->title : m->name);
    buffer_char(b, '\n');
    if (page->git.n)
        wrapped(b, "git", page->git);
    for (size_t i = 0; i < m->window_count; i++) {
        const planned_window *w = &page->plan->window[i];
        wrapped(b, "window", plan_opening(c, w, page->now, "to"));
        if (w->known && w->used)
            wrapped(b, "TURN BACK BY", plan_near(c, w->zone, w->turn_back_by, page->now));
        if (w->expiring)
            wrapped(b, "no return after", plan_near(c, w->zone, w->no_return, page->now));
    }
    plan_need *needs;
    size_t n = plan_needs(c, page->plan, page->now, &needs);
    for (size_t i = 0; i < n; i++) {
        const plan_person *p = needs[i].person;
        text names = TEXT("");
        for (size_t k = 0; k < p->member_count; k++)
            names = text_format(&c->memory, "%.*s%s%.*s", TEXT_ARG(names), k ? ", " : "",
                                TEXT_ARG(p->members[k]));
        wrapped(b, i == 0 ? "people" : "",
                text_format(&c->memory, "%.*s: %.*s  %.*s", TEXT_ARG(p->role), TEXT_ARG(names),
                            TEXT_ARG(p->phone)));
    }
    buffer_char(b, '\n');
}

/* What a field that is a text says, without its quotes. */
static text said(text t)
{
    return t.n >= 2 && t.p[0] == '"' ? text_slice(t, 1, t.n - 1) : t;
}

/* --- entries -------------------------------------------------------------------------------------
 */

static void way_back(buffer *b, const plan_line *l)
{
    switch (l->back_kind) {
    case BACK_UNDO: wrapped(b, "back", l->back); break;
    case BACK_PEOPLE: wrapped(b, "back by hand", l->back); break;
    case BACK_NONE: wrapped(b, "no way back", l->back); break;
    case BACK_SEALED: wrapped(b, "NO RETURN", l->back); break;
    case BACK_NOTHING: break;
    }
}

static void entry(cli *c, buffer *b, const plan_row *r, unsigned number)
{
    const plan_line *l = r->line;
    text about = r->about.n ? text_format(&c->memory, "%.*s: ", TEXT_ARG(r->about)) : TEXT("");
    char n[16];
    snprintf(n, sizeof n, "%u", number);
    term_pad(b, &sheet, text_of(n), NUMBER_COLUMNS);
    term_pad(b, &sheet, r->likely, LABEL - NUMBER_COLUMNS);
    term_put(b, &sheet,
             text_format(&c->memory, "%.*s%.*s (%.*s)", TEXT_ARG(about), TEXT_ARG(r->what),
                         TEXT_ARG(r->who)));
    buffer_char(b, '\n');
    if (l->name.n && l->kind != PLAN_TRIGGER)
        wrapped(b, "name", l->path);
    if (l->kind != PLAN_REQUIRE && l->kind != PLAN_TRIGGER)
        wrapped(b, l->kind == PLAN_WAIT ? "until" : "does", l->what);
    wrapped(b, "seen by", plan_field_of(l, "check"));
    wrapped(b, "evidence", said(plan_field_of(l, "evidence")));
    wrapped(b, "when it fails", plan_field_of(l, "on failure"));
    way_back(b, l);
    wrapped(b, "at", TEXT("____:____   by ____________________   [ ] seen"));
    buffer_char(b, '\n');
}

void render_runsheet(cli *c, buffer *out, const plan_page *page)
{
    plan_rows rows;
    paper p = {.page = page, .out = out};
    buffer piece = {0};
    unsigned number = 0;
    plan_rows_make(c, page->plan, &rows);
    headline(c, &piece, page);
    put(&p, &piece);
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.p[i].heading) {
            term_put(&piece, &sheet, rows.p[i].what);
            buffer_cstr(&piece, "\n\n");
        } else
            entry(c, &piece, &rows.p[i], ++number);
        if (!rows.p[i].heading || i + 1 == rows.n) /* a heading stays with what follows */
            put(&p, &piece);
    }
    foot(&p);
    buffer_release(&piece);
}

/* --- the tasks, to be filled in ------------------------------------------------------------------
 */

static void csv_cell(buffer *b, text t, bool first)
{
    buffer_cstr(b, first ? "\"" : ",\"");
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '"')
            buffer_char(b, '"');
        buffer_char(b, (unsigned char)t.p[i] < ' ' ? ' ' : t.p[i]);
    }
    buffer_char(b, '"');
}

void render_runsheet_csv(cli *c, buffer *out, const plan_page *page, bool head)
{
    plan_rows rows;
    plan_rows_make(c, page->plan, &rows);
    if (head)
        buffer_cstr(out, "name,by,at,evidence,as,likely,what,wanted\n");
    for (size_t i = 0; i < rows.n; i++) {
        const plan_row *r = &rows.p[i];
        if (r->heading || r->line->kind != PLAN_TASK)
            continue;
        csv_cell(out, r->line->path, true);
        buffer_cstr(out, ",,,");
        csv_cell(out, r->line->who, false);
        csv_cell(out, r->likely, false);
        csv_cell(out, r->line->title.n ? r->line->title : r->line->name, false);
        csv_cell(out, said(plan_field_of(r->line, "evidence")), false);
        buffer_char(out, '\n');
    }
}
