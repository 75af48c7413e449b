/* render_contract_forms.c: changes of contracts as JSON, as a table in Markdown, as JUnit's XML: a
 * suite a pair, a failure for each change that is not harmless, an error where a side cannot be
 * read. */
#include "cli/render_contract_forms.h"

#include "cli/markdown.h"
#include "cli/markup.h"

/* --- JSON --- */

static void put_change(json_writer *w, const contract_change *c)
{
    const contract_rule_entry *rule = &contract_rule_table[c->rule];
    json_object(w);
    json_add_cstr(w, "level", contract_level_word(rule->level));
    json_add_cstr(w, "code", rule->code);
    json_add_text(w, "path", c->path);
    json_add_optional(w, "legacy", c->legacy);
    json_add_optional(w, "modern", c->modern);
    json_add_int(w, "legacy_line", c->legacy_line);
    json_add_int(w, "modern_line", c->modern_line);
    if (c->legacy_file.n)
        json_add_text(w, "legacy_file", c->legacy_file);
    if (c->modern_file.n)
        json_add_text(w, "modern_file", c->modern_file);
    json_add_cstr(w, "reason", rule->reason);
    json_add_int(w, "more", c->more);
    json_add_bool(w, "ignored", c->ignored);
    json_object_end(w);
}

static void put_fault(json_writer *w, const contract_pair *p)
{
    json_add_object(w, "fault");
    json_add_optional(w, "file", p->fault_file);
    json_add_optional(w, "code", p->fault.code);
    json_add_optional(w, "message", p->fault.message);
    json_add_int(w, "offset", p->fault.offset);
    json_add_int(w, "line", p->fault_line);
    json_object_end(w);
}

static void put_pair(json_writer *w, const contract_pair *p)
{
    json_object(w);
    json_add_optional(w, "legacy", p->legacy_file);
    json_add_optional(w, "modern", p->modern_file);
    if (p->unreadable)
        put_fault(w, p);
    json_add_array(w, "changes");
    for (size_t i = 0; i < p->result.changes; i++)
        put_change(w, &p->result.change[i]);
    json_array_end(w);
    json_object_end(w);
}

void render_contract_json(cli *c, const contract_report *r)
{
    json_writer w;
    cli_json_begin(c, &w);
    for (contract_level l = 0; l < CHANGE_LEVELS; l++)
        json_add_int(&w, contract_level_word(l), r->count[l]);
    json_add_int(&w, "ignored", r->ignored);
    json_add_int(&w, "unreadable", r->unreadable);
    json_add_array(&w, "contracts");
    for (size_t i = 0; i < r->pairs; i++)
        put_pair(&w, &r->pair[i]);
    json_array_end(&w);
    json_add_array(&w, "never_applied");
    for (size_t i = 0; i < r->unuseds; i++)
        json_put_text(&w, r->unused[i]);
    json_array_end(&w);
    if (r->proof)
        contract_proof_json(&w, r->proof);
    cli_json_end(c, &w);
}

/* --- Markdown --- */

static void cell(buffer *out, text t)
{
    buffer_cstr(out, " | ");
    if (t.n)
        markdown_code(out, t);
}

/* A value and its line; of a side that says nothing the line only where the other is silent, too.
 */
static void side(buffer *out, text value, text file, uint32_t line, bool quiet)
{
    cell(out, value);
    if (!line || (!value.n && !quiet))
        return;
    buffer_cstr(out, value.n ? " " : "");
    if (file.n) {
        markdown_put(out, file);
        buffer_char(out, ' ');
    }
    buffer_printf(out, "line %u", line);
}

static void row(buffer *out, const contract_change *c)
{
    const contract_rule_entry *rule = &contract_rule_table[c->rule];
    buffer_printf(out, "| %s", c->ignored ? "ignored" : contract_level_word(rule->level));
    cell(out, c->path);
    buffer_printf(out, " | %s: %s", rule->code, rule->reason);
    if (c->more)
        buffer_printf(out, "; at %u more place%s", c->more, c->more == 1 ? "" : "s");
    bool quiet = !c->legacy.n && !c->modern.n;
    side(out, c->legacy, c->legacy_file, c->legacy_line, quiet);
    side(out, c->modern, c->modern_file, c->modern_line, quiet);
    buffer_cstr(out, " |\n");
}

static void title(buffer *out, const contract_pair *p)
{
    buffer_cstr(out, "### ");
    markdown_put(out, p->legacy_file);
    buffer_cstr(out, p->legacy_file.p && p->modern_file.p ? " → " : "");
    markdown_put(out, p->modern_file);
    buffer_cstr(out, "\n\n");
}

void render_contract_markdown(buffer *out, const contract_report *r, bool all)
{
    for (size_t i = 0; i < r->pairs; i++) {
        const contract_pair *p = &r->pair[i];
        size_t shown = p->result.count[CHANGE_BREAKING] + p->result.count[CHANGE_RISKY];
        title(out, p);
        if (p->unreadable) {
            buffer_cstr(out, "**unreadable** ");
            markdown_put(out, p->fault_file);
            buffer_printf(out, ":%u: ", p->fault_line);
            markdown_put(out, p->fault.message);
            buffer_cstr(out, "\n\n");
        }
        if (shown || (all && p->result.changes))
            buffer_cstr(out, "| level | where | what | legacy | modern |\n|---|---|---|---|---|\n");
        for (size_t k = 0; k < p->result.changes; k++) {
            const contract_change *c = &p->result.change[k];
            if (contract_shown(c, all))
                row(out, c);
        }
        buffer_cstr(out, shown || (all && p->result.changes) ? "\n" : "");
    }
    buffer_printf(out, "%zu breaking, %zu risky, %zu harmless", r->count[CHANGE_BREAKING],
                  r->count[CHANGE_RISKY], r->count[CHANGE_HARMLESS]);
    buffer_printf(out, ", %zu ignored, %zu unreadable\n", r->ignored, r->unreadable);
    if (r->proof)
        contract_proof_markdown(out, r->proof);
}

/* --- XML --- */

static void failure(buffer *b, const contract_change *c)
{
    const contract_rule_entry *rule = &contract_rule_table[c->rule];
    buffer_cstr(b, "    <testcase");
    markup_attribute(b, "classname", text_of(rule->code));
    markup_attribute(b, "name", c->path);
    buffer_cstr(b, "><failure");
    markup_attribute(b, "type", text_of(contract_level_word(rule->level)));
    markup_attribute(b, "message", text_of(rule->reason));
    buffer_char(b, '>');
    markup_put(b, c->legacy);
    buffer_cstr(b, " -&gt; ");
    markup_put(b, c->modern);
    buffer_cstr(b, "</failure></testcase>\n");
}

static void suite(buffer *b, const contract_pair *p)
{
    const contract_result *r = &p->result;
    size_t failures = r->count[CHANGE_BREAKING] + r->count[CHANGE_RISKY];
    buffer_cstr(b, "  <testsuite");
    markup_attribute(b, "name", p->modern_file.p ? p->modern_file : p->legacy_file);
    buffer_printf(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%d\">\n", failures ? failures : 1,
                  failures, p->unreadable);
    if (p->unreadable) {
        buffer_cstr(b, "    <testcase name=\"read\"><error");
        markup_attribute(b, "message", p->fault.message);
        buffer_char(b, '>');
        markup_put(b, p->fault_file);
        if (p->fault_line)
            buffer_printf(b, ":%u", p->fault_line);
        buffer_cstr(b, "</error></testcase>\n");
    } else if (!failures) {
        buffer_cstr(b, "    <testcase name=\"contract\"/>\n");
    }
    for (size_t i = 0; i < r->changes; i++)
        if (!r->change[i].ignored &&
            contract_rule_table[r->change[i].rule].level != CHANGE_HARMLESS)
            failure(b, &r->change[i]);
    buffer_cstr(b, "  </testsuite>\n");
}

void render_contract_junit(buffer *out, const contract_report *r)
{
    buffer_cstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (size_t i = 0; i < r->pairs; i++)
        suite(out, &r->pair[i]);
    if (r->proof)
        contract_proof_junit(out, r->proof);
    buffer_cstr(out, "</testsuites>\n");
}
