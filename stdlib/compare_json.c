/* compare_json.c: JSON as a tree. Objects print as the sum of their members, so that the order of
 * keys is not content; list elements are known among their like by an identifying member. */
#include "stdlib/compare_parts.h"

/* Members that identify an element of a list, the first that it has. */
static const char *const identifiers[] = {"id",   "key",  "sku",    "code",
                                          "line", "name", "number", "line_number"};

static uint64_t mix(uint64_t print, uint64_t more)
{
    return print_add(print, (text){(const char *)&more, sizeof more});
}

static text identity(arena *a, const json_document *d, uint32_t node)
{
    if (d->node[node].kind != JSON_OBJECT)
        return (text){0};
    for (size_t i = 0; i < sizeof identifiers / sizeof *identifiers; i++) {
        uint32_t m = json_member(d, node, text_of(identifiers[i]));
        if (m && d->node[m].kind != JSON_OBJECT && d->node[m].kind != JSON_ARRAY)
            return text_format(a, "%s=%.*s", identifiers[i], TEXT_ARG(json_raw(d, m)));
    }
    return (text){0};
}

static void fill_leaf(arena *a, const json_document *d, uint32_t at, document_node *n)
{
    json_kind kind = d->node[at].kind;
    n->shape = SHAPE_VALUE;
    n->type = kind == JSON_TEXT ? VALUE_TEXT : kind == JSON_NUMBER ? VALUE_NUMBER : VALUE_OTHER;
    n->value = kind == JSON_TEXT ? json_text(a, d, at) : json_raw(d, at);
    n->print = print_add((uint64_t)n->type + 1, n->value);
}

/* Nodes of the subtree at `at` of `d`, as they stand; prints are made from the last to the first,
 * so that children have theirs before their parent needs it. */
static void build(arena *a, const json_document *d, uint32_t at, document_tree *out)
{
    out->nodes = d->node[at].next - at;
    out->node = arena_array(a, document_node, out->nodes);
    for (uint32_t i = out->nodes; i-- > 0;) {
        const json_node *j = &d->node[at + i];
        document_node *n = &out->node[i];
        n->next = j->next - at;
        n->count = j->count;
        if (j->key_end > j->key_start)
            n->name = json_key(a, d, at + i);
        n->key = n->name.n ? (text){0} : identity(a, d, at + i);
        if (j->kind != JSON_OBJECT && j->kind != JSON_ARRAY) {
            fill_leaf(a, d, at + i, n);
            continue;
        }
        n->value = json_raw(d, at + i);
        n->shape = j->kind == JSON_OBJECT ? SHAPE_OBJECT : SHAPE_LIST;
        n->print = (uint64_t)n->shape + 10;
        for (uint32_t k = i + 1; k < n->next; k = out->node[k].next) {
            const document_node *child = &out->node[k];
            if (n->shape == SHAPE_OBJECT)
                n->print += mix(child->print, text_hash(child->name));
            else
                n->print = mix(n->print, child->print);
        }
    }
    /* Elements of lists have no name of their own; what they hold is told apart by shape. */
    for (uint32_t i = 0; i < out->nodes; i++)
        if (out->node[i].shape == SHAPE_LIST)
            for (uint32_t k = i + 1; k < out->node[i].next; k = out->node[k].next)
                out->node[k].name = (text){0};
}

void compare_json_units(comparison *c)
{
    const json_document *l = c->l->from->json, *m = c->m->from->json;
    document_tree x, y;
    build(c->scratch, l, c->l->part == WHOLE ? 0 : c->l->part, &x);
    build(c->scratch, m, c->m->part == WHOLE ? 0 : c->m->part, &y);
    compare_trees(c, &x, &y, c->l->part == WHOLE ? TEXT("$") : c->l->from->list);
}
