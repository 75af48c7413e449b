/* json.c: the reader of json.h. One pass with a stack of open containers instead of recursion;
 * nodes are appended in document order, so a subtree is a contiguous range. UTF-8 is only looked at
 * in texts that hold bytes above 0x7f: elsewhere such a byte is a fault anyway. */
#include "base/json_print.h"

#include <endian.h>
#include <string.h>

/* Fewer than documents have: room is reserved, not used. */
enum { BYTES_A_NODE = 8 };

typedef struct {
    const char *p;
    uint32_t at, end;
    VEC(json_node) nodes;
    uint32_t open[JSON_DEPTH]; /* indices of the containers around `at` */
    uint32_t depth;
    uint32_t key_start, key_end; /* of the member whose value comes next */
    bool key_escaped;
    json_fault fault;
    /* Of json_read_prints. */
    bool printing, fold;
    VEC(uint64_t) prints;
    json_printer printer;
    size_t folded; /* values whose nodes were given back */
} reader;

/* What comes next after a step. */
typedef enum { FAULT, VALUE, DONE } step;

static step fault_at(reader *r, uint32_t offset, const char *message)
{
    r->fault = (json_fault){offset, message};
    return FAULT;
}

#define EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

static uint64_t load_eight(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return le64toh(w);
}

/* Spaces, eight at once: indentation, mostly. */
static void skip_spaces(reader *r)
{
    while (r->end - r->at >= 8) {
        uint64_t other = load_eight(r->p + r->at) ^ EIGHT(' ');
        if (other) {
            r->at += (uint32_t)__builtin_ctzll(other) / 8;
            return;
        }
        r->at += 8;
    }
    while (r->at < r->end && r->p[r->at] == ' ')
        r->at++;
}

static void skip_blanks(reader *r)
{
    for (;;) {
        char c = r->at < r->end ? r->p[r->at] : 0;
        if (c == ' ')
            r->at++; /* one, behind a colon or a comma */
        else if (c == '\n' || c == '\r' || c == '\t')
            r->at++, skip_spaces(r);
        else
            return;
    }
}

/* The byte at `at`; 0 at the end, which no place of the grammar accepts either. */
static char peek(const reader *r)
{
    return r->at < r->end ? r->p[r->at] : 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static json_node *push(reader *r, json_kind kind)
{
    uint32_t self = (uint32_t)r->nodes.n;
    vec_push(&r->nodes, (json_node){.kind = kind,
                                    .start = r->at,
                                    .key_start = r->key_start,
                                    .key_end = r->key_end,
                                    .key_escaped = r->key_escaped,
                                    .next = self + 1});
    if (r->printing)
        vec_push(&r->prints, 0);
    r->key_start = r->key_end = 0;
    r->key_escaped = false;
    return &vec_last(&r->nodes);
}

static bool read_escape(reader *r)
{
    uint32_t start = r->at++;
    char c = peek(r);
    if (!c || !strchr("\"\\/bfnrtu", c))
        return fault_at(r, start, "unknown escape in a text");
    r->at++;
    for (int i = 0; c == 'u' && i < 4; i++)
        if (!is_hex(peek(r)))
            return fault_at(r, start, "expected four hexadecimal digits after '\\u'");
        else
            r->at++;
    return true;
}

/* Where eight bytes hold a quote, a backslash or a control character: the lowest bit that is set is
 * the high bit of the first of them. (Those above it may be wrong: a subtraction borrows.) */
static uint64_t stops_in(uint64_t w)
{
    uint64_t quote = w ^ EIGHT('"'), slash = w ^ EIGHT('\\');
    return (((w - EIGHT(0x20)) & ~w) | ((quote - EIGHT(1)) & ~quote) |
            ((slash - EIGHT(1)) & ~slash)) &
           EIGHT(0x80);
}

/* Skips what a text may hold as it stands; *seen gathers the high bits. */
static void skip_plain(reader *r, uint64_t *seen)
{
    const char *p = r->p;
    while (r->end - r->at >= 8) {
        uint64_t w = load_eight(p + r->at), stop = stops_in(w);
        if (stop) {
            *seen |= w & ((stop & -stop) - 1);
            r->at += (uint32_t)__builtin_ctzll(stop) / 8;
            return;
        }
        *seen |= w;
        r->at += 8;
    }
    while (r->at < r->end && (unsigned char)p[r->at] >= 0x20 && p[r->at] != '"' && p[r->at] != '\\')
        *seen |= (unsigned char)p[r->at++];
}

/* A text from its opening quote to behind its closing one. */
static bool read_text(reader *r, bool *escaped)
{
    uint32_t start = r->at++;
    uint64_t seen = 0;
    *escaped = false;
    for (;;) {
        skip_plain(r, &seen);
        if (r->at == r->end)
            return fault_at(r, start, "a text that is not closed");
        if (r->p[r->at] == '"')
            break;
        if (r->p[r->at] != '\\')
            return fault_at(r, r->at, "a control character in a text must be escaped");
        *escaped = true;
        if (!read_escape(r))
            return false;
    }
    text inside = {r->p + start + 1, r->at - start - 1};
    r->at++;
    size_t valid = seen & EIGHT(0x80) ? text_utf8_prefix(inside) : inside.n;
    if (valid < inside.n)
        return fault_at(r, start + 1 + (uint32_t)valid, "bytes that are not UTF-8");
    return true;
}

static bool read_digits(reader *r)
{
    if (!is_digit(peek(r)))
        return fault_at(r, r->at, "expected a digit");
    while (is_digit(peek(r)))
        r->at++;
    return true;
}

static bool read_number(reader *r)
{
    if (peek(r) == '-')
        r->at++;
    uint32_t first = r->at;
    if (!read_digits(r))
        return false;
    if (r->p[first] == '0' && r->at > first + 1)
        return fault_at(r, first, "a number must not begin with a 0");
    if (peek(r) == '.') {
        r->at++;
        if (!read_digits(r))
            return false;
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        if (!read_digits(r))
            return false;
    }
    return true;
}

static bool read_word(reader *r, const char *word)
{
    size_t n = strlen(word);
    if (r->end - r->at < n || memcmp(r->p + r->at, word, n) != 0)
        return fault_at(r, r->at, "expected a value");
    r->at += (uint32_t)n;
    return true;
}

static step read_key(reader *r)
{
    if (peek(r) != '"')
        return fault_at(r, r->at, "expected a key in double quotes");
    uint32_t start = r->at + 1;
    bool escaped;
    if (!read_text(r, &escaped))
        return FAULT;
    r->key_start = start;
    r->key_end = r->at - 1;
    r->key_escaped = escaped;
    skip_blanks(r);
    if (peek(r) != ':')
        return fault_at(r, r->at, "expected ':'");
    r->at++;
    return VALUE;
}

/* What is folded is read, checked and printed while it is at hand; its nodes are used again. */
static void fold(reader *r, uint32_t self)
{
    json_node *n = &r->nodes.p[self];
    if (n->kind < JSON_ARRAY || n->count == 0 || n->end - n->start > JSON_FOLDED)
        return;
    r->folded += r->nodes.n - self - 1;
    r->nodes.n = r->prints.n = self + 1;
    n->next = self + 1;
    n->folded = true;
}

/* A value is whole: the place of a container in which it stands is r->depth - 1. */
static void end_value(reader *r, uint32_t self)
{
    if (!r->printing)
        return;
    const json_document d = {
        .source = {r->p, r->end}, .node = r->nodes.p, .nodes = (uint32_t)r->nodes.n};
    r->printer.print = r->prints.p;
    r->prints.p[self] = json_print_of(&r->printer, &d, self);
    bool element = r->depth && r->nodes.p[r->open[r->depth - 1]].kind == JSON_ARRAY;
    if (r->fold && element)
        fold(r, self);
}

/* Behind a whole value: closes what it completes, up to the place of the next value. */
static step after_value(reader *r)
{
    while (r->depth) {
        json_node *parent = &r->nodes.p[r->open[r->depth - 1]];
        bool object = parent->kind == JSON_OBJECT;
        parent->count++;
        skip_blanks(r);
        if (peek(r) == ',') {
            r->at++;
            skip_blanks(r);
            return object ? read_key(r) : VALUE;
        }
        if (peek(r) != (object ? '}' : ']'))
            return fault_at(r, r->at, object ? "expected ',' or '}'" : "expected ',' or ']'");
        parent->end = ++r->at;
        parent->next = (uint32_t)r->nodes.n;
        r->depth--;
        end_value(r, r->open[r->depth]);
    }
    return DONE;
}

static step enter(reader *r, json_kind kind)
{
    if (r->depth == JSON_DEPTH)
        return fault_at(r, r->at, "nested deeper than 512 levels");
    r->open[r->depth++] = (uint32_t)r->nodes.n;
    json_node *self = push(r, kind);
    r->at++;
    skip_blanks(r);
    if (peek(r) != (kind == JSON_OBJECT ? '}' : ']'))
        return kind == JSON_OBJECT ? read_key(r) : VALUE;
    self->end = ++r->at;
    r->depth--;
    end_value(r, r->open[r->depth]);
    return after_value(r);
}

static bool read_scalar(reader *r, char c)
{
    switch (c) {
    case '"': push(r, JSON_TEXT); return read_text(r, &vec_last(&r->nodes).escaped);
    case 't': push(r, JSON_TRUE); return read_word(r, "true");
    case 'f': push(r, JSON_FALSE); return read_word(r, "false");
    case 'n': push(r, JSON_NULL); return read_word(r, "null");
    default: break;
    }
    if (c != '-' && !is_digit(c))
        return fault_at(r, r->at, r->at < r->end ? "expected a value" : "the text ends too early");
    push(r, JSON_NUMBER);
    return read_number(r);
}

static step read_value(reader *r)
{
    skip_blanks(r);
    char c = peek(r);
    if (c == '{')
        return enter(r, JSON_OBJECT);
    if (c == '[')
        return enter(r, JSON_ARRAY);
    if (!read_scalar(r, c))
        return FAULT;
    vec_last(&r->nodes).end = r->at;
    end_value(r, (uint32_t)r->nodes.n - 1);
    return after_value(r);
}

static bool read_all(reader *r)
{
    step next = VALUE;
    while (next == VALUE)
        next = read_value(r);
    if (next == FAULT)
        return false;
    skip_blanks(r);
    return r->at == r->end || fault_at(r, r->at, "expected the end after the value");
}

static bool read_document(arena *a, reader *r, text source, json_document *out, json_fault *fault)
{
    bool ok = source.n < UINT32_MAX || fault_at(r, 0, "larger than 4 GiB");
    r->p = source.p;
    *out = (json_document){.source = source};
    if (ok) {
        r->end = (uint32_t)source.n;
        if (!r->fold)
            vec_reserve(&r->nodes, source.n / BYTES_A_NODE + 1);
        if (r->printing && !r->fold)
            vec_reserve(&r->prints, source.n / BYTES_A_NODE + 1);
        r->at = text_starts(source, TEXT("\xef\xbb\xbf")) ? 3 : 0;
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
        *fault = r->fault;
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
