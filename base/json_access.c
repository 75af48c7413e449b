/* json_access.c: from a json_document to what it says: decoded texts, members, paths, and the
 * canonical form. */
#include "base/json_decode.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t hex4(const char *p)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        v = v << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

static text rest(text t, size_t from)
{
    return (text){t.p + from, t.n - from};
}

/* raw begins with the escape of a UTF-16 code unit. */
static json_character decode_unit(text *raw)
{
    uint32_t unit = hex4(raw->p + 2);
    *raw = rest(*raw, 6);
    if ((unit & 0xf800) != 0xd800)
        return (json_character){unit, false};
    bool pair = unit < 0xdc00 && raw->n >= 6 && raw->p[0] == '\\' && raw->p[1] == 'u' &&
                (hex4(raw->p + 2) & 0xfc00) == 0xdc00;
    if (!pair)
        return (json_character){unit, true};
    uint32_t low = hex4(raw->p + 2);
    *raw = rest(*raw, 6);
    return (json_character){0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff), false};
}

static json_character decode_utf8(text *raw)
{
    unsigned char c = (unsigned char)raw->p[0];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t point = n == 1 ? c : c & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        point = point << 6 | ((unsigned char)raw->p[i] & 0x3fu);
    *raw = rest(*raw, n);
    return (json_character){point, false};
}

json_character json_decode(text *raw)
{
    static const char names[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    if (raw->p[0] != '\\')
        return decode_utf8(raw);
    if (raw->p[1] == 'u')
        return decode_unit(raw);
    char c = raw->p[1];
    const char *name = strchr(names, c);
    *raw = rest(*raw, 2);
    return (json_character){(unsigned char)(name ? meanings[name - names] : c), false};
}

size_t json_encode(json_character c, char out[JSON_CHARACTER_MOST + 1])
{
    uint32_t u = c.point;
    if (c.lone)
        return (size_t)snprintf(out, JSON_CHARACTER_MOST + 1, "\\u%04x", u & 0xffffu);
    if (u < 0x80) {
        out[0] = (char)u;
        return 1;
    }
    size_t n = u < 0x800 ? 2 : u < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; u >>= 6)
        out[i] = (char)(0x80 | (u & 0x3f));
    out[0] = (char)((0xf00u >> n & 0xff) | u);
    return n;
}

/* Never longer than the raw text: an escape of 6 bytes gives at most 6, a pair of 12 gives 4. */
static text decoded(arena *a, text raw, bool escaped)
{
    if (!escaped)
        return raw;
    char *p = arena_alloc(a, raw.n + 1, 1);
    size_t n = 0;
    while (raw.n) {
        char one[JSON_CHARACTER_MOST + 1];
        size_t length = json_encode(json_decode(&raw), one);
        memcpy(p + n, one, length);
        n += length;
    }
    return (text){p, n};
}

text json_raw(const json_document *d, uint32_t node)
{
    return text_slice(d->source, d->node[node].start, d->node[node].end);
}

static text raw_key(const json_document *d, uint32_t node)
{
    return text_slice(d->source, d->node[node].key_start, d->node[node].key_end);
}

text json_text(arena *a, const json_document *d, uint32_t node)
{
    const json_node *self = &d->node[node];
    assert(self->kind == JSON_TEXT);
    return decoded(a, text_slice(d->source, self->start + 1, self->end - 1), self->escaped);
}

text json_key(arena *a, const json_document *d, uint32_t node)
{
    return decoded(a, raw_key(d, node), d->node[node].key_escaped);
}

/* Compares while decoding: looking a member up allocates nothing. */
static bool key_is(const json_document *d, uint32_t node, text key)
{
    text raw = raw_key(d, node);
    if (!d->node[node].key_escaped)
        return text_equal(raw, key);
    while (raw.n) {
        char one[JSON_CHARACTER_MOST + 1];
        size_t n = json_encode(json_decode(&raw), one);
        if (!text_starts(key, (text){one, n}))
            return false;
        key = text_slice(key, n, key.n);
    }
    return key.n == 0;
}

uint32_t json_member(const json_document *d, uint32_t object, text key)
{
    if (d->node[object].kind != JSON_OBJECT)
        return 0;
    for (uint32_t i = object + 1; i < d->node[object].next; i = d->node[i].next)
        if (key_is(d, i, key))
            return i;
    return 0;
}

uint32_t json_element(const json_document *d, uint32_t array, uint32_t index)
{
    if (d->node[array].kind != JSON_ARRAY || index >= d->node[array].count)
        return 0;
    uint32_t i = array + 1;
    while (index--)
        i = d->node[i].next;
    return i;
}

/* "[12]" at the front of *path. */
static bool take_index(text *path, uint32_t *index)
{
    ptrdiff_t close = text_find(*path, ']');
    uint32_t v = 0;
    if (close < 2 || close > 10)
        return false;
    for (ptrdiff_t i = 1; i < close; i++) {
        if (path->p[i] < '0' || path->p[i] > '9')
            return false;
        v = v * 10 + (uint32_t)(path->p[i] - '0');
    }
    *index = v;
    *path = text_slice(*path, (size_t)close + 1, path->n);
    return true;
}

static text take_name(text *path)
{
    size_t n = 0;
    while (n < path->n && path->p[n] != '.' && path->p[n] != '[')
        n++;
    text name = {path->p, n};
    *path = text_slice(*path, n, path->n);
    return name;
}

static void enter_folded(arena *a, const json_document **d, uint32_t *at)
{
    if (!a || !(*d)->node[*at].folded)
        return;
    json_document *inside = arena_new(a, json_document);
    json_unfold(a, *d, *at, inside);
    *d = inside;
    *at = 0;
}

bool json_follow_folded(arena *a, const json_document **d, text path, uint32_t *node)
{
    uint32_t at = *node;
    *node = 0;
    for (bool first = true; path.n; first = false) {
        uint32_t index;
        enter_folded(a, d, &at);
        if (path.p[0] == '[') {
            at = take_index(&path, &index) ? json_element(*d, at, index) : 0;
        } else {
            if (path.p[0] == '.' && !first)
                path = text_slice(path, 1, path.n);
            at = json_member(*d, at, take_name(&path));
        }
        if (!at)
            return false;
    }
    *node = at;
    return true;
}

/* The name that one step of a pointer means. */
static text step_name(arena *a, text step)
{
    if (!step.n || !memchr(step.p, '~', step.n))
        return step;
    char *p = arena_alloc(a, step.n, 1);
    size_t n = 0;
    for (size_t i = 0; i < step.n; i++) {
        bool escaped = step.p[i] == '~' && i + 1 < step.n && (step.p[i + 1] | 1) == '1';
        p[n++] = !escaped ? step.p[i] : step.p[++i] == '1' ? '/' : '~';
    }
    return (text){p, n};
}

bool json_point_folded(arena *a, const json_document **d, text pointer, uint32_t *node)
{
    uint32_t at = *node;
    *node = 0;
    while (pointer.n) {
        size_t end = 1;
        while (end < pointer.n && pointer.p[end] != '/')
            end++;
        enter_folded(a, d, &at);
        text step = text_slice(pointer, 1, end), index = text_format(a, "[%.*s]", TEXT_ARG(step));
        uint32_t nth;
        if ((*d)->node[at].kind == JSON_ARRAY)
            at = take_index(&index, &nth) ? json_element(*d, at, nth) : 0;
        else
            at = json_member(*d, at, step_name(a, step));
        if (!at)
            return false;
        pointer = text_slice(pointer, end, pointer.n);
    }
    *node = at;
    return true;
}

bool json_follow(const json_document *d, text path, uint32_t *node)
{
    return json_follow_folded(NULL, &d, path, node);
}

/* --- canonical form --- */

static uint32_t first_unit(uint32_t point)
{
    return point < 0x10000 ? point : 0xd7c0 + (point >> 10);
}

/* The order of UTF-16 code units differs from that of code points only in that the pairs stand
 * before U+E000…U+FFFF. Members of one name keep their order. */
static int by_key(const void *x, const void *y, void *document)
{
    const json_document *d = document;
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    text a = raw_key(d, i), b = raw_key(d, j);
    while (a.n && b.n) {
        uint32_t p = json_decode(&a).point, q = json_decode(&b).point;
        if (p == q)
            continue;
        if (first_unit(p) != first_unit(q))
            return first_unit(p) < first_unit(q) ? -1 : 1;
        return p < q ? -1 : 1;
    }
    if (a.n || b.n)
        return a.n ? 1 : -1;
    return i < j ? -1 : i > j;
}

static void put_characters(buffer *out, text raw, bool escaped)
{
    buffer_char(out, '"');
    while (escaped && raw.n) {
        char one[JSON_CHARACTER_MOST + 1];
        json_character c = json_decode(&raw);
        size_t n = json_encode(c, one);
        if (c.lone)
            buffer_add(out, one, n);
        else
            json_escape(out, (text){one, n});
    }
    buffer_text(out, raw); /* without escapes it stands as it is: nothing in it needs one */
    buffer_char(out, '"');
}

static void put_canonical(arena *a, const json_document *d, uint32_t node, buffer *out);

static void put_children(arena *a, const json_document *d, uint32_t node, buffer *out)
{
    const json_node *self = &d->node[node];
    bool object = self->kind == JSON_OBJECT;
    uint32_t *child = arena_array(a, uint32_t, self->count), at = node + 1;
    for (uint32_t i = 0; i < self->count; i++, at = d->node[at].next)
        child[i] = at;
    if (object && self->count > 1)
        qsort_r(child, self->count, sizeof *child, by_key, (void *)(uintptr_t)d);
    for (uint32_t i = 0; i < self->count; i++) {
        if (i)
            buffer_char(out, ',');
        if (object) {
            put_characters(out, raw_key(d, child[i]), d->node[child[i]].key_escaped);
            buffer_char(out, ':');
        }
        put_canonical(a, d, child[i], out);
    }
}

/* Recurses at most JSON_DEPTH deep. */
static void put_canonical(arena *a, const json_document *d, uint32_t node, buffer *out)
{
    const json_node *self = &d->node[node];
    text raw = json_raw(d, node);
    switch (self->kind) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        buffer_char(out, raw.p[0]);
        put_children(a, d, node, out);
        buffer_char(out, raw.p[raw.n - 1]);
        break;
    case JSON_TEXT: put_characters(out, text_slice(raw, 1, raw.n - 1), self->escaped); break;
    default: buffer_text(out, raw);
    }
}

bool json_canonical(arena *a, text source, buffer *out, json_fault *fault)
{
    json_document d;
    if (!json_read(a, source, &d, fault))
        return false;
    put_canonical(a, &d, 0, out);
    return true;
}
