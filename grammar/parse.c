/* parse.c: drives the parser and decides what it gets to see, see parse.h. */
#include "grammar/parse.h"
#include "grammar/build.h"
#include "grammar/explain.h"
#include "grammar/parser.h"

#include <string.h>

/* After a fault: the next word on the level of the fault that ends something. */
static word skip(parse *p)
{
    word t;
    do
        t = words_next(&p->words);
    while (t.level > p->level || (t.level == p->level && !explain_ends_skip(t.kind)));
    p->skipping = false;
    return t;
}

int ferry_parse_lex(FERRY_PARSE_STYPE *value, span *at, parse *p)
{
    word t = p->skipping ? skip(p) : words_next(&p->words);
    p->current = t.level;
    *at = t.at;
    switch (t.kind) {
    case TOK_NAME:
    case TOK_CODE:
    case TOK_CURRENCY:
        value->TOK_NAME = names_add(
            p->names, (text){p->tree.bytes.p + (t.at.start - p->tree.base), t.at.end - t.at.start});
        break;
    default: value->TOK_TEXT = t.aux; break;
    }
    return t.kind;
}

/* Whether the bytes are text at all. */
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

static bool read_once(ast *out, text bytes, uint32_t base, bool value, names *table, diagnostics *d,
                      bool *unbalanced)
{
    parse p = {.names = table, .diags = d};
    p.tree = (ast){.bytes = bytes, .base = base, .names = table};
    build(&p, NODE_NONE, (span){0, 0}, 0, 0, (list){0});
    bool good = readable(bytes, base, d);
    if (good) {
        words_open(&p.words, bytes, base, value, d);
        p.words.by_indent = *unbalanced;
        good = ferry_parse_parse(&p) == 0 && !p.failed && !p.words.scan.failed;
        *unbalanced = p.words.unbalanced;
        words_close(&p.words);
    }
    if (!p.tree.root) {
        span all = {base, base + (uint32_t)bytes.n};
        list none = {0};
        if (value)
            none = as_role(&p, ROLE_value, build(&p, NODE_ERROR, all, 0, 0, none));
        p.tree.root = build(&p, value ? NODE_VALUE : NODE_FILE, all, 0, 0, none);
    }
    *out = p.tree;
    return good;
}

/* Where the braces of blocks do not pair, a second reading pairs them by indentation; the one with
 * fewer faults counts. */
static bool parse_bytes(ast *out, text bytes, uint32_t base, bool value, names *table,
                        diagnostics *d)
{
    size_t before = d->list.n;
    bool unbalanced = false;
    bool good = read_once(out, bytes, base, value, table, d, &unbalanced);
    if (!unbalanced)
        return good;
    diagnostics second;
    diag_init(&second, d->memory);
    ast other;
    read_once(&other, bytes, base, value, table, &second, &unbalanced);
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
    return parse_bytes(out, file->bytes, file->base, false, table, d);
}

bool parse_value(ast *out, text bytes, uint32_t base, names *table, diagnostics *d, arena *memory)
{
    char *copy = arena_alloc(memory, bytes.n + 2, 1);
    if (bytes.n)
        memcpy(copy, bytes.p, bytes.n);
    return parse_bytes(out, (text){copy, bytes.n}, base, true, table, d);
}
