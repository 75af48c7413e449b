/* compare.c: the run: load both sides, pair, compare each pair, judge sequences, count. */
#include "base/decimal.h"
#include "stdlib/compare/compare_parts.h"
#include "stdlib/document/mask.h"

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

/* "850 4711", "prices.json", "orders.edi 997"; a row's or element's key alone. */
static text key_shown(comparison *c, const unit *u)
{
    text name = u->key.n ? u->key : u->from->name;
    text key = name;
    if (u->type.n && u->key.n)
        key = text_joined(c->kept, u->type, ' ', name);
    else if (u->type.n)
        key = text_joined(c->kept, name, ' ', u->type);
    return mask_text(c->kept, key);
}

static void unreadable(comparison *c, const unit *u, bool modern)
{
    const document_fault *f = u->from->broken;
    place_ref nowhere = {0};
    size_t back = path_add(c, "byte[%zu]", document_offset(u->from, f->offset));
    judge(c, &nowhere, modern ? (text){0} : f->message, modern ? f->message : (text){0},
          CLASS_DEFECT, text_format(c->kept, "fault %.*s", TEXT_ARG(f->code)).p);
    path_cut(c, back);
}

static bool has_ascii_bytes(encoding e)
{
    return e == ENCODING_ASCII || e == ENCODING_UTF8 || e == ENCODING_LATIN1 ||
           e == ENCODING_WINDOWS1252;
}

/* The same text in two encodings is the same text, and nothing is to be said of ASCII beside one
 * that has its bytes. Formats that say themselves what they are in are not decoded here, and judge
 * it themselves. */
static void compare_encodings(comparison *c)
{
    encoding l = c->l->from->encoding, m = c->m->from->encoding;
    place_ref nowhere = {0};
    bool read = c->l->from->decoded || c->m->from->decoded;
    bool ascii =
        (l == ENCODING_ASCII && has_ascii_bytes(m)) || (m == ENCODING_ASCII && has_ascii_bytes(l));
    if (read && l != m && !ascii)
        judge(c, &nowhere, text_of(encoding_word(l)), text_of(encoding_word(m)), CLASS_NOISE,
              "encoding");
}

static text kind_said(const unit *u)
{
    return u->from->bytes.n ? text_of(document_kind_word(u->from->kind)) : TEXT("empty");
}

static void compare_units(comparison *c)
{
    document_kind l = c->l->from->kind, m = c->m->from->kind;
    place_ref nowhere = {0};
    compare_encodings(c);
    if (l == m)
        compare_format_of(c->l)->compare(c);
    else
        judge(c, &nowhere, kind_said(c->l), kind_said(c->m), CLASS_DEFECT, "kind");
}

static void add_blames(comparison *c, const unit *m)
{
    for (uint32_t i = m->blame; i != WHOLE; i = c->blames.p[i].next) {
        vec_push(&c->differences, c->blames.p[i].difference);
        c->defects++;
    }
}

static void count_verdict(compare_result *r, compare_verdict v)
{
    uint64_t *const counts[VERDICT_COUNT] = {&r->matched, &r->different, &r->missing,
                                             &r->extra,   &r->duplicate, &r->unreadable};
    ++*counts[v];
    r->compared++;
}

/* Hands the pair over, to the sink or to the result. */
static void finish_pair(comparison *c, compare_pair *p, size_t all)
{
    p->difference = c->differences.p;
    p->differences = c->differences.n;
    p->omitted = c->omitted;
    p->defects = c->defects;
    count_verdict(c->out, p->verdict);
    c->out->pairs++;
    if (c->sink) {
        c->sink->pair(c->sink->context, p, c->out->pairs, all);
        arena_clear(c->kept);
    } else {
        p->difference = arena_array(c->memory, compare_difference, p->differences);
        if (p->differences)
            memcpy(p->difference, c->differences.p, p->differences * sizeof *p->difference);
        c->out->pair[c->out->pairs - 1] = *p;
    }
    vec_clear(&c->differences);
    arena_clear(c->scratch);
    c->found = c->omitted = c->defects = 0;
    path_cut(c, 0);
}

static compare_verdict verdict_of(const unit *l, const unit *m)
{
    if ((l && l->from->broken) || (m && m->from->broken))
        return VERDICT_UNREADABLE;
    if (!m)
        return VERDICT_MISSING;
    if (!l)
        return m->again ? VERDICT_DUPLICATE : VERDICT_EXTRA;
    return VERDICT_MATCHED;
}

static void name_pair(comparison *c, const unit *u, compare_pair *p)
{
    p->key = key_shown(c, u);
    if (p->legacy_name.p)
        p->legacy_file = mask_text(c->kept, p->legacy_name);
    if (p->modern_name.p)
        p->modern_file = mask_text(c->kept, p->modern_name);
}

static void run_pair(comparison *c, const unit *l, const unit *m, size_t all)
{
    const unit *u = l ? l : m;
    if (l)
        unit_open(c, l);
    if (m)
        unit_open(c, m);
    compare_pair p = {.verdict = verdict_of(l, m), .kind = u->from->kind, .type = u->type};
    if (l && m) {
        p.evidence = l->evidence;
        p.alike = l->alike;
        c->out->by_content += p.evidence == EVIDENCE_CONTENT;
        c->out->by_place += p.evidence == EVIDENCE_PLACE;
    }
    if (l)
        p.legacy_name = l->from->name;
    if (m)
        p.modern_name = m->from->name;
    c->l = u;
    c->m = m ? m : u;
    if (l && l->from->broken)
        unreadable(c, l, false);
    if (m && m->from->broken)
        unreadable(c, m, true);
    if (p.verdict == VERDICT_MATCHED)
        compare_units(c);
    if (m)
        add_blames(c, m);
    if (p.verdict == VERDICT_MATCHED && c->defects)
        p.verdict = VERDICT_DIFFERENT;
    if (p.verdict != VERDICT_MATCHED || !c->sink || !c->sink->only_different)
        name_pair(c, u, &p);
    finish_pair(c, &p, all);
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

static size_t alone(const side *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->units; i++)
        n += s->unit[i].partner == WHOLE;
    return n;
}

static void run_pairs(comparison *c)
{
    size_t all = c->legacy.units + alone(&c->modern);
    if (!c->sink)
        c->out->pair = arena_array(c->memory, compare_pair, all);
    for (size_t i = 0; i < c->legacy.units; i++) {
        const unit *l = &c->legacy.unit[i];
        run_pair(c, l, l->partner == WHOLE ? NULL : &c->modern.unit[l->partner], all);
    }
    for (size_t i = 0; i < c->modern.units; i++)
        if (c->modern.unit[i].partner == WHOLE)
            run_pair(c, NULL, &c->modern.unit[i], all);
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
    vec_release(&c->uses);
    vec_release(&c->envelopes.uses);
    vec_release(&c->blames);
    vec_release(&c->differences);
    buffer_release(&c->path);
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
    run_pairs(c);
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
