/* save.c: a state as bytes, and back.
 *
 * One walk serves both ways (codec): each field is written, or read and checked, at the same place,
 * so that the two cannot part. The bytes are canonical because the state is: heaps were normalised
 * at the end of the turn, numbers are little-endian, nothing depends on addresses. What is loaded
 * is a stranger: numbers that would break the walk are checked in it, everything else that the
 * machine follows without looking in save_fits.c, handles where they are used.
 */
#include "vm/state.h"

#include <string.h>

typedef struct {
    buffer *out; /* writing, or NULL */
    text in;     /* reading: what is left */
    bool bad;
    const vm *m;
} codec;

/* --- scalars --- */

static void bytes(codec *c, void *p, size_t n)
{
    if (c->out) {
        buffer_add(c->out, p, n);
    } else if (c->bad || c->in.n < n) {
        memset(p, 0, n);
        c->bad = true;
    } else {
        memcpy(p, c->in.p, n);
        c->in = text_slice(c->in, n, c->in.n);
    }
}

static void word32(codec *c, uint32_t *v)
{
    bytes(c, v, sizeof *v);
}

static void word64(codec *c, int64_t *v)
{
    bytes(c, v, sizeof *v);
}

static void flag(codec *c, bool *v)
{
    uint8_t b = *v;
    bytes(c, &b, 1);
    c->bad |= b > 1;
    *v = b == 1;
}

static void demand(codec *c, bool holds)
{
    if (!c->out && !holds)
        c->bad = true;
}

/* A count of things that take at least `each` bytes, so that a lie cannot ask for memory. */
static uint32_t count(codec *c, size_t n, size_t each, size_t most)
{
    uint32_t v = (uint32_t)n;
    word32(c, &v);
    demand(c, v <= most && (each == 0 || v <= c->in.n / each));
    return c->bad ? 0 : v;
}

static void string(codec *c, buffer *b)
{
    uint32_t n = count(c, b->n, 1, UINT32_MAX);
    if (c->out) {
        buffer_add(c->out, b->p, b->n);
        return;
    }
    buffer_clear(b);
    buffer_text(b, text_slice(c->in, 0, n));
    c->in = text_slice(c->in, n, c->in.n);
}

static void heap_bytes(codec *c, heap *h)
{
    uint32_t n = count(c, h->n, 1, HEAP_LIMIT);
    if (c->out) {
        buffer_add(c->out, h->p, h->n);
        return;
    }
    heap_release(h);
    h->p = n ? malloc(n) : NULL;
    if (n && !h->p)
        memory_exhausted();
    h->n = h->room = n;
    bytes(c, h->p ? (void *)h->p : (void *)&n, n ? n : 0);
}

static void type(codec *c, type_word *t)
{
    const image *i = c->m->image;
    word32(c, t);
    uint32_t p = TYPE_PARAMETER(*t);
    switch (TYPE_ID(*t)) {
    case TYPE_LIST: demand(c, p < i->list_type_count); break;
    case TYPE_ENUM: demand(c, p < i->enum_count); break;
    case TYPE_ROW: demand(c, p < i->table_count); break;
    default: demand(c, TYPE_ID(*t) < TYPE_COUNT);
    }
}

/* Reading: makes room for n zeroed elements of a vec. */
#define SIZED(c, v, each, most)                                                                    \
    do {                                                                                           \
        uint32_t sized_n = count((c), (v)->n, (each), (most));                                     \
        if (!(c)->out) {                                                                           \
            (v)->p = sized_n ? calloc(sized_n, sizeof *(v)->p) : NULL;                             \
            if (sized_n && !(v)->p)                                                                \
                memory_exhausted();                                                                \
            (v)->n = (v)->room = sized_n;                                                          \
        }                                                                                          \
    } while (0)

/* --- a fiber --- */

static void value(codec *c, kept *k)
{
    word64(c, &k->value);
    type(c, &k->type);
}

static void one_activity(codec *c, activity *a)
{
    uint32_t *const words[] = {&a->kind,     &a->phase,   &a->site,    &a->flags,   &a->frames,
                               &a->called,   &a->scopes,  &a->awaits,  &a->n,       &a->attempt,
                               &a->doubts,   &a->ordinal, &a->entry,   &a->answers, &a->waiting,
                               &a->response, &a->may,     &a->role,    &a->next,    &a->good,
                               &a->bad,      &a->wave,    &a->admitted};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        word32(c, words[k]);
    word64(c, &a->begun);
    word64(c, &a->deadline);
    word64(c, &a->until);
    word64(c, &a->since);
    word64(c, &a->interval);
}

static void one_scope(codec *c, scope *s)
{
    word32(c, &s->site);
    word32(c, &s->frames);
    word32(c, &s->frame_pc);
    word32(c, &s->saga);
    word32(c, &s->path);
    word64(c, &s->window_start);
    word64(c, &s->window_end);
}

static void one_entry(codec *c, entry *e)
{
    word32(c, &e->kind);
    word32(c, &e->site);
    word32(c, &e->flags);
    word32(c, &e->child);
    word32(c, &e->first);
    word32(c, &e->values);
    word32(c, &e->captures);
    word32(c, &e->ordinal);
    word64(c, &e->path);
    bytes(c, e->place, sizeof e->place);
}

static void frames(codec *c, exec_fiber *x)
{
    uint32_t n = count(c, x->frames, 16, c->out ? UINT32_MAX : x->frame_room);
    x->frames = n;
    for (uint32_t k = 0; k < n; k++) {
        word32(c, &x->frame[k].function);
        word32(c, &x->frame[k].pc);
        word32(c, &x->frame[k].base);
        word32(c, &x->frame[k].into);
    }
    x->registers = count(c, x->registers, 8, c->out ? UINT32_MAX : x->register_room);
    for (uint32_t k = 0; k < x->registers; k++)
        word64(c, &x->reg[k]);
    heap_bytes(c, &x->heap);
    demand(c, c->bad || exec_fiber_valid(x, c->m->image));
}

static void stacks(codec *c, fiber *f)
{
    SIZED(c, &f->scopes, 36, DEPTH_LIMIT);
    for (size_t k = 0; k < f->scopes.n; k++)
        one_scope(c, &f->scopes.p[k]);
    SIZED(c, &f->acts, 132, DEPTH_LIMIT + 2);
    for (size_t k = 0; k < f->acts.n; k++)
        one_activity(c, &f->acts.p[k]);
    SIZED(c, &f->saga, 56, UINT32_MAX);
    for (size_t k = 0; k < f->saga.n; k++)
        one_entry(c, &f->saga.p[k]);
    SIZED(c, &f->kept, 12, UINT32_MAX);
    for (size_t k = 0; k < f->kept.n; k++)
        value(c, &f->kept.p[k]);
    SIZED(c, &f->votes, 12, UINT32_MAX);
    for (size_t k = 0; k < f->votes.n; k++) {
        word32(c, &f->votes.p[k].role);
        word64(c, &f->votes.p[k].by);
    }
    SIZED(c, &f->facts, 12, c->m->image->limits->facts);
    for (size_t k = 0; k < f->facts.n; k++) {
        word32(c, &f->facts.p[k].id);
        word64(c, &f->facts.p[k].value);
    }
    SIZED(c, &f->after, 4, c->m->image->limits->fibers);
    for (size_t k = 0; k < f->after.n; k++)
        word32(c, &f->after.p[k]);
    heap_bytes(c, &f->keep);
}

static void one_fiber(codec *c, fiber *f)
{
    uint32_t *const words[] = {&f->kind,  &f->state,  &f->parent, &f->level, &f->site,
                               &f->index, &f->n,      &f->writes, &f->wakes, &f->doom,
                               &f->reply, &f->series, &f->group};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        word32(c, words[k]);
    flag(c, &f->sealed);
    flag(c, &f->left);
    flag(c, &f->counted);
    flag(c, &f->sampled);
    flag(c, &f->untold);
    word64(c, &f->sample);
    word64(c, &f->window_start);
    word64(c, &f->window_end);
    string(c, &f->path);
    string(c, &f->indices);
    string(c, &f->why);
    string(c, &f->reason);
    frames(c, &f->x);
    stacks(c, f);
}

static void fibers(codec *c, vm *m)
{
    uint32_t n = count(c, m->fibers.n, 1, m->image->limits->fibers);
    for (uint32_t k = 0; k < n && !c->bad; k++) {
        bool here = c->out && m->fibers.p[k];
        flag(c, &here);
        if (!c->out)
            vec_push(&m->fibers, NULL);
        if (!here)
            continue;
        if (!c->out) {
            fiber *f = calloc(1, sizeof *f);
            if (!f)
                memory_exhausted();
            f->id = k;
            exec_fiber_init(&f->x, m->image);
            m->fibers.p[k] = f;
        }
        one_fiber(c, m->fibers.p[k]);
    }
}

/* --- the rest --- */

static void one_series(codec *c, series *s)
{
    int64_t low = (int64_t)(uint64_t)s->sum, high = (int64_t)(s->sum >> 64);
    int64_t n = (int64_t)s->count, gaps = (int64_t)s->gaps;
    word32(c, &s->sampler);
    type(c, &s->type);
    word64(c, &s->interval);
    word64(c, &s->since);
    word64(c, &s->last_at);
    word64(c, &s->last);
    word64(c, &n);
    word64(c, &gaps);
    word32(c, &s->gap_run);
    word64(c, &low);
    word64(c, &high);
    demand(c, n >= 0 && gaps >= 0);
    s->count = (uint64_t)n, s->gaps = (uint64_t)gaps;
    s->sum = (int128)((unsigned __int128)(uint64_t)high << 64 | (uint64_t)low);
    SIZED(c, &s->sorted, 8, SAMPLE_LIMIT);
    for (size_t k = 0; k < s->sorted.n; k++)
        word64(c, &s->sorted.p[k]);
}

static void one_trigger(codec *c, trigger *t)
{
    word32(c, &t->site);
    word32(c, &t->fiber);
    word32(c, &t->level);
    flag(c, &t->crossed);
    word64(c, &t->hold);
    word64(c, &t->since);
    SIZED(c, &t->captures, 12, ARGUMENTS);
    for (size_t k = 0; k < t->captures.n; k++)
        value(c, &t->captures.p[k]);
    heap_bytes(c, &t->heap);
}

static void tables(codec *c, vm *m)
{
    SIZED(c, &m->series, 73, SERIES_LIMIT);
    for (size_t k = 0; k < m->series.n; k++)
        one_series(c, &m->series.p[k]);
    SIZED(c, &m->triggers, 33, SERIES_LIMIT);
    for (size_t k = 0; k < m->triggers.n; k++)
        one_trigger(c, &m->triggers.p[k]);
    SIZED(c, &m->board, 20, BOARD_LIMIT);
    for (size_t k = 0; k < m->board.n; k++) {
        string(c, &m->board.p[k].path);
        string(c, &m->board.p[k].title);
        word32(c, &m->board.p[k].site);
        word32(c, &m->board.p[k].state);
        word32(c, &m->board.p[k].attempt);
        demand(c, m->board.p[k].state < MARK_COUNT);
    }
    for (uint32_t k = 0; k < m->image->tables[TABLE_RESOURCE].rows; k++)
        word32(c, &m->used[k]);
}

static void state(codec *c, vm *m)
{
    char magic[] = "ferry.state.2";
    sha256 program = m->image->hash;
    uint32_t end = m->end;
    bytes(c, magic, sizeof magic);
    bytes(c, program.byte, sizeof program.byte);
    demand(c, memcmp(magic, "ferry.state.2", sizeof magic) == 0 &&
                  sha256_equal(&program, &m->image->hash));
    word64(c, &m->now);
    flag(c, &m->began);
    flag(c, &m->ended);
    flag(c, &m->paused);
    flag(c, &m->partial);
    flag(c, &m->stopped);
    word32(c, &m->holds);
    word32(c, &end);
    demand(c, end <= RUN_STUCK);
    m->end = (run_state)end;
    string(c, &m->fault);
    for (size_t k = 0; k < WORD_COUNT; k++)
        string(c, &m->word[k]);
    fibers(c, m);
    if (!c->bad)
        tables(c, m);
}

/* --- the door --- */

void vm_save(vm *m, buffer *out)
{
    codec c = {.out = out, .m = m};
    state(&c, m);
}

bool vm_load(vm *m, text saved)
{
    codec c = {.in = saved, .m = m};
    if (m->began || m->fibers.n)
        return false;
    state(&c, m);
    return !c.bad && c.in.n == 0 && state_fits(m);
}

sha256 vm_hash(vm *m)
{
    buffer b;
    buffer_init(&b);
    vm_save(m, &b);
    sha256 h = sha256_of(b.p, b.n);
    buffer_release(&b);
    return h;
}
