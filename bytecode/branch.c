/* branch.c: owns branches of a builder, for several threads that collect one program, and joining them.
 *
 * What a branch collects is numbered behind what the trunk holds, so that one number means the same in
 * both. Joining puts it behind what the trunk holds by then: most numbers move by one distance for each
 * branch, and code is rewritten side by side. List types, records and fields of JGET, which a program
 * has few of and whose numbers are short, are looked for anew, so that each stays one. */
#include "base/workers.h"
#include "bytecode/build_state.h"
#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"

#include <string.h>

static build_counts counts_of(const build *b)
{
    const build_counts *f = &b->first;
    return (build_counts){.text = f->text + b->text.count,
                          .constant = f->constant + (uint32_t)b->constant.n,
                          .list_type = f->list_type + (uint32_t)b->list_type.n,
                          .record = f->record + (uint32_t)b->record.n,
                          .field = f->field + (uint32_t)b->field.n,
                          .word = f->word + (uint32_t)b->word.n,
                          .function = f->function + (uint32_t)b->function.n,
                          .site = f->site + (uint32_t)b->site.n,
                          .fact = b->limits.facts};
}

build *build_branch(const build *trunk, arena *texts, uint32_t facts)
{
    build *b = calloc(1, sizeof *b);
    if (!b)
        memory_exhausted();
    names_init(&b->text, texts);
    b->trunk = trunk;
    b->first = counts_of(trunk);
    b->first.fact = b->limits.facts = facts;
    return b;
}

/* --- where the numbers of a branch go --- */

typedef struct {
    const build *from;
    build_counts to;               /* where what it collected begins in the trunk */
    uint32_t *list, *record, *get; /* by its own number; of fields those that JGET names */
} joint;

typedef struct {
    build *trunk;
    joint of[WORKERS_MOST];
} joints;

/* NO_INDEX is above all numbers, and must stay. */
static uint32_t moved(uint32_t x, uint32_t first, uint32_t to)
{
    return x < first || x == NO_INDEX ? x : x - first + to;
}

#define MOVED(j, what, x) moved(x, (j)->from->first.what, (j)->to.what)

/* The ids of texts begin with 1, so the first of a branch is one more than the last of the trunk. */
static uint32_t text_moved(const joint *j, uint32_t x)
{
    uint32_t last = j->from->first.text;
    return x <= last || x == NO_INDEX ? x : x - last + j->to.text;
}

static type_word type_moved(const joint *j, type_word w)
{
    uint32_t p = TYPE_PARAMETER(w), first = j->from->first.list_type;
    switch (TYPE_ID(w)) {
    case TYPE_LIST: return p < first ? w : TYPE_WORD(TYPE_LIST, j->list[p - first]);
    case TYPE_SERIES: return TYPE_WORD(TYPE_SERIES, type_moved(j, p));
    default: return w;
    }
}

static uint32_t text_known(build *trunk, const joint *j, uint32_t x)
{
    return x <= j->from->first.text ? x : build_text(trunk, build_text_of(j->from, x));
}

static void join_lists(build *trunk, joint *j, arena *a)
{
    const build *b = j->from;
    j->list = arena_array(a, uint32_t, b->list_type.n);
    for (size_t k = 0; k < b->list_type.n; k++) /* an element comes before the list of it */
        j->list[k] = TYPE_PARAMETER(build_list_type(trunk, type_moved(j, b->list_type.p[k])));
}

static void join_records(build *trunk, joint *j, arena *a)
{
    const build *b = j->from;
    j->record = arena_array(a, uint32_t, b->record.n);
    for (size_t k = 0; k < b->record.n; k++) {
        const image_record *r = &b->record.p[k];
        image_leaf *leaf = arena_array(a, image_leaf, r->leaves);
        for (uint32_t i = 0; i < r->leaves; i++) {
            const image_leaf *own = &b->leaf.p[r->first_leaf + i];
            leaf[i] = (image_leaf){text_known(trunk, j, own->path), type_moved(j, own->type)};
        }
        j->record[k] = build_record(trunk, leaf, r->leaves);
    }
}

static void join_getters(build *trunk, joint *j, arena *a)
{
    const build *b = j->from;
    j->get = arena_array(a, uint32_t, b->field.n);
    for (size_t k = 0; k < b->getter.n; k++) {
        const image_field *own = &BUILD_OWN(b, field, b->getter.p[k]);
        image_field f = {text_known(trunk, j, own->path), type_moved(j, own->type)};
        j->get[b->getter.p[k] - b->first.field] = build_getter(trunk, &f);
    }
}

/* --- what only moves --- */

#define APPEND(to, from)                                                                           \
    do {                                                                                           \
        if ((from)->n) {                                                                           \
            vec_reserve(to, (to)->n + (from)->n);                                                  \
            memcpy((to)->p + (to)->n, (from)->p, (from)->n * sizeof *(to)->p);                     \
            (to)->n += (from)->n;                                                                  \
        }                                                                                          \
    } while (0)

/* Fields, sites and functions are only given room: they are rewritten side by side. */
#define MAKE_ROOM(to, from)                                                                        \
    do {                                                                                           \
        vec_reserve(to, (to)->n + (from)->n + 1);                                                  \
        (to)->n += (from)->n;                                                                      \
    } while (0)

static void join_pools(build *trunk, joint *j)
{
    const build *b = j->from;
    uint32_t facts = trunk->limits.facts;
    j->to = counts_of(trunk);
    j->to.fact = facts;
    for (uint32_t id = 1; id <= b->text.count; id++)
        names_append(&trunk->text, b->text.text[id]);
    APPEND(&trunk->constant, &b->constant);
    APPEND(&trunk->word, &b->word);
    MAKE_ROOM(&trunk->field, &b->field);
    MAKE_ROOM(&trunk->site, &b->site);
    MAKE_ROOM(&trunk->place, &b->place);
    MAKE_ROOM(&trunk->function, &b->function);
    MAKE_ROOM(&trunk->function_name, &b->function_name);
    trunk->limits.facts = facts + b->limits.facts - b->first.fact;
    trunk->why = trunk->why ? trunk->why : b->why;
    for (size_t k = 0; k < b->entry.n; k++) {
        image_entry e = b->entry.p[k];
        e.name = text_moved(j, e.name);
        e.title = text_moved(j, e.title);
        e.function = MOVED(j, function, e.function);
        vec_push(&trunk->entry, e);
    }
}

/* --- side by side --- */

static void site_join(const joint *j, const image_site *from, image_site *to)
{
    *to = *from;
    to->name = text_moved(j, to->name);
    to->wanted = text_moved(j, to->wanted);
    to->why = text_moved(j, to->why);
    to->evidence = text_moved(j, to->evidence);
    uint32_t *f[] = {&to->title, &to->args, &to->check, &to->undo, &to->find, &to->body};
    for (size_t k = 0; k < sizeof f / sizeof *f; k++)
        *f[k] = MOVED(j, function, *f[k]);
    to->capture_names = MOVED(j, word, to->capture_names);
    to->votes = MOVED(j, word, to->votes);
    to->needs = MOVED(j, word, to->needs);
    to->shape = to->shape_count ? MOVED(j, field, to->shape) : 0;
    if (to->waves) /* one more than its list */
        to->waves = MOVED(j, word, to->waves - 1) + 1;
}

/* Of all lists of words only these hold texts. */
static void captures_join(const joint *j, const image_site *s, uint32_t *words)
{
    for (uint32_t k = 0; k < s->captures && s->capture_names != NO_INDEX; k++)
        words[s->capture_names + k] = text_moved(j, words[s->capture_names + k]);
}

static uint32_t index_wide(const insn *x)
{
    return x->b | (uint32_t)x->c << 16;
}

static void wide_set(insn *x, uint32_t index)
{
    x->b = (uint16_t)index;
    x->c = (uint16_t)(index >> 16);
}

static void insn_join(const joint *j, insn *x)
{
    const build_counts *first = &j->from->first;
    switch (x->op) {
    case OP_LDK: wide_set(x, MOVED(j, constant, index_wide(x))); return;
    case OP_LDT: wide_set(x, text_moved(j, index_wide(x))); return;
    case OP_JGET: x->c = (uint16_t)(x->c < first->field ? x->c : j->get[x->c - first->field]); return;
    case OP_REC: x->b = (uint16_t)(x->b < first->record ? x->b : j->record[x->b - first->record]); return;
    case OP_PUT: x->a = (uint16_t)MOVED(j, fact, x->a); return;
    case OP_GET: x->b = (uint16_t)MOVED(j, fact, x->b); return;
    default: break;
    }
    if (op_rows[x->op].operand[1] == F_)
        x->b = (uint16_t)MOVED(j, function, x->b);
    else if (op_rows[x->op].operand[1] == S_)
        x->b = (uint16_t)MOVED(j, site, x->b);
}

static void types_join(const joint *j, const type_word *types, uint32_t n)
{
    type_word *own = (type_word *)(uintptr_t)types;
    for (uint32_t k = 0; k < n; k++)
        own[k] = type_moved(j, own[k]);
}

static void function_join(const joint *j, const build_function *f)
{
    insn *code = (insn *)(uintptr_t)f->code;
    build_place *place = (build_place *)(uintptr_t)f->places;
    for (uint32_t k = 0; k < f->instructions; k++)
        insn_join(j, &code[k]);
    for (uint32_t k = 0; k < f->place_count; k++)
        place[k].at.file = text_moved(j, place[k].at.file);
    if (j->from->list_type.n) {
        types_join(j, f->types, f->registers);
        types_join(j, f->result_types, f->results);
    }
}

static void join_rows(void *of, unsigned index)
{
    joints *all = of;
    const joint *j = &all->of[index];
    const build *b = j->from;
    build *trunk = all->trunk;
    for (size_t k = 0; k < b->field.n; k++)
        trunk->field.p[j->to.field + k] =
            (image_field){text_moved(j, b->field.p[k].path), type_moved(j, b->field.p[k].type)};
    for (size_t k = 0; k < b->site.n; k++) {
        image_site *to = &trunk->site.p[j->to.site + k];
        site_join(j, &b->site.p[k], to);
        captures_join(j, to, trunk->word.p);
        trunk->place.p[j->to.site + k] = b->place.p[k];
        trunk->place.p[j->to.site + k].file = text_moved(j, b->place.p[k].file);
    }
    for (size_t k = 0; k < b->function.n; k++) {
        function_join(j, &b->function.p[k]);
        trunk->function.p[j->to.function + k] = b->function.p[k];
        trunk->function_name.p[j->to.function + k] = text_moved(j, b->function_name.p[k]);
    }
}

uint32_t build_texts(const build *b)
{
    return b->first.text + b->text.count;
}

uint32_t *build_join_texts(build *trunk, const build *branch, arena *a)
{
    const names *own = &branch->text;
    uint32_t *to = arena_array(a, uint32_t, own->count + 1u);
    for (uint32_t i = 0; own->mask && i <= own->mask; i++) /* those that were looked for */
        if (own->slot[i].id)
            to[own->slot[i].id] = build_text(trunk, own->text[own->slot[i].id]);
    for (uint32_t id = 1; id <= own->count; id++)
        if (!to[id])
            to[id] = build_text_view(trunk, own->text[id]);
    return to;
}

void build_join(build *trunk, build *const *branches, unsigned n)
{
    joints all = {.trunk = trunk};
    arena a = {0};
    trunk->limits.facts = n ? branches[0]->first.fact : 0;
    for (unsigned k = 0; k < n; k++) {
        all.of[k].from = branches[k];
        join_lists(trunk, &all.of[k], &a);
        join_records(trunk, &all.of[k], &a);
        join_getters(trunk, &all.of[k], &a);
    }
    for (unsigned k = 0; k < n; k++)
        join_pools(trunk, &all.of[k]);
    workers_run(join_rows, &all, n);
    arena_release(&a);
}
