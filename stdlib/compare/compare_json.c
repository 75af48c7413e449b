/* compare_json.c: JSON as a tree that is opened where prints differ. The order of keys is not
 * content; list elements are known among their like by an identifying member. */
#include "stdlib/compare/compare_parts.h"

/* Members that identify an element of a list, the first that it has. */
static const char *const identifiers[] = {"id",   "key",  "sku",    "code",
                                          "line", "name", "number", "line_number"};

static text identity(const json_document *d, uint32_t node)
{
    if (d->node[node].kind != JSON_OBJECT)
        return (text){0};
    for (size_t i = 0; i < sizeof identifiers / sizeof *identifiers; i++) {
        uint32_t m = json_member(d, node, text_of(identifiers[i]));
        if (m && d->node[m].kind != JSON_OBJECT && d->node[m].kind != JSON_ARRAY)
            return json_raw(d, m);
    }
    return (text){0};
}

/* The file's document, and those of folded values that were opened. */
typedef struct {
    VEC(const json_document *) reading;
} readings;

static document_node node_of(arena *a, const json_document *d, uint32_t at, bool element)
{
    static const node_shape shapes[] = {[JSON_ARRAY] = SHAPE_LIST, [JSON_OBJECT] = SHAPE_OBJECT};
    const json_node *j = &d->node[at];
    document_node n = {.value = json_raw(d, at), .print = d->print[at], .of = at};
    if (j->kind == JSON_TEXT)
        n.value = json_text(a, d, at);
    n.shape = j->kind >= JSON_ARRAY ? shapes[j->kind] : SHAPE_VALUE;
    n.type = j->kind == JSON_TEXT     ? VALUE_TEXT
             : j->kind == JSON_NUMBER ? VALUE_NUMBER
                                      : VALUE_OTHER;
    /* Elements of lists have no name of their own; what they hold is told apart by shape. */
    if (!element)
        n.name = json_key(a, d, at);
    return n;
}

/* Where the children of a node are: in its own document, or in that of the folded value it is. */
static const json_document *unfolded(arena *a, document_tree *t, uint32_t *in, uint32_t *at)
{
    readings *r = (void *)(uintptr_t)t->source;
    const json_document *d = r->reading.p[*in];
    if (!d->node[*at].folded)
        return d;
    json_document *inside = arena_new(a, json_document);
    json_unfold(a, d, *at, inside);
    vec_push(&r->reading, inside);
    *in = (uint32_t)r->reading.n - 1;
    *at = 0;
    return inside;
}

/* Asked of what is left when equal elements are paired. */
static text identify(arena *a, document_tree *t, uint32_t node)
{
    const readings *r = t->source;
    uint32_t at = t->node[node].of;
    const json_document *d = r->reading.p[t->node[node].in];
    if (!d->node[at].folded)
        return identity(d, at);
    arena inside = {0};
    json_document element;
    json_unfold(&inside, d, at, &element);
    text key = identity(&element, 0); /* a view into the file */
    arena_release(&inside);
    (void)a;
    return key;
}

static void open_node(arena *a, document_tree *t, uint32_t node)
{
    uint32_t at = t->node[node].of, in = t->node[node].in;
    const json_document *d = unfolded(a, t, &in, &at);
    bool list = d->node[at].kind == JSON_ARRAY;
    for (uint32_t i = at + 1; i < d->node[at].next; i = d->node[i].next) {
        document_node n = node_of(a, d, i, list);
        n.in = in;
        document_tree_push(t, n);
    }
}

/* Of lists that are not folded. */
static bool next_child(const document_tree *t, uint32_t node, uint32_t *at, uint64_t *print,
                       uint64_t *called)
{
    const readings *r = t->source;
    const json_document *d = r->reading.p[t->node[node].in];
    const json_node *list = &d->node[t->node[node].of];
    uint32_t i = *at ? d->node[*at].next : t->node[node].of + 1;
    if (list->kind != JSON_ARRAY || list->folded || i >= list->next)
        return false;
    *at = i;
    *print = d->print[i];
    *called = 1; /* they have no names */
    return true;
}

static void open_some(arena *a, document_tree *t, uint32_t node, const uint32_t *place, size_t n)
{
    const readings *r = t->source;
    uint32_t in = t->node[node].in, nth = 0;
    const json_document *d = r->reading.p[in];
    for (uint32_t i = t->node[node].of + 1, k = 0; k < n; i = d->node[i].next, nth++)
        if (nth == place[k]) {
            document_node child = node_of(a, d, i, true);
            child.in = in;
            document_tree_push(t, child);
            k++;
        }
}

static document_tree tree_of(arena *a, const unit *u, readings *r)
{
    const json_document *d = u->from->content;
    document_tree t = {.open = open_node,
                       .next = next_child,
                       .open_some = open_some,
                       .identify = identify,
                       .source = r};
    vec_push(&r->reading, d);
    document_tree_push(&t, node_of(a, d, u->part == WHOLE ? 0 : u->part, true));
    return t;
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
    if (text_starts(ref, TEXT("/"))
            ? !json_point_folded(a, &d, ref, &node)
            : !json_follow_folded(a, &d, text_slice(ref, from, ref.n), &node))
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
    readings of_l = {0}, of_m = {0};
    document_tree l = tree_of(c->scratch, c->l, &of_l), m = tree_of(c->scratch, c->m, &of_m);
    compare_opened(c, &l, &m, c->l->part == WHOLE ? TEXT("$") : c->l->list);
    document_tree_release(&l);
    document_tree_release(&m);
    vec_release(&of_l.reading);
    vec_release(&of_m.reading);
}

const compare_format json_compare = {
    .split = split,
    .value = value_of,
    .compare = compare_units,
    .content = compare_json_content,
    .places = compare_json_places,
};

/* YAML is read as JSON says the same. Its lines are the file's own, where the values are not. */
const compare_format yaml_compare = {
    .split = split,
    .value = value_of,
    .compare = compare_units,
    .content = compare_json_content,
    .places = compare_line_places,
};
