/* json_print.c: prints of JSON values, and keys that an object has twice, whose hashes are at hand
 * here. */
#include "base/json_print.h"
#include "base/json_decode.h"

#include <stdlib.h>

enum { FEW = 16 };

uint64_t lex_hash_decoded(text raw)
{
    uint64_t h = LEX_SEED, w = 0;
    unsigned n = 0;
    while (raw.n) {
        char one[JSON_CHARACTER_MOST + 1];
        size_t length = json_encode(json_decode(&raw), one);
        for (size_t i = 0; i < length; i++) {
            w |= (uint64_t)(unsigned char)one[i] << 8 * n;
            if (++n < 8)
                continue;
            h = lex_hash_word(h, w);
            w = n = 0;
        }
    }
    return lex_hash_rest(h, w, n);
}

static uint64_t hash_of(const json_lexer *x, const char *from, const char *to, bool escaped)
{
    size_t n = (size_t)(to - from);
    return escaped ? lex_hash_decoded((text){from, n}) : lex_hash(x, from, n);
}

static int by_hash(const void *a, const void *b)
{
    const lex_key *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->start > y->start) - (x->start < y->start);
}

static void note(json_printer *p, const json_lexer *x, const lex_key *k)
{
    uint32_t from = (uint32_t)(k->start - x->start), to = (uint32_t)(k->end - x->start);
    json_node member = {.key_start = from, .key_end = to, .key_escaped = k->escaped};
    json_document d = {.source = {x->start, (size_t)(x->end - x->start)}, .node = &member};
    text key = text_copy(p->kept, json_key(&p->memory, &d, 0));
    vec_push(p->twice, (json_repeat){from, key});
}

/* Few keys are compared each with each, many are sorted. */
static void note_twice(json_printer *p, const json_lexer *x, lex_key *k, size_t n)
{
    if (n > FEW) {
        qsort(k, n, sizeof *k, by_hash);
        for (size_t i = 1; i < n; i++)
            if (k[i].hash == k[i - 1].hash)
                note(p, x, &k[i]);
        return;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (k[i].hash == k[j].hash) {
                note(p, x, &k[i]);
                break;
            }
}

void json_end_keys(json_printer *p, const json_lexer *x, size_t first)
{
    if (p->twice && p->keys.n - first > 1)
        note_twice(p, x, p->keys.p + first, p->keys.n - first);
    p->keys.n = first;
}

static uint64_t print_of_object(json_printer *p, json_lexer *x, const json_document *d,
                                uint32_t node)
{
    uint64_t sum = 0;
    size_t first = p->keys.n;
    for (uint32_t i = node + 1; i < d->node[node].next; i = d->node[i].next) {
        const json_node *n = &d->node[i];
        lex_key k = {x->start + n->key_start, x->start + n->key_end, 0, n->key_escaped};
        k.hash = hash_of(x, k.start, k.end, k.escaped);
        sum += json_mix(p->print[i], k.hash);
        vec_push(&p->keys, k);
    }
    json_end_keys(p, x, first);
    return json_mix(sum, JSON_OBJECT);
}

static uint64_t print_of_list(const json_printer *p, const json_document *d, uint32_t node)
{
    uint64_t print = JSON_ARRAY;
    for (uint32_t i = node + 1; i < d->node[node].next; i = d->node[i].next)
        print = json_mix(print, p->print[i]);
    return print;
}

uint64_t json_print_of(json_printer *p, json_lexer *x, const json_document *d, uint32_t node)
{
    const json_node *n = &d->node[node];
    const char *from = x->start + n->start, *to = x->start + n->end;
    switch (n->kind) {
    case JSON_OBJECT: return print_of_object(p, x, d, node);
    case JSON_ARRAY: return print_of_list(p, d, node);
    case JSON_TEXT: return json_mix(hash_of(x, from + 1, to - 1, n->escaped), JSON_TEXT);
    case JSON_NUMBER: return json_mix(hash_of(x, from, to, false), JSON_NUMBER);
    default: return json_mix(~UINT64_C(0), n->kind);
    }
}

void json_printer_release(json_printer *p)
{
    vec_release(&p->keys);
    arena_release(&p->memory);
}
