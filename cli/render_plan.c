/* render_plan.c: a plan as text; see render_plan.h. */
#include "cli/render_plan.h"

#include "cli/clock.h"

enum { TIME_COLUMNS = 8, WHAT_LEAST = 30, WHAT_MOST = 76, WHO_COLUMNS = 20 };

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

static text shown_name(cli *c, const plan_line *l)
{
    text words = l->title.n ? l->title : l->name.n ? l->name : l->what;
    const char *head = "";
    switch (l->kind) {
    case PLAN_PHASE: head = "PHASE "; break;
    case PLAN_TASK: head = "TASK "; break;
    case PLAN_APPROVE: head = "APPROVE "; break;
    case PLAN_REQUIRE: head = "require "; break;
    case PLAN_SIMULATE: head = "simulate "; break;
    case PLAN_OBSERVE: head = "observe "; break;
    case PLAN_WAIT: head = "wait "; break;
    case PLAN_TRIGGER: head = ""; break;
    case PLAN_NOTIFY: head = "notify "; break;
    case PLAN_READ: head = "read "; break;
    case PLAN_BRANCH: head = "if "; break;
    case PLAN_EACH: head = "for each "; break;
    default: break;
    }
    if (l->kind == PLAN_REQUIRE || l->kind == PLAN_BRANCH || l->kind == PLAN_TRIGGER)
        words = l->what.n ? l->what : words;
    text out = text_format(&c->memory, "%*s%s%.*s", (int)(2 * l->depth), "", head, TEXT_ARG(words));
    if (l->kind == PLAN_EACH && l->count >= 0)
        out = text_format(&c->memory, "%.*s (%lld)", TEXT_ARG(out), (long long)l->count);
    return out;
}

static void way_back(buffer *out, const terminal *t, const plan_line *l)
{
    switch (l->back_kind) {
    case BACK_NOTHING: return;
    case BACK_UNDO:
        clock_length(out, l->worst_back);
        if (l->worst_back == QUANTITY_NONE)
            buffer_cstr(out, " undo");
        break;
    case BACK_NONE: buffer_cstr(out, "none: "); break;
    case BACK_SEALED: term_styled(out, t, STYLE_WARNING, TEXT("NO RETURN: ")); break;
    case BACK_PEOPLE: buffer_cstr(out, "by hand: "); break;
    }
    if (l->back_kind != BACK_UNDO)
        term_put(out, t, l->back);
    if (l->expires != QUANTITY_NONE && l->expires != QUANTITY_NA) {
        buffer_cstr(out, ", possible for ");
        clock_length(out, l->expires);
    }
}

static bool by_machine(plan_kind k)
{
    return k == PLAN_STEP || k == PLAN_WAIT || k == PLAN_SIMULATE || k == PLAN_OBSERVE;
}

static bool is_block(plan_kind k)
{
    return k == PLAN_PHASE || k == PLAN_APPLY || k == PLAN_EACH || k == PLAN_BRANCH;
}

static void row(cli *c, buffer *out, const terminal *t, const plan_line *l, const planned_line *p,
                size_t columns)
{
    bool block = l->kind == PLAN_PHASE;
    planned_line at = *p;
    at.timed &= !is_block(l->kind); /* a block's end is that of its last line */
    time_cell(out, t, &at, p->likely);
    time_cell(out, t, &at, p->latest);
    if (block)
        term_style(out, t, STYLE_BOLD);
    term_pad(out, t, shown_name(c, l), columns);
    if (block)
        term_style(out, t, STYLE_PLAIN);
    text who = l->who.n ? l->who : by_machine(l->kind) ? TEXT("machine") : (text){0};
    if (block && l->window.n)
        who = text_format(&c->memory, "in %.*s", TEXT_ARG(l->window));
    term_pad(out, t, who, WHO_COLUMNS);
    way_back(out, t, l);
    while (out->n && out->p[out->n - 1] == ' ')
        out->n--;
    buffer_char(out, '\n');
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

/* Wide enough for what stands in it, within reason. */
static size_t what_columns(cli *c, const plan_migration *m)
{
    size_t most = WHAT_LEAST;
    for (size_t i = 0; i < m->line_count; i++) {
        size_t n = term_columns(shown_name(c, &m->lines[i])) + 2;
        most = n > most ? n : most;
    }
    return most < WHAT_MOST ? most : WHAT_MOST;
}

void render_plan(cli *c, buffer *out, const terminal *t, const program *p, const planned *plan,
                 instant now)
{
    const plan_migration *m = plan->migration;
    size_t columns = what_columns(c, m);
    headline(out, t, p, m);
    for (size_t i = 0; i < m->window_count; i++)
        window_lines(out, t, &plan->window[i], now);
    buffer_cstr(out, "Worst    forward ");
    clock_length(out, m->worst);
    buffer_cstr(out, ", way back ");
    clock_length(out, m->worst_back);
    buffer_cstr(out, "; open questions uncounted\n\n");
    term_style(out, t, STYLE_DIM);
    term_pad(out, t, TEXT("likely"), TIME_COLUMNS);
    term_pad(out, t, TEXT("latest"), TIME_COLUMNS);
    term_pad(out, t, TEXT("what"), columns);
    term_pad(out, t, TEXT("who"), WHO_COLUMNS);
    buffer_cstr(out, "way back");
    term_style(out, t, STYLE_PLAIN);
    buffer_char(out, '\n');
    for (size_t i = 0; i < m->line_count; i++)
        row(c, out, t, &m->lines[i], &plan->line[i], columns);
    if (m->person_count)
        buffer_char(out, '\n');
    people(out, t, m);
    for (size_t i = 0; i < m->not_proved_count; i++) {
        term_pad(out, t, i ? (text){0} : TEXT("Not proved"), 11);
        term_put(out, t, m->not_proved[i]);
        buffer_char(out, '\n');
    }
}
