/* rulebook_learn.c: rules out of the differences of a run, each as narrow as what was seen.
 *
 * A place gets the first bound, from the narrowest on, that all of its differences keep to. A rule
 * without a bound is never learned: it would go on hiding what nobody has seen yet. Of a difference
 * is kept which bounds it leaves to its place; its values are only held against those of the next,
 * so that a run of any length takes a line of memory a place.
 */
#include "stdlib/compare/rulebook.h"
#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 3 }; /* differences below which a learned rule says that it rests on little */

/* From the narrowest on; INCREASING is judged from one difference to the next. CONSECUTIVE is never
 * learned: what had no gap in a sample has one on the first day with an error. */
static const compare_bound narrowing[] = {
    BOUND_SAME_NUMBER, BOUND_SAME_MOMENT, BOUND_SAME_DATE, BOUND_NEAR,
    BOUND_INCREASING,  BOUND_DATE,        BOUND_TIME,      BOUND_UUID,
    BOUND_INTEGER,     BOUND_NUMBER,      BOUND_PRESENT,
};
enum { BOUNDS = sizeof narrowing / sizeof *narrowing };

struct rulebook_place {
    text ref, rule;    /* of its first difference */
    size_t n;          /* differences */
    buffer last[2];    /* values of the last one, while they rise */
    bool lost[BOUNDS]; /* one of them did not keep to it */
    bool money, alone; /* one stood on one side only */
};

static bool rises(const buffer *last, text now)
{
    text before = buffer_view(last);
    return decimal_is_text(before) && decimal_is_text(now) && decimal_compare_text(before, now) < 0;
}

static void keep(buffer *last, text now)
{
    buffer_clear(last);
    buffer_text(last, now);
}

static bool keeps(const rulebook_place *p, compare_bound b, const compare_difference *d)
{
    if (!compare_within(b, d->legacy, d->modern))
        return false;
    return b != BOUND_INCREASING || !p->n ||
           (rises(&p->last[0], d->legacy) && rises(&p->last[1], d->modern));
}

/* Only values that stand on both sides can be bound. */
static void add(rulebook_place *p, const compare_difference *d)
{
    p->money |= d->money;
    p->alone |= !d->legacy.p || !d->modern.p;
    for (size_t i = 0; i < BOUNDS && !p->alone; i++) {
        p->lost[i] = p->lost[i] || !keeps(p, narrowing[i], d);
        if (narrowing[i] != BOUND_INCREASING || p->lost[i])
            continue;
        keep(&p->last[0], d->legacy);
        keep(&p->last[1], d->modern);
    }
    p->n++;
}

void rulebook_learner_init(rulebook_learner *l, arena *a)
{
    *l = (rulebook_learner){.memory = a};
    names_init(&l->refs, a);
}

void rulebook_learner_release(rulebook_learner *l)
{
    for (size_t i = 0; i < l->places.n; i++) {
        buffer_release(&l->places.p[i].last[0]);
        buffer_release(&l->places.p[i].last[1]);
    }
    vec_release(&l->places);
    names_release(&l->refs);
}

void rulebook_learn(rulebook_learner *l, const compare_pair *pair)
{
    l->omitted += pair->omitted;
    for (size_t i = 0; i < pair->differences; i++) {
        const compare_difference *d = &pair->difference[i];
        if (d->class != CLASS_DEFECT)
            continue;
        uint32_t id = names_add(&l->refs, d->ref.n ? d->ref : d->path);
        if (id > l->places.n)
            vec_push(&l->places, (rulebook_place){.ref = names_text(&l->refs, id),
                                                  .rule = text_copy(l->memory, d->rule)});
        add(&l->places.p[id - 1], d);
    }
}

/* --- the file --- */

static int by_ref(const void *a, const void *b)
{
    const rulebook_place *x = a, *y = b;
    return text_compare(x->ref, y->ref);
}

static void write_plain(buffer *out, text t)
{
    bool plain = t.n > 0;
    for (size_t i = 0; i < t.n; i++)
        plain &= t.p[i] > ' ' && t.p[i] < 0x7f && !strchr(":#{}[],&*!|>'\"%@`", t.p[i]);
    if (plain && strchr("-?", t.p[0]) == NULL) {
        buffer_text(out, t);
        return;
    }
    buffer_char(out, '"');
    json_escape(out, t); /* what JSON escapes, double-quoted YAML reads */
    buffer_char(out, '"');
}

/* The narrowest bound that is left; BOUNDS where there is none. One difference rises by itself. */
static size_t bound_of(const rulebook_place *p)
{
    if (p->alone || p->money || !p->ref.n)
        return BOUNDS;
    for (size_t i = 0; i < BOUNDS; i++)
        if (!p->lost[i] && (narrowing[i] != BOUND_INCREASING || p->n > 1))
            return i;
    return BOUNDS;
}

static void write_place(const rulebook_place *p, buffer *rules, buffer *left)
{
    size_t bound = bound_of(p);
    buffer *out = bound < BOUNDS ? rules : left;
    buffer_cstr(out, bound < BOUNDS ? "  " : "#   ");
    write_plain(out, p->ref);
    if (bound < BOUNDS)
        buffer_printf(out, ": %s  # %zu differed%s\n", compare_bound_word(narrowing[bound]), p->n,
                      p->n < FEW ? ": few to learn from" : "");
    else
        buffer_printf(out, "  %zu × %.*s\n", p->n,
                      TEXT_ARG(p->money ? TEXT("money has no tolerance") : p->rule));
}

void rulebook_write_learned(rulebook_learner *l, buffer *out)
{
    buffer rules = {0}, left = {0};
    if (l->places.n)
        qsort(l->places.p, l->places.n, sizeof *l->places.p, by_ref);
    for (size_t i = 0; i < l->places.n; i++)
        write_place(&l->places.p[i], &rules, &left);
    if (rules.n)
        buffer_printf(out, "constrain:\n%s", buffer_string(&rules));
    if (left.n)
        buffer_printf(out, "# differs, and no rule was learned:\n%s", buffer_string(&left));
    if (l->omitted)
        buffer_printf(
            out, "# %zu more difference%s, beyond the first %d of a document, %s not looked at\n",
            l->omitted, l->omitted == 1 ? "" : "s", COMPARE_MOST, l->omitted == 1 ? "was" : "were");
    if (!rules.n && !left.n && !l->omitted)
        buffer_cstr(out, "# nothing differs that is not noise already\n");
    buffer_release(&rules);
    buffer_release(&left);
}
