/* contract_compare.c: the walk of contract_compare.h: which pairs were seen, which wait, and what
 * is told of them. */
#include "stdlib/contract/contract_compare.h"

#include <stdlib.h>

/* A step costs some microseconds: this many are seconds, far above any real contract. */
enum { STEPS_MOST = 1 << 20, SILENT_DEPTH = 48, PATH_STEPS = 48, STEP_LONGEST = 200 };

/* --- pairs that were seen --- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 32);
}

/* A part that says how a type is used, not what it is: `use` of contract_xsd.h. */
static bool is_use(const spec_node *part)
{
    return spec_true(part, "use");
}

static uint64_t mix_parts(uint64_t h, const schema *s, bool uses)
{
    for (uint32_t i = 0; i < s->parts.n; i++)
        if (uses || !is_use(s->parts.node[i]))
            h = mix(h, (uintptr_t)s->parts.node[i]);
    return mix(h, 3 + s->never);
}

/* Of a pair in a direction; without `uses` of the types alone. */
static uint64_t key_of(const schema_walk *w, const schema *l, const schema *m, bool uses)
{
    uint64_t h = w->direction == DIRECTION_REQUEST ? 1 : 2;
    h = mix_parts(mix_parts(mix(h, uses), l, uses), m, uses);
    return h ? h : 1;
}

static schema_slot *slot_of(schema_table *t, uint64_t key)
{
    size_t at = key & (t->slots - 1);
    while (t->slot[at].key && t->slot[at].key != key)
        at = (at + 1) & (t->slots - 1);
    return &t->slot[at];
}

static void table_grow(schema_table *t)
{
    schema_table old = *t;
    t->slots = old.slots ? old.slots * 2 : 64;
    t->slot = calloc(t->slots, sizeof *t->slot);
    if (!t->slot)
        memory_exhausted();
    for (size_t i = 0; i < old.slots; i++)
        if (old.slot[i].key)
            *slot_of(t, old.slot[i].key) = old.slot[i];
    free(old.slot);
}

/* The slot of a key; a free one, with *fresh, when it was not there. */
static schema_slot *table_take(schema_table *t, uint64_t key, bool *fresh)
{
    if (t->used * 2 >= t->slots)
        table_grow(t);
    schema_slot *s = slot_of(t, key);
    *fresh = s->key == 0;
    t->used += *fresh;
    s->key = key;
    return s;
}

/* --- telling --- */

/* False when this place was told: a schema may be a part of many. */
static bool first_telling(schema_walk *w, contract_rule rule, text legacy, text modern,
                          const spec_node *l, const spec_node *m)
{
    bool fresh;
    uint64_t key = mix(mix(mix(mix(rule + 1, (uintptr_t)l), (uintptr_t)m), text_hash(legacy)),
                       text_hash(modern));
    schema_slot *s = table_take(&w->told_at, key ? key : 1, &fresh);
    if (fresh)
        s->pair = (uint32_t)w->told.n;
    else if (!w->use)
        w->told.p[s->pair].more++;
    return fresh;
}

/* The way from the body to the pair at hand and on; of a long one its end. */
static size_t push_steps(schema_walk *w, text suffix)
{
    text step[PATH_STEPS];
    size_t n = 0, length = w->changes->path.n;
    uint32_t at = w->pair;
    for (; at && n < PATH_STEPS; at = w->pairs.p[at].parent)
        step[n++] = w->pairs.p[at].step;
    bool whole = n == 0 || (n == 1 && step[0].n == 0);
    if (!whole || suffix.n)
        path_push(w->changes, at ? " $…" : " $");
    while (n-- > 0)
        path_push(w->changes, "%.*s", TEXT_ARG(step[n]));
    path_push(w->changes, "%.*s", TEXT_ARG(text_slice(suffix, 0, STEP_LONGEST)));
    return length;
}

void walk_tell(schema_walk *w, contract_rule fact, text suffix, text legacy, text modern,
               const spec_node *l, const spec_node *m)
{
    contract_rule rule = fact + (contract_rule)w->direction;
    if (w->quiet) {
        contract_level level = contract_rule_table[rule].level;
        w->worst = level < w->worst ? level : w->worst;
        return;
    }
    if (!first_telling(w, rule, legacy, modern, l, m))
        return;
    size_t at = push_steps(w, suffix);
    change_nodes(w->changes, rule, legacy, modern, l, m);
    vec_push(&w->told, (schema_told){.change = w->changes->list.n - 1, .pair = w->pair});
    path_pop(w->changes, at);
}

/* --- walking --- */

/* False when the pair was compared before. */
static bool first_time(schema_walk *w, uint64_t key, text step)
{
    bool fresh;
    schema_slot *s = table_take(&w->seen, key, &fresh);
    if (!fresh) {
        w->pairs.p[s->pair].more++;
        return false;
    }
    s->pair = (uint32_t)w->pairs.n;
    vec_push(&w->pairs, (schema_pair){.parent = w->pair, .step = step});
    w->pair = s->pair;
    return true;
}

bool walk_spend(schema_walk *w, uint64_t steps)
{
    w->steps += steps;
    if (w->steps > STEPS_MOST && !w->changes->fault)
        w->changes->fault = "the schemas combine in too many ways to be compared";
    return w->changes->fault == NULL;
}

static void walk_pair(schema_walk *w, const schema *l, const schema *m)
{
    if (l->too_large || m->too_large)
        w->changes->fault = "a schema has more than 256 parts or 512 alternatives";
    if (w->changes->fault || unions_compare_whole(w, l, m) || !facets_compare(w, l, m))
        return;
    objects_compare(w, l, m);
    unions_compare(w, l, m);
}

/* Of types that were compared: what is said of this use of them. */
static void walk_use(schema_walk *w, const schema *l, const schema *m)
{
    w->use = true;
    facets_compare(w, l, m);
    xml_use_compare(w, l, m);
    w->use = false;
}

static void walk_silent_pair(schema_walk *w, schema_parts legacy, schema_parts modern)
{
    bool fresh;
    if (!walk_spend(w, 1))
        return;
    schema *l = schema_of_parts(w->memory, w->legacy, legacy);
    schema *m = schema_of_parts(w->memory, w->modern, modern);
    uint64_t key = key_of(w, l, m, true);
    schema_slot *s = table_take(&w->silent, key, &fresh);
    contract_level outer = w->worst;
    if (!fresh) {
        w->worst = s->worst < outer ? s->worst : outer;
        return;
    }
    s->worst = CHANGE_LEVELS; /* what leads back to itself differs in nothing more */
    w->worst = CHANGE_LEVELS;
    if (++w->depth > SILENT_DEPTH)
        w->worst = CHANGE_BREAKING;
    else
        walk_pair(w, l, m);
    w->depth--;
    slot_of(&w->silent, key)->worst = w->worst; /* the table may have moved */
    w->worst = outer < w->worst ? outer : w->worst;
}

contract_level walk_silently(schema_walk *w, schema_parts legacy, schema_parts modern)
{
    bool quiet = w->quiet;
    arena *memory = w->memory;
    contract_level outer = w->worst;
    w->quiet = true;
    w->memory = &w->scratch;
    w->worst = CHANGE_LEVELS;
    walk_silent_pair(w, legacy, modern);
    contract_level found = w->worst;
    w->quiet = quiet;
    w->memory = memory;
    w->worst = outer;
    if (!quiet)
        arena_clear(&w->scratch);
    return found;
}

void walk_below(schema_walk *w, text suffix, schema_parts legacy, schema_parts modern)
{
    if (w->quiet) {
        walk_silent_pair(w, legacy, modern);
        return;
    }
    vec_push(&w->queue,
             (schema_task){legacy, modern, text_slice(suffix, 0, STEP_LONGEST), w->pair});
}

static void perform(schema_walk *w, const schema_task *t)
{
    schema *l = schema_of_parts(w->memory, w->legacy, t->legacy);
    schema *m = schema_of_parts(w->memory, w->modern, t->modern);
    w->pair = t->parent;
    if (!walk_spend(w, 1))
        return;
    if (first_time(w, key_of(w, l, m, !w->legacy->xml), t->step))
        walk_pair(w, l, m);
    else if (w->legacy->xml && first_time(w, key_of(w, l, m, true), t->step))
        walk_use(w, l, m);
}

void schema_compare(schema_walk *w, const spec_node *legacy, const spec_node *modern, direction d)
{
    w->direction = d;
    w->pair = 0;
    vec_clear(&w->queue);
    walk_below(w, (text){0}, schema_one(w->memory, legacy), schema_one(w->memory, modern));
    for (size_t i = 0; i < w->queue.n && !w->changes->fault; i++) {
        schema_task t = w->queue.p[i];
        perform(w, &t);
    }
}

schema_walk *schema_walk_new(change_list *changes, const openapi *legacy, const openapi *modern)
{
    schema_walk *w = arena_new(changes->memory, schema_walk);
    w->changes = changes;
    w->memory = changes->memory;
    w->legacy = legacy;
    w->modern = modern;
    vec_push(&w->pairs, (schema_pair){0}); /* the bodies themselves */
    return w;
}

/* A pair that was met again leads again to all that it led to first. */
void schema_walk_end(schema_walk *w)
{
    for (size_t i = 1; i < w->pairs.n; i++)
        w->pairs.p[i].more += w->pairs.p[w->pairs.p[i].parent].more;
    for (size_t i = 0; i < w->told.n; i++) {
        const schema_told *t = &w->told.p[i];
        w->changes->list.p[t->change].more = w->pairs.p[t->pair].more + t->more;
    }
    arena_release(&w->scratch);
    free(w->seen.slot);
    free(w->silent.slot);
    free(w->told_at.slot);
    vec_release(&w->pairs);
    vec_release(&w->queue);
    vec_release(&w->told);
}
