/* state.h: the state of a run, and what the files of vm/ share to change it.
 *
 * A run is fibers, series, triggers and a board of named paths. A fiber is plain data:
 * frames (exec.h), a stack of activities (what it is in the middle of, activities.def), a stack of
 * scopes and a saga (what it did, in order). An activity is a state machine without C stack: it is
 * called with a cause and says how to go on, so that a state between turns is data that can be
 * saved.
 *
 * Scopes of a fiber have levels from 1; level 0 is the fiber itself. Going back always works level
 * by level, innermost first.
 */
#ifndef FERRY_VM_STATE_H
#define FERRY_VM_STATE_H

#include "base/vec.h"
#include "vm/exec.h"
#include "vm/vm.h"

typedef enum {
#define ACTIVITY(id, handler, doc) ACT_##id,
#include "vm/activities.def"
#undef ACTIVITY
    ACT_COUNT
} activity_kind;

/* Why a fiber runs. As bits in fiber.wakes, served in this order. */
typedef enum {
    CAUSE_NONE,
    CAUSE_DOOM,    /* a scope of it is to go back */
    CAUSE_START,   /* it is new: run its body */
    CAUSE_OUTCOME, /* vm.outcome answers the request of the top activity */
    CAUSE_TIMER,
    CAUSE_PEOPLE, /* vm.command is for the top activity */
    CAUSE_WAKE,   /* children, resources or the run changed: look again */
    CAUSE_LAST = CAUSE_WAKE,
    /* inside a run of a fiber */
    CAUSE_BEGIN,    /* the activity was just pushed */
    CAUSE_FRAME,    /* run frames */
    CAUSE_RETURNED, /* a frame (results at exec_results) or the activity above (fiber.reply) ended
                     */
    CAUSE_CAUGHT,   /* what ran above failed and was taken away */
    CAUSE_FAILED    /* the innermost thing fails; fiber.why says why */
} cause;

/* What an activity says after it was called. */
typedef enum {
    GO_WAIT,  /* for what it put into awaits, deadline */
    GO_FRAME, /* it pushed a frame */
    GO_SUB,   /* it pushed an activity */
    GO_POP,   /* it is over */
    GO_FAIL,  /* it is over and failed */
    GO_DOOM,  /* nothing of it is in flight any more: the fiber may go back */
    GO_JUMP,  /* it is over; frames and pc are set */
    GO_END    /* the fiber has ended */
} go;

enum { /* activity.awaits */
       AWAIT_OUTCOME = 1,
       AWAIT_TIMER = 2,
       AWAIT_PEOPLE = 4,
       AWAIT_CHILDREN = 8,
       AWAIT_RESOURCE = 16,
       AWAIT_RESUME = 32,
       AWAIT_ALL = 63
};
enum {                      /* activity.flags */
       ACT_INSTRUCTION = 1, /* an instruction started it; its end steps over that */
       ACT_FLIGHT = 2,      /* a write was submitted and is not settled */
       ACT_HOLDS = 4,       /* holds the resources of its site */
       ACT_PROBING = 8,     /* the request awaited is a probe */
       ACT_STUCK = 16,
       ACT_LOST = 32, /* its outcome is unknown because the process that asked has died; UNDO: that
                         of its only write */
       ACT_SKIPPED = 64, /* UNDO: a person said that a write of it stays in doubt */
       ACT_UNTOLD = 128, /* what ran above it read what a test does not tell */
       ACT_FLAGS = 255
};

typedef enum { WAIT_NOTHING, WAIT_TASK, WAIT_APPROVAL, WAIT_QUESTION, WAIT_DOUBT } wait_kind;

/* What a person may answer; bits of activity.answers. */
typedef enum {
    REPLY_NONE,
    REPLY_ROLLBACK,
    REPLY_RETRY,
    REPLY_PAUSE,
    REPLY_SKIP,
    REPLY_CONTINUE,
    REPLY_DONE,
    REPLY_APPROVE,
    REPLY_REJECT,
    REPLY_COUNT
} reply;
#define ANSWER(r) (1u << (r))

typedef enum {
    HAPPENED_YES,
    HAPPENED_NO,
    HAPPENED_AGAIN,
    HAPPENED_SKIP
} happened; /* of a doubt,
               in reply */

typedef struct {
    uint32_t kind, phase, site, flags;
    uint32_t frames; /* frames of the fiber beneath it */
    uint32_t called; /* function whose frame lies above it, or lay there last; NO_INDEX */
    uint32_t scopes; /* scopes of the fiber when it began */
    uint32_t awaits; /* AWAIT_ bits */
    uint32_t n;      /* of the request or timer awaited */
    uint32_t attempt, doubts;
    uint32_t ordinal;  /* of a write: which one of its fiber; part of its key */
    uint32_t entry;    /* WRITE, TASK: saga index + 1; ROLLBACK: level; DOUBT: entry of its write */
    uint32_t answers;  /* ANSWER bits, while it awaits people */
    uint32_t waiting;  /* wait_kind */
    uint32_t response; /* QUESTION: what silence means, a reply */
    uint32_t may;      /* QUESTION: its answers */
    uint32_t role;     /* QUESTION: who is asked, NO_INDEX anyone */
    uint32_t next, good, bad; /* EACH: iterations begun, succeeded, failed */
    uint32_t wave, admitted; /* EACH: the wave that runs, from 1; iterations that may begin in it */
    instant begun, deadline, until, since;
    duration interval;
} activity;

typedef struct {
    uint32_t site, frames, frame_pc;  /* pc of its SCOPE instruction in frame `frames - 1` */
    uint32_t saga, path;              /* lengths at its entry */
    instant window_start, window_end; /* QUANTITY_NONE where it set none */
} scope;

enum { ENTRY_STEP, ENTRY_TASK, ENTRY_CHILD, ENTRY_GONE };
enum { ENTRY_SEAL = 1, ENTRY_DONE = 2, ENTRY_FLAGS = 3 };
typedef struct {
    uint32_t kind, site, flags;
    uint32_t child;         /* ENTRY_CHILD: fiber */
    uint32_t first, values; /* range in fiber.kept: captures, then results */
    uint32_t captures;
    uint32_t ordinal;  /* of a write, part of its key; ENTRY_CHILD: its group */
    int64_t path;      /* text of fiber.keep */
    uint64_t place[2]; /* of a write: hashes of what it touches; 0 none */
} entry;

typedef struct {
    int64_t value; /* handles are of fiber.keep */
    type_word type;
} kept;

typedef struct {
    uint32_t role;
    int64_t by; /* text of fiber.keep */
} vote;

typedef struct {
    uint32_t id;
    int64_t value; /* handles are of fiber.keep; its type: image.fact_types */
} fact;

typedef enum { FIBER_MAIN, FIBER_CHILD, FIBER_SAMPLER } fiber_kind;
typedef enum { FIBER_LIVE, FIBER_DONE, FIBER_GONE_BACK } fiber_state;

typedef struct {
    uint32_t id, kind, state;
    uint32_t parent; /* NO_INDEX of the main fiber */
    uint32_t level;  /* of the parent's scopes that it belongs to */
    uint32_t site, index;
    uint32_t n, writes; /* requests and timers; writes begun */
    uint32_t wakes;     /* 1 << cause */
    uint32_t doom;      /* level that is to go back; NO_INDEX none */
    bool ran;           /* in this turn: to be normalised */
    bool sealed;        /* going back met a point of no return */
    bool left;          /* going back left in place what has an undo */
    bool counted;       /* its EACH has seen how it ended */
    bool sampled;       /* sampler of a test: `sample` is given, whatever its body computes */
    bool untold;        /* it holds values that a test does not tell */
    uint32_t reply;     /* of the activity that just ended */
    uint32_t series;    /* sampler: its series */
    uint32_t group;     /* of its next children: those of one group go back side by side, groups one
                           after the other, the newest first */
    exec_fiber x;
    buffer path, indices, why;
    buffer reason; /* why it goes back; an undo on the way has a `why` of its own */
    VEC(scope) scopes;
    VEC(activity) acts;
    VEC(entry) saga;
    VEC(kept) kept; /* a sampler's captures, then the saga's values */
    VEC(vote) votes;
    VEC(fact) facts;     /* by id: what it and its children have put */
    VEC(uint32_t) after; /* its siblings that it waited for: they go back after it */
    duration chain;      /* only while a worst case is computed */
    heap keep;
    int64_t sample;
    instant window_start, window_end; /* inherited */
} fiber;

typedef struct {
    uint32_t sampler; /* fiber, NO_INDEX when it ended */
    type_word type;
    duration interval;
    instant since, last_at;
    int64_t last;
    uint64_t count, gaps;
    uint32_t gap_run;
    int128 sum;
    VEC(int64_t) sorted;
} series;

typedef struct {
    uint32_t site, fiber, level; /* site NO_INDEX: a free row */
    bool crossed;
    duration hold;
    instant since; /* QUANTITY_NONE: not true */
    VEC(kept) captures;
    heap heap;
} trigger;

typedef struct {
    buffer path, title;
    uint32_t site, state, attempt;
} board_row;

enum { /* states of the board and of MARK */
       MARK_ENTERED,
       MARK_STARTED,
       MARK_FOUND,
       MARK_DONE,
       MARK_FAILED,
       MARK_SKIPPED,
       MARK_UNDOING,
       MARK_UNDONE,
       MARK_LEFT,
       MARK_ROLLED_BACK,
       MARK_STOPPED,
       MARK_STUCK,
       MARK_WITHDRAWN,
       MARK_COUNT
};

typedef enum { WORD_STORE, WORD_RUN, WORD_MODE, WORD_BY, WORD_AUTHOR, WORD_COUNT } word;

enum {
    SERIES_LIMIT = 65536,
    BOARD_LIMIT = 65536,
    SAMPLE_LIMIT = 65536,
    DEPTH_LIMIT = 256,
    ARGUMENTS = 1024
};

struct vm {
    const image *image;
    instant now;
    bool began, ended, paused, partial, stopped;
    uint32_t holds; /* questions of triggers that are open: no new forward work meanwhile */
    run_state end;
    buffer fault; /* the limit that ended the run */
    buffer word[WORD_COUNT];
    VEC(fiber *) fibers; /* by id; NULL where free */
    VEC(series) series;
    VEC(trigger) triggers;
    VEC(board_row) board;
    uint32_t *used; /* by row of table resource */
    /* Within a turn. */
    exec_context exec;
    arena turn;
    VEC(vm_output) out;
    size_t read;
    json_document outcome, command;
    outcome_status status;
    fiber *turn_fiber; /* whose frames run, for statistics and blame */
};

/* --- turn.c --- */
void vm_broken(vm *m, const char *why); /* a limit: the run ends stuck */

/* --- save_fits.c --- */
bool state_fits(const vm *m); /* after loading: every index can be followed */

/* --- fiber.c --- */
fiber *fiber_at(const vm *m, uint32_t id); /* NULL where free */
fiber *fiber_new(vm *m, fiber_kind kind, fiber *parent, uint32_t site);
void fiber_free(vm *m, fiber *f);
void fiber_wake(fiber *f, cause c);
void fibers_wake(vm *m, uint32_t awaits); /* all whose top activity awaits one of these */
void fiber_run(vm *m, fiber *f);
void fiber_end(vm *m, fiber *f, fiber_state s);
void fiber_doom(vm *m, fiber *f, uint32_t level, const char *why);
activity *fiber_top(fiber *f);
activity *fiber_push(fiber *f, activity_kind kind, uint32_t site);
go fiber_call(vm *m, fiber *f, uint32_t function, const int64_t *args, uint32_t n);
cause instruction_begin(vm *m, fiber *f); /* the one at the top frame's pc */
unsigned instruction_starts(unsigned op); /* activity kind that it starts, ACT_COUNT: none */
void fiber_why(fiber *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool fiber_goes_back(const fiber *f);
bool fiber_held(const vm *m, const fiber *f); /* no new forward work now */
/* A fact as this fiber sees it: its own, or that of the nearest fiber around it. `of`: whose keep
 * its handles are of; NULL where it was not put. */
const fact *fiber_fact(const vm *m, const fiber *f, uint32_t id, const fiber **of);

/* --- outputs: request.c --- */
json_writer output_open(buffer *b);
vm_output *output_event(vm *m, fiber *f, event_kind kind, uint32_t site, buffer *body);
text site_path(vm *m, const fiber *f, uint32_t site); /* in the turn's arena */
text act_path(const vm *m, const fiber *f, const activity *a, arena *memory); /* as people say it */
text site_title(vm *m, fiber *f, const image_site *s, const int64_t *args);
sha256 write_key(const vm *m, const fiber *f, text path, uint32_t ordinal, bool back);
/* The request of a site over captures; false when an argument is not available (then `why`). */
bool request_build(vm *m, fiber *f, uint32_t site, const int64_t *args, text path, buffer *out);
duration request_timeout(const image_site *s); /* after it the outcome is unknown */
/* Members operation, connector, arguments of a request over captures in `h`; false, with the object
 * half written, when an argument is `missing` or (empty) they could not be computed. `assumed`:
 * what is missing is left out. */
bool request_put(vm *m, json_writer *w, uint32_t site, const int64_t *args, heap *h, bool assumed,
                 text *missing);
/* --- live.c --- */
void look_put(json_writer *w, const activity *a); /* member `look` of its request */
bool look_is_last(const activity *a);             /* its answer is the result */

void request_submit(vm *m, fiber *f, activity *a, uint32_t site, const sha256 *key, text request);
/* The values of the outcome just delivered, by the site's shape; handles of the fiber's heap. */
void outcome_values(vm *m, fiber *f, const image_site *s, int64_t *results);
/* A member of the outcome as a value; not available where it has none. */
int64_t outcome_member(vm *m, fiber *f, const char *name, type_word t);
text outcome_detail(vm *m);
void put_values(vm *m, fiber *f, json_writer *w, const image_site *s, const int64_t *args,
                const heap *h);

/* --- untold.c: runs of the modes `script` and `dry` --- */
bool dry(const vm *m);             /* nothing is read at all */
void untold_note(vm *m, fiber *f); /* of the outcome just delivered to the top activity of f */
bool untold(const vm *m,
            const fiber *f); /* it may miss a value because the test does not tell it */
/* A verdict, or where it is not available for that reason, `holds`. */
int64_t untold_else(const vm *m, const fiber *f, int64_t verdict, bool holds);

/* --- board.c --- */
/* The last mark of a place; MARK_COUNT where it has none. */
unsigned board_state(const vm *m, uint32_t site, text path);
void board_mark(vm *m, fiber *f, uint32_t site, text path, unsigned state, text title, text detail);
const char *mark_name(unsigned state);
bool path_matches(text path, text tail);

/* --- step.c, doubt.c, saga.c, scope.c, wait.c, people.c, observe.c, gate.c --- */
#define ACTIVITY(id, handler, doc) go act_##handler(vm *m, fiber *f, activity *a, cause c);
#include "vm/activities.def"
#undef ACTIVITY

uint32_t saga_push(vm *m, fiber *f, uint32_t kind, uint32_t site, const int64_t *values,
                   const type_word *types, uint32_t n, text path);
void saga_drop(fiber *f, uint32_t index); /* an entry that did not happen */
/* A fiber in no order with f that wrote to one of these places, and its entry; NULL: none. */
const fiber *place_taken(const vm *m, const fiber *f, const uint64_t place[2], const entry **of);
/* The places that a request touches: its connector with each argument that is one. */
void request_places(vm *m, uint32_t site, text request, uint64_t place[2]);
void saga_begin_rollback(vm *m, fiber *f, uint32_t level);
/* Worst case of undoing all that this fiber, its children and its ancestors did. */
void saga_doom_children(vm *m, fiber *f, uint32_t level); /* those of the level and within */
duration saga_worst_back(const vm *m, const fiber *f);
const entry *saga_undoing(const fiber *f); /* the entry that is being undone, or NULL */

/* The instruction that an activity performs, and registers of its frame. */
const insn *act_insn(const vm *m, const fiber *f, const activity *a);
int64_t *act_register(const fiber *f, const activity *a, uint32_t r);
/* Captures from operand c + skip on, then the results at operand a (NA until they are there); their
 * number. */
uint32_t act_args(const vm *m, const fiber *f, const activity *a, uint32_t skip,
                  int64_t out[ARGUMENTS]);
/* Result k of the function that `a` called; not available where it has no such result. */
int64_t act_result(const vm *m, const fiber *f, const activity *a, uint32_t k);
/* The request that `a` awaits, as it was submitted: what a host that starts over submits again. */
void act_outstanding(vm *m, fiber *f, activity *a, vm_output *o);
void resources_free(vm *m, fiber *f, activity *a);

void notice(vm *m, fiber *f, uint32_t site, text path, text said, uint32_t role);
go question_ask(vm *m, fiber *f, uint32_t site, uint32_t answers, const char *what, text title);
/* What a site's on_failure says: ROLLBACK or SKIP at once, or a question (GO_SUB). */
go failure_ask(vm *m, fiber *f, uint32_t site, uint32_t answers, text path, reply *r);
void wait_event(vm *m, fiber *f, activity *a, const char *what, text path, text title,
                instant until);
void decision(vm *m, fiber *f, uint32_t site, const char *what, const char *verdict, text path,
              const int64_t *args, const heap *h, text why);

/* What a person said in vm.command: also who did it and when, who recorded it and when, evidence.
 */
void decision_said(vm *m, fiber *f, uint32_t site, const char *what, const char *verdict, text path,
                   text why);

void instruction_begin_scope(vm *m, fiber *f, const insn *i);
void instruction_fork(vm *m, fiber *f, const insn *i);
void instruction_observe(vm *m, fiber *f, const insn *i);
void instruction_arm(vm *m, fiber *f, const insn *i);
void instruction_notify(vm *m, fiber *f, const insn *i);
instant window_end_of(const vm *m, const fiber *f, instant *start);
void window_request(vm *m, fiber *f, activity *a, buffer *out);
void timer_set(fiber *f, activity *a, instant at);
instant time_after(instant t, duration d); /* saturates; negative and absent durations count 0 */
void triggers_disarm(vm *m, const fiber *f, uint32_t level);
void samplers_end(vm *m, const fiber *f, uint32_t level);
bool samplers_live(const vm *m, const fiber *f, uint32_t level);
int64_t series_statistic(void *self, int64_t handle, statistic_id s);

/* --- do.c --- */
/* A simulation is a named place: people ask where it stands, and tests what became of it. */
void simulation_mark(vm *m, fiber *f, const activity *a, unsigned state);

/* --- asking.c --- */
/* The role through which people of a role are reached: mostly itself. */
uint32_t role_reached(const vm *m, uint32_t role);
/* Pairs (role, how many) that are asked; single: room for a question's. */
const uint32_t *asked_roles(const vm *m, const activity *a, uint32_t *n, uint32_t single[2]);
/* The member "who": their names. */
void asked_put(const vm *m, json_writer *w, const activity *a);
/* Who is told by a `notify` or a trigger; NO_INDEX: nobody is named. */
uint32_t told_role(const vm *m, const image_site *s);
instant asking_due(const vm *m, const fiber *f, const activity *a); /* QUANTITY_NONE: never */
/* Calls those who are asked, when the wait begins; a->begun is now. */
void asking_begin(vm *m, fiber *f, activity *a, text title);
/* Tells what comes next in time. */
void asking_tell(vm *m, fiber *f, activity *a, text title);
/* Sets the timer of a wait for people: its next call, or its end a->until. False: it has none. */
bool asking_waits(const vm *m, fiber *f, activity *a);
bool asking_over(const vm *m, const activity *a); /* of a timer that fired: the wait has ended */
/* Roles that were called in the place of those asked, and when; at most `most`. */
uint32_t asking_deputies(const vm *m, const fiber *f, const activity *a, uint32_t *role,
                         instant *at, uint32_t most);

/* --- speak.c --- */
/* The role in which the person of the command speaks to `a`; NO_INDEX when none fits. */
uint32_t speak_role(const vm *m, const fiber *f, const activity *a, const json_document *d,
                    arena *scratch);
/* NULL, or why the command of a person is no answer to `a`, for people. */
const char *speak_refused(const vm *m, const fiber *f, const activity *a, const json_document *d,
                          arena *scratch);
/* NULL, or the approval of a migration that cannot be given where these two have no vote. */
const char *speak_start_refused(const image *i, uint32_t migration, text by, text author,
                                arena *scratch);

/* --- command.c --- */
void command_deliver(vm *m, const json_document *d);
text command_text(const json_document *d, const char *key, arena *a); /* empty where absent */
const char *reply_name(unsigned r);

#endif
