/* cmd_compare.c: `ferry compare LEGACY MODERN`: did two systems say the same? */
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/folder.h"
#include "cli/render_compare.h"
#include "stdlib/rulebook.h"

#include <string.h>

enum { RULES_LARGEST = 4 << 20 };

static compare_input input_of(cli *c, const folder_files *files)
{
    compare_file *f = arena_array(&c->memory, compare_file, files->n);
    for (size_t i = 0; i < files->n; i++)
        f[i] = (compare_file){files->p[i].name, files->p[i].bytes};
    return (compare_input){f, files->n};
}

static exit_code unknown_bound(cli *c, text word)
{
    text words[BOUND_COUNT];
    buffer all = {0};
    for (int i = 0; i < BOUND_COUNT; i++) {
        words[i] = text_of(compare_bound_word((compare_bound)i));
        buffer_printf(&all, "%s%s", i ? ", " : "", words[i].p);
    }
    ptrdiff_t near = text_nearest(word, words, BOUND_COUNT);
    exit_code code = near >= 0 ? cli_usage(c, "there is no bound `%.*s`; did you mean `%.*s`?",
                                           TEXT_ARG(word), TEXT_ARG(words[near]))
                               : cli_usage(c, "there is no bound `%.*s`; there is %s",
                                           TEXT_ARG(word), buffer_string(&all));
    buffer_release(&all);
    return code;
}

/* --constrain REF=BOUND; a reference may hold no '=', so the last one separates. */
static exit_code read_constraints(cli *c, compare_options *o)
{
    text *given;
    size_t n = option_all(&c->options, OPT_constrain, &c->memory, &given);
    compare_constraint *list = arena_array(&c->memory, compare_constraint, n);
    for (size_t i = 0; i < n; i++) {
        const char *equals = memrchr(given[i].p, '=', given[i].n);
        if (!equals)
            return cli_usage(c, "`--constrain` is REF=BOUND, not `%.*s`", TEXT_ARG(given[i]));
        size_t at = (size_t)(equals - given[i].p);
        text word = text_slice(given[i], at + 1, given[i].n);
        list[i].ref = text_slice(given[i], 0, at);
        if (!compare_bound_read(word, &list[i].bound))
            return unknown_bound(c, word);
    }
    o->constrain = list;
    o->constraints = n;
    return CODE_DONE;
}

/* --map LEGACY=MODERN; the first '=' separates. */
static exit_code read_maps(cli *c, compare_options *o)
{
    text *given;
    size_t n = option_all(&c->options, OPT_map, &c->memory, &given);
    compare_mapping *list = arena_array(&c->memory, compare_mapping, n);
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t equals = text_find(given[i], '=');
        if (equals <= 0)
            return cli_usage(c, "`--map` is LEGACY=MODERN, not `%.*s`", TEXT_ARG(given[i]));
        list[i] = (compare_mapping){.legacy = text_slice(given[i], 0, (size_t)equals),
                                    .modern = text_slice(given[i], (size_t)equals + 1, given[i].n)};
    }
    o->map = list;
    o->maps = n;
    return CODE_DONE;
}

static exit_code read_rules(cli *c, compare_options *o)
{
    text *given, bytes;
    rulebook_fault fault;
    size_t n = option_all(&c->options, OPT_rules, &c->memory, &given);
    for (size_t i = 0; i < n; i++) {
        exit_code code = file_fetch(c, given[i].p, RULES_LARGEST, &bytes);
        if (code != CODE_DONE)
            return code;
        if (!rulebook_read(&c->memory, bytes, o, &fault)) {
            cli_error(c, NULL, "%s:%u:%u: %.*s", given[i].p, fault.line, fault.column,
                      TEXT_ARG(fault.message));
            return CODE_ERRORS;
        }
    }
    return CODE_DONE;
}

static exit_code read_options(cli *c, compare_options *o)
{
    text *keys, *ignores, *unordered;
    *o = (compare_options){.kind = KIND_UNKNOWN};
    o->keys = option_all(&c->options, OPT_key, &c->memory, &keys);
    o->ignores = option_all(&c->options, OPT_ignore, &c->memory, &ignores);
    o->unordereds = option_all(&c->options, OPT_unordered, &c->memory, &unordered);
    o->key = keys;
    o->ignore = ignores;
    o->unordered = unordered;
    const char *kind = option_value(&c->options, OPT_kind);
    if (kind && !document_kind_read(text_of(kind), &o->kind))
        return cli_usage(c, "there is no kind `%s`", kind);
    exit_code code = read_constraints(c, o);
    if (code == CODE_DONE)
        code = read_maps(c, o);
    return code == CODE_DONE ? read_rules(c, o) : code;
}

static exit_code show(cli *c, const compare_result *r)
{
    if (option_is(&c->options, OPT_learn) && r->compared) {
        rulebook_learn(r, &c->result);
        return CODE_DONE;
    }
    if (c->json) {
        json_writer w;
        cli_json_begin(c, &w);
        compare_write_json(&w, r);
        cli_json_end(c, &w);
    } else {
        render_compare(&c->result, &c->out, r, option_is(&c->options, OPT_all));
    }
    if (r->compared == 0) { /* no data never passes */
        cli_error(c, NULL, "nothing was compared: both sides are empty");
        return CODE_ERRORS;
    }
    return r->matched == r->compared ? CODE_DONE : CODE_DIFFERENT;
}

exit_code command_compare(cli *c)
{
    compare_options o;
    compare_result r;
    folder_files legacy = {0}, modern = {0};
    exit_code code = cli_expect_operands(c, 2, 2);
    if (code == CODE_DONE)
        code = read_options(c, &o);
    if (code == CODE_DONE)
        code = folder_read(c, cli_operand(c, 0), &legacy);
    if (code == CODE_DONE)
        code = folder_read(c, cli_operand(c, 1), &modern);
    if (code == CODE_DONE) {
        compare_input l = input_of(c, &legacy), m = input_of(c, &modern);
        compare_run(&c->memory, &o, &l, &m, &r);
        code = show(c, &r);
    }
    vec_release(&legacy);
    vec_release(&modern);
    return code;
}
