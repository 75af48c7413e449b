/* pattern.c: reads a pattern into steps of a machine that is in many states at once, and runs it.
 *
 * The steps of a part follow each other and jump by distances, so that a part can be moved: `a|b`,
 * `a*` and their like put a fork in front of what was written already. `a{2,5}` reads its part
 * again for each time, which is why the numbers of steps and of parts read are limited.
 */
#include "base/pattern.h"

#include "base/vec.h"

#include <stdlib.h>

typedef enum { STEP_RANGES, STEP_FORK, STEP_JUMP, STEP_BEGIN, STEP_END, STEP_FOUND } step_kind;

typedef struct {
    step_kind kind;
    bool not ;         /* of ranges */
    int32_t to, other; /* of a fork and a jump: distances; of ranges: the first, and how many */
} step;

typedef struct {
    uint32_t from, to;
} range;

struct pattern {
    const step *step;
    const range *range;
    size_t steps;
};

enum { LAST = 0x10ffff, BAD = 0x110000, FOR_EVER = -1, DEPTH = 500 };

/* The next character; a byte that is no UTF-8 is BAD and itself. */
static uint32_t next_character(text t, size_t *at)
{
    unsigned char c = (unsigned char)t.p[*at];
    size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
    text rest = text_slice(t, *at, *at + (n ? n : 1));
    if (n == 0 || text_utf8_prefix(rest) != n || rest.n != n) {
        ++*at;
        return BAD + c;
    }
    *at += n;
    if (n == 1)
        return c;
    uint32_t v = c & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        v = v << 6 | (t.p[*at - n + i] & 0x3f);
    return v;
}

/* ---- reading ---- */

typedef struct {
    text source;
    size_t at;
    unsigned depth, parts; /* parts: read, those that are read again as often */
    const char *wrong;     /* the first thing that is; NULL: nothing yet */
    VEC(step) steps;
    VEC(range) ranges;
} reading;

static void wrong(reading *r, const char *what)
{
    if (!r->wrong)
        r->wrong = what;
}

static bool more(const reading *r)
{
    return !r->wrong && r->at < r->source.n;
}

static bool next_is(const reading *r, char c)
{
    return more(r) && r->source.p[r->at] == c;
}

static bool take(reading *r, char c)
{
    if (!next_is(r, c))
        return false;
    r->at++;
    return true;
}

static void emit(reading *r, step s)
{
    if (r->steps.n >= PATTERN_LARGEST)
        wrong(r, "is too large");
    else
        vec_push(&r->steps, s);
}

/* Moves what was written since `at` behind a step. */
static void put_before(reading *r, size_t at, step s)
{
    emit(r, s);
    if (r->wrong)
        return;
    for (size_t i = r->steps.n - 1; i > at; i--)
        r->steps.p[i] = r->steps.p[i - 1];
    r->steps.p[at] = s;
}

static void add_range(reading *r, uint32_t from, uint32_t to)
{
    if (r->ranges.n < PATTERN_LARGEST)
        vec_push(&r->ranges, (range){from, to});
    else
        wrong(r, "is too large");
}

/* All that are not in the ranges from `first` on, which are in order and apart. */
static void negate(reading *r, size_t first)
{
    uint32_t from = 0;
    for (size_t i = first; i < r->ranges.n; i++) {
        range was = r->ranges.p[i];
        r->ranges.p[i] = (range){from, was.from - 1};
        from = was.to + 1;
    }
    add_range(r, from, LAST);
}

/* `d w s` and their opposites; false: it is none of them. */
static bool add_class(reading *r, char c)
{
    size_t first = r->ranges.n;
    switch (c | 32) {
    case 'd': add_range(r, '0', '9'); break;
    case 'w':
        add_range(r, '0', '9');
        add_range(r, 'A', 'Z');
        add_range(r, '_', '_');
        add_range(r, 'a', 'z');
        break;
    case 's':
        add_range(r, '\t', '\r');
        add_range(r, ' ', ' ');
        break;
    default: return false;
    }
    if (c < 'a')
        negate(r, first);
    return true;
}

static uint32_t hexadecimal(reading *r, int digits)
{
    uint32_t v = 0;
    for (; digits; digits--) {
        char c = more(r) ? r->source.p[r->at++] : 0;
        int d = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;
        if (d < 0)
            wrong(r, "has an escape without its hexadecimal digits");
        v = v << 4 | (uint32_t)(d & 15);
    }
    return v;
}

/* Behind a backslash that is no class. */
static uint32_t escaped(reading *r)
{
    char c = more(r) ? r->source.p[r->at++] : 0;
    switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'x': return hexadecimal(r, 2);
    case 'u': return hexadecimal(r, 4);
    case 0: wrong(r, "ends in a backslash"); return 0;
    default: break;
    }
    bool letter = ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9');
    if (letter)
        wrong(r, "has an escape that is not known here");
    return (unsigned char)c;
}

/* One of a set, or one end of a range in it; BAD: a class was added. */
static uint32_t set_member(reading *r)
{
    if (!take(r, '\\'))
        return next_character(r->source, &r->at);
    if (more(r) && add_class(r, r->source.p[r->at])) {
        r->at++;
        return BAD;
    }
    return escaped(r);
}

static void read_set(reading *r)
{
    step s = {.kind = STEP_RANGES, .not = take(r, '^'), .to = (int32_t)r->ranges.n};
    while (more(r) && !next_is(r, ']')) {
        uint32_t from = set_member(r), to = from;
        if (from == BAD)
            continue;
        if (next_is(r, '-') && r->at + 1 < r->source.n && r->source.p[r->at + 1] != ']') {
            r->at++;
            to = set_member(r);
        }
        if (to < from || to == BAD)
            wrong(r, "has a range that goes backwards");
        add_range(r, from, to);
    }
    if (!take(r, ']'))
        wrong(r, "has a `[` that is not closed");
    s.other = (int32_t)r->ranges.n - s.to;
    emit(r, s);
}

static void emit_ranges(reading *r, size_t first)
{
    emit(r, (step){STEP_RANGES, false, (int32_t)first, (int32_t)(r->ranges.n - first)});
}

static void read_alternatives(reading *r);

static void read_group(reading *r)
{
    if (take(r, '?') && !take(r, ':'))
        wrong(r, "looks around, which this reader does not");
    if (++r->depth > DEPTH)
        wrong(r, "is too deep");
    read_alternatives(r);
    r->depth--;
    if (!take(r, ')'))
        wrong(r, "has a `(` that is not closed");
}

static void read_escape(reading *r)
{
    size_t first = r->ranges.n;
    if (more(r) && add_class(r, r->source.p[r->at])) {
        r->at++;
    } else {
        uint32_t c = escaped(r);
        add_range(r, c, c);
    }
    emit_ranges(r, first);
}

static void read_part(reading *r)
{
    size_t first = r->ranges.n;
    if (r->parts++ > PATTERN_LARGEST * 4)
        wrong(r, "is too large");
    if (take(r, '(')) {
        read_group(r);
    } else if (take(r, '[')) {
        read_set(r);
    } else if (take(r, '\\')) {
        read_escape(r);
    } else if (take(r, '^')) {
        emit(r, (step){.kind = STEP_BEGIN});
    } else if (take(r, '$')) {
        emit(r, (step){.kind = STEP_END});
    } else if (take(r, '.')) {
        add_range(r, '\n', '\n');
        emit(r, (step){STEP_RANGES, true, (int32_t)first, 1});
    } else if (next_is(r, '*') || next_is(r, '+') || next_is(r, '?') || next_is(r, '{')) {
        wrong(r, "repeats nothing");
    } else {
        uint32_t c = next_character(r->source, &r->at);
        add_range(r, c, c);
        emit_ranges(r, first);
    }
}

static int number(reading *r)
{
    int n = 0;
    size_t from = r->at;
    while (more(r) && r->source.p[r->at] >= '0' && r->source.p[r->at] <= '9' && n <= 1000)
        n = n * 10 + r->source.p[r->at++] - '0';
    if (r->at == from || n > 1000)
        wrong(r, "has a `{` without its numbers, at most 1000");
    return n;
}

/* How often; false: once, and nothing says so. */
static bool read_times(reading *r, int *least, int *most)
{
    *least = 0, *most = FOR_EVER;
    if (take(r, '*'))
        return true;
    if (take(r, '+'))
        return *least = 1, true;
    if (take(r, '?'))
        return *most = 1, true;
    if (!take(r, '{'))
        return false;
    *least = *most = number(r);
    if (take(r, ','))
        *most = next_is(r, '}') ? FOR_EVER : number(r);
    if (!take(r, '}') || (*most != FOR_EVER && *most < *least))
        wrong(r, "has a `{` without its numbers, at most 1000");
    return true;
}

/* What was written since `first` may be left out, or come again. */
static void repeat(reading *r, size_t first, bool optional, bool again)
{
    int32_t size = (int32_t)(r->steps.n - first);
    if (again)
        emit(r, (step){STEP_FORK, false, -size, 1});
    if (optional)
        put_before(r, first, (step){STEP_FORK, false, 1, size + again + 1});
}

static void read_repeated(reading *r)
{
    size_t source = r->at, first = r->steps.n;
    int least, most;
    read_part(r);
    if (!read_times(r, &least, &most))
        return;
    size_t behind = r->at;
    if (next_is(r, '?') || next_is(r, '+') || next_is(r, '*') || next_is(r, '{'))
        wrong(r, "repeats a repetition");
    if (most == 0)
        r->steps.n = first;
    int times = most == FOR_EVER ? (least ? least : 1) : most;
    for (int i = 0; i < times && !r->wrong; i++) {
        if (i) {
            first = r->steps.n;
            r->at = source;
            read_part(r);
        }
        repeat(r, first, i >= least, most == FOR_EVER && i + 1 == times);
    }
    r->at = behind;
}

static void read_alternatives(reading *r)
{
    size_t first = r->steps.n;
    while (more(r) && !next_is(r, '|') && !next_is(r, ')'))
        read_repeated(r);
    if (!take(r, '|'))
        return;
    int32_t size = (int32_t)(r->steps.n - first);
    put_before(r, first, (step){STEP_FORK, false, 1, size + 2});
    size_t jump = r->steps.n;
    emit(r, (step){.kind = STEP_JUMP});
    if (++r->depth > DEPTH)
        wrong(r, "has too many alternatives");
    read_alternatives(r);
    r->depth--;
    if (!r->wrong)
        r->steps.p[jump].to = (int32_t)(r->steps.n - jump);
}

const pattern *pattern_read(arena *a, text source, text *message)
{
    reading r = {.source = source};
    read_alternatives(&r);
    if (more(&r))
        wrong(&r, "has a `)` that closes nothing");
    emit(&r, (step){.kind = STEP_FOUND});
    pattern *p = NULL;
    if (r.wrong) {
        *message = text_format(a, "the pattern `%.*s` %s", TEXT_ARG(source), r.wrong);
    } else {
        step *steps = arena_array(a, step, r.steps.n);
        range *ranges = arena_array(a, range, r.ranges.n);
        memcpy(steps, r.steps.p, r.steps.n * sizeof *steps);
        if (r.ranges.n)
            memcpy(ranges, r.ranges.p, r.ranges.n * sizeof *ranges);
        p = arena_new(a, pattern);
        *p = (pattern){steps, ranges, r.steps.n};
    }
    vec_release(&r.steps);
    vec_release(&r.ranges);
    return p;
}

/* ---- matching ---- */

/* The steps that wait for a character, each once. */
typedef struct {
    uint32_t *step, *seen; /* seen[s] == turn: it was looked at in this turn */
    uint32_t *stack;
    size_t steps;
    uint32_t turn;
    bool found;
} states;

static void enter(const pattern *p, states *s, uint32_t at, bool begin, bool end)
{
    size_t n = 0;
    s->stack[n++] = at;
    while (n) {
        at = s->stack[--n];
        const step *x = &p->step[at];
        if (s->seen[at] == s->turn)
            continue;
        s->seen[at] = s->turn;
        if (x->kind == STEP_FORK)
            s->stack[n++] = at + (uint32_t)x->other;
        if (x->kind == STEP_FORK || x->kind == STEP_JUMP)
            s->stack[n++] = at + (uint32_t)x->to;
        else if ((x->kind == STEP_BEGIN && begin) || (x->kind == STEP_END && end))
            s->stack[n++] = at + 1;
        else if (x->kind == STEP_RANGES)
            s->step[s->steps++] = at;
        s->found |= x->kind == STEP_FOUND;
    }
}

static bool accepts(const pattern *p, const step *x, uint32_t c)
{
    const range *r = p->range + x->to;
    bool in = false;
    for (int32_t i = 0; i < x->other && !in; i++)
        in = c >= r[i].from && c <= r[i].to;
    return in != x->not ;
}

bool pattern_fits(const pattern *p, text t)
{
    /* A step is on the stack at most once for each that leads to it: two of each fork. */
    uint32_t *memory = calloc(p->steps * 5 + 2, sizeof *memory), *now;
    if (!memory)
        memory_exhausted();
    states s = {memory, memory + p->steps, memory + p->steps * 2, 0, 1, false};
    now = memory + p->steps * 4 + 2;
    enter(p, &s, 0, true, t.n == 0);
    for (size_t at = 0; at < t.n;) {
        uint32_t c = next_character(t, &at);
        size_t n = s.steps;
        memcpy(now, s.step, n * sizeof *now);
        s.steps = 0;
        s.turn++;
        s.found = false;
        for (size_t i = 0; i < n; i++)
            if (accepts(p, &p->step[now[i]], c))
                enter(p, &s, now[i] + 1, false, at == t.n);
    }
    free(memory);
    return s.found;
}
