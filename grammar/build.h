/* build.h: how the rules of ferry.y make nodes. Internal to grammar/.
 *
 * Children are gathered as short lists of links that already know their role; a rule joins them and
 * hands them to a new node. Nothing is copied: joining sets one link.
 */
#ifndef FERRY_GRAMMAR_BUILD_H
#define FERRY_GRAMMAR_BUILD_H

#include "grammar/ast.h"
#include "grammar/words.h"

typedef struct {
    node first, last;
} list;

typedef struct parse {
    words words;
    ast tree;
    names *names;
    diagnostics *diags;
    bool failed;
    bool skipping;    /* until the end of what cannot be read, at this level: */
    span skipped;     /* what was skipped last, from the fault on */
    uint32_t level;   /* of the fault */
    uint32_t current; /* level of the word given last */
} parse;

/* The next word that the parser is to see: behind a fault, the one that ends what cannot be read. */
void parse_next(parse *p, word *t);
/* The bytes of a word. */
static inline text parse_bytes(const parse *p, span at)
{
    return (text){p->tree.bytes.p + (at.start - p->tree.base), at.end - at.start};
}
/* As ferry_parse_parse of the generated parser.h: 0 when all was read. Without a word on faults. */
int ferry_plain_parse(parse *p);
/* Reads source that has no faults. Any doubt ends it: false, nothing in *out, and nothing has been
 * reported. */
bool parse_plain(ast *out, text bytes, uint32_t base, bool value, names *table);
/* As parse_plain, into nodes that were lent. */
bool parse_lent(ast *out, text bytes, uint32_t base, names *table);

/* A node over `at`; the children get no role here. */
static inline node build(parse *p, ast_kind_of kind, span at, unsigned aux, uint32_t name,
                         list children)
{
    ast *t = &p->tree;
    if (t->count == t->room)
        ast_grow(t);
    node n = t->count++;
    t->nodes[n] = (ast_node){(uint16_t)kind, 0, (uint8_t)aux, name, children.first, 0};
    t->spans[n] = at;
    return n;
}
/* As build, with the `///` lines that stand before `at`. */
node build_documented(parse *p, ast_kind_of kind, span at, unsigned aux, uint32_t name,
                      list children);
/* A NAME node in the role. */
list build_name(parse *p, ast_role_of role, uint32_t name, span at);
/* The literal piece of an interpolated text in the token `at`: without the sign or quotes at either
 * end; nothing when it is empty. */
list build_part(parse *p, span at, uint32_t flags, uint32_t quotes_before, uint32_t quotes_behind);

static inline list as_role(parse *p, ast_role_of role, node n)
{
    p->tree.nodes[n].role = (uint8_t)role;
    return (list){n, n};
}

static inline list join(parse *p, list a, list b)
{
    if (!a.first)
        return b;
    if (!b.first)
        return a;
    p->tree.nodes[a.last].next = b.first;
    return (list){a.first, b.last};
}

#endif
