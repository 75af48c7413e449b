/* cmd_compare.c: `ferry compare LEGACY MODERN`: did two systems say the same? */
#include "cli/cli.h"
#include "cli/compare_look.h"
#include "cli/contracts.h"
#include "cli/files.h"
#include "cli/folder.h"
#include "cli/layout.h"
#include "cli/progress.h"
#include "cli/render_compare.h"
#include "base/decimal.h"
#include "base/source.h"
#include "stdlib/compare/rulebook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RULES_LARGEST = 4 << 20, FLUSH_AT = 1 << 16, LONG_READ = 1 << 30 };

static compare_paths paths_of(cli *c, const folder_files *files)
{
    compare_path *f = arena_array(&c->memory, compare_path, files->n);
    for (size_t i = 0; i < files->n; i++)
        f[i] = (compare_path){files->p[i].name, files->p[i].path, files->p[i].size};
    return (compare_paths){f, files->n};
}

/* The '=' of REF=BOUND: the first with a word behind it that ends the text or has an argument, for
 * both a reference and an argument may hold others. */
static const char *separator(text given)
{
    const char *last = memrchr(given.p, '=', given.n);
    for (size_t i = 0; i < given.n; i++) {
        size_t k = i + 1;
        while (given.p[i] == '=' && k < given.n &&
               (given.p[k] == '_' || (given.p[k] >= 'a' && given.p[k] <= 'z')))
            k++;
        if (k > i + 1 && (k == given.n || given.p[k] == '('))
            return given.p + i;
    }
    return last;
}

/* --constrain REF=BOUND */
static exit_code read_constraints(cli *c, compare_options *o)
{
    text *given;
    size_t n = option_all(&c->options, OPT_constrain, &c->memory, &given);
    compare_constraint *list = arena_array(&c->memory, compare_constraint, n);
    for (size_t i = 0; i < n; i++) {
        text message;
        const char *equals = separator(given[i]);
        if (!equals)
            return cli_usage(c, "`--constrain` is REF=BOUND, not `%.*s`", TEXT_ARG(given[i]));
        size_t at = (size_t)(equals - given[i].p);
        text word = text_slice(given[i], at + 1, given[i].n);
        list[i].ref = text_slice(given[i], 0, at);
        if (!compare_bound_read(&c->memory, word, &list[i], &message))
            return cli_usage(c, "%.*s", TEXT_ARG(message));
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
    exit_code code = layout_read(c, &o->layout);
    if (code == CODE_DONE)
        code = read_constraints(c, o);
    if (code == CODE_DONE)
        code = read_maps(c, o);
    return code == CODE_DONE ? read_rules(c, o) : code;
}

/* The percent of defects that must be found; 0 where none is asked for. */
static exit_code read_detect(cli *c, unsigned *out)
{
    const char *given = option_value(&c->options, OPT_detect);
    char *end = NULL;
    *out = 0;
    if (!given)
        return CODE_DONE;
    unsigned long v = strtoul(given, &end, 10);
    if (*end == '%')
        end++;
    if (end == given || *end != '\0' || v > 100 || given[0] == '-')
        return cli_usage(c, "`--detect` is a percent from 0 to 100, not `%s`", given);
    if (!option_is(&c->options, OPT_prove_rules))
        return cli_usage(c, "`--detect` needs `--prove-rules`");
    *out = (unsigned)v;
    return CODE_DONE;
}

typedef struct {
    cli *c;
    compare_options options;
    folder_files legacy, modern;
    compare_result result;
    prove_result *proof; /* NULL: not asked for */
    unsigned detect;
    compare_view view;
    const compare_form *form;
    progress progress;
    size_t found;      /* pairs that are not matched */
    char found_as[64]; /* behind the numbers of the progress line: "compared, 3 do not match" */
} comparing;

/* Defects that were put in and not found; that none could be put in proves nothing. */
static exit_code detected(cli *c, const comparing *v)
{
    int64_t wanted = (int64_t)v->detect * (UNIT_PERCENT / 100);
    if (!v->detect || (v->proof->detection != QUANTITY_NA && v->proof->detection >= wanted))
        return CODE_DONE;
    cli_error(c, NULL, "these rules find %llu of %llu defects, less than the %u%% asked for",
              (unsigned long long)v->proof->found, (unsigned long long)v->proof->tried, v->detect);
    return CODE_DIFFERENT;
}

/* Some seconds go by before the first file of that size is read. */
static void take_read(void *context, size_t done, size_t all)
{
    comparing *v = context;
    char line[64];
    if (done == 0 && all > LONG_READ) {
        snprintf(line, sizeof line, "reading %zu MiB", all >> 20);
        progress_say(&v->progress, line);
    }
    progress_show(&v->progress, done >> 20, all >> 20);
}

static void show_found(comparing *v, const compare_pair *p)
{
    if (v->result.pairs == 0)
        progress_turn(&v->progress, v->found_as);
    v->found += p->verdict != VERDICT_MATCHED;
    if (v->found == 0)
        strcpy(v->found_as, "compared");
    else
        snprintf(v->found_as, sizeof v->found_as, "compared, %zu not matched", v->found);
}

/* People at a terminal see each pair when it is found; elsewhere writes are gathered. */
static void take_pair(void *context, const compare_pair *p, size_t done, size_t all)
{
    comparing *v = context;
    if (v->c->err.tty)
        show_found(v, p);
    v->form->pair(&v->view, p);
    if (v->c->result.n > FLUSH_AT || (v->c->out.tty && v->c->result.n)) {
        progress_hide(&v->progress);
        cli_flush(v->c);
    }
    progress_show(&v->progress, done, all);
}

static void learn_pair(void *context, const compare_pair *p, size_t done, size_t all)
{
    (void)done, (void)all;
    rulebook_learn(context, p);
}

static exit_code learn(cli *c, comparing *v)
{
    rulebook_learner l;
    compare_sink sink = {
        .pair = learn_pair, .context = &l, .only_defects = true, .only_different = true};
    rulebook_learner_init(&l, &c->memory);
    compare_paths legacy = paths_of(c, &v->legacy), modern = paths_of(c, &v->modern);
    compare_each_file(&c->memory, &v->options, &legacy, &modern, &sink, &v->result);
    rulebook_write_learned(&l, &c->result);
    rulebook_learner_release(&l);
    return v->result.compared ? CODE_DONE : CODE_ERRORS;
}

static void prove(cli *c, comparing *v)
{
    compare_paths legacy = paths_of(c, &v->legacy);
    v->proof = arena_new(&c->memory, prove_result);
    prove_rules_of_files(&c->memory, &v->options, &legacy, v->proof);
}

static size_t bytes_of(const compare_paths *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->files; i++)
        n += p->file[i].size;
    return n;
}

static exit_code run(cli *c, comparing *v)
{
    static const compare_form *const forms[] = {
        [FORM_TEXT] = &compare_form_text,         [FORM_JSON] = &compare_form_json,
        [FORM_MARKDOWN] = &compare_form_markdown, [FORM_JUNIT] = &compare_form_junit,
        [FORM_HTML] = &compare_form_html,
    };
    bool whole = c->form == FORM_JSON || option_is(&c->options, OPT_all);
    compare_sink sink = {.pair = take_pair,
                         .context = v,
                         .read = take_read,
                         .only_defects = !whole,
                         .only_different = !whole && c->form != FORM_JUNIT};
    v->form = forms[c->form];
    v->view = (compare_view){.out = &c->result,
                             .t = &c->out,
                             .legacy = cli_operand(c, 0),
                             .modern = cli_operand(c, 1),
                             .all = option_is(&c->options, OPT_all)};
    v->form->begin(&v->view);
    compare_paths legacy = paths_of(c, &v->legacy), modern = paths_of(c, &v->modern);
    bool is_long = c->err.tty && bytes_of(&legacy) + bytes_of(&modern) >= LOOK_WORTH;
    if (is_long || option_is(&c->options, OPT_early))
        compare_look(c, &v->options, &legacy, &modern);
    compare_each_file(&c->memory, &v->options, &legacy, &modern, &sink, &v->result);
    progress_hide(&v->progress);
    if (option_is(&c->options, OPT_prove_rules))
        prove(c, v);
    v->form->end(&v->view, &v->result, v->proof);
    exit_code code = v->proof ? detected(c, v) : CODE_DONE;
    return v->result.matched == v->result.compared ? code : CODE_DIFFERENT;
}

static exit_code contracts(cli *c, comparing *v)
{
    exit_code code = folder_load(c, &v->legacy);
    if (code == CODE_DONE)
        code = folder_load(c, &v->modern);
    return code == CODE_DONE
               ? contracts_compare(c, &v->legacy, &v->modern, v->options.kind, v->detect)
               : code;
}

exit_code command_compare(cli *c)
{
    comparing v = {.c = c, .progress = {.c = c, .what = "MiB read"}};
    exit_code code = cli_expect_operands(c, 2, 2);
    if (code == CODE_DONE)
        code = read_options(c, &v.options);
    if (code == CODE_DONE)
        code = read_detect(c, &v.detect);
    if (code == CODE_DONE)
        code = folder_list(c, cli_operand(c, 0), &v.legacy);
    if (code == CODE_DONE)
        code = folder_list(c, cli_operand(c, 1), &v.modern);
    bool proves = option_is(&c->options, OPT_prove_rules); /* that needs legacy only */
    if (code == CODE_DONE && !proves && file_is_same(cli_operand(c, 0), cli_operand(c, 1)))
        cli_say(c, "warning: both sides are %s: it is compared with itself", cli_operand(c, 0));
    if (code == CODE_DONE && contracts_meant(c, &v.legacy, &v.modern, v.options.kind)) {
        code = contracts(c, &v);
    } else if (code == CODE_DONE) {
        code = option_is(&c->options, OPT_learn) ? learn(c, &v) : run(c, &v);
        if (v.result.keyless && v.result.compared)
            cli_say(c, "warning: no document has the key `%.*s`: pairs were made without one",
                    TEXT_ARG(v.options.key[0]));
        if (v.result.compared == 0) { /* no data never passes */
            cli_error(c, NULL, "nothing was compared: both sides are empty");
            code = CODE_ERRORS;
        }
    }
    vec_release(&v.legacy);
    vec_release(&v.modern);
    return code;
}
