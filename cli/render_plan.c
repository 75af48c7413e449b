/* render_plan.c: a plan as text; see render_plan.h. */
#include "cli/render_plan.h"

#include "cli/clock.h"

/* Times, then whom or what it concerns, who does it and the way back; the rest is for what is done.
 */
enum {
    TIME_COLUMNS = 8,
    WHO_LEAST = 7,
    WHO_MOST = 22,
    BACK_LEAST = 10,
    BACK_MOST = 40,
    WHAT_LEAST = 24
};

typedef struct {
    size_t about, what, who, back;
} columns;

static void headline(buffer *out, const terminal *t, const program *p, const plan_migration *m)
{
    char hex[65];
    sha256_hex(&p->image->hash, hex);
    term_styled(out, t, STYLE_BOLD, m->name);
    if (m->title.n) {
        buffer_cstr(out, "  ");
        term_put(out, t, m->title);
    }
    buffer_printf(out, "  program %.8s\n", hex);
}

/* A dated or weekly span that the clocks make shorter or longer than it looks deserves a word. */
static void real_length(buffer *out, const planned_window *w)
{
    duration length = w->span.end - w->span.start;
    int before = zone_offset(w->zone, w->span.start, NULL);
    int after = zone_offset(w->zone, w->span.end, NULL);
    buffer_cstr(out, " = ");
    clock_length(out, length);
    if (before == after)
        return;
    buffer_cstr(out, ", not ");
    clock_length(out, length + (after - before) * SECOND);
    buffer_printf(out, " (clocks go %s)", after > before ? "forward" : "back");
}

static void window_lines(buffer *out, const terminal *t, const planned_window *w, instant now)
{
    buffer_cstr(out, "Window   ");
    term_put(out, t, w->window->rule);
    buffer_cstr(out, " ");
    term_put(out, t, w->window->zone);
    if (!w->known) {
        buffer_cstr(out, "; there is none any more\n");
        return;
    }
    buffer_cstr(out, ": ");
    clock_near(out, w->zone, w->span.start, now);
    buffer_printf(out, " %s ", term_glyph(t, GLYPH_ARROW));
    clock_near(out, w->zone, w->span.end, now);
    real_length(out, w);
    buffer_char(out, '\n');
    if (!w->used)
        return;
    if (w->known && w->lead > 0) {
        buffer_cstr(out, "Start    by ");
        clock_near(out, w->zone, w->span.start - w->lead, now);
        buffer_cstr(out, ": what comes before the window takes ");
        clock_length(out, w->lead);
        buffer_cstr(out, " at most\n");
    }
    buffer_cstr(out, "Fits     forward ");
    clock_length(out, w->forward);
    buffer_cstr(out, " + way back ");
    clock_length(out, w->back);
    buffer_cstr(out, " = ");
    clock_length(out, w->forward + w->back);
    if (w->fits) {
        buffer_cstr(out, " worst; spare ");
        clock_length(out, w->spare);
        buffer_char(out, '\n');
    } else {
        buffer_cstr(out, " worst: ");
        term_styled(out, t, STYLE_ERROR, TEXT("DOES NOT FIT"));
        buffer_cstr(out, ", too long by ");
        clock_length(out, -w->spare);
        buffer_char(out, '\n');
    }
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

/* A clock time inside a window, an offset from the start of the run outside. */
static void time_cell(buffer *out, const terminal *t, const planned_line *l, duration since)
{
    buffer cell = {0};
    if (!l->timed) {
        buffer_char(&cell, ' ');
    } else if (l->window && l->window->known) {
        clock_time(&cell, l->window->zone, l->window->span.start + since);
    } else {
        buffer_char(&cell, '+');
        clock_length(&cell, since);
    }
    term_pad(out, t, buffer_view(&cell), TIME_COLUMNS);
    buffer_release(&cell);
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

static text length_text(cli *c, const char *head, duration d)
{
    buffer b = {0};
    if (d == QUANTITY_NONE || d == QUANTITY_NA)
        return TEXT("");
    buffer_cstr(&b, head);
    clock_length(&b, d);
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

/* What the line says is done: people's work in capitals. */
static text shown_what(cli *c, const plan_line *l)
{
    static const char *const heads[] = {
        [PLAN_TASK] = "TASK ",       [PLAN_APPROVE] = "APPROVE ",   [PLAN_REQUIRE] = "require ",
        [PLAN_OBSERVE] = "observe ", [PLAN_SIMULATE] = "simulate ", [PLAN_WAIT] = "wait ",
        [PLAN_NOTIFY] = "notify ",   [PLAN_READ] = "read "};
    size_t known = sizeof heads / sizeof *heads;
    const char *head = l->kind < known && heads[l->kind] ? heads[l->kind] : "";
    text words = l->title.n ? l->title : l->name.n ? l->name : l->what, tail = TEXT("");
    if (l->kind == PLAN_REQUIRE)
        words = l->what;
    if (l->kind == PLAN_TRIGGER) {
        words = text_format(&c->memory, "%.*s when %.*s", TEXT_ARG(l->name), TEXT_ARG(l->what));
        tail = length_text(c, " for ", l->low ? l->low : QUANTITY_NONE);
    }
    if (l->kind == PLAN_OBSERVE)
        tail = length_text(c, " for ", l->low);
    if (l->kind == PLAN_WAIT && l->worst != l->low)
        tail = length_text(c, ", at most ", l->worst);
    if (l->kind == PLAN_APPROVE)
        tail = length_text(c, " within ", l->worst);
    return text_format(&c->memory, "%s%.*s%.*s", head, TEXT_ARG(words), TEXT_ARG(tail));
}

static bool by_machine(plan_kind k)
{
    return k == PLAN_STEP || k == PLAN_WAIT || k == PLAN_SIMULATE || k == PLAN_OBSERVE ||
           k == PLAN_REQUIRE || k == PLAN_TRIGGER || k == PLAN_READ;
}

static text shown_who(const plan_line *l)
{
    return l->who.n ? l->who : by_machine(l->kind) ? TEXT("machine") : TEXT("");
}

static text shown_back(cli *c, const plan_line *l)
{
    text expires = length_text(c, ", for ", l->expires);
    switch (l->back_kind) {
    case BACK_NOTHING: return TEXT("-");
    case BACK_UNDO:
        return text_format(&c->memory, "%.*s%.*s", TEXT_ARG(length_text(c, "", l->worst_back)),
                           TEXT_ARG(expires));
    case BACK_NONE: return text_format(&c->memory, "none: %.*s", TEXT_ARG(l->back));
    case BACK_SEALED: return text_format(&c->memory, "NO RETURN: %.*s", TEXT_ARG(l->back));
    case BACK_PEOPLE:
        return text_format(&c->memory, "by hand: %.*s%.*s", TEXT_ARG(l->back), TEXT_ARG(expires));
    }
    return TEXT("");
}

/* --- the order of lines ---------------------------------------------------------------------- */

typedef struct {
    size_t line;
    text about; /* element of the innermost loop */
    bool heading;
} shown;

typedef struct {
    const planned *plan;
    shown *p;
    size_t n, next; /* next: line */
} listing;

static int64_t moment_of(const planned *plan, const shown *s)
{
    const planned_line *l = &plan->line[s->line];
    return (l->window && l->window->known ? l->window->span.start : 0) + l->likely;
}

/* Lanes of a loop run side by side: their lines are told by time. Stable, and nearly in order. */
static void by_time(listing *l, size_t from)
{
    for (size_t i = from + 1; i < l->n; i++)
        for (size_t k = i;
             k > from && moment_of(l->plan, &l->p[k]) < moment_of(l->plan, &l->p[k - 1]); k--) {
            shown swap = l->p[k];
            l->p[k] = l->p[k - 1];
            l->p[k - 1] = swap;
        }
}

static bool is_heading(const plan_line *l, bool beside)
{
    switch (l->kind) {
    case PLAN_PHASE: return !beside || l->window.n;
    case PLAN_EACH: return l->uncertain || l->count < 0 || (l->lanes > 1 && l->count > 1);
    case PLAN_BRANCH: return l->uncertain;
    default: return false;
    }
}

static bool is_block(plan_kind k)
{
    return k == PLAN_PHASE || k == PLAN_EACH || k == PLAN_BRANCH || k == PLAN_ELEMENT ||
           k == PLAN_APPLY;
}

static void list_lines(listing *l, unsigned depth, text about, bool beside)
{
    const plan_migration *m = l->plan->migration;
    while (l->next < m->line_count && m->lines[l->next].depth >= depth) {
        size_t at = l->next++;
        const plan_line *line = &m->lines[at];
        bool heading = is_heading(line, beside);
        if (heading || !is_block(line->kind))
            l->p[l->n++] = (shown){at, about, heading};
        if (!is_block(line->kind))
            continue;
        bool lanes = line->kind == PLAN_EACH && line->lanes > 1 && line->count > 1;
        size_t from = l->n;
        list_lines(l, line->depth + 1, line->kind == PLAN_ELEMENT ? line->name : about,
                   beside || lanes);
        if (lanes)
            by_time(l, from);
    }
}

/* --- rows ---------------------------------------------------------------------------------------
 */

static size_t widest(size_t a, text t)
{
    size_t b = term_columns(t);
    return a > b ? a : b;
}

static columns measure(cli *c, const terminal *t, const listing *l)
{
    columns w = {.who = WHO_LEAST, .back = BACK_LEAST, .what = WHAT_LEAST};
    for (size_t i = 0; i < l->n; i++) {
        const plan_line *line = &l->plan->migration->lines[l->p[i].line];
        if (l->p[i].heading)
            continue;
        w.about = widest(w.about, l->p[i].about);
        w.what = widest(w.what, shown_what(c, line));
        w.who = widest(w.who, shown_who(line));
        w.back = widest(w.back, shown_back(c, line));
    }
    w.who = w.who > WHO_MOST ? WHO_MOST : w.who;
    w.back = w.back > BACK_MOST ? BACK_MOST : w.back;
    size_t fixed = 2 * TIME_COLUMNS + w.about + w.who + 3, width = (size_t)t->width;
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

static void heading(cli *c, buffer *out, const terminal *t, const plan_line *l)
{
    term_style(out, t, l->depth ? STYLE_DIM : STYLE_BOLD);
    text words =
        l->kind == PLAN_PHASE ? text_format(&c->memory, "%.*s%s%.*s", TEXT_ARG(l->name),
                                            l->window.n ? " in " : "", TEXT_ARG(l->window))
        : l->kind == PLAN_BRANCH
            ? text_format(&c->memory, "if %.*s: decided then", TEXT_ARG(l->what))
            : text_format(&c->memory, "each %.*s of %.*s", TEXT_ARG(l->name), TEXT_ARG(l->what));
    if (l->kind == PLAN_EACH && l->lanes > 1)
        words =
            text_format(&c->memory, "%.*s, %lld at a time", TEXT_ARG(words), (long long)l->lanes);
    if (l->kind == PLAN_EACH && (l->uncertain || l->count < 0))
        words = text_format(&c->memory, "%.*s; which ones is decided then", TEXT_ARG(words));
    if (l->depth)
        term_repeat(out, " ", 2 * TIME_COLUMNS);
    term_put(out, t, words);
    term_style(out, t, STYLE_PLAIN);
    buffer_char(out, '\n');
}

static void row(cli *c, buffer *out, const terminal *t, const columns *w, const shown *s,
                const planned *plan)
{
    const plan_line *l = &plan->migration->lines[s->line];
    if (s->heading) {
        heading(c, out, t, l);
        return;
    }
    time_cell(out, t, &plan->line[s->line], plan->line[s->line].likely);
    time_cell(out, t, &plan->line[s->line], plan->line[s->line].latest);
    if (w->about)
        fit_cell(out, t, s->about, w->about);
    fit_cell(out, t, shown_what(c, l), w->what);
    fit_cell(out, t, shown_who(l), w->who);
    if (l->back_kind == BACK_SEALED)
        term_style(out, t, STYLE_WARNING);
    fit_cell(out, t, shown_back(c, l), w->back);
    if (l->back_kind == BACK_SEALED)
        term_style(out, t, STYLE_PLAIN);
    while (out->n && out->p[out->n - 1] == ' ')
        out->n--;
    buffer_char(out, '\n');
}

static void table(cli *c, buffer *out, const terminal *t, const planned *plan)
{
    listing l = {.plan = plan, .p = arena_array(&c->memory, shown, plan->migration->line_count)};
    list_lines(&l, 0, TEXT(""), false);
    columns w = measure(c, t, &l);
    term_style(out, t, STYLE_DIM);
    term_pad(out, t, TEXT("likely"), TIME_COLUMNS);
    term_pad(out, t, TEXT("latest"), TIME_COLUMNS);
    if (w.about)
        fit_cell(out, t, TEXT(""), w.about);
    fit_cell(out, t, TEXT("what"), w.what);
    fit_cell(out, t, TEXT("who"), w.who);
    buffer_cstr(out, "way back");
    term_style(out, t, STYLE_PLAIN);
    buffer_char(out, '\n');
    for (size_t i = 0; i < l.n; i++)
        row(c, out, t, &w, &l.p[i], plan);
}

static void people(buffer *out, const terminal *t, const plan_migration *m)
{
    for (size_t i = 0; i < m->person_count; i++) {
        const plan_person *p = &m->people[i];
        term_pad(out, t, i ? (text){0} : TEXT("People"), 9);
        term_pad(out, t, p->role, 16);
        for (size_t k = 0; k < p->member_count; k++) {
            buffer_cstr(out, k ? ", " : "");
            term_put(out, t, p->members[k]);
        }
        if (p->phone.n) {
            buffer_cstr(out, "  ");
            term_put(out, t, p->phone);
        }
        buffer_cstr(out, p->alarmed ? "\n" : "  nobody is called: no alarm\n");
    }
}

void render_plan(cli *c, buffer *out, const terminal *t, const program *p, const planned *plan,
                 instant now)
{
    const plan_migration *m = plan->migration;
    headline(out, t, p, m);
    for (size_t i = 0; i < m->window_count; i++)
        window_lines(out, t, &plan->window[i], now);
    buffer_cstr(out, "Whole    forward ");
    clock_length(out, m->worst);
    buffer_cstr(out, ", way back ");
    clock_length(out, m->worst_back);
    buffer_cstr(out, " at worst; votes and open questions uncounted\n\n");
    table(c, out, t, plan);
    if (m->person_count)
        buffer_char(out, '\n');
    people(out, t, m);
    for (size_t i = 0; i < m->not_proved_count; i++) {
        term_pad(out, t, i ? (text){0} : TEXT("Not proved"), 11);
        term_put(out, t, m->not_proved[i]);
        buffer_char(out, '\n');
    }
}
