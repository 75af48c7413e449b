/* json_print.c: prints of JSON values, and keys that an object has twice, whose hashes are at hand
 * here. */
#include "base/json_print.h"

#include <stdlib.h>

enum { FEW = 16 };

static uint64_t mix(uint64_t print, uint64_t more)
{
    uint64_t h = (print ^ more) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 32);
}

/* The bytes hashed are those of the file where nothing is escaped, which is nearly always. */
static uint64_t hash_of_text(json_printer *p, const json_document *d, uint32_t node)
{
    const json_node *n = &d->node[node];
    text inside = {d->source.p + n->start + 1, n->end - n->start - 2};
    return text_hash(n->escaped ? json_text(&p->memory, d, node) : inside);
}

static uint64_t hash_of_key(json_printer *p, const json_document *d, uint32_t node)
{
    const json_node *n = &d->node[node];
    text key = {d->source.p + n->key_start, n->key_end - n->key_start};
    return text_hash(n->key_escaped ? json_key(&p->memory, d, node) : key);
}

static int by_key(const void *a, const void *b)
{
    const json_member_key *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static void note(json_printer *p, const json_document *d, uint32_t node)
{
    text key = text_copy(p->kept, json_key(&p->memory, d, node));
    vec_push(p->twice, (json_repeat){d->node[node].key_start, key});
}

/* Few keys are compared each with each, many are sorted. */
static void note_twice(json_printer *p, const json_document *d)
{
    json_member_key *m = p->members.p;
    size_t n = p->members.n;
    if (n > FEW) {
        qsort(m, n, sizeof *m, by_key);
        for (size_t i = 1; i < n; i++)
            if (m[i].key == m[i - 1].key)
                note(p, d, m[i].node);
        return;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (m[i].key == m[k].key) {
                note(p, d, m[i].node);
                break;
            }
}

static uint64_t print_of_object(json_printer *p, const json_document *d, uint32_t node)
{
    uint64_t sum = 0;
    vec_clear(&p->members);
    for (uint32_t i = node + 1; i < d->node[node].next; i = d->node[i].next) {
        uint64_t key = hash_of_key(p, d, i);
        sum += mix(p->print[i], key);
        vec_push(&p->members, (json_member_key){key, i});
    }
    if (p->twice)
        note_twice(p, d);
    return mix(sum, JSON_OBJECT);
}

static uint64_t print_of_list(const json_printer *p, const json_document *d, uint32_t node)
{
    uint64_t print = JSON_ARRAY;
    for (uint32_t i = node + 1; i < d->node[node].next; i = d->node[i].next)
        print = mix(print, p->print[i]);
    return print;
}

uint64_t json_print_of(json_printer *p, const json_document *d, uint32_t node)
{
    json_kind kind = d->node[node].kind;
    switch (kind) {
    case JSON_OBJECT: return print_of_object(p, d, node);
    case JSON_ARRAY: return print_of_list(p, d, node);
    case JSON_TEXT: return mix(hash_of_text(p, d, node), JSON_TEXT);
    case JSON_NUMBER: return mix(text_hash(json_raw(d, node)), JSON_NUMBER);
    default: return mix(~UINT64_C(0), kind); /* null, false, true: each its own */
    }
}

void json_printer_release(json_printer *p)
{
    vec_release(&p->members);
    arena_release(&p->memory);
}
