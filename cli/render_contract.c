/* render_contract.c: see render_contract.h. The text is read like a diff: what a change means,
 * where it stands, what stood and stands there. */
#include "cli/render_contract.h"
#include "cli/render_contract_forms.h"

enum { LEVEL_COLUMNS = 10 };

static style level_style(contract_level l)
{
    return l == CHANGE_BREAKING ? STYLE_ERROR : l == CHANGE_RISKY ? STYLE_WARNING : STYLE_DIM;
}

static void language(buffer *out, const terminal *t, const contract *c)
{
    contract_summary s = contract_summarise(c);
    buffer_printf(out, "%s ", s.language);
    term_put(out, t, s.version);
    if (s.title.n + s.release.n)
        buffer_cstr(out, "  ");
    term_put(out, t, s.title);
    if (s.title.n && s.release.n)
        buffer_char(out, ' ');
    term_put(out, t, s.release);
}

static void heading(buffer *out, const terminal *t, const contract_pair *p)
{
    const text files[2] = {p->legacy_file, p->modern_file};
    const contract *contracts[2] = {p->legacy, p->modern};
    for (int i = 0; i < 2; i++) {
        if (!files[i].p)
            continue;
        buffer_cstr(out, i ? "modern  " : "legacy  ");
        term_styled(out, t, STYLE_BOLD, files[i]);
        if (contracts[i]) {
            buffer_cstr(out, "  ");
            language(out, t, contracts[i]);
        }
        buffer_char(out, '\n');
    }
}

/* The line, and the file where it is not the one at the top. */
static void where(buffer *out, const terminal *t, text file, uint32_t line)
{
    term_style(out, t, STYLE_DIM);
    if (file.n) {
        term_put(out, t, file);
        buffer_char(out, ' ');
    }
    buffer_printf(out, "line %u", line);
    term_style(out, t, STYLE_PLAIN);
}

static void side(buffer *out, const terminal *t, char sign, text value, text file, uint32_t line)
{
    if (!value.n && !line)
        return;
    term_style(out, t, sign == '-' ? STYLE_ERROR : STYLE_GOOD);
    buffer_printf(out, "      %c ", sign);
    term_put(out, t, value);
    term_style(out, t, STYLE_PLAIN);
    if (line) {
        buffer_cstr(out, value.n ? "  " : "");
        where(out, t, file, line);
    }
    buffer_char(out, '\n');
}

static void change(buffer *out, const terminal *t, const contract_change *c)
{
    const contract_rule_entry *rule = &contract_rule_table[c->rule];
    term_style(out, t, c->ignored ? STYLE_DIM : level_style(rule->level));
    term_pad(out, t, text_of(c->ignored ? "ignored" : contract_level_word(rule->level)),
             LEVEL_COLUMNS);
    term_style(out, t, STYLE_PLAIN);
    term_styled(out, t, STYLE_BOLD, c->path);
    buffer_printf(out, "\n    %s: %s", rule->code, rule->reason);
    if (c->more)
        buffer_printf(out, "; at %u more place%s", c->more, c->more == 1 ? "" : "s");
    buffer_char(out, '\n');
    /* a side that says nothing is shown by its line only where the other says nothing either */
    bool quiet = !c->legacy.n && !c->modern.n;
    if (c->legacy.n || quiet)
        side(out, t, '-', c->legacy, c->legacy_file, c->legacy_line);
    if (c->modern.n || quiet)
        side(out, t, '+', c->modern, c->modern_file, c->modern_line);
}

bool contract_shown(const contract_change *c, bool all)
{
    return all || (!c->ignored && contract_rule_table[c->rule].level != CHANGE_HARMLESS);
}

static void pair(buffer *out, const terminal *t, const contract_pair *p, bool all)
{
    heading(out, t, p);
    if (p->unreadable) {
        term_styled(out, t, STYLE_ERROR, TEXT("unreadable  "));
        term_put(out, t, p->fault_file);
        if (p->fault_line)
            buffer_printf(out, ":%u, byte %zu", p->fault_line, p->fault.offset);
        buffer_cstr(out, "\n    ");
        term_put(out, t, p->fault.message);
        buffer_char(out, '\n');
    }
    for (size_t i = 0; i < p->result.changes; i++)
        if (contract_shown(&p->result.change[i], all))
            change(out, t, &p->result.change[i]);
    buffer_char(out, '\n');
}

void contract_sums(buffer *out, const contract_report *r)
{
    for (contract_level l = 0; l < CHANGE_LEVELS; l++)
        buffer_printf(out, "%s%zu %s", l ? ", " : "", r->count[l], contract_level_word(l));
    if (r->ignored)
        buffer_printf(out, ", %zu ignored", r->ignored);
    if (r->unreadable)
        buffer_printf(out, ", %zu unreadable", r->unreadable);
}

static void in_text(buffer *out, const terminal *t, const contract_report *r, bool all)
{
    for (size_t i = 0; i < r->pairs; i++)
        pair(out, t, &r->pair[i], all);
    contract_sums(out, r);
    if (!all && r->count[CHANGE_HARMLESS] + r->ignored)
        buffer_cstr(out, "; --all shows every one");
    buffer_char(out, '\n');
    for (size_t i = 0; i < r->unuseds; i++) {
        buffer_cstr(out, "  ignore ");
        term_put(out, t, r->unused[i]);
        buffer_cstr(out, ": never applied\n");
    }
    if (r->proof)
        contract_proof_text(out, t, r->proof);
}

void render_contract(cli *c, const contract_report *r, bool all)
{
    switch (c->form) {
    case FORM_JSON: render_contract_json(c, r); break;
    case FORM_MARKDOWN: render_contract_markdown(&c->result, r, all); break;
    case FORM_JUNIT: render_contract_junit(&c->result, r); break;
    case FORM_HTML: render_contract_html(c, r, all); break;
    default: in_text(&c->result, &c->out, r, all);
    }
}
