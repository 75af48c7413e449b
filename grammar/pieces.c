/* pieces.c: see pieces.h. The nodes of the whole are lent to the pieces, each so many that they are
 * sure to suffice: what remains unused is memory that nobody touches, and no node has to be moved. The
 * first piece takes the names of the compilation. Each other has its own; these are added behind, piece
 * by piece, so that names get the numbers that reading in one go gives. */
#include "grammar/pieces.h"
#include "base/workers.h"
#include "grammar/build.h"

#include <assert.h>
#include <string.h>

typedef struct {
    text bytes;
    uint32_t base;
    arena memory; /* of own names */
    names own, *names; /* the first piece has those of the compilation */
    ast tree;
    bool good;
    uint32_t *name; /* by the piece's number: that of the compilation */
} piece;

typedef struct {
    piece of[WORKERS_MOST];
    unsigned n;
    ast whole;
} pieces;

/* What people write has a node in each ten bytes; a piece that is denser is not read as one. */
enum { BYTES_A_NODE = 4, FEW_NODES = 64 };

/* The two line ends behind the last declaration are where flex wants its two zero bytes. */
static const char border[] = "\n}\n\n";
enum { ENDS = 2 };

static void add_piece(pieces *all, text bytes, uint32_t base, size_t from, size_t to)
{
    piece *p = &all->of[all->n++];
    *p = (piece){.bytes = text_slice(bytes, from, to), .base = base + (uint32_t)from, .names = &p->own};
    names_init(&p->own, &p->memory);
}

static void cut(pieces *all, text bytes, uint32_t base, unsigned wanted)
{
    size_t from = 0;
    for (unsigned i = 1; i < wanted; i++) {
        size_t about = bytes.n / wanted * i;
        const char *at = from < about ? memmem(bytes.p + about, bytes.n - about, border, sizeof border - 1) : NULL;
        if (!at)
            continue;
        size_t end = (size_t)(at - bytes.p) + sizeof border - 1 - ENDS;
        add_piece(all, bytes, base, from, end);
        from = end + ENDS;
    }
    add_piece(all, bytes, base, from, bytes.n);
}

static void end_pieces(const pieces *all, const char *ends)
{
    for (unsigned i = 0; i + 1 < all->n; i++)
        memcpy((char *)(uintptr_t)all->of[i].bytes.p + all->of[i].bytes.n, ends, ENDS);
}

static uint32_t room_of(const piece *p)
{
    return (uint32_t)(p->bytes.n / BYTES_A_NODE) + FEW_NODES;
}

static void lend_nodes(pieces *all)
{
    uint32_t room = 1;
    for (unsigned i = 0; i < all->n; i++)
        room += room_of(&all->of[i]);
    ast_reserve(&all->whole, room);
    all->whole.nodes[0] = (ast_node){0};
    all->whole.spans[0] = (span){0};
    uint32_t from = 1;
    for (unsigned i = 0; i < all->n; i++) {
        ast *t = &all->of[i].tree;
        *t = all->whole;
        t->lent = t->count = from;
        t->room = from += room_of(&all->of[i]);
    }
}

static void read_piece(void *context, unsigned index)
{
    piece *p = &((pieces *)context)->of[index];
    p->good = parse_lent(&p->tree, p->bytes, p->base, p->names) && p->tree.lent;
    /* Words before `language` are about the file only where both stand at its top. */
    node first = p->good ? ast_first(&p->tree, p->tree.root) : 0;
    if (index && first && ast_role_in_parent(&p->tree, first) != ROLE_item)
        p->good = false;
}

/* --- joining --- */

static void number_names(piece *p, names *table)
{
    p->name = arena_array(&p->memory, uint32_t, (size_t)p->own.count + 1);
    for (uint32_t id = 1; id <= p->own.count; id++)
        p->name[id] = names_add(table, names_text(&p->own, id));
}

static void rename_piece(void *context, unsigned index)
{
    const piece *p = &((pieces *)context)->of[index];
    for (node k = p->tree.lent; index && k < p->tree.root; k++)
        p->tree.nodes[k].name = p->name[p->tree.nodes[k].name];
}

static list items_of(const piece *p)
{
    node first = ast_first(&p->tree, p->tree.root), last = first;
    while (last && ast_next(&p->tree, last))
        last = ast_next(&p->tree, last);
    return (list){first, last};
}

/* In place of its file, the last node of a piece, stands the way to the next piece. */
static void join_pieces(pieces *all, ast *out, text bytes, uint32_t base)
{
    parse p = {.tree = all->whole};
    list file = {0};
    for (unsigned i = 1; i < all->n; i++)
        number_names(&all->of[i], all->of[0].names);
    workers_run(rename_piece, all, all->n);
    for (unsigned i = 0; i < all->n; i++) {
        const piece *at = &all->of[i];
        assert(at->tree.root == at->tree.count - 1);
        file = join(&p, file, items_of(at));
        p.tree.nodes[at->tree.root] = (ast_node){.next = at->tree.room};
        p.tree.count = at->tree.root;
    }
    p.tree.bytes = bytes;
    p.tree.base = base;
    p.tree.names = all->of[0].names;
    p.tree.root = build(&p, NODE_FILE, (span){base, base + (uint32_t)bytes.n}, 0, 0, file);
    *out = p.tree;
}

static void release(pieces *all)
{
    for (unsigned i = 0; i < all->n; i++) {
        ast_release(&all->of[i].tree);
        names_release(&all->of[i].own);
        arena_release(&all->of[i].memory);
    }
}

bool pieces_read(ast *out, text bytes, uint32_t base, names *table, unsigned most)
{
    size_t wanted = bytes.n / PIECE_LEAST;
    pieces all = {.n = 0};
    if (wanted > 1 && most > 1)
        cut(&all, bytes, base, wanted < most ? (unsigned)wanted : most);
    if (all.n < 2)
        return false;
    all.of[0].names = table;
    lend_nodes(&all);
    end_pieces(&all, "\0");
    workers_run(read_piece, &all, all.n);
    end_pieces(&all, "\n\n");
    bool good = true;
    for (unsigned i = 0; i < all.n; i++)
        good = good && all.of[i].good;
    if (good)
        join_pieces(&all, out, bytes, base);
    else
        ast_release(&all.whole);
    release(&all);
    return good;
}
