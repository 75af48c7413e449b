/* compare_pairs.c: compares the pairs, several at once where that pays, and hands them over in
 * order.
 *
 * What comparing one pair needs beside the documents is a comparison: the path, the differences,
 * the rules that were used. Each thread has one of its own, so none waits for another; what they
 * found of a batch is handed over pair by pair when all of it is done, and in the end the rules
 * that they used are added up. So the result is the same, byte for byte, however many threads there
 * are.
 */
#include "base/workers.h"
#include "stdlib/compare/compare_parts.h"
#include "stdlib/document/mask.h"

#include <string.h>

enum {
    BATCH_PAIRS = 4096,    /* of a thread */
    BATCH_BYTES = 8 << 20, /* of a thread and side, about: what differs is to be told soon */
    BATCH_KEPT = 16 << 20, /* what a thread may have to tell before it stops */
    STEPS = 32, /* in which a thread takes them, so that none is left with all the work */
    WORTH_THREADS = 1 << 20, /* bytes of a side; below, starting one takes longer */
    FEWEST = 32              /* pairs */
};

/* "850 4711", "prices.json", "orders.edi 997"; a row's or element's key alone. */
static text key_shown(comparison *c, const unit *u)
{
    text name = u->key.n ? u->key : u->from->name;
    text key = name;
    if (u->type.n && u->key.n)
        key = text_joined(c->kept, u->type, ' ', name);
    else if (u->type.n)
        key = text_joined(c->kept, name, ' ', u->type);
    return mask_text(c->kept, key);
}

static void unreadable(comparison *c, const unit *u, bool modern)
{
    const document_fault *f = u->from->broken;
    place_ref nowhere = {0};
    size_t back = path_add(c, "byte[%zu]", document_offset(u->from, f->offset));
    judge(c, &nowhere, modern ? (text){0} : f->message, modern ? f->message : (text){0},
          CLASS_DEFECT, text_format(c->kept, "fault %.*s", TEXT_ARG(f->code)).p);
    path_cut(c, back);
}

static bool has_ascii_bytes(encoding e)
{
    return e == ENCODING_ASCII || e == ENCODING_UTF8 || e == ENCODING_LATIN1 ||
           e == ENCODING_WINDOWS1252;
}

/* The same text in two encodings is the same text, and nothing is to be said of ASCII beside one
 * that has its bytes. Formats that say themselves what they are in are not decoded here, and judge
 * it themselves. */
static void compare_encodings(comparison *c)
{
    encoding l = c->l->from->encoding, m = c->m->from->encoding;
    place_ref nowhere = {0};
    bool read = c->l->from->decoded || c->m->from->decoded;
    bool ascii =
        (l == ENCODING_ASCII && has_ascii_bytes(m)) || (m == ENCODING_ASCII && has_ascii_bytes(l));
    if (read && l != m && !ascii)
        judge(c, &nowhere, text_of(encoding_word(l)), text_of(encoding_word(m)), CLASS_NOISE,
              "encoding");
}

static text kind_said(const unit *u)
{
    return u->from->bytes.n ? text_of(document_kind_word(u->from->kind)) : TEXT("empty");
}

static void compare_units(comparison *c)
{
    document_kind l = c->l->from->kind, m = c->m->from->kind;
    place_ref nowhere = {0};
    compare_encodings(c);
    if (l == m)
        compare_format_of(c->l)->compare(c);
    else
        judge(c, &nowhere, kind_said(c->l), kind_said(c->m), CLASS_DEFECT, "kind");
}

static void add_blames(comparison *c, const unit *m)
{
    for (uint32_t i = m->blame; i != WHOLE; i = c->blames.p[i].next) {
        vec_push(&c->differences, c->blames.p[i].difference);
        c->defects++;
    }
}

static compare_verdict verdict_of(const unit *l, const unit *m)
{
    if ((l && l->from->broken) || (m && m->from->broken))
        return VERDICT_UNREADABLE;
    if (!m)
        return VERDICT_MISSING;
    if (!l)
        return m->again ? VERDICT_DUPLICATE : VERDICT_EXTRA;
    return VERDICT_MATCHED;
}

static void name_pair(comparison *c, const unit *u, compare_pair *p)
{
    p->key = key_shown(c, u);
    if (p->legacy_name.p)
        p->legacy_file = mask_text(c->kept, p->legacy_name);
    if (p->modern_name.p)
        p->modern_file = mask_text(c->kept, p->modern_name);
}

typedef struct {
    const unit *l, *m; /* NULL: none */
} couple;

/* Empties the comparison for the next pair. */
static void take_differences(comparison *c, compare_pair *p)
{
    p->differences = c->differences.n;
    p->omitted = c->omitted;
    p->defects = c->defects;
    if (p->differences) {
        p->difference = arena_array(c->kept, compare_difference, p->differences);
        memcpy(p->difference, c->differences.p, p->differences * sizeof *p->difference);
    }
    vec_clear(&c->differences);
    arena_clear(c->scratch);
    c->found = c->omitted = c->defects = 0;
    path_cut(c, 0);
}

/* The pair as it is reported; its texts live in c->kept. */
static void run_pair(comparison *c, const couple *x, compare_pair *out)
{
    const unit *l = x->l, *m = x->m, *u = l ? l : m;
    c->turn++;
    compare_pair p = {.verdict = verdict_of(l, m), .kind = u->from->kind, .type = u->type};
    if (l && m) {
        p.evidence = l->evidence;
        p.alike = l->alike;
    }
    if (l)
        p.legacy_name = l->from->name;
    if (m)
        p.modern_name = m->from->name;
    c->l = u;
    c->m = m ? m : u;
    if (l && l->from->broken)
        unreadable(c, l, false);
    if (m && m->from->broken)
        unreadable(c, m, true);
    if (p.verdict == VERDICT_MATCHED)
        compare_units(c);
    if (m)
        add_blames(c, m);
    if (p.verdict == VERDICT_MATCHED && c->defects)
        p.verdict = VERDICT_DIFFERENT;
    if (p.verdict != VERDICT_MATCHED || !c->sink || !c->sink->only_different)
        name_pair(c, u, &p);
    take_differences(c, &p);
    *out = p;
}

/* --- several at once --- */

/* What a thread has of its own; the caller's has what the run has. */
typedef struct {
    comparison c;
    arena memory, kept, scratch;
} helper;

typedef struct {
    comparison *c[WORKERS_MOST];
    unsigned threads;
    size_t most, step; /* pairs of a batch; that a thread takes at once */
    couple *couple;
    compare_pair *pair;
    size_t n;
    atomic_size_t next; /* the first that nobody has taken */
} batch;

static void work(void *of, unsigned index)
{
    batch *b = of;
    comparison *c = b->c[index];
    size_t from;
    do {
        from = atomic_fetch_add(&b->next, b->step);
        for (size_t i = from; i < b->n && i < from + b->step; i++)
            run_pair(c, &b->couple[i], &b->pair[i]);
    } while (from < b->n && arena_held(c->kept) < BATCH_KEPT);
}

static size_t bytes_of(const side *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->files; i++)
        n += s->origin[i].size;
    return n;
}

static comparison *helper_new(const comparison *c)
{
    helper *h = arena_new(c->memory, helper);
    h->c = *c;
    h->c.memory = &h->memory;
    h->c.kept = &h->kept;
    h->c.scratch = &h->scratch;
    comparison_init(&h->c);
    return &h->c;
}

static void batch_init(batch *b, comparison *c, size_t all)
{
    size_t bytes = bytes_of(&c->legacy);
    *b = (batch){.c = {c}, .threads = 1, .most = 1, .step = 1};
    if (c->sink && bytes >= WORTH_THREADS && all >= FEWEST)
        b->threads = workers_available();
    for (unsigned i = 1; i < b->threads; i++)
        b->c[i] = helper_new(c);
    if (b->threads > 1) {
        size_t each = BATCH_BYTES / (bytes / all + 1) + 1;
        each = each < BATCH_PAIRS ? each : BATCH_PAIRS;
        b->most = each * b->threads;
        b->step = each / STEPS + 1;
    }
    b->couple = arena_array(c->memory, couple, b->most);
    b->pair = arena_array(c->memory, compare_pair, b->most);
}

/* Adds up what the helpers' rules hid. */
static void batch_release(batch *b)
{
    for (unsigned i = 1; i < b->threads; i++) {
        comparison *c = b->c[i];
        for (size_t k = 0; k < c->uses.n; k++) {
            const compare_use *from = &c->uses.p[k];
            compare_use *to = use_add(b->c[0], from->rule, from->class, 0);
            to->count += from->count;
            to->pairs += from->pairs;
            to->money += from->money;
        }
        comparison_release(c);
        arena_release(c->memory);
        arena_release(c->kept);
        arena_release(c->scratch);
    }
}

/* --- in order --- */

typedef struct {
    size_t legacy, modern; /* the units that come next */
} place_in_run;

static size_t alone(const side *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->units; i++)
        n += s->unit[i].partner == WHOLE;
    return n;
}

/* Those of legacy, each with its partner; then what only modern has. */
static bool next_couple(const comparison *c, place_in_run *at, couple *out)
{
    const side *l = &c->legacy, *m = &c->modern;
    if (at->legacy < l->units) {
        const unit *u = &l->unit[at->legacy++];
        *out = (couple){u, u->partner == WHOLE ? NULL : &m->unit[u->partner]};
        return true;
    }
    while (at->modern < m->units && m->unit[at->modern].partner != WHOLE)
        at->modern++;
    if (at->modern == m->units)
        return false;
    *out = (couple){NULL, &m->unit[at->modern++]};
    return true;
}

/* Can they be compared beside others? */
static bool is_apart(const couple *x)
{
    return (!x->l || compare_format_of(x->l)->apart) && (!x->m || compare_format_of(x->m)->apart);
}

/* The next pairs, whose files are all there; false: there is none. */
static bool batch_fill(batch *b, comparison *c, place_in_run *at)
{
    couple x;
    b->n = 0;
    for (place_in_run next = *at; b->n < b->most && next_couple(c, &next, &x); *at = next) {
        if (b->n && (!is_apart(&x) || !units_fit(c, x.l, x.m)))
            break;
        units_hold(c, x.l, x.m);
        b->couple[b->n++] = x;
        if (!is_apart(&x)) {
            *at = next;
            break;
        }
    }
    return b->n > 0;
}

static void count_verdict(compare_result *r, const compare_pair *p)
{
    uint64_t *const counts[VERDICT_COUNT] = {&r->matched, &r->different, &r->missing,
                                             &r->extra,   &r->duplicate, &r->unreadable};
    ++*counts[p->verdict];
    r->compared++;
    r->by_content += p->evidence == EVIDENCE_CONTENT;
    r->by_place += p->evidence == EVIDENCE_PLACE;
}

/* Hands over what was compared of those from `first` on, to the sink or to the result. Returns how
 * far that is. */
static size_t batch_deliver(batch *b, comparison *c, size_t first, size_t all)
{
    size_t taken = atomic_load(&b->next), n = taken < b->n ? taken : b->n;
    for (size_t i = first; i < n; i++) {
        const compare_pair *p = &b->pair[i];
        count_verdict(c->out, p);
        if (c->sink)
            c->sink->pair(c->sink->context, p, c->out->pairs + 1, all);
        else
            c->out->pair[c->out->pairs] = *p;
        c->out->pairs++;
    }
    for (unsigned i = 0; c->sink && i < b->threads; i++)
        arena_clear(b->c[i]->kept);
    return n;
}

void compare_pairs(comparison *c)
{
    size_t all = c->legacy.units + alone(&c->modern);
    place_in_run at = {0};
    batch b;
    batch_init(&b, c, all);
    if (!c->sink)
        c->out->pair = arena_array(c->memory, compare_pair, all);
    while (batch_fill(&b, c, &at)) {
        for (size_t done = 0; done < b.n; done = batch_deliver(&b, c, done, all)) {
            size_t steps = (b.n - done + b.step - 1) / b.step;
            atomic_store(&b.next, done);
            workers_run(work, &b, steps < b.threads ? (unsigned)steps : b.threads);
        }
        units_let_go(c);
    }
    batch_release(&b);
}
