/* context.h: what the passes share. Not for others: the public door is compile.h.
 *
 * Method. Modules are loaded and their declarations entered by name first. Then data become rows,
 * and each migration is walked once: the same walk types an expression and emits its code, guided
 * by the type that is expected there (that is how bare words become enum members and json gets a
 * type). A playbook is compiled anew for each different set of constant arguments (connectors,
 * roles and constants are baked into sites, which must be static), and once with unknown
 * parameters, so that one that nobody applies is checked, too. Faults met twice are reported once.
 *
 * Functions are collected with virtual registers and turned into the image's form only at the end
 * (function.c), when it is known what each site captures and which fields of each answer are used.
 */
#ifndef FERRY_COMPILER_CONTEXT_H
#define FERRY_COMPILER_CONTEXT_H

#include "base/diag.h"
#include "base/vec.h"
#include "bytecode/build.h"
#include "compiler/compile.h"
#include "compiler/types.h"
#include "grammar/ast.h"
#include "grammar/literal.h"
#include "grammar/parse.h"

typedef struct compiler compiler;
typedef struct module module;
typedef struct func func;
typedef struct csite csite;
typedef struct places places;

typedef struct calendar calendar; /* workdays.c */

enum { TABLES_MOST = 48 /* a row's type has eight bits for its table */ };

enum { STANDARD_FACTORS = 64 /* at most */ };
enum { NO_ROW = -1 /* a static row that is not known: the parameter of a generic playbook */ };

/* --- declarations ---------------------------------------------------------------------------- */

typedef enum {
    DECL_MODULE,
    DECL_LET,
    DECL_FN,
    DECL_CUSTOMER,
    DECL_ROLE,
    DECL_RESOURCE,
    DECL_CONNECTOR,
    DECL_PLAYBOOK,
    DECL_MIGRATION,
    DECL_FACTOR,
    DECL_TABLE,
    DECL_CALENDAR
} decl_kind;

typedef struct decl decl;

struct decl {
    decl_kind kind;
    uint32_t name;
    module *home;
    node at; /* 0 for customers from a data file */
    span place;
    module *target;       /* of DECL_MODULE */
    struct decl *instead; /* of a standard role: the project's one of that name */
    int64_t row;          /* customers, roles, resources, connectors: index in their row list */
    int sub;              /* kind of a connector; table; calendar */
    bool done, bad; /* bad: reported, uses stay silent */
    bool used;            /* of DECL_MODULE: something in it was named */
    uint32_t function;    /* of fn, when done */
    type result;
};

/* What a playbook made from another one leaves out of it. */
typedef struct {
    uint32_t name; /* that it gave */
    span at;       /* the `omit` */
} omitted_name;

struct module {
    source *file;
    ast tree;
    text qualifier; /* "" for the root */
    text folder;
    VEC(decl *) decls;
    uint32_t *slot; /* name -> index + 1 in decls; open addressing */
    uint32_t mask;
    bool embedded, loading;
    /* Of a playbook made from another one (derive.c), whose tree comes from several files: */
    module **origins; /* as the pieces of the tree; the last one is where it is written */
    size_t origin_count;
    decl *derived;
    VEC(omitted_name) omitted;
    VEC(text) lost; /* sentences for the plan */
};

/* --- values ------------------------------------------------------------------------------------
 */

typedef struct bundle bundle; /* the fields that are used of one answer */

typedef enum {
    V_ERROR,
    V_CONST,  /* `constant`, or `string` for texts, json, endpoints, secrets; rows of data by index
               */
    V_REG,    /* a register of `owner` */
    V_LAZY,   /* json at `path` of a bundle or of register `reg`; typed when demanded */
    V_RESULT, /* the answer itself */
    V_RECORD, /* a record literal, at `at` */
    V_RISK,   /* .risk of the row in `reg` or `constant`; categories when path says so */
    V_MODULE,
    V_WORD /* a bare word without meaning yet */
} value_kind;

/* Rows that a row value can be, where that is known: for presence of fields and for worst cases. */
typedef struct {
    bool known;
    uint32_t table;
    int64_t parent;   /* of channels: row of the customer, -1 all */
    uint32_t kinds;   /* of channels: a bit a kind, 0 all */
    int64_t only;     /* exactly this row, -1 */
    const bool *keep; /* from row `keep_from` on: whether a condition lets it pass; NULL: all */
    size_t keep_from;
    bool each; /* of channels: those of any one customer of those that have some here */
    bool some; /* a condition that is decided at run time may drop more */
    uint32_t listed; /* not known, but a list whose elements the program writes: how many; 0 */
} rowset;

/* Whether a row of kind `kind` is among the kinds. */
static inline bool kind_among(uint32_t kinds, int kind)
{
    return !kinds || (kind >= 0 && (kinds >> kind & 1));
}

typedef struct {
    value_kind kind;
    type t;
    int64_t constant;
    text string;
    func *owner;
    uint32_t reg;
    bundle *from;
    text path;
    module *home;
    node at;
    rowset rows;
    text shown;    /* how `why` names it when it is captured */
    int column;    /* index + 1 of the column it was read from; 0 */
    int parameter; /* index + 1 of the playbook's parameter this row came from; 0 */
    bool unknown;  /* a constant of a generic playbook: stands for any */
    bool reduced;  /* min, max or mean: none only of nothing, which counts as not available */
    bool platform; /* a connector of which only `get` and `put` are known */
} value;

/* --- functions and sites
 * -------------------------------------------------------------------------- */

typedef enum {
    REG_PARAM,
    REG_ELEMENT,
    REG_CAPTURE,
    REG_RESULT,
    REG_KEY,
    REG_NORMAL,
    REG_BUNDLE
} reg_class;

typedef struct {
    type t;
    uint8_t class;
    uint32_t index; /* parameter, capture, field */
    bundle *of;
} vreg;

typedef struct {
    text path;
    type t;
} field_use;

struct bundle {
    func *owner;
    bundle *mirror; /* of `find`: gives the fields of this one */
    csite *site;
    uint32_t operation; /* index in c->operations, NO_INDEX for a simulation */
    bool platform;      /* of `get` or `put` over a connector of any kind */
    VEC(field_use) fields;
    uint32_t base;   /* physical register, at the end */
    uint32_t anchor; /* vreg that stands for the base in the instruction */
};

/* A step with what it holds while it runs. */
typedef struct {
    uint32_t resource, count;
} held_units;
typedef struct {
    const held_units *of;
    uint32_t n;
    duration worst;
} hold;

typedef struct {
    uint32_t reg, fact;
} fact_read;

struct func {
    text name;
    func *outer; /* where captures come from; NULL for playbooks, migrations, fns */
    csite *site; /* whose captures are the parameters */
    effect most; /* what may be done here */
    effect did;  /* what was done */
    uint32_t index;
    bool results_in; /* takes the results of its site as parameters, too */
    bool element, key, used, emitted;
    bool statements; /* a body: leaves need not be captured as leaves */
    uint32_t parameters;
    VEC(vreg) regs;
    VEC(insn) code;
    VEC(span) where;
    VEC(type) results;
    uint32_t build_id;
    duration forward, back; /* worst cases of its statements, for bodies */
    int64_t fibers; /* that its statements may need at a time, beside its own */
    bool keeps;     /* it does what can go back: its fiber stays until the run is over */
    VEC(hold) holds;
    bool fork;            /* the body of a fiber beside others: what it names, they read as facts */
    uint32_t entry;       /* of a fork: instructions before its facts are read */
    VEC(fact_read) facts; /* of a fork: what it reads of those before it */
    uint32_t serial;      /* of nested functions, for their names */
    bundle *returns;      /* of `find`: its results are this answer's fields */
};

enum { FN_TITLE, FN_ARGS, FN_CHECK, FN_UNDO, FN_FIND, FN_BODY, FN_KINDS };

typedef struct {
    uint32_t reg; /* in the outer function */
    type t;
    text name;
} capture;

struct csite {
    image_site s; /* static fields; texts and words already of the builder */
    func *outer;
    func *fn[FN_KINDS];
    VEC(capture) captures;
    bundle *result;
    span at;
    uint32_t index;
    bool named; /* capture names are kept */
};

/* What a fiber beside others leaves for those that read it. */
typedef struct {
    const func *owner;
    uint32_t reg;
} fact_source;

/* How many there are at a time. */
typedef struct {
    size_t funcs, sites, closures, facts;
} code_mark;

/* --- names in a body
 * -------------------------------------------------------------------------------- */

typedef struct {
    uint32_t name;
    value v;
    span at;
    bool gone;      /* its block has ended: it may not have run */
    bool beside;    /* named in a phase that may run at the same time */
    uint32_t phase; /* index + 1 of the phase beside others that named it */
    bool observed;  /* a series: readable by triggers */
    bool bad;
} local;

typedef struct {
    text key;       /* canonical source of what is known not to be absent, or of `x.kind` */
    uint32_t kinds; /* of a channel: a bit a kind; 0: merely present */
} narrowing;

/* --- the compilation
 * -------------------------------------------------------------------------------- */

/* A given field of a row. There are ten of them in each of 85,000 rows of a large fleet. */
typedef struct {
    uint32_t column;
    uint32_t n : 31; /* of a list */
    uint32_t list : 1;
    union {
        int64_t value; /* raw; texts by id of the builder */
        const int64_t *values;
    };
} cell;
_Static_assert(sizeof(cell) == 16, "four cells a cache line");

typedef struct row {
    text name;
    int64_t parent; /* final row of the customer, once rows are sorted; before that its index */
    struct {
        cell *p;
        size_t n, room;
    } cells; /* in the arena of the compilation: cell_add */
    uint32_t final; /* row in the image */
    span at;
    int kind;       /* of channels and connectors */
    int64_t number; /* capacity of a resource, members of a role, minutes… : what checks need */
    decl *of;
    struct row *owner;            /* of a channel: its customer */
    uint32_t first, count;        /* of a customer: its channels, once rows are sorted */
    struct row *deputy, *reached; /* of a role: roles that it names */
    bool unread;       /* some field could not be read: one that is absent may be that one */
    void *extra;       /* of a window: what the calendar knows */
} row;

/* A column of a table, as the language sees it. */
typedef struct {
    uint32_t table, index;
    text name;
    type t;
    bool required, list, hidden;
    int only;       /* kind of channel that has it, -1: all */
    node otherwise; /* default of an added column */
    module *home;
} column_info;

/* What matters for the way back, along the order of statements. */
typedef struct {
    bool approved; /* an approval was surely given before */
    span sealed;   /* an irreversible step went before; {0, 0}: none */
    span failing;  /* the first step of this phase that can fail and go back */
} back_state;

typedef struct {
    module *home;
    node at; /* 0: left out */
    text name;
} factor_entry;

/* A fault that is told once, however often it is met: an unknown name, a field that a row lacks. */
typedef struct {
    const diagnostics *in;
    const void *whose; /* the module, the row */
    text what;
    diagnostic *g;
} told_once;

/* A step whose undo expires, in a playbook that is not over (expiry.h). */
typedef struct {
    const func *fn;
    duration done; /* worst case of fn when the step was done */
    duration left; /* what came after it in functions that are over */
    duration expires;
    span at;
} expiring;

/* --- the compilation ------------------------------------------------------------------------- */

/* Where the value of a text's `{…}` goes: nowhere special, into an address, into the path of a
 * file. */
typedef enum { PLACE_TEXT, PLACE_ADDRESS, PLACE_FILE } text_place;

/* What the samplers and triggers of one block take: they run beside each other, and a condition
 * that is true when the longest ends keeps its series going until it is decided. */
typedef struct {
    duration longest, patience;
} watched;

struct compiler {
    arena *memory;
    arena *keep; /* what outlives the walk of one declaration; mostly the same */
    source_map *sources;
    diagnostics *d;
    VEC(diagnostic *) repeated; /* reported before: taken, not shown */
    VEC(told_once) told;        /* faults of which further places become labels */
    names names;
    build *b;
    const compile_options *options;
    text root_folder;
    VEC(module *) modules;
    VEC(module *) grafts; /* of playbooks made from others */
    module *mod;          /* whose tree is read, and whose names are looked up, now */
    VEC(const decl *) busy; /* being worked on, the innermost last: who meets one again goes in a circle */
    unsigned expr_depth;
    VEC(row *) rows[TABLE_FIXED + TABLES_MOST];
    const struct signature *arguments[OPERATION_COUNT], *results[OPERATION_COUNT]; /* once read */
    names customer_names; /* by name, for files of channels (customer_by_name): an id is 1 + index into: */
    VEC(row *) customers_by_name;
    size_t customers_seen; /* of rows[TABLE_CUSTOMER] */
    VEC(text) tables; /* names of those that the program declares, behind the fixed ones */
    VEC(calendar *) calendars;
    VEC(column_info) columns;
    VEC(type) elements; /* of list types */
    VEC(func *) funcs, spare_funcs; /* spare ones were discarded */
    VEC(csite *) sites, spare_sites;
    VEC(csite *) closures;     /* hold the captures of functions of one element */
    VEC(field_use) gets;       /* fields of JGET */
    VEC(uint32_t) got;         /* the same in the builder, as far as functions were finished */
    VEC(fact_source) facts;    /* by provisional number */
    VEC(factor_entry) factors; /* in force */
    struct crew *crew; /* crew.h; the newest */
    code_mark shared;  /* of one of a crew: those before are everyone's, and only read */
    code_mark walked;  /* those that were handed to the builder and discarded */
    bool apart;        /* this is one of a crew */
    bool given_up;     /* it would have had to write what is everyone's */
    bool *reached;     /* of one of a crew, by number: functions of everyone that it calls */
    bool image;    /* one is wanted */
    size_t fns;                /* functions compiled so far */
    size_t standard_factors;   /* functions of those that come with Ferry */
    func *fn;
    VEC(local) locals;
    size_t visible; /* locals below do not belong to this body */
    VEC(narrowing) narrow;
    size_t narrow_from; /* those below do not belong to this body */
    bool generic; /* a playbook with unknown parameters is being checked: its code is thrown away */
    struct plan_builder *plan;
    places *places; /* in a walk that goes through loops row by row; NULL otherwise */
    unsigned repeated_paths; /* loops and playbooks so far: with two, paths may meet */
    unsigned met;   /* errors that such walks have found: they stop no other walk */
    int64_t rounds; /* that such a walk has gone through */
    back_state back;
    VEC(expiring) expiring;
    span applied;   /* what applies the standard playbook that is read; {0, 0}: none */
    span beside;    /* of the loop whose elements run side by side; {0, 0}: none */
    int64_t lanes;  /* how many of them at most, with the loops around it */
    span in_window; /* of the window that the phase waits for; {0, 0}: none */
    VEC(struct window_info *)
    windows;            /* by migration: the one written last, linked to the others */
    int64_t window_row; /* its row, -1 where it is not known */
    watched watching;   /* of the block so far */
    struct migration_frame *migration;
    struct test_frame *test; /* its names may be places of the run */
    int64_t weight[5], level[3];
    unsigned depth;  /* nesting of applied playbooks and fns */
    text_place into; /* what an interpolated value becomes a part of */
    bool spoken;     /* in what people read: a value that is not available says so */
    bool lenient;    /* in factors: what is absent makes the factor not evidenced */
    bool trigger;    /* in a trigger's condition: series are read when it is looked at */
    bool folding;    /* what is known of rows is a constant; the code is thrown away */
    bool planned;    /* somebody wants the plan */
};

/* --- reporting (report.c)
 * ---------------------------------------------------------------------------- */

/* As diag_add, but a fault already reported at this place gives a scratch diagnostic. */
diagnostic *fault(compiler *c, diag_code code, span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
#define fault_at(c, code, n, ...)                                                                  \
    fault((c), DIAG_##code, ast_span(&(c)->mod->tree, (n)), __VA_ARGS__)
/* Whether this was reported at this very place. */
bool faulted(const compiler *c, diag_code code, span at);
void report_release(compiler *c);
/* Between these, what is reported is forgotten: the same source was walked before. */
typedef struct {
    diagnostics scratch, *shown;
} silence;
void silence_begin(compiler *c, silence *s);
void silence_end(compiler *c, silence *s);
/* Whether something inside was reported. */
bool faulted_within(const compiler *c, span at);
/* The diagnostic that told of the same fault before, with a label and edit for the further place;
 * NULL when this is the first. `told_first` remembers one. */
diagnostic *told_before(compiler *c, const void *whose, text what, span at);
void told_first(compiler *c, const void *whose, text what, diagnostic *g);
/* "did you mean" with an edit, when one of the candidates is near. */
void suggest(compiler *c, diagnostic *g, span at, text wrong, const text *candidates, size_t n);
text duration_text(compiler *c, duration d); /* "1h30m" */
text type_text(compiler *c, type t);
text type_a(compiler *c, type t); /* "a number", "an instant" */
/* The expression in one canonical spelling, whatever its layout (unparse.c). */
text canonical(compiler *c, const ast *t, node n);
/* The same of the current tree, in a walk that folds: values of names in place, where known. For the
 * plan: empty when nobody wants one. */
text canonical_known(compiler *c, node n);

/* --- lists of types
 * --------------------------------------------------------------------------------- */

type type_list_of(compiler *c, type element);
type type_element(compiler *c, type list);
bool enum_members(type t, text *members, size_t *n); /* up to 32 */
int enum_code(type t, text word);                    /* -1: no member */

static inline const ast *tree(const compiler *c)
{
    return &c->mod->tree;
}
static inline span at_node(const compiler *c, node n)
{
    return ast_span(&c->mod->tree, n);
}
static inline text name_text(const compiler *c, uint32_t id)
{
    return names_text(&c->names, id);
}
/* The name of what a walk names by itself. */
uint32_t name_given(compiler *c, text name);

#endif
