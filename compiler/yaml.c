/* yaml.c: customers and rows of tables in YAML: the tree of base/yaml.h read as rows.
 *
 * Anchors, aliases and tags are refused, and so is deep nesting: an inventory is read
 * by people.
 */
#include "base/yaml.h"
#include "compiler/data_file.h"

static const yaml_limits inventory = {.levels = 16, .nodes = 4 << 20};

static span span_of(const yaml_node *n)
{
    return (span){n->start, n->end};
}

/* The text of a list or map is empty. */
static scalar scalar_at(const yaml_node *n)
{
    return (scalar){n->value, span_of(n)};
}

static scalar scalar_of(const yaml_node *n, span otherwise)
{
    return n && n->kind == YAML_SCALAR ? scalar_at(n) : (scalar){TEXT(""), otherwise};
}

static void field_set(compiler *c, row *r, uint32_t table, scalar key, const yaml_node *v)
{
    if (v->kind == YAML_SCALAR) {
        file_cell(c, r, table, key, scalar_at(v));
        return;
    }
    if (v->kind == YAML_MAP) {
        fault(c, DIAG_E0601, span_of(v), "`%.*s` takes a value, not a map", TEXT_ARG(key.t));
        return;
    }
    scalar *items = arena_array(c->memory, scalar, v->count);
    size_t k = 0;
    for (yaml_node *x = v->first; x; x = x->next)
        if (x->kind == YAML_SCALAR)
            items[k++] = scalar_at(x);
        else
            fault(c, DIAG_E0601, span_of(x), "`%.*s` takes a list of values", TEXT_ARG(key.t));
    file_list(c, r, table, key, items, k);
}

static void contact_set(compiler *c, row *r, const yaml_node *map)
{
    for (yaml_node *k = map->first; k && k->next; k = k->next->next) {
        scalar key = {text_format(c->memory, "contact.%.*s", TEXT_ARG(k->value)), span_of(k)};
        field_set(c, r, TABLE_CUSTOMER, key, k->next);
    }
}

static bool is_map(compiler *c, const yaml_node *n, const char *what)
{
    if (n->kind == YAML_MAP)
        return true;
    fault(c, DIAG_E0601, span_of(n), "%s is a map: `key: value` lines", what);
    return false;
}

static void channel_set(compiler *c, row *customer, const yaml_node *n)
{
    if (!is_map(c, n, "a channel"))
        return;
    row *r = file_channel(c, customer, scalar_of(yaml_member(n, "name"), span_of(n)),
                          scalar_of(yaml_member(n, "kind"), span_of(n)));
    for (yaml_node *k = n->first; r && k && k->next; k = k->next->next)
        if (!text_is(k->value, "name") && !text_is(k->value, "kind") &&
            !text_is(k->value, "customer"))
            field_set(c, r, TABLE_CHANNEL, scalar_at(k), k->next);
}

static void customer_set(compiler *c, const yaml_node *n)
{
    if (!is_map(c, n, "a customer"))
        return;
    row *r = file_customer(c, scalar_of(yaml_member(n, "name"), span_of(n)));
    for (yaml_node *k = n->first; r && k && k->next; k = k->next->next) {
        yaml_node *v = k->next;
        if (text_is(k->value, "name"))
            continue;
        if (text_is(k->value, "contact") && v->kind == YAML_MAP)
            contact_set(c, r, v);
        else if (text_is(k->value, "channels") && v->kind != YAML_LIST)
            fault(c, DIAG_E0601, v->kind == YAML_MAP ? span_of(k) : span_of(v),
                  "`channels` is a list: each of them begins with `- `");
        else if (text_is(k->value, "channels"))
            for (yaml_node *x = v->first; x; x = x->next)
                channel_set(c, r, x);
        else
            field_set(c, r, TABLE_CUSTOMER, scalar_at(k), v);
    }
}

/* Where another key holds the only list, that one was meant. */
static void not_below(compiler *c, const yaml_node *root, span start, const char *key)
{
    const yaml_node *k = root && root->kind == YAML_MAP ? root->first : NULL;
    bool renamed = k && k->next && !k->next->next && k->next->kind == YAML_LIST;
    span at = renamed ? span_of(k) : root && root->first ? span_of(root->first) : start;
    diagnostic *g = fault(c, DIAG_E0604, at, "this file is a list below `%s:`", key);
    if (renamed)
        diag_suggest(c->d, g, at, text_of(key), "name it `%s`", key);
}

/* The document of a file; NULL after a report, or when it is empty: then *empty. */
static const yaml_node *document_of(compiler *c, source *file, bool *empty)
{
    yaml_fault f;
    const yaml_node *root = yaml_read(c->memory, file->bytes, file->base, &inventory, &f);
    *empty = !root && f.message.n == 0;
    if (root || *empty)
        return root;
    span at = {f.start, f.end};
    if (f.refused)
        fault(c, DIAG_E0606, at, "%.*s cannot stand in an inventory", TEXT_ARG(f.message));
    else
        fault(c, DIAG_E0604, at, "%.*s", TEXT_ARG(f.message));
    return NULL;
}

/* The list below `key:`, the only key of the file; NULL after a report. */
static const yaml_node *list_below(compiler *c, source *file, const char *key)
{
    bool empty;
    const yaml_node *root = document_of(c, file, &empty);
    span start = {file->base, file->base};
    const yaml_node *list = root ? yaml_member(root, key) : NULL;
    bool is_list = list && list->kind == YAML_LIST;
    if (!is_list && (root || empty))
        not_below(c, root, start, key);
    for (yaml_node *k = is_list ? root->first : NULL; k && k->next; k = k->next->next)
        if (!text_is(k->value, key))
            fault(c, DIAG_E0602, span_of(k), "this file has only `%s`, not `%.*s`", key,
                  TEXT_ARG(k->value));
    return is_list ? list : NULL;
}

void yaml_customers(compiler *c, source *file)
{
    const yaml_node *list = list_below(c, file, "customers");
    for (const yaml_node *x = list ? list->first : NULL; x; x = x->next)
        customer_set(c, x);
}

void yaml_channels(compiler *c, source *file)
{
    const yaml_node *list = list_below(c, file, "channels");
    for (const yaml_node *x = list ? list->first : NULL; x; x = x->next) {
        scalar owner =
            x->kind == YAML_MAP ? scalar_of(yaml_member(x, "customer"), span_of(x)) : scalar_at(x);
        row *customer = customer_by_name(c, owner.t);
        if (x->kind == YAML_MAP && !customer)
            fault(c, DIAG_E0603, owner.at, "there is no customer `%.*s`", TEXT_ARG(owner.t));
        else
            channel_set(c, customer, x);
    }
}

/* --- any table
 * --------------------------------------------------------------------------------------- */

static bool entry_of(compiler *c, const yaml_node *key, data_entry *out)
{
    const yaml_node *v = key->next;
    *out = (data_entry){.key = scalar_at(key), .list = v->kind == YAML_LIST};
    if (v->kind == YAML_SCALAR) {
        scalar *one = arena_new(c->memory, scalar);
        *one = scalar_at(v);
        out->items = one;
        out->n = 1;
        return true;
    }
    scalar *items = arena_array(c->memory, scalar, v->count);
    for (const yaml_node *x = v->first; x; x = x->next) {
        if (v->kind == YAML_MAP || x->kind != YAML_SCALAR) {
            fault(c, DIAG_E0601, span_of(x), "`%.*s` takes a value or a list of values",
                  TEXT_ARG(key->value));
            return false;
        }
        items[out->n++] = scalar_at(x);
    }
    out->items = items;
    return true;
}

void yaml_rows(compiler *c, source *file, const char *key, data_seen see, void *self)
{
    const yaml_node *list = list_below(c, file, key);
    for (const yaml_node *x = list ? list->first : NULL; x; x = x->next) {
        data_entry e[DATA_COLUMNS];
        size_t n = 0;
        if (!is_map(c, x, "a row"))
            continue;
        for (yaml_node *k = x->first; k && k->next && n < DATA_COLUMNS; k = k->next->next)
            n += entry_of(c, k, &e[n]);
        see(self, e, n, span_of(x));
    }
}
