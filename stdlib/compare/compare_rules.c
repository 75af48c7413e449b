/* compare_rules.c: the user's rules, and the record of what each of them hid. */
#include "base/decimal.h"
#include "stdlib/compare/compare_parts.h"
#include "stdlib/document/mask.h"

#include <string.h>

/* "$.items[2].price" as "$.items[*].price". */
static text generic(arena *a, text path)
{
    char *p = arena_copy(a, path.p, path.n);
    size_t n = 0;
    for (size_t i = 0; i < path.n; i++) {
        p[n++] = path.p[i];
        size_t k = i + 1;
        while (path.p[i] == '[' && k < path.n && path.p[k] >= '0' && path.p[k] <= '9')
            k++;
        if (k > i + 1 && k < path.n && path.p[k] == ']') {
            p[n++] = '*';
            i = k - 1;
        }
    }
    return (text){p, n};
}

static bool path_under(text path, text ref)
{
    return text_starts(path, ref) &&
           (path.n == ref.n || path.p[ref.n] == '.' || path.p[ref.n] == '[');
}

bool rule_applies(comparison *c, text ref, const place_ref *at)
{
    const compare_format *f = compare_format_of(c->l);
    if (f->applies)
        return f->applies(c, ref, at);
    text path = buffer_view(&c->path);
    if (!text_starts(ref, TEXT("$")))
        ref = text_format(c->scratch, "$.%.*s", TEXT_ARG(ref));
    return path_under(path, ref) || path_under(generic(c->scratch, path), ref);
}

/* `pairs` counts a pair once, whatever it has of the rule. */
static void use_count(comparison *c, compare_use *u, uint64_t count)
{
    u->count += count;
    if (count && u->last != c->turn) {
        u->last = c->turn;
        u->pairs++;
    }
}

static bool envelopes_are(const comparison *c)
{
    const envelopes *e = &c->envelopes;
    return e->l == c->l->from && e->m == c->m->from && e->of_l[0] == c->l->interchange &&
           e->of_m[0] == c->m->interchange && e->of_l[1] == c->l->group &&
           e->of_m[1] == c->m->group;
}

void compare_envelopes(comparison *c, void (*compare)(comparison *c))
{
    envelopes *e = &c->envelopes;
    if (envelopes_are(c)) {
        for (size_t i = 0; i < e->uses.n; i++) {
            use_count(c, &c->uses.p[i], e->uses.p[i].count);
            c->uses.p[i].money += e->uses.p[i].money;
        }
        return;
    }
    vec_clear(&e->uses);
    for (size_t i = 0; i < c->uses.n; i++)
        vec_push(&e->uses, c->uses.p[i]);
    size_t kept = c->differences.n + c->omitted, defects = c->defects;
    compare(c);
    *e = (envelopes){.uses = e->uses};
    if (c->differences.n + c->omitted > kept || c->defects > defects)
        return;
    for (size_t i = 0; i < c->uses.n; i++) {
        compare_use before = i < e->uses.n ? e->uses.p[i] : (compare_use){0}, now = c->uses.p[i];
        compare_use grown = {.count = now.count - before.count, .money = now.money - before.money};
        if (i < e->uses.n)
            e->uses.p[i] = grown;
        else
            vec_push(&e->uses, grown);
    }
    *e = (envelopes){c->l->from,
                     c->m->from,
                     {c->l->interchange, c->l->group},
                     {c->m->interchange, c->m->group},
                     e->uses};
}

compare_use *use_add(comparison *c, text rule, compare_class class, uint64_t count)
{
    compare_use *u = NULL;
    for (size_t i = 0; i < c->uses.n && !u; i++)
        if (c->uses.p[i].class == class && text_equal(c->uses.p[i].rule, rule))
            u = &c->uses.p[i];
    if (!u) {
        vec_push(
            &c->uses,
            (compare_use){.rule = text_copy(c->memory, rule), .class = class, .last = SIZE_MAX});
        u = &vec_last(&c->uses);
    }
    use_count(c, u, count);
    return u;
}

/* A masked copy that outlives the pair's scratch memory; what is absent stays so. */
static text kept(comparison *c, bool modern, text ref, text t)
{
    const document_file *file = (modern ? c->m : c->l)->from;
    text stands = c->stands[modern];
    if (!t.p)
        return t;
    if (!c->masker)
        c->masker = comply_masker_new(c->memory);
    text shown = comply_masked(c->masker, c->kept, file, ref, stands.p ? stands : t);
    if (stands.p && shown.p == stands.p)
        shown = mask_text(c->kept, t);
    return shown.p == t.p ? text_copy(c->kept, t) : shown;
}

/* How a rule would name the place where the walk stands. */
static text ref_of(comparison *c, const place_ref *at)
{
    text path = buffer_view(&c->path);
    if (!compare_format_of(c->l)->applies || text_starts(path, TEXT("/"))) /* JSON, XML */
        return generic(c->kept, path);
    if (!at->tag.n || !at->element)
        return at->tag.n ? text_copy(c->kept, at->tag) : at->tag;
    return at->component
               ? text_format(c->kept, "%.*s%02u-%u", TEXT_ARG(at->tag), at->element, at->component)
               : text_format(c->kept, "%.*s%02u", TEXT_ARG(at->tag), at->element);
}

typedef struct {
    const place_ref *at;
    text legacy, modern;
    const char *what; /* "value", "type", "missing" */
} finding;

static void record(comparison *c, const finding *f, compare_class class, text rule)
{
    c->found++;
    if (class == CLASS_DEFECT)
        c->defects++;
    else
        use_add(c, rule, class, 1);
    if (class != CLASS_DEFECT && c->sink && c->sink->only_defects)
        return;
    /* A defect always finds room, so that a flood of noise cannot hide why a pair differs. */
    if (c->differences.n >= COMPARE_MOST && !(class == CLASS_DEFECT && c->defects == 1)) {
        c->omitted++;
        return;
    }
    text ref = ref_of(c, f->at);
    compare_difference d = {.path = mask_text(c->kept, text_copy(c->kept, buffer_view(&c->path))),
                            .legacy = kept(c, false, ref, f->legacy),
                            .modern = kept(c, true, ref, f->modern),
                            .class = class,
                            .rule = rule,
                            .ref = ref,
                            .money = compare_at_money(c, f->at, f->legacy, f->modern)};
    vec_push(&c->differences, d);
}

text rule_name_ignore(arena *a, text ref)
{
    return text_format(a, "ignore %.*s", TEXT_ARG(ref));
}

text rule_name_bound(arena *a, const compare_constraint *k)
{
    const char *open = k->argument.n ? "(" : "", *close = k->argument.n ? ")" : "";
    return text_format(a, "%.*s %s%s%.*s%s", TEXT_ARG(k->ref), compare_bound_word(k->bound), open,
                       TEXT_ARG(k->argument), close);
}

text rule_name_map(arena *a, const compare_mapping *m)
{
    return text_format(a, "map %.*s%s%.*s", TEXT_ARG(m->ref), m->ref.n ? " " : "",
                       TEXT_ARG(m->legacy));
}

static bool judge_ignored(comparison *c, const finding *f)
{
    const compare_options *o = c->options;
    for (size_t i = 0; i < o->ignores; i++) {
        if (!rule_applies(c, o->ignore[i], f->at))
            continue;
        text name = rule_name_ignore(c->kept, o->ignore[i]);
        record(c, f, CLASS_NOISE, name);
        use_add(c, name, CLASS_NOISE, 0)->money +=
            compare_at_money(c, f->at, f->legacy, f->modern) && !same_decimal(f->legacy, f->modern);
        return true;
    }
    return false;
}

static void record_bound(comparison *c, const finding *f, const compare_constraint *k, bool held)
{
    text name = rule_name_bound(c->kept, k);
    if (held && !compare_bound_keeps_value(k->bound) &&
        compare_at_money(c, f->at, f->legacy, f->modern)) {
        held = false;
        name = TEXT("money has no tolerance");
    }
    record(c, f, held ? CLASS_CONSTRAINED : CLASS_DEFECT, name);
}

/* JSON knows the types of its values; elsewhere a number must stay one. */
static bool is_like(const comparison *c, const finding *f)
{
    if (!f->legacy.p || !f->modern.p || strcmp(f->what, "type") == 0)
        return false;
    return c->l->from->kind == KIND_JSON || is_decimal(f->legacy) == is_decimal(f->modern);
}

static const compare_constraint *bound_at(comparison *c, const place_ref *at)
{
    const compare_options *o = c->options;
    for (size_t i = 0; i < o->constraints; i++)
        if (rule_applies(c, o->constrain[i].ref, at))
            return &o->constrain[i];
    return NULL;
}

static bool judge_constrained(comparison *c, const finding *f)
{
    const compare_constraint *k = bound_at(c, f->at);
    if (!k)
        return false;
    bool held = k->bound == BOUND_LIKE ? is_like(c, f) : compare_keeps(k, f->legacy, f->modern);
    record_bound(c, f, k, held);
    return true;
}

const compare_constraint *like_at(comparison *c, const place_ref *at)
{
    const compare_options *o = c->options;
    const compare_constraint *k = o->constraints ? bound_at(c, at) : NULL;
    for (size_t i = 0; k && i < o->ignores; i++)
        if (rule_applies(c, o->ignore[i], at))
            return NULL;
    return k && k->bound == BOUND_LIKE ? k : NULL;
}

void judge_like(comparison *c, const place_ref *at, text legacy, text modern,
                const compare_constraint *k, bool held)
{
    finding f = {at, legacy, modern, ""};
    record_bound(c, &f, k, held);
}

static bool judge_mapped(comparison *c, const finding *f)
{
    const compare_options *o = c->options;
    for (size_t i = 0; i < o->maps; i++) {
        const compare_mapping *m = &o->map[i];
        if (!text_equal(f->legacy, m->legacy) || !text_equal(f->modern, m->modern) ||
            (m->ref.n && !rule_applies(c, m->ref, f->at)))
            continue;
        record(c, f, CLASS_CONSTRAINED, rule_name_map(c->kept, m));
        return true;
    }
    return false;
}

void judge(comparison *c, const place_ref *at, text legacy, text modern, compare_class class,
           const char *rule)
{
    finding f = {at, legacy, modern, rule};
    if (judge_ignored(c, &f) || judge_constrained(c, &f) || judge_mapped(c, &f))
        return;
    encoding_loss lost = class == CLASS_DEFECT && strcmp(rule, "value") == 0
                             ? encoding_loss_of(legacy, modern)
                             : LOSS_NONE;
    record(c, &f, class,
           lost ? text_format(c->kept, "code page: %s", encoding_loss_word(lost)) : text_of(rule));
}

size_t path_add(comparison *c, const char *format, ...)
{
    size_t n = c->path.n;
    va_list args;
    va_start(args, format);
    buffer_vprintf(&c->path, format, args);
    va_end(args);
    return n;
}

void path_cut(comparison *c, size_t n)
{
    c->path.n = n;
}
