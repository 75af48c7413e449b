/* edifact_tree.c: a message as segment groups.
 *
 * The branching diagrams of all messages are a library; what matters for reading a path and for
 * pairing siblings is which segments open groups and what a group can hold (edifact_groups.def). A
 * stack of open groups is unwound by each segment to the innermost one that can hold it.
 */
#include "base/vec.h"
#include "stdlib/edifact/edifact_read.h"

#include <string.h>

typedef struct {
    const char *message, *tag, *members;
} group_rule;

typedef struct {
    char tag[4];
    bool unordered;
    uint8_t key[2];
} segment_rule;

static const group_rule groups[] = {
#define EDIFACT_GROUP(message, tag, members) {message, #tag, members},
#include "stdlib/edifact/edifact_groups.def"
#undef EDIFACT_GROUP
};

static const segment_rule segments[] = {
#define EDIFACT_SEGMENT(tag, unordered, key1, key2) {#tag, unordered, {key1, key2}},
#include "stdlib/edifact/edifact_groups.def"
#undef EDIFACT_SEGMENT
};

static const struct {
    const char *message, *tag;
    uint8_t element, component;
} keys[] = {
#define EDIFACT_KEY(message, tag, element, component) {message, #tag, element, component},
#include "stdlib/edifact/edifact_keys.def"
#undef EDIFACT_KEY
};

typedef struct {
    uint32_t node;
    const group_rule *rule; /* NULL: the message */
} open_group;

typedef struct {
    arena *memory;
    const edifact_separators *by;
    VEC(document_node) nodes;
    open_group stack[TREE_DEPTH];
    unsigned depth;
    text type;
} tree_builder;

bool edifact_business_key(text type, uint32_t nth, text *tag, uint32_t *element,
                          uint32_t *component)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if ((!keys[i].message[0] || text_is(type, keys[i].message)) && nth-- == 0) {
            *tag = text_of(keys[i].tag);
            *element = keys[i].element;
            *component = keys[i].component;
            return true;
        }
    return false;
}

static const group_rule *group_of(text type, text tag)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (text_is(tag, groups[i].tag) &&
            (!groups[i].message[0] || text_is(type, groups[i].message)))
            return &groups[i];
    return NULL;
}

static const segment_rule *segment_of(text tag)
{
    for (size_t i = 0; i < sizeof segments / sizeof *segments; i++)
        if (text_is(tag, segments[i].tag))
            return &segments[i];
    return NULL;
}

/* Tags of three letters, a blank between them. */
static bool can_hold(const group_rule *rule, text tag)
{
    for (const char *p = rule->members; tag.n == 3 && *p; p += p[3] ? 4 : 3)
        if (memcmp(p, tag.p, 3) == 0)
            return true;
    return false;
}

/* Every component that is not empty, with its place and without release characters: two files with
 * other separators agree. */
static uint64_t segment_print(text segment, const edifact_separators *by)
{
    edifact_cutter c;
    edifact_part part;
    uint64_t print = print_add(0, edifact_tag(segment, by));
    edifact_cut_start(&c, segment, by);
    while (edifact_cut_next(&c, &part)) {
        text v = part.value;
        uint64_t place =
            (uint64_t)part.element << 32 | (uint64_t)part.repeat << 16 | part.component;
        if (v.n == 0)
            continue;
        if (!by->release || !memchr(v.p, by->release, v.n)) {
            print = print_add(print + place, v);
            continue;
        }
        char byte[256];
        size_t n = 0;
        print += place;
        for (size_t i = 0; i < v.n; i++) {
            i += v.p[i] == by->release && i + 1 < v.n;
            byte[n++] = v.p[i];
            if (n == sizeof byte) {
                print = print_add(print, (text){byte, n});
                n = 0;
            }
        }
        print = n ? print_add(print, (text){byte, n}) : print;
    }
    return print;
}

static text key_part(tree_builder *b, text segment, uint8_t at)
{
    text e = edifact_element(segment, b->by, at / 10);
    return edifact_value(b->memory, at % 10 ? edifact_component(e, b->by, at % 10) : e, b->by);
}

static text key_of(tree_builder *b, const segment_rule *rule, text segment)
{
    if (!rule || !rule->key[0])
        return (text){0};
    text first = key_part(b, segment, rule->key[0]);
    if (!rule->key[1])
        return first;
    text second = key_part(b, segment, rule->key[1]);
    return text_format(b->memory, "%.*s/%.*s", TEXT_ARG(first), TEXT_ARG(second));
}

static void close_group(tree_builder *b)
{
    document_node *group = &b->nodes.p[b->stack[--b->depth].node];
    group->next = (uint32_t)b->nodes.n;
    group->print = print_add(0, group->name);
    for (uint32_t i = (uint32_t)(group - b->nodes.p) + 1; i < group->next; i = b->nodes.p[i].next) {
        uint64_t print = b->nodes.p[i].print;
        group->print = print_add(group->print, (text){(const char *)&print, sizeof print});
        group->count++;
    }
}

static void close_to(tree_builder *b, unsigned depth)
{
    while (b->depth > depth)
        close_group(b);
}

/* The depth at which the segment belongs. */
static unsigned home_of(const tree_builder *b, text tag)
{
    unsigned depth = b->depth;
    while (depth > 1 && !can_hold(b->stack[depth - 1].rule, tag))
        depth--;
    return depth;
}

static void open_node(tree_builder *b, const group_rule *rule, text tag, text key, bool unordered)
{
    b->stack[b->depth++] = (open_group){(uint32_t)b->nodes.n, rule};
    vec_push(
        &b->nodes,
        (document_node){
            .name = tag, .key = key, .shape = SHAPE_GROUP, .unordered = unordered, .loop = true});
}

static void add_segment(tree_builder *b, text segment)
{
    text tag = edifact_tag(segment, b->by);
    const segment_rule *rule = segment_of(tag);
    const group_rule *group = group_of(b->type, tag);
    text key = key_of(b, rule, segment);
    bool unordered = rule && rule->unordered;
    close_to(b, home_of(b, tag));
    if (group && b->depth < TREE_DEPTH)
        open_node(b, group, tag, key, unordered);
    vec_push(&b->nodes, (document_node){.name = tag,
                                        .value = segment,
                                        .key = key,
                                        .print = segment_print(segment, b->by),
                                        .next = (uint32_t)b->nodes.n + 1,
                                        .shape = SHAPE_RECORD,
                                        .unordered = unordered});
}

void edifact_tree(arena *a, const edifact_file *f, const edifact_message *m, document_tree *out)
{
    tree_builder b = {.memory = a, .by = edifact_separators_of(f, m), .type = edifact_type(f, m)};
    edifact_dialect dialect = f->interchange[m->interchange].dialect;
    open_node(&b, NULL, text_of(edifact_header_tag(dialect, EDIFACT_MESSAGE)), (text){0}, false);
    edifact_walk w;
    edifact_walk_message(&w, f, m);
    text t;
    edifact_next(&w, &t);
    for (uint32_t n = 2; edifact_next(&w, &t); n++)
        if (!m->closed || n < m->segments)
            add_segment(&b, t);
    close_to(&b, 0);
    out->nodes = (uint32_t)b.nodes.n;
    out->node = arena_array(a, document_node, b.nodes.n);
    memcpy(out->node, b.nodes.p, b.nodes.n * sizeof *out->node);
    vec_release(&b.nodes);
}
