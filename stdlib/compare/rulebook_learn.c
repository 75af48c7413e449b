/* rulebook_learn.c: rules out of the differences of a run, each as narrow as what was seen.
 *
 * A place gets the first bound, from the narrowest on, that all of its differences keep to. A rule
 * without a bound is never learned: it would go on hiding what nobody has seen yet.
 */
#include "stdlib/compare/rulebook.h"
#include "base/decimal.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 3 }; /* differences below which a learned rule says that it rests on little */

typedef struct {
    text ref, rule, legacy, modern;
    bool money;
    size_t at;
} seen;

static int by_place(const void *a, const void *b)
{
    const seen *x = a, *y = b;
    int c = text_compare(x->ref, y->ref);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* From the narrowest on; INCREASING is judged over the whole list. CONSECUTIVE is never learned: what
 * had no gap in a sample has one on the first day with an error. */
static const compare_bound narrowing[] = {
    BOUND_SAME_NUMBER, BOUND_SAME_MOMENT, BOUND_SAME_DATE, BOUND_NEAR,
    BOUND_INCREASING,  BOUND_DATE,        BOUND_TIME,      BOUND_UUID,
    BOUND_INTEGER,     BOUND_NUMBER,      BOUND_PRESENT,
};

static bool rises(text x, text y)
{
    return decimal_is_text(x) && decimal_is_text(y) && decimal_compare_text(x, y) < 0;
}

static bool keeps(compare_bound b, const seen *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!compare_within(b, s[i].legacy, s[i].modern))
            return false;
    for (size_t i = 1; i < n && b == BOUND_INCREASING; i++)
        if (!rises(s[i - 1].legacy, s[i].legacy) || !rises(s[i - 1].modern, s[i].modern))
            return false;
    return b != BOUND_INCREASING || n > 1;
}

/* Only values that stand on both sides can be bound. */
static bool is_value(const seen *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!s[i].legacy.p || !s[i].modern.p || !s[i].ref.n)
            return false;
    return true;
}

static bool is_money(const seen *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i].money)
            return true;
    return false;
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

static void learn_place(const seen *s, size_t n, buffer *rules, buffer *left)
{
    if (is_value(s, n) && !is_money(s, n))
        for (size_t i = 0; i < sizeof narrowing / sizeof *narrowing; i++) {
            if (!keeps(narrowing[i], s, n))
                continue;
            buffer_cstr(rules, "  ");
            write_plain(rules, s->ref);
            buffer_printf(rules, ": %s  # %zu differed%s\n", compare_bound_word(narrowing[i]), n,
                          n < FEW ? ": few to learn from" : "");
            return;
        }
    buffer_cstr(left, "#   ");
    write_plain(left, s->ref);
    buffer_printf(left, "  %zu × %.*s\n", n,
                  TEXT_ARG(is_money(s, n) ? TEXT("money has no tolerance") : s->rule));
}

void rulebook_learn(const compare_result *r, buffer *out)
{
    VEC(seen) list = {0};
    buffer rules = {0}, left = {0};
    for (size_t i = 0; i < r->pairs; i++)
        for (size_t k = 0; k < r->pair[i].differences; k++) {
            const compare_difference *d = &r->pair[i].difference[k];
            if (d->class == CLASS_DEFECT)
                vec_push(&list, (seen){d->ref.n ? d->ref : d->path, d->rule, d->legacy, d->modern,
                                       d->money, list.n});
        }
    if (list.n)
        qsort(list.p, list.n, sizeof *list.p, by_place);
    for (size_t i = 0, end; i < list.n; i = end) {
        for (end = i + 1; end < list.n && text_equal(list.p[end].ref, list.p[i].ref);)
            end++;
        learn_place(&list.p[i], end - i, &rules, &left);
    }
    if (rules.n)
        buffer_printf(out, "constrain:\n%s", buffer_string(&rules));
    if (left.n)
        buffer_printf(out, "# differs, and no rule was learned:\n%s", buffer_string(&left));
    if (!rules.n && !left.n)
        buffer_cstr(out, "# nothing differs that is not noise already\n");
    vec_release(&list);
    buffer_release(&rules);
    buffer_release(&left);
}
