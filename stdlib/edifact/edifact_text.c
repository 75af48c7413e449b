/* edifact_text.c: segments, elements, repetitions and components as views, with release characters;
 * and the names by which business knows what it finds there. */
#include "stdlib/edifact/edifact_read.h"

const edifact_envelope edifact_envelopes[EDIFACT_DIALECTS][EDIFACT_LEVELS] = {
    [EDIFACT_BATCH] = {{"UNB", "UNZ", 5, 1, 2}, {"UNG", "UNE", 5, 1, 2}, {"UNH", "UNT", 1, 1, 2}},
    [EDIFACT_INTERACTIVE] = {{"UIB", "UIZ", 2, 2, 1}, {"", "", 0, 0, 0}, {"UIH", "UIT", 2, 2, 1}},
    [EDIFACT_TRADACOMS] = {{"STX", "END", 5, 1, 0},
                           {"BAT", "EOB", 0, 1, 0},
                           {"MHD", "MTR", 1, 1, 0}},
};

const char *edifact_header_tag(edifact_dialect d, edifact_level level)
{
    return edifact_envelopes[d][level].header;
}

const char *edifact_trailer_tag(edifact_dialect d, edifact_level level)
{
    return edifact_envelopes[d][level].trailer;
}

uint32_t edifact_count_element(edifact_dialect d, edifact_level level)
{
    return edifact_envelopes[d][level].count;
}

/* Piece n of t, from 0. */
static text piece(text t, const edifact_separators *by, char separator, uint32_t n)
{
    document_pieces w = document_pieces_of(t, separator, by->release);
    for (; n > 0 && w.at; n--)
        document_piece(&w);
    return document_piece(&w);
}

uint32_t edifact_pieces(text t, const edifact_separators *by, char separator)
{
    uint32_t n = 1;
    document_pieces w = document_pieces_of(t, separator, by->release);
    for (document_piece(&w); w.at; n++)
        document_piece(&w);
    return n;
}

/* A tag ends where the elements begin, or at a component separator: `LIN:1:2` bears nesting. */
text edifact_tag(text segment, const edifact_separators *by)
{
    size_t n = 0;
    while (n < segment.n && segment.p[n] != by->tag && segment.p[n] != by->element &&
           segment.p[n] != by->component)
        n++;
    return (text){segment.p, n};
}

static text behind_tag(text segment, const edifact_separators *by)
{
    size_t n = edifact_tag(segment, by).n;
    while (n < segment.n && segment.p[n] != by->tag && segment.p[n] != by->element)
        n++;
    return text_slice(segment, n < segment.n ? n + 1 : segment.n, segment.n);
}

document_pieces edifact_elements(text segment, const edifact_separators *by)
{
    return document_pieces_of(behind_tag(segment, by), by->element, by->release);
}

text edifact_element(text segment, const edifact_separators *by, uint32_t n)
{
    return n ? piece(behind_tag(segment, by), by, by->element, n - 1) : edifact_tag(segment, by);
}

text edifact_repeat(text element, const edifact_separators *by, uint32_t n)
{
    return piece(element, by, by->repetition, n - 1);
}

text edifact_component(text element, const edifact_separators *by, uint32_t n)
{
    return piece(element, by, by->component, n - 1);
}

text edifact_value(arena *a, text raw, const edifact_separators *by)
{
    if (!by->release || !raw.n || !memchr(raw.p, by->release, raw.n))
        return raw;
    char *p = arena_alloc(a, raw.n, 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        i += raw.p[i] == by->release && i + 1 < raw.n;
        p[n++] = raw.p[i];
    }
    return (text){p, n};
}

void edifact_cut_start(edifact_cutter *w, text segment, const edifact_separators *by)
{
    text rest = behind_tag(segment, by);
    *w = (edifact_cutter){rest.p, rest.p + rest.n, by, {{NULL, 0}, 1, 1, 1}};
    if (rest.n == 0)
        w->p = NULL;
}

bool edifact_cut_next(edifact_cutter *w, edifact_part *out)
{
    if (!w->p)
        return false;
    const edifact_separators *by = w->by;
    const char *p = w->p;
    char c = 0;
    for (; p < w->end; p++) {
        c = *p;
        if (c == by->element || c == by->component || (c == by->repetition && c))
            break;
        if (c == by->release && c && ++p == w->end)
            break;
    }
    p = p < w->end ? p : w->end;
    *out = w->next;
    out->value = (text){w->p, (size_t)(p - w->p)};
    w->p = p < w->end ? p + 1 : NULL;
    if (c == by->component)
        w->next.component++;
    else if (c == by->element)
        w->next = (edifact_part){{NULL, 0}, w->next.element + 1, 1, 1};
    else
        w->next = (edifact_part){{NULL, 0}, w->next.element, w->next.repeat + 1, 1};
    return true;
}

const edifact_separators *edifact_separators_of(const edifact_file *f, const edifact_message *m)
{
    return &f->interchange[m->interchange].separators;
}

text edifact_message_value(const edifact_file *f, const edifact_message *m, text segment,
                           uint32_t element, uint32_t component)
{
    const edifact_separators *by = edifact_separators_of(f, m);
    text e = edifact_repeat(edifact_element(segment, by, element), by, 1);
    return component ? edifact_component(e, by, component) : e;
}

text edifact_message_header(const edifact_file *f, const edifact_message *m)
{
    (void)f;
    return text_slice(m->whole, 0, m->header);
}

/* The last segment, from the last terminator in front of it that is not released. */
text edifact_message_trailer(const edifact_file *f, const edifact_message *m)
{
    const edifact_separators *by = edifact_separators_of(f, m);
    size_t at = m->whole.n;
    const char *p = m->whole.p;
    if (!m->closed)
        return (text){0};
    while (at > 0 &&
           (p[at - 1] != by->terminator || edifact_is_released(p, 0, at - 1, by->release)))
        at--;
    while (at < m->whole.n && (p[at] == ' ' || p[at] == '\t' || p[at] == '\r' || p[at] == '\n'))
        at++;
    return text_slice(m->whole, at, m->whole.n);
}

text edifact_message_body(const edifact_file *f, const edifact_message *m)
{
    text header = edifact_message_header(f, m), trailer = edifact_message_trailer(f, m);
    size_t from = header.n + 1, to = trailer.p ? (size_t)(trailer.p - m->whole.p) : m->whole.n;
    return text_slice(m->whole, from, to > from ? to : from);
}

static edifact_dialect dialect_of(const edifact_file *f, const edifact_message *m)
{
    return f->interchange[m->interchange].dialect;
}

text edifact_type(const edifact_file *f, const edifact_message *m)
{
    if (m->package)
        return TEXT("UNO");
    uint32_t element = dialect_of(f, m) == EDIFACT_INTERACTIVE ? 1 : 2;
    return text_trim(edifact_message_value(f, m, edifact_message_header(f, m), element, 1));
}

text edifact_reference(const edifact_file *f, const edifact_message *m)
{
    uint32_t element = edifact_envelopes[dialect_of(f, m)][EDIFACT_MESSAGE].reference;
    return text_trim(edifact_message_value(f, m, edifact_message_header(f, m), element, 1));
}

text edifact_release(arena *a, const edifact_file *f, const edifact_message *m)
{
    uint32_t element = dialect_of(f, m) == EDIFACT_INTERACTIVE ? 1 : 2;
    text version = text_trim(edifact_message_value(f, m, edifact_message_header(f, m), element, 2));
    text release = text_trim(edifact_message_value(f, m, edifact_message_header(f, m), element, 3));
    return text_format(a, "%.*s%.*s", TEXT_ARG(version), TEXT_ARG(release));
}

text edifact_header_element(const edifact_interchange *i, uint32_t element)
{
    return edifact_element(i->header, &i->separators, element);
}

text edifact_interchange_reference(const edifact_interchange *i)
{
    uint32_t element = edifact_envelopes[i->dialect][EDIFACT_INTERCHANGE].reference;
    return text_trim(edifact_component(edifact_header_element(i, element), &i->separators, 1));
}

text edifact_find(const edifact_file *f, const edifact_message *m, text tag)
{
    edifact_walk w;
    edifact_walk_message(&w, f, m);
    for (text t; edifact_next(&w, &t);)
        if (text_starts(t, tag) && edifact_tag(t, &w.by).n == tag.n)
            return t;
    return (text){0};
}
