/* cmd_plan.c: `ferry plan FILE [MIGRATION]`: what would happen, before anything does. */
#include "cli/clock.h"
#include "cli/render_plan.h"

/* From when windows are looked for: --at, or now. */
static bool from_when(cli *c, const program *p, instant *out, exit_code *code)
{
    const char *at = option_value(&c->options, OPT_at);
    *out = clock_now();
    if (!at || clock_read(text_of(at), clock_zone(c, p->image), out))
        return true;
    *code = cli_usage(c,
                      "`--at` is a time like 2027-03-13T22:00:00Z or \"2027-03-13 22:00\", "
                      "not `%s`",
                      at);
    return false;
}

static bool show_one(cli *c, const program *p, const plan_migration *m, instant from,
                     json_writer *w)
{
    planned plan;
    plan_times(c, p, m, from, &plan);
    if (c->json) {
        render_plan_json(w, p, &plan);
    } else {
        if (c->result.n)
            buffer_char(&c->result, '\n');
        render_plan(c, &c->result, &c->out, p, &plan, from);
    }
    return plan.fits;
}

exit_code plan_show(cli *c, const program *p, text name)
{
    json_writer w;
    instant from;
    exit_code code = CODE_DONE;
    bool fits = true;
    if (!from_when(c, p, &from, &code))
        return code;
    if (c->json) {
        cli_json_begin(c, &w);
        json_put_key(&w, "migrations");
        json_array(&w);
    }
    for (size_t i = 0; i < p->facts.migration_count; i++) {
        const plan_migration *m = &p->facts.migrations[i];
        if (!name.n || text_equal(name, m->name))
            fits &= show_one(c, p, m, from, &w);
    }
    if (c->json) {
        json_array_end(&w);
        cli_json_end(c, &w);
    }
    return !fits && option_is(&c->options, OPT_detailed) ? CODE_DIFFERENT : CODE_DONE;
}

exit_code command_plan(cli *c)
{
    program p;
    uint32_t entry;
    exit_code code = cli_expect_operands(c, 1, 2);
    if (code != CODE_DONE)
        return code;
    code = program_open_planned(c, &p, cli_operand(c, 0));
    if (code == CODE_DONE && p.from_image) {
        cli_error(c, "name the source", "an image does not hold the plan");
        code = CODE_REFUSED;
    }
    if (code == CODE_DONE && (cli_operand(c, 1) || p.image->entry_count == 0))
        code = program_entry(c, &p, cli_operand(c, 1), &entry);
    if (code == CODE_DONE)
        code = plan_show(c, &p, text_of(cli_operand(c, 1)));
    program_release(&p);
    return code;
}
