/* pieces.c: see pieces.h. The first piece is read into the tree and names of the whole. Each other
 * has its own; these are put behind, piece by piece, so that names get the numbers that reading in
 * one go gives. */
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
    uint32_t before; /* nodes of the pieces in front of it */
} piece;

typedef struct {
    piece of[WORKERS_MOST];
    unsigned n;
    ast whole; /* the tree of the first piece, with the others behind it */
} pieces;

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

static void read_piece(void *context, unsigned index)
{
    piece *p = &((pieces *)context)->of[index];
    p->good = parse_plain(&p->tree, p->bytes, p->base, false, p->names);
    /* Words before `language` are about the file only where both stand at its top. */
    node first = p->good ? ast_first(&p->tree, p->tree.root) : 0;
    if (index && first && ast_role_in_parent(&p->tree, first) != ROLE_item)
        p->good = false;
}

/* --- joining --- */

/* The nodes of a piece that go into the whole: all but the first, which is none, and the file. */
static uint32_t nodes_of(const piece *p)
{
    assert(p->tree.root == p->tree.count - 1);
    return p->tree.count - 2;
}

static void number_names(piece *p, names *table)
{
    p->name = arena_array(&p->memory, uint32_t, (size_t)p->own.count + 1);
    for (uint32_t id = 1; id <= p->own.count; id++)
        p->name[id] = names_add(table, names_text(&p->own, id));
}

static void join_piece(void *context, unsigned index)
{
    pieces *all = context;
    const piece *p = &all->of[index];
    for (uint32_t k = 1; index && k <= nodes_of(p); k++) {
        ast_node x = p->tree.nodes[k];
        x.name = p->name[x.name];
        x.first += x.first ? p->before : 0;
        x.next += x.next ? p->before : 0;
        all->whole.nodes[p->before + k] = x;
        all->whole.spans[p->before + k] = p->tree.spans[k];
    }
}

/* The declarations of a piece, as nodes of the whole. */
static list items_of(const piece *p)
{
    node first = ast_first(&p->tree, p->tree.root), last = first;
    while (last && ast_next(&p->tree, last))
        last = ast_next(&p->tree, last);
    return first ? (list){first + p->before, last + p->before} : (list){0};
}

static void join_pieces(pieces *all, ast *out, text bytes, uint32_t base)
{
    list items[WORKERS_MOST], file = {0};
    uint32_t total = 0;
    for (unsigned i = 0; i < all->n; i++) {
        all->of[i].before = total;
        total += nodes_of(&all->of[i]);
        items[i] = items_of(&all->of[i]);
        if (i)
            number_names(&all->of[i], all->of[0].names);
    }
    all->whole = all->of[0].tree;
    all->of[0].tree.nodes = NULL;
    all->of[0].tree.spans = NULL;
    ast_reserve(&all->whole, total + 2);
    workers_run(join_piece, all, all->n);
    parse p = {.tree = all->whole};
    p.tree.bytes = bytes;
    p.tree.count = total + 1;
    for (unsigned i = 0; i < all->n; i++)
        file = join(&p, file, items[i]);
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
    end_pieces(&all, "\0");
    workers_run(read_piece, &all, all.n);
    end_pieces(&all, "\n\n");
    bool good = true;
    for (unsigned i = 0; i < all.n; i++)
        good = good && all.of[i].good;
    if (good)
        join_pieces(&all, out, bytes, base);
    release(&all);
    return good;
}
