/* render_plan_markdown.c: a plan for a pull request: what a reviewer asks first stands first. */
#include "cli/markdown.h"
#include "cli/plan_rows.h"
#include "cli/render_plan.h"

static void headline(buffer *b, const plan_page *page)
{
    char hex[65];
    const plan_migration *m = page->plan->migration;
    sha256_hex(&page->of->image->hash, hex);
    buffer_cstr(b, "## ");
    markdown_put(b, m->title.n ? m->title : m->name);
    buffer_cstr(b, "\n\n");
    markdown_code(b, m->name);
    buffer_cstr(b, " for ");
    markdown_code(b, m->customer);
    buffer_printf(b, ", program `%.8s`", hex);
    if (page->git.n) {
        buffer_cstr(b, ", git ");
        markdown_code(b, page->git);
    }
    buffer_cstr(b, "\n\n");
}

static void window_lines(cli *c, buffer *b, const planned_window *w, instant now)
{
    if (w->known && w->used) {
        buffer_cstr(b, "**Turn back by ");
        markdown_put(b, plan_near(c, w->zone, w->turn_back_by, now));
        buffer_cstr(b, "**");
        if (w->expiring) {
            buffer_cstr(b, " · no return after ");
            markdown_put(b, plan_near(c, w->zone, w->no_return, now));
            buffer_cstr(b, ": ");
            markdown_put(b, plan_words(w->expiring));
        }
        buffer_cstr(b, "\n\n");
    }
    buffer_cstr(b, "- Window: ");
    markdown_put(b, plan_opening(c, w, now, "→"));
    buffer_char(b, '\n');
    if (!w->known || !w->used)
        return;
    if (w->lead > 0) {
        buffer_cstr(b, "- Start ");
        markdown_put(b, plan_start(c, w, now));
        buffer_char(b, '\n');
    }
    buffer_cstr(b, w->fits ? "- Fits: " : "- **Does not fit**: ");
    markdown_put(b, plan_sum(c, w));
    markdown_put(b, plan_spare(c, w));
    buffer_char(b, '\n');
}

static void summary(cli *c, buffer *b, const plan_page *page)
{
    const plan_migration *m = page->plan->migration;
    for (size_t i = 0; i < m->window_count; i++)
        window_lines(c, b, &page->plan->window[i], page->now);
    for (size_t i = 0; m->window_count && i < m->freeze_count; i++) {
        buffer_printf(b, "- Freeze: %.*s to %.*s", TEXT_ARG(m->freezes[i].from),
                      TEXT_ARG(m->freezes[i].to));
        buffer_cstr(b, m->freezes[i].why.n ? ", " : "");
        markdown_put(b, m->freezes[i].why);
        buffer_char(b, '\n');
    }
    buffer_printf(b,
                  "- Whole: forward %.*s, way back %.*s at worst; votes and open questions "
                  "uncounted\n\n",
                  TEXT_ARG(plan_length(c, "", m->worst)),
                  TEXT_ARG(plan_length(c, "", m->worst_back)));
}

static void cell(buffer *b, text t)
{
    buffer_cstr(b, t.n ? " " : "");
    markdown_put(b, t);
    buffer_cstr(b, " |");
}

static void row(buffer *b, const plan_row *r)
{
    if (r->heading) {
        const char *stress = r->line->depth ? "_" : "**";
        buffer_printf(b, "| | | %s", stress);
        markdown_put(b, r->what);
        buffer_printf(b, "%s | | |\n", stress);
        return;
    }
    buffer_char(b, '|');
    cell(b, r->likely);
    cell(b, r->latest);
    buffer_char(b, ' ');
    if (r->about.n) {
        markdown_put(b, r->about);
        buffer_cstr(b, ": ");
    }
    markdown_put(b, r->what);
    buffer_cstr(b, " |");
    cell(b, r->who);
    cell(b, r->back);
    buffer_char(b, '\n');
}

/* What each write does and how it is taken back, for those who know the systems. */
static void ways_back(buffer *b, const plan_rows *rows)
{
    bool any = false;
    for (size_t i = 0; i < rows->n; i++) {
        const plan_line *l = rows->p[i].line;
        if (rows->p[i].heading || (l->kind != PLAN_STEP && l->kind != PLAN_TASK))
            continue;
        if (!any)
            buffer_cstr(b, "\n### Ways back\n\n| step | does | seen by | way back |\n"
                           "|---|---|---|---|\n");
        any = true;
        text check = plan_field_of(l, "check");
        buffer_cstr(b, "| ");
        markdown_code(b, l->path);
        buffer_cstr(b, " | ");
        if (l->what.n)
            markdown_code(b, l->what);
        buffer_cstr(b, " | ");
        if (check.n)
            markdown_code(b, check);
        buffer_cstr(b, " | ");
        if (l->back_kind == BACK_UNDO)
            markdown_code(b, l->back);
        else {
            buffer_cstr(b, l->back_kind == BACK_SEALED ? "**no return**: "
                           : l->back_kind == BACK_NONE ? "none: "
                                                       : "by hand: ");
            markdown_put(b, l->back);
        }
        buffer_cstr(b, " |\n");
    }
}

static void people(cli *c, buffer *b, const plan_page *page)
{
    plan_need *needs;
    size_t n = plan_needs(c, page->plan, page->now, &needs);
    if (n)
        buffer_cstr(b, "\n### People\n\n| role | who | when | called |\n|---|---|---|---|\n");
    for (size_t i = 0; i < n; i++) {
        const plan_need *p = &needs[i];
        buffer_cstr(b, "| ");
        markdown_put(b, p->person->title.n ? p->person->title : p->person->role);
        buffer_cstr(b, " | ");
        for (size_t k = 0; k < p->person->member_count; k++) {
            buffer_cstr(b, k ? ", " : "");
            markdown_put(b, p->person->members[k]);
        }
        buffer_cstr(b, p->person->member_count && p->person->phone.n ? ", " : "");
        markdown_put(b, p->person->phone);
        buffer_cstr(b, " | ");
        markdown_put(b, p->before);
        buffer_cstr(b, p->before.n && p->during.n ? "; " : "");
        markdown_put(b, p->during);
        if (!p->before.n && !p->during.n)
            buffer_cstr(b, p->asked ? "when something fails" : "is told");
        if (p->away) {
            buffer_cstr(b, ", **outside its hours** ");
            markdown_put(b, p->person->hours);
        }
        text reach = plan_reach(c, p->person);
        buffer_cstr(b, " | ");
        markdown_put(b, reach.n ? reach : TEXT("yes"));
        buffer_cstr(b, " |\n");
    }
}

static void resources(cli *c, buffer *b, const plan_migration *m)
{
    bool any = false;
    for (size_t i = 0; i < m->resource_count; i++) {
        text takers = plan_takers(c, m, &m->resources[i]);
        if (!takers.n)
            continue;
        buffer_cstr(b, any ? "" : "\n### Resources\n\n");
        any = true;
        buffer_cstr(b, "- ");
        markdown_code(b, m->resources[i].name);
        buffer_printf(b, ", %lld at a time: ", (long long)m->resources[i].capacity);
        markdown_put(b, takers);
        buffer_char(b, '\n');
    }
}

static void sentences(buffer *b, const char *title, const text *list, size_t n)
{
    if (n)
        buffer_printf(b, "\n### %s\n\n", title);
    for (size_t i = 0; i < n; i++) {
        buffer_cstr(b, "- ");
        markdown_put(b, list[i]);
        buffer_char(b, '\n');
    }
}

void render_plan_markdown(cli *c, buffer *out, const plan_page *page)
{
    plan_rows rows;
    const plan_migration *m = page->plan->migration;
    plan_rows_make(c, page->plan, &rows);
    headline(out, page);
    summary(c, out, page);
    buffer_cstr(out, "| likely | latest | what | who | way back |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < rows.n; i++)
        row(out, &rows.p[i]);
    ways_back(out, &rows);
    people(c, out, page);
    resources(c, out, m);
    sentences(out, "Left out", m->lost, m->lost_count);
    sentences(out, "Not proved", m->not_proved, m->not_proved_count);
    buffer_cstr(out, "\n<details><summary>Flow</summary>\n\n```mermaid\n");
    render_plan_mermaid(c, out, page);
    buffer_cstr(out, "```\n\n</details>\n");
}
