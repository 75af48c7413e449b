/* edifact.c: splits a file into segments and follows the envelopes they open and close.
 *
 * A segment is cut at its separators only when a table asks for a check. The state is what is open
 * (interchange, group, message); a header or trailer in the wrong place closes what it must and
 * leaves a fault.
 */
#include "stdlib/edifact/edifact_read.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *code, *what;
} faults[FAULT_KINDS] = {
#define EDIFACT_FAULT(name, c, w) {c, w},
#include "stdlib/edifact/edifact_faults.def"
#undef EDIFACT_FAULT
};

const char *edifact_error_words(text code)
{
    for (size_t i = 0; i < FAULT_KINDS; i++)
        if (text_is(code, faults[i].code))
            return faults[i].what;
    return NULL;
}

edifact_place edifact_at(const edifact_reader *r, edifact_level level, const char *tag,
                         uint32_t element, uint32_t component)
{
    edifact_place p = {
        level, EDIFACT_NOWHERE, EDIFACT_NOWHERE, EDIFACT_NOWHERE, 0, element, component, "", false};
    if (r->interchanges.n)
        p.interchange = (uint32_t)r->interchanges.n - 1;
    if (level != EDIFACT_INTERCHANGE && r->in_group)
        p.group = (uint32_t)r->groups.n - 1;
    if (level == EDIFACT_MESSAGE && r->messages.n)
        p.message = (uint32_t)r->messages.n - 1;
    memcpy(p.tag, tag, strlen(tag) < 3 ? strlen(tag) : 3);
    return p;
}

edifact_place edifact_at_segment(const edifact_reader *r, text segment, uint32_t element,
                                 uint32_t component)
{
    edifact_level level = r->in_message ? EDIFACT_MESSAGE
                          : r->in_group ? EDIFACT_GROUP
                                        : EDIFACT_INTERCHANGE;
    edifact_place p = edifact_at(r, level, "", element, component);
    if (r->in_message && segment.n)
        p.segment = vec_last(&r->messages).segments;
    memcpy(p.tag, segment.p, segment.n < 3 ? segment.n : 3);
    return p;
}

/* "UNB[1].UNG[2].UNH[3].QTY@7.01.2" */
static text path_of(edifact_reader *r, const edifact_place *p)
{
    if (p->interchange == EDIFACT_NOWHERE)
        return (text){0};
    const edifact_interchange *i = &r->interchanges.p[p->interchange];
    const edifact_envelope *e = edifact_envelopes[i->dialect];
    buffer b;
    buffer_init(&b);
    buffer_printf(&b, "%s[%u]", e[EDIFACT_INTERCHANGE].header, p->interchange + 1);
    uint32_t first = i->message;
    if (p->group != EDIFACT_NOWHERE) {
        buffer_printf(&b, ".%s[%u]", e[EDIFACT_GROUP].header, p->group - i->group + 1);
        first = r->groups.p[p->group].message;
    }
    if (p->message != EDIFACT_NOWHERE)
        buffer_printf(&b, ".%s[%u]", e[EDIFACT_MESSAGE].header, p->message - first + 1);
    if (p->tag[0])
        buffer_printf(&b, ".%s", p->tag);
    if (p->segment && !p->absent)
        buffer_printf(&b, "@%u", p->segment);
    if (p->element)
        buffer_printf(&b, ".%02u", p->element);
    if (p->component)
        buffer_printf(&b, ".%u", p->component);
    text path = text_copy(r->memory, buffer_view(&b));
    buffer_release(&b);
    return path;
}

/* Where in the file the byte stands that stands there in the copy. */
static size_t in_file(const edifact_cut *cut, size_t cuts, size_t offset)
{
    size_t lo = 0, hi = cuts;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (cut[mid].at <= offset)
            lo = mid + 1;
        else
            hi = mid;
    }
    return offset + (lo ? cut[lo - 1].gap : 0);
}

size_t edifact_offset(const edifact_file *f, text view)
{
    return in_file(f->cut, f->cuts, (size_t)(view.p - f->source.p));
}

void edifact_fault(edifact_reader *r, edifact_fault_kind kind, size_t offset, edifact_place where,
                   const char *detail, ...)
{
    if (r->faults.n == EDIFACT_FAULTS_MOST) {
        r->faults_omitted++;
        return;
    }
    buffer b;
    buffer_init(&b);
    buffer_cstr(&b, faults[kind].what);
    if (detail) {
        va_list args;
        va_start(args, detail);
        buffer_cstr(&b, ": ");
        buffer_vprintf(&b, detail, args);
        va_end(args);
    }
    document_fault f = {text_of(faults[kind].code), text_copy(r->memory, buffer_view(&b)),
                        in_file(r->cuts.p, r->cuts.n, offset), path_of(r, &where)};
    buffer_release(&b);
    vec_push(&r->faults, (edifact_flaw){f, where});
}

static bool is_break(char c)
{
    return c == '\r' || c == '\n';
}

static bool tag_valid(text t, const edifact_separators *s)
{
    if (t.n < 3 || t.p[0] < 'A' || t.p[0] > 'Z')
        return false;
    for (int i = 1; i < 3; i++)
        if (!((t.p[i] >= 'A' && t.p[i] <= 'Z') || (t.p[i] >= '0' && t.p[i] <= '9')))
            return false;
    return t.n == 3 || t.p[3] == s->tag || t.p[3] == s->component;
}

static void outside(edifact_reader *r, text segment)
{
    edifact_fault(r, FAULT_OUTSIDE, edifact_place_of(r, segment),
                  edifact_at_segment(r, segment, 0, 0), "%.*s outside of a message",
                  (int)(segment.n < 3 ? segment.n : 3), segment.p);
}

static void invalid_tag(edifact_reader *r, text segment)
{
    text tag = edifact_tag(segment, &r->walk.by);
    edifact_fault(r, FAULT_PLACE, edifact_place_of(r, segment),
                  edifact_at_segment(r, segment, 0, 0), "%.*s is no tag of three letters or digits",
                  (int)(tag.n < 20 ? tag.n : 20), tag.p);
}

/* A segment that is neither header nor trailer. */
static void inside(edifact_reader *r, text segment)
{
    if (r->in_message)
        edifact_add_segment(&vec_last(&r->messages), segment);
    if (!tag_valid(segment, &r->walk.by))
        invalid_tag(r, segment);
    else if (!r->in_message)
        outside(r, segment);
    else if (r->checked[edifact_check_slot(segment.p)])
        edifact_check_segment(r, segment, EDIFACT_LEVELS);
}

static bool tag_is(text segment, const char *tag, const edifact_separators *s)
{
    return memcmp(segment.p, tag, 3) == 0 && (segment.n == 3 || segment.p[3] == s->tag);
}

/* Whether an interchange starts here, in the middle of one that has not ended. */
static bool starts_another(edifact_reader *r, text segment)
{
    const edifact_interchange *i = edifact_open(r);
    if (segment.n > 8 && memcmp(segment.p, "UNA", 3) == 0 && i->dialect != EDIFACT_TRADACOMS)
        return true;
    return tag_is(segment, r->envelope[EDIFACT_INTERCHANGE].header, &r->walk.by) &&
           (i->header.p || i->messages || i->groups);
}

/* Takes a header or trailer; false when it ended the interchange or belongs to the next. */
static bool take_envelope(edifact_reader *r, text t, bool *taken)
{
    const edifact_separators *by = &r->walk.by;
    *taken = true;
    if (starts_another(r, t)) {
        r->walk.at = edifact_place_of(r, t);
        return false;
    }
    for (edifact_level level = EDIFACT_INTERCHANGE; level < EDIFACT_LEVELS; level++) {
        if (tag_is(t, r->envelope[level].header, by)) {
            edifact_take_header(r, level, t);
            return true;
        }
        if (tag_is(t, r->envelope[level].trailer, by))
            return edifact_take_trailer(r, level, t);
    }
    if (edifact_open(r)->dialect == EDIFACT_BATCH && tag_is(t, "UNO", by))
        edifact_take_package(r, t);
    else if (r->in_message && vec_last(&r->messages).package && tag_is(t, "UNP", by))
        edifact_end_package(r, t);
    else
        *taken = false;
    return true;
}

/* Nearly every segment is data: two letters tell that EDIFACT's is no envelope. */
static bool may_be_envelope(const edifact_reader *r, text t)
{
    const char *header = r->envelope[EDIFACT_INTERCHANGE].header;
    return t.n >= 3 &&
           (header[0] == 'S' || (t.p[0] == 'U' && (t.p[1] == 'N' || t.p[1] == header[1])));
}

/* What only shows at the end of a segment. */
static void check_end(edifact_reader *r, text t)
{
    edifact_place at = edifact_at_segment(r, t, 0, 0);
    if (!r->walk.terminated)
        edifact_fault(r, FAULT_MISSING, r->source.n, at, "the last segment has no terminator");
    if (r->walk.line != SIZE_MAX)
        edifact_fault(r, FAULT_CHARACTER, r->walk.line, at, "a line break inside of a segment");
}

/* Takes one segment; false when it ended the interchange or belongs to the next. */
static bool take(edifact_reader *r, text t)
{
    bool taken = false;
    if (t.n == 0) {
        edifact_fault(r, FAULT_PLACE, edifact_place_of(r, t), edifact_at_segment(r, t, 0, 0),
                      "an empty segment");
        return true;
    }
    if (may_be_envelope(r, t) && !take_envelope(r, t, &taken))
        return false;
    if (!taken)
        inside(r, t);
    if (!r->walk.terminated || r->walk.line != SIZE_MAX)
        check_end(r, t);
    return true;
}

/* Small interchanges may follow one another by the thousand: what is scanned already serves the
 * next one when it ends its segments alike. */
static void walk_on(edifact_reader *r)
{
    const edifact_separators *by = &edifact_open(r)->separators;
    if (r->walking && r->walk.by.terminator == by->terminator) {
        r->walk.by = *by;
        r->walk.at = r->at;
        scan_seek(&r->walk.ends, r->at);
    } else {
        edifact_walk_over(&r->walk, by, r->source, r->at);
    }
    r->walking = true;
}

static void read_interchange(edifact_reader *r)
{
    text t;
    walk_on(r);
    while (edifact_walk_next(&r->walk, &t) && take(r, t))
        ;
    r->at = r->walk.at;
    edifact_end_group(r, r->at);
    edifact_interchange *i = edifact_open(r);
    i->end = r->at;
    if (!i->trailer.p && i->header.p) {
        i->broken = true;
        edifact_fault(r, FAULT_MISSING, r->at,
                      edifact_at(r, EDIFACT_INTERCHANGE, r->envelope[0].trailer, 0, 0),
                      "the interchange has no trailer");
    }
    edifact_check_characters(r, i);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || is_break(c) || c == 0 || c == 0x1a;
}

static void read_all(edifact_reader *r)
{
    text s = r->source;
    for (;;) {
        while (r->at < s.n && is_blank(s.p[r->at]))
            r->at++;
        if (r->at >= s.n)
            return;
        r->in_group = r->in_message = false;
        if (edifact_open_interchange(r)) {
            if (!edifact_open(r)->broken) {
                read_interchange(r);
                continue;
            }
            edifact_open(r)->end = r->at;
            r->at = edifact_open(r)->start + 1;
        } else {
            edifact_place nowhere = {EDIFACT_INTERCHANGE,
                                     EDIFACT_NOWHERE,
                                     EDIFACT_NOWHERE,
                                     EDIFACT_NOWHERE,
                                     0,
                                     0,
                                     0,
                                     "",
                                     false};
            edifact_fault(r, FAULT_OUTSIDE, r->at, nowhere, "no interchange starts here");
            r->at++;
        }
        r->at = edifact_resynchronise(s, r->at);
    }
}

static int by_offset(const void *a, const void *b)
{
    const document_fault *x = &((const edifact_flaw *)a)->shown;
    const document_fault *y = &((const edifact_flaw *)b)->shown;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    int c = text_compare(x->code, y->code);
    return c ? c : text_compare(x->path, y->path);
}

static void keep_faults(edifact_reader *r, edifact_file *out)
{
    size_t n = r->faults.n;
    if (n)
        qsort(r->faults.p, n, sizeof *r->faults.p, by_offset);
    out->fault = arena_array(r->memory, document_fault, n);
    out->place = arena_array(r->memory, edifact_place, n);
    for (size_t i = 0; i < n; i++) {
        out->fault[i] = r->faults.p[i].shown;
        out->place[i] = r->faults.p[i].place;
    }
    out->faults = (uint32_t)n;
    out->faults_omitted = r->faults_omitted;
}

void edifact_read(arena *a, text source, edifact_file *out)
{
    edifact_reader r = {.memory = a, .source = source, .checked = edifact_checks(a)};
    edifact_place nowhere = edifact_at(&r, EDIFACT_INTERCHANGE, "", 0, 0);
    if (source.n >= 3 && memcmp(source.p, "\xef\xbb\xbf", 3) == 0)
        r.at = 3;
    edifact_unwrap(&r);
    read_all(&r);
    if (!r.interchanges.n && !r.faults.n)
        edifact_fault(&r, FAULT_MISSING, 0, nowhere, "the file is empty");
    edifact_check_unique(&r);
    *out = (edifact_file){.source = r.source,
                          .interchange = vec_keep(a, &r.interchanges),
                          .group = vec_keep(a, &r.groups),
                          .message = vec_keep(a, &r.messages),
                          .cut = vec_keep(a, &r.cuts),
                          .cuts = (uint32_t)r.cuts.n,
                          .interchanges = (uint32_t)r.interchanges.n,
                          .groups = (uint32_t)r.groups.n,
                          .messages = (uint32_t)r.messages.n};
    keep_faults(&r, out);
    vec_release(&r.faults);
}

void edifact_resume(arena *a, const edifact_file *f, edifact_reader *r)
{
    *r = (edifact_reader){.memory = a, .source = f->source, .faults_omitted = f->faults_omitted};
    r->interchanges.p = f->interchange;
    r->interchanges.n = f->interchanges;
    r->groups.p = f->group;
    r->groups.n = f->groups;
    r->cuts.p = f->cut;
    r->cuts.n = f->cuts;
    for (uint32_t i = 0; i < f->faults; i++)
        vec_push(&r->faults, (edifact_flaw){f->fault[i], f->place[i]});
}

void edifact_end_resumed(edifact_reader *r, edifact_file *f)
{
    keep_faults(r, f);
    vec_release(&r->faults);
}
