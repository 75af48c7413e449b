/* compile.h: source -> diagnostics, image bytes, facts for `plan`.
 *
 * One call compiles the root file and everything it uses. Faults of the user become diagnostics
 * (sorted by place); the image is made only when there is no error. The facts describe what the
 * program would do, in its order, for people: they are computed from the same walk that emits the
 * code, so that plan and image cannot disagree.
 */
#ifndef FERRY_COMPILER_COMPILE_H
#define FERRY_COMPILER_COMPILE_H

#include "base/calendar.h"
#include "base/diag.h"
#include "base/source.h"

typedef struct {
    const char *path; /* of the root file, as given; `-` is not special here */
    bool check_only;  /* diagnostics and facts, no image */
    bool strip_debug; /* leaves DEBUG out of the image */
    bool diagnose;    /* the image is made for what it may report, if anything, then thrown away:
                         the standard factors are left out where the program changes none */
    bool plan;        /* the facts tell the migrations, which takes a second walk of each */
    unsigned crew;    /* threads that go through parts of the program; 0: as many as it is worth */
    bool tests;       /* the image is not of the program but of its tests: an entry for each
                         expectation */
} compile_options;

typedef enum {
    PLAN_PHASE,
    PLAN_APPLY,   /* a playbook begins; title is its name */
    PLAN_EACH,    /* a loop; count = elements where they are known */
    PLAN_ELEMENT, /* one element of a loop whose rows are known; name: the row's */
    PLAN_STEP,
    PLAN_TASK,
    PLAN_APPROVE,
    PLAN_REQUIRE,
    PLAN_SIMULATE,
    PLAN_OBSERVE,
    PLAN_WAIT,
    PLAN_NOTIFY,
    PLAN_TRIGGER,
    PLAN_READ,
    PLAN_BRANCH /* if; its lines may not run where that is uncertain */
} plan_kind;

typedef enum {
    BACK_NOTHING, /* nothing to undo: a read, a gate */
    BACK_UNDO,    /* an undo call or block; `back` is its text */
    BACK_NONE,    /* undo none "why"; `back` is the reason */
    BACK_SEALED,  /* irreversible "why" */
    BACK_PEOPLE   /* a task's undo: an instruction for people */
} plan_back;

/* A field of a statement as it is written, in one spelling and with what is known in place of
 * names: `timeout` and `5m`, `on failure` and `ask lead within 20m else rollback`. */
typedef struct {
    text name, value;
} plan_field;

/* Durations are microseconds; QUANTITY_NONE (decimal.h) where nothing is known. */
typedef struct {
    plan_kind kind;
    unsigned depth;   /* nesting, 0 for the phases of the migration */
    text path;        /* dotted, as at run time; move.{c}.route where the elements are not known */
    text name, title; /* interpolations of the title as {source} where they are not known now */
    text what;        /* canonical source of the call or condition, empty where none */
    const plan_field *fields; /* in written order; `let x` for what a step names first */
    size_t field_count;
    text who;    /* role or roles with votes: "2 of change_board"; empty: the machine */
    text window; /* name of the window that a phase waits for */
    plan_back back_kind;
    text back;
    duration low, high; /* estimate; a wait's or an observation's length */
    duration worst, worst_back;
    duration expires; /* how long the undo stays possible */
    instant due;      /* of what people do, where it is known now; else a field says it */
    int64_t count;    /* elements of a loop; -1 where not known */
    int64_t rank;     /* of an element: those that it follows have a lower one, and come first */
    text by;          /* of a loop: the key of its order, where only the machine knows it; then its
                         elements stand here by rank and name */
    bool alternative; /* of a branch: comes instead of the one before it */
    int64_t lanes;    /* how many of them at once */
    text waves;       /* of a loop that has some: "waves of 5, 20, 1d apart" */
    size_t beside;    /* of a phase that has others beside it: index + 1 of the first such line */
    const size_t *waits; /* then: lines of the phases of those that it runs after */
    size_t wait_count;
    bool uncertain; /* only the run decides: about a branch, or which of a loop's elements come */
    uint32_t operation; /* of a step: operation_id; NO_INDEX */
    uint32_t sample;    /* of a series: type word of its samples */
    span at;
} plan_line;

typedef struct {
    text name;
    bool dated, daily; /* else weekly */
    text zone, rule;   /* rule: "sat 22:00 to sun 06:00" */
    duration shortest; /* real length of the shortest occurrence looked at (two years ahead of the
                          rule's own dates), daylight saving included */
} plan_window;

typedef struct {
    text from, to, zone, why; /* days: 2026-12-15; `to` is the last of them */
} plan_freeze;

typedef struct {
    text name, title;
    int64_t capacity;
} plan_resource;

typedef struct {
    text role, title, phone;
    const text *members;
    size_t member_count;
    bool alarmed;         /* the role has an `alarm` */
    text hours;           /* base/hours.h; empty: always */
    text deputy, reached; /* roles */
    duration page;        /* after it the deputy is called */
    bool outside;         /* people of a partner */
} plan_person;

typedef struct {
    text name, title, customer;
    const plan_line *lines;
    size_t line_count;
    const plan_window *windows;
    size_t window_count;
    const plan_person *people;
    size_t person_count;
    const plan_freeze *freezes;
    size_t freeze_count;
    const plan_resource *resources;
    size_t resource_count;
    const plan_field *fields; /* `on failure` */
    size_t field_count;
    const text *lost; /* what the playbooks applied here lack of those that they are made from:
                         "host_key of sftp.move (1 task): ACME keeps its host key" */
    size_t lost_count;
    const text *not_proved; /* sentences: "3 estimates are missing" */
    size_t not_proved_count;
    duration worst, worst_back;
} plan_migration;

/* --- tests: what is given, for the script host, and which entries of the image judge the run --- */

typedef enum { GIVEN_RETURNS, GIVEN_FAILS, GIVEN_HANGS, GIVEN_REFUSED, GIVEN_SAYS } given_fate;

typedef struct {
    given_fate fate;
    text path;            /* of the run, or its tail; empty: a call, or a role */
    bool undo;            /* the undo of that path's step */
    text call, arguments; /* "gateway.get", and a json object of those that must be so */
    text role;
    text values; /* json object by field of the answer; of GIVEN_SAYS a word, empty: silence */
    int64_t times;        /* 0: always */
    duration delay, from; /* how long it takes; from when on it holds, since it was first asked */
    text source;          /* `gateway.get("/x")` */
    span at;
} test_given;

typedef struct {
    text entry;  /* of the image that was made with the option `tests` */
    text wanted; /* canonical source */
    span at;
} test_expect;

typedef struct {
    text name, migration;
    instant start;
    const test_given *givens;
    size_t given_count;
    const test_expect *expects;
    size_t expect_count;
    span at;
} test_case;

typedef struct {
    const test_case *tests;
    size_t test_count;
    const plan_migration *migrations; /* none without the option `plan` */
    size_t migration_count;
    const text *files; /* every project file that was read, as it is shown; the root first */
    size_t file_count;
} compile_facts;

/* Compiles. `sources` and `d` are made by the caller and keep what is added; `facts` (may be NULL)
 * live in `memory`. true when there is no error; then `image_bytes` (NULL or check_only: not made)
 * holds the canonical bytes. A root file that cannot be read is a diagnostic (E0204) without a
 * place. */
bool compile(const compile_options *o, arena *memory, source_map *sources, diagnostics *d,
             buffer *image_bytes, compile_facts *facts);

#endif
