/* diff.c: see diff.h. Pairing, what has moved, time, windows. */
#include "cli/diff.h"

#include "cli/clock.h"
#include "cli/plan_order.h"
#include "cli/plan_rows.h"

const char *diff_word(diff_verdict v)
{
    static const char *const words[] = {"WEAKER", "SAFER", "CHANGED", "MOVED", "TIME", "DATA"};
    return words[v];
}

void diff_add(diff_list *d, diff_verdict v, const program *of, const plan_line *at,
              const char *what, text was, text is)
{
    vec_push(&d->changes, (diff_change){.verdict = v,
                                        .path = at ? at->path : TEXT(""),
                                        .what = text_copy(&d->c->memory, text_of(what)),
                                        .was = was,
                                        .is = is,
                                        .of = at ? of : NULL,
                                        .at = at ? at->at : (span){0, 0}});
}

/* --- pairing -------------------------------------------------------------------------------------
 */

enum { UNPAIRED = -1 };

typedef struct {
    const plan_migration *a, *b;
    ptrdiff_t *of_b; /* line of a, by line of b */
    bool *taken;     /* lines of a */
} pairing;

/* Elements and playbooks have no facts of their own: what stands in them has a path of its own. */
static bool is_compared(const plan_line *l)
{
    return l->kind != PLAN_APPLY && l->kind != PLAN_ELEMENT && l->kind != PLAN_EACH &&
           l->kind != PLAN_BRANCH;
}

static bool is_one(const plan_line *a, const plan_line *b, bool same_words)
{
    if (a->kind != b->kind || !text_equal(a->path, b->path))
        return false;
    return !same_words || (text_equal(a->what, b->what) && text_equal(a->name, b->name));
}

static void pair_all(pairing *p, bool same_words)
{
    size_t start = 0; /* lines mostly stand where they stood */
    for (size_t k = 0; k < p->b->line_count; k++) {
        if (p->of_b[k] != UNPAIRED || !is_compared(&p->b->lines[k]))
            continue;
        for (size_t n = 0; n < p->a->line_count; n++) {
            size_t i = (start + n) % p->a->line_count;
            if (p->taken[i] || !is_one(&p->a->lines[i], &p->b->lines[k], same_words))
                continue;
            p->of_b[k] = (ptrdiff_t)i;
            p->taken[i] = true;
            start = i + 1;
            break;
        }
    }
}

/* --- order ---------------------------------------------------------------------------------------
 */

static bool is_act(const plan_line *l)
{
    return l->kind == PLAN_STEP || l->kind == PLAN_TASK || l->kind == PLAN_APPROVE;
}

/* The lines outside of a longest rising run of old places have moved. */
static void moves(diff_list *d, const program *p, const pairing *q)
{
    size_t n = 0, total = q->b->line_count, best = 0;
    size_t *line = arena_array(&d->c->memory, size_t, total + 1);
    size_t *length = arena_array(&d->c->memory, size_t, total + 1);
    size_t *before = arena_array(&d->c->memory, size_t, total + 1);
    bool *stays = arena_array(&d->c->memory, bool, total + 1);
    for (size_t k = 0; k < total; k++)
        if (q->of_b[k] != UNPAIRED && is_act(&q->b->lines[k]))
            line[n++] = k;
    for (size_t i = 0; i < n; i++) {
        length[i] = 1;
        before[i] = n;
        for (size_t k = 0; k < i; k++)
            if (q->of_b[line[k]] < q->of_b[line[i]] && length[k] + 1 > length[i]) {
                length[i] = length[k] + 1;
                before[i] = k;
            }
        best = length[i] > length[best] ? i : best;
    }
    for (size_t i = best; n && i < n; i = before[i])
        stays[i] = true;
    for (size_t i = 0; i < n; i++) {
        if (stays[i])
            continue;
        const plan_line *l = &q->b->lines[line[i]];
        text next = i + 1 < n ? q->b->lines[line[i + 1]].path : TEXT("");
        diff_add(d, DIFF_MOVED, p, l, next.n ? "now before" : "now last", TEXT(""), next);
    }
}

/* --- time ----------------------------------------------------------------------------------------
 */

static void length_changed(diff_list *d, const char *what, duration was, duration is)
{
    if (was != is)
        diff_add(d, DIFF_TIME, NULL, NULL, what, plan_length(d->c, "", was),
                 plan_length(d->c, "", is));
}

static const planned_window *window_of(const planned *p, text name)
{
    for (size_t i = 0; i < p->migration->window_count; i++)
        if (text_equal(p->window[i].window->name, name))
            return &p->window[i];
    return NULL;
}

static text rule_of(cli *c, const planned_window *w)
{
    return !w ? TEXT("")
              : text_format(&c->memory, "%.*s %.*s", TEXT_ARG(w->window->rule),
                            TEXT_ARG(w->window->zone));
}

static void window(diff_list *d, const planned_window *a, const planned_window *b, instant from)
{
    text name = (b ? b : a)->window->name, was = rule_of(d->c, a), is = rule_of(d->c, b);
    text what =
        text_is(name, "window") ? name : text_format(&d->c->memory, "window %.*s", TEXT_ARG(name));
    if (!text_equal(was, is))
        diff_add(d, DIFF_TIME, NULL, NULL, what.p, was, is);
    if (!a || !b || !a->known || !b->known || !a->used || !b->used)
        return;
    text by = plan_near(d->c, a->zone, a->turn_back_by, from);
    text now = plan_near(d->c, b->zone, b->turn_back_by, from);
    if (!text_equal(by, now))
        diff_add(d, DIFF_TIME, NULL, NULL, "turn back by", by, now);
}

static text freeze_text(cli *c, const plan_freeze *f)
{
    return text_format(&c->memory, "%.*s to %.*s", TEXT_ARG(f->from), TEXT_ARG(f->to));
}

static void freezes(diff_list *d, const plan_migration *a, const plan_migration *b, bool came)
{
    for (size_t i = 0; i < b->freeze_count; i++) {
        bool there = false;
        text own = freeze_text(d->c, &b->freezes[i]);
        for (size_t k = 0; k < a->freeze_count; k++)
            there |= text_equal(own, freeze_text(d->c, &a->freezes[k]));
        if (!there)
            diff_add(d, came ? DIFF_SAFER : DIFF_WEAKER, NULL, NULL, "freeze",
                     came ? TEXT("") : own, came ? own : TEXT(""));
    }
}

static void times(diff_list *d, const program *old, const plan_migration *a, const program *new,
                  const plan_migration *b, instant from)
{
    planned was, is;
    plan_times(d->c, old, a, from, &was);
    plan_times(d->c, new, b, from, &is);
    length_changed(d, "forward at worst", a->worst, b->worst);
    length_changed(d, "way back at worst", a->worst_back, b->worst_back);
    for (size_t i = 0; i < b->window_count; i++)
        window(d, window_of(&was, b->windows[i].name), &is.window[i], from);
    for (size_t i = 0; i < a->window_count; i++)
        if (!window_of(&is, a->windows[i].name))
            window(d, &was.window[i], NULL, from);
    freezes(d, a, b, true);
    freezes(d, b, a, false);
}

static void own_fields(diff_list *d, const program *p, const plan_migration *a,
                       const plan_migration *b)
{
    plan_line was = {.kind = PLAN_READ, .fields = a->fields, .field_count = a->field_count};
    plan_line is = {.kind = PLAN_READ, .fields = b->fields, .field_count = b->field_count};
    size_t first = d->changes.n;
    diff_line(d, p, &was, &is);
    for (size_t i = first; i < d->changes.n; i++)
        d->changes.p[i].of = NULL; /* the migration as a whole has no line */
    if (!text_equal(a->title, b->title))
        diff_add(d, DIFF_CHANGED, NULL, NULL, "title", a->title, b->title);
    if (!text_equal(a->customer, b->customer))
        diff_add(d, DIFF_CHANGED, NULL, NULL, "customer", a->customer, b->customer);
}

void diff_migration(diff_list *d, const program *old, const plan_migration *a, const program *new,
                    const plan_migration *b, instant from)
{
    plan_migration was, is;
    plan_order(d->c, old, a, &was);
    plan_order(d->c, new, b, &is);
    pairing p = {&was, &is, arena_array(&d->c->memory, ptrdiff_t, is.line_count + 1),
                 arena_array(&d->c->memory, bool, was.line_count + 1)};
    for (size_t i = 0; i < is.line_count; i++)
        p.of_b[i] = UNPAIRED;
    pair_all(&p, true);
    pair_all(&p, false);
    own_fields(d, new, &was, &is);
    for (size_t k = 0; k < is.line_count; k++) {
        if (p.of_b[k] != UNPAIRED)
            diff_line(d, new, &was.lines[p.of_b[k]], &is.lines[k]);
        else if (is_compared(&is.lines[k]))
            diff_alone(d, new, &is.lines[k], true);
    }
    for (size_t i = 0; i < was.line_count; i++)
        if (!p.taken[i] && is_compared(&was.lines[i]))
            diff_alone(d, old, &was.lines[i], false);
    moves(d, new, &p);
    times(d, old, &was, new, &is, from);
}
