/* comply.c: from what stands in a text to findings, and from those to verdicts. See comply.h. */
#include "stdlib/comply/comply_parts.h"
#include "stdlib/document/mask.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MOST = 40, OBJECT_LEAST = 512, NAME_LONGEST = 4096 };

const char *comply_verdict_word(comply_verdict v)
{
    static const char *const words[] = {"pass", "not evidenced", "fail"};
    return words[v];
}

const char *comply_evidence_word(identifier_evidence e)
{
    static const char *const words[] = {"none", "likely", "certain"};
    return words[e];
}

bool comply_passes(const comply_report *r)
{
    for (unsigned i = 0; i < REGIME_COUNT; i++)
        if (r->verdict[i] != COMPLY_PASS)
            return false;
    return true;
}

/* ---- findings ---- */

void comply_unseen(comply *s, const char *format, ...)
{
    va_list args;
    buffer b = {0};
    va_start(args, format);
    buffer_vprintf(&b, format, args);
    va_end(args);
    vec_push(&s->unseen, text_copy(s->memory, buffer_view(&b)));
    buffer_release(&b);
}

void comply_claims_clear(comply *s)
{
    s->claims = 0;
}

static bool is_claimed(const comply *s, const identifier_hit *h)
{
    for (uint32_t i = 0; i < s->claims; i++)
        if (h->from < s->claim[i].to && s->claim[i].from < h->to)
            return true;
    return false;
}

static bool is_placed(const comply *s, size_t offset)
{
    for (uint32_t i = 0; i < s->placed; i++)
        if (s->findings.p[i].offset == offset)
            return true;
    return false;
}

static void add(comply *s, const identifier_hit *h, text value, const comply_where *w)
{
    size_t at = w->place ? w->place(s, w->self, h->from) : w->offset + h->from;
    if (is_placed(s, document_offset(s->file, at)))
        return;
    uint32_t *count = h->evidence == EVIDENCE_CERTAIN ? s->out->certain : s->out->likely;
    count[h->id]++;
    if (s->findings.n == COMPLY_FINDINGS_MOST) {
        s->out->omitted++;
        return;
    }
    text shown = identifier_masked(s->memory, h->id, value);
    if (shown.n > SHOWN_MOST)
        shown = text_format(s->memory, "%.*s…", SHOWN_MOST, shown.p);
    vec_push(&s->findings,
             (comply_finding){h->id, h->evidence, document_offset(s->file, at),
                              mask_text(s->memory, w->path(s, w->self, h->from)), shown});
}

static identifier_evidence evidence_by(const comply_place *p, identifier id)
{
    return p->certain & IDENTIFIER_BIT(id) ? EVIDENCE_CERTAIN : EVIDENCE_LIKELY;
}

bool comply_value(comply *s, const comply_place *p, text value, size_t at, const comply_where *w)
{
    identifier id;
    if (!identifier_any(p->certain | p->likely, value, &id))
        return false;
    value = text_trim(value);
    identifier_hit h = {id, evidence_by(p, id), at, at + value.n};
    if (is_claimed(s, &h))
        return false;
    if (s->claims < COMPLY_CLAIMS) {
        s->claim[s->claims].from = h.from;
        s->claim[s->claims++].to = h.to;
    }
    add(s, &h, value, w);
    return true;
}

comply_place comply_named(comply *s, text above, text name, bool person)
{
    uint64_t key = print_add(print_add(person ? 3 : 2, above), name);
    size_t slot = key % COMPLY_NAMES;
    if (s->named[slot].key != key) {
        s->named[slot].key = key;
        s->named[slot].place = identifier_named(&s->names, above, name, person);
    }
    return s->named[slot].place;
}

/* Numbers are looked for in words that a place has given a name, or that stand in prose. Of a place
 * with a name the kinds that any value is of hold for values as a whole. */
void comply_text(comply *s, const comply_place *p, text t, const comply_where *w)
{
    for (size_t at = 0, from; identifier_run(t, &at, &from);) {
        comply_place here = *p;
        identifier_hit h;
        if (w->prose) {
            comply_place said = identifier_said(&s->names, t, from);
            here.certain |= said.certain;
            here.likely |= said.likely;
            here.excluded |= said.excluded;
        }
        if (!identifier_at(t, from, at, here.certain | here.likely, &h))
            continue;
        at = h.to > at ? h.to : at;
        if (h.evidence == EVIDENCE_CERTAIN && (here.likely & IDENTIFIER_BIT(h.id)))
            h.evidence = evidence_by(&here, h.id);
        bool passed = h.evidence == EVIDENCE_LIKELY &&
                      (here.excluded || (w->excluded && w->excluded(s, w->self, h.from)));
        if (!passed && !is_claimed(s, &h))
            add(s, &h, text_slice(t, h.from, h.to), w);
    }
}

bool comply_is_object(text value)
{
    if (value.n < OBJECT_LEAST)
        return false;
    for (size_t i = 0; i < OBJECT_LEAST; i++) {
        unsigned char c = (unsigned char)value.p[i], letter = (unsigned char)((c | 0x20) - 'a');
        if (letter >= 26 && (c < '0' || c > '9') && !strchr("+/=\r\n", c))
            return false;
    }
    return true;
}

/* ---- a file ---- */

static text path_of_name(comply *s, void *self, size_t at)
{
    return TEXT("name");
}

/* With the folders below the one that was named: they came with it. */
static void scan_name(comply *s)
{
    const comply_place nothing = {0};
    comply_where w = {.path = path_of_name, .prose = true};
    const document_file *file = s->file, none = {0};
    s->file = &none; /* places in a name are none in the file */
    comply_text(s, &nothing, text_slice(file->name, 0, NAME_LONGEST), &w);
    s->file = file;
}

static void scan_content(comply *s)
{
    static void (*const by_kind[KIND_COUNT])(comply *) = {
        [KIND_X12] = comply_x12,           [KIND_EDIFACT] = comply_edifact,
        [KIND_TRADACOMS] = comply_edifact, [KIND_JSON] = comply_json,
        [KIND_XML] = comply_xml,           [KIND_CSV] = comply_csv,
        [KIND_FIXED] = comply_fixed,       [KIND_YAML] = comply_spec,
        [KIND_OPENAPI] = comply_spec};
    const document_file *f = s->file;
    if (f->kind == KIND_BYTES)
        comply_unseen(s, "it is of no kind that can be read");
    /* Contracts are looked at as text anyway. */
    if (f->broken && !document_is_contract(f->kind))
        comply_unseen(s, "it cannot be read as %s: looked at as text", document_kind_word(f->kind));
    for (uint32_t i = 0; i < f->faults; i++)
        if (text_is(f->fault[i].code, "encoding"))
            comply_unseen(s, "bytes that are no characters of its encoding");
    if (by_kind[f->kind] && f->content && !f->broken)
        by_kind[f->kind](s);
    else if (comply_is_hl7(f->bytes))
        comply_hl7(s);
    else
        comply_lines(s);
    if (s->objects)
        comply_unseen(s, "%u embedded object%s", s->objects, s->objects == 1 ? "" : "s");
}

static bool any_concerns(const uint32_t count[ID_COUNT], unsigned regime)
{
    for (int id = 0; id < ID_COUNT; id++)
        if (count[id] && identifier_of((identifier)id)->regimes & 1u << regime)
            return true;
    return false;
}

static void judge(comply_report *r)
{
    for (unsigned i = 0; i < REGIME_COUNT; i++)
        r->verdict[i] = any_concerns(r->certain, i)                ? COMPLY_FAIL
                        : any_concerns(r->likely, i) || r->unseens ? COMPLY_NOT_EVIDENCED
                                                                   : COMPLY_PASS;
}

static int by_offset(const void *a, const void *b)
{
    const comply_finding *x = a, *y = b;
    bool named = text_is(x->path, "name"), other = text_is(y->path, "name");
    if (named != other)
        return named ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

void comply_scan(arena *a, const document_file *f, comply_report *out)
{
    comply *s = calloc(1, sizeof *s);
    if (!s)
        memory_exhausted();
    s->memory = a;
    s->file = f;
    s->out = out;
    *out = (comply_report){0};
    identifier_names_init(&s->names);
    scan_name(s);
    scan_content(s);
    comply_finding *finding = arena_array(a, comply_finding, s->findings.n);
    text *unseen = arena_array(a, text, s->unseen.n);
    if (s->findings.n) {
        memcpy(finding, s->findings.p, s->findings.n * sizeof *finding);
        qsort(finding, s->findings.n, sizeof *finding, by_offset);
    }
    if (s->unseen.n)
        memcpy(unseen, s->unseen.p, s->unseen.n * sizeof *unseen);
    out->finding = finding;
    out->findings = (uint32_t)s->findings.n;
    out->unseen = unseen;
    out->unseens = (uint32_t)s->unseen.n;
    judge(out);
    vec_release(&s->findings);
    vec_release(&s->unseen);
    arena_release(&s->scratch);
    free(s);
}

/* ---- as JSON ---- */

static void put_finding(json_writer *w, const comply_finding *f)
{
    const identifier_kind *k = identifier_of(f->id);
    json_object(w);
    json_add_cstr(w, "rule", k->code);
    json_add_cstr(w, "family", identifier_family_word(k->family));
    json_add_cstr(w, "evidence", comply_evidence_word(f->evidence));
    json_add_text(w, "path", f->path);
    json_add_int(w, "offset", (int64_t)f->offset);
    json_add_text(w, "value", f->shown);
    json_add_array(w, "concerns");
    for (unsigned i = 0; i < REGIME_COUNT; i++)
        if (k->regimes & 1u << i)
            json_put_cstr(w, identifier_regime_word(i));
    json_array_end(w);
    json_object_end(w);
}

static void put_counts(json_writer *w, const comply_report *r)
{
    json_add_object(w, "counts");
    for (int id = 0; id < ID_COUNT; id++)
        if (r->certain[id] + r->likely[id]) {
            json_put_key(w, identifier_of((identifier)id)->code);
            json_put_int(w, (int64_t)r->certain[id] + r->likely[id]);
        }
    json_object_end(w);
}

void comply_write_json(json_writer *w, const comply_report *r)
{
    json_object(w);
    json_add_array(w, "findings");
    for (uint32_t i = 0; i < r->findings; i++)
        put_finding(w, &r->finding[i]);
    json_array_end(w);
    if (r->omitted)
        json_add_int(w, "findings_omitted", r->omitted);
    put_counts(w, r);
    json_add_array(w, "unseen");
    for (uint32_t i = 0; i < r->unseens; i++)
        json_put_text(w, r->unseen[i]);
    json_array_end(w);
    json_add_object(w, "verdicts");
    for (unsigned i = 0; i < REGIME_COUNT; i++)
        json_add_cstr(w, identifier_regime_word(i), comply_verdict_word(r->verdict[i]));
    json_object_end(w);
    json_object_end(w);
}
