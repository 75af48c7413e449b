/* Hostile states: a run of a known program is stopped somewhere, its saved bytes are edited, and
 * what vm_load accepts must be loadable to the same bytes and must run on without harm.
 *
 * Input: program, how many things happen before the save, fates of requests, how many edits; then
 * the edits (offset u16, kind, value); then what people say while it runs on. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The world of the unit tests, without cmocka. */
#define FERRY_TESTS_UNIT_H
#define require(x)                                                                                 \
    do {                                                                                           \
        if (!(x))                                                                                  \
            abort();                                                                               \
    } while (0)
#define assert_true(x)               require(x)
#define assert_int_equal(a, b)       require((a) == (b))
#define assert_memory_equal(a, b, n) require(memcmp((a), (b), (n)) == 0)
#define assert_string_equal(a, b)    require(strcmp((a), (b)) == 0)
#define fail_msg(...)                abort()

#include "tests/unit/vm_programs.h"

enum { PROGRAMS = 9, LATER = 60 };

typedef struct {
    const uint8_t *p;
    size_t n;
} input;

static unsigned next(input *in)
{
    if (!in->n)
        return 0;
    in->n--;
    return *in->p++;
}

static image *program_number(unsigned k)
{
    switch (k % PROGRAMS) {
    case 0: return step_then_fail(OPERATION_DIR_MOVE, true, 0);
    case 1: return step_then_fail(OPERATION_EXEC_RUN, false, SITE_UNDO_NONE);
    case 2: return nested(ON_PAUSE);
    case 3: return loop(2, true);
    case 4: return approval();
    case 5: return task(true, ON_ASK);
    case 6: return until();
    case 7: return window(2 * HOUR, 3 * HOUR);
    default: return watch(TRIGGER_PAUSE);
    }
}

static int64_t rising(instant now)
{
    return (now - 1000 * DAY) / MINUTE % 20;
}

static void edit(buffer *b, input *in, unsigned edits)
{
    for (unsigned k = 0; k < edits && b->n >= 4; k++) {
        unsigned low = next(in), at = low | next(in) << 8, kind = next(in), value = next(in);
        uint32_t word = kind & 1 ? UINT32_MAX - value : value;
        at %= b->n - 3;
        switch (kind >> 1 & 3) {
        case 0: b->p[at] = (char)value; break;
        case 1: memcpy(b->p + at, &word, sizeof word); break;
        case 2: b->p[at] = (char)(b->p[at] + (kind & 8 ? 1 : -1)); break;
        default:
            if (kind & 16)
                b->n = at;
        }
    }
}

static void people(world *w, input *in)
{
    static const char *const said[] = {"{\"command\":\"approve\",\"by\":\"eve\"}",
                                       "{\"command\":\"done\"}",
                                       "{\"command\":\"answer\",\"answer\":\"retry\"}",
                                       "{\"command\":\"answer\",\"answer\":\"rollback\"}",
                                       "{\"command\":\"answer\",\"answer\":\"skip\"}",
                                       "{\"command\":\"answer\",\"answer\":\"continue\"}",
                                       "{\"command\":\"resolve\",\"answer\":\"retry\"}",
                                       "{\"command\":\"resolve\",\"answer\":\"done\"}",
                                       "{\"command\":\"rollback\"}",
                                       "{\"command\":\"rollback\",\"target\":\"x\"}",
                                       "{\"command\":\"pause\"}",
                                       "{\"command\":\"resume\"}"};
    (void)say(w, said[next(in) % (sizeof said / sizeof *said)]);
}

static void outstanding(world *w)
{
    vm_output o;
    vec_clear(&w->waiting);
    for (uint32_t k = 0; k < 100 && vm_outstanding(w->m, k, &o); k++) {
        if (!o.request.n)
            continue; /* what it asked with is gone: an edited register */
        o.request = text_copy(&w->memory, o.request);
        vec_push(&w->waiting, o);
    }
}

static void go_on(world *w, input *in)
{
    for (unsigned k = 0; k < LATER; k++) {
        buffer b = {0};
        json_writer j;
        json_begin(&j, &b, 0);
        json_object(&j);
        vm_describe(w->m, &j);
        json_object_end(&j);
        buffer_release(&b);
        if (!happen(w) || in->n)
            people(w, in);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    input in = {bytes, n};
    world w;
    image *i = program_number(next(&in));
    world_init(&w, i);
    w.series = rising;
    unsigned before = next(&in) % 40, fates = next(&in), edits = next(&in) % 8;
    if (fates & 1)
        on(&w, "dir.write", "two", 0, 2, fates & 2 ? FATE_REFUSED : FATE_HAPPENED);
    if (fates & 4)
        on(&w, "dir.remove", "one", 0, 2, fates & 8 ? FATE_REFUSED : FATE_IDLE);
    if (fates & 16)
        on(&w, "dir.move", "one", 0, 1, fates & 32 ? FATE_LOST : FATE_HAPPENED);
    if (fates & 64)
        on(&w, "dir.write", "x", 0, 2, fates & 128 ? FATE_REFUSED : FATE_LOST);
    begin_run(&w);
    for (unsigned k = 0; k < before && happen(&w); k++)
        ;
    buffer saved = {0}, again = {0};
    vm_save(w.m, &saved);
    edit(&saved, &in, edits);
    vm_free(w.m);
    w.m = vm_new(i);
    if (vm_load(w.m, buffer_view(&saved))) {
        vm_save(w.m, &again);
        require(text_equal(buffer_view(&saved), buffer_view(&again)));
        outstanding(&w);
        go_on(&w, &in);
    }
    buffer_release(&saved);
    buffer_release(&again);
    world_release(&w);
    image_free(i);
    return 0;
}
