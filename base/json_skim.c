/* json_skim.c: containers that are read, checked and printed, and of which nothing is kept.
 *
 * What json.c does with nodes is done here with one frame for each container that is open: a print
 * is made of those below as they end. Writing nodes, hashing from them and giving them back took a
 * third of the time of reading.
 */
#include "base/json_print.h"

typedef struct {
    uint64_t print;
    uint64_t key;  /* of the member that is read: its hash */
    uint32_t keys; /* of all containers around it: where its own begin */
    uint32_t count;
    bool object;
} frame;

typedef struct {
    json_printer *printer;
    json_lexer *x;
    uint32_t depth, values;
    frame open[JSON_DEPTH];
} skimmer;

/* A key at p, to the value behind it. */
static inline const char *take_key(skimmer *s, frame *f, const char *p)
{
    lex_key key;
    p = lex_member(s->x, p, &key);
    if (!p)
        return NULL;
    f->key = key.hash;
    if (s->printer->twice)
        vec_push(&s->printer->keys, key);
    return lex_blanks(s->x, p);
}

/* Opens the container at p. *more: its first child is at the place that is returned; else it is
 * empty. */
static const char *enter(skimmer *s, const char *p, uint32_t around, bool *more)
{
    if (around + s->depth >= JSON_DEPTH)
        return lex_fault(s->x, p, "nested deeper than 512 levels");
    frame *f = &s->open[s->depth++];
    bool object = *p == '{';
    *f = (frame){
        .print = object ? 0 : JSON_ARRAY, .keys = (uint32_t)s->printer->keys.n, .object = object};
    p = lex_blanks(s->x, p + 1);
    *more = lex_peek(s->x, p) != (object ? '}' : ']');
    if (!*more)
        return p + 1;
    return object ? take_key(s, f, p) : p;
}

/* The container at hand is whole; its print. */
static inline uint64_t leave(skimmer *s)
{
    frame *f = &s->open[--s->depth];
    if (!f->object)
        return f->print;
    json_end_keys(s->printer, s->x, f->keys);
    return json_mix(f->print, JSON_OBJECT);
}

/* Adds the value that ends at p to the containers that it completes, up to the place of the next.
 */
static inline const char *add(skimmer *s, const char *p, uint64_t print, uint64_t *whole)
{
    for (bool more = false; s->depth;) {
        frame *f = &s->open[s->depth - 1];
        f->count++;
        f->print = f->object ? f->print + json_mix(print, f->key) : json_mix(f->print, print);
        p = lex_after(s->x, p, f->object, &more);
        if (!p)
            return NULL;
        if (more)
            return f->object ? take_key(s, f, p) : p;
        print = leave(s);
    }
    *whole = print;
    return p;
}

static const char *skim(skimmer *s, const char *from, uint32_t around, json_skimmed *out)
{
    const char *p = from;
    do {
        uint64_t print;
        bool more = false, escaped;
        json_kind kind;
        s->values++;
        char c = lex_peek(s->x, p);
        if (c == '{' || c == '[') {
            p = enter(s, p, around, &more);
            if (p && more)
                continue;
            print = p ? leave(s) : 0;
        } else {
            p = lex_scalar(s->x, p, &kind, &escaped, &print);
            print = json_mix(print, kind);
        }
        if (p)
            p = add(s, p, print, &out->print);
    } while (p && s->depth && p - from <= JSON_FOLDED);
    return s->depth ? NULL : p;
}

const char *json_skim(json_printer *p, json_lexer *x, const char *from, uint32_t depth,
                      json_skimmed *out)
{
    skimmer s;
    size_t keys = p->keys.n, twice = p->twice ? p->twice->n : 0;
    s.printer = p;
    s.x = x;
    s.depth = s.values = 0;
    const char *end = skim(&s, from, depth, out);
    out->count = s.open[0].count;
    out->values = s.values;
    if (end && end - from <= JSON_FOLDED)
        return end;
    p->keys.n = keys;
    if (p->twice)
        p->twice->n = twice;
    return NULL;
}
