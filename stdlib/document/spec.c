/* spec.c: see spec.h. Both readers' trees become one; the merge keys of YAML and
 * the order of keys are settled in that pass. */
#include "stdlib/document/spec.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/yaml.h"

#include <stdlib.h>

typedef struct {
    arena *memory;
    const json_document *json;
    document_fault *fault;
    uint32_t base;
    size_t merged; /* members that `<<` brought, each time they were */
    bool core;     /* plain scalars are those of the core schema */
} reader;

enum { MERGED_MOST = 512 }; /* members of a map with `<<` */

static int by_key(const void *x, const void *y, void *children)
{
    const spec_node *child = children;
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    int c = text_compare(child[i].key, child[j].key);
    return c ? c : (i > j) - (i < j);
}

static bool fault_at(reader *r, const char *code, text message, size_t at)
{
    *r->fault = (document_fault){text_of(code), message, at, {0}};
    return false;
}

static const uint32_t *order_of(arena *a, spec_node *child, uint32_t n)
{
    uint32_t *order = arena_array(a, uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    if (n > 1)
        qsort_r(order, n, sizeof *order, by_key, child);
    return order;
}

spec_node spec_map(arena *a, text key, spec_node *child, uint32_t count)
{
    return (spec_node){.kind = SPEC_MAP,
                       .key = key,
                       .count = count,
                       .child = child,
                       .by_key = order_of(a, child, count)};
}

/* Gives a map its order of keys; false where one stands twice. */
static bool put_order(reader *r, const char *code, spec_node *n, spec_node *child)
{
    const uint32_t *order = n->by_key = order_of(r->memory, child, n->count);
    for (uint32_t i = 1; i < n->count; i++)
        if (text_equal(child[order[i]].key, child[order[i - 1]].key))
            return fault_at(r, code,
                            text_format(r->memory, "the key `%.*s` stands twice",
                                        TEXT_ARG(child[order[i]].key)),
                            child[order[i]].at - r->base);
    return true;
}

/* --- JSON --- */

static bool from_json(reader *r, uint32_t node, spec_node *out)
{
    static const spec_kind kinds[] = {SPEC_NULL, SPEC_TRUTH, SPEC_TRUTH, SPEC_NUMBER,
                                      SPEC_TEXT, SPEC_LIST,  SPEC_MAP};
    const json_node *j = &r->json->node[node];
    *out = (spec_node){.kind = kinds[j->kind], .at = r->base + j->start};
    if (j->key_end)
        out->key = json_key(r->memory, r->json, node);
    if (out->kind < SPEC_LIST) {
        out->value =
            j->kind == JSON_TEXT ? json_text(r->memory, r->json, node) : json_raw(r->json, node);
        return true;
    }
    spec_node *child = arena_array(r->memory, spec_node, j->count);
    out->child = child;
    for (uint32_t i = node + 1; i < j->next; i = r->json->node[i].next)
        if (!from_json(r, i, &child[out->count++]))
            return false;
    return out->kind == SPEC_LIST || put_order(r, "json", out, child);
}

static bool read_json(reader *r, text bytes, spec_node *root)
{
    json_document d;
    json_fault f;
    if (!json_read(r->memory, bytes, &d, &f))
        return fault_at(r, "json", text_of(f.message), f.offset);
    r->json = &d;
    return from_json(r, 0, root);
}

/* --- YAML --- */

static spec_kind plain_kind(text t)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    static const char *const truths[] = {"true", "True", "TRUE", "false", "False", "FALSE"};
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        if (text_is(t, nulls[i]))
            return SPEC_NULL;
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
        if (text_is(t, truths[i]))
            return SPEC_TRUTH;
    return decimal_is_text(t) ? SPEC_NUMBER : SPEC_TEXT;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Digits of base 8 or 16 up to 64 bits; false: it is none. */
static bool based_number(text t, uint64_t *out)
{
    bool hex = text_starts(t, TEXT("0x"));
    if ((!hex && !text_starts(t, TEXT("0o"))) || t.n < 3)
        return false;
    *out = 0;
    for (size_t i = 2; i < t.n; i++) {
        int d = hex_digit(t.p[i]);
        if (d < 0 || (!hex && d > 7) || *out >> (hex ? 60 : 61))
            return false;
        *out = *out << (hex ? 4 : 3) | (unsigned)d;
    }
    return true;
}

/* What the core schema has for a number, as JSON would write it: without a plus and zeros in
 * front, and with digits on both sides of the point. */
static bool core_number(arena *a, text t, text *out)
{
    uint64_t based;
    if (based_number(t, &based)) {
        *out = text_format(a, "%llu", (unsigned long long)based);
        return true;
    }
    size_t sign = t.n && (t.p[0] == '+' || t.p[0] == '-'), i = sign;
    while (i < t.n && t.p[i] == '0')
        i++;
    size_t digits = i;
    while (i < t.n && t.p[i] >= '0' && t.p[i] <= '9')
        i++;
    text whole = text_slice(t, digits, i), rest = text_slice(t, i, t.n);
    bool point = rest.n && rest.p[0] == '.';
    bool behind = point && rest.n > 1 && rest.p[1] >= '0' && rest.p[1] <= '9';
    if (i == sign && !behind)
        return false;
    if (point && !behind)
        rest = text_slice(rest, 1, rest.n);
    *out = text_format(a, "%s%.*s%.*s", t.p[0] == '-' ? "-" : "",
                       TEXT_ARG(whole.n ? whole : TEXT("0")), TEXT_ARG(rest));
    return decimal_is_text(*out);
}

static void scalar_from_yaml(reader *r, const yaml_node *y, spec_node *out)
{
    out->kind = y->quoted ? SPEC_TEXT : plain_kind(y->value);
    out->value = y->value;
    if (out->kind == SPEC_TRUTH)
        out->value = y->value.n == 4 ? TEXT("true") : TEXT("false");
    text number;
    bool maybe = out->kind == SPEC_TEXT || out->kind == SPEC_NUMBER;
    if (r->core && !y->quoted && maybe && core_number(r->memory, y->value, &number)) {
        out->kind = SPEC_NUMBER;
        out->value = number;
    }
}

static bool from_yaml(reader *r, const yaml_node *y, text key, spec_node *out);

static bool is_merge(const yaml_node *key)
{
    return !key->quoted && text_is(key->value, "<<");
}

/* How many maps `<<` names: one, or those of a list; -1 where it is neither. */
static int64_t merged_maps(const yaml_node *value)
{
    if (value->kind == YAML_MAP)
        return 1;
    if (value->kind != YAML_LIST)
        return -1;
    for (const yaml_node *m = value->first; m; m = m->next)
        if (m->kind != YAML_MAP)
            return -1;
    return value->count;
}

static bool holds(const spec_node *child, uint32_t n, text key)
{
    for (uint32_t i = 0; i < n; i++)
        if (text_equal(child[i].key, key))
            return true;
    return false;
}

/* The members of one merged map that are not there yet. Its own `<<` is resolved first. */
static bool merge(reader *r, const yaml_node *map, spec_node *child, uint32_t *n)
{
    spec_node all;
    if (!from_yaml(r, map, (text){0}, &all))
        return false;
    uint32_t before = *n;
    for (uint32_t i = 0; i < all.count; i++)
        if (!holds(child, before, all.child[i].key))
            child[(*n)++] = all.child[i];
    return true;
}

static bool merge_all(reader *r, const yaml_node *from, spec_node *child, uint32_t *n)
{
    bool list = from->kind == YAML_LIST;
    for (const yaml_node *m = list ? from->first : from; m; m = list ? m->next : NULL)
        if (!merge(r, m, child, n))
            return false;
    return true;
}

/* Room for the members of a map, those that it merges and those that they merge. Each level of
 * merging copies members, and each is compared with all before: so there is a limit to both. */
static bool room_for(reader *r, const yaml_node *y, size_t *room)
{
    *room += y->count / 2 + 1; /* an empty map counts as well: a list can name it many times */
    for (const yaml_node *k = y->first; k && k->next; k = k->next->next) {
        const yaml_node *from = k->next;
        if (!is_merge(k))
            continue;
        if (merged_maps(from) < 0)
            return fault_at(r, "yaml", TEXT("`<<` takes a map or a list of maps"), from->start);
        bool list = from->kind == YAML_LIST;
        for (const yaml_node *m = list ? from->first : from; m; m = list ? m->next : NULL)
            if (!room_for(r, m, room))
                return false;
        r->merged += *room;
        if (*room > MERGED_MOST || r->merged > SPEC_NODES)
            return fault_at(r, "yaml", TEXT("`<<` merges too many members to be read"), k->start);
    }
    return true;
}

static bool map_from_yaml(reader *r, const yaml_node *y, spec_node *out)
{
    size_t room = 0;
    if (!room_for(r, y, &room))
        return false;
    spec_node *child = arena_array(r->memory, spec_node, room);
    for (const yaml_node *k = y->first; k && k->next; k = k->next->next) {
        if (k->kind != YAML_SCALAR)
            return fault_at(r, "yaml", TEXT("a key is a text, not a list or map"), k->start);
        if (!is_merge(k) && !from_yaml(r, k->next, k->value, &child[out->count++]))
            return false;
    }
    for (const yaml_node *k = y->first; k && k->next; k = k->next->next)
        if (is_merge(k) && !merge_all(r, k->next, child, &out->count))
            return false;
    out->child = child;
    return put_order(r, "yaml", out, child);
}

static bool from_yaml(reader *r, const yaml_node *y, text key, spec_node *out)
{
    *out = (spec_node){.key = key, .at = r->base + y->start};
    if (y->kind == YAML_SCALAR) {
        scalar_from_yaml(r, y, out);
        return true;
    }
    out->kind = y->kind == YAML_LIST ? SPEC_LIST : SPEC_MAP;
    if (y->kind == YAML_MAP)
        return map_from_yaml(r, y, out);
    spec_node *child = arena_array(r->memory, spec_node, y->count);
    out->child = child;
    for (const yaml_node *x = y->first; x; x = x->next)
        if (!from_yaml(r, x, (text){0}, &child[out->count++]))
            return false;
    return true;
}

static bool read_yaml(reader *r, text bytes, spec_node *root)
{
    static const yaml_limits limits = {.levels = SPEC_LEVELS, .nodes = SPEC_NODES, .anchors = true};
    yaml_fault f;
    size_t valid = text_utf8_prefix(bytes);
    if (valid < bytes.n)
        return fault_at(r, "yaml", TEXT("bytes that are not UTF-8"), valid);
    const yaml_node *y = yaml_read(r->memory, bytes, 0, &limits, &f);
    if (y)
        return from_yaml(r, y, (text){0}, root);
    text message = f.message.n || r->core ? f.message : TEXT("there is nothing in it");
    if (f.refused)
        message = text_format(r->memory, "%.*s is not read", TEXT_ARG(message));
    return fault_at(r, "yaml", message, f.start);
}

const spec_node *spec_read(arena *a, text bytes, uint32_t base, document_fault *fault)
{
    reader r = {.memory = a, .fault = fault, .base = base};
    spec_node *root = arena_new(a, spec_node);
    text t = text_starts(bytes, TEXT("\xef\xbb\xbf")) ? text_slice(bytes, 3, bytes.n) : bytes;
    bool json = text_starts(text_trim(t), TEXT("{"));
    if (bytes.n >= UINT32_MAX)
        return fault_at(&r, "yaml", TEXT("larger than 4 GiB"), 0), NULL;
    return (json ? read_json(&r, bytes, root) : read_yaml(&r, bytes, root)) ? root : NULL;
}

const spec_node *spec_read_yaml(arena *a, text bytes, document_fault *fault)
{
    reader r = {.memory = a, .fault = fault, .core = true};
    spec_node *root = arena_new(a, spec_node);
    return read_yaml(&r, bytes, root) ? root : NULL;
}

/* --- looking things up --- */

enum { FEW = 16 };

/* Schemas are small maps that are asked for some thirty words each, most of which they have not: a
 * length and a letter tell. */
static const spec_node *among_few(const spec_node *map, text key)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const spec_node *n = &map->child[i];
        if (n->key.n == key.n && (!key.n || n->key.p[0] == key.p[0]) && text_equal(n->key, key))
            return n;
    }
    return NULL;
}

const spec_node *spec_find(const spec_node *map, text key)
{
    if (!map || map->kind != SPEC_MAP)
        return NULL;
    if (map->count <= FEW)
        return among_few(map, key);
    uint32_t low = 0, high = map->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const spec_node *n = &map->child[map->by_key[middle]];
        int c = text_compare(n->key, key);
        if (c == 0)
            return n;
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

text spec_text(const spec_node *map, const char *key)
{
    const spec_node *n = spec_get(map, key);
    return n && (n->kind == SPEC_TEXT || n->kind == SPEC_NUMBER) ? n->value : (text){0};
}

bool spec_true(const spec_node *map, const char *key)
{
    const spec_node *n = spec_of_kind(map, key, SPEC_TRUTH);
    return n && text_is(n->value, "true");
}

enum { TOKEN_MOST = 1024 };

/* One step of a pointer, with `%41`, `~0` and `~1` decoded; false when it is longer than any key
 * that is worth looking for. */
static bool decode_token(text raw, char *out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (*n == TOKEN_MOST)
            return false;
        if (c == '%' && i + 2 < raw.n && hex_digit(raw.p[i + 1]) >= 0 &&
            hex_digit(raw.p[i + 2]) >= 0) {
            c = (char)(hex_digit(raw.p[i + 1]) * 16 + hex_digit(raw.p[i + 2]));
            i += 2;
        } else if (c == '~' && i + 1 < raw.n && (raw.p[i + 1] == '0' || raw.p[i + 1] == '1')) {
            c = raw.p[++i] == '0' ? '~' : '/';
        }
        out[(*n)++] = c;
    }
    return true;
}

static const spec_node *step(const spec_node *from, text token)
{
    if (from->kind == SPEC_MAP)
        return spec_find(from, token);
    if (from->kind != SPEC_LIST || token.n == 0 || token.n > 9)
        return NULL;
    uint32_t index = 0;
    for (size_t i = 0; i < token.n; i++) {
        if (token.p[i] < '0' || token.p[i] > '9')
            return NULL;
        index = index * 10 + (uint32_t)(token.p[i] - '0');
    }
    return index < from->count ? &from->child[index] : NULL;
}

const spec_node *spec_follow(const spec_node *root, text pointer)
{
    if (!text_starts(pointer, TEXT("#")))
        return NULL;
    text rest = text_slice(pointer, 1, pointer.n);
    const spec_node *at = root;
    while (at && rest.n) {
        char token[TOKEN_MOST];
        size_t n;
        if (rest.p[0] != '/')
            return NULL;
        rest = text_slice(rest, 1, rest.n);
        ptrdiff_t slash = text_find(rest, '/');
        size_t end = slash < 0 ? rest.n : (size_t)slash;
        if (!decode_token(text_slice(rest, 0, end), token, &n))
            return NULL;
        at = step(at, (text){token, n});
        rest = text_slice(rest, end, rest.n);
    }
    return at;
}

/* --- equality --- */

static bool says_nothing(text key)
{
    static const char *const words[] = {"description", "title",        "example", "examples",
                                        "summary",     "externalDocs", "$comment"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(key, words[i]))
            return true;
    return text_starts(key, TEXT("x-"));
}

/* The members of `a` that say something are there in `b`; *n counts them. */
static bool members_equal(const spec_node *a, const spec_node *b, uint32_t *n)
{
    for (uint32_t i = 0; i < a->count; i++) {
        if (says_nothing(a->child[i].key))
            continue;
        (*n)++;
        if (!spec_equal(&a->child[i], spec_find(b, a->child[i].key)))
            return false;
    }
    return true;
}

bool spec_equal(const spec_node *a, const spec_node *b)
{
    if (!a || !b || a == b)
        return a == b;
    if (a->kind != b->kind)
        return false;
    if (a->kind == SPEC_NUMBER)
        return decimal_compare_text(a->value, b->value) == 0;
    if (a->kind < SPEC_LIST)
        return a->kind == SPEC_NULL || text_equal(a->value, b->value);
    if (a->kind == SPEC_LIST) {
        for (uint32_t i = 0; i < a->count && a->count == b->count; i++)
            if (!spec_equal(&a->child[i], &b->child[i]))
                return false;
        return a->count == b->count;
    }
    uint32_t n = 0, m = 0;
    if (!members_equal(a, b, &n))
        return false;
    for (uint32_t i = 0; i < b->count; i++)
        m += !says_nothing(b->child[i].key);
    return n == m;
}
