/* yaml.c: customers in YAML, through libyaml's events.
 *
 * The events become a small tree with the place of every scalar. Anchors, aliases and tags are
 * refused, and so is nesting beyond YAML_LEVELS: an inventory is read by people.
 */
#include "compiler/data_file.h"

#include <string.h>
#include <yaml.h>

enum { YAML_LEVELS = 16, YAML_NODES = 4 << 20 };

typedef struct ynode ynode;
typedef enum { Y_SCALAR, Y_LIST, Y_MAP } ykind;
struct ynode {
    ykind kind;
    scalar s;
    ynode *first, *last, *next; /* a map's children alternate: key, value */
};

typedef struct {
    compiler *c;
    source *file;
    yaml_parser_t parser;
    unsigned depth, nodes;
    size_t index;    /* characters before */
    uint32_t offset; /* and bytes, of the mark looked at last */
    bool failed;
} reader;

/* libyaml counts characters, a span bytes; its lines end at more signs than ours, so only its count
 * of characters is used. Marks come nearly in order: the walk goes on from the last one. */
static uint32_t offset_of(reader *r, yaml_mark_t mark)
{
    const char *from = r->file->bytes.p, *end = from + r->file->bytes.n, *p = from + r->offset;
    for (; r->index < mark.index && p < end; r->index++)
        do
            p++;
        while (p < end && ((unsigned char)*p & 0xc0) == 0x80);
    for (; r->index > mark.index && p > from; r->index--)
        do
            p--;
        while (p > from && ((unsigned char)*p & 0xc0) == 0x80);
    r->offset = (uint32_t)(p - from);
    return r->file->base + r->offset;
}

static span event_span(reader *r, const yaml_event_t *e)
{
    return (span){offset_of(r, e->start_mark), offset_of(r, e->end_mark)};
}

static void refuse(reader *r, const yaml_event_t *e, const char *what)
{
    fault(r->c, DIAG_E0606, event_span(r, e), "%s cannot stand in an inventory", what);
    r->failed = true;
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

static void broken_yaml(reader *r)
{
    const char *problem = r->parser.problem ? r->parser.problem : "it cannot be read";
    yaml_mark_t mark = r->parser.problem_mark;
    const char *said = problem;
    for (size_t i = 0; i < sizeof yaml_problems / sizeof *yaml_problems; i++)
        if (strncmp(problem, yaml_problems[i].problem, strlen(yaml_problems[i].problem)) == 0) {
            said = yaml_problems[i].said;
            if (yaml_problems[i].context && r->parser.context)
                mark = r->parser.context_mark;
            break;
        }
    uint32_t at = offset_of(r, mark);
    fault(r->c, DIAG_E0604, (span){at, at}, "%s%s", said == problem ? "this is no YAML: " : "", said);
}

static bool next_event(reader *r, yaml_event_t *e)
{
    if (yaml_parser_parse(&r->parser, e))
        return true;
    broken_yaml(r);
    r->failed = true;
    return false;
}

static ynode *read_node(reader *r, const yaml_event_t *e);

static void read_children(reader *r, ynode *n, yaml_event_type_t end)
{
    yaml_event_t e;
    while (!r->failed && next_event(r, &e)) {
        if (e.type == end) {
            n->s.at.end = offset_of(r, e.end_mark);
            yaml_event_delete(&e);
            return;
        }
        ynode *child = read_node(r, &e);
        yaml_event_delete(&e);
        if (!child)
            return;
        *(n->first ? &n->last->next : &n->first) = child;
        n->last = child;
    }
}

static ynode *read_scalar(reader *r, const yaml_event_t *e, ynode *n)
{
    n->s.t =
        text_copy(r->c->memory, (text){(const char *)e->data.scalar.value, e->data.scalar.length});
    if (e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE && n->s.at.end > n->s.at.start + 1) {
        n->s.at.start++; /* the quotes are not part of the value */
        n->s.at.end--;
    }
    return n;
}

static ynode *read_node(reader *r, const yaml_event_t *e)
{
    ynode *n = arena_new(r->c->memory, ynode);
    n->s.at = event_span(r, e);
    if (++r->nodes > YAML_NODES || r->depth > YAML_LEVELS) {
        refuse(r, e,
               r->depth > YAML_LEVELS ? "more than 16 levels" : "more than four million values");
        return NULL;
    }
    switch (e->type) {
    case YAML_ALIAS_EVENT: refuse(r, e, "an alias (`*name`)"); return NULL;
    case YAML_SCALAR_EVENT:
        if (e->data.scalar.anchor || e->data.scalar.tag) {
            refuse(r, e, e->data.scalar.anchor ? "an anchor (`&name`)" : "a tag (`!name`)");
            return NULL;
        }
        return read_scalar(r, e, n);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT: break;
    default: return n;
    }
    bool list = e->type == YAML_SEQUENCE_START_EVENT;
    if (list ? e->data.sequence_start.anchor != NULL : e->data.mapping_start.anchor != NULL) {
        refuse(r, e, "an anchor (`&name`)");
        return NULL;
    }
    n->kind = list ? Y_LIST : Y_MAP;
    r->depth++;
    read_children(r, n, list ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT);
    r->depth--;
    return r->failed ? NULL : n;
}

/* The one document of the file; NULL after a report, or when it is empty. */
static ynode *read_document(reader *r)
{
    ynode *root = NULL;
    yaml_event_t e;
    bool more = true;
    while (more && !r->failed && next_event(r, &e)) {
        more = e.type != YAML_STREAM_END_EVENT;
        if (e.type == YAML_DOCUMENT_START_EVENT && root) {
            refuse(r, &e, "a second document");
        } else if (e.type == YAML_SCALAR_EVENT || e.type == YAML_SEQUENCE_START_EVENT ||
                   e.type == YAML_MAPPING_START_EVENT || e.type == YAML_ALIAS_EVENT)
            root = read_node(r, &e);
        yaml_event_delete(&e);
    }
    return r->failed ? NULL : root;
}

/* --- from the tree to rows
 * -------------------------------------------------------------------------- */

static ynode *member(const ynode *map, const char *key)
{
    for (ynode *k = map->first; k && k->next; k = k->next->next)
        if (text_is(k->s.t, key))
            return k->next;
    return NULL;
}

static scalar scalar_of(const ynode *n, span otherwise)
{
    return n && n->kind == Y_SCALAR ? n->s : (scalar){TEXT(""), otherwise};
}

static void field_set(compiler *c, row *r, uint32_t table, scalar key, const ynode *v)
{
    if (v->kind == Y_SCALAR) {
        file_cell(c, r, table, key, v->s);
        return;
    }
    if (v->kind == Y_MAP) {
        fault(c, DIAG_E0601, v->s.at, "`%.*s` takes a value, not a map", TEXT_ARG(key.t));
        return;
    }
    size_t n = 0;
    for (ynode *x = v->first; x; x = x->next)
        n++;
    scalar *items = arena_array(c->memory, scalar, n);
    size_t k = 0;
    for (ynode *x = v->first; x; x = x->next)
        if (x->kind == Y_SCALAR)
            items[k++] = x->s;
        else
            fault(c, DIAG_E0601, x->s.at, "`%.*s` takes a list of values", TEXT_ARG(key.t));
    file_list(c, r, table, key, items, k);
}

static void contact_set(compiler *c, row *r, const ynode *map)
{
    for (ynode *k = map->first; k && k->next; k = k->next->next) {
        scalar key = {text_format(c->memory, "contact.%.*s", TEXT_ARG(k->s.t)), k->s.at};
        field_set(c, r, TABLE_CUSTOMER, key, k->next);
    }
}

static bool is_map(compiler *c, const ynode *n, const char *what)
{
    if (n->kind == Y_MAP)
        return true;
    fault(c, DIAG_E0601, n->s.at, "%s is a map: `key: value` lines", what);
    return false;
}

static void channel_set(compiler *c, row *customer, const ynode *n)
{
    if (!is_map(c, n, "a channel"))
        return;
    row *r = file_channel(c, customer, scalar_of(member(n, "name"), n->s.at),
                          scalar_of(member(n, "kind"), n->s.at));
    for (ynode *k = n->first; r && k && k->next; k = k->next->next)
        if (!text_is(k->s.t, "name") && !text_is(k->s.t, "kind") && !text_is(k->s.t, "customer"))
            field_set(c, r, TABLE_CHANNEL, k->s, k->next);
}

static void customer_set(compiler *c, const ynode *n)
{
    if (!is_map(c, n, "a customer"))
        return;
    row *r = file_customer(c, scalar_of(member(n, "name"), n->s.at));
    for (ynode *k = n->first; r && k && k->next; k = k->next->next) {
        ynode *v = k->next;
        if (text_is(k->s.t, "name"))
            continue;
        if (text_is(k->s.t, "contact") && v->kind == Y_MAP)
            contact_set(c, r, v);
        else if (text_is(k->s.t, "channels") && v->kind != Y_LIST)
            fault(c, DIAG_E0601, v->kind == Y_MAP ? k->s.at : v->s.at,
                  "`channels` is a list: each of them begins with `- `");
        else if (text_is(k->s.t, "channels"))
            for (ynode *x = v->first; x; x = x->next)
                channel_set(c, r, x);
        else
            field_set(c, r, TABLE_CUSTOMER, k->s, v);
    }
}

/* Where another key holds the only list, that one was meant. */
static void not_below(compiler *c, const ynode *root, span start, const char *key)
{
    const ynode *k = root && root->kind == Y_MAP ? root->first : NULL;
    bool renamed = k && k->next && !k->next->next && k->next->kind == Y_LIST;
    span at = renamed ? k->s.at : root && root->first ? root->first->s.at : start;
    diagnostic *g = fault(c, DIAG_E0604, at, "this file is a list below `%s:`", key);
    if (renamed)
        diag_suggest(c->d, g, at, text_of(key), "name it `%s`", key);
}

/* The list below `key:`, the only key of the file; NULL after a report. */
static const ynode *list_below(compiler *c, source *file, const char *key)
{
    reader r = {.c = c, .file = file};
    if (!yaml_parser_initialize(&r.parser))
        memory_exhausted();
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)file->bytes.p, file->bytes.n);
    ynode *root = read_document(&r);
    yaml_parser_delete(&r.parser);
    span start = {file->base, file->base};
    const ynode *list = root && root->kind == Y_MAP ? member(root, key) : NULL;
    bool is_list = list && list->kind == Y_LIST;
    if (!r.failed && !is_list)
        not_below(c, root, start, key);
    for (ynode *k = is_list ? root->first : NULL; k && k->next; k = k->next->next)
        if (!text_is(k->s.t, key))
            fault(c, DIAG_E0602, k->s.at, "this file has only `%s`, not `%.*s`", key,
                  TEXT_ARG(k->s.t));
    return is_list ? list : NULL;
}

void yaml_customers(compiler *c, source *file)
{
    const ynode *list = list_below(c, file, "customers");
    for (const ynode *x = list ? list->first : NULL; x; x = x->next)
        customer_set(c, x);
}

void yaml_channels(compiler *c, source *file)
{
    const ynode *list = list_below(c, file, "channels");
    for (const ynode *x = list ? list->first : NULL; x; x = x->next) {
        scalar owner = x->kind == Y_MAP ? scalar_of(member(x, "customer"), x->s.at) : x->s;
        row *customer = customer_by_name(c, owner.t);
        if (x->kind == Y_MAP && !customer)
            fault(c, DIAG_E0603, owner.at, "there is no customer `%.*s`", TEXT_ARG(owner.t));
        else
            channel_set(c, customer, x);
    }
}

/* --- any table
 * --------------------------------------------------------------------------------------- */

static bool entry_of(compiler *c, const ynode *key, data_entry *out)
{
    const ynode *v = key->next;
    *out = (data_entry){.key = key->s, .list = v->kind == Y_LIST};
    if (v->kind == Y_SCALAR) {
        scalar *one = arena_new(c->memory, scalar);
        *one = v->s;
        out->items = one;
        out->n = 1;
        return true;
    }
    size_t n = 0;
    for (const ynode *x = v->first; x; x = x->next)
        n++;
    scalar *items = arena_array(c->memory, scalar, n);
    for (const ynode *x = v->first; x; x = x->next) {
        if (v->kind == Y_MAP || x->kind != Y_SCALAR) {
            fault(c, DIAG_E0601, x->s.at, "`%.*s` takes a value or a list of values",
                  TEXT_ARG(key->s.t));
            return false;
        }
        items[out->n++] = x->s;
    }
    out->items = items;
    return true;
}

void yaml_rows(compiler *c, source *file, const char *key, data_seen see, void *self)
{
    const ynode *list = list_below(c, file, key);
    for (const ynode *x = list ? list->first : NULL; x; x = x->next) {
        data_entry e[DATA_COLUMNS];
        size_t n = 0;
        if (!is_map(c, x, "a row"))
            continue;
        for (ynode *k = x->first; k && k->next && n < DATA_COLUMNS; k = k->next->next)
            n += entry_of(c, k, &e[n]);
        see(self, e, n, x->s.at);
    }
}
