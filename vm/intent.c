/* intent.c: what stands in the journal before a write is submitted: the request itself, and the
 * request that would take it back.
 *
 * The second is found by running the undo's function on a scratch frame, over the captures and with
 * the results not available, to its first instruction that waits. Where that is the write, and
 * nothing before it looked at a result, its request is known. An undo that asks or needs an answer
 * first says what it `needs` instead: a result, a fact, the mnemonic of what it waits for, an
 * argument that is not available, or limits.
 */
#include "bytecode/signature.h"
#include "bytecode/vocabulary.h"
#include "vm/write_parts.h"

#include <string.h>

/* --- the request of the undo --- */

/* How many registers operand k of an instruction names. REC: as many as there may be. */
static uint32_t operand_width(const image *i, const insn *x, unsigned k)
{
    switch (op_rows[x->op].operand[k]) {
    case R_: return 1;
    case N_: break;
    default: return 0;
    }
    switch (x->op) {
    case OP_LIST:
    case OP_CAT:
    case OP_JOIN: return x->c;
    case OP_RET: return x->b;
    case OP_SEL: return 2;
    case OP_READ:
    case OP_DO: return i->sites[x->b].captures;
    case OP_CALL: return i->functions[x->b].parameters;
    case OP_BI: return signature_read(builtin_rows[x->b].signature).parameters;
    default: break;
    }
    if (op_rows[x->op].operand[1] == F_) /* over a list: it stands for the element */
        return i->functions[x->b].parameters;
    if (op_rows[x->op].operand[1] == S_)
        return i->sites[x->b].captures + 3; /* with the operands that lead */
    return UINT16_MAX;
}

/* Whether one of the first n instructions of a function reads a register of [from, to). Parameters
 * are never moved, so that what depends on one has read it. Code that a branch skipped counts. */
static bool reads_between(const image *i, uint32_t function, uint32_t n, uint32_t from, uint32_t to)
{
    for (uint32_t k = 0; k < n && from < to; k++) {
        const insn *x = &i->code[i->functions[function].code + k];
        const uint16_t value[3] = {x->a, x->b, x->c};
        for (unsigned o = 0; o < 3; o++) {
            uint32_t width = operand_width(i, x, o);
            if (width && value[o] < to && value[o] + width > from)
                return true;
        }
    }
    return false;
}

/* Runs to the first instruction that is not a fact; NULL there, else what is needed. */
static const char *run_prefix(vm *m, const fiber *f, exec_fiber *x)
{
    const fiber *of;
    for (;;) {
        exec_status s = exec_run(&m->exec, x);
        if (s == EXEC_RETURNED)
            return "nothing";
        if (s != EXEC_WAIT)
            return "limits";
        const insn *i = exec_instruction(x, m->image);
        if (i->op == OP_DO)
            return NULL;
        if (i->op != OP_GET)
            return op_rows[i->op].mnemonic;
        const fact *known = fiber_fact(m, f, i->b, &of);
        if (!known || known->value == QUANTITY_NA)
            return "fact";
        type_word t = exec_type(x, m->image, i->a);
        *exec_register(x, i->a) = value_copy(m->image, &of->keep, &x->heap, t, known->value);
        exec_advance(x, 0);
    }
}

/* The write at which the scratch frame stands. */
static const char *put_write(vm *m, json_writer *w, exec_fiber *x)
{
    const insn *i = exec_instruction(x, m->image);
    const image_site *s = &m->image->sites[i->b];
    int64_t args[ARGUMENTS];
    text missing;
    buffer b;
    if (s->captures > ARGUMENTS || s->operation >= OPERATION_COUNT)
        return "limits";
    for (uint32_t k = 0; k < s->captures; k++)
        args[k] = *exec_register(x, i->c + k);
    json_writer request = output_open(&b);
    const char *needs = NULL;
    if (request_put(m, &request, i->b, args, &x->heap, false, &missing)) {
        json_object_end(&request);
        json_put_key(w, "request");
        json_put_raw(w, buffer_view(&b));
    } else {
        needs = missing.n ? "argument" : "limits";
    }
    buffer_release(&b);
    return needs;
}

static const char *preview(vm *m, const fiber *f, json_writer *w, const image_site *s,
                           const int64_t *args, exec_fiber *x)
{
    const image_function *fn = &m->image->functions[s->undo];
    int64_t padded[ARGUMENTS];
    if (fn->parameters > ARGUMENTS)
        return "limits";
    for (uint32_t k = 0; k < fn->parameters; k++)
        padded[k] = k < s->captures ? args[k] : QUANTITY_NA;
    if (!exec_push(x, m->image, s->undo, padded, fn->parameters))
        return "limits";
    const char *needs = run_prefix(m, f, x);
    uint32_t seen = x->frames ? x->frame[0].pc + 1 : fn->instructions;
    if (reads_between(m->image, s->undo, seen, s->captures, fn->parameters))
        return "result";
    return needs ? needs : put_write(m, w, x);
}

/* The request of the undo, or what it needs. The scratch frame borrows the heap: what it leaves
 * there is gone when the turn ends. */
static const char *undo_request(vm *m, fiber *f, json_writer *w, const image_site *s,
                                const int64_t *args)
{
    exec_fiber x;
    exec_fiber_init(&x, m->image);
    x.heap = f->x.heap;
    const char *needs = preview(m, f, w, s, args, &x);
    f->x.heap = x.heap;
    x.heap = (heap){0};
    exec_fiber_release(&x);
    return needs;
}

static void put_undo(vm *m, fiber *f, json_writer *w, const image_site *s, const int64_t *args)
{
    bool sealed = s->flags & SITE_IRREVERSIBLE, calls = !sealed && s->undo != NO_INDEX;
    json_object(w);
    json_add_cstr(w, "kind", sealed ? "irreversible" : calls ? "call" : "none");
    json_add_text(w, "why", s->why == NO_INDEX ? TEXT("") : image_text(m->image, s->why));
    const char *needs = calls ? undo_request(m, f, w, s, args) : NULL;
    if (needs)
        json_add_cstr(w, "needs", needs);
    json_object_end(w);
}

bool intent_way_back(vm *m, fiber *f, const activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    int64_t args[ARGUMENTS];
    buffer b;
    if (s->flags & SITE_IRREVERSIBLE || s->undo == NO_INDEX || untold(m, f))
        return true;
    act_args(m, f, a, 0, args);
    json_writer w = output_open(&b);
    const char *needs = undo_request(m, f, &w, s, args);
    buffer_release(&b);
    if (needs && strcmp(needs, "argument") == 0) {
        fiber_why(f, "not begun: what its undo needs is not available");
        return false;
    }
    return true;
}

/* --- the intent --- */

bool intent_request(vm *m, fiber *f, activity *a, sha256 *key, buffer *request)
{
    int64_t args[ARGUMENTS];
    text path = site_path(m, f, a->site);
    act_args(m, f, a, 0, args);
    *key = write_key(m, f, path, a->ordinal, saga_undoing(f) != NULL);
    return request_build(m, f, a->site, args, path, request);
}

/* The intent is the request, and what undoing it needs. */
static text intent_body(vm *m, fiber *f, activity *a, text request)
{
    const image_site *s = &m->image->sites[a->site];
    int64_t args[ARGUMENTS];
    buffer b;
    act_args(m, f, a, 0, args);
    json_writer w = output_open(&b);
    json_add_int(&w, "attempt", a->attempt);
    json_put_key(&w, "captures");
    put_values(m, f, &w, s, args, &f->x.heap);
    json_put_key(&w, "undo");
    put_undo(m, f, &w, s, args);
    buffer_char(&b, ',');
    buffer_text(&b, text_slice(request, 1, request.n));
    text body = text_copy(&m->turn, buffer_view(&b));
    buffer_release(&b);
    return body;
}

void intent_submit(vm *m, fiber *f, activity *a, const sha256 *key, text request)
{
    buffer body;
    buffer_init(&body);
    buffer_text(&body, intent_body(m, f, a, request));
    vm_output *o = output_event(m, f, EVENT_INTENT, a->site, &body);
    o->submit = SUBMIT_REQUEST;
    o->key = *key;
    o->request = text_copy(&m->turn, request);
    a->n = o->n = ++f->n;
    a->awaits = AWAIT_OUTCOME;
    a->flags |= ACT_FLIGHT;
}

void act_outstanding(vm *m, fiber *f, activity *a, vm_output *o)
{
    buffer request;
    activity *of = a->kind == ACT_DOUBT ? a - 1 : a;
    buffer_init(&request);
    *o = (vm_output){.kind = EVENT_COUNT, .fiber = f->id, .n = a->n, .site = of->site};
    o->submit = a->flags & ACT_PROBING ? SUBMIT_PROBE : SUBMIT_REQUEST;
    if (of->kind == ACT_READ || of->kind == ACT_LIVE) {
        int64_t args[ARGUMENTS];
        act_args(m, f, of, of->kind == ACT_LIVE, args);
        request_build(m, f, of->site, args, site_path(m, f, of->site), &request);
    } else if (of->kind == ACT_WRITE || of->kind == ACT_DO) {
        intent_request(m, f, of, &o->key, &request);
        o->kind = o->submit == SUBMIT_PROBE ? EVENT_COUNT : EVENT_INTENT;
    } else {
        window_request(m, f, of, &request);
    }
    o->request = text_copy(&m->turn, buffer_view(&request));
    buffer_release(&request);
}
