/* contract_prove.c: see contract_prove.h. The copy is read as the original is, and changed in
 * place: a node, or the list that an operation is in, is another one for as long as it is compared.
 * So one piece of code spoils JSON, YAML, WSDL and XML Schema. */
#include "stdlib/contract/contract_prove.h"
#include "stdlib/contract/contract_parts.h"
#include "stdlib/contract/contract_schema.h"

#include <stddef.h>

static const char *const defect_names[CONTRACT_DEFECTS] = {
#define CONTRACT_DEFECT(id, name, doc) [DEFECT_##id] = name,
#include "stdlib/contract/contract_defects.def"
#undef CONTRACT_DEFECT
};

const char *contract_defect_name(contract_defect d)
{
    return defect_names[d];
}

/* --- places --- */

typedef struct {
    contract_defect defect;
    openapi_operation *operation;
    openapi_media *media;
    const spec_node *node;     /* of a schema: the one that is replaced */
    const schema_words *words; /* "properties", "required" */
    uint32_t index;
    text name;
} defect_place;

enum { SEEN = 1 << 16, DEEPEST = 64 };

typedef struct {
    arena memory, scratch; /* of the copy and its places; of one comparison */
    contract *original, *copy;
    const contract_options *options;
    VEC(defect_place) places;
    openapi_operation *operation; /* at hand */
    direction direction;
    uint64_t *seen; /* keys of schemas by direction: a table of SEEN slots */
    uint32_t nodes;
    unsigned depth;
} prover;

static defect_place *add(prover *p, contract_defect d, const spec_node *node, uint32_t index,
                         text name)
{
    vec_push(
        &p->places,
        (defect_place){
            .defect = d, .operation = p->operation, .node = node, .index = index, .name = name});
    return &vec_last(&p->places);
}

static void add_member(prover *p, contract_defect d, const spec_node *node, const schema_words *w,
                       uint32_t index, text name)
{
    add(p, d, node, index, name)->words = w;
}

/* False where these were seen in this direction, or they are too many. */
static bool first_seen(prover *p, schema_parts parts)
{
    uint64_t key = p->direction == DIRECTION_RESPONSE ? 1 : 2;
    for (uint32_t i = 0; i < parts.n; i++)
        key = (key ^ (uintptr_t)parts.node[i]) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = key >> 48;
    key |= 1;
    while (p->seen[at] && p->seen[at] != key)
        at = (at + 1) % SEEN;
    if (p->seen[at] == key || p->nodes > SEEN / 2)
        return false;
    p->seen[at] = key;
    p->nodes++;
    return true;
}

static bool holds_text(const spec_node *list, text word)
{
    for (uint32_t i = 0; list && i < list->count; i++)
        if (text_equal(list->child[i].value, word))
            return true;
    return false;
}

static void walk(prover *p, schema_parts parts);

/* The one part that has a word; NULL where several have it: one alone would not change what they
 * say together. */
static const spec_node *single(const schema *s, const char *word)
{
    const spec_node *found = NULL;
    for (uint32_t i = 0; i < s->parts.n; i++) {
        const spec_node *n = spec_get(s->parts.node[i], word);
        bool means = n && !(n->kind == SPEC_TEXT && text_is(n->value, "any"));
        if (means && found)
            return NULL;
        found = means ? n : found;
    }
    return found;
}

/* The part that holds a property, when no other one says that it must be there. */
static const spec_node *owner_of(const schema *s, const schema_words *w, const schema_property *p)
{
    const spec_node *owner = NULL;
    for (uint32_t i = 0; p->parts.n == 1 && i < s->parts.n; i++)
        if (spec_find(spec_get(s->parts.node[i], w->members), p->name) == p->parts.node[0])
            owner = s->parts.node[i];
    for (uint32_t i = 0; owner && i < s->parts.n; i++)
        if (s->parts.node[i] != owner &&
            holds_text(spec_of_kind(s->parts.node[i], w->required, SPEC_LIST), p->name))
            return NULL;
    return owner;
}

static void walk_members(prover *p, const schema *s, const schema_words *w)
{
    schema_property *all;
    uint32_t n = schema_properties(&p->memory, s, p->direction, w, &all);
    for (uint32_t i = 0; i < n; i++) {
        const spec_node *owner = owner_of(s, w, &all[i]);
        if (owner) {
            uint32_t index = (uint32_t)(all[i].parts.node[0] - spec_get(owner, w->members)->child);
            add_member(p, DEFECT_LOST_PROPERTY, owner, w, index, all[i].name);
            if (all[i].required == (p->direction == DIRECTION_RESPONSE))
                add_member(p, DEFECT_OTHER_DUTY, owner, w, index, all[i].name);
        }
        walk(p, all[i].parts);
    }
}

static void walk_values(prover *p, const schema *s)
{
    const spec_node *type = single(s, "type"), *values = single(s, "enum");
    if (type && type->kind == SPEC_TEXT && !text_is(type->value, "object"))
        add(p, DEFECT_OTHER_TYPE, type, 0, type->value);
    if (values && values->kind == SPEC_LIST && values->count > 1 &&
        values->child[0].kind == SPEC_TEXT)
        add(p, DEFECT_OTHER_VALUE, values, 0, values->child[0].value);
}

/* The last step of `#/components/schemas/Cat`; empty where it is no reference. */
static text named(const schema_parts *alternative)
{
    text ref = alternative->n ? spec_text(alternative->node[0], "$ref") : (text){0};
    size_t at = ref.n;
    while (at && ref.p[at - 1] != '/')
        at--;
    return text_slice(ref, at, ref.n);
}

static bool say_the_same(const schema *a, const schema *b)
{
    return a->parts.n == 1 && b->parts.n == 1 && spec_equal(a->parts.node[0], b->parts.node[0]);
}

/* Whether no other alternative can stand in for this one: two names are two things to their
 * readers, unless they say the same, and so are two types. */
static bool stands_alone(prover *p, const schema_union *u, uint32_t i)
{
    const schema *one = schema_of_parts(&p->memory, p->copy->openapi, u->alternative[i]);
    text name = named(&u->alternative[i]);
    for (uint32_t k = 0; k < u->alternatives; k++) {
        const schema *other = schema_of_parts(&p->memory, p->copy->openapi, u->alternative[k]);
        text its = named(&u->alternative[k]);
        bool named_apart = name.n && its.n && !text_equal(name, its) && !say_the_same(one, other);
        if (k != i && !named_apart && (one->types & other->types))
            return false;
    }
    return true;
}

/* What alternatives hold counts where they can be told apart: else what one of them loses another
 * may have. */
static void walk_union(prover *p, const schema_union *u)
{
    for (uint32_t i = 0; i < u->alternatives; i++) {
        const schema_parts *one = &u->alternative[i];
        if (!one->n || !stands_alone(p, u, i))
            continue;
        size_t index = (size_t)(one->node[0] - u->node->child);
        if (p->direction == DIRECTION_REQUEST && index < u->node->count && u->alternatives > 1)
            add(p, DEFECT_LOST_ALTERNATIVE, u->node, (uint32_t)index, named(one));
        walk(p, *one);
    }
}

/* A schema and all below it, as deep as a reader gets without following a circle. */
static void walk(prover *p, schema_parts parts)
{
    schema *s = schema_of_parts(&p->memory, p->copy->openapi, parts);
    if (!s->parts.n || !s->types || s->too_large || p->depth > DEEPEST || !first_seen(p, s->parts))
        return;
    p->depth++;
    walk_values(p, s);
    if (s->types & TYPE_OBJECT)
        walk_members(p, s, &schema_own_properties);
    walk_members(p, s, &schema_attributes);
    if (s->types & TYPE_ARRAY)
        walk(p, schema_sub(&p->memory, s, "items"));
    for (uint32_t i = 0; i < s->union_count; i++)
        walk_union(p, &s->unions[i]);
    p->depth--;
}

static void walk_body(prover *p, openapi_body *b)
{
    for (uint32_t i = 0; i < b->medias; i++) {
        if (b->media[i].type.n)
            add(p, DEFECT_OTHER_BODY, NULL, i, b->media[i].type)->media = &b->media[i];
        walk(p, schema_one(&p->memory, b->media[i].schema));
    }
}

/* Whether clients that wait for a status are still answered by its range or the default. */
static bool is_covered(const openapi_operation *o, uint32_t status)
{
    for (uint32_t i = 0; i < o->responses; i++)
        if (i != status && (text_is(o->response[i].status, "default") ||
                            text_ends(o->response[i].status, TEXT("XX"))))
            return true;
    return false;
}

static void walk_operation(prover *p, openapi_operation *o, uint32_t index)
{
    p->operation = o;
    add(p, DEFECT_LOST_OPERATION, NULL, index, o->name);
    p->direction = o->event ? DIRECTION_RESPONSE : DIRECTION_REQUEST;
    walk_body(p, &o->body);
    for (uint32_t i = 0; i < o->parameters; i++) {
        const openapi_parameter *one = &o->parameter[i];
        if (one->in != IN_PATH)
            add(p, DEFECT_LOST_PARAMETER, NULL, i, one->name);
        if (!one->required)
            add(p, DEFECT_DEMANDED_PARAMETER, NULL, i, one->name);
        walk(p, schema_one(&p->memory, one->schema));
    }
    p->direction = o->event ? DIRECTION_REQUEST : DIRECTION_RESPONSE;
    for (uint32_t i = 0; i < o->responses; i++) {
        if (!is_covered(o, i))
            add(p, DEFECT_LOST_ANSWER, NULL, i, o->response[i].status);
        walk_body(p, &o->response[i].body);
    }
}

/* --- defects --- */

/* The copy is read for this alone: nobody else holds it. */
static spec_node *ours(const spec_node *n)
{
    return (spec_node *)(uintptr_t)n;
}

static spec_node without(arena *a, const spec_node *map, uint32_t index)
{
    spec_node *child = arena_array(a, spec_node, map->count);
    uint32_t n = 0;
    for (uint32_t i = 0; i < map->count; i++)
        if (i != index)
            child[n++] = map->child[i];
    spec_node out = spec_map(a, map->key, child, n);
    out.at = map->at;
    return out;
}

/* `required` with the name where it was not there, without it where it was or `gone` says so. */
static spec_node other_duties(arena *a, const spec_node *list, const char *word, text name,
                              bool gone)
{
    uint32_t count = list ? list->count : 0, n = 0;
    bool there = holds_text(list, name);
    spec_node *child = arena_array(a, spec_node, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        if (!text_equal(list->child[i].value, name))
            child[n++] = list->child[i];
    if (!there && !gone)
        child[n++] = (spec_node){.kind = SPEC_TEXT, .value = name};
    return (spec_node){.kind = SPEC_LIST, .key = text_of(word), .child = child, .count = n};
}

/* The schema with one member gone, or with another duty. */
static spec_node other_members(arena *a, const defect_place *x)
{
    const spec_node *n = x->node, *duties = spec_of_kind(n, x->words->required, SPEC_LIST);
    spec_node *child = arena_array(a, spec_node, (size_t)n->count + 1);
    bool gone = x->defect == DEFECT_LOST_PROPERTY;
    uint32_t count = 0;
    for (uint32_t i = 0; i < n->count; i++)
        if (gone && text_is(n->child[i].key, x->words->members))
            child[count++] = without(a, &n->child[i], x->index);
        else if (!text_is(n->child[i].key, x->words->required))
            child[count++] = n->child[i];
    child[count++] = other_duties(a, duties, x->words->required, x->name, gone);
    spec_node out = spec_map(a, n->key, child, count);
    out.at = n->at;
    return out;
}

/* A list of `size` bytes each without one of them. */
static void *shorter(arena *a, const void *list, size_t size, uint32_t n, uint32_t index)
{
    char *out = arena_alloc(a, size * n, _Alignof(max_align_t));
    memcpy(out, list, size * index);
    memcpy(out + size * index, (const char *)list + size * (index + 1), size * (n - index - 1));
    return out;
}

static spec_node other_node(arena *a, const defect_place *x)
{
    spec_node out = *x->node;
    if (x->words)
        return other_members(a, x);
    if (x->defect == DEFECT_LOST_ALTERNATIVE)
        out.child = shorter(a, out.child, sizeof *out.child, out.count--, x->index);
    if (x->defect == DEFECT_OTHER_TYPE)
        out.value = text_is(out.value, "string") ? TEXT("boolean") : TEXT("string");
    if (x->defect == DEFECT_OTHER_VALUE) {
        spec_node *child = arena_array(a, spec_node, out.count);
        memcpy(child, out.child, out.count * sizeof *child);
        child[0].value = text_format(a, "not %.*s", TEXT_ARG(child[0].value));
        out.child = child;
    }
    return out;
}

static void spoil_operation(arena *a, openapi *api, const defect_place *x)
{
    openapi_operation *o = x->operation;
    if (x->defect == DEFECT_LOST_OPERATION)
        api->operation = shorter(a, api->operation, sizeof *o, api->operations--, x->index);
    else if (x->defect == DEFECT_LOST_ANSWER)
        o->response = shorter(a, o->response, sizeof *o->response, o->responses--, x->index);
    else if (x->defect == DEFECT_LOST_PARAMETER)
        o->parameter = shorter(a, o->parameter, sizeof *o->parameter, o->parameters--, x->index);
    else if (x->defect == DEFECT_DEMANDED_PARAMETER)
        o->parameter[x->index].required = true;
    else
        x->media->type = TEXT("other");
}

/* What the defect touches, to be put back. */
typedef struct {
    openapi api;
    openapi_operation operation;
    openapi_parameter parameter;
    text media;
    spec_node node;
} untouched;

static void spoil(prover *p, const defect_place *x, untouched *u)
{
    u->api = *p->copy->openapi;
    u->operation = *x->operation;
    if (x->node) {
        u->node = *x->node;
        *ours(x->node) = other_node(&p->scratch, x);
        return;
    }
    if (x->defect == DEFECT_DEMANDED_PARAMETER)
        u->parameter = x->operation->parameter[x->index];
    if (x->media)
        u->media = x->media->type;
    spoil_operation(&p->scratch, p->copy->openapi, x);
}

static void put_back(prover *p, const defect_place *x, const untouched *u)
{
    *p->copy->openapi = u->api;
    *x->operation = u->operation;
    if (x->node)
        *ours(x->node) = u->node;
    if (x->defect == DEFECT_DEMANDED_PARAMETER)
        x->operation->parameter[x->index] = u->parameter;
    if (x->media)
        x->media->type = u->media;
}

static bool is_found(prover *p)
{
    contract_result r;
    document_fault fault;
    return contract_compare(&p->scratch, p->original, p->copy, p->options, &r, &fault) &&
           r.count[CHANGE_BREAKING] + r.count[CHANGE_RISKY] > 0;
}

/* --- all of them --- */

static text words_of(arena *a, const prover *p, const defect_place *x)
{
    text file = {0};
    uint32_t line = x->node ? contract_line(p->copy, x->node->at, &file) : 0;
    bool whole = x->defect == DEFECT_LOST_OPERATION;
    text where = text_format(a, "%.*s%s%.*s", TEXT_ARG(x->operation->name), whole ? "" : " ",
                             TEXT_ARG(whole ? TEXT("") : x->name));
    return line ? text_format(a, "%.*s, %.*s%sline %u", TEXT_ARG(where), TEXT_ARG(file),
                              file.n ? " " : "", line)
                : where;
}

static void attempt(arena *a, prover *p, const defect_place *x, contract_proof_row *row)
{
    untouched u;
    spoil(p, x, &u);
    bool found = is_found(p);
    put_back(p, x, &u);
    row->tried++;
    row->found += found;
    if (!found && row->misses < DEFECTS_MISSED)
        row->miss[row->misses++] = words_of(a, p, x);
    arena_clear(&p->scratch);
}

static void attempt_all(arena *a, prover *p, contract_proof *out)
{
    uint64_t all[CONTRACT_DEFECTS] = {0}, seen[CONTRACT_DEFECTS] = {0};
    for (size_t i = 0; i < p->places.n; i++)
        all[p->places.p[i].defect]++;
    for (size_t i = 0; i < p->places.n; i++) {
        contract_defect d = p->places.p[i].defect;
        uint64_t share = all[d] < DEFECTS_EACH ? all[d] : DEFECTS_EACH, before = seen[d]++;
        if (before * share / all[d] != seen[d] * share / all[d])
            attempt(a, p, &p->places.p[i], &out->row[d]);
    }
}

static void sum_up(contract_proof *out)
{
    out->tried = out->found = 0;
    for (int d = 0; d < CONTRACT_DEFECTS; d++) {
        out->tried += out->row[d].tried;
        out->found += out->row[d].found;
    }
}

void contract_prove(arena *a, document_kind kind, text bytes, const char *path,
                    const contract_options *o, contract_proof *out)
{
    prover p = {.options = o};
    document_fault fault;
    arena_init(&p.memory);
    arena_init(&p.scratch);
    p.original = contract_read(&p.memory, kind, bytes, path, &fault);
    p.copy = p.original ? contract_read(&p.memory, kind, bytes, path, &fault) : NULL;
    p.seen = arena_array(&p.memory, uint64_t, SEEN);
    for (uint32_t i = 0; p.copy && i < p.copy->openapi->operations; i++)
        walk_operation(&p, &p.copy->openapi->operation[i], i);
    if (p.copy)
        attempt_all(a, &p, out);
    sum_up(out);
    vec_release(&p.places);
    arena_release(&p.scratch);
    arena_release(&p.memory);
}
