/* render_plan.c: a plan as text; see render_plan.h. */
#include "cli/render_plan.h"

#include "cli/clock.h"
#include "cli/plan_rows.h"

/* Times, then whom or what it concerns, who does it and the way back; the rest is for what is done.
 */
enum {
    LABEL_COLUMNS = 11,
    TIME_LEAST = 8,
    WHO_LEAST = 7,
    WHO_MOST = 22,
    BACK_LEAST = 10,
    BACK_MOST = 40,
    WHAT_LEAST = 24
};

typedef struct {
    size_t time, about, what, who, back;
} columns;

static void label(buffer *out, const terminal *t, bool first, const char *word)
{
    term_pad(out, t, first ? text_of(word) : (text){0}, LABEL_COLUMNS);
}

static void headline(buffer *out, const terminal *t, const plan_page *page)
{
    char hex[65];
    const plan_migration *m = page->plan->migration;
    sha256_hex(&page->of->image->hash, hex);
    term_styled(out, t, STYLE_BOLD, m->name);
    if (m->title.n) {
        buffer_cstr(out, "  ");
        term_put(out, t, m->title);
    }
    buffer_printf(out, "  program %.8s", hex);
    if (page->git.n) {
        buffer_cstr(out, "  git ");
        term_put(out, t, page->git);
    }
    buffer_char(out, '\n');
}

static void line(buffer *out, const terminal *t, const char *word, text words)
{
    label(out, t, true, word);
    term_put(out, t, words);
    buffer_char(out, '\n');
}

static void window_lines(cli *c, buffer *out, const terminal *t, const planned_window *w,
                         instant now)
{
    line(out, t, "Window", plan_opening(c, w, now, term_glyph(t, GLYPH_ARROW)));
    if (!w->known || !w->used)
        return;
    if (w->lead > 0)
        line(out, t, "Start", plan_start(c, w, now));
    label(out, t, true, "Fits");
    term_put(out, t, plan_sum(c, w));
    if (!w->fits) {
        buffer_cstr(out, ": ");
        term_styled(out, t, STYLE_ERROR, TEXT("DOES NOT FIT"));
    }
    term_put(out, t, plan_spare(c, w));
    buffer_char(out, '\n');
    term_style(out, t, STYLE_BOLD);
    buffer_cstr(out, "TURN BACK BY ");
    clock_near(out, w->zone, w->turn_back_by, now);
    term_style(out, t, STYLE_PLAIN);
    if (w->expiring) {
        buffer_cstr(out, "   no return after ");
        clock_near(out, w->zone, w->no_return, now);
        buffer_cstr(out, ": ");
        term_put(out, t, w->expiring->title.n ? w->expiring->title : w->expiring->name);
    }
    buffer_char(out, '\n');
}

/* The text in exactly so many columns and a blank behind it; what is longer ends in an ellipsis. */
static void fit_cell(buffer *out, const terminal *t, text words, size_t room)
{
    size_t wide = term_columns(words), dots = t->utf8 ? 1 : 3, used = 0, bytes = 0;
    if (!room)
        return;
    if (wide <= room) {
        term_put(out, t, words);
        term_repeat(out, " ", room + 1 - wide);
        return;
    }
    while (bytes < words.n) {
        term_character x = term_next(text_slice(words, bytes, words.n));
        if (used + x.columns + dots > room)
            break;
        used += x.columns;
        bytes += x.bytes;
    }
    term_put(out, t, text_slice(words, 0, bytes));
    buffer_cstr(out, term_glyph(t, GLYPH_ELLIPSIS));
    term_repeat(out, " ", room + 1 - used - dots);
}

static size_t widest(size_t a, text t)
{
    size_t b = term_columns(t);
    return a > b ? a : b;
}

static columns measure(const terminal *t, const plan_rows *rows)
{
    columns w = {.time = TIME_LEAST, .who = WHO_LEAST, .back = BACK_LEAST, .what = WHAT_LEAST};
    for (size_t i = 0; i < rows->n; i++) {
        const plan_row *r = &rows->p[i];
        if (r->heading)
            continue;
        w.time = widest(w.time - 1, r->likely) + 1;
        w.time = widest(w.time - 1, r->latest) + 1;
        w.about = widest(w.about, r->about);
        w.what = widest(w.what, r->what);
        w.who = widest(w.who, r->who);
        w.back = widest(w.back, r->back);
    }
    w.who = w.who > WHO_MOST ? WHO_MOST : w.who;
    w.back = w.back > BACK_MOST ? BACK_MOST : w.back;
    size_t fixed = 2 * w.time + w.about + w.who + 3, width = (size_t)t->width;
    size_t least = fixed + WHAT_LEAST + BACK_LEAST;
    size_t room = width > least ? width - fixed : WHAT_LEAST + BACK_LEAST;
    /* Titles first, the way back in what is left, but never less than its least. */
    if (w.what + w.back > room) {
        size_t back = w.what + BACK_LEAST > room ? BACK_LEAST : room - w.what;
        w.back = back > room / 3 || w.back < back ? (w.back < back ? w.back : back) : room / 3;
        w.what = room - w.back;
    }
    return w;
}

static void heading(buffer *out, const terminal *t, const columns *w, const plan_row *r)
{
    if (r->line->depth)
        term_repeat(out, " ", 2 * w->time);
    term_styled(out, t, r->line->depth ? STYLE_DIM : STYLE_BOLD, r->what);
    buffer_char(out, '\n');
}

static void row(buffer *out, const terminal *t, const columns *w, const plan_row *r)
{
    if (r->heading) {
        heading(out, t, w, r);
        return;
    }
    term_pad(out, t, r->likely, w->time);
    term_pad(out, t, r->latest, w->time);
    if (w->about)
        fit_cell(out, t, r->about, w->about);
    fit_cell(out, t, r->what, w->what);
    fit_cell(out, t, r->who, w->who);
    if (r->line->back_kind == BACK_SEALED)
        term_style(out, t, STYLE_WARNING);
    fit_cell(out, t, r->back, w->back);
    if (r->line->back_kind == BACK_SEALED)
        term_style(out, t, STYLE_PLAIN);
    while (out->n && out->p[out->n - 1] == ' ')
        out->n--;
    buffer_char(out, '\n');
}

static void table(cli *c, buffer *out, const terminal *t, const planned *plan)
{
    plan_rows rows;
    plan_rows_make(c, plan, &rows);
    columns w = measure(t, &rows);
    term_style(out, t, STYLE_DIM);
    term_pad(out, t, TEXT("likely"), w.time);
    term_pad(out, t, TEXT("latest"), w.time);
    if (w.about)
        fit_cell(out, t, TEXT(""), w.about);
    fit_cell(out, t, TEXT("what"), w.what);
    fit_cell(out, t, TEXT("who"), w.who);
    buffer_cstr(out, "way back");
    term_style(out, t, STYLE_PLAIN);
    buffer_char(out, '\n');
    for (size_t i = 0; i < rows.n; i++)
        row(out, t, &w, &rows.p[i]);
}

/* --- people, resources, what is open -------------------------------------------------------------
 */

static void need(cli *c, buffer *out, const terminal *t, const plan_need *n)
{
    const plan_person *p = n->person;
    const char *between = "";
    term_pad(out, t, p->role, 16);
    for (size_t k = 0; k < p->member_count; k++) {
        buffer_cstr(out, k ? ", " : "");
        term_put(out, t, p->members[k]);
        between = "  ";
    }
    const text parts[] = {p->phone,
                          n->before,
                          n->during,
                          n->asked && !n->during.n ? TEXT("asked when something fails") : TEXT(""),
                          n->told && !n->during.n && !n->before.n ? TEXT("told") : TEXT(""),
                          plan_reach(c, p)};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].n) {
            buffer_cstr(out, between);
            term_put(out, t, parts[i]);
            between = i == 0 ? "  " : "; ";
        }
        if (i == 2 && n->away) {
            buffer_cstr(out, ", ");
            term_printf(out, t, STYLE_WARNING, "outside its hours %.*s", TEXT_ARG(p->hours));
        }
    }
    buffer_char(out, '\n');
}

static void people(cli *c, buffer *out, const terminal *t, const planned *plan, instant now)
{
    plan_need *needs;
    size_t n = plan_needs(c, plan, now, &needs);
    for (size_t i = 0; i < n; i++) {
        label(out, t, i == 0, "People");
        need(c, out, t, &needs[i]);
    }
}

static void resources(cli *c, buffer *out, const terminal *t, const plan_migration *m)
{
    bool first = true;
    for (size_t i = 0; i < m->resource_count; i++) {
        const plan_resource *r = &m->resources[i];
        text takers = plan_takers(c, m, r);
        if (!takers.n)
            continue;
        label(out, t, first, "Resources");
        term_pad(out, t, r->name, 16);
        buffer_printf(out, "%lld at a time: ", (long long)r->capacity);
        term_put(out, t, takers);
        buffer_char(out, '\n');
        first = false;
    }
}

static void freezes(buffer *out, const terminal *t, const plan_migration *m)
{
    for (size_t i = 0; m->window_count && i < m->freeze_count; i++) {
        const plan_freeze *f = &m->freezes[i];
        label(out, t, i == 0, "Freeze");
        buffer_printf(out, "%.*s to %.*s", TEXT_ARG(f->from), TEXT_ARG(f->to));
        if (f->why.n) {
            buffer_cstr(out, ": ");
            term_put(out, t, f->why);
        }
        buffer_char(out, '\n');
    }
}

void render_plan(cli *c, buffer *out, const terminal *t, const plan_page *page)
{
    const planned *plan = page->plan;
    const plan_migration *m = plan->migration;
    headline(out, t, page);
    for (size_t i = 0; i < m->window_count; i++)
        window_lines(c, out, t, &plan->window[i], page->now);
    freezes(out, t, m);
    label(out, t, true, "Whole");
    buffer_cstr(out, "forward ");
    clock_length(out, m->worst);
    buffer_cstr(out, ", way back ");
    clock_length(out, m->worst_back);
    buffer_cstr(out, " at worst; votes and open questions uncounted\n\n");
    table(c, out, t, plan);
    buffer_char(out, '\n');
    people(c, out, t, plan, page->now);
    resources(c, out, t, m);
    for (size_t i = 0; i < m->lost_count; i++) {
        label(out, t, i == 0, "Left out");
        term_put(out, t, m->lost[i]);
        buffer_char(out, '\n');
    }
    for (size_t i = 0; i < m->not_proved_count; i++) {
        label(out, t, i == 0, "Not proved");
        term_put(out, t, m->not_proved[i]);
        buffer_char(out, '\n');
    }
}
