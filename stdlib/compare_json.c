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

/* Of a document that is an element of a list, the path goes on behind the last [*]. */
static text value_of(arena *a, const unit *u, text ref)
{
    const json_document *d = u->from->content;
    uint32_t node = u->part == WHOLE ? 0 : u->part;
    size_t from = text_starts(ref, TEXT("$.")) ? 2 : text_starts(ref, TEXT("$"));
    for (size_t i = from; u->part != WHOLE && i + 3 <= ref.n; i++)
        if (memcmp(ref.p + i, "[*]", 3) == 0)
            from = i + (i + 3 < ref.n && ref.p[i + 3] == '.' ? 4 : 3);
    if (!json_follow(d, text_slice(ref, from, ref.n), &node))
        return (text){0};
    return d->node[node].kind == JSON_TEXT ? json_text(a, d, node) : json_raw(d, node);
}

static bool split(comparison *c, const document_file *f, unit_list *list)
{
    const json_document *d = f->content;
    for (size_t k = 0; k < c->options->keys; k++) {
        text ref = c->options->key[k], head = ref;
        while (head.n >= 3 && !text_ends(head, TEXT("[*]")))
            head.n--;
        if (head.n < 3)
            continue;
        text items = head;
        head.n -= 3;
        head = text_slice(head, text_starts(head, TEXT("$.")) ? 2 : text_starts(head, TEXT("$")),
                          head.n);
        uint32_t at = 0;
        if (!json_follow(d, head, &at) || d->node[at].kind != JSON_ARRAY)
            continue;
        for (uint32_t i = at + 1; i < d->node[at].next; i = d->node[i].next)
            unit_add(c, list, (unit){.from = f, .list = items, .part = i});
        return true;
    }
    return false;
}

static void compare_units(comparison *c)
{
    const json_document *l = c->l->from->content, *m = c->m->from->content;
    document_tree x, y;
    build(c->scratch, l, c->l->part == WHOLE ? 0 : c->l->part, &x);
    build(c->scratch, m, c->m->part == WHOLE ? 0 : c->m->part, &y);
    compare_trees(c, &x, &y, c->l->part == WHOLE ? TEXT("$") : c->l->list);
}

const compare_format json_compare = {
    .split = split,
    .value = value_of,
    .compare = compare_units,
    .places = compare_json_places,
};
