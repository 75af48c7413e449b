/* compare_content.c: pairs documents by what they say. */
#include "stdlib/compare/compare_content.h"

#include <string.h>

typedef struct {
    uint64_t hash;
    uint32_t weight; /* by how rare it is; 256 for what every document has */
    bool tells;      /* another document of that side does not have it */
} value;

/* What a document says: its values in order of their hashes, each once; one that is there again is
 * another value. */
typedef struct {
    uint32_t at; /* unit of its side */
    bool modern;
    bool open;      /* to be paired; else it only shows what is common */
    uint64_t print; /* of its values in their order; 0: it could not be read */
    size_t first;
    uint32_t n;
    bool distinct; /* some value of it tells it from others of its side */
} sketch;

typedef struct {
    comparison *c;
    const content_group *group;
    VEC(sketch) sketch;
    VEC(value) value;
    size_t documents[2], opened[2]; /* by side */
} pairing;

typedef struct {
    uint32_t legacy, modern; /* sketches */
    uint32_t alike;          /* of a million */
} candidate;

typedef VEC(candidate) candidates;

bool content_alike(const unit *a, const unit *b)
{
    return a->from->kind == b->from->kind && text_equal(a->type, b->type) &&
           text_equal(a->list, b->list);
}

static unit *unit_at(const pairing *p, const sketch *s)
{
    return &(s->modern ? &p->c->modern : &p->c->legacy)->unit[s->at];
}

static void take(pairing *p, const sketch *l, const sketch *m, unsigned alike)
{
    unit *x = unit_at(p, l), *y = unit_at(p, m);
    x->partner = m->at;
    y->partner = l->at;
    x->evidence = y->evidence = p->group->as;
    x->alike = y->alike = (uint8_t)alike;
}

/* What could not be read is paired by nothing; keys that differ may forbid it. */
static bool may_pair(const pairing *p, const sketch *l, const sketch *m)
{
    const unit *x = unit_at(p, l), *y = unit_at(p, m);
    return x->partner == WHOLE && y->partner == WHOLE &&
           !(p->group->keys_tell && x->key.n && y->key.n);
}

/* --- sketches --- */

static int by_hash(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint64_t print_of(const content_values *v)
{
    uint64_t print = v->n;
    for (size_t i = 0; i < v->n; i++)
        print = print_add(print, (text){(const char *)&v->p[i], sizeof v->p[i]});
    return v->n ? print | 1 : 0;
}

static void read_values(comparison *c, arena *a, const unit *u, content_values *out)
{
    const compare_format *f = compare_format_of(u);
    vec_clear(out);
    unit_open(c, u);
    if (f->content && !u->from->broken) {
        f->content(a, u, out);
        if (!out->n) /* so that it equals what is as empty */
            vec_push(out, print_add(0, TEXT("nothing")));
    }
    arena_clear(a);
}

static void add_sketch(pairing *p, arena *a, content_values *v, sketch s)
{
    read_values(p->c, a, unit_at(p, &s), v);
    s.print = print_of(v);
    s.first = p->value.n;
    if (v->n)
        qsort(v->p, v->n, sizeof *v->p, by_hash);
    uint64_t again = 0;
    for (size_t i = 0; i < v->n && p->value.n - s.first < CONTENT_VALUES; i++) {
        again = i && v->p[i] == v->p[i - 1] ? again + 1 : 0;
        uint64_t h = again ? print_add(v->p[i] + again, TEXT("again")) : v->p[i];
        vec_push(&p->value, (value){.hash = h});
    }
    s.n = (uint32_t)(p->value.n - s.first);
    if (s.n)
        qsort(p->value.p + s.first, s.n, sizeof *p->value.p, by_hash);
    p->documents[s.modern]++;
    p->opened[s.modern] += s.open;
    vec_push(&p->sketch, s);
}

/* Paired documents of the type, spread evenly over the side. */
static void add_known(pairing *p, arena *a, content_values *v, bool modern, const unit *like)
{
    const side *s = modern ? &p->c->modern : &p->c->legacy;
    size_t all = 0, seen = 0;
    for (size_t i = 0; i < s->units; i++)
        all += s->unit[i].partner != WHOLE && content_alike(&s->unit[i], like);
    size_t share = all < CONTENT_KNOWN ? all : CONTENT_KNOWN;
    for (size_t i = 0; i < s->units && seen < all; i++) {
        if (s->unit[i].partner == WHOLE || !content_alike(&s->unit[i], like))
            continue;
        if (seen * share / all != (seen + 1) * share / all)
            add_sketch(p, a, v, (sketch){.at = (uint32_t)i, .modern = modern});
        seen++;
    }
}

static void sketch_group(pairing *p, const content_group *g)
{
    arena a = {0};
    content_values v = {0};
    const unit *like = &p->c->legacy.unit[g->legacy[0]];
    for (size_t i = 0; i < g->legacies; i++)
        add_sketch(p, &a, &v, (sketch){.at = g->legacy[i], .open = true});
    for (size_t i = 0; i < g->moderns; i++)
        add_sketch(p, &a, &v, (sketch){.at = g->modern[i], .modern = true, .open = true});
    for (int turn = 0; turn < 2 && !g->alone; turn++)
        add_known(p, &a, &v, turn, like);
    vec_release(&v);
    arena_release(&a);
}

/* --- equal ones --- */

typedef struct {
    uint64_t print;
    uint32_t sketch;
    bool modern;
} printed;

static int by_print(const void *a, const void *b)
{
    const printed *x = a, *y = b;
    if (x->print != y->print)
        return x->print < y->print ? -1 : 1;
    if (x->modern != y->modern)
        return x->modern - y->modern;
    return (x->sketch > y->sketch) - (x->sketch < y->sketch);
}

/* Documents that say nothing are equal, too, where others say something: else their place decides.
 */
static bool may_equal(const pairing *p, const sketch *s)
{
    return s->open && (s->print || (p->value.n && !unit_at(p, s)->from->broken));
}

static void pair_equal(pairing *p)
{
    VEC(printed) list = {0};
    for (size_t i = 0; i < p->sketch.n; i++)
        if (may_equal(p, &p->sketch.p[i]))
            vec_push(&list, (printed){p->sketch.p[i].print, (uint32_t)i, p->sketch.p[i].modern});
    if (list.n)
        qsort(list.p, list.n, sizeof *list.p, by_print);
    for (size_t l = 0, m = 0; l < list.n; l++) {
        m = m > l ? m : l;
        while (m < list.n && list.p[m].print == list.p[l].print && !list.p[m].modern)
            m++;
        if (list.p[l].modern || m == list.n || list.p[m].print != list.p[l].print)
            continue;
        const sketch *x = &p->sketch.p[list.p[l].sketch], *y = &p->sketch.p[list.p[m].sketch];
        if (may_pair(p, x, y))
            take(p, x, y, 100);
        m++;
    }
    vec_release(&list);
}

/* --- how much a value says --- */

typedef struct {
    uint64_t hash;
    size_t value;
    uint32_t sketch;
} occurrence;

static int by_occurrence(const void *a, const void *b)
{
    const occurrence *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->sketch > y->sketch) - (x->sketch < y->sketch);
}

static occurrence *occurrences(const pairing *p)
{
    occurrence *list = calloc(p->value.n + 1, sizeof *list);
    if (!list)
        memory_exhausted();
    for (uint32_t s = 0; s < p->sketch.n; s++)
        for (size_t i = p->sketch.p[s].first; i < p->sketch.p[s].first + p->sketch.p[s].n; i++)
            list[i] = (occurrence){p->value.p[i].hash, i, s};
    if (p->value.n)
        qsort(list, p->value.n, sizeof *list, by_occurrence);
    return list;
}

/* 256 times the logarithm to base 2; whole numbers, so that no library decides what is paired. */
static uint32_t logarithm(uint64_t x)
{
    unsigned bits = 63 - (unsigned)__builtin_clzll(x);
    uint64_t rest = bits >= 8 ? x >> (bits - 8) : x << (8 - bits);
    return bits << 8 | (uint32_t)(rest & 255);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* A value that occurs in list[from, to). */
typedef struct {
    size_t from, to, product;
} shared_value;

typedef VEC(shared_value) shared_values;

static void weigh_one(pairing *p, const occurrence *list, size_t from, size_t to,
                      shared_values *rare)
{
    size_t in[2] = {0, 0};
    for (size_t i = from; i < to; i++)
        in[p->sketch.p[list[i].sketch].modern]++;
    uint32_t all = logarithm(larger(p->documents[0], p->documents[1]));
    uint32_t weight = 256 + all - logarithm(larger(in[0], in[1]));
    for (size_t i = from; i < to; i++) {
        sketch *s = &p->sketch.p[list[i].sketch];
        value *v = &p->value.p[list[i].value];
        v->weight = weight;
        v->tells = in[s->modern] < p->documents[s->modern];
        s->distinct |= v->tells;
    }
    if (in[0] && in[1] && larger(in[0], in[1]) <= CONTENT_RARE)
        vec_push(rare, (shared_value){from, to, in[0] * in[1]});
}

static void weigh(pairing *p, const occurrence *list, shared_values *rare)
{
    for (size_t from = 0, to; from < p->value.n; from = to) {
        for (to = from + 1; to < p->value.n && list[to].hash == list[from].hash;)
            to++;
        weigh_one(p, list, from, to, rare);
    }
}

/* --- how alike two are --- */

typedef struct {
    uint64_t shared, all;         /* weights on both sides */
    uint64_t tells_shared, tells; /* of the values that tell documents apart */
} likeness;

static void add_lone(likeness *k, const value *v)
{
    k->all += v->weight;
    k->tells += v->tells ? v->weight : 0;
}

static likeness likeness_of(const pairing *p, const sketch *l, const sketch *m)
{
    likeness k = {0};
    if (p->value.n == 0)
        return k;
    const value *x = p->value.p + l->first, *y = p->value.p + m->first;
    const value *xe = x + l->n, *ye = y + m->n;
    while (x < xe || y < ye) {
        if (y == ye || (x < xe && x->hash < y->hash)) {
            add_lone(&k, x++);
        } else if (x == xe || y->hash < x->hash) {
            add_lone(&k, y++);
        } else {
            uint64_t tells = x->tells || y->tells ? 2 * x->weight : 0;
            k.shared += 2 * x->weight;
            k.all += 2 * x->weight;
            k.tells_shared += tells;
            k.tells += tells;
            x++;
            y++;
        }
    }
    return k;
}

static bool reaches(uint64_t part, uint64_t all, unsigned percent)
{
    return all > 0 && part * 100 >= all * percent;
}

/* Is one of the two like all of its side, so that nothing can tell it from them? */
static bool nothing_tells(const pairing *p, const sketch *l, const sketch *m)
{
    return (!l->distinct && p->documents[0] > 1) || (!m->distinct && p->documents[1] > 1) ||
           (!l->distinct && !m->distinct);
}

static bool is_one(const pairing *p, const sketch *l, const sketch *m, const likeness *k)
{
    if (p->group->belong)
        return k->shared > 0;
    bool keyed = unit_at(p, l)->key.n || unit_at(p, m)->key.n;
    bool told = k->tells_shared || !nothing_tells(p, l, m);
    return reaches(k->shared, k->all, keyed || !told ? CONTENT_MOST : CONTENT_LEAST) &&
           (!told || reaches(k->tells_shared, k->tells, CONTENT_LEAST));
}

static void try_pair(pairing *p, uint32_t l, uint32_t m, candidates *out)
{
    const sketch *x = &p->sketch.p[l], *y = &p->sketch.p[m];
    if (!x->open || !y->open || !may_pair(p, x, y))
        return;
    likeness k = likeness_of(p, x, y);
    if (is_one(p, x, y, &k))
        vec_push(out, (candidate){l, m, (uint32_t)(k.shared * 1000000 / k.all)});
}

/* --- candidates --- */

static int by_product(const void *a, const void *b)
{
    const shared_value *x = a, *y = b;
    if (x->product != y->product)
        return x->product < y->product ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

static int by_sketches(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->legacy != y->legacy)
        return x->legacy < y->legacy ? -1 : 1;
    return (x->modern > y->modern) - (x->modern < y->modern);
}

static void add_sharing(const pairing *p, const occurrence *list, const shared_value *v,
                        uint32_t *tried, candidates *out)
{
    for (size_t i = v->from; i < v->to; i++) {
        uint32_t l = list[i].sketch;
        for (size_t k = v->from; k < v->to && !p->sketch.p[l].modern; k++)
            if (p->sketch.p[list[k].sketch].modern && tried[l] < CONTENT_TRIED) {
                vec_push(out, (candidate){l, list[k].sketch, 0});
                tried[l]++;
            }
    }
}

/* Those that share a value, the rarest first, each pair once. */
static void find_sharing(const pairing *p, const occurrence *list, shared_values *rare,
                         candidates *out)
{
    uint32_t *tried = calloc(p->sketch.n, sizeof *tried);
    if (!tried)
        memory_exhausted();
    if (rare->n)
        qsort(rare->p, rare->n, sizeof *rare->p, by_product);
    for (size_t i = 0; i < rare->n; i++)
        add_sharing(p, list, &rare->p[i], tried, out);
    free(tried);
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, by_sketches);
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++)
        if (i == 0 || by_sketches(&out->p[i], &out->p[i - 1]) != 0)
            out->p[n++] = out->p[i];
    out->n = n;
}

static void try_all(pairing *p, candidates *out)
{
    for (uint32_t l = 0; l < p->sketch.n; l++)
        for (uint32_t m = 0; m < p->sketch.n && !p->sketch.p[l].modern; m++)
            if (p->sketch.p[m].modern)
                try_pair(p, l, m, out);
}

static int by_likeness(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->alike != y->alike)
        return x->alike > y->alike ? -1 : 1;
    return by_sketches(a, b);
}

/* The most alike first; ties in the order of legacy, then of modern. */
static void pair_alike(pairing *p, const occurrence *list, shared_values *rare)
{
    candidates found = {0}, sharing = {0};
    if (p->opened[0] * p->opened[1] <= CONTENT_ALL) {
        try_all(p, &found);
    } else {
        find_sharing(p, list, rare, &sharing);
        for (size_t i = 0; i < sharing.n; i++)
            try_pair(p, sharing.p[i].legacy, sharing.p[i].modern, &found);
    }
    if (found.n)
        qsort(found.p, found.n, sizeof *found.p, by_likeness);
    for (size_t i = 0; i < found.n; i++) {
        const sketch *l = &p->sketch.p[found.p[i].legacy], *m = &p->sketch.p[found.p[i].modern];
        if (may_pair(p, l, m))
            take(p, l, m, found.p[i].alike / 10000);
    }
    vec_release(&found);
    vec_release(&sharing);
}

void content_pair(comparison *c, const content_group *g)
{
    pairing p = {.c = c, .group = g};
    if (g->legacies == 0 || g->moderns == 0)
        return;
    sketch_group(&p, g);
    pair_equal(&p);
    shared_values rare = {0};
    occurrence *list = occurrences(&p);
    weigh(&p, list, &rare);
    pair_alike(&p, list, &rare);
    free(list);
    vec_release(&rare);
    vec_release(&p.sketch);
    vec_release(&p.value);
}

void content_mark_again(comparison *c, const unit *like)
{
    arena a = {0};
    content_values v = {0};
    VEC(printed) list = {0};
    for (size_t i = 0; i < c->modern.units; i++) {
        const unit *u = &c->modern.unit[i];
        if (u->key.n || !content_alike(u, like))
            continue;
        read_values(c, &a, u, &v);
        if (v.n)
            vec_push(&list, (printed){print_of(&v), (uint32_t)i, u->partner == WHOLE});
    }
    if (list.n)
        qsort(list.p, list.n, sizeof *list.p, by_print);
    /* With a partner first: what follows with the same print is there again. */
    for (size_t i = 0, first = 0; i < list.n; i++) {
        first = list.p[i].print == list.p[first].print ? first : i;
        c->modern.unit[list.p[i].sketch].again = list.p[i].modern && !list.p[first].modern;
    }
    vec_release(&list);
    vec_release(&v);
    arena_release(&a);
}
