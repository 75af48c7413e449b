/* cmd_plan.c: `ferry plan FILE [MIGRATION]`: what would happen, before anything does. */
#include "cli/clock.h"
#include "cli/git.h"
#include "cli/plan_order.h"
#include "cli/render_plan.h"

/* From when windows are looked for: --at, or now. */
static bool from_when(cli *c, const program *p, instant *out, exit_code *code)
{
    const char *at = option_value(&c->options, OPT_at);
    *out = clock_now();
    if (!at || clock_read(text_of(at), clock_zone(c, p->image), out))
        return true;
    *code = cli_usage(c,
                      "`--at` is a time like 2027-03-13T22:00:00Z, 2027-03-13 or "
                      "\"2027-03-13 22:00\", not `%s`",
                      at);
    return false;
}

static void put_one(cli *c, const plan_page *page, json_writer *w)
{
    bool first = c->result.n == 0, sheet = option_is(&c->options, OPT_runsheet);
    buffer *out = &c->result;
    if (c->form == FORM_JSON) {
        render_plan_json(w, page);
        return;
    }
    if (!first && c->form != FORM_CSV)
        buffer_char(out, sheet ? '\f' : '\n');
    if (sheet && c->form == FORM_CSV)
        render_runsheet_csv(c, out, page, first);
    else if (sheet)
        render_runsheet(c, out, page);
    else if (c->form == FORM_MARKDOWN)
        render_plan_markdown(c, out, page);
    else if (c->form == FORM_MERMAID)
        render_plan_mermaid(c, out, page);
    else
        render_plan(c, out, &c->out, page);
}

/* "81f2c1e clean": a plan that is read without its revision is read of nothing in particular. */
static text revision(cli *c, const program *p)
{
    git_facts git;
    git_ask(c, p->path, &git);
    if (!git.revision.n || text_ends(git.revision, TEXT(" changed")))
        return git.revision;
    return text_format(&c->memory, "%.*s clean", TEXT_ARG(git.revision));
}

/* The plan of that migration (empty: of all) into c->result, as --format and --at say.
 * CODE_DIFFERENT where one does not fit its window and --detailed-exitcode asks for it. */
static exit_code plan_show(cli *c, const program *p, text name)
{
    json_writer w;
    planned plan;
    plan_page page = {.of = p, .plan = &plan, .git = revision(c, p)};
    exit_code code = CODE_DONE;
    bool fits = true;
    if (!from_when(c, p, &page.now, &code))
        return code;
    cli_list_begin(c, &w, "migrations");
    for (size_t i = 0; i < p->facts.migration_count; i++) {
        const plan_migration *m = &p->facts.migrations[i];
        if (name.n && !text_equal(name, m->name))
            continue;
        plan_migration ordered;
        plan_order(c, p, m, &ordered);
        plan_times(c, p, &ordered, page.now, &plan);
        put_one(c, &page, &w);
        fits &= plan.fits;
    }
    cli_list_end(c, &w);
    return !fits && option_is(&c->options, OPT_detailed) ? CODE_DIFFERENT : CODE_DONE;
}

/* A form that the page does not have is no reason to show another one. */
static bool form_fits(cli *c)
{
    bool sheet = option_is(&c->options, OPT_runsheet);
    if (sheet && c->form != FORM_TEXT && c->form != FORM_CSV) {
        cli_usage(c, "a run sheet is text or csv");
        return false;
    }
    if (!sheet && c->form == FORM_CSV) {
        cli_usage(c, "csv is for a run sheet: add `--runsheet`");
        return false;
    }
    return true;
}

exit_code command_plan(cli *c)
{
    program p;
    uint32_t entry;
    exit_code code = cli_expect_operands(c, 1, 2);
    if (code != CODE_DONE)
        return code;
    if (!form_fits(c))
        return CODE_USAGE;
    code = program_open_planned(c, &p, cli_operand(c, 0));
    if (code == CODE_DONE && p.from_image) {
        cli_error(c, "name the source", "an image does not hold the plan");
        code = CODE_REFUSED;
    }
    /* A chart is of one migration; the other forms stand behind each other. */
    bool one = cli_operand(c, 1) || c->form == FORM_MERMAID;
    if (code == CODE_DONE && (one || p.image->entry_count == 0))
        code = program_entry(c, &p, cli_operand(c, 1), &entry);
    if (code == CODE_DONE)
        code = plan_show(c, &p, text_of(cli_operand(c, 1)));
    program_release(&p);
    return code;
}
