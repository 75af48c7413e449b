/* verify_sites.c: owns the checks of sites, factors and entries: which fields a kind has, by one
 * table, and the signatures of the functions that a site names (sites.def). */
#include "bytecode/verify.h"

#include "bytecode/signature.h"

#include <string.h>

enum {
    HAS_OPERATION = 1,
    HAS_TITLE = 2,
    HAS_CHECK = 4,
    HAS_UNDO = 8,
    HAS_FIND = 16,
    HAS_BODY = 32,
    HAS_SHAPE = 64,
    HAS_VOTES = 128,
    HAS_NEEDS = 256,
    HAS_WAVES = 512
};

typedef struct {
    unsigned must, may; /* args comes with the operation; a title may stand everywhere */
} site_rule;

static const site_rule rules[SITE_COUNT] = {
    [SITE_READ] = {HAS_OPERATION, HAS_SHAPE},
    [SITE_DO] = {HAS_OPERATION, HAS_SHAPE | HAS_CHECK},
    [SITE_STEP] = {HAS_OPERATION, HAS_SHAPE | HAS_CHECK | HAS_UNDO | HAS_FIND | HAS_NEEDS},
    [SITE_TASK] = {HAS_TITLE, HAS_CHECK | HAS_VOTES},
    [SITE_APPROVE] = {HAS_TITLE | HAS_VOTES, 0},
    [SITE_SIMULATE] = {HAS_OPERATION, HAS_SHAPE},
    [SITE_OBSERVE] = {HAS_BODY, 0},
    [SITE_TRIGGER] = {HAS_CHECK, 0},
    [SITE_GATE] = {HAS_CHECK, 0},
    [SITE_UNTIL] = {HAS_CHECK, 0},
    [SITE_NOTIFY] = {HAS_TITLE, HAS_VOTES},
    [SITE_FORK] = {HAS_BODY, 0},
    [SITE_EACH] = {HAS_BODY, HAS_WAVES | HAS_FIND},
};

static unsigned fields_of(const image_site *s)
{
    return (s->operation != NO_INDEX ? HAS_OPERATION : 0) | (s->title != NO_INDEX ? HAS_TITLE : 0) |
           (s->check != NO_INDEX ? HAS_CHECK : 0) | (s->undo != NO_INDEX ? HAS_UNDO : 0) |
           (s->find != NO_INDEX ? HAS_FIND : 0) | (s->body != NO_INDEX ? HAS_BODY : 0) |
           (s->shape_count ? HAS_SHAPE : 0) | (s->votes != NO_INDEX ? HAS_VOTES : 0) |
           (s->needs != NO_INDEX ? HAS_NEEDS : 0) | (s->waves ? HAS_WAVES : 0);
}

/* A list of pairs at the next word: rows of `table`, each with a number of at least 1. */
static bool pairs_ok(verifier *v, uint32_t first, uint32_t table)
{
    const image *i = v->i;
    if (first == NO_INDEX)
        return true;
    if (first != v->next_word || first >= i->word_count)
        return false;
    uint32_t pairs = i->words[first];
    if (pairs > (i->word_count - first - 1) / 2)
        return false;
    for (uint32_t k = 0; k < pairs; k++) {
        const uint32_t *pair = &i->words[first + 1 + 2 * k];
        if (pair[0] >= i->tables[table].rows || !pair[1])
            return false;
    }
    v->next_word += 1 + 2 * pairs;
    return true;
}

/* Sizes of at least 1, at the next word. */
static bool waves_ok(verifier *v, const image_site *s)
{
    const image *i = v->i;
    if (!s->waves)
        return s->kind != SITE_EACH || s->find == NO_INDEX;
    if (s->waves != v->next_word || s->waves >= i->word_count)
        return false;
    uint32_t n = i->words[s->waves];
    if (!n || n > i->word_count - s->waves - 1)
        return false;
    for (uint32_t k = 1; k <= n; k++)
        if (!i->words[s->waves + k])
            return false;
    v->next_word += 1 + n;
    return true;
}

static bool names_ok(verifier *v, const image_site *s)
{
    if (s->capture_names == NO_INDEX)
        return true;
    if (s->capture_names != v->next_word || s->captures > v->i->word_count - v->next_word)
        return false;
    for (uint32_t k = 0; k < s->captures; k++)
        if (!text_ok(v, v->i->words[s->capture_names + k]))
            return false;
    v->next_word += s->captures;
    return true;
}

/* The connector is of the kind that the operation asks for. */
static bool connector_ok(const verifier *v, const image_site *s)
{
    const image *i = v->i;
    if (s->operation == NO_INDEX)
        return s->connector == NO_INDEX;
    const operation_row *op = &operation_rows[s->operation];
    if (!strcmp(op->connector, "none"))
        return s->connector == NO_INDEX;
    if (s->connector >= i->tables[TABLE_CONNECTOR].rows)
        return false;
    int64_t kind = image_value(i, TABLE_CONNECTOR, COLUMN_CONNECTOR_KIND, s->connector);
    const image_enum *e = &i->enums[ENUM_connector];
    return text_is(image_text(i, i->words[e->first_member + kind]), op->connector);
}

static bool operation_ok(verifier *v, const image_site *s)
{
    if (s->operation == NO_INDEX)
        return s->args == NO_INDEX;
    if (s->operation >= OPERATION_COUNT || s->args == NO_INDEX)
        return false;
    bool write = s->kind == SITE_STEP || s->kind == SITE_DO;
    bool simulate = s->kind == SITE_SIMULATE;
    return operation_rows[s->operation].effect == (write ? EFFECT_WRITE : EFFECT_READ) &&
           simulate == (s->operation == OPERATION_SIMULATE || s->operation == OPERATION_LIVE);
}

/* Each field of the shape is one that the operation answers with. */
static bool shape_ok(const verifier *v, const image_site *s)
{
    const image *i = v->i;
    if (!s->shape_count)
        return true;
    signature result = signature_read(operation_rows[s->operation].result);
    for (uint32_t k = 0; k < s->shape_count; k++) {
        const image_field *f = &i->fields[s->shape + k];
        bool below;
        const signature_parameter *p = signature_field(&result, image_text(i, f->path), &below);
        if (!p)
            return false;
        if (!below && p->type != TYPE_JSON &&
            !signature_fits(p, f->type, i->list_types, i->list_type_count))
            return false;
    }
    return true;
}

static bool duration_ok(int64_t d)
{
    return d == QUANTITY_NONE || d >= 0;
}

static bool numbers_ok(const verifier *v, const image_site *s)
{
    uint32_t actions = s->kind == SITE_SCOPE     ? SCOPE_BLOCK
                       : s->kind == SITE_TRIGGER ? TRIGGER_ALERT
                       : s->kind == SITE_GATE    ? GATE_BRANCH
                                                 : 0;
    bool asks = s->on_failure == ON_ASK;
    return s->action <= actions && s->on_failure <= ON_ASK && s->ask_else <= ON_ASK &&
           (!asks || s->ask_role < v->i->tables[TABLE_ROLE].rows) &&
           s->retries <= IMAGE_INDEX_LIMIT && s->captures <= IMAGE_REGISTERS &&
           !(s->flags &
             ~(uint32_t)(SITE_UNDO_NONE | SITE_IRREVERSIBLE | SITE_ADOPT | SITE_CONDITIONS)) &&
           (!(s->flags & SITE_CONDITIONS) || s->kind == SITE_APPROVE) &&
           duration_ok(s->ask_within) && duration_ok(s->retry_pause) && duration_ok(s->timeout) &&
           duration_ok(s->estimate_low) && duration_ok(s->estimate_high) &&
           duration_ok(s->expires) && duration_ok(s->worst_forward) && duration_ok(s->worst_back);
}

static bool verify_site(verifier *v, uint32_t k, uint32_t *next_field)
{
    const image_site *s = &v->i->sites[k];
    if (s->kind >= SITE_COUNT)
        return refuse(v, s, "site %u is of no kind", k);
    const site_rule *rule = &rules[s->kind];
    unsigned has = fields_of(s);
    const char *name = site_rows[s->kind].name;
    if ((has & rule->must) != rule->must || has & ~(rule->must | rule->may | HAS_TITLE))
        return refuse(v, s, "site %u (%s) lacks a field or has one too many", k, name);
    if (!text_ok(v, s->name) || !text_or_none(v, s->wanted) || !text_or_none(v, s->why) ||
        !text_or_none(v, s->evidence))
        return refuse(v, s, "site %u (%s) names a text that does not exist", k, name);
    if (!operation_ok(v, s) || !connector_ok(v, s))
        return refuse(v, s, "site %u (%s) names an operation or connector it cannot", k, name);
    if (s->shape != (s->shape_count ? *next_field : 0) || !shape_ok(v, s))
        return refuse(v, s, "site %u (%s) has a shape its operation does not answer", k, name);
    *next_field += s->shape_count;
    if (!numbers_ok(v, s))
        return refuse(v, s, "site %u (%s) has a number out of range", k, name);
    if (!names_ok(v, s) || !pairs_ok(v, s->votes, TABLE_ROLE) ||
        !pairs_ok(v, s->needs, TABLE_RESOURCE) || !waves_ok(v, s))
        return refuse(v, s, "site %u (%s) has a malformed list", k, name);
    return true;
}

bool verify_sites(verifier *v)
{
    uint32_t next_field = v->getters;
    for (uint32_t k = 0; k < v->i->site_count; k++)
        if (!verify_site(v, k, &next_field))
            return false;
    return true;
}

/* What a function of a site must look like: parameters are `before`, the captures, then fields of
 * the shape where `shape`, then `after`. */
typedef struct {
    const image_site *site;
    const type_word *capture;
    type_word before, after; /* NO_INDEX where none */
    bool shape;
    effect most;
} wanted_signature;

static bool parameters_ok(const verifier *v, const wanted_signature *w, uint32_t f)
{
    const image *i = v->i;
    const image_function *row = &i->functions[f];
    uint32_t before = w->before != NO_INDEX, after = w->after != NO_INDEX;
    uint32_t fields = w->shape ? w->site->shape_count : 0, captures = w->site->captures;
    const type_word *t = types_of(i, f);
    if (row->parameters != before + captures + fields + after || row->effect > w->most)
        return false;
    if ((before && t[0] != w->before) || (after && t[row->parameters - 1] != w->after))
        return false;
    for (uint32_t k = 0; k < captures; k++)
        if (t[before + k] != w->capture[k])
            return false;
    for (uint32_t k = 0; k < fields; k++)
        if (t[before + captures + k] != i->fields[w->site->shape + k].type)
            return false;
    return true;
}

static bool one_result(const image *i, uint32_t f, type_word type)
{
    return i->functions[f].results == 1 && results_of(i, f)[0] == type;
}

static bool arguments_ok(const image *i, const image_site *s)
{
    signature g = signature_read(operation_rows[s->operation].arguments);
    if (i->functions[s->args].results != g.parameters)
        return false;
    for (uint32_t k = 0; k < g.parameters; k++)
        if (!signature_fits(&g.parameter[k], results_of(i, s->args)[k], i->list_types,
                            i->list_type_count))
            return false;
    return true;
}

static bool find_ok(const image *i, const image_site *s)
{
    if (i->functions[s->find].results != s->shape_count)
        return false;
    for (uint32_t k = 0; k < s->shape_count; k++)
        if (results_of(i, s->find)[k] != i->fields[s->shape + k].type)
            return false;
    return true;
}

static bool body_ok(const verifier *v, const wanted_signature *plain, const image_site *s,
                    type_word element)
{
    wanted_signature w = *plain;
    if (s->kind == SITE_OBSERVE) {
        w.most = EFFECT_READ;
        return parameters_ok(v, &w, s->body) && one_result(v->i, s->body, element);
    }
    w.most = EFFECT_WRITE;
    w.before = s->kind == SITE_EACH ? element : NO_INDEX;
    return parameters_ok(v, &w, s->body) && v->i->functions[s->body].results == 0;
}

bool verify_site_functions(verifier *v, const insn *x, const image_site *s,
                           const type_word *capture, type_word element)
{
    const image *i = v->i;
    const wanted_signature plain = {s, capture, NO_INDEX, NO_INDEX, false, EFFECT_PURE};
    wanted_signature w = plain;
    const type_word truth = TYPE_WORD(TYPE_BOOL, 0), words = TYPE_WORD(TYPE_TEXT, 0);
    if (s->title != NO_INDEX && !(parameters_ok(v, &w, s->title) && one_result(i, s->title, words)))
        return refuse(v, x, "the title of a site has another signature");
    if (s->args != NO_INDEX && !(parameters_ok(v, &w, s->args) && arguments_ok(i, s)))
        return refuse(v, x, "the arguments of a site have other types than its operation");
    w.shape = s->kind == SITE_STEP || s->kind == SITE_DO;
    w.most = s->kind == SITE_GATE || s->kind == SITE_TRIGGER ? EFFECT_PURE : EFFECT_READ;
    if (s->check != NO_INDEX && !(parameters_ok(v, &w, s->check) && one_result(i, s->check, truth)))
        return refuse(v, x, "the check of a site has another signature");
    w.most = EFFECT_WRITE;
    if (s->undo != NO_INDEX && !(parameters_ok(v, &w, s->undo) && !i->functions[s->undo].results))
        return refuse(v, x, "the undo of a site has another signature");
    w = plain;
    w.after = s->kind == SITE_EACH ? TYPE_WORD(TYPE_NUMBER, 0) : words;
    w.most = s->kind == SITE_EACH ? EFFECT_WRITE : EFFECT_READ;
    if (s->find != NO_INDEX && !(parameters_ok(v, &w, s->find) && find_ok(i, s)))
        return refuse(v, x, "the find of a site has another signature");
    if (s->body != NO_INDEX && !body_ok(v, &plain, s, element))
        return refuse(v, x, "the body of a site has another signature");
    return true;
}

static bool verify_factor(verifier *v, uint32_t k)
{
    const image *i = v->i;
    const image_factor *f = &i->factors[k];
    if (!text_ok(v, f->name) || !text_ok(v, f->title) || !text_ok(v, f->mitigation) ||
        (k && f->name <= f[-1].name))
        return refuse(v, f, "factor %u is out of order or lacks a text", k);
    bool subject = f->table == TABLE_CUSTOMER || f->table == TABLE_CHANNEL;
    if (f->category >= i->enums[ENUM_category].members || !subject ||
        f->function >= i->function_count)
        return refuse(v, f, "factor %u has no such category, subject or function", k);
    const image_function *row = &i->functions[f->function];
    const type_word *r = results_of(i, f->function), number = TYPE_WORD(TYPE_NUMBER, 0);
    if (row->effect != EFFECT_PURE || row->parameters != 1 || row->results != 3 ||
        types_of(i, f->function)[0] != TYPE_WORD(TYPE_ROW, f->table) ||
        r[0] != TYPE_WORD(TYPE_BOOL, 0) || r[1] != number || r[2] != number)
        return refuse(v, f, "the function of factor %u has another signature", k);
    if (v->measure[f->function].assesses)
        return refuse(v, f, "factor %u uses the assessment that it is part of", k);
    return true;
}

bool verify_roots(verifier *v)
{
    const image *i = v->i;
    for (uint32_t k = 0; k < i->factor_count; k++)
        if (!verify_factor(v, k))
            return false;
    for (uint32_t k = 0; k < i->entry_count; k++) {
        const image_entry *e = &i->entries[k];
        if (!text_ok(v, e->name) || !text_ok(v, e->title) || (k && e->name <= e[-1].name))
            return refuse(v, e, "entry %u is out of order or lacks a text", k);
        if (e->function >= i->function_count || i->functions[e->function].parameters ||
            i->functions[e->function].results || e->reserved || !duration_ok(e->worst_forward) ||
            !duration_ok(e->worst_back) ||
            (e->customer != NO_INDEX && e->customer >= i->tables[TABLE_CUSTOMER].rows) ||
            (e->window != NO_INDEX && e->window >= i->tables[TABLE_WINDOW].rows))
            return refuse(v, e, "entry %u names a function, customer or window it cannot", k);
    }
    return true;
}
