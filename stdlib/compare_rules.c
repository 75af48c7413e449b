/* compare_rules.c: the user's rules, their bounds, and the record of what each of them hid. */
#include "base/calendar.h"
#include "base/decimal.h"
#include "stdlib/compare_parts.h"
#include "stdlib/mask.h"
#include "stdlib/x12.h"

#include <string.h>

static const char *const bound_words[BOUND_COUNT] = {
#define BOUND(id, word, meaning) [BOUND_##id] = word,
#include "bytecode/bounds.def"
#undef BOUND
};

bool compare_bound_read(text word, compare_bound *out)
{
    for (int i = 0; i < BOUND_COUNT; i++)
        if (text_is(word, bound_words[i])) {
            *out = (compare_bound)i;
            return true;
        }
    return false;
}

const char *compare_bound_word(compare_bound b)
{
    return bound_words[b];
}

bool is_decimal(text t)
{
    size_t i = t.n && t.p[0] == '-', digits = 0, dots = 0;
    for (; i < t.n; i++) {
        if (t.p[i] == '.')
            dots++;
        else if (t.p[i] >= '0' && t.p[i] <= '9')
            digits++;
        else
            return false;
    }
    return digits > 0 && dots <= 1;
}

typedef struct {
    text whole, fraction;
    bool negative;
} plain_decimal;

static plain_decimal decimal_parts(text t)
{
    plain_decimal d = {.negative = t.n && t.p[0] == '-'};
    t = text_slice(t, d.negative, t.n);
    ptrdiff_t dot = text_find(t, '.');
    d.whole = text_slice(t, 0, dot < 0 ? t.n : (size_t)dot);
    d.fraction = text_slice(t, dot < 0 ? t.n : (size_t)dot + 1, t.n);
    while (d.whole.n && d.whole.p[0] == '0')
        d.whole = text_slice(d.whole, 1, d.whole.n);
    while (d.fraction.n && d.fraction.p[d.fraction.n - 1] == '0')
        d.fraction.n--;
    if (d.whole.n == 0 && d.fraction.n == 0)
        d.negative = false;
    return d;
}

bool same_decimal(text a, text b)
{
    if (!is_decimal(a) || !is_decimal(b))
        return false;
    plain_decimal x = decimal_parts(a), y = decimal_parts(b);
    return x.negative == y.negative && text_equal(x.whole, y.whole) &&
           text_equal(x.fraction, y.fraction);
}

/* The day in YYMMDD, CCYYMMDD or CCYY-MM-DD, a time behind the last allowed, as CCYYMMDD; 0: none.
 * Years of two digits are those from 1970 to 2069, as POSIX nearly has it. */
static int day_of(text t)
{
    char d[8];
    t = text_trim(t);
    if (t.n >= 10 && t.p[4] == '-' && t.p[7] == '-' &&
        (t.n == 10 || t.p[10] == 'T' || t.p[10] == ' ')) {
        memcpy(d, t.p, 4);
        memcpy(d + 4, t.p + 5, 2);
        memcpy(d + 6, t.p + 8, 2);
        t = (text){d, 8};
    }
    if (!x12_is_date(t))
        return 0;
    int n = 0;
    for (size_t i = 0; i < t.n; i++)
        n = n * 10 + t.p[i] - '0';
    return t.n == 8 ? n : n + (n < 700000 ? 20000000 : 19000000);
}

static bool is_time(text t)
{
    char d[8];
    size_t n = 0;
    for (size_t i = 0; i < t.n && n < sizeof d; i++)
        if (t.p[i] != ':' && t.p[i] != '.')
            d[n++] = t.p[i];
    return x12_is_time((text){d, n});
}

static bool within(compare_bound b, text l, text m)
{
    switch (b) {
    case BOUND_SAME_DATE: return day_of(m) && day_of(l) == day_of(m);
    case BOUND_DATE: return day_of(m) != 0;
    case BOUND_TIME: return is_time(m);
    case BOUND_NUMBER: return is_decimal(m);
    case BOUND_SAME_NUMBER: return same_decimal(l, m);
    case BOUND_PRESENT: return text_trim(m).n > 0;
    default: return m.p != NULL; /* INCREASING and UNIQUE are judged over all documents */
    }
}

/* "$.items[2].price" as "$.items[*].price". */
static text generic(arena *a, text path)
{
    char *p = arena_copy(a, path.p, path.n);
    size_t n = 0;
    for (size_t i = 0; i < path.n; i++) {
        p[n++] = path.p[i];
        size_t k = i + 1;
        while (path.p[i] == '[' && k < path.n && path.p[k] >= '0' && path.p[k] <= '9')
            k++;
        if (k > i + 1 && k < path.n && path.p[k] == ']') {
            p[n++] = '*';
            i = k - 1;
        }
    }
    return (text){p, n};
}

static bool path_under(text path, text ref)
{
    return text_starts(path, ref) &&
           (path.n == ref.n || path.p[ref.n] == '.' || path.p[ref.n] == '[');
}

static bool applies(comparison *c, text ref, const place_ref *at)
{
    const compare_format *f = compare_format_of(c->l);
    if (f->applies)
        return f->applies(c, ref, at);
    text path = buffer_view(&c->path);
    if (!text_starts(ref, TEXT("$")))
        ref = text_format(c->scratch, "$.%.*s", TEXT_ARG(ref));
    return path_under(path, ref) || path_under(generic(c->scratch, path), ref);
}

void use_add(comparison *c, text rule, compare_class class, uint64_t count)
{
    for (size_t i = 0; i < c->uses.n; i++)
        if (c->uses.p[i].class == class && text_equal(c->uses.p[i].rule, rule)) {
            c->uses.p[i].count += count;
            return;
        }
    vec_push(&c->uses, (compare_use){rule, class, count});
}

/* A masked copy that outlives the pair's scratch memory; what is absent stays so. */
static text kept(arena *a, text t)
{
    return t.p ? mask_text(a, text_copy(a, t)) : t;
}

static void record(comparison *c, text legacy, text modern, compare_class class, text rule)
{
    if (class == CLASS_DEFECT)
        c->defects++;
    else
        use_add(c, rule, class, 1);
    /* A defect always finds room, so that a flood of noise cannot hide why a pair differs. */
    if (c->differences.n >= COMPARE_MOST && !(class == CLASS_DEFECT && c->defects == 1)) {
        c->omitted++;
        return;
    }
    arena *a = c->memory;
    compare_difference d = {kept(a, buffer_view(&c->path)), kept(a, legacy), kept(a, modern), class,
                            rule};
    vec_push(&c->differences, d);
}

void judge(comparison *c, const place_ref *at, text legacy, text modern, compare_class class,
           const char *rule)
{
    const compare_options *o = c->options;
    for (size_t i = 0; i < o->ignores; i++)
        if (applies(c, o->ignore[i], at)) {
            text name = text_format(c->memory, "ignore %.*s", TEXT_ARG(o->ignore[i]));
            record(c, legacy, modern, CLASS_NOISE, name);
            return;
        }
    for (size_t i = 0; i < o->constraints; i++) {
        const compare_constraint *k = &o->constrain[i];
        if (!applies(c, k->ref, at))
            continue;
        text name = text_format(c->memory, "%.*s %s", TEXT_ARG(k->ref), bound_words[k->bound]);
        record(c, legacy, modern,
               within(k->bound, legacy, modern) ? CLASS_CONSTRAINED : CLASS_DEFECT, name);
        return;
    }
    for (size_t i = 0; i < o->maps; i++)
        if (text_equal(legacy, o->map[i].legacy) && text_equal(modern, o->map[i].modern)) {
            text name = text_format(c->memory, "map %.*s", TEXT_ARG(o->map[i].legacy));
            record(c, legacy, modern, CLASS_CONSTRAINED, name);
            return;
        }
    record(c, legacy, modern, class, text_of(rule));
}

size_t path_add(comparison *c, const char *format, ...)
{
    size_t n = c->path.n;
    va_list args;
    va_start(args, format);
    buffer_vprintf(&c->path, format, args);
    va_end(args);
    return n;
}

void path_cut(comparison *c, size_t n)
{
    c->path.n = n;
}
