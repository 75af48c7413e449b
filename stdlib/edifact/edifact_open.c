/* edifact_open.c: where an interchange begins and which separators it speaks. */
#include "stdlib/edifact/edifact_read.h"

#include <ctype.h>
#include <string.h>

enum { UNA_WIDTH = 9, LOOK_AHEAD = 4096, WIDEST_LINE = 1024 };

/* IS1, IS3 and IS4 of ISO 646: level B without UNA, when both sides agreed on them. */
static const edifact_separators usual = {':', '+', '.', '\'', 0, '?', '+'};
static const edifact_separators controls = {'\x1f', '\x1d', '.', '\x1c', 0, 0, '\x1d'};

static bool separates(char c)
{
    return !isalnum((unsigned char)c) && c != ' ' && c != 0;
}

/* What a file, or the part of one behind UNA, can begin with. */
static const struct {
    char tag[4];
    edifact_dialect dialect;
    bool whole;
} starts[] = {
    {"UNB", EDIFACT_BATCH, true},      {"UIB", EDIFACT_INTERACTIVE, true},
    {"STX", EDIFACT_TRADACOMS, true},  {"UNG", EDIFACT_BATCH, false},
    {"UNH", EDIFACT_BATCH, false},     {"UIH", EDIFACT_INTERACTIVE, false},
    {"MHD", EDIFACT_TRADACOMS, false},
};
enum { STARTS = sizeof starts / sizeof *starts };

static int start_at(text s)
{
    for (int i = 0; i < STARTS && s.n > 3; i++)
        if (memcmp(s.p, starts[i].tag, 3) == 0 && separates(s.p[3]) &&
            (s.p[3] == '=') == (starts[i].dialect == EDIFACT_TRADACOMS))
            return i;
    return -1;
}

static bool una_at(text s)
{
    return s.n >= UNA_WIDTH && memcmp(s.p, "UNA", 3) == 0 && separates(s.p[3]) &&
           !isalnum((unsigned char)s.p[4]);
}

size_t edifact_resynchronise(text s, size_t at)
{
    for (; at < s.n; at++) {
        const char *p = memchr(s.p + at, 'U', s.n - at), *q = memchr(s.p + at, 'S', s.n - at);
        p = !p || (q && q < p) ? q : p;
        if (!p)
            return s.n;
        at = (size_t)(p - s.p);
        text rest = text_slice(s, at, s.n);
        int start = start_at(rest);
        if (una_at(rest) || (start >= 0 && starts[start].whole))
            return at;
    }
    return s.n;
}

static size_t skip_breaks(text s, size_t at)
{
    while (at < s.n && (s.p[at] == '\r' || s.p[at] == '\n' || s.p[at] == ' ' || s.p[at] == '\t'))
        at++;
    return at;
}

/* A first line of UNB whose second begins with another tag, and no terminator at its end. */
static bool lines_terminate(text s, const edifact_separators *by)
{
    const char *line = memchr(s.p, '\n', s.n < LOOK_AHEAD ? s.n : LOOK_AHEAD);
    if (!line || memchr(s.p, by->terminator, (size_t)(line - s.p)))
        return false;
    const char *next = line + 1;
    return s.p + s.n - next > 4 && memcmp(next, "UN", 2) == 0 && next[3] == by->element;
}

/* What stands in front of UNH or UNG terminates the UNB; what stands behind "UNOA" parts
 * components. */
static bool separators_shown(text s, edifact_separators *by)
{
    *by = usual;
    by->element = by->tag = s.p[3];
    if (s.n < 9 || !separates(s.p[8]) || s.p[8] == by->element)
        return false;
    by->component = s.p[8];
    size_t end = s.n < LOOK_AHEAD ? s.n : LOOK_AHEAD;
    for (size_t i = 9; i + 4 <= end; i++) {
        if (s.p[i] != 'U' || s.p[i + 1] != 'N' || s.p[i + 3] != by->element)
            continue;
        size_t k = i;
        while (k > 9 && (s.p[k - 1] == '\r' || s.p[k - 1] == '\n'))
            k--;
        by->terminator = s.p[k - 1];
        return separates(by->terminator) && by->terminator != by->element;
    }
    return false;
}

/* The four characters that cut must be usable and differ; a blank releases nothing. */
static bool usable(const edifact_separators *by)
{
    char c[] = {by->component, by->element, by->terminator, by->release};
    int n = by->release ? 4 : 3;
    for (int i = 0; i < n; i++) {
        if (isalnum((unsigned char)c[i]) || c[i] == 0)
            return false;
        for (int k = 0; k < i; k++)
            if (c[k] == c[i])
                return false;
    }
    return by->element != ' ' && by->component != ' ' && by->terminator != ' ';
}

static void read_una(text s, edifact_interchange *i)
{
    i->una = text_slice(s, 3, UNA_WIDTH);
    const char *c = i->una.p;
    i->separators = (edifact_separators){.component = c[0],
                                         .element = c[1],
                                         .decimal = c[2],
                                         .release = c[3] == ' ' ? 0 : c[3],
                                         .repetition = c[4] == ' ' ? 0 : c[4],
                                         .terminator = c[5] == '\r' ? '\n' : c[5],
                                         .tag = c[1]};
}

/* UNB01 as it stands in front of the separators' use: "UNOC:3". */
static void read_syntax(text s, edifact_interchange *i)
{
    const edifact_separators *by = &i->separators;
    text head = text_slice(s, 0, 64);
    const char *end = memchr(head.p, by->terminator, head.n);
    head.n = end ? (size_t)(end - head.p) : head.n;
    text syntax = edifact_element(head, by, 1);
    text version = text_trim(edifact_component(syntax, by, 2));
    i->syntax = text_trim(edifact_component(syntax, by, 1));
    if (version.n == 1 && version.p[0] >= '0' && version.p[0] <= '9')
        i->version = (unsigned)(version.p[0] - '0');
}

/* Without UNA. The detail of the fault that is due, or NULL. */
static const char *told_separators(text s, const char *tag, edifact_interchange *i)
{
    i->separators = usual;
    if (i->dialect == EDIFACT_TRADACOMS) {
        i->separators = tradacoms_separators;
        return NULL;
    }
    if (s.p[3] == controls.element) {
        i->separators = controls;
        return NULL;
    }
    if (s.p[3] == usual.element && lines_terminate(s, &usual)) {
        i->separators.terminator = '\n';
        return "segments end with line breaks, and no UNA says so";
    }
    if (s.p[3] == usual.element)
        return NULL;
    i->broken = strcmp(tag, "UNB") != 0 || !separators_shown(s, &i->separators);
    return i->broken ? "separators other than the usual ones, and no UNA names them"
                     : "separators other than the usual ones without UNA; told from UNB";
}

/* From version 4 on `*` repeats unless UNA says otherwise; before, that place of UNA is reserved.
 */
static void settle_version(edifact_interchange *i, bool whole)
{
    i->version = whole ? i->version : 3;
    if (i->dialect == EDIFACT_TRADACOMS) {
        i->version = 1;
        return;
    }
    if (i->version < 4)
        i->separators.repetition = 0;
    else if (!i->una.n)
        i->separators.repetition = '*';
}

bool edifact_open_interchange(edifact_reader *r)
{
    text s = text_slice(r->source, r->at, r->source.n);
    edifact_interchange i = {.version = 3,
                             .group = (uint32_t)r->groups.n,
                             .message = (uint32_t)r->messages.n,
                             .start = r->at};
    bool una = una_at(s);
    text rest = una ? text_slice(s, skip_breaks(s, UNA_WIDTH), s.n) : s;
    int start = start_at(rest);
    if (!una && start < 0)
        return false;
    i.dialect = start < 0 ? EDIFACT_BATCH : starts[start].dialect;
    bool whole = start >= 0 && starts[start].whole;
    const char *wrong = NULL;
    if (una)
        read_una(s, &i);
    else
        wrong = told_separators(rest, starts[start].tag, &i);
    if (whole)
        read_syntax(rest, &i);
    settle_version(&i, whole);
    bool unusable = !usable(&i.separators);
    i.broken |= start < 0 || unusable;
    vec_push(&r->interchanges, i);
    r->reference = (text){0};
    r->envelope = edifact_envelopes[i.dialect];
    r->at = (size_t)(rest.p - r->source.p);
    edifact_place at =
        edifact_at(r, EDIFACT_INTERCHANGE, una ? "UNA" : r->envelope[0].header, 0, 0);
    if (wrong)
        edifact_fault(r, FAULT_SERVICE_CHARACTERS, i.start, at, "%s", wrong);
    if (unusable)
        edifact_fault(r, FAULT_SERVICE_CHARACTER, i.start, at,
                      "a letter, a digit, or one character for two uses");
    else if (start < 0)
        edifact_fault(r, FAULT_MISSING, r->at, at, "no UNB follows UNA");
    else if (!whole)
        edifact_fault(r, FAULT_MISSING, r->at,
                      edifact_at(r, EDIFACT_INTERCHANGE, r->envelope[0].header, 0, 0),
                      "a fragment that starts at %s", starts[start].tag);
    return true;
}

/* Characters of a line, bytes that go on with one in UTF-8 left out. */
static size_t width(const char *p, size_t n)
{
    size_t w = 0;
    for (size_t i = 0; i < n; i++)
        w += ((unsigned char)p[i] & 0xc0) != 0x80;
    return w;
}

/* The length of the line at `at` without its break, and of the break. */
static size_t line_at(text s, size_t at, size_t *gap)
{
    const char *q = memchr(s.p + at, '\n', s.n - at);
    size_t n = q ? (size_t)(q - s.p) - at : s.n - at;
    *gap = q != NULL;
    if (q && n && s.p[at + n - 1] == '\r') {
        n--;
        ++*gap;
    }
    return n;
}

/* Records of one width cut segments anywhere. The last may be shorter, and so may lines be whose
 * blanks at the end were lost. */
static bool is_wrapped(text s, char terminator)
{
    text first = text_slice(s, 0, WIDEST_LINE);
    ptrdiff_t end = text_find(first, '\n');
    size_t gap, n = end < 10 ? 0 : line_at(s, 0, &gap), lines = 0;
    if (n < 10 || s.p[n - 1] == terminator)
        return false;
    size_t wide = width(s.p, n);
    for (size_t at = 0; at < s.n; lines++) {
        n = line_at(s, at, &gap);
        size_t w = width(s.p + at, n);
        at += n + gap;
        if (w > wide || (w + 3 < wide && at < s.n && text_trim(text_slice(s, at, s.n)).n))
            return false;
    }
    return lines > 2;
}

void edifact_unwrap(edifact_reader *r)
{
    text s = text_slice(r->source, r->at, r->source.n);
    char terminator = una_at(s) ? s.p[8] : '\'';
    if ((!una_at(s) && start_at(s) < 0) || !is_wrapped(s, terminator))
        return;
    char *copy = arena_alloc(r->memory, r->source.n, 1);
    size_t n = r->at, gap, lost = 0;
    memcpy(copy, r->source.p, r->at);
    for (size_t at = 0; at < s.n;) {
        size_t length = line_at(s, at, &gap);
        memcpy(copy + n, s.p + at, length);
        n += length;
        at += length + gap;
        lost += gap;
        vec_push(&r->cuts, (edifact_cut){n, lost});
    }
    r->source = (text){copy, n};
    edifact_place nowhere = edifact_at(r, EDIFACT_INTERCHANGE, "", 0, 0);
    edifact_fault(r, FAULT_CHARACTER, r->cuts.p[0].at - 1, nowhere,
                  "line breaks inside of segments, at one width; read without them");
}
