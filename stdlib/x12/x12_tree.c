/* x12_tree.c: a transaction set as a tree of loops.
 *
 * The standard's loop tables for every set are thousands of pages; what matters for reading a path
 * and for pairing siblings is which segments open loops and how deep (x12_loops.def). A stack of
 * open loops is unwound by each segment as its row says.
 */
#include "base/vec.h"
#include "stdlib/x12/x12.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOP_HL = 1, LOOP_PARTY = 9, LOOP_ALL = 10 };

typedef struct {
    const char *set, *tag;
    uint8_t depth;
    bool unordered;
    uint8_t key[2];
} segment_rule;

static const segment_rule rules[] = {
#define X12_SEGMENT(set, tag, depth, unordered, key1, key2)                                        \
    {set, #tag, depth, unordered, {key1, key2}},
#include "stdlib/x12/x12_loops.def"
#undef X12_SEGMENT
};

static const char *const party[] = {
#define X12_SEGMENT(...)
#define X12_PARTY(tag) #tag,
#include "stdlib/x12/x12_loops.def"
#undef X12_SEGMENT
#undef X12_PARTY
};

typedef struct {
    uint32_t node;
    uint8_t depth;
    text level; /* HL01 of an HL loop */
} open_loop;

typedef struct {
    arena *memory;
    const x12_separators *by;
    VEC(document_node) nodes;
    open_loop stack[TREE_DEPTH];
    unsigned depth;
    text type;
} tree_builder;

static const segment_rule *rule_of(text type, text tag)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (tag.n && tag.p[0] == rules[i].tag[0] && text_is(tag, rules[i].tag) &&
            (!rules[i].set[0] || text_is(type, rules[i].set)))
            return &rules[i];
    return NULL;
}

static bool belongs_to_party(text tag)
{
    for (size_t i = 0; i < sizeof party / sizeof *party; i++)
        if (text_is(tag, party[i]))
            return true;
    return false;
}

/* Splits at `separator` (0: never): the piece at *at, which moves on; false at the end. */
static bool piece(text t, char separator, size_t *at, text *out)
{
    if (*at > t.n)
        return false;
    const char *p = t.p + *at;
    const char *q = separator && *at < t.n ? memchr(p, separator, t.n - *at) : NULL;
    *out = (text){p, q ? (size_t)(q - p) : t.n - *at};
    *at += out->n + 1;
    return true;
}

/* Every component that is not empty, with its place: what separates them, and the empty ones behind
 * the last, are not part of the print, so that two files with other separators agree. */
static uint64_t element_print(uint64_t print, text e, uint64_t n, const x12_separators *by)
{
    text repeat, component;
    uint64_t r = 0;
    for (size_t i = 0; piece(e, by->repetition, &i, &repeat); r++) {
        uint64_t c = 0;
        for (size_t k = 0; piece(repeat, by->component, &k, &component); c++)
            if (component.n)
                print = print_add(print + (n << 32 | r << 16 | c), component);
    }
    return print;
}

static uint64_t segment_print(text segment, const x12_separators *by)
{
    bool level = text_starts(segment, TEXT("HL")) && segment.n > 2 && segment.p[2] == by->element;
    uint64_t print = 0, n = 0;
    text e;
    for (size_t at = 0; piece(segment, by->element, &at, &e); n++)
        if (e.n && !(level && (n == 1 || n == 2)))
            print = element_print(print, e, n, by);
    return print;
}

static text key_of(tree_builder *b, const segment_rule *rule, text segment)
{
    if (!rule || !rule->key[0])
        return (text){0};
    text first = x12_element(segment, b->by->element, rule->key[0]);
    if (!rule->key[1])
        return first;
    text second = x12_element(segment, b->by->element, rule->key[1]);
    return text_format(b->memory, "%.*s/%.*s", TEXT_ARG(first), TEXT_ARG(second));
}

static void close_loop(tree_builder *b)
{
    document_node *loop = &b->nodes.p[b->stack[--b->depth].node];
    loop->next = (uint32_t)b->nodes.n;
    loop->print = print_add(0, loop->name);
    for (uint32_t i = (uint32_t)(loop - b->nodes.p) + 1; i < loop->next; i = b->nodes.p[i].next) {
        uint64_t print = b->nodes.p[i].print;
        loop->print = print_add(loop->print, (text){(const char *)&print, sizeof print});
        loop->count++;
    }
}

static void close_to(tree_builder *b, unsigned depth)
{
    while (b->depth > depth)
        close_loop(b);
}

/* The parent named by HL02 when it is open; a level without parent, or whose parent is closed or
 * unknown, belongs to the set itself. */
static void close_for_level(tree_builder *b, text parent)
{
    unsigned keep = 1;
    for (unsigned i = b->depth; parent.n && i-- > 1;)
        if (b->stack[i].depth == LOOP_HL && text_equal(b->stack[i].level, parent)) {
            keep = i + 1;
            break;
        }
    close_to(b, keep);
}

static void close_for(tree_builder *b, const segment_rule *rule, text tag, text segment)
{
    unsigned depth = rule ? rule->depth : 0;
    if (depth == LOOP_ALL) {
        close_to(b, 1);
    } else if (depth == LOOP_HL) {
        close_for_level(b, x12_element(segment, b->by->element, 2));
    } else if (depth > 0) {
        while (b->depth > 1 && b->stack[b->depth - 1].depth >= depth)
            close_loop(b);
    } else if (b->stack[b->depth - 1].depth == LOOP_PARTY && !belongs_to_party(tag)) {
        close_loop(b);
    }
}

static uint32_t open_node(tree_builder *b, text tag, text key, bool unordered)
{
    document_node n = {.name = tag, .key = key, .shape = SHAPE_GROUP, .unordered = unordered};
    n.loop = true;
    vec_push(&b->nodes, n);
    return (uint32_t)b->nodes.n - 1;
}

static void add_segment(tree_builder *b, text segment)
{
    text tag = x12_element(segment, b->by->element, 0);
    const segment_rule *rule = rule_of(b->type, tag);
    bool opens = rule && rule->depth > 0 && rule->depth < LOOP_ALL;
    text key = key_of(b, rule, segment);
    close_for(b, rule, tag, segment);
    if (opens && b->depth < TREE_DEPTH) {
        uint32_t node = open_node(b, tag, key, rule->unordered);
        b->stack[b->depth++] =
            (open_loop){node, rule->depth, x12_element(segment, b->by->element, 1)};
    }
    document_node n = {.name = tag,
                       .value = segment,
                       .key = key,
                       .print = segment_print(segment, b->by),
                       .next = (uint32_t)b->nodes.n + 1,
                       .shape = SHAPE_RECORD,
                       .unordered = rule && rule->unordered};
    vec_push(&b->nodes, n);
}

void x12_tree(arena *a, const x12_file *f, const x12_set *s, document_tree *out)
{
    tree_builder b = {.memory = a, .by = x12_separators_of(f, s), .type = x12_set_type(f, s)};
    uint32_t root = open_node(&b, TEXT("ST"), (text){0}, false);
    b.stack[b.depth++] = (open_loop){root, 0, (text){0}};
    x12_walk w;
    x12_walk_set(&w, f, s);
    text segment, trailer = x12_set_trailer(f, s);
    for (x12_next(&w, &segment); x12_next(&w, &segment) && segment.p != trailer.p;)
        add_segment(&b, segment);
    close_to(&b, 0);
    out->nodes = (uint32_t)b.nodes.n;
    out->node = arena_array(a, document_node, b.nodes.n);
    memcpy(out->node, b.nodes.p, b.nodes.n * sizeof *out->node);
    vec_release(&b.nodes);
}

bool x12_unsound_level(const x12_file *f, const x12_set *s, text *level, uint32_t *nth)
{
    x12_walk w;
    x12_walk_set(&w, f, s);
    *nth = 0;
    while (x12_next(&w, level)) {
        char separator = w.by.element;
        if (level->n < 3 || level->p[0] != 'H' || level->p[1] != 'L' || level->p[2] != separator)
            continue;
        ++*nth;
        text number = x12_element(*level, separator, 1), parent = x12_element(*level, separator, 2);
        char wanted[16];
        int n = snprintf(wanted, sizeof wanted, "%u", *nth);
        bool counts = text_equal(number, (text){wanted, (size_t)n});
        bool known = parent.n == 0 ||
                     (x12_is_digits(parent, 1, 9) && strtoul(parent.p, NULL, 10) - 1 < *nth - 1);
        if (!counts || !known)
            return true;
    }
    return false;
}
