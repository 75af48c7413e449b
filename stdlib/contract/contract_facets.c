/* contract_facets.c: what a schema says of single values: type, format, values, limits, pattern,
 * default. */
#include "base/decimal.h"
#include "stdlib/contract/contract_compare.h"

#include <stdlib.h>

/* --- types --- */

static bool types_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "type"), *new = schema_word(m, "type");
    const spec_node *old_place = old || !l->parts.n ? old : l->parts.node[0];
    const spec_node *new_place = new || !m->parts.n ? new : m->parts.node[0];
    unsigned both = l->types & m->types;
    if (l->types != m->types || l->never != m->never) {
        bool within = m->never || (!l->never && both == m->types);
        contract_rule fact = within             ? RULE_TYPE_NARROWED
                             : l->never         ? RULE_TYPE_WIDENED
                             : both == l->types ? RULE_TYPE_WIDENED
                                                : RULE_TYPE_CHANGED;
        walk_tell(w, fact, (text){0},
                  l->never ? TEXT("nothing") : schema_type_words(w->memory, w->legacy, l->types),
                  m->never ? TEXT("nothing") : schema_type_words(w->memory, w->modern, m->types),
                  old_place, new_place);
    }
    bool any = l->types == TYPE_ANY || m->types == TYPE_ANY || l->never || m->never;
    if (l->null != m->null && !any)
        walk_tell(w, m->null ? RULE_NULL_ACCEPTED : RULE_NULL_REFUSED, (text){0},
                  l->null ? TEXT("null") : (text){0}, m->null ? TEXT("null") : (text){0}, old_place,
                  new_place);
    if (any && l->types != m->types)
        return false; /* all else that is new or gone is part of that */
    return both != 0 && !l->never && !m->never;
}

/* --- formats --- */

enum { INTEGER_WIDTHS = 4, WIDTHS = 6 };

/* OpenAPI 3.0.4, 4.4.1; of XML Schema byte and short: each holds all values of the one before. */
static int width(text format)
{
    static const char *const wider[] = {"int8", "int16", "int32", "int64", "float", "double"};
    for (int i = 0; i < WIDTHS; i++)
        if (text_is(format, wider[i]))
            return i;
    return -1;
}

static void formats_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "format"), *new = schema_word(m, "format");
    text x = old ? old->value : (text){0}, y = new ? new->value : (text){0};
    if (text_equal(x, y))
        return;
    int from = width(x), to = width(y);
    bool sized = from >= 0 && to >= 0 && (from < INTEGER_WIDTHS) == (to < INTEGER_WIDTHS);
    contract_rule fact = !old        ? RULE_FORMAT_ADDED
                         : !new      ? RULE_FORMAT_REMOVED
                         : !sized    ? RULE_FORMAT_CHANGED
                         : from < to ? RULE_FORMAT_WIDENED
                                     : RULE_FORMAT_NARROWED;
    walk_tell(w, fact, (text){0}, x, y, old, new);
}

/* --- values --- */

typedef struct {
    const spec_node *const *value;  /* in the order of the document */
    const spec_node *const *sorted; /* and in that of by_value */
    uint32_t n;
    const spec_node *place; /* NULL: any value */
} value_set;

/* An order of single values; lists and objects stand at the end, in none. */
static int by_value(const void *x, const void *y)
{
    const spec_node *a = *(const spec_node *const *)x, *b = *(const spec_node *const *)y;
    if (a->kind != b->kind || a->kind >= SPEC_LIST)
        return (a->kind > b->kind) - (a->kind < b->kind);
    return a->kind == SPEC_NUMBER ? decimal_compare_text(a->value, b->value)
                                  : text_compare(a->value, b->value);
}

static bool in_set(const value_set *s, const spec_node *v)
{
    if (v->kind < SPEC_LIST)
        return s->n && bsearch(&v, s->sorted, s->n, sizeof v, by_value) != NULL;
    for (uint32_t i = s->n; i-- > 0 && s->sorted[i]->kind >= SPEC_LIST;)
        if (spec_equal(s->sorted[i], v))
            return true;
    return false;
}

/* What `const` or `enum` allow; null is told as a type. */
static value_set values_of(arena *a, const schema *s)
{
    const spec_node *one = schema_word(s, "const"), *list = schema_word(s, "enum");
    value_set out = {.place = one ? one : list && list->kind == SPEC_LIST ? list : NULL};
    uint32_t n = one ? 1 : out.place ? list->count : 0;
    const spec_node **value = arena_array(a, const spec_node *, n);
    const spec_node **sorted = arena_array(a, const spec_node *, n);
    for (uint32_t i = 0; i < n; i++) {
        const spec_node *v = one ? one : &list->child[i];
        if (v->kind != SPEC_NULL)
            value[out.n] = sorted[out.n] = v, out.n++;
    }
    if (out.n)
        qsort(sorted, out.n, sizeof *sorted, by_value);
    out.value = value;
    out.sorted = sorted;
    return out;
}

enum { VALUES_SHOWN = 12 };

static text value_words(const spec_node *v)
{
    return v->kind == SPEC_LIST  ? TEXT("a list")
           : v->kind == SPEC_MAP ? TEXT("an object")
                                 : v->value;
}

/* The values of one set that are not in the other, as "a, b, c"; *n counts them. */
static text missing_from(arena *a, const value_set *s, const value_set *other, uint32_t *n)
{
    buffer b = {0};
    *n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (other && in_set(other, s->value[i]))
            continue;
        if ((*n)++ < VALUES_SHOWN)
            buffer_printf(&b, "%s%.*s", b.n ? ", " : "", TEXT_ARG(value_words(s->value[i])));
    }
    if (*n > VALUES_SHOWN)
        buffer_printf(&b, " and %u more", *n - VALUES_SHOWN);
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static void sets_compare(schema_walk *w, const value_set *l, const value_set *m)
{
    uint32_t removed, added;
    text old = missing_from(w->memory, l, m, &removed), new = missing_from(w->memory, m, l, &added);
    if (removed == l->n && removed && added) {
        walk_tell(w, RULE_VALUES_REPLACED, (text){0}, old, new, l->place, m->place);
        return;
    }
    if (removed)
        walk_tell(w, RULE_VALUE_REMOVED, (text){0}, old, (text){0}, l->place, m->place);
    if (added)
        walk_tell(w, RULE_VALUE_ADDED, (text){0}, (text){0}, new, l->place, m->place);
}

static void values_compare(schema_walk *w, const schema *l, const schema *m)
{
    uint32_t n;
    value_set old = values_of(w->memory, l), new = values_of(w->memory, m);
    if (!walk_spend(w, (old.n + new.n) / 8)) {
        return;
    } else if (old.place && new.place) {
        sets_compare(w, &old, &new);
    } else if (new.place) {
        walk_tell(w, RULE_VALUES_SET, (text){0}, (text){0}, missing_from(w->memory, &new, NULL, &n),
                  NULL, new.place);
    } else if (old.place) {
        walk_tell(w, RULE_VALUES_FREED, (text){0}, missing_from(w->memory, &old, NULL, &n),
                  (text){0}, old.place, NULL);
    }
}

/* --- limits --- */

typedef struct {
    const spec_node *node; /* NULL: none */
    bool exclusive;
} bound;

/* Positive when a is tighter than b; `upper`: the smaller one is. */
static int tighter(bound a, bound b, bool upper)
{
    if (!a.node || !b.node)
        return (a.node != NULL) - (b.node != NULL);
    int c = decimal_compare_text(a.node->value, b.node->value);
    if (c == 0)
        return (int)a.exclusive - (int)b.exclusive;
    return upper ? -c : c;
}

static bound number_of(const spec_node *part, const char *word, bool exclusive)
{
    return (bound){spec_of_kind(part, word, SPEC_NUMBER), exclusive};
}

/* Before 3.1 `exclusiveMinimum: true` speaks of `minimum`; from then on it is a limit itself. */
static bound bound_of(const schema *s, const char *word, const char *exclusive, bool upper)
{
    bound best = {0};
    for (uint32_t i = 0; i < s->parts.n; i++) {
        const spec_node *part = s->parts.node[i];
        bound one = number_of(part, word, exclusive && spec_true(part, exclusive));
        best = tighter(one, best, upper) > 0 ? one : best;
        one = exclusive ? number_of(part, exclusive, true) : (bound){0};
        best = tighter(one, best, upper) > 0 ? one : best;
    }
    return best;
}

/* No length is below 0: such a limit is none. */
static bound meaningful(bound b, bool count)
{
    bool none = count && b.node && decimal_compare_text(b.node->value, TEXT("0")) <= 0;
    return none ? (bound){0} : b;
}

static text bound_words(arena *a, bound b, const char *word)
{
    if (!b.node)
        return (text){0};
    return text_format(a, "%s %.*s%s", word, TEXT_ARG(b.node->value),
                       b.exclusive ? ", exclusive" : "");
}

/* That an element repeats, or does not any more, is more than a limit: contract_content.c. */
static bool from_or_to_one(const char *word, bound old, bound new)
{
    return strcmp(word, "maxOccurs") == 0 && ((old.node && text_is(old.node->value, "1")) ||
                                              (new.node &&text_is(new.node->value, "1")));
}

static void limits_compare(schema_walk *w, const schema *l, const schema *m)
{
    static const struct {
        const char *word, *exclusive;
        bool upper;
        unsigned types;
    } limits[] = {
        {"minimum", "exclusiveMinimum", false, TYPE_NUMBER | TYPE_INTEGER},
        {"maximum", "exclusiveMaximum", true, TYPE_NUMBER | TYPE_INTEGER},
        {"minLength", NULL, false, TYPE_STRING},
        {"maxLength", NULL, true, TYPE_STRING},
        {"minItems", NULL, false, TYPE_ARRAY},
        {"maxItems", NULL, true, TYPE_ARRAY},
        {"minProperties", NULL, false, TYPE_OBJECT},
        {"maxProperties", NULL, true, TYPE_OBJECT},
        {"minContains", NULL, false, TYPE_ARRAY},
        {"maxContains", NULL, true, TYPE_ARRAY},
        {"minOccurs", NULL, false, TYPE_ANY},
        {"maxOccurs", NULL, true, TYPE_ANY},
        {"totalDigits", NULL, true, TYPE_NUMBER},
        {"fractionDigits", NULL, true, TYPE_NUMBER},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        bool count = !limits[i].exclusive && !limits[i].upper, upper = limits[i].upper;
        bound old = meaningful(bound_of(l, limits[i].word, limits[i].exclusive, upper), count);
        bound new = meaningful(bound_of(m, limits[i].word, limits[i].exclusive, upper), count);
        int c = tighter(new, old, upper);
        if (c && !from_or_to_one(limits[i].word, old, new))
            walk_tell(w, c > 0 ? RULE_LIMIT_TIGHTENED : RULE_LIMIT_LOOSENED, (text){0},
                      bound_words(w->memory, old, limits[i].word),
                      bound_words(w->memory, new, limits[i].word), old.node, new.node);
    }
}

/* Whether every multiple of a is one of b. */
static bool multiple_of(const spec_node *a, const spec_node *b)
{
    int64_t x, y;
    return decimal_read(a->value, SCALE_NUMBER, false, &x, NULL) &&
           decimal_read(b->value, SCALE_NUMBER, false, &y, NULL) && y > 0 && x % y == 0;
}

static void multiples_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "multipleOf"), *new = schema_word(m, "multipleOf");
    old = old && old->kind == SPEC_NUMBER ? old : NULL;
    new = new &&new->kind == SPEC_NUMBER ? new : NULL;
    if (spec_equal(old, new))
        return;
    bool within = !old || (new &&multiple_of(new, old));
    bool around = !new || (old && multiple_of(old, new));
    walk_tell(w,
              within   ? RULE_LIMIT_TIGHTENED
              : around ? RULE_LIMIT_LOOSENED
                       : RULE_LIMIT_CHANGED,
              (text){0}, bound_words(w->memory, (bound){old, false}, "multipleOf"),
              bound_words(w->memory, (bound){new, false}, "multipleOf"), old, new);
}

static void uniqueness_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "uniqueItems"), *new = schema_word(m, "uniqueItems");
    bool was = old && text_is(old->value, "true"), is = new &&text_is(new->value, "true");
    if (was != is)
        walk_tell(w, is ? RULE_LIMIT_TIGHTENED : RULE_LIMIT_LOOSENED, (text){0},
                  was ? TEXT("uniqueItems") : (text){0}, is ? TEXT("uniqueItems") : (text){0}, old,
                  new);
}

/* --- patterns and defaults --- */

static const spec_node *pattern_of(const schema *s)
{
    static const char *const all[] = {"", ".*", "^.*$", "^.*", ".*$"};
    const spec_node *n = schema_word(s, "pattern");
    for (size_t i = 0; n && i < sizeof all / sizeof *all; i++)
        if (text_is(n->value, all[i]))
            return NULL;
    return n;
}

static void patterns_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = pattern_of(l), *new = pattern_of(m);
    if (spec_equal(old, new))
        return;
    walk_tell(w,
              !old   ? RULE_PATTERN_ADDED
              : !new ? RULE_PATTERN_REMOVED
                     : RULE_PATTERN_CHANGED,
              (text){0}, old ? old->value : (text){0}, new ? new->value : (text){0}, old, new);
}

static void defaults_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "default"), *new = schema_word(m, "default");
    if (spec_equal(old, new))
        return;
    walk_tell(w, old ? RULE_DEFAULT_CHANGED : RULE_DEFAULT_ADDED, (text){0},
              old ? value_words(old) : (text){0}, new ? value_words(new) : (text){0}, old, new);
}

bool facets_compare(schema_walk *w, const schema *l, const schema *m)
{
    if (!types_compare(w, l, m))
        return false;
    formats_compare(w, l, m);
    values_compare(w, l, m);
    limits_compare(w, l, m);
    multiples_compare(w, l, m);
    uniqueness_compare(w, l, m);
    patterns_compare(w, l, m);
    defaults_compare(w, l, m);
    return true;
}
