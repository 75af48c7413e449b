/* json.c: the reader of json.h. One pass with a stack of open containers instead of recursion;
 * nodes are appended in document order, so a subtree is a contiguous range. */
#include "base/json_print.h"

/* Fewer than documents have: room is reserved, not used. */
enum { BYTES_A_NODE = 8 };

typedef struct {
    json_lexer x;
    const char *at;
    VEC(json_node) nodes;
    uint32_t open[JSON_DEPTH]; /* indices of the containers around `at` */
    uint32_t depth;
    lex_key key; /* of the member whose value comes next; start is NULL where none does */
    /* Of json_read_prints. */
    bool printing, fold;
    VEC(uint64_t) prints;
    json_printer printer;
    size_t folded; /* values that have no nodes */
} reader;

/* What comes next after a step. */
typedef enum { FAULT, VALUE, DONE } step;

static bool is_hex(char c)
{
    return lex_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *read_escape(json_lexer *x, const char *p)
{
    const char *start = p++;
    char c = lex_peek(x, p);
    if (!c || !strchr("\"\\/bfnrtu", c))
        return lex_fault(x, start, "unknown escape in a text");
    p++;
    for (int i = 0; c == 'u' && i < 4; i++, p++)
        if (!is_hex(lex_peek(x, p)))
            return lex_fault(x, start, "expected four hexadecimal digits after '\\u'");
    return p;
}

/* Skips what a text may hold as it stands; *seen gathers the high bits. */
static const char *skip_plain(const json_lexer *x, const char *p, uint64_t *seen)
{
    for (; x->end - p >= 8; p += 8) {
        uint64_t w = lex_load(p), stop = lex_stops(w);
        if (stop) {
            *seen |= w & ((stop & -stop) - 1);
            return p + (unsigned)__builtin_ctzll(stop) / 8;
        }
        *seen |= w;
    }
    while (p < x->end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
        *seen |= (unsigned char)*p++;
    return p;
}

const char *lex_any_text(json_lexer *x, const char *open, bool *escaped, uint64_t *hash)
{
    uint64_t seen = 0;
    const char *p = open + 1;
    *escaped = false;
    for (;;) {
        p = skip_plain(x, p, &seen);
        if (p == x->end)
            return lex_fault(x, open, "a text that is not closed");
        if (*p == '"')
            break;
        if (*p != '\\')
            return lex_fault(x, p, "a control character in a text must be escaped");
        *escaped = true;
        p = read_escape(x, p);
        if (!p)
            return NULL;
    }
    text inside = {open + 1, (size_t)(p - open - 1)};
    size_t valid = seen & LEX_EIGHT(0x80) ? text_utf8_prefix(inside) : inside.n;
    if (valid < inside.n)
        return lex_fault(x, open + 1 + valid, "bytes that are not UTF-8");
    *hash = *escaped ? lex_hash_decoded(inside) : lex_hash(x, inside.p, inside.n);
    return p + 1;
}

static uint32_t offset(const reader *r, const char *p)
{
    return (uint32_t)(p - r->x.start);
}

static json_node *push(reader *r, json_kind kind)
{
    uint32_t self = (uint32_t)r->nodes.n;
    json_node n = {.kind = kind, .start = offset(r, r->at), .next = self + 1};
    if (r->key.start) {
        n.key_start = offset(r, r->key.start);
        n.key_end = offset(r, r->key.end);
        n.key_escaped = r->key.escaped;
        r->key.start = NULL;
    }
    vec_push(&r->nodes, n);
    if (r->printing)
        vec_push(&r->prints, 0);
    return &vec_last(&r->nodes);
}

/* Moves to p; false where that is none. */
static bool move(reader *r, const char *p)
{
    r->at = p ? p : r->at;
    return p;
}

static step read_key(reader *r)
{
    return move(r, lex_member(&r->x, r->at, &r->key)) ? VALUE : FAULT;
}

/* A value with nodes is whole. */
static void end_value(reader *r, uint32_t self)
{
    if (!r->printing)
        return;
    const json_document d = {.node = r->nodes.p, .nodes = (uint32_t)r->nodes.n};
    r->printer.print = r->prints.p;
    r->prints.p[self] = json_print_of(&r->printer, &r->x, &d, self);
}

/* Behind a whole value: closes what it completes, up to the place of the next value. */
static step after_value(reader *r)
{
    while (r->depth) {
        json_node *parent = &r->nodes.p[r->open[r->depth - 1]];
        bool object = parent->kind == JSON_OBJECT, more;
        parent->count++;
        if (!move(r, lex_after(&r->x, r->at, object, &more)))
            return FAULT;
        if (more)
            return object ? read_key(r) : VALUE;
        parent->end = offset(r, r->at);
        parent->next = (uint32_t)r->nodes.n;
        r->depth--;
        end_value(r, r->open[r->depth]);
    }
    return DONE;
}

static step enter(reader *r, json_kind kind)
{
    if (r->depth == JSON_DEPTH) {
        lex_fault(&r->x, r->at, "nested deeper than 512 levels");
        return FAULT;
    }
    r->open[r->depth++] = (uint32_t)r->nodes.n;
    json_node *self = push(r, kind);
    r->at = lex_blanks(&r->x, r->at + 1);
    if (lex_peek(&r->x, r->at) != (kind == JSON_OBJECT ? '}' : ']'))
        return kind == JSON_OBJECT ? read_key(r) : VALUE;
    self->end = offset(r, ++r->at);
    r->depth--;
    end_value(r, r->open[r->depth]);
    return after_value(r);
}

/* An element of a list that is folded. FAULT without one in the lexer: it is too large. */
static step skim(reader *r, json_kind kind)
{
    json_skimmed s;
    const char *end = json_skim(&r->printer, &r->x, r->at, r->depth, &s);
    if (!end)
        return FAULT;
    json_node *self = push(r, kind);
    r->at = end;
    self->end = offset(r, end);
    self->count = s.count;
    self->folded = s.count > 0;
    vec_last(&r->prints) = s.print;
    r->folded += s.values - 1;
    return after_value(r);
}

static step read_container(reader *r, json_kind kind)
{
    if (r->fold && r->depth && r->nodes.p[r->open[r->depth - 1]].kind == JSON_ARRAY) {
        step next = skim(r, kind);
        if (next != FAULT || r->x.fault.message)
            return next;
    }
    return enter(r, kind);
}

static step read_value(reader *r)
{
    r->at = lex_blanks(&r->x, r->at);
    char c = lex_peek(&r->x, r->at);
    if (c == '{' || c == '[')
        return read_container(r, c == '{' ? JSON_OBJECT : JSON_ARRAY);
    json_kind kind;
    bool escaped = false;
    uint64_t hash;
    const char *end = lex_scalar(&r->x, r->at, &kind, &escaped, &hash);
    if (!end)
        return FAULT;
    json_node *self = push(r, kind);
    self->escaped = escaped;
    self->end = offset(r, end);
    if (r->printing)
        vec_last(&r->prints) = json_mix(hash, kind);
    r->at = end;
    return after_value(r);
}

static bool read_all(reader *r)
{
    step next = VALUE;
    while (next == VALUE)
        next = read_value(r);
    if (next == FAULT)
        return false;
    r->at = lex_blanks(&r->x, r->at);
    return r->at == r->x.end || lex_fault(&r->x, r->at, "expected the end after the value");
}

static bool read_document(arena *a, reader *r, text source, json_document *out, json_fault *fault)
{
    if (!source.p) /* an empty text may point nowhere, and nowhere has no end */
        source = TEXT("");
    *out = (json_document){.source = source};
    r->x = (json_lexer){.start = source.p, .end = source.p + source.n};
    bool ok = source.n < UINT32_MAX || lex_fault(&r->x, source.p, "larger than 4 GiB");
    if (ok) {
        if (!r->fold)
            vec_reserve(&r->nodes, source.n / BYTES_A_NODE + 1);
        if (r->printing && !r->fold)
            vec_reserve(&r->prints, source.n / BYTES_A_NODE + 1);
        r->at = source.p + (text_starts(source, TEXT("\xef\xbb\xbf")) ? 3 : 0);
        ok = read_all(r);
    }
    if (ok) {
        out->nodes = (uint32_t)r->nodes.n;
        out->values = (uint32_t)(r->nodes.n + r->folded);
        vec_fit(&r->nodes);
        out->node = r->nodes.p;
        arena_adopt(a, r->nodes.p);
        return true;
    }
    vec_release(&r->nodes);
    if (fault)
        *fault = r->x.fault;
    return false;
}

bool json_read(arena *a, text source, json_document *out, json_fault *fault)
{
    reader r = {0};
    return read_document(a, &r, source, out, fault);
}

bool json_read_prints(arena *a, text source, bool fold, json_repeats *twice, json_document *out,
                      json_fault *fault)
{
    reader r = {.printing = true, .fold = fold, .printer = {.kept = a, .twice = twice}};
    bool ok = read_document(a, &r, source, out, fault);
    json_printer_release(&r.printer);
    if (ok) {
        vec_fit(&r.prints);
        out->print = r.prints.p;
        arena_adopt(a, r.prints.p);
    } else {
        vec_release(&r.prints);
    }
    return ok;
}

void json_unfold(arena *a, const json_document *d, uint32_t node, json_document *out)
{
    json_read_prints(a, json_raw(d, node), false, NULL, out, NULL);
}
