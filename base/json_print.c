/* json_print.c: prints of JSON values, from the last node to the first, so that children have
 * theirs before their parent needs it; and keys that an object has twice, whose hashes are at hand
 * here. */
#include "base/json.h"

#include <stdlib.h>

enum { FEW = 16 };

typedef struct {
    uint64_t key;
    uint32_t node;
} member;

typedef struct {
    arena memory; /* of texts decoded for hashing */
    const json_document *d;
    uint64_t *print;
    VEC(member) members; /* of the object at hand */
    json_list *twice;
} printer;

static uint64_t mix(uint64_t print, uint64_t more)
{
    uint64_t h = (print ^ more) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 32);
}

/* The bytes hashed are those of the file where nothing is escaped, which is nearly always. */
static uint64_t hash_of_text(printer *p, uint32_t node)
{
    const json_node *n = &p->d->node[node];
    text inside = {p->d->source.p + n->start + 1, n->end - n->start - 2};
    return text_hash(n->escaped ? json_text(&p->memory, p->d, node) : inside);
}

static uint64_t hash_of_key(printer *p, uint32_t node)
{
    const json_node *n = &p->d->node[node];
    text key = {p->d->source.p + n->key_start, n->key_end - n->key_start};
    return text_hash(n->key_escaped ? json_key(&p->memory, p->d, node) : key);
}

static int by_key(const void *a, const void *b)
{
    const member *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

/* Few keys are compared each with each, many are sorted. */
static void note_twice(printer *p)
{
    member *m = p->members.p;
    size_t n = p->members.n;
    if (n > FEW) {
        qsort(m, n, sizeof *m, by_key);
        for (size_t i = 1; i < n; i++)
            if (m[i].key == m[i - 1].key)
                vec_push(p->twice, m[i].node);
        return;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (m[i].key == m[k].key) {
                vec_push(p->twice, m[i].node);
                break;
            }
}

static uint64_t print_of_object(printer *p, uint32_t node)
{
    const json_document *d = p->d;
    uint64_t sum = 0;
    vec_clear(&p->members);
    for (uint32_t i = node + 1; i < d->node[node].next; i = d->node[i].next) {
        uint64_t key = hash_of_key(p, i);
        sum += mix(p->print[i], key);
        vec_push(&p->members, (member){key, i});
    }
    if (p->twice)
        note_twice(p);
    return mix(sum, JSON_OBJECT);
}

static uint64_t print_of_list(const printer *p, uint32_t node)
{
    const json_document *d = p->d;
    uint64_t print = JSON_ARRAY;
    for (uint32_t i = node + 1; i < d->node[node].next; i = d->node[i].next)
        print = mix(print, p->print[i]);
    return print;
}

static uint64_t print_of(printer *p, uint32_t node)
{
    json_kind kind = p->d->node[node].kind;
    switch (kind) {
    case JSON_OBJECT: return print_of_object(p, node);
    case JSON_ARRAY: return print_of_list(p, node);
    case JSON_TEXT: return mix(hash_of_text(p, node), JSON_TEXT);
    case JSON_NUMBER: return mix(text_hash(json_raw(p->d, node)), JSON_NUMBER);
    default: return mix(~UINT64_C(0), kind); /* null, false, true: each its own */
    }
}

void json_prints(arena *a, json_document *d, json_list *twice)
{
    printer p = {.d = d, .twice = twice};
    if (d->print && !twice)
        return;
    if (!d->print) {
        d->print = malloc((d->nodes + (size_t)1) * sizeof *d->print);
        if (!d->print)
            memory_exhausted();
        memory_expect(d->print, d->nodes * sizeof *d->print);
        arena_adopt(a, d->print);
    }
    p.print = d->print;
    for (uint32_t i = d->nodes; i-- > 0;)
        p.print[i] = print_of(&p, i);
    vec_release(&p.members);
    arena_release(&p.memory);
}
