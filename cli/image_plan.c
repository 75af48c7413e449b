/* image_plan.c: see image_plan.h. */
#include "cli/image_plan.h"

#include "base/vec.h"
#include "bytecode/disasm.h"
#include "bytecode/vocabulary.h"
#include "cli/plan_rows.h"

#include <string.h>

enum { REGISTERS = 1024, NESTED = 64, LOOKED_AT = 1 << 20 /* instructions */ };

typedef struct {
    cli *c;
    const image *i;
    VEC(plan_line) lines;
    text path[NESTED];
    unsigned depth;
    uint32_t looked_at; /* an image that calls itself ever wider is not followed to its end */
} reading;

/* Constants that registers hold, as far as the code says so before it comes to a line. */
typedef struct {
    int64_t value[REGISTERS];
    bool known[REGISTERS];
} registers;

static const bool writes_register[OP_COUNT] = {
#define OP(id, mnemonic, a, b, c, wait, synopsis) [OP_##id] = sizeof #a > 1 && #a[0] == 'D',
#include "bytecode/opcodes.def"
#undef OP
};

static text taken(reading *r, buffer *b)
{
    text t = text_copy(&r->c->memory, buffer_view(b));
    buffer_release(b);
    return t;
}

static uint32_t wide(const insn *n)
{
    return n->b | (uint32_t)n->c << 16;
}

/* --- what a function says ------------------------------------------------------------------------
 */

static void put_constant(reading *r, const image_function *f, const insn *n, buffer *b)
{
    if (n->op != OP_LDK && n->op != OP_LDI && n->op != OP_LDT)
        return;
    buffer_cstr(b, b->n ? ", " : "");
    if (n->op == OP_LDT)
        buffer_printf(b, "\"%.*s\"", TEXT_ARG(image_text(r->i, wide(n))));
    else
        value_write(r->i, r->i->types[f->types + n->a],
                    n->op == OP_LDI ? (int16_t)n->b : r->i->constant[wide(n)], b);
}

/* "\"../ctl\", 99.9%": the constants that it loads, in their order. */
static text constants(reading *r, uint32_t function)
{
    buffer b = {0};
    const image_function *f = function == NO_INDEX ? NULL : &r->i->functions[function];
    for (uint32_t k = 0; f && k < f->instructions; k++)
        put_constant(r, f, &r->i->code[f->code + k], &b);
    return taken(r, &b);
}

/* A title that is one text; empty where values stand in it. */
static text title_of(reading *r, uint32_t function)
{
    const image_function *f = function == NO_INDEX ? NULL : &r->i->functions[function];
    const insn *n = f && f->instructions ? &r->i->code[f->code] : NULL;
    return n && n->op == OP_LDT && f->instructions <= 3 ? image_text(r->i, wide(n)) : TEXT("");
}

static text operation_text(reading *r, const image_site *s)
{
    const operation_row *o = s->operation < OPERATION_COUNT ? &operation_rows[s->operation] : NULL;
    if (!o)
        return TEXT("");
    bool named = strcmp(o->connector, "none") != 0 && s->connector != NO_INDEX;
    text on = named ? image_field_text(r->i, TABLE_CONNECTOR, COLUMN_CONNECTOR_NAME, s->connector)
                    : TEXT("");
    return text_format(&r->c->memory, "%.*s%s%s(%.*s)", TEXT_ARG(on), on.n ? "." : "", o->name,
                       TEXT_ARG(constants(r, s->args)));
}

/* The calls of a function with an effect, in their order. */
static text calls(reading *r, uint32_t function)
{
    buffer b = {0};
    const image_function *f = function == NO_INDEX ? NULL : &r->i->functions[function];
    for (uint32_t k = 0; f && k < f->instructions; k++) {
        const insn *n = &r->i->code[f->code + k];
        if (n->op != OP_DO && n->op != OP_READ)
            continue;
        buffer_cstr(&b, b.n ? "; " : "");
        buffer_text(&b, operation_text(r, &r->i->sites[n->b]));
    }
    return taken(r, &b);
}

static text roles(reading *r, uint32_t list)
{
    buffer b = {0};
    uint32_t n = list == NO_INDEX ? 0 : r->i->words[list];
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t *pair = &r->i->words[list + 1 + 2 * k];
        buffer_cstr(&b, k ? ", " : "");
        if (pair[1] > 1)
            buffer_printf(&b, "%u of ", pair[1]);
        buffer_text(&b, image_field_text(r->i, TABLE_ROLE, COLUMN_ROLE_NAME, pair[0]));
    }
    return taken(r, &b);
}

/* --- lines ---------------------------------------------------------------------------------------
 */

typedef struct {
    plan_field p[10];
    size_t n;
} fields;

static void field(fields *f, const char *name, text value)
{
    if (value.n)
        f->p[f->n++] = (plan_field){text_of(name), value};
}

static text optional(reading *r, uint32_t id)
{
    return id == NO_INDEX ? TEXT("") : image_text(r->i, id);
}

static plan_line *line(reading *r, plan_kind kind, const image_site *s)
{
    text name = image_text(r->i, s->name), above = r->path[r->depth];
    plan_line l = {.kind = kind,
                   .name = name,
                   .path = name.n && above.n ? text_format(&r->c->memory, "%.*s.%.*s",
                                                           TEXT_ARG(above), TEXT_ARG(name))
                           : name.n          ? name
                                             : above,
                   .title = title_of(r, s->title),
                   .low = QUANTITY_NONE,
                   .high = QUANTITY_NONE,
                   .worst = QUANTITY_NONE,
                   .worst_back = QUANTITY_NONE,
                   .expires = s->expires,
                   .due = QUANTITY_NONE,
                   .count = -1,
                   .operation = s->operation};
    vec_push(&r->lines, l);
    return &vec_last(&r->lines);
}

static void keep(reading *r, plan_line *l, const fields *f)
{
    plan_field *p = arena_array(&r->c->memory, plan_field, f->n + 1);
    memcpy(p, f->p, f->n * sizeof *p);
    l->fields = p;
    l->field_count = f->n;
}

static text response(const image_site *s)
{
    static const char *const words[] = {"", "pause", "skip", "ask"};
    return text_of(s->on_failure < 4 ? words[s->on_failure] : "");
}

static void way_back(reading *r, plan_line *l, const image_site *s, bool people)
{
    text why = optional(r, s->why);
    l->back_kind = s->flags & SITE_IRREVERSIBLE ? BACK_SEALED
                   : s->flags & SITE_UNDO_NONE  ? BACK_NONE
                   : people                     ? BACK_PEOPLE
                                                : BACK_UNDO;
    l->back = l->back_kind == BACK_UNDO ? calls(r, s->undo) : why;
}

static void work(reading *r, plan_kind kind, const image_site *s)
{
    fields f = {.n = 0};
    plan_line *l = line(r, kind, s);
    field(&f, "do", operation_text(r, s));
    field(&f, "check", optional(r, s->wanted));
    field(&f, "find", calls(r, s->find));
    field(&f, "evidence", optional(r, s->evidence));
    field(&f, "timeout", plan_length(r->c, "", s->timeout));
    if (s->retries && kind == PLAN_STEP)
        field(&f, "retry",
              text_format(&r->c->memory, "%u times%.*s", s->retries,
                          TEXT_ARG(plan_length(r->c, " every ", s->retry_pause))));
    field(&f, "on failure", response(s));
    l->who = kind == PLAN_TASK ? roles(r, s->votes) : TEXT("");
    way_back(r, l, s, kind == PLAN_TASK);
    keep(r, l, &f);
}

static void condition(reading *r, plan_kind kind, const image_site *s)
{
    static const char *const verbs[] = {"rollback", "pause", "alert"};
    fields f = {.n = 0};
    plan_line *l = line(r, kind, s);
    l->what = optional(r, s->wanted);
    field(&f, IMAGE_PLAN_NUMBERS, constants(r, s->check));
    if (kind == PLAN_TRIGGER)
        l->name = text_of(verbs[s->action % 3]);
    keep(r, l, &f);
}

static void plain(reading *r, plan_kind kind, const image_site *s)
{
    fields f = {.n = 0};
    plan_line *l = line(r, kind, s);
    l->who = roles(r, s->votes);
    l->what = kind == PLAN_OBSERVE ? calls(r, s->body) : TEXT("");
    l->worst = kind == PLAN_APPROVE ? s->timeout : QUANTITY_NONE;
    if (kind == PLAN_SIMULATE)
        field(&f, "rules", constants(r, s->args));
    keep(r, l, &f);
}

/* --- code ----------------------------------------------------------------------------------------
 */

static void walk(reading *r, uint32_t function);

static void below(reading *r, text name, uint32_t function)
{
    if (r->depth + 1 >= NESTED)
        return;
    text above = r->path[r->depth++];
    r->path[r->depth] =
        !name.n   ? above
        : above.n ? text_format(&r->c->memory, "%.*s.%.*s", TEXT_ARG(above), TEXT_ARG(name))
                  : name;
    if (function == NO_INDEX)
        return; /* a block: it ends where it is left */
    walk(r, function);
    r->depth--;
}

static void enter(reading *r, const image_site *s)
{
    fields f = {.n = 0};
    bool whole = s->action == SCOPE_MIGRATION;
    if (s->action == SCOPE_PHASE) {
        plan_line *l = line(r, PLAN_PHASE, s);
        field(&f, "on failure", response(s));
        keep(r, l, &f);
    }
    below(r, whole ? TEXT("") : image_text(r->i, s->name), NO_INDEX);
}

static void wait_for_window(reading *r, const registers *k, const insn *n)
{
    int64_t row = n->c < REGISTERS && k->known[n->c] ? k->value[n->c] : -1;
    if (row < 0 || row >= r->i->tables[TABLE_WINDOW].rows)
        return;
    for (size_t i = r->lines.n; i-- > 0;)
        if (r->lines.p[i].kind == PLAN_PHASE) {
            r->lines.p[i].window =
                image_field_text(r->i, TABLE_WINDOW, COLUMN_WINDOW_NAME, (uint32_t)row);
            return;
        }
}

static duration held(const registers *k, uint32_t at)
{
    return at < REGISTERS && k->known[at] ? k->value[at] : QUANTITY_NONE;
}

static void visit(reading *r, const registers *k, const insn *n)
{
    const image_site *s = n->b < r->i->site_count ? &r->i->sites[n->b] : NULL;
    switch (n->op) {
    case OP_SCOPE: enter(r, s); break;
    case OP_LEAVE: r->depth -= r->depth != 0; break;
    case OP_STEP: work(r, PLAN_STEP, s); break;
    case OP_TASK: work(r, PLAN_TASK, s); break;
    case OP_APPROVE: plain(r, PLAN_APPROVE, s); break;
    case OP_SIM:
    case OP_LIVE: plain(r, PLAN_SIMULATE, s); break;
    case OP_OBSERVE:
        plain(r, PLAN_OBSERVE, s);
        vec_last(&r->lines).low = held(k, n->c + 1u);
        break;
    case OP_ARM:
        condition(r, PLAN_TRIGGER, s);
        vec_last(&r->lines).low = held(k, n->c);
        break;
    case OP_GATE:
        if (s->action == GATE_REQUIRE)
            condition(r, PLAN_REQUIRE, s);
        break;
    case OP_UNTIL: condition(r, PLAN_WAIT, s); break;
    case OP_NOTIFY: plain(r, PLAN_NOTIFY, s); break;
    case OP_WINDOW: wait_for_window(r, k, n); break;
    case OP_CALL: /* a playbook */
        if (r->i->functions[n->b].effect == EFFECT_WRITE)
            walk(r, n->b);
        break;
    case OP_EACH: below(r, TEXT("{each}"), s->body); break;
    case OP_FORK: below(r, image_text(r->i, s->name), s->body); break;
    default: break;
    }
}

/* Jumps go forward only, so that the order of the code is that of the lines. */
static void walk(reading *r, uint32_t function)
{
    const image_function *f = &r->i->functions[function];
    registers held_now = {.known = {false}}, *k = &held_now;
    unsigned depth = r->depth;
    for (uint32_t at = 0; at < f->instructions && r->looked_at < LOOKED_AT; at++) {
        const insn *n = &r->i->code[f->code + at];
        r->looked_at++;
        visit(r, k, n);
        if (!writes_register[n->op] || n->a >= REGISTERS)
            continue;
        k->known[n->a] = n->op == OP_LDK || n->op == OP_LDI ||
                         (n->op == OP_MOV && n->b < REGISTERS && k->known[n->b]);
        k->value[n->a] = n->op == OP_LDK   ? r->i->constant[wide(n)]
                         : n->op == OP_LDI ? (int16_t)n->b
                         : n->op == OP_MOV ? k->value[n->b % REGISTERS]
                                           : 0;
    }
    r->depth = depth;
}

void image_plan(cli *c, const image *i, const image_entry *e, plan_migration *out)
{
    reading r = {.c = c, .i = i};
    walk(&r, e->function);
    plan_line *lines = arena_array(&c->memory, plan_line, r.lines.n + 1);
    if (r.lines.n)
        memcpy(lines, r.lines.p, r.lines.n * sizeof *lines);
    *out = (plan_migration){
        .name = image_text(i, e->name),
        .title = optional(&r, e->title),
        .customer = e->customer == NO_INDEX
                        ? TEXT("")
                        : image_field_text(i, TABLE_CUSTOMER, COLUMN_CUSTOMER_NAME, e->customer),
        .lines = lines,
        .line_count = r.lines.n,
        .worst = e->worst_forward,
        .worst_back = e->worst_back};
    vec_release(&r.lines);
}
