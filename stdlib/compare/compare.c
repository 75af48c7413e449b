/* compare.c: the run: load both sides, pair, judge sequences, compare each pair, count. */
#include "base/decimal.h"
#include "stdlib/compare/compare_parts.h"

#include <string.h>

static const char *const verdict_words[VERDICT_COUNT] = {"matched", "different", "missing",
                                                         "extra",   "duplicate", "unreadable"};

const char *compare_verdict_word(compare_verdict v)
{
    return verdict_words[v];
}

const char *compare_class_word(compare_class c)
{
    static const char *const words[] = {"defect", "noise", "constrained"};
    return words[c];
}

const char *compare_evidence_word(compare_evidence e)
{
    static const char *const words[EVIDENCE_COUNT] = {"key", "file", "content", "place"};
    return words[e];
}

static int by_rule(const void *a, const void *b)
{
    const compare_use *x = a, *y = b;
    int c = text_compare(x->rule, y->rule);
    return c ? c : (int)x->class - (int)y->class;
}

/* Rules of the user that never applied are listed too: a mistyped reference must not look like one
 * that found nothing to forgive. */
static void list_uses(comparison *c)
{
    const compare_options *o = c->options;
    for (size_t i = 0; i < o->ignores; i++) {
        compare_use *u = use_add(c, rule_name_ignore(c->memory, o->ignore[i]), CLASS_NOISE, 0);
        u->blind = u->pairs > 1 && u->pairs == c->out->compared;
    }
    for (size_t i = 0; i < o->constraints; i++)
        use_add(c, rule_name_bound(c->memory, &o->constrain[i]), CLASS_CONSTRAINED, 0);
    for (size_t i = 0; i < o->maps; i++)
        use_add(c, rule_name_map(c->memory, &o->map[i]), CLASS_CONSTRAINED, 0);
    if (c->uses.n)
        qsort(c->uses.p, c->uses.n, sizeof *c->uses.p, by_rule);
    c->out->uses = c->uses.n;
    c->out->use = arena_array(c->memory, compare_use, c->uses.n);
    if (c->uses.n)
        memcpy(c->out->use, c->uses.p, c->uses.n * sizeof *c->uses.p);
}

void comparison_init(comparison *c)
{
    memset(&c->uses, 0, sizeof c->uses);
    memset(&c->differences, 0, sizeof c->differences);
    buffer_init(&c->path);
    c->envelopes = (envelopes){0};
    c->masker = NULL;
    c->tables = NULL;
}

void comparison_release(comparison *c)
{
    vec_release(&c->uses);
    vec_release(&c->envelopes.uses);
    vec_release(&c->differences);
    buffer_release(&c->path);
}

static void release(comparison *c)
{
    /* Samples lie on the heap of whoever loaded them. */
    for (size_t i = 0; i < c->sequences; i++) {
        vec_release(&c->legacy.samples[i]);
        vec_release(&c->modern.samples[i]);
    }
    side_release(&c->legacy);
    side_release(&c->modern);
    vec_release(&c->blames);
    comparison_release(c);
}

static bool any_key(const side *s)
{
    for (size_t i = 0; i < s->units; i++)
        if (s->unit[i].key.n)
            return true;
    return false;
}

/* What was loaded. */
static void compare_loaded(comparison *c)
{
    compare_result *out = c->out;
    out->keyless = c->options->keys && !any_key(&c->legacy) && !any_key(&c->modern);
    compare_pair_units(c);
    compare_sequences(c);
    compare_pairs(c);
    out->match = decimal_muldiv((int64_t)out->matched, UNIT_PERCENT, (int64_t)out->compared);
    list_uses(c);
    release(c);
}

void compare_each(arena *a, const compare_options *options, const compare_input *legacy,
                  const compare_input *modern, const compare_sink *sink, compare_result *out)
{
    arena scratch = {0}, kept = {0};
    comparison c = {.memory = a,
                    .kept = sink ? &kept : a,
                    .scratch = &scratch,
                    .options = options,
                    .sink = sink,
                    .out = out};
    *out = (compare_result){0};
    compare_list_sequences(&c);
    compare_load(&c, legacy, &c.legacy, false);
    compare_load(&c, modern, &c.modern, true);
    compare_loaded(&c);
    arena_release(&scratch);
    arena_release(&kept);
}

void compare_each_file(arena *a, const compare_options *options, const compare_paths *legacy,
                       const compare_paths *modern, const compare_sink *sink, compare_result *out)
{
    arena scratch = {0}, kept = {0}, memory[2] = {0};
    comparison c = {.memory = a,
                    .kept = &kept,
                    .scratch = &scratch,
                    .options = options,
                    .legacy.memory = &memory[0],
                    .modern.memory = &memory[1],
                    .sink = sink,
                    .out = out};
    *out = (compare_result){0};
    compare_list_sequences(&c);
    compare_load_paths(&c, legacy, modern);
    compare_loaded(&c);
    arena_release(&scratch);
    arena_release(&kept);
    arena_release(&memory[0]);
    arena_release(&memory[1]);
}

void compare_run(arena *a, const compare_options *options, const compare_input *legacy,
                 const compare_input *modern, compare_result *out)
{
    compare_each(a, options, legacy, modern, NULL, out);
}
