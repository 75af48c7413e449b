/* format.c: see format.h. Works on tokens, not on the tree: a tree has forgotten parentheses,
 * trailing commas and comments, and printing it would have to invent line breaks. */
#include "grammar/format.h"
#include "grammar/parser.h"
#include "grammar/trivia.h"

#include <string.h>

enum { STEP = 2, CONTINUATION = 4 };

typedef struct {
    unsigned inner; /* indentation of what stands inside */
    unsigned outer; /* of the closing sign on a line of its own */
} level;

typedef struct {
    buffer *out;
    text bytes;
    const piece *piece;
    size_t n;
    VEC(level) open;
    VEC(bool) block;
    unsigned *pad; /* by piece: column to reach before it, 0 for none */
    unsigned indent;
    size_t line; /* offset in `out` of the line under way */
} format;

static bool is_open(int kind)
{
    return kind == TOK_LPAREN || kind == TOK_LBRACKET || kind == TOK_LBRACE || kind == TOK_LBLOCK;
}

static bool is_close(int kind)
{
    return kind == TOK_RPAREN || kind == TOK_RBRACKET || kind == TOK_RBRACE || kind == TOK_RBLOCK;
}

static text bytes_of(const format *f, size_t i)
{
    text t = text_slice(f->bytes, f->piece[i].at.start, f->piece[i].at.end);
    return f->piece[i].kind == TOK_COMMENT ? text_trim(t) : t;
}

/* --- columns -----------------------------------------------------------------------------------
 */

static int kind_at(const format *f, size_t i)
{
    return i < f->n ? f->piece[i].kind : TOK_YYEOF;
}

/* Whether a field begins a line here: a name and its value. */
static bool is_field(const format *f, size_t i)
{
    const piece *q = &f->piece[i];
    if (!q->starts || !q->line || q->kind != TOK_NAME || f->piece[i + 1].line)
        return false;
    int next = kind_at(f, i + 1);
    return next != TOK_LBLOCK && !(next == TOK_NAME && kind_at(f, i + 2) == TOK_LBLOCK);
}

static bool is_let(const format *f, size_t i)
{
    return f->piece[i].starts && f->piece[i].line && f->piece[i].kind == TOK_LET && i + 2 < f->n &&
           !f->piece[i + 1].line && !f->piece[i + 2].line;
}

/* The fields of one block from `from` to the next blank line on its level share a column; the `=`
 * of a `let` among them moves to it when its name is short enough. Returns where the group ends. */
static size_t align_group(format *f, size_t from)
{
    unsigned widest = 0, depth = 0;
    size_t end = from;
    for (int pass = 0; pass < 2; pass++) {
        depth = 0;
        for (size_t i = from; i < f->n; i++) {
            int kind = f->piece[i].kind;
            end = i;
            if (depth == 0 && (is_close(kind) || (i > from && f->piece[i].blank)))
                break;
            end = i + 1;
            if (depth == 0 && pass == 0 && is_field(f, i) && bytes_of(f, i).n > widest)
                widest = (unsigned)bytes_of(f, i).n;
            else if (depth == 0 && pass == 1 && is_field(f, i))
                f->pad[i + 1] = widest + 1;
            else if (depth == 0 && pass == 1 && is_let(f, i) && widest)
                f->pad[i + 2] = widest + 1;
            depth += is_open(kind);
            depth -= is_close(kind);
        }
    }
    return end;
}

static unsigned head_width(const format *f, size_t from, size_t to)
{
    unsigned width = 0;
    for (size_t i = from; i < to; i++)
        width += (unsigned)bytes_of(f, i).n + (i > from && f->piece[i].kind != TOK_COLON);
    return width;
}

/* Where `every` stands in the observe statement at i, 0 when it is not on its line. */
static size_t every_of(const format *f, size_t i)
{
    if (i >= f->n || !f->piece[i].starts || !f->piece[i].line || f->piece[i].kind != TOK_OBSERVE)
        return 0;
    for (size_t k = i + 1; k < f->n && !f->piece[k].line; k++)
        if (f->piece[k].kind == TOK_EVERY)
            return k;
    return 0;
}

static size_t next_line(const format *f, size_t i)
{
    for (i++; i < f->n && !f->piece[i].line; i++)
        ;
    return i;
}

/* Observers on lines that follow each other share the column of `every`. */
static void align_observers(format *f, size_t first)
{
    unsigned widest = 0;
    size_t end = first;
    for (size_t k; (k = every_of(f, end)) && (end == first || !f->piece[end].blank);
         end = next_line(f, end))
        if (head_width(f, end, k) > widest)
            widest = head_width(f, end, k);
    for (size_t i = first; i < end; i = next_line(f, i))
        f->pad[every_of(f, i)] = widest + 1;
}

static void find_columns(format *f)
{
    size_t *group = calloc(f->n + 1, sizeof *group); /* by depth: where the group under way ends */
    if (!group)
        memory_exhausted();
    size_t depth = 0;
    for (size_t i = 0; i < f->n; i++) {
        bool fresh = i == 0 || kind_at(f, i - 1) == TOK_LBLOCK;
        if (fresh)
            group[depth] = 0;
        if (f->piece[i].starts && i && i >= group[depth])
            group[depth] = depth ? align_group(f, i) : f->n;
        if (every_of(f, i) && !f->pad[every_of(f, i)])
            align_observers(f, i);
        depth += is_open(f->piece[i].kind);
        depth -= is_close(f->piece[i].kind);
    }
    free(group);
}

/* --- lines -------------------------------------------------------------------------------------
 */

static bool in_block(const format *f)
{
    return !f->block.n || vec_last(&f->block);
}

static unsigned inner(const format *f)
{
    return f->open.n ? vec_last(&f->open).inner : 0;
}

/* Indentation of a line that begins with piece i. */
static unsigned indent_of(const format *f, size_t i)
{
    while (i < f->n && f->piece[i].kind == TOK_COMMENT)
        i++;
    if (i >= f->n)
        return inner(f);
    const piece *q = &f->piece[i];
    if (!in_block(f) || q->starts || q->kind == TOK_LBLOCK || is_close(q->kind))
        return inner(f);
    int next = kind_at(f, i + 1);
    if (q->kind == TOK_ELSE && (next == TOK_LBLOCK || next == TOK_IF))
        return inner(f);
    return inner(f) + CONTINUATION;
}

static void begin_line(format *f, size_t i)
{
    const piece *q = &f->piece[i];
    bool after_open = i && is_open(f->piece[i - 1].kind);
    if (i) {
        buffer_char(f->out, '\n');
        if (q->blank && !after_open && !is_close(q->kind))
            buffer_char(f->out, '\n');
    }
    f->line = f->out->n;
    f->indent = is_close(q->kind) && f->open.n ? vec_last(&f->open).outer : indent_of(f, i);
    buffer_printf(f->out, "%*s", (int)f->indent, "");
}

/* What stands before `-` or `(` when it goes on with a value. */
static bool ends_operand(int kind)
{
    return kind == TOK_NAME || kind == TOK_RPAREN || kind == TOK_RBRACKET || kind == TOK_RBRACE ||
           (kind >= TOK_CODE && kind <= TOK_WEEKDAY_TIME) || kind == TOK_TRUE ||
           kind == TOK_FALSE || kind == TOK_ABSENT;
}

static bool spaced(const format *f, size_t i)
{
    int before = f->piece[i - 1].kind, kind = f->piece[i].kind;
    if (before == TOK_LBLOCK || kind == TOK_RBLOCK)
        return !(before == TOK_LBLOCK && kind == TOK_RBLOCK);
    if (before == TOK_LPAREN || before == TOK_LBRACKET || before == TOK_LBRACE ||
        before == TOK_DOT || kind == TOK_RPAREN || kind == TOK_RBRACKET || kind == TOK_RBRACE ||
        kind == TOK_DOT || kind == TOK_COMMA || kind == TOK_COLON || kind == TOK_OPTIONAL)
        return false;
    if (before == TOK_MINUS)
        return i > 1 && ends_operand(f->piece[i - 2].kind) && f->piece[i].gap;
    if ((kind == TOK_LPAREN || kind == TOK_LBRACKET || kind == TOK_MINUS) && ends_operand(before))
        return f->piece[i].gap;
    return true;
}

static void separate(format *f, size_t i)
{
    if (f->piece[i].kind == TOK_COMMENT) {
        buffer_cstr(f->out, "  ");
        return;
    }
    if (!spaced(f, i))
        return;
    buffer_char(f->out, ' ');
    size_t column = f->out->n - f->line - f->indent;
    if (f->pad[i] > column)
        buffer_printf(f->out, "%*s", (int)(f->pad[i] - column), "");
}

static void track(format *f, size_t i)
{
    int kind = f->piece[i].kind;
    if (is_open(kind)) {
        unsigned outer = kind == TOK_LBLOCK ? inner(f) : f->indent;
        vec_push(&f->open, (level){outer + STEP, outer});
        vec_push(&f->block, kind == TOK_LBLOCK);
    } else if (is_close(kind)) {
        f->open.n--;
        f->block.n--;
    }
}

static void lay_out(format *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (i == 0 || f->piece[i].line)
            begin_line(f, i);
        else
            separate(f, i);
        track(f, i);
        buffer_text(f->out, bytes_of(f, i));
    }
    if (f->n)
        buffer_char(f->out, '\n');
}

/* --- proof ---------------------------------------------------------------------------------------
 */

static bool same_pieces(const format *a, const format *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = a->piece[i].kind == b->piece[i].kind && a->piece[i].starts == b->piece[i].starts &&
               text_equal(bytes_of(a, i), bytes_of(b, i));
    return same;
}

/* Whether `out` from `start` holds the pieces of f. */
static bool proves(const format *f, buffer *out, size_t start)
{
    pieces again = {0};
    size_t n = out->n;
    buffer_add(out, "\0", 2);
    out->n = n;
    format g = {.bytes = {out->p + start, n - start}};
    trivia_read(&again, g.bytes);
    g.piece = again.p;
    g.n = again.n;
    bool same = same_pieces(f, &g);
    vec_release(&again);
    return same;
}

format_status format_source(buffer *out, const source *file, names *table, diagnostics *d)
{
    ast tree;
    bool good = parse_file(&tree, file, table, d);
    ast_release(&tree);
    if (!good)
        return FORMAT_FAULTY;
    pieces all = {0};
    trivia_read(&all, file->bytes);
    format f = {.out = out, .bytes = file->bytes, .piece = all.p, .n = all.n, .line = out->n};
    f.pad = calloc(all.n + 3, sizeof *f.pad);
    if (!f.pad)
        memory_exhausted();
    size_t start = out->n;
    find_columns(&f);
    lay_out(&f);
    bool same = proves(&f, out, start);
    if (!same)
        out->n = start;
    vec_release(&f.open);
    vec_release(&f.block);
    free(f.pad);
    vec_release(&all);
    return same ? FORMAT_DONE : FORMAT_UNSAFE;
}
