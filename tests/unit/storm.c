/* The machine in a storm: programs as people write them, in a world that fails in every way a draw
 * can find, with people who answer anything, an operator who goes back, and crashes.
 *
 * A seed decides everything. The first part of a run is wild; then the world becomes calm and the
 * people helpful, and the run must end. What must hold is said where it is looked at (broken).
 *
 *   STORM_SEEDS=100000 build/unit/storm      a longer campaign
 *   STORM_ONLY=fan:17  build/unit/storm      one seed, told on stderr
 */
#include "storm_people.h"

#include "compiler/compile.h"

#if defined __SANITIZE_ADDRESS__
enum { DEFAULT_SEEDS = 500 };
#elif defined __has_feature
#if __has_feature(address_sanitizer)
enum { DEFAULT_SEEDS = 500 };
#else
enum { DEFAULT_SEEDS = 1200 };
#endif
#else
enum { DEFAULT_SEEDS = 1200 };
#endif
enum { WILD = 160, MOST = 20000 };

/* --- the run --- */

static void stale(storm *s)
{
    asked a = {.fiber = draw(s, 5), .n = draw(s, 30)};
    for (size_t k = 0; k < s->waiting.n; k++)
        if (s->waiting.p[k].fiber == a.fiber && s->waiting.p[k].n == a.n)
            return;
    size_t before = s->log.n;
    instant due = vm_deadline(s->m);
    answer(s, &a, "ok", TEXT(""));
    if (due > s->now && s->log.n != before)
        broken(s, "an answer to nothing has an effect");
}

static bool tick(storm *s)
{
    instant due = vm_deadline(s->m);
    if (due == QUANTITY_MAX)
        return false;
    instant at = s->now + draw(s, 60000000);
    s->now = due > at && !s->calm && chance(s, 92) ? at : due > at ? due : at;
    s->rate = s->calm ? 5 : (s->rate * 3 + draw(s, 100)) / 4;
    feed(s, EVENT_TICK, 0, 0, TEXT("{}"));
    return true;
}

static void happen_wild(storm *s)
{
    unsigned what = draw(s, 100);
    if (chance(s, 1))
        s->now += draw(s, 10) * HOUR; /* nobody looks at it for a while */
    if (chance(s, s->hurry))
        operate(s);
    else if (what < 60 && s->waiting.n)
        answer_one(s);
    else if (what < 75)
        tick(s);
    else if (what < 93)
        person(s);
    else if (what < 97)
        crash(s);
    else
        stale(s);
}

static void happen_calm(storm *s)
{
    if (s->paused) {
        resume(s);
    } else if (s->waiting.n) {
        answer_one(s);
    } else if (!person(s) && !tick(s)) {
        broken(s, "nothing can move it any more");
    } else if (chance(s, 2)) {
        tick(s);
    }
}

static void storm_begin(storm *s, const storm_program *p, const image *i, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->image = i;
    s->program = p;
    s->random = seed * 1000003;
    s->m = vm_new(i);
    s->now = 1000 * DAY;
    buffer_init(&s->log);
    arena_init(&s->memory);
    for (const char *const *c = p->cells; *c; c += 2) {
        storm_cell *cell = cell_at(&s->world, (char[]){c[0][0], 0}, text_of(c[0] + 2));
        cell_put(cell, text_of(c[1]));
        memcpy(cell->initial, cell->value, VALUE);
    }
    static const unsigned levels[] = {0, 5, 20, 50};
    s->faults = levels[draw(s, 4)];
    s->blind = levels[draw(s, 4)];
    s->hurry = draw(s, 3) ? draw(s, 8) : 0;
}

static void storm_end(storm *s)
{
    vm_free(s->m);
    vec_release(&s->waiting);
    vec_release(&s->inputs);
    vec_release(&s->marks);
    buffer_release(&s->log);
    arena_release(&s->memory);
}

static void storm_run(storm *s)
{
    unsigned turn = 0;
    feed(s, EVENT_START, 0, 0,
         TEXT("{\"store\":\"s\",\"run\":\"m-1\",\"migration\":\"m\",\"mode\":\"live\","
              "\"by\":\"tom\",\"author\":\"ada\"}"));
    for (; !s->ended && !s->broken[0] && turn < MOST; turn++) {
        s->calm = turn >= WILD;
        if (s->calm)
            happen_calm(s);
        else
            happen_wild(s);
    }
    if (!s->ended)
        broken(s, "it does not end");
    if (s->broken[0])
        return;
    vm_free(replayed(s));
    for (unsigned k = 0; k < 3; k++)
        stale(s);
    s->now += DAY;
    feed(s, EVENT_TICK, 0, 0, TEXT("{}"));
}

/* --- all of it --- */

static image *image_of(const storm_program *p)
{
    char folder[] = "/tmp/ferry-storm-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/storm.ferry", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(p->source, f);
    assert_int_equal(fclose(f), 0);
    arena memory = {0};
    source_map sources;
    diagnostics d;
    buffer bytes = {0};
    image *i = NULL;
    image_fault fault;
    source_map_init(&sources, &memory);
    diag_init(&d, &memory);
    compile_options o = {.path = path};
    if (!compile(&o, &memory, &sources, &d, &bytes, NULL)) {
        diagnostic *g = d.list.p[0];
        fail_msg("%s:%u: %s %.*s", p->name, source_place(&sources, g->at).line,
                 diag_table[g->code].code, TEXT_ARG(g->message));
    }
    if (!image_verify(&i, bytes.p, bytes.n, &fault))
        fail_msg("%s: %s", p->name, fault.message);
    unlink(path);
    rmdir(folder);
    buffer_release(&bytes);
    diag_release(&d);
    source_map_release(&sources);
    arena_release(&memory);
    return i;
}

static bool one_seed(const storm_program *p, const image *i, uint64_t seed, bool trace,
                     unsigned ends[RUN_STUCK + 1])
{
    storm *s = malloc(sizeof *s);
    assert_non_null(s);
    storm_begin(s, p, i, seed);
    s->trace = trace;
    storm_run(s);
    bool well = !s->broken[0];
    if (!well)
        print_error("STORM_ONLY=%s:%llu  %s\n", p->name, (unsigned long long)seed, s->broken);
    ends[vm_state(s->m)]++;
    storm_end(s);
    free(s);
    return well;
}

static unsigned seeds(void)
{
    const char *given = getenv("STORM_SEEDS");
    return given ? (unsigned)strtoul(given, NULL, 10) : DEFAULT_SEEDS;
}

static void in_every_storm(void **state)
{
    const storm_program *p = *state;
    const char *only = getenv("STORM_ONLY");
    unsigned ends[RUN_STUCK + 1] = {0}, bad = 0;
    size_t n = strlen(p->name);
    image *i = image_of(p);
    if (only && (strncmp(only, p->name, n) != 0 || only[n] != ':')) {
        image_free(i);
        return;
    }
    for (unsigned seed = 1; !only && seed <= seeds() && bad < 5; seed++)
        bad += !one_seed(p, i, seed, false, ends);
    if (only)
        bad = !one_seed(p, i, strtoull(only + n + 1, NULL, 10), true, ends);
    image_free(i);
    if (getenv("STORM_SEEDS"))
        print_message("%-8s completed %u  back %u  partial %u  stopped %u\n", p->name,
                      ends[RUN_COMPLETED], ends[RUN_ROLLED_BACK], ends[RUN_PARTIAL],
                      ends[RUN_STOPPED]);
    assert_int_equal(bad, 0);
}

int main(void)
{
    struct CMUnitTest tests[STORM_PROGRAMS];
    for (size_t k = 0; k < STORM_PROGRAMS; k++)
        tests[k] = (struct CMUnitTest){storm_programs[k].name, in_every_storm, NULL, NULL,
                                       (void *)(uintptr_t)&storm_programs[k]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
