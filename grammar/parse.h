/* parse.h: source -> tree.
 *
 * The way: the flex scanner (ferry.l) cuts bytes into tokens, the filter (words.c) decides
 * newlines, contextual keywords and the two kinds of braces, the bison grammar (ferry.y) builds the
 * tree (build.h). A first, plain reading takes source without faults; only where it fails, a second
 * one looks at every word for what may be wrong. Faults become diagnostics E01xx; after each,
 * reading goes on at the next statement, and what was skipped is an ERROR node. There is always a
 * tree.
 */
#ifndef FERRY_GRAMMAR_PARSE_H
#define FERRY_GRAMMAR_PARSE_H

#include "base/diag.h"
#include "grammar/ast.h"

/* Limits, each with its diagnostic E0110. Nesting bounds the height of the tree, so that passes may
 * recurse: it counts what is open around a place (blocks, brackets) and the operators of the
 * expressions around it. */
enum {
    PARSE_NESTING = 1000,
    PARSE_STACK = 10000,     /* symbols on the parser's stack; nesting is met first */
    PARSE_TOKENS = 64 << 20, /* tokens of one file */
};

/* Parses a whole file. The bytes of `file` are scanned in place: a byte behind the current token is
 * zero for a moment, so no other thread may read them meanwhile; afterwards they are as before. The
 * tree is released by ast_release and is complete even when false is returned, which means that at
 * least one error was reported. */
bool parse_file(ast *out, const source *file, names *table, diagnostics *d);

/* Parses one VALUE, as a YAML or CSV scalar holds it: `900 per day`, `dir("out")`. `bytes` are
 * copied into `memory`; positions are base + offset, so that diagnostics point into the file the
 * scalar came from. The root is NODE_VALUE. */
bool parse_value(ast *out, text bytes, uint32_t base, names *table, diagnostics *d, arena *memory);

#endif
