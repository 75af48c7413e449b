/* edifact_charset.c: bytes that the syntax identifier does not allow.
 *
 * The bytes of an interchange are looked at in one run, whatever segments they lie in; only where
 * one is wrong is its segment searched, so that a sound file costs one pass. */
#include "base/byteset.h"
#include "stdlib/edifact/edifact_read.h"

#include <string.h>

typedef enum { CHARS_A, CHARS_B, CHARS_BYTES, CHARS_UTF8, CHARS_ANY } chars_kind;

typedef struct {
    const char *identifier, *holes, *words;
    chars_kind kind;
} charset;

static const charset charsets[] = {
#define EDIFACT_CHARSET(identifier, kind, holes, words) {#identifier, holes, words, CHARS_##kind},
#include "stdlib/edifact/edifact_charsets.def"
#undef EDIFACT_CHARSET
};

/* What A and B have beside letters, digits and blanks, service characters among them. */
static const char signs[] = ".,-()/=!\"%&*;<>'+:?";

static const charset *charset_of(text identifier)
{
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
        if (text_is(identifier, charsets[i].identifier))
            return &charsets[i];
    return NULL;
}

static void add_range(byteset *s, unsigned first, unsigned last, bool allowed)
{
    for (unsigned c = first; c <= last; c++)
        s->has[c] = allowed;
}

/* Line breaks between segments are nobody's; inside of one they are told by the reader. */
static void allow(const charset *c, const edifact_separators *by, byteset *s)
{
    const char service[] = {by->component, by->element, by->terminator, by->tag, '\r', '\n', '\t'};
    byteset_clear(s);
    add_range(s, '0', '9', true);
    add_range(s, 'A', 'Z', true);
    add_range(s, 'a', 'z', c->kind == CHARS_B);
    for (const char *p = signs; *p; p++)
        s->has[(unsigned char)*p] = true;
    s->has[' '] = true;
    if (c->kind == CHARS_BYTES || c->kind == CHARS_UTF8) {
        add_range(s, 0x20, 0x7e, true);
        add_range(s, c->kind == CHARS_UTF8 ? 0x80 : 0xa0, 0xff, true);
    }
    for (const char *p = c->holes; *p; p += 2)
        add_range(s, (unsigned char)p[0], (unsigned char)p[1], false);
    for (size_t i = 0; i < sizeof service; i++)
        s->has[(unsigned char)service[i]] = true;
    if (by->release)
        s->has[(unsigned char)by->release] = true;
    if (by->repetition)
        s->has[(unsigned char)by->repetition] = true;
    byteset_finish(s);
}

/* The message that holds the byte, or NULL. */
static const edifact_message *message_at(const edifact_reader *r, const char *byte)
{
    size_t lo = 0, hi = r->messages.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (r->messages.p[mid].whole.p <= byte)
            lo = mid + 1;
        else
            hi = mid;
    }
    const edifact_message *m = lo ? &r->messages.p[lo - 1] : NULL;
    return m && byte < m->whole.p + m->whole.n ? m : NULL;
}

/* The segment of the message that holds the byte, and its number from 1. */
static text segment_at(const edifact_reader *r, const edifact_message *m, const char *byte,
                       uint32_t *nth)
{
    edifact_walk w;
    text t = {0};
    *nth = 0;
    edifact_walk_over(&w, &vec_last(&r->interchanges).separators, m->whole, 0);
    while (edifact_next(&w, &t)) {
        ++*nth;
        if (byte < t.p + t.n)
            break;
    }
    return t;
}

/* Of a byte in a segment, in which element and component. */
static void locate(const edifact_reader *r, text segment, const char *byte, edifact_place *p)
{
    edifact_cutter c;
    edifact_part part;
    memcpy(p->tag, segment.p, segment.n < 3 ? segment.n : 3);
    edifact_cut_start(&c, segment, &vec_last(&r->interchanges).separators);
    while (edifact_cut_next(&c, &part))
        if (byte >= part.value.p && byte < part.value.p + part.value.n) {
            p->element = part.element;
            p->component = part.component;
        }
}

/* Sets the place of a byte and returns the end of its segment; a byte in no segment that is kept
 * ends by itself. */
static const char *place_at(const edifact_reader *r, const char *byte, edifact_place *p)
{
    const edifact_interchange *i = &vec_last(&r->interchanges);
    const edifact_message *m = message_at(r, byte);
    text t = i->header;
    uint32_t nth;
    if (m) {
        t = segment_at(r, m, byte, &nth);
        p->level = EDIFACT_MESSAGE;
        p->group = m->group;
        p->message = (uint32_t)(m - r->messages.p);
        p->segment = nth == 1 || (m->closed && nth == m->segments) ? 0 : nth;
    } else if (!(byte >= t.p && byte < t.p + t.n)) {
        return byte + 1;
    }
    locate(r, t, byte, p);
    return t.p + t.n > byte ? t.p + t.n : byte + 1;
}

/* One fault for a segment. Returns where to go on looking. */
static size_t tell(edifact_reader *r, const charset *c, size_t offset)
{
    const char *p = r->source.p + offset;
    edifact_place at = {EDIFACT_INTERCHANGE,
                        (uint32_t)r->interchanges.n - 1,
                        EDIFACT_NOWHERE,
                        EDIFACT_NOWHERE,
                        0,
                        0,
                        0,
                        "",
                        false};
    const char *end = place_at(r, p, &at);
    if (c->kind == CHARS_UTF8)
        edifact_fault(r, FAULT_CHARACTER, offset, at, "byte 0x%02x is no UTF-8, which %s is",
                      (unsigned char)*p, c->identifier);
    else
        edifact_fault(r, FAULT_CHARACTER, offset, at, "byte 0x%02x is not in %s (%s)",
                      (unsigned char)*p, c->identifier, c->words);
    return (size_t)(end - r->source.p);
}

static size_t first_wrong(const charset *c, const byteset *s, text t)
{
    size_t n = byteset_prefix(s, t);
    if (c->kind == CHARS_UTF8) {
        size_t sound = text_utf8_prefix(text_slice(t, 0, n));
        n = sound < n ? sound : n;
    }
    return n;
}

static void check_run(edifact_reader *r, const charset *c, const byteset *s, size_t from, size_t to)
{
    while (from < to && r->faults.n < EDIFACT_FAULTS_MOST) {
        from += first_wrong(c, s, text_slice(r->source, from, to));
        if (from < to)
            from = tell(r, c, from);
    }
}

void edifact_check_characters(edifact_reader *r, const edifact_interchange *i)
{
    const charset *c = charset_of(i->syntax);
    if (i->dialect == EDIFACT_TRADACOMS || !i->header.p)
        return;
    if (!c || i->version > 4 || (i->version == 0 && i->dialect == EDIFACT_BATCH))
        edifact_fault(r, FAULT_SYNTAX, edifact_place_of(r, i->header),
                      edifact_at(r, EDIFACT_INTERCHANGE, r->envelope[0].header, 1, c ? 2 : 1),
                      "%.*s %u", (int)(i->syntax.n < 20 ? i->syntax.n : 20), i->syntax.p,
                      i->version);
    if (!c || c->kind == CHARS_ANY)
        return;
    byteset s;
    allow(c, &i->separators, &s);
    size_t from = edifact_place_of(r, i->header);
    /* What stands between UNO and UNP is of another world. */
    for (uint32_t k = i->message; k < r->messages.n; k++) {
        const edifact_message *m = &r->messages.p[k];
        if (!m->package)
            continue;
        text header = edifact_header_of(m);
        check_run(r, c, &s, from, edifact_place_of(r, header) + header.n);
        from = edifact_place_of(r, m->whole) + m->whole.n;
    }
    check_run(r, c, &s, from, i->end);
}
