/* yaml.c: see yaml.h. One recursion over libyaml's events, as deep as the limits allow. */
#include "base/yaml.h"
#include "base/vec.h"

#include <string.h>
#include <yaml.h>

enum { ANCHORS_MOST = 1 << 12 }; /* each alias looks through them */

typedef struct {
    text name;
    const yaml_node *node;
    bool open; /* the node is being read: an alias here would be inside of it */
} anchor;

typedef struct {
    arena *memory;
    text bytes;
    uint32_t base;
    const yaml_limits *limits;
    yaml_parser_t parser;
    VEC(anchor) anchors;
    unsigned depth;
    uint64_t nodes;
    size_t index;    /* characters before */
    uint32_t offset; /* and bytes, of the mark looked at last */
    bool failed;
    yaml_fault fault;
} reader;

/* libyaml counts characters, a place bytes; its lines end at more signs than ours, so only its
 * count of characters is used. Marks come nearly in order: the walk goes on from the last one. */
static uint32_t offset_of(reader *r, yaml_mark_t mark)
{
    const char *from = r->bytes.p, *end = from + r->bytes.n, *p = from + r->offset;
    for (; r->index < mark.index && p < end; r->index++)
        do
            p++;
        while (p < end && ((unsigned char)*p & 0xc0) == 0x80);
    for (; r->index > mark.index && p > from; r->index--)
        do
            p--;
        while (p > from && ((unsigned char)*p & 0xc0) == 0x80);
    r->offset = (uint32_t)(p - from);
    return r->base + r->offset;
}

static yaml_node *refuse_text(reader *r, const yaml_event_t *e, text what)
{
    uint32_t start = offset_of(r, e->start_mark);
    r->fault = (yaml_fault){true, what, start, offset_of(r, e->end_mark)};
    r->failed = true;
    return NULL;
}

static yaml_node *refuse(reader *r, const yaml_event_t *e, const char *what)
{
    return refuse_text(r, e, text_of(what));
}

/* What libyaml says, in words of what people did; `context`: it is told where that began. */
static const struct {
    const char *problem;
    bool context;
    const char *said;
} yaml_problems[] = {
    {"found a tab character", false, "lines are indented with blanks, not with tabs"},
    {"found character that cannot start any token", false,
     "no value begins with this sign; a text stands in quotes"},
    {"could not find expected ':'", true,
     "this is no `key: value`; a blank stands behind the colon"},
    {"mapping values are not allowed", false,
     "this key is indented as if it were part of the value above"},
    {"found unexpected end of stream", true, "these quotes are not closed"},
    {"did not find expected ',' or ']'", true, "this `[` is not closed"},
    {"did not find expected ',' or '}'", true, "this `{` is not closed"},
    {"did not find expected key", false, "this line is not indented as its neighbours are"},
    {"did not find expected node content", false, "a value is missing here"},
    {"did not find expected '-' indicator", false,
     "this line is not indented as its neighbours are"},
};

static void broken(reader *r)
{
    const char *problem = r->parser.problem ? r->parser.problem : "it cannot be read";
    yaml_mark_t mark = r->parser.problem_mark;
    const char *said = NULL;
    for (size_t i = 0; !said && i < sizeof yaml_problems / sizeof *yaml_problems; i++)
        if (strncmp(problem, yaml_problems[i].problem, strlen(yaml_problems[i].problem)) == 0) {
            said = yaml_problems[i].said;
            if (yaml_problems[i].context && r->parser.context)
                mark = r->parser.context_mark;
        }
    uint32_t at = offset_of(r, mark);
    text message = said ? text_of(said) : text_format(r->memory, "this is no YAML: %s", problem);
    r->fault = (yaml_fault){false, message, at, at};
    r->failed = true;
}

static bool next_event(reader *r, yaml_event_t *e)
{
    if (yaml_parser_parse(&r->parser, e))
        return true;
    broken(r);
    return false;
}

static yaml_node *read_node(reader *r, const yaml_event_t *e);

static void add_child(yaml_node *n, yaml_node *child)
{
    *(n->first ? &n->last->next : &n->first) = child;
    n->last = child;
    n->count++;
    n->weight += child->weight;
    if (child->height >= n->height)
        n->height = child->height + 1;
}

static void read_children(reader *r, yaml_node *n, yaml_event_type_t end)
{
    yaml_event_t e;
    while (!r->failed && next_event(r, &e)) {
        if (e.type == end) {
            n->end = offset_of(r, e.end_mark);
            yaml_event_delete(&e);
            return;
        }
        yaml_node *child = read_node(r, &e);
        yaml_event_delete(&e);
        if (child)
            add_child(n, child);
    }
}

static yaml_node *counted(reader *r, const yaml_event_t *e, yaml_node *n)
{
    const yaml_limits *most = r->limits;
    r->nodes += n->weight;
    if (r->nodes > most->nodes)
        return refuse_text(
            r, e, text_format(r->memory, "more than %llu values", (unsigned long long)most->nodes));
    if (r->depth + n->height > most->levels)
        return refuse_text(r, e, text_format(r->memory, "more than %u levels", most->levels));
    return n;
}

/* The names of a file of configuration are few; the last one of a name counts. */
static const anchor *anchor_of(const reader *r, text name)
{
    for (size_t i = r->anchors.n; i-- > 0;)
        if (text_equal(r->anchors.p[i].name, name))
            return &r->anchors.p[i];
    return NULL;
}

static yaml_node *read_alias(reader *r, const yaml_event_t *e, yaml_node *n)
{
    if (!r->limits->anchors)
        return refuse(r, e, "an alias (`*name`)");
    const anchor *to = anchor_of(r, text_of((const char *)e->data.alias.anchor));
    if (!to)
        return refuse(r, e, "an alias of nothing");
    if (to->open)
        return refuse(r, e, "an alias inside of what it names");
    uint32_t start = n->start, end = n->end;
    *n = *to->node;
    n->next = NULL;
    n->start = start;
    n->end = end;
    return counted(r, e, n);
}

static const char *anchor_name(const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT: return (const char *)e->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT: return (const char *)e->data.sequence_start.anchor;
    default: return (const char *)e->data.mapping_start.anchor;
    }
}

static const char *tag_name(const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT: return (const char *)e->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT: return (const char *)e->data.sequence_start.tag;
    default: return (const char *)e->data.mapping_start.tag;
    }
}

/* False after a fault. */
static bool read_properties(reader *r, const yaml_event_t *e, yaml_node *n)
{
    const char *name = anchor_name(e), *tag = tag_name(e);
    if (name && !r->limits->anchors)
        return refuse(r, e, "an anchor (`&name`)");
    if (tag && (!r->limits->anchors || strncmp(tag, YAML_STR_TAG, sizeof "tag:yaml.org,2002:" - 1)))
        return refuse(r, e, "a tag (`!name`)");
    if (name && r->anchors.n == ANCHORS_MOST)
        return refuse(r, e, "so many anchors");
    if (name)
        vec_push(&r->anchors, (anchor){text_copy(r->memory, text_of(name)), n, true});
    if (tag && strcmp(tag, YAML_STR_TAG) == 0)
        n->quoted = true;
    return true;
}

static void read_scalar(reader *r, const yaml_event_t *e, yaml_node *n)
{
    n->value =
        text_copy(r->memory, (text){(const char *)e->data.scalar.value, e->data.scalar.length});
    if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        return;
    n->quoted = true;
    if (n->end > n->start + 1) {
        n->start++; /* the quotes are not part of the value */
        n->end--;
    }
}

static yaml_kind kind_of(const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SEQUENCE_START_EVENT: return YAML_LIST;
    case YAML_MAPPING_START_EVENT: return YAML_MAP;
    default: return YAML_SCALAR;
    }
}

static void read_container(reader *r, yaml_node *n)
{
    r->depth++;
    read_children(r, n, n->kind == YAML_LIST ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT);
    r->depth--;
}

static yaml_node *read_node(reader *r, const yaml_event_t *e)
{
    yaml_node *n = arena_new(r->memory, yaml_node);
    n->start = offset_of(r, e->start_mark);
    n->end = offset_of(r, e->end_mark);
    n->kind = kind_of(e);
    n->height = n->kind != YAML_SCALAR;
    n->weight = 1;
    if (e->type == YAML_ALIAS_EVENT)
        return read_alias(r, e, n);
    size_t named = r->anchors.n;
    if (!counted(r, e, n) || !read_properties(r, e, n))
        return NULL;
    bool anchored = r->anchors.n > named;
    if (n->kind == YAML_SCALAR)
        read_scalar(r, e, n);
    else
        read_container(r, n);
    if (anchored)
        r->anchors.p[named].open = false;
    return r->failed ? NULL : n;
}

static yaml_node *read_document(reader *r)
{
    yaml_node *root = NULL;
    yaml_event_t e;
    bool more = true;
    while (more && !r->failed && next_event(r, &e)) {
        more = e.type != YAML_STREAM_END_EVENT;
        if (e.type == YAML_DOCUMENT_START_EVENT && root)
            refuse(r, &e, "a second document");
        else if (e.type == YAML_SCALAR_EVENT || e.type == YAML_SEQUENCE_START_EVENT ||
                 e.type == YAML_MAPPING_START_EVENT || e.type == YAML_ALIAS_EVENT)
            root = read_node(r, &e);
        yaml_event_delete(&e);
    }
    return r->failed ? NULL : root;
}

yaml_node *yaml_read(arena *a, text bytes, uint32_t base, const yaml_limits *limits,
                     yaml_fault *fault)
{
    reader r = {.memory = a, .bytes = bytes, .base = base, .limits = limits};
    if (!yaml_parser_initialize(&r.parser))
        memory_exhausted();
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes.p, bytes.n);
    yaml_node *root = read_document(&r);
    yaml_parser_delete(&r.parser);
    vec_release(&r.anchors);
    *fault = r.fault;
    return root;
}

yaml_node *yaml_member(const yaml_node *map, const char *key)
{
    if (map->kind != YAML_MAP)
        return NULL;
    for (yaml_node *k = map->first; k && k->next; k = k->next->next)
        if (text_is(k->value, key))
            return k->next;
    return NULL;
}
