/* parse.c: drives the parser and decides what it gets to see, see parse.h. */
#include "grammar/parse.h"
#include "base/workers.h"
#include "grammar/build.h"
#include "grammar/explain.h"
#include "grammar/parser.h"
#include "grammar/pieces.h"

#include <string.h>

/* After a fault: the next word on the level of the fault that ends something. */
static void skip(parse *p, word *t)
{
    do {
        p->skipped.end = p->words.end;
        words_next(&p->words, t);
    } while (t->level > p->level || (t->level == p->level && !explain_ends_skip(t->kind)));
    p->skipping = false;
}

void parse_next(parse *p, word *t)
{
    if (p->words.plain && p->failed)
        *t = (word){.kind = TOK_YYEOF};
    else if (p->skipping)
        skip(p, t);
    else
        words_next(&p->words, t);
    p->current = t->level;
}

/* Whether the bytes are text at all. */
static bool is_text(text bytes)
{
    return !(bytes.n && memchr(bytes.p, 0, bytes.n)) && text_utf8_prefix(bytes) == bytes.n;
}

/* As is_text, and says what is wrong. */
static bool readable(text bytes, uint32_t base, diagnostics *d)
{
    const char *zero = bytes.n ? memchr(bytes.p, 0, bytes.n) : NULL;
    if (zero) {
        uint32_t at = base + (uint32_t)(zero - bytes.p);
        diag_add(d, DIAG_E0109, (span){at, at + 1}, "a zero byte: this is no text file");
        return false;
    }
    size_t good = text_utf8_prefix(bytes);
    if (good == bytes.n)
        return true;
    uint32_t at = base + (uint32_t)good;
    diag_add(d, DIAG_E0109, (span){at, at + 1}, "the byte 0x%02x is not UTF-8",
             (unsigned char)bytes.p[good]);
    return false;
}

typedef struct {
    text bytes;
    uint32_t base;
    bool value; /* one value instead of a file */
    names *names;
} input;

static parse begin(const input *in, diagnostics *d)
{
    parse p = {.names = in->names, .diags = d};
    p.tree = (ast){.bytes = in->bytes, .base = in->base, .names = in->names};
    build(&p, NODE_NONE, (span){0, 0}, 0, 0, (list){0});
    return p;
}

static bool read_plain(ast *out, parse p, const input *in)
{
    words_open(&p.words, in->bytes, in->base, in->value, NULL);
    p.words.plain = true;
    bool good = ferry_plain_parse(&p) == 0 && !p.failed && !p.words.scan.failed && !p.words.doubt;
    words_close(&p.words);
    *out = p.tree;
    if (!good)
        ast_release(out);
    return good;
}

bool parse_plain(ast *out, text bytes, uint32_t base, bool value, names *table)
{
    input in = {bytes, base, value, table};
    return is_text(bytes) && read_plain(out, begin(&in, NULL), &in);
}

bool parse_lent(ast *out, text bytes, uint32_t base, names *table)
{
    input in = {bytes, base, false, table};
    parse p = {.names = table, .tree = *out};
    p.tree.bytes = bytes;
    p.tree.base = base;
    p.tree.names = table;
    return is_text(bytes) && read_plain(out, p, &in);
}

static bool read_mending(ast *out, const input *in, diagnostics *d, bool *unbalanced)
{
    parse p = begin(in, d);
    bool good = readable(in->bytes, in->base, d);
    if (good) {
        words_open(&p.words, in->bytes, in->base, in->value, d);
        p.words.by_indent = *unbalanced;
        good = ferry_parse_parse(&p) == 0 && !p.failed && !p.words.scan.failed;
        *unbalanced = p.words.unbalanced;
        words_close(&p.words);
    }
    if (!p.tree.root) {
        span all = {in->base, in->base + (uint32_t)in->bytes.n};
        list none = {0};
        if (in->value)
            none = as_role(&p, ROLE_value, build(&p, NODE_ERROR, all, 0, 0, none));
        p.tree.root = build(&p, in->value ? NODE_VALUE : NODE_FILE, all, 0, 0, none);
    }
    *out = p.tree;
    return good;
}

/* Source with faults is read again, for what they are. Where the braces of blocks do not pair, one
 * more reading pairs them by indentation; the one with fewer faults counts. */
static bool parse_input(ast *out, const input *in, diagnostics *d)
{
    size_t before = d->list.n;
    bool unbalanced = false;
    bool pieces = !in->value && in->bytes.n >= PIECES_FROM;
    if ((pieces && pieces_read(out, in->bytes, in->base, in->names, workers_available())) ||
        parse_plain(out, in->bytes, in->base, in->value, in->names))
        return true;
    bool good = read_mending(out, in, d, &unbalanced);
    if (!unbalanced)
        return good;
    diagnostics second;
    diag_init(&second, d->memory);
    ast other;
    read_mending(&other, in, &second, &unbalanced);
    if (second.errors && second.list.n <= d->list.n - before) {
        ast worse = *out;
        *out = other;
        other = worse;
        diag_replace(d, before, &second);
    }
    ast_release(&other);
    diag_release(&second);
    return false;
}

bool parse_file(ast *out, const source *file, names *table, diagnostics *d)
{
    input in = {file->bytes, file->base, false, table};
    return parse_input(out, &in, d);
}

bool parse_value(ast *out, text bytes, uint32_t base, names *table, diagnostics *d, arena *memory)
{
    char *copy = arena_alloc(memory, bytes.n + 2, 1);
    if (bytes.n)
        memcpy(copy, bytes.p, bytes.n);
    input in = {{copy, bytes.n}, base, true, table};
    return parse_input(out, &in, d);
}
