/* coverage.c: see coverage.h. */
#include "cli/coverage.h"

#include "base/json.h"

#include <stdlib.h>

/* --- the points --- */

static bool can_fail(const image_site *s)
{
    return s->kind == SITE_STEP || s->kind == SITE_TASK || s->kind == SITE_APPROVE ||
           s->kind == SITE_UNTIL;
}

static bool decides(const image_site *s)
{
    return s->kind == SITE_GATE || s->kind == SITE_TRIGGER;
}

static bool counts(const image_site *s)
{
    return can_fail(s) || decides(s) || s->kind == SITE_SIMULATE || s->kind == SITE_OBSERVE ||
           s->kind == SITE_NOTIFY;
}

static coverage_point *point_at(const coverage *v, uint32_t site, point_kind kind)
{
    image_debug d;
    bool known = image_site_place(v->program, site, &d);
    for (size_t i = 0; i < v->points.n && known; i++) {
        coverage_point *p = &v->points.p[i];
        if (p->kind == kind && p->file == d.file && p->line == d.line && p->column == d.column)
            return p;
    }
    return NULL;
}

static void point_add(coverage *v, uint32_t site, point_kind kind)
{
    image_debug d;
    if (image_site_place(v->program, site, &d) && point_at(v, site, kind) == NULL)
        vec_push(&v->points, (coverage_point){kind, d.file, d.line, d.column, site, false});
}

static int by_place(const void *x, const void *y)
{
    const coverage_point *a = x, *b = y;
    uint32_t left[] = {a->file, a->line, a->column, a->kind};
    uint32_t right[] = {b->file, b->line, b->column, b->kind};
    for (size_t i = 0; i < 4; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

void coverage_begin(coverage *v, const image *program)
{
    *v = (coverage){.program = program};
    for (uint32_t k = 0; k < program->site_count; k++) {
        const image_site *s = &program->sites[k];
        if (counts(s) && s->kind != SITE_TRIGGER && s->kind != SITE_GATE)
            point_add(v, k, POINT_REACHED);
        if (can_fail(s))
            point_add(v, k, POINT_FAILED);
        if (decides(s)) {
            point_add(v, k, POINT_TRUE);
            point_add(v, k, POINT_FALSE);
        }
    }
    if (v->points.n != 0)
        qsort(v->points.p, v->points.n, sizeof *v->points.p, by_place);
}

void coverage_release(coverage *v)
{
    vec_release(&v->points);
    vec_release(&v->fired);
}

/* --- seeing --- */

static void see(coverage *v, uint32_t site, point_kind kind)
{
    coverage_point *p = site < v->program->site_count ? point_at(v, site, kind) : NULL;
    if (p != NULL)
        p->seen = true;
}

static bool says(const json_document *d, const char *key, const char *word)
{
    uint32_t n = json_member(d, 0, text_of(key));
    text raw = n != 0 ? json_raw(d, n) : TEXT("");
    return raw.n >= 2 && text_is(text_slice(raw, 1, raw.n - 1), word);
}

static void see_decision(coverage *v, const journal_event *e, const json_document *d)
{
    if (says(d, "what", "gate"))
        see(v, e->site, says(d, "verdict", "pass") ? POINT_TRUE : POINT_FALSE);
    if (says(d, "what", "branch"))
        see(v, e->site, says(d, "verdict", "taken") ? POINT_TRUE : POINT_FALSE);
    if (says(d, "what", "doubt"))
        see(v, e->site, POINT_FAILED);
    if (says(d, "what", "trigger")) {
        see(v, e->site, POINT_TRUE);
        vec_push(&v->fired, e->site);
    }
}

/* A second attempt is made because the first one failed. */
static bool tried_again(const json_document *d)
{
    uint32_t n = json_member(d, 0, TEXT("attempt"));
    text raw = n != 0 ? json_raw(d, n) : TEXT("");
    return raw.n != 0 && !text_is(raw, "0") && !text_is(raw, "1");
}

void coverage_event(coverage *v, const journal_event *e)
{
    arena scratch = {0};
    json_document d;
    if (e->site < v->program->site_count && json_read(&scratch, e->body, &d, NULL)) {
        see(v, e->site, POINT_REACHED);
        if (e->kind == EVENT_DECISION)
            see_decision(v, e, &d);
        bool failed = e->kind == EVENT_MARK && says(&d, "state", "failed");
        if (failed || (e->kind == EVENT_INTENT && tried_again(&d)))
            see(v, e->site, POINT_FAILED);
    }
    arena_release(&scratch);
}

static bool asked_in(const coverage *v, const host_script *s, uint32_t function)
{
    const image_function *f = &v->program->functions[function];
    for (uint32_t k = 0; k < f->instructions; k++) {
        const insn *x = &v->program->code[f->code + k];
        if (x->op == OP_READ && host_script_asked(s, x->b))
            return true;
    }
    return false;
}

/* The function that holds the instruction `op` of a site. */
static const image_function *holder(const image *i, opcode op, uint32_t site)
{
    for (uint32_t f = 0; f < i->function_count; f++)
        for (uint32_t k = 0; k < i->functions[f].instructions; k++) {
            const insn *x = &i->code[i->functions[f].code + k];
            if (x->op == op && x->b == site)
                return &i->functions[f];
        }
    return NULL;
}

static bool fired(const coverage *v, uint32_t site)
{
    for (size_t i = 0; i < v->fired.n; i++)
        if (v->fired.p[i] == site)
            return true;
    return false;
}

/* It was looked at with samples of the series beside it, and went on. */
static bool watched(const coverage *v, const host_script *s, uint32_t trigger)
{
    const image *i = v->program;
    const image_function *f = holder(i, OP_ARM, trigger);
    for (uint32_t k = 0; f != NULL && k < f->instructions; k++) {
        const insn *x = &i->code[f->code + k];
        if (x->op == OP_OBSERVE && asked_in(v, s, i->sites[x->b].body))
            return true;
    }
    return false;
}

void coverage_run_end(coverage *v, const host_script *s)
{
    for (uint32_t k = 0; k < v->program->site_count; k++) {
        const image_site *site = &v->program->sites[k];
        bool asked =
            site->kind == SITE_OBSERVE ? asked_in(v, s, site->body) : host_script_asked(s, k);
        if (asked)
            see(v, k, POINT_REACHED);
        if (site->kind == SITE_TRIGGER && !fired(v, k) && watched(v, s, k))
            see(v, k, POINT_FALSE);
    }
    vec_clear(&v->fired);
}

/* --- telling --- */

void coverage_count(const coverage *v, point_kind kind, size_t *seen, size_t *all)
{
    *seen = *all = 0;
    for (size_t i = 0; i < v->points.n; i++) {
        if (kind != POINT_KINDS && v->points.p[i].kind != kind)
            continue;
        *all += 1;
        *seen += v->points.p[i].seen;
    }
}

static const char *kind_word(const image_site *s)
{
    switch (s->kind) {
    case SITE_STEP: return "step";
    case SITE_TASK: return "task";
    case SITE_APPROVE: return "approve";
    case SITE_UNTIL: return "wait";
    case SITE_SIMULATE: return "simulate";
    case SITE_OBSERVE: return "observe";
    case SITE_NOTIFY: return "notify";
    case SITE_GATE: return s->action == GATE_BRANCH ? "if" : "require";
    default:
        return s->action == TRIGGER_ROLLBACK ? "rollback when"
               : s->action == TRIGGER_PAUSE  ? "pause when"
                                             : "alert when";
    }
}

void coverage_words(const coverage *v, const coverage_point *p, buffer *out)
{
    static const char *const never[POINT_KINDS] = {"was never reached", "never failed",
                                                   "was never true", "was never false"};
    const image_site *s = &v->program->sites[p->site];
    text what = s->kind == SITE_GATE || s->kind == SITE_TRIGGER
                    ? s->wanted != NO_INDEX ? image_text(v->program, s->wanted) : TEXT("")
                    : image_text(v->program, s->name);
    buffer_cstr(out, kind_word(s));
    if (what.n != 0)
        buffer_char(out, ' ');
    buffer_text(out, what);
    buffer_printf(out, " %s", never[p->kind]);
}
