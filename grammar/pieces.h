/* pieces.h: a long source is read in pieces, side by side. Internal to grammar/.
 *
 * A piece ends where a declaration does: behind a `}` that stands alone on its line with an empty
 * line below. Whether that line lies inside a text or a comment need not be known: a piece that ends
 * inside anything does not read as a file, and then the whole is read at once. Where every piece
 * reads as a file, the whole reads as their declarations one after the other: the same tree, with the
 * same names under the same numbers, however many pieces there were.
 */
#ifndef FERRY_GRAMMAR_PIECES_H
#define FERRY_GRAMMAR_PIECES_H

#include "grammar/ast.h"

enum {
    PIECE_LEAST = 1 << 20,         /* bytes: a few milliseconds of reading */
    PIECES_FROM = 2 * PIECE_LEAST, /* a shorter source is not cut */
};

/* Reads a file without faults into *out, in at most `most` pieces (WORKERS_MOST at the most); false,
 * and nothing in *out, when it is short, cannot be cut, or has a fault. `bytes` are written to
 * meanwhile, as by parse_file. */
bool pieces_read(ast *out, text bytes, uint32_t base, names *table, unsigned most);

#endif
