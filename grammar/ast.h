/* ast.h: the tree of one file.
 *
 * An immutable tree in two parallel arrays: 16-byte nodes and their spans. A node is a 32-bit
 * index, so trees move and copy as bytes; 0 is no node, and every question about it has a harmless
 * answer (kind NODE_NONE, no children, no place), so a pass may ask without testing first. Children
 * are a list in the order of the shape in nodes.def; each says in its `role` what it is to its
 * parent, and each role has an accessor:
 *
 *     case NODE_PHASE:
 *         declare(c, ast_name(t, n), ast_name_span(t, n));
 *         ast_each_as (t, n, ROLE_after, a)
 *             depends(c, n, ast_name(t, a));
 *         ast_each (t, ast_body(t, n), item)
 *             check_item(c, item);
 *
 * A list of links was preferred to contiguous children (an index and a count) because bottom-up
 * parsing would have to gather and copy each list once more. Nodes come in the order in which they
 * were reduced: a child has a lower index than its parent, the root is the last one, so a pass that
 * only synthesises can run over the array (ast_each_node). A tree that was read in pieces has
 * unused room between them: each was read where it stays.
 *
 * Values of literals are not in the tree: they are read from the source, see literal.h. Parentheses
 * leave no node. Comments are no part of the tree (trivia.h), except `///` before a named thing.
 */
#ifndef FERRY_GRAMMAR_AST_H
#define FERRY_GRAMMAR_AST_H

#include "base/intern.h"
#include "base/source.h"

typedef enum {
#define NODE(kind, shape) NODE_##kind,
#include "grammar/nodes.def"
    NODE_KINDS
} ast_kind_of;

typedef enum {
#define ROLE(role) ROLE_##role,
#include "grammar/nodes.def"
    ROLE_COUNT
} ast_role_of;

typedef enum {
#define OP(op, text) OP_##op,
#include "grammar/nodes.def"
    AST_OPS
} ast_op;

typedef enum { AST_ROLLBACK, AST_PAUSE, AST_ALERT } ast_trigger; /* as trigger_action of image.h */

typedef uint32_t node; /* an index; 0 is none */

typedef struct {
    uint16_t kind; /* ast_kind_of */
    uint8_t role;  /* ast_role_of: what it is to its parent */
    uint8_t aux;   /* as nodes.def says for the kind */
    uint32_t name; /* interned, or 0 */
    node first;    /* child */
    node next;     /* sibling */
} ast_node;

_Static_assert(sizeof(ast_node) == 16, "four nodes a cache line");

typedef struct ast ast;

struct ast {
    text bytes;      /* the source; must outlive the tree */
    uint32_t base;   /* position of its first byte */
    ast_node *nodes; /* [0] is NODE_NONE */
    span *spans;
    uint32_t count, room;
    uint32_t lent; /* not 0: the arrays are another's, who lent this and what follows of them */
    node root;     /* NODE_FILE or NODE_VALUE; never 0 after a parse */
    const names *names; /* of the compilation; outlives the tree */
    /* Of a tree made of parts of others (graft.h): those, the one whose bytes these are the last.
     */
    const ast *const *pieces;
    uint32_t piece_count;
};

void ast_release(ast *t);
/* Room for more nodes; for those who make trees. Both arrays grow together. What was lent moves
 * into arrays of its own. */
void ast_grow(ast *t);
/* Room for `room` nodes, no fewer than there are. Room that is never used costs no memory, where it
 * is large. */
void ast_reserve(ast *t, uint32_t room);

static inline ast_kind_of ast_kind(const ast *t, node n)
{
    return (ast_kind_of)t->nodes[n].kind;
}
static inline ast_role_of ast_role_in_parent(const ast *t, node n)
{
    return (ast_role_of)t->nodes[n].role;
}
static inline unsigned ast_aux(const ast *t, node n)
{
    return t->nodes[n].aux;
}
static inline span ast_span(const ast *t, node n)
{
    return t->spans[n];
}
/* Interned name, 0 where there is none. */
static inline uint32_t ast_name(const ast *t, node n)
{
    return t->nodes[n].name;
}
static inline node ast_first(const ast *t, node n)
{
    return t->nodes[n].first;
}
static inline node ast_next(const ast *t, node n)
{
    return t->nodes[n].next;
}
static inline bool ast_is(const ast *t, node n, ast_kind_of kind)
{
    return ast_kind(t, n) == kind;
}

/* The node behind n, 0 the last: NODE_NONE where n > 0 stands before room that is not used, and
 * leads on. */
static inline node ast_following(const ast *t, node n)
{
    for (n++; n < t->count && ast_is(t, n, NODE_NONE);)
        n = ast_next(t, n);
    return n < t->count ? n : 0;
}

/* All nodes, children before parents: ast_each_node (t, n) … */
#define ast_each_node(t, n) for (node n = ast_following(t, 0); n; n = ast_following(t, n))

/* All children of n, in order: ast_each (t, n, c) … */
#define ast_each(t, n, c) for (node c = ast_first(t, n); c; c = ast_next(t, c))

/* The children of n in one role: ast_each_as (t, n, ROLE_param, p) … */
#define ast_each_as(t, n, r, c) for (node c = ast_get(t, n, r); c; c = ast_more(t, c))

/* The first child of n in the role, or 0. A walk over at most a handful of links, except that items
 * of a BLOCK or FILE are better visited by ast_each. */
static inline node ast_get(const ast *t, node n, ast_role_of role)
{
    node c = ast_first(t, n);
    while (c && t->nodes[c].role != role)
        c = ast_next(t, c);
    return c;
}
/* The next sibling in the same role, or 0. */
static inline node ast_more(const ast *t, node n)
{
    node c = ast_next(t, n);
    while (c && t->nodes[c].role != t->nodes[n].role)
        c = ast_next(t, c);
    return c;
}

/* ast_title(t, n), ast_body(t, n), ast_value(t, n), …: one for each role, the first child in it. */
#define ROLE(role)                                                                                 \
    static inline node ast_##role(const ast *t, node n)                                            \
    {                                                                                              \
        return ast_get(t, n, ROLE_##role);                                                         \
    }
#include "grammar/nodes.def"

/* How many children n has in the role. */
uint32_t ast_how_many(const ast *t, node n, ast_role_of role);

/* Where the name of n stands, for diagnostics; the span of n where it has none. */
span ast_name_span(const ast *t, node n);
/* The bytes of the name. */
text ast_name_text(const ast *t, node n);
/* The tree of the file in which this place lies: t itself, or one of its pieces. */
const ast *ast_piece(const ast *t, span at);
/* The bytes of n in the source, as written. */
text ast_source_text(const ast *t, node n);

/* The words of the `///` lines before n, one line each, without slashes and the blank behind them;
 * empty when there are none. */
text ast_doc_text(const ast *t, node n, arena *memory);

const char *ast_kind_name(ast_kind_of kind); /* "phase": lower case, for dumps */
const char *ast_role_name(ast_role_of role); /* "title" */
const char *ast_op_text(ast_op op);          /* "??" */

/* Whether every node has children as its shape says and lies inside its parent's span. On a fault
 * *bad is the node. For tests: the parser makes no other trees. */
bool ast_well_formed(const ast *t, node *bad);

#endif
