/* rulebook.c: reads the rules of a comparison from YAML (base/yaml.h). */
#include "stdlib/compare/rulebook.h"
#include "base/vec.h"
#include "base/yaml.h"

#include <string.h>

static const yaml_limits limits = {.levels = 4, .nodes = 1 << 16};

typedef VEC(text) text_list;

typedef struct {
    arena *a;
    text bytes;
    rulebook_fault *fault;
    text_list keys, ignores, unordered;
    VEC(compare_constraint) constrain;
    VEC(compare_mapping) map;
} reading;

static void place(reading *r, uint32_t offset)
{
    r->fault->line = r->fault->column = 1;
    for (size_t i = 0; i < offset && i < r->bytes.n; i++) {
        r->fault->column++;
        if (r->bytes.p[i] == '\n')
            r->fault->line++, r->fault->column = 1;
    }
}

static bool wrong(reading *r, const yaml_node *at, text message)
{
    r->fault->message = message;
    place(r, at->start);
    return false;
}

static bool read_text(reading *r, const yaml_node *n, const char *what, text *out)
{
    if (n->kind != YAML_SCALAR || n->value.n == 0)
        return wrong(r, n, text_format(r->a, "%s is a text, as in `BEG03`", what));
    *out = n->value;
    return true;
}

/* A list of texts, or a lone one. */
static bool read_texts(reading *r, const yaml_node *n, const char *what, text_list *out)
{
    text one;
    bool lone = n->kind != YAML_LIST;
    for (const yaml_node *x = lone ? n : n->first; x; x = lone ? NULL : x->next) {
        if (!read_text(r, x, what, &one))
            return false;
        vec_push(out, one);
    }
    return true;
}

static bool read_keys(reading *r, const yaml_node *n)
{
    return read_texts(r, n, "an element of `key`", &r->keys);
}

static bool read_ignores(reading *r, const yaml_node *n)
{
    return read_texts(r, n, "an element of `ignore`", &r->ignores);
}

static bool read_unordered(reading *r, const yaml_node *n)
{
    return read_texts(r, n, "an element of `unordered`", &r->unordered);
}

static bool read_constraints(reading *r, const yaml_node *n)
{
    if (n->kind != YAML_MAP)
        return wrong(r, n, TEXT("`constrain` is a map, as in `{ISA13: increasing}`"));
    for (const yaml_node *k = n->first; k && k->next; k = k->next->next) {
        compare_constraint one;
        text word, message;
        if (!read_text(r, k, "a key of `constrain`", &one.ref) ||
            !read_text(r, k->next, "a bound", &word))
            return false;
        if (!compare_bound_read(r->a, word, &one, &message))
            return wrong(r, k->next, message);
        vec_push(&r->constrain, one);
    }
    return true;
}

static bool read_mapping(reading *r, const yaml_node *n)
{
    static const char form[] = "a mapping is `{at: REF, legacy: VALUE, modern: VALUE}`";
    compare_mapping one = {0};
    bool legacy = false, modern = false;
    if (n->kind != YAML_MAP)
        return wrong(r, n, TEXT(form));
    for (const yaml_node *k = n->first; k && k->next; k = k->next->next) {
        const yaml_node *v = k->next;
        if (v->kind != YAML_SCALAR)
            return wrong(r, v, TEXT(form));
        if (text_is(k->value, "at"))
            one.ref = v->value;
        else if (text_is(k->value, "legacy"))
            one.legacy = v->value, legacy = true;
        else if (text_is(k->value, "modern"))
            one.modern = v->value, modern = true;
        else
            return wrong(r, k, TEXT(form));
    }
    if (!legacy || !modern)
        return wrong(r, n, TEXT(form));
    vec_push(&r->map, one);
    return true;
}

static bool read_map(reading *r, const yaml_node *n)
{
    if (n->kind != YAML_LIST)
        return wrong(r, n, TEXT("`map` is a list of `{at: REF, legacy: VALUE, modern: VALUE}`"));
    for (const yaml_node *x = n->first; x; x = x->next)
        if (!read_mapping(r, x))
            return false;
    return true;
}

static bool read_member(reading *r, const yaml_node *key)
{
    static const struct {
        const char *name;
        bool (*read)(reading *r, const yaml_node *n);
    } members[] = {{"key", read_keys},
                   {"ignore", read_ignores},
                   {"constrain", read_constraints},
                   {"unordered", read_unordered},
                   {"map", read_map}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (text_is(key->value, members[i].name))
            return members[i].read(r, key->next);
    return wrong(r, key,
                 text_format(r->a,
                             "a rules file has no `%.*s`; it has key, ignore, constrain, unordered "
                             "and map",
                             TEXT_ARG(key->value)));
}

static bool read_document(reading *r)
{
    yaml_fault fault;
    const yaml_node *root = yaml_read(r->a, r->bytes, 0, &limits, &fault);
    if (!root && fault.message.n == 0)
        return true; /* an empty file: no rules */
    if (!root) {
        r->fault->message = fault.message;
        place(r, fault.start);
        return false;
    }
    if (root->kind != YAML_MAP)
        return wrong(r, root, TEXT("a rules file is a map: `ignore: [ISA09]`"));
    for (const yaml_node *k = root->first; k && k->next; k = k->next->next)
        if (!read_member(r, k))
            return false;
    return true;
}

/* Given ones in front, those of the file behind them. */
#define JOIN(a, T, had, hads, list)                                                                \
    do {                                                                                           \
        T *joined = arena_array(a, T, (hads) + (list).n);                                          \
        for (size_t i = 0; i < (hads); i++)                                                        \
            joined[i] = (had)[i];                                                                  \
        for (size_t i = 0; i < (list).n; i++)                                                      \
            joined[(hads) + i] = (list).p[i];                                                      \
        (had) = joined;                                                                            \
        (hads) += (list).n;                                                                        \
    } while (0)

bool rulebook_read(arena *a, text bytes, compare_options *o, rulebook_fault *fault)
{
    reading r = {.a = a, .bytes = bytes, .fault = fault};
    bool sound = read_document(&r);
    if (sound) {
        JOIN(a, text, o->key, o->keys, r.keys);
        JOIN(a, text, o->ignore, o->ignores, r.ignores);
        JOIN(a, text, o->unordered, o->unordereds, r.unordered);
        JOIN(a, compare_constraint, o->constrain, o->constraints, r.constrain);
        JOIN(a, compare_mapping, o->map, o->maps, r.map);
    }
    vec_release(&r.keys);
    vec_release(&r.ignores);
    vec_release(&r.unordered);
    vec_release(&r.constrain);
    vec_release(&r.map);
    return sound;
}
