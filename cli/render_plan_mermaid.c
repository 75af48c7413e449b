/* render_plan_mermaid.c: a plan as a Mermaid flowchart: phases as boxes, what is done in its order,
 * and dashed arrows for the ways back.
 *
 * A walk keeps the open ends: what comes next is joined to each of them. Rounds that run side by
 * side begin at the same ends and leave one each; a branch that only the run decides leaves the
 * ends before it open, too. A write that can be undone points back at the write before it, as going
 * back does; a trigger points at the last write.
 *
 * Labels stand in quotes; of what would end them or begin markup, Mermaid takes numbered entities
 * without the ampersand.
 */
#include "cli/plan_rows.h"
#include "cli/render_plan.h"

#include <string.h>

enum { LABEL_MOST = 60, ENDS = 64 };

typedef struct {
    size_t node[ENDS]; /* lines */
    size_t n;
} ends;

typedef struct {
    cli *c;
    buffer *b, *arrows; /* arrows stand behind the boxes: inside they would pull nodes into them */
    const plan_migration *m;
    size_t next;    /* line */
    size_t written; /* one more than the line of the last write */
    unsigned deep;  /* of boxes */
    ends fork;      /* where the branches of an if begin, and the last write there */
    size_t fork_written;
    ends *end; /* of phases side by side, by their lines, and the last write in them */
    size_t *end_written;
    ends group; /* where those of the group that is walked begin */
    size_t group_written;
} chart;

static void put(buffer *b, text t)
{
    for (size_t i = 0; i < t.n; i++) {
        unsigned char x = (unsigned char)t.p[i];
        if (x < ' ')
            buffer_char(b, ' ');
        else if (strchr("\"#<>&`\\;{}", x))
            buffer_printf(b, "#%u;", x);
        else
            buffer_char(b, (char)x);
    }
}

static void put_short(buffer *b, text t)
{
    size_t columns = 0, at = 0;
    while (at < t.n && columns < LABEL_MOST) {
        term_character x = term_next(text_slice(t, at, t.n));
        columns += x.columns;
        at += x.bytes;
    }
    put(b, text_slice(t, 0, at));
    buffer_cstr(b, at < t.n ? "…" : "");
}

static void indent(chart *g)
{
    term_repeat(g->b, "  ", g->deep + 1);
}

/* --- nodes ---------------------------------------------------------------------------------------
 */

typedef struct {
    const char *open, *close, *head;
} shape;

static shape shape_of(plan_kind k)
{
    switch (k) {
    case PLAN_TASK: return (shape){"[/\"", "\"/]", "TASK "};
    case PLAN_APPROVE: return (shape){"{{\"", "\"}}", "APPROVE "};
    case PLAN_REQUIRE: return (shape){"{\"", "\"}", ""};
    case PLAN_WAIT: return (shape){"(\"", "\")", "wait "};
    case PLAN_OBSERVE: return (shape){"([\"", "\"])", "observe "};
    case PLAN_SIMULATE: return (shape){"[[\"", "\"]]", "simulate "};
    case PLAN_NOTIFY: return (shape){">\"", "\"]", "tell "};
    default: return (shape){"[\"", "\"]", ""};
    }
}

static const char *class_of(const plan_line *l)
{
    if (l->back_kind == BACK_SEALED)
        return ":::sealed";
    return l->kind == PLAN_APPROVE || l->kind == PLAN_TASK ? ":::people" : "";
}

static void node(chart *g, size_t at, text about)
{
    const plan_line *l = &g->m->lines[at];
    shape s = shape_of(l->kind);
    indent(g);
    buffer_printf(g->b, "n%zu%s%s", at, s.open, s.head);
    put_short(g->b, l->kind == PLAN_REQUIRE ? l->what : plan_words(l));
    if (about.n) {
        buffer_cstr(g->b, "<br/>");
        put_short(g->b, about);
    }
    if (l->who.n) {
        buffer_cstr(g->b, "<br/>");
        put_short(g->b, l->who);
    }
    if (l->back_kind == BACK_SEALED)
        buffer_cstr(g->b, "<br/>NO RETURN");
    buffer_printf(g->b, "%s%s\n", s.close, class_of(l));
}

/* --- arrows --------------------------------------------------------------------------------------
 */

static void join(chart *g, ends *from, size_t to)
{
    for (size_t i = 0; i < from->n; i++)
        buffer_printf(g->arrows, "  n%zu --> n%zu\n", from->node[i], to);
    *from = (ends){{to}, 1};
}

static void ends_add(ends *all, const ends *more)
{
    for (size_t i = 0; i < more->n; i++) {
        bool there = false;
        for (size_t k = 0; k < all->n; k++)
            there |= all->node[k] == more->node[i];
        if (!there && all->n < ENDS)
            all->node[all->n++] = more->node[i];
    }
}

/* From a write to the one before it: that is where going back goes on. */
static void way_back(chart *g, size_t at)
{
    const plan_line *l = &g->m->lines[at];
    bool undone = l->back_kind == BACK_UNDO || l->back_kind == BACK_PEOPLE;
    if (undone && g->written) {
        buffer_printf(g->arrows, "  n%zu -. \"back", at);
        put(g->arrows,
            l->back_kind == BACK_PEOPLE ? TEXT(" by hand") : plan_length(g->c, " ", l->worst_back));
        buffer_printf(g->arrows, "\" .-> n%zu\n", g->written - 1);
    }
    if (l->back_kind == BACK_SEALED)
        g->written = 0; /* nothing goes back past it */
    else if (undone)
        g->written = at + 1;
}

static void trigger(chart *g, size_t at, const ends *from)
{
    const plan_line *l = &g->m->lines[at];
    bool back = text_is(l->name, "rollback") && g->written;
    if (!from->n)
        return;
    indent(g);
    buffer_printf(g->b, "n%zu[\\\"", at);
    put(g->b, l->name);
    buffer_cstr(g->b, " when ");
    put_short(g->b, l->what);
    put(g->b, plan_length(g->c, " for ", l->low ? l->low : QUANTITY_NONE));
    buffer_cstr(g->b, "\"\\]:::watch\n");
    buffer_printf(g->arrows, "  n%zu -.- n%zu\n", from->node[from->n - 1], at);
    if (back)
        buffer_printf(g->arrows, "  n%zu -. back .-> n%zu\n", at, g->written - 1);
}

/* --- the walk ------------------------------------------------------------------------------------
 */

static void lines(chart *g, unsigned depth, text about, ends *at);

static void box_open(chart *g, size_t at, text name)
{
    indent(g);
    buffer_printf(g->b, "subgraph b%zu[\"", at);
    put_short(g->b, name);
    if (g->m->lines[at].window.n) {
        buffer_cstr(g->b, " in ");
        put(g->b, g->m->lines[at].window);
    }
    buffer_cstr(g->b, "\"]\n");
    g->deep++;
}

static void box_close(chart *g)
{
    g->deep--;
    indent(g);
    buffer_cstr(g->b, "end\n");
}

/* Whether there is a node below the line: Mermaid draws an empty box as a node. */
static bool is_empty(const chart *g, size_t at)
{
    unsigned depth = g->m->lines[at].depth;
    for (size_t i = at + 1; i < g->m->line_count && g->m->lines[i].depth > depth; i++)
        if (!plan_is_block(g->m->lines[i].kind))
            return false;
    return true;
}

static void rounds(chart *g, size_t at, text about, ends *now)
{
    const plan_line *l = &g->m->lines[at];
    ends before = *now, after = {.n = 0};
    size_t written = g->written;
    bool beside = l->lanes > 1 && l->count > 1;
    while (g->next < g->m->line_count && g->m->lines[g->next].depth > l->depth) {
        const plan_line *e = &g->m->lines[g->next];
        ends round = beside ? before : *now;
        if (beside)
            g->written = written;
        if (e->kind == PLAN_ELEMENT)
            g->next++;
        lines(g, e->depth + (e->kind == PLAN_ELEMENT), e->kind == PLAN_ELEMENT ? e->name : about,
              &round);
        ends_add(&after, &round);
        *now = round;
    }
    if (beside)
        *now = after;
}

/* Whether the line behind the block is the other branch of its if. */
static bool has_other(const chart *g, size_t at)
{
    size_t end = at + 1;
    while (end < g->m->line_count && g->m->lines[end].depth > g->m->lines[at].depth)
        end++;
    return end < g->m->line_count && g->m->lines[end].alternative;
}

static void block(chart *g, size_t at, text about, ends *now)
{
    const plan_line *l = &g->m->lines[at];
    ends other = *now, before = l->alternative ? g->fork : *now;
    *now = before;
    g->written = l->alternative ? g->fork_written : g->written;
    size_t written = g->written;
    bool open = !is_empty(g, at), boxed = l->kind == PLAN_PHASE && open;
    bool branch = l->kind == PLAN_BRANCH && l->uncertain && open;
    if (boxed)
        box_open(g, at, l->title.n ? l->title : l->name);
    if (branch)
        box_open(g, at,
                 text_format(&g->c->memory, "%s%s%.*s", l->alternative ? "else" : "if",
                             l->alternative && l->what.n ? " if "
                             : l->what.n                 ? " "
                                                         : "",
                             TEXT_ARG(l->what)));
    if (l->kind == PLAN_EACH)
        rounds(g, at, about, now);
    else
        lines(g, l->depth + 1, about, now);
    if (boxed || branch)
        box_close(g);
    if (l->alternative)
        ends_add(now, &other);
    if (l->kind == PLAN_BRANCH && l->uncertain && !has_other(g, at) && l->what.n)
        ends_add(now, &before);
    if (l->kind == PLAN_BRANCH) {
        g->fork = before;
        g->fork_written = written;
    }
}

/* What comes behind a group of phases side by side comes after those that no other waits for. */
static void group_ends(const chart *g, size_t at, ends *now)
{
    *now = (ends){.n = 0};
    size_t beside = g->m->lines[at].beside;
    for (size_t i = beside - 1; i <= at; i++) {
        bool waited = g->m->lines[i].beside != beside;
        for (size_t k = i + 1; k <= at; k++)
            for (size_t w = 0; g->m->lines[k].beside == beside && w < g->m->lines[k].wait_count;
                 w++)
                waited |= g->m->lines[k].waits[w] == i;
        if (!waited)
            ends_add(now, &g->end[i]);
    }
}

static void phase_beside(chart *g, size_t at, text about, ends *now)
{
    const plan_line *l = &g->m->lines[at];
    if (l->beside == at + 1) {
        g->group = *now;
        g->group_written = g->written;
    }
    ends own = l->wait_count ? (ends){.n = 0} : g->group;
    g->written = g->group_written;
    for (size_t k = 0; k < l->wait_count; k++) {
        ends_add(&own, &g->end[l->waits[k]]);
        g->written = g->end_written[l->waits[k]];
    }
    ends group = g->group;
    size_t written = g->group_written;
    block(g, at, about, &own);
    g->group = group;
    g->group_written = written;
    g->end[at] = own;
    g->end_written[at] = g->written;
    group_ends(g, at, now);
}

static void lines(chart *g, unsigned depth, text about, ends *now)
{
    while (g->next < g->m->line_count && g->m->lines[g->next].depth >= depth) {
        size_t at = g->next++;
        const plan_line *l = &g->m->lines[at];
        if (l->beside) {
            phase_beside(g, at, about, now);
        } else if (plan_is_block(l->kind)) {
            block(g, at, about, now);
        } else if (l->kind == PLAN_TRIGGER) {
            trigger(g, at, now);
        } else {
            node(g, at, about);
            join(g, now, at);
            way_back(g, at);
        }
    }
}

void render_plan_mermaid(cli *c, buffer *out, const plan_page *page)
{
    buffer arrows = {0};
    chart g = {.c = c, .b = out, .arrows = &arrows, .m = page->plan->migration};
    ends now = {.n = 0};
    g.end = arena_array(&c->memory, ends, g.m->line_count + 1);
    g.end_written = arena_array(&c->memory, size_t, g.m->line_count + 1);
    buffer_cstr(out, "flowchart TD\n");
    lines(&g, 0, TEXT(""), &now);
    buffer_text(out, buffer_view(&arrows));
    buffer_cstr(out, "  classDef people stroke-width:3px\n"
                     "  classDef sealed stroke-width:3px,stroke:#c00\n"
                     "  classDef watch stroke-dasharray:4 3\n");
    buffer_release(&arrows);
}
