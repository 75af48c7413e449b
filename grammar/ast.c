/* ast.c: see ast.h. Names of kinds and shapes come from nodes.def; a shape is read as it stands
 * there, at the time of the question, because only tests ask. */
#include "grammar/ast.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_NODES = 256 };

static const char *const kind_names[] = {
#define NODE(kind, shape) #kind,
#include "grammar/nodes.def"
};
static const char *const shapes[] = {
#define NODE(kind, shape) shape,
#include "grammar/nodes.def"
};
static const char *const role_names[] = {
#define ROLE(role) #role,
#include "grammar/nodes.def"
};
static const char *const op_texts[] = {
#define OP(op, text) text,
#include "grammar/nodes.def"
};

void ast_reserve(ast *t, uint32_t room)
{
    t->room = room;
    t->nodes = memory_resize(t->nodes, (size_t)t->room * sizeof *t->nodes);
    t->spans = memory_resize(t->spans, (size_t)t->room * sizeof *t->spans);
}

/* Only the own part is copied: what lies before it is being written by others. */
static void ast_own(ast *t, uint32_t room)
{
    ast_node *nodes = t->nodes;
    span *spans = t->spans;
    uint32_t from = t->lent, n = t->count - from;
    t->nodes = NULL;
    t->spans = NULL;
    t->lent = 0;
    ast_reserve(t, room);
    t->nodes[0] = (ast_node){0};
    memcpy(t->nodes + from, nodes + from, n * sizeof *nodes);
    memcpy(t->spans + from, spans + from, n * sizeof *spans);
}

void ast_grow(ast *t)
{
    uint32_t room = t->room ? t->room * 2 : FIRST_NODES;
    if (t->lent)
        ast_own(t, room);
    else
        ast_reserve(t, room);
}

void ast_release(ast *t)
{
    if (!t->lent) {
        free(t->nodes);
        free(t->spans);
    }
    *t = (ast){0};
}

uint32_t ast_how_many(const ast *t, node n, ast_role_of role)
{
    uint32_t count = 0;
    ast_each(t, n, c) count += t->nodes[c].role == role;
    return count;
}

/* The words at the head of shapes differ in their first letters. */
span ast_name_span(const ast *t, node n)
{
    span s = ast_span(t, n);
    uint32_t length = (uint32_t)names_text(t->names, ast_name(t, n)).n;
    if (!length)
        return s;
    switch (*shapes[ast_kind(t, n)]) {
    case 'f': return (span){s.start, s.start + length};
    case 'l': return (span){s.end - length, s.end};
    default: break;
    }
    node at = ast_named(t, n);
    return at ? ast_span(t, at) : s;
}

text ast_name_text(const ast *t, node n)
{
    return names_text(t->names, ast_name(t, n));
}

const ast *ast_piece(const ast *t, span at)
{
    for (uint32_t i = 0; i < t->piece_count; i++)
        if (at.start >= t->pieces[i]->base &&
            at.start - t->pieces[i]->base <= t->pieces[i]->bytes.n)
            return t->pieces[i];
    return t;
}

text ast_source_text(const ast *t, node n)
{
    span s = ast_span(t, n);
    t = ast_piece(t, s);
    return s.start ? text_slice(t->bytes, s.start - t->base, s.end - t->base) : TEXT("");
}

text ast_doc_text(const ast *t, node n, arena *memory)
{
    node doc = ast_doc(t, n);
    if (!doc)
        return TEXT("");
    text from = ast_source_text(t, doc);
    char *out = arena_alloc(memory, from.n + 1, 1);
    size_t length = 0;
    while (from.n) {
        ptrdiff_t at = text_find(from, '\n');
        size_t end = at < 0 ? from.n : (size_t)at;
        text line = text_trim(text_slice(from, 0, end));
        line = text_slice(line, line.n > 3 && line.p[3] == ' ' ? 4 : 3, line.n);
        if (length)
            out[length++] = '\n';
        memcpy(out + length, line.p, line.n);
        length += line.n;
        from = text_slice(from, at < 0 ? end : end + 1, from.n);
    }
    return (text){out, length};
}

const char *ast_kind_name(ast_kind_of kind)
{
    return kind_names[kind];
}

const char *ast_role_name(ast_role_of role)
{
    return role_names[role];
}

const char *ast_op_text(ast_op op)
{
    return op_texts[op];
}

/* The role whose name is the n bytes at p. */
static unsigned role_of(const char *p, size_t n)
{
    unsigned role = 0;
    while (role < ROLE_COUNT &&
           (strlen(role_names[role]) != n || memcmp(role_names[role], p, n) != 0))
        role++;
    assert(role < ROLE_COUNT);
    return role;
}

/* Whether the children of n follow its shape. */
static bool fits_shape(const ast *t, node n)
{
    const char *p = strchr(shapes[ast_kind(t, n)], ':') + 1;
    node c = ast_first(t, n);
    for (p += strspn(p, " "); *p; p += strspn(p, " ")) {
        size_t length = strcspn(p, "?*+ ");
        unsigned role = role_of(p, length), found = 0;
        char many = p[length];
        for (; c && t->nodes[c].role == role; c = ast_next(t, c))
            found++;
        if ((found == 0 && many != '?' && many != '*') || (found > 1 && many != '*' && many != '+'))
            return false;
        p += length + (many == '?' || many == '*' || many == '+');
    }
    return c == 0;
}

bool ast_well_formed(const ast *t, node *bad)
{
    ast_each_node(t, n)
    {
        span outer = ast_span(t, n);
        bool good = ast_kind(t, n) != NODE_NONE && outer.start <= outer.end && fits_shape(t, n);
        ast_each(t, n, c)
        {
            span inner = ast_span(t, c);
            good = good && c < n &&
                   (t->nodes[c].role == ROLE_doc ||
                    (inner.start >= outer.start && inner.end <= outer.end));
        }
        if (!good) {
            *bad = n;
            return false;
        }
    }
    return true;
}
