/* plan_rows.c: see plan_rows.h. */
#include "cli/plan_rows.h"

#include "base/hours.h"
#include "cli/clock.h"

text plan_length(cli *c, const char *head, duration d)
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

text plan_words(const plan_line *l)
{
    return l->title.n ? l->title : l->name.n ? l->name : l->what;
}

text plan_field_of(const plan_line *l, const char *name)
{
    for (size_t i = 0; i < l->field_count; i++)
        if (text_is(l->fields[i].name, name))
            return l->fields[i].value;
    return TEXT("");
}

/* --- words ---------------------------------------------------------------------------------------
 */

/* What the line says is done: people's work in capitals. */
static text shown_what(cli *c, const planned *p, const plan_line *l)
{
    static const char *const heads[] = {
        [PLAN_TASK] = "TASK ",       [PLAN_APPROVE] = "APPROVE ",   [PLAN_REQUIRE] = "require ",
        [PLAN_OBSERVE] = "observe ", [PLAN_SIMULATE] = "simulate ", [PLAN_WAIT] = "wait ",
        [PLAN_NOTIFY] = "notify ",   [PLAN_READ] = "read "};
    size_t known = sizeof heads / sizeof *heads;
    const char *head = l->kind < known && heads[l->kind] ? heads[l->kind] : "";
    text words = plan_words(l), tail = TEXT("");
    if (l->kind == PLAN_REQUIRE)
        words = l->what;
    if (l->kind == PLAN_TRIGGER) {
        words = text_format(&c->memory, "%.*s when %.*s", TEXT_ARG(l->name), TEXT_ARG(l->what));
        tail = plan_length(c, " for ", l->low ? l->low : QUANTITY_NONE);
    }
    if (l->kind == PLAN_OBSERVE)
        tail = plan_length(c, " for ", l->low);
    if (l->kind == PLAN_WAIT && l->worst != l->low)
        tail = plan_length(c, ", at most ", l->worst);
    if (l->kind == PLAN_APPROVE)
        tail = plan_length(c, " within ", l->worst);
    text due = plan_due(c, p, l);
    if (due.n)
        tail = text_format(&c->memory, "%.*s, due %.*s", TEXT_ARG(tail), TEXT_ARG(due));
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
    text expires = plan_length(c, ", for ", l->expires);
    switch (l->back_kind) {
    case BACK_NOTHING: return TEXT("-");
    case BACK_UNDO:
        return text_format(&c->memory, "%.*s%.*s", TEXT_ARG(plan_length(c, "", l->worst_back)),
                           TEXT_ARG(expires));
    case BACK_NONE: return text_format(&c->memory, "none: %.*s", TEXT_ARG(l->back));
    case BACK_SEALED: return text_format(&c->memory, "NO RETURN: %.*s", TEXT_ARG(l->back));
    case BACK_PEOPLE:
        return text_format(&c->memory, "by hand: %.*s%.*s", TEXT_ARG(l->back), TEXT_ARG(expires));
    }
    return TEXT("");
}

static text shown_heading(cli *c, const plan_line *l)
{
    text words =
        l->kind == PLAN_PHASE ? text_format(&c->memory, "%.*s%s%.*s", TEXT_ARG(l->name),
                                            l->window.n ? " in " : "", TEXT_ARG(l->window))
        : l->kind == PLAN_BRANCH
            ? text_format(&c->memory, "%s%s%.*s%s", l->alternative ? "else" : "if",
                          l->alternative && l->what.n ? " if "
                          : l->what.n                 ? " "
                                                      : "",
                          TEXT_ARG(l->what), l->what.n ? ": decided then" : "")
            : text_format(&c->memory, "each %.*s of %.*s", TEXT_ARG(l->name), TEXT_ARG(l->what));
    if (l->kind == PLAN_EACH && l->lanes > 1)
        words =
            text_format(&c->memory, "%.*s, %lld at a time", TEXT_ARG(words), (long long)l->lanes);
    if (l->waves.n)
        words = text_format(&c->memory, "%.*s, in %.*s", TEXT_ARG(words), TEXT_ARG(l->waves));
    if (l->kind == PLAN_EACH && l->by.n)
        words = text_format(&c->memory, "%.*s; in which order is decided then", TEXT_ARG(words));
    if (l->kind == PLAN_EACH && (l->uncertain || l->count < 0))
        words = text_format(&c->memory, "%.*s; which ones is decided then", TEXT_ARG(words));
    return words;
}

/* A clock time inside a window, an offset from the start of the run outside. */
static text shown_time(cli *c, const planned_line *l, duration since)
{
    buffer b = {0};
    if (!l->timed)
        return TEXT("");
    if (l->window && l->window->known) {
        instant at = l->window->span.start + since;
        clock_time(&b, l->window->zone, at);
        if (at >= l->window->span.end + DAY) /* else the day is plain */
            buffer_printf(&b, "+%lldd", (long long)(since / DAY));
    } else {
        buffer_char(&b, '+');
        clock_length(&b, since);
    }
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

/* --- windows -------------------------------------------------------------------------------------
 */

/* The text so far, in the arena; the buffer is released. */
static text taken(cli *c, buffer *b)
{
    text t = text_copy(&c->memory, buffer_view(b));
    buffer_release(b);
    return t;
}

text plan_near(cli *c, const zone *z, instant t, instant now)
{
    buffer b = {0};
    clock_near(&b, z, t, now);
    return taken(c, &b);
}

/* A span that the clocks make shorter or longer than it looks deserves a word. */
static void real_length(buffer *b, const planned_window *w)
{
    duration length = w->span.end - w->span.start;
    buffer_cstr(b, " = ");
    clock_length(b, length);
    if (length < w->window->shortest) { /* what its rule says is no measure of what is left */
        buffer_cstr(b, ", cut by a freeze");
        return;
    }
    if (length == w->written)
        return;
    buffer_cstr(b, ", not ");
    clock_length(b, w->written);
    buffer_printf(b, " (clocks go %s)", length < w->written ? "forward" : "back");
}

text plan_opening(cli *c, const planned_window *w, instant now, const char *arrow)
{
    buffer b = {0};
    buffer_printf(&b, "%.*s %.*s", TEXT_ARG(w->window->rule), TEXT_ARG(w->window->zone));
    if (!w->known) {
        buffer_cstr(&b, "; there is none any more");
        return taken(c, &b);
    }
    buffer_cstr(&b, ": ");
    clock_near(&b, w->zone, w->span.start, now);
    buffer_printf(&b, " %s ", arrow);
    clock_near(&b, w->zone, w->span.end, now);
    real_length(&b, w);
    if (!w->window->dated)
        buffer_printf(&b, "; %s, this is the next one", w->window->daily ? "daily" : "weekly");
    return taken(c, &b);
}

text plan_start(cli *c, const planned_window *w, instant now)
{
    buffer b = {0};
    buffer_cstr(&b, "by ");
    clock_near(&b, w->zone, w->span.start - w->lead, now);
    buffer_cstr(&b, ": what comes before the window takes ");
    clock_length(&b, w->lead);
    buffer_cstr(&b, " at most");
    if (w->span.start - w->lead < now)
        buffer_cstr(&b, "; that is over, so late answers mean a later window");
    return taken(c, &b);
}

text plan_sum(cli *c, const planned_window *w)
{
    buffer b = {0};
    bool watched = w->watch > 0 && w->watch <= w->forward;
    buffer_cstr(&b, "forward ");
    clock_length(&b, watched ? w->forward - w->watch : w->forward);
    if (watched) {
        buffer_cstr(&b, " + watch ");
        clock_length(&b, w->watch);
    }
    buffer_cstr(&b, " + way back ");
    clock_length(&b, w->back);
    buffer_cstr(&b, " = ");
    clock_length(&b, w->forward + w->back);
    buffer_cstr(&b, " worst");
    return taken(c, &b);
}

text plan_spare(cli *c, const planned_window *w)
{
    if (w->fits && w->spare < 0)
        return text_format(&c->memory,
                           "; not in one window: at worst the last of its phases waits "
                           "for the %zu%s",
                           w->nights,
                           w->nights == 1   ? "st"
                           : w->nights == 2 ? "nd"
                           : w->nights == 3 ? "rd"
                                            : "th");
    return plan_length(c, w->fits ? "; spare " : ", too long by ", w->fits ? w->spare : -w->spare);
}

/* --- the order of lines ---------------------------------------------------------------------- */

typedef struct {
    cli *c;
    const planned *plan;
    plan_row *p;
    size_t n, next; /* next: line */
} listing;

static int64_t moment_of(const plan_row *r)
{
    return (r->at->window && r->at->window->known ? r->at->window->span.start : 0) + r->at->likely;
}

/* Lanes of a loop run side by side: their lines are told by time. Stable, and nearly in order. */
static void by_time(listing *l, size_t from)
{
    for (size_t i = from + 1; i < l->n; i++)
        for (size_t k = i; k > from && moment_of(&l->p[k]) < moment_of(&l->p[k - 1]); k--) {
            plan_row swap = l->p[k];
            l->p[k] = l->p[k - 1];
            l->p[k - 1] = swap;
        }
}

static bool is_heading(const plan_line *l, bool beside)
{
    switch (l->kind) {
    case PLAN_PHASE: return !beside || l->window.n;
    case PLAN_EACH:
        return l->waves.n || l->by.n || l->uncertain || l->count < 0 ||
               (l->lanes > 1 && l->count > 1);
    case PLAN_BRANCH: return l->uncertain;
    default: return false;
    }
}

/* ", beside a, b" of a phase that has others beside it. */
static text shown_beside(listing *l, size_t at)
{
    const plan_migration *m = l->plan->migration;
    buffer b = {0};
    for (size_t i = 0; i < m->line_count; i++)
        if (plan_beside(m, at, i))
            buffer_printf(&b, "%s%.*s", b.n ? ", " : ", beside ", TEXT_ARG(m->lines[i].name));
    text t = text_copy(&l->c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static void row_add(listing *l, size_t at, text about, bool heading)
{
    const plan_line *line = &l->plan->migration->lines[at];
    const planned_line *when = &l->plan->line[at];
    plan_row *r = &l->p[l->n++];
    *r = (plan_row){.line = line, .at = when, .about = about, .heading = heading};
    r->what = heading ? shown_heading(l->c, line) : shown_what(l->c, l->plan, line);
    if (heading && line->beside)
        r->what = text_format(&l->c->memory, "%.*s%.*s", TEXT_ARG(r->what),
                              TEXT_ARG(shown_beside(l, at)));
    if (heading)
        return;
    r->who = shown_who(line);
    r->back = shown_back(l->c, line);
    r->likely = shown_time(l->c, when, when->likely);
    r->latest = shown_time(l->c, when, when->latest);
}

static void list_lines(listing *l, unsigned depth, text about, bool beside)
{
    const plan_migration *m = l->plan->migration;
    while (l->next < m->line_count && m->lines[l->next].depth >= depth) {
        size_t at = l->next++;
        const plan_line *line = &m->lines[at];
        bool heading = is_heading(line, beside);
        if (heading || !plan_is_block(line->kind))
            row_add(l, at, about, heading);
        if (!plan_is_block(line->kind))
            continue;
        bool lanes = line->kind == PLAN_EACH && line->lanes > 1 && line->count > 1;
        size_t from = l->n;
        text of = about; /* of loops in each other both: a.orders, b.orders */
        if (line->kind == PLAN_ELEMENT)
            of = text_format(&l->c->memory, "%.*s%s%.*s", TEXT_ARG(about), about.n ? "." : "",
                             TEXT_ARG(line->name));
        list_lines(l, line->depth + 1, of, beside || lanes);
        if (lanes)
            by_time(l, from);
    }
}

void plan_rows_make(cli *c, const planned *plan, plan_rows *out)
{
    listing l = {
        .c = c, .plan = plan, .p = arena_array(&c->memory, plan_row, plan->migration->line_count)};
    list_lines(&l, 0, TEXT(""), false);
    *out = (plan_rows){l.p, l.n};
}

/* --- people and resources ------------------------------------------------------------------------
 */

/* Whether "2 of board, lead" names the role; `who` is made by the compiler in this very form. */
static bool names_role(text who, text role)
{
    while (who.n) {
        ptrdiff_t comma = text_find(who, ',');
        text one = comma < 0 ? who : text_slice(who, 0, (size_t)comma);
        ptrdiff_t of = -1;
        for (size_t i = 0; i + 4 <= one.n; i++)
            if (text_equal(text_slice(one, i, i + 4), TEXT(" of ")))
                of = (ptrdiff_t)i;
        one = text_trim(of < 0 ? one : text_slice(one, (size_t)of + 4, one.n));
        if (text_equal(one, role))
            return true;
        who = comma < 0 ? (text){0} : text_slice(who, (size_t)comma + 1, who.n);
    }
    return false;
}

/* "ask lead within 20m else rollback" */
static bool asks_role(text response, text role)
{
    text head = TEXT("ask ");
    if (!text_starts(response, head))
        return false;
    text rest = text_slice(response, head.n, response.n);
    return text_starts(rest, role) && rest.n > role.n && rest.p[role.n] == ' ';
}

/* From the likely begin of the first to the latest end of the last of its lines, before the window
 * or in it. */
typedef struct {
    bool any;
    const planned_window *window;
    int64_t from, to;
} stretch;

static void stretch_add(stretch *s, const planned_line *l)
{
    const planned_window *w = l->window && l->window->known ? l->window : NULL;
    int64_t base = w ? w->span.start : 0, from = base + l->begin, to = base + l->latest;
    s->from = !s->any || from < s->from ? from : s->from;
    s->to = !s->any || to > s->to ? to : s->to;
    s->window = w;
    s->any = true;
}

static text shown_stretch(cli *c, const stretch *s, instant now)
{
    buffer b = {0};
    if (!s->any)
        return TEXT("");
    if (s->window) {
        clock_near(&b, s->window->zone, s->from, now);
        buffer_cstr(&b, " to ");
        clock_near(&b, s->window->zone, s->to, s->from);
    } else {
        buffer_char(&b, '+');
        clock_length(&b, s->from);
        buffer_cstr(&b, " to +");
        clock_length(&b, s->to);
    }
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static bool need_of(cli *c, const planned *plan, const plan_person *p, instant now, plan_need *out)
{
    const plan_migration *m = plan->migration;
    stretch before = {0}, during = {0};
    *out = (plan_need){.person = p};
    for (size_t i = 0; i < m->field_count; i++)
        out->asked |= asks_role(m->fields[i].value, p->role);
    for (size_t i = 0; i < m->line_count; i++) {
        const plan_line *l = &m->lines[i];
        const planned_line *at = &plan->line[i];
        out->asked |= asks_role(plan_field_of(l, "on failure"), p->role);
        if (!names_role(l->who, p->role))
            continue;
        if (l->kind == PLAN_NOTIFY)
            out->told = true;
        else
            stretch_add(at->window && at->window->known ? &during : &before, at);
    }
    out->before = shown_stretch(c, &before, now);
    out->during = shown_stretch(c, &during, now);
    hours h;
    out->away = during.any && p->hours.n && !hours_read(&c->memory, p->hours, &h) &&
                !hours_hold(&h, (interval){during.from, during.to});
    return before.any || during.any || out->asked || out->told;
}

text plan_reach(cli *c, const plan_person *p)
{
    text t = p->reached.n ? text_format(&c->memory, "through %.*s", TEXT_ARG(p->reached))
             : p->alarmed ? TEXT("")
                          : TEXT("nobody is called: no alarm");
    if (p->outside)
        t = text_format(&c->memory, "outside the house%s%.*s", t.n ? ", " : "", TEXT_ARG(t));
    if (!p->deputy.n)
        return t;
    return text_format(&c->memory, "%.*s%sdeputy %.*s%.*s", TEXT_ARG(t), t.n ? "; " : "",
                       TEXT_ARG(p->deputy), TEXT_ARG(plan_length(c, " after ", p->page)));
}

size_t plan_needs(cli *c, const planned *plan, instant now, plan_need **out)
{
    const plan_migration *m = plan->migration;
    size_t n = 0;
    *out = arena_array(&c->memory, plan_need, m->person_count + 1);
    for (size_t i = 0; i < m->person_count; i++)
        n += need_of(c, plan, &m->people[i], now, &(*out)[n]);
    return n;
}

text plan_takers(cli *c, const plan_migration *m, const plan_resource *r)
{
    buffer b = {0};
    for (size_t i = 0; i < m->line_count; i++) {
        text needs = plan_field_of(&m->lines[i], "needs");
        if (needs.n < 2 || !names_role(text_slice(needs, 1, needs.n - 1), r->name))
            continue;
        bool told = false; /* in another branch */
        for (size_t k = 0; k < i; k++)
            told |= m->lines[k].kind == PLAN_STEP && text_equal(m->lines[k].path, m->lines[i].path);
        if (told)
            continue;
        buffer_cstr(&b, b.n ? ", " : "");
        buffer_text(&b, m->lines[i].path);
    }
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}
