/* lower.h: statements -> code, worst cases and plan lines. */
#ifndef FERRY_COMPILER_LOWER_H
#define FERRY_COMPILER_LOWER_H

#include "compiler/expr.h"
#include "compiler/fields.h"

struct parameters; /* parameters.h */

/* `use mine for edi.move`: what is applied instead, in this migration. */
typedef struct {
    decl *from, *to;
    node at;
    bool used;
} substitution;

/* The migration that is being compiled. */
typedef struct migration_frame {
    decl *of;
    node at;
    uint32_t customer;
    bool nobody;    /* the customer was reported */
    int64_t window; /* final row of the default one, -1 */
    uint32_t index; /* among the migrations of the root file */
    bool broken;    /* a window was reported: its absence is no news */
    substitution *substitutions;
    size_t substitution_count;
    struct approval_asked *asked; /* its approvals, the last first (votes.h) */
} migration_frame;

/* --- plan (plan.c)
 * --------------------------------------------------------------------------------- */

typedef struct plan_builder {
    VEC(plan_line) lines;
    VEC(plan_window) windows;
    VEC(plan_freeze) freezes;
    VEC(text) not_proved, lost;
    text prefix;
    unsigned depth;
    unsigned unestimated, untimed; /* steps without an estimate, tasks without a timeout */
    unsigned by_hand;              /* tasks that people undo: nobody said how long that takes */
    bool alternative;              /* the next branch is an `else` */
    unsigned unchecked;            /* steps whose effect is not read back */
    bool uncounted;                /* a loop over a list whose length is not known */
} plan_builder;

/* Adds a line for statement n; the pointer is good until the next one. NULL in generic playbooks.
 */
plan_line *plan_add(compiler *c, plan_kind kind, node n);
/* The fields of a statement or migration, for its line. */
void plan_fields(compiler *c, node n, const plan_field **out, size_t *count);
/* What an undo block does, in one line. */
text plan_block(compiler *c, node section);
/* The guards that a playbook made from another one has lost, each told once. */
void plan_lost(compiler *c, const decl *d);
/* A connector of a kind that is not performed: among what is not proved, once. */
void plan_unspoken(compiler *c, const row *r);
void plan_release(plan_builder *p);
void plan_finish(compiler *c, plan_builder *p, plan_migration *out);

/* --- statements
 * --------------------------------------------------------------------------------------- */

void statements(compiler *c, node body);
void statement(compiler *c, node n);
bool is_statement(const compiler *c, node n); /* what `statement` lowers */
void lower_let(compiler *c, node n);
void lower_step(compiler *c, node n);
void lower_task(compiler *c, node n);
void lower_approve(compiler *c, node n);
void lower_require(compiler *c, node n);
void lower_notify(compiler *c, node n);
void lower_simulate(compiler *c, node n);
void lower_observe(compiler *c, node n);
void lower_trigger(compiler *c, node n);
/* Around a block: begins with nothing watched; the time that watching takes it, and back to what
 * the block around it watches. */
watched watch_begin(compiler *c);
duration watch_end(compiler *c, watched outer);
void lower_wait(compiler *c, node n);
void lower_for(compiler *c, node n);
/* A loop: `round` writes what is done for one element, whose name is there. */
typedef struct {
    node at, loop;
    node waves; /* their block, 0 without */
    void (*round)(compiler *c, void *self);
    void *self;
} each_loop;
void lower_each(compiler *c, const each_loop *e);
/* The waves of a loop, as fields of its site. */
typedef struct {
    const int64_t *size;
    uint32_t n; /* 0 without */
    duration hold;
    text shown; /* "waves of 5, 20, 50, 1d apart" */
} waves;
void waves_read(compiler *c, node block, csite *s, waves *out);
/* What runs before each wave but the first; `wave` is its number. */
void waves_between(compiler *c, node block, csite *s, const waves *w);
int64_t waves_count(const waves *w, int64_t elements);
/* Rounds of so many elements, at most `at_once` of them at a time. */
int64_t waves_rounds(const waves *w, int64_t elements, int64_t at_once);
void lower_sleep(compiler *c, node n, node of);
void lower_if(compiler *c, node n);
void lower_apply(compiler *c, node n);
/* Applies a playbook whose parameters have their values; `as`: a part of the paths of what it does,
 * empty: none; `only`: a phase of it, 0: all. The plan shows it at n. */
void playbook_apply(compiler *c, node n, decl *d, struct parameters *ps, text as, node only);
/* Reads and checks the `use … for …` of a migration, before it is walked; warns after it. */
void substitutions_read(compiler *c, node body, migration_frame *m);
void substitutions_warn(compiler *c, const migration_frame *m);
void lower_phase(compiler *c, node n); /* one of a block, by itself */
/* Phases of a playbook or migration, with its other statements (lower_phase.c). */
void lower_sequence(compiler *c, node body);
void lower_playbook_generic(compiler *c, decl *d);
void fn_check(compiler *c, decl *d); /* compiles a function, used or not */
/* The type that a TYPE node names; T_ERROR after a report. */
type type_named(compiler *c, node n);

/* A pure function of a site that gives a text; nothing when n is 0. */
void site_titled(compiler *c, csite *s, node n);
/* As site_titled, but always: `otherwise` where there is no n. */
void site_title_or(compiler *c, csite *s, node n, text otherwise);
/* The function `which` of a site, giving one value of type t. */
bool site_value(compiler *c, csite *s, int which, effect most, node n, type t);
/* A block's SCOPE … LEAVE around what `inside` writes. */
typedef struct {
    csite *site;
    uint32_t at;
    duration forward, back; /* of the function before it */
    text path;
} scope;
scope scope_enter(compiler *c, scope_kind kind, node n, text name, node body);
void scope_leave(compiler *c, scope *s, span at);
void on_failure_take(compiler *c, csite *s, node body);
/* Warns where those whom the `on failure` of a body asks are not there in the window. */
void on_failure_hours(compiler *c, node body);
text text_constant(compiler *c, node n);
/* Pairs (role or resource row, how many), as words of the site. */
uint32_t role_words(compiler *c, const value *roles, const uint32_t *counts, uint32_t n);
/* `lead`, `2 of board`: false after a report. */
bool counted_row(compiler *c, node n, uint32_t table, value *out, uint32_t *count);
text counted_text(compiler *c, value v, uint32_t count);

/* --- entries, windows, risk
 * ----------------------------------------------------------------------------- */

void windows_collect(compiler *c);
value window_default(compiler *c, span at);
value window_find(compiler *c, text name); /* V_ERROR, silently, when there is none */
value window_named(compiler *c, node name);
void window_proof(compiler *c, node phase, uint32_t window, duration forward, duration back);
const zone *
window_zone(const compiler *c); /* of this migration's default window; UTC without one */
text window_rule_json(const compiler *c, uint32_t row);
/* Of a dated window when it opens and closes; false of a recurring one. */
bool window_dated(const compiler *c, uint32_t row, interval *out);
/* The occurrence that holds t, or follows it. */
bool window_after(const compiler *c, uint32_t row, instant t, interval *out);
/* The nth opening of a window: its first and last day where it is dated, else from > to. False
 * behind the last. */
bool window_days(const compiler *c, uint32_t row, unsigned nth, int64_t *from, int64_t *to);
void freeze_take(compiler *c, node field, text zone_of_windows);
text freezes_json(compiler *c); /* of all, as the operation `window` takes them */
void freeze_proof(compiler *c);
plan_freeze freeze_fact(compiler *c, const row *r); /* for the plan */
void windows_plan(compiler *c, plan_builder *p);
bool approval_proof(compiler *c, node n, duration within);
void lower_migrations(compiler *c, compile_facts *facts);
/* One of them, the index-th. `out` is filled where a plan is wanted. */
void lower_migration(compiler *c, decl *d, uint32_t index, plan_migration *out);

/* --- tests (test.c, test_place.c) --- */
bool tests_present(const compiler *c);
/* After the migrations: their plans say what places a run has. */
void lower_tests(compiler *c, compile_facts *facts);
/* `route.state`, `run.outcome` in an expectation; false where the chain means something else. */
bool place_member(compiler *c, node n, value *out);

void risk_collect(compiler *c);
void risk_build(compiler *c);

#endif
