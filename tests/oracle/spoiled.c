/* spoiled.c: files as they come after an accident: cut at each hundredth, with bits turned, with
 * signs of their own format put into their data. What is left is inspected and compared with the
 * whole: faults lie in the file and say something, what is said as JSON is JSON, counts add up, and
 * what a cut took away is not equal to the whole. Run by ask_spoiled.py; under the sanitizers it is
 * what looks for reads beyond a view, so every copy is of exact size.
 *
 *     spoiled CUTS TURNS SIGNS [-k KIND] FILE…
 */
#include "base/source.h"
#include "stdlib/compare/compare.h"
#include "stdlib/contract/contract.h"
#include "stdlib/inspect/inspect.h"
#include "stdlib/x12/x12.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *path;
    document_kind kind; /* as given; KIND_UNKNOWN: told from what is left */
    text whole;
    const char *accident; /* the last one, for what fails */
    size_t at;
    uint64_t random;
} subject;

static size_t failures, spoiled;

static void require(const subject *s, bool held, const char *what)
{
    if (held)
        return;
    printf("FAIL %s, %s at %zu: %s\n", s->path, s->accident, s->at, what);
    failures++;
}

/* Numbers of a seed, the same everywhere (splitmix64). */
static uint64_t next_random(subject *s)
{
    uint64_t z = s->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* What separates and quotes in each format. */
static text signs_of(document_kind k)
{
    switch (k) {
    case KIND_X12: return TEXT("*~:>^\n");
    case KIND_EDIFACT:
    case KIND_TRADACOMS: return TEXT("'+:?*=\n");
    case KIND_JSON: return TEXT("\"\\{}[],:");
    case KIND_OPENAPI: return TEXT("\"'{}[],: -#&*|\n\t");
    case KIND_WSDL:
    case KIND_XML: return TEXT("<>&\"'/!]=");
    case KIND_CSV: return TEXT(",;|\t\"'\n\\");
    case KIND_FIXED: return TEXT("\n\r ,/:{\0");
    default: return TEXT("\n\0\xff");
    }
}

static void check_json(const subject *s, arena *a, const document_file *f)
{
    json_writer w;
    json_document d;
    json_fault fault;
    buffer b = {0};
    json_begin(&w, &b, 0);
    inspect_write_json(a, &w, f, NULL);
    require(s, json_read(a, buffer_view(&b), &d, &fault), "what is said as JSON is none");
    buffer_release(&b);
}

/* All that `inspect` does with a file. */
static void inspect(const subject *s, text bytes)
{
    arena a = {0};
    document_file f;
    document_part *part;
    text *line;
    buffer b = {0};
    document_read(&a, TEXT("file"), bytes, s->kind, &f);
    document_check(&a, &f);
    for (uint32_t i = 0; i < f.faults; i++) {
        require(s, document_offset(&f, f.fault[i].offset) <= bytes.n, "a fault beyond the end");
        require(s, f.fault[i].message.n && f.fault[i].code.n, "a fault that says nothing");
    }
    check_json(s, &a, &f);
    const document_format *format = format_of(f.kind);
    if (format->summarise)
        format->summarise(&f, &b);
    if (format->parts)
        format->parts(&a, &f, &part);
    if (format->tell)
        format->tell(&a, &f, &line);
    buffer_release(&b);
    arena_release(&a);
}

/* Where the comment begins that a file of YAML ends with. */
static size_t end_of_yaml(text t)
{
    size_t line = t.n;
    while (line > 0 && t.p[line - 1] != '\n')
        line--;
    for (size_t i = line; i < t.n; i++)
        if (t.p[i] == '#' && (i == line || t.p[i - 1] == ' '))
            return i;
    return t.n;
}

/* Where what means something ends: behind the last interchange of X12, or the last set where there
 * is no ISA, anything may stand. */
static size_t end_of(const subject *s, arena *a)
{
    x12_file f;
    document_kind k = s->kind ? s->kind : document_kind_of(s->whole);
    if (k == KIND_OPENAPI)
        return end_of_yaml(s->whole);
    if (k != KIND_X12)
        return s->whole.n;
    x12_read(a, s->whole, &f);
    if (!f.interchanges)
        return 0;
    const x12_interchange *last = &f.interchange[f.interchanges - 1];
    if (last->header.p || !f.sets)
        return last->end;
    return x12_offset(&f, f.set[f.sets - 1].whole) + f.set[f.sets - 1].whole.n;
}

/* A cut may take what means nothing: blanks and terminators, and the nines that fill the last block
 * of a NACHA file. Other letters and digits mean something. */
static bool lost_something(const subject *s, arena *a, text bytes)
{
    size_t n = 0, end = end_of(s, a);
    for (size_t i = bytes.n; i < end; i++)
        n += isalnum((unsigned char)s->whole.p[i]) && s->whole.p[i] != '9';
    return n > 0;
}

static void compare(const subject *s, text bytes, bool cut)
{
    arena a = {0};
    compare_result r;
    compare_file x = {TEXT("file"), s->whole}, y = {TEXT("file"), bytes};
    compare_options options = {.kind = s->kind};
    compare_input legacy = {&x, 1}, modern = {&y, 1};
    compare_run(&a, &options, &legacy, &modern, &r);
    require(s,
            r.compared ==
                    r.matched + r.different + r.missing + r.extra + r.duplicate + r.unreadable &&
                r.compared == r.pairs,
            "counts do not add up");
    if (cut && lost_something(s, &a, bytes))
        require(s, r.matched < r.compared, "a cut file matches the whole");
    arena_release(&a);
}

static void compare_contracts(const subject *s, text bytes)
{
    arena a = {0};
    contract_result r;
    contract_options none = {0};
    document_fault fault = {0};
    document_kind k = s->kind ? s->kind : document_kind_of(s->whole);
    if (!document_is_contract(k))
        return;
    const contract *l = contract_read(&a, k, s->whole, NULL, &fault);
    const contract *m = contract_read(&a, k, bytes, NULL, &fault);
    require(s, m || (fault.message.n && fault.offset <= bytes.n), "a contract without a fault");
    if (l && m)
        contract_compare(&a, l, m, &none, &r, &fault);
    arena_release(&a);
}

static void try(subject *s, text bytes, const char *accident, size_t at)
{
    s->accident = accident;
    s->at = at;
    spoiled++;
    inspect(s, bytes);
    compare(s, bytes, bytes.n == at);
    compare_contracts(s, bytes);
}

static char *copy_of(text t, size_t n)
{
    char *copy = malloc(n ? n : 1);
    if (!copy)
        abort();
    memcpy(copy, t.p, t.n < n ? t.n : n);
    return copy;
}

static void cut(subject *s, unsigned cuts)
{
    unsigned first = (unsigned)(next_random(s) % (100 / cuts ? 100 / cuts : 1));
    for (unsigned k = 0; k < cuts; k++) {
        size_t n = s->whole.n * (first + (uint64_t)k * 100 / cuts) / 100;
        char *copy = copy_of(s->whole, n);
        try(s, (text){copy, n}, "cut", n);
        free(copy);
    }
}

static void turn(subject *s, unsigned turns)
{
    for (unsigned k = 0; k < turns && s->whole.n; k++) {
        size_t at = next_random(s) % s->whole.n;
        char *copy = copy_of(s->whole, s->whole.n);
        copy[at] = (char)(copy[at] ^ 1 << next_random(s) % 8);
        try(s, (text){copy, s->whole.n}, "with a bit turned", at);
        free(copy);
    }
}

/* Puts a sign behind a letter or digit. */
static void sign(subject *s, unsigned signs)
{
    text with = signs_of(s->kind ? s->kind : document_kind_of(s->whole));
    for (unsigned k = 0; k < signs && s->whole.n; k++) {
        size_t at = next_random(s) % s->whole.n;
        while (at < s->whole.n && !isalnum((unsigned char)s->whole.p[at]))
            at++;
        at += at < s->whole.n;
        char *copy = copy_of(text_slice(s->whole, 0, at), s->whole.n + 1);
        copy[at] = with.p[next_random(s) % with.n];
        memcpy(copy + at + 1, s->whole.p + at, s->whole.n - at);
        try(s, (text){copy, s->whole.n + 1}, "with a sign put in", at);
        free(copy);
    }
}

static void spoil(subject *s, unsigned cuts, unsigned turns, unsigned signs)
{
    arena a = {0};
    const char *name = strrchr(s->path, '/');
    if (file_load(&a, s->path, SOURCE_LARGEST, &s->whole) != LOAD_OK) {
        s->accident = "whole";
        require(s, false, "cannot be loaded");
        return;
    }
    s->random = text_hash(text_of(name ? name : s->path));
    if (cuts)
        cut(s, cuts);
    turn(s, turns);
    sign(s, signs);
    arena_release(&a);
}

int main(int argc, char **argv)
{
    subject s = {.kind = KIND_UNKNOWN};
    if (argc < 4)
        return 64;
    unsigned cuts = (unsigned)atoi(argv[1]), turns = (unsigned)atoi(argv[2]),
             signs = (unsigned)atoi(argv[3]);
    for (int i = 4; i < argc; i++) {
        if (strcmp(argv[i], "-k") == 0 && i + 1 < argc) {
            if (!document_kind_read(text_of(argv[++i]), &s.kind))
                s.kind = KIND_UNKNOWN;
            continue;
        }
        s.path = argv[i];
        spoil(&s, cuts, turns, signs);
    }
    printf("%zu spoiled, %zu failures\n", spoiled, failures);
    return failures != 0;
}
