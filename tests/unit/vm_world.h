/* vm_world.h: a small program and a small world to run it in, for the tests of the machine.
 *
 * The world is a set of names that exist. A step of a name makes it exist, its undo takes it away,
 * its check asks. What happens to a request can be scripted: refused, or unknown with or without
 * the effect. The host keeps every input and everything derived, so that a run can be fed again to
 * another machine; in reload mode it saves and loads between any two turns.
 */
#ifndef FERRY_TESTS_VM_WORLD_H
#define FERRY_TESTS_VM_WORLD_H

#include "unit.h"

#include "base/vec.h"
#include "bytecode/build.h"
#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"
#include "vm/vm.h"

#include <stdio.h>
#include <stdlib.h>

/* --- programs --- */

static const type_word T_BOOL = TYPE_WORD(TYPE_BOOL, 0), T_TEXT = TYPE_WORD(TYPE_TEXT, 0),
                       T_NUMBER = TYPE_WORD(TYPE_NUMBER, 0), T_SPAN = TYPE_WORD(TYPE_DURATION, 0);

typedef struct {
    build *b;
    type_word texts;      /* [text] */
    uint32_t box, runner; /* connectors */
    insn code[64];
    uint32_t n;
    type_word types[32];
    uint32_t registers;
    unsigned functions;
} program;

static inline void set_text(build *b, uint32_t table, uint32_t row, uint32_t column, const char *s)
{
    build_set(b, table, row, column, build_text(b, text_of(s)));
}

static inline void program_begin(program *p)
{
    memset(p, 0, sizeof *p);
    p->b = build_new(NULL);
    p->texts = build_list_type(p->b, T_TEXT);
    p->box = build_row(p->b, TABLE_CONNECTOR, NO_INDEX);
    set_text(p->b, TABLE_CONNECTOR, p->box, COLUMN_CONNECTOR_NAME, "box");
    build_set(p->b, TABLE_CONNECTOR, p->box, COLUMN_CONNECTOR_KIND, 0);
    p->runner = build_row(p->b, TABLE_CONNECTOR, NO_INDEX);
    set_text(p->b, TABLE_CONNECTOR, p->runner, COLUMN_CONNECTOR_NAME, "runner");
    build_set(p->b, TABLE_CONNECTOR, p->runner, COLUMN_CONNECTOR_KIND, 1);
}

static inline uint32_t define(program *p, const type_word *types, uint32_t registers,
                              uint32_t parameters, const type_word *results, uint32_t n, effect e,
                              const insn *code, uint32_t instructions)
{
    char name[32];
    snprintf(name, sizeof name, "f%03u", p->functions++);
    uint32_t f = build_function_new(p->b, text_of(name));
    build_function row = {.name = text_of(name),
                          .types = types,
                          .registers = registers,
                          .parameters = parameters,
                          .result_types = results,
                          .results = n,
                          .effect = e,
                          .code = code,
                          .instructions = instructions};
    build_function_define(p->b, f, &row);
    return f;
}

static inline image_site site_of(program *p, site_kind kind, const char *name)
{
    image_site s = {.kind = kind, .name = build_text(p->b, text_of(name))};
    s.operation = s.connector = s.title = s.args = s.check = s.undo = s.find = s.body = NO_INDEX;
    s.capture_names = s.votes = s.needs = s.wanted = s.why = s.evidence = s.ask_role = NO_INDEX;
    s.ask_within = s.retry_pause = s.timeout = s.estimate_low = s.estimate_high = QUANTITY_NONE;
    s.expires = s.worst_forward = s.worst_back = QUANTITY_NONE;
    return s;
}

static inline uint32_t add_site(program *p, const image_site *s)
{
    return build_site(p->b, s, NULL);
}

/* (name) -> name, none… : arguments of an operation that takes the name first. */
static inline uint32_t args_of(program *p, operation_id o)
{
    bool run = o == OPERATION_EXEC_RUN, move = o == OPERATION_DIR_MOVE;
    bool write = o == OPERATION_DIR_WRITE;
    type_word json = TYPE_WORD(TYPE_JSON, 0);
    type_word types[4] = {T_TEXT, run ? p->texts : T_TEXT, write ? T_TEXT : T_TEXT, json};
    insn code[5];
    uint32_t n = 0, results = run ? 2 : move ? 2 : write ? 3 : 1;
    code[n++] = run ? (insn){OP_LIST, 1, 0, 1} : (insn){OP_MOV, 1, 0, 0};
    code[n++] = move ? (insn){OP_MOV, 2, 0, 0} : (insn){OP_LDN, 2, 1, 0};
    code[n++] = (insn){OP_LDN, 3, 1, 0};
    code[n++] = (insn){OP_RET, 1, (uint16_t)results, 0};
    return define(p, types, 4, 1, types + 1, results, EFFECT_PURE, code, n);
}

/* read (name) -> bool: whether it exists. */
static inline uint32_t exists_of(program *p)
{
    image_site s = site_of(p, SITE_READ, "");
    image_field field = {.path = build_text(p->b, TEXT("exists")), .type = T_BOOL};
    s.operation = OPERATION_DIR_STAT, s.connector = p->box, s.captures = 1;
    s.args = args_of(p, OPERATION_DIR_STAT);
    s.shape = build_shape(p->b, &field, 1), s.shape_count = 1;
    s.retries = 1, s.retry_pause = SECOND;
    type_word types[2] = {T_TEXT, T_BOOL};
    insn code[] = {{OP_READ, 1, (uint16_t)add_site(p, &s), 0}, {OP_RET, 1, 1, 0}};
    return define(p, types, 2, 1, &T_BOOL, 1, EFFECT_READ, code, 2);
}

/* write (name): takes it away. */
static inline uint32_t undo_of(program *p)
{
    image_site s = site_of(p, SITE_DO, "");
    s.operation = OPERATION_DIR_REMOVE, s.connector = p->box, s.captures = 1;
    s.args = args_of(p, OPERATION_DIR_REMOVE);
    insn code[] = {{OP_DO, 0, (uint16_t)add_site(p, &s), 0}, {OP_RET, 0, 0, 0}};
    return define(p, &T_TEXT, 1, 1, NULL, 0, EFFECT_WRITE, code, 2);
}

/* A step of one capture, the name. */
static inline image_site step_of(program *p, const char *name, operation_id o)
{
    image_site s = site_of(p, SITE_STEP, name);
    s.operation = o, s.connector = o == OPERATION_EXEC_RUN ? p->runner : p->box;
    s.captures = 1;
    s.args = args_of(p, o);
    s.check = exists_of(p);
    s.undo = undo_of(p);
    s.retries = 1, s.retry_pause = 5 * SECOND;
    uint32_t names[] = {build_text(p->b, TEXT("name"))};
    s.capture_names = build_words(p->b, names, 1);
    return s;
}

static inline uint32_t title_of(program *p, const char *title)
{
    insn code[] = {{OP_LDT, 0, (uint16_t)build_text(p->b, text_of(title)), 0}, {OP_RET, 0, 1, 0}};
    return define(p, &T_TEXT, 1, 0, &T_TEXT, 1, EFFECT_PURE, code, 2);
}

/* --- the body of the function under construction --- */

static inline uint32_t reg(program *p, type_word t)
{
    p->types[p->registers] = t;
    return p->registers++;
}

static inline void emit(program *p, opcode op, uint32_t a, uint32_t b, uint32_t c)
{
    p->code[p->n++] = (insn){(uint16_t)op, (uint16_t)a, (uint16_t)b, (uint16_t)c};
}

static inline void emit_constant(program *p, uint32_t r, int64_t v)
{
    emit(p, OP_LDK, r, build_constant(p->b, v), 0);
}

static inline uint32_t load_text(program *p, const char *s)
{
    uint32_t r = reg(p, T_TEXT);
    emit(p, OP_LDT, r, build_text(p->b, text_of(s)), 0);
    return r;
}

static inline uint32_t load(program *p, type_word t, int64_t v)
{
    uint32_t r = reg(p, t);
    emit_constant(p, r, v);
    return r;
}

/* The first operand of a task or an approval that is never due. */
static inline uint32_t never_due(program *p)
{
    uint32_t r = reg(p, TYPE_WORD(TYPE_INSTANT, 0));
    emit(p, OP_LDN, r, 1, 0);
    return r;
}

static inline void emit_step(program *p, const image_site *s, const char *name)
{
    uint32_t r = load_text(p, name);
    emit(p, OP_STEP, 0, add_site(p, s), r);
}

static inline void step(program *p, const char *name)
{
    image_site s = step_of(p, name, OPERATION_DIR_WRITE);
    emit_step(p, &s, name);
}

/* Opens a scope; give what it returns to scope_close. */
static inline uint32_t scope_open(program *p, const char *name, scope_kind kind, failure_response r)
{
    image_site s = site_of(p, SITE_SCOPE, name);
    s.action = kind;
    s.on_failure = r;
    emit(p, OP_SCOPE, 0, add_site(p, &s), 0);
    return p->n - 1;
}

static inline void scope_close(program *p, uint32_t at)
{
    emit(p, OP_LEAVE, 0, 0, 0);
    p->code[at].c = (uint16_t)(p->n - at - 1);
}

/* What stands so far becomes a function; the next one begins empty. */
static inline uint32_t body_end(program *p, uint32_t parameters)
{
    emit(p, OP_RET, 0, 0, 0);
    uint32_t f =
        define(p, p->types, p->registers, parameters, NULL, 0, EFFECT_WRITE, p->code, p->n);
    p->n = p->registers = 0;
    return f;
}

/* Facts 0 … n - 1; their types are those of the registers that are put. */
static inline void with_facts(program *p, uint32_t n)
{
    image_limits l = {.fibers = IMAGE_FIBERS,
                      .text = IMAGE_TEXT,
                      .list = IMAGE_LIST,
                      .fuel = IMAGE_FUEL,
                      .facts = n,
                      .weight = {25000000, 30000000, 25000000, 15000000, 5000000},
                      .level = {30 * UNIT_NUMBER, 50 * UNIT_NUMBER, 70 * UNIT_NUMBER}};
    build_limits(p->b, &l);
}

static inline image *program_end(program *p)
{
    image_entry e = {.name = build_text(p->b, TEXT("m")), .title = build_text(p->b, TEXT("M"))};
    e.customer = e.window = NO_INDEX;
    e.worst_forward = e.worst_back = QUANTITY_NONE;
    e.function = body_end(p, 0);
    build_entry(p->b, &e);
    buffer bytes;
    buffer_init(&bytes);
    const char *why = "";
    if (!build_finish(p->b, &bytes, &why))
        fail_msg("%s", why);
    build_free(p->b);
    image *i = NULL;
    image_fault fault;
    if (!image_verify(&i, bytes.p, bytes.n, &fault))
        fail_msg("%s", fault.message);
    buffer_release(&bytes);
    return i;
}

/* --- the world --- */

typedef enum { FATE_OK, FATE_REFUSED, FATE_LOST, FATE_HAPPENED, FATE_HANGS, FATE_IDLE } fate;

typedef struct {
    const char *operation, *name; /* of requests: "dir.write" and its first argument */
    unsigned skip, times;         /* how many it lets pass, how many it meets */
    fate fate; /* LOST: unknown, not done; HAPPENED: unknown, done; IDLE: ok, not done */
} script;

typedef struct {
    event_kind kind;
    instant at;
    uint32_t fiber, n;
    char *body;
} given;

typedef struct {
    const image *image;
    vm *m;
    instant now;
    VEC(char *) things; /* what exists */
    script scripts[16];
    unsigned scripted;
    VEC(vm_output) waiting; /* requests not answered; their texts are in memory */
    VEC(given) inputs;
    buffer log; /* everything derived, one a line */
    arena memory;
    bool reload;
    unsigned effects;               /* writes that changed the world */
    int64_t (*series)(instant now); /* a value for exec.ask, or QUANTITY_NA */
    duration latency;               /* of an answer; 0 is a millisecond */
    bool live;                      /* the mode of its runs; `script` otherwise */
    unsigned looks;                 /* at live traffic */
} world;

static inline void world_init(world *w, image *i)
{
    memset(w, 0, sizeof *w);
    w->image = i;
    w->m = vm_new(i);
    w->now = 1000 * DAY;
    buffer_init(&w->log);
    arena_init(&w->memory);
}

static inline void world_release(world *w)
{
    vm_free(w->m);
    vec_release(&w->things);
    vec_release(&w->waiting);
    vec_release(&w->inputs);
    buffer_release(&w->log);
    arena_release(&w->memory);
}

static inline void on(world *w, const char *operation, const char *name, unsigned skip,
                      unsigned times, fate f)
{
    w->scripts[w->scripted++] = (script){operation, name, skip, times, f};
}

static inline ptrdiff_t thing(const world *w, text name)
{
    for (size_t k = 0; k < w->things.n; k++)
        if (text_is(name, w->things.p[k]))
            return (ptrdiff_t)k;
    return -1;
}

static inline bool exists(const world *w, const char *name)
{
    return thing(w, text_of(name)) >= 0;
}

static inline void make(world *w, text name)
{
    if (thing(w, name) < 0)
        vec_push(&w->things, arena_copy(&w->memory, name.p, name.n));
}

static inline void unmake(world *w, text name)
{
    ptrdiff_t at = thing(w, name);
    if (at >= 0)
        w->things.p[at] = w->things.p[--w->things.n];
}

static inline void log_outputs(world *w, vm *m, bool submit)
{
    vm_output o;
    while (vm_next(m, &o)) {
        char hex[65];
        sha256_hex(&o.key, hex);
        buffer_printf(&w->log, "%u %d %u %u %u %.16s %.*s %.*s\n", (unsigned)o.kind, (int)o.submit,
                      o.fiber, o.n, o.site, hex, TEXT_ARG(o.body), TEXT_ARG(o.request));
        if (!submit)
            continue;
        if (o.submit == SUBMIT_WITHDRAW) {
            for (size_t k = 0; k < w->waiting.n; k++)
                if (w->waiting.p[k].fiber == o.fiber && w->waiting.p[k].n == o.n) {
                    memmove(&w->waiting.p[k], &w->waiting.p[k + 1],
                            (--w->waiting.n - k) * sizeof *w->waiting.p);
                    break;
                }
        } else if (o.submit != SUBMIT_NOTHING) {
            o.request = text_copy(&w->memory, o.request);
            o.body = TEXT("");
            vec_push(&w->waiting, o);
        }
    }
}

static inline void reload(world *w)
{
    buffer a, b;
    buffer_init(&a);
    buffer_init(&b);
    vm_save(w->m, &a);
    vm *other = vm_new(w->image);
    assert_true(vm_load(other, buffer_view(&a)));
    vm_save(other, &b);
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.p, b.p, a.n);
    vm_free(w->m);
    w->m = other;
    buffer_release(&a);
    buffer_release(&b);
}

static inline void feed(world *w, event_kind kind, uint32_t fiber, uint32_t n, text body)
{
    given g = {kind, w->now, fiber, n, arena_copy(&w->memory, body.p, body.n)};
    vm_input in = {.kind = kind, .at = w->now, .fiber = fiber, .n = n, .body = body};
    vec_push(&w->inputs, g);
    vm_turn(w->m, &in);
    log_outputs(w, w->m, true);
    if (w->reload)
        reload(w);
}

static inline void begin_run(world *w)
{
    feed(w, EVENT_START, 0, 0,
         text_format(&w->memory,
                     "{\"store\":\"s\",\"run\":\"m-1\",\"migration\":\"m\",\"mode\":\"%s\","
                     "\"by\":\"tom\",\"author\":\"ada\"}",
                     w->live ? "live" : "script"));
}

/* A command as people give it; NULL when it was taken, else why not. */
static inline const char *say(world *w, const char *body)
{
    vm_input in = {.kind = EVENT_COMMAND, .at = w->now, .body = text_of(body)};
    const char *why = vm_admit(w->m, &in, &w->memory);
    if (!why)
        feed(w, EVENT_COMMAND, 0, 0, in.body);
    return why;
}

static inline fate fate_of(world *w, text operation, text name)
{
    for (unsigned k = 0; k < w->scripted; k++) {
        script *s = &w->scripts[k];
        if (!text_is(operation, s->operation) || !text_is(name, s->name))
            continue;
        if (s->skip) {
            s->skip--;
            continue;
        }
        if (!s->times)
            continue;
        s->times--;
        return s->fate;
    }
    return FATE_OK;
}

static inline void answer(world *w, const vm_output *o, const char *status, const char *values)
{
    text body =
        text_format(&w->memory, "{\"detail\":\"\",\"elapsed\":1,\"status\":\"%s\",\"values\":[%s]}",
                    status, values);
    feed(w, EVENT_OUTCOME, o->fiber, o->n, body);
}

static inline text first_argument(world *w, const json_document *d)
{
    static const char *const names[] = {"path", "from", "argv"};
    uint32_t args = json_member(d, 0, TEXT("arguments"));
    for (unsigned k = 0; k < 3; k++) {
        uint32_t node = json_member(d, args, text_of(names[k]));
        if (node && d->node[node].kind == JSON_ARRAY)
            node = json_element(d, node, 0);
        if (node)
            return json_text(&w->memory, d, node);
    }
    return TEXT("");
}

static inline void perform(world *w, const vm_output *o)
{
    json_document d;
    assert_true(json_read(&w->memory, o->request, &d, NULL));
    text operation = json_text(&w->memory, &d, json_member(&d, 0, TEXT("operation")));
    text name = first_argument(w, &d);
    if (o->submit == SUBMIT_PROBE) {
        fate f = fate_of(w, TEXT("probe"), name);
        bool there = thing(w, name) >= 0;
        answer(w, o, f != FATE_OK ? "unknown" : there ? "ok" : "refused", "");
        return;
    }
    fate f = fate_of(w, operation, name);
    if (f == FATE_HANGS)
        return;
    if (text_is(operation, "dir.stat")) {
        answer(w, o, f == FATE_OK ? "ok" : "unknown", thing(w, name) >= 0 ? "true" : "false");
        return;
    }
    if (text_is(operation, "exec.ask")) {
        int64_t v = w->series ? w->series(w->now) : QUANTITY_NA;
        char number[32];
        snprintf(number, sizeof number, "%lld", (long long)v);
        answer(w, o, f == FATE_OK && v != QUANTITY_NA ? "ok" : "unknown", number);
        return;
    }
    w->looks += text_is(operation, "live");
    if (text_is(operation, "simulate") || text_is(operation, "live")) {
        answer(w, o, f == FATE_OK ? "ok" : "unknown", f == FATE_OK ? "0.935,2" : "");
        return;
    }
    if (text_is(operation, "notify")) {
        answer(w, o, f == FATE_OK ? "ok" : "refused", "");
        return;
    }
    if (text_is(operation, "window")) {
        char values[64];
        instant start = 1000 * DAY + 10 * HOUR, after = 0;
        uint32_t node = json_member(&d, json_member(&d, 0, TEXT("arguments")), TEXT("after"));
        assert_true(decimal_read(json_raw(&d, node), 0, false, &after, NULL));
        while (start + 4 * HOUR <= after)
            start += DAY;
        snprintf(values, sizeof values, "%lld,%lld", (long long)start,
                 (long long)(start + 4 * HOUR));
        answer(w, o, "ok", values);
        return;
    }
    if (f == FATE_OK || f == FATE_HAPPENED) {
        w->effects++;
        if (text_is(operation, "dir.remove"))
            unmake(w, name);
        else
            make(w, name);
    }
    answer(w, o,
           f == FATE_OK || f == FATE_IDLE ? "ok"
           : f == FATE_REFUSED            ? "refused"
                                          : "unknown",
           "");
}

/* One thing happens: the oldest request is answered, else time passes to the next timer. false when
 * nothing can happen without people. */
static inline bool happen(world *w)
{
    if (w->waiting.n) {
        vm_output o = w->waiting.p[0];
        memmove(w->waiting.p, w->waiting.p + 1, --w->waiting.n * sizeof o);
        w->now += w->latency ? w->latency : 1000;
        perform(w, &o);
        return true;
    }
    instant due = vm_deadline(w->m);
    if (due == QUANTITY_MAX)
        return false;
    if (due > w->now)
        w->now = due;
    feed(w, EVENT_TICK, 0, 0, TEXT("{}"));
    return true;
}

static inline void run(world *w)
{
    for (unsigned k = 0; k < 100000 && vm_state(w->m) < RUN_COMPLETED; k++)
        if (!happen(w))
            return;
}

/* As long as time need not pass. */
static inline void run_now(world *w)
{
    while (w->waiting.n && happen(w))
        ;
}

static inline unsigned logged(world *w, const char *part)
{
    unsigned n = 0;
    for (const char *s = buffer_string(&w->log); (s = strstr(s, part)); s++)
        n++;
    return n;
}

/* The same inputs, given to a new machine, must derive the same bytes and the same state. */
static inline void assert_replays(world *w)
{
    world other;
    world_init(&other, (image *)(uintptr_t)w->image);
    for (size_t k = 0; k < w->inputs.n; k++) {
        const given *g = &w->inputs.p[k];
        vm_input in = {g->kind, g->at, g->fiber, g->n, text_of(g->body)};
        vm_turn(other.m, &in);
        log_outputs(&other, other.m, false);
    }
    assert_string_equal(buffer_string(&w->log), buffer_string(&other.log));
    sha256 a = vm_hash(w->m), b = vm_hash(other.m);
    assert_true(sha256_equal(&a, &b));
    world_release(&other);
}

#endif
