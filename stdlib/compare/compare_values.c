/* compare_values.c: what a document says, as values with where each stands, by format. For pairing
 * by content (compare_content.c): separators, layout and control numbers are no part of it.
 */
#include "stdlib/compare/compare_edifact.h"
#include "stdlib/compare/compare_x12.h"
#include "stdlib/csv/csv.h"
#include "stdlib/fixed/fixed.h"
#include "stdlib/xml/xml.h"

static void add(content_values *out, uint64_t where, text value)
{
    value = text_trim(value);
    if (value.n)
        vec_push(out, print_add(where, value));
}

/* Where a value stands: the n-th of a segment or record of that name. */
static uint64_t place(text name, uint32_t n)
{
    return print_add(n, name);
}

/* --- X12 --- */

static void add_x12_segment(text segment, char separator, content_values *out)
{
    text tag = x12_element(segment, separator, 0);
    for (size_t at = tag.n + 1, n = 1; at <= segment.n; n++) {
        const char *end = memchr(segment.p + at, separator, segment.n - at);
        size_t to = end ? (size_t)(end - segment.p) : segment.n;
        add(out, place(tag, (uint32_t)n), text_slice(segment, at, to));
        at = to + 1;
    }
}

void compare_x12_content(arena *a, const unit *u, content_values *out)
{
    const x12_file *f = unit_x12(u);
    const x12_interchange *i = &f->interchange[u->interchange];
    x12_walk w;
    (void)a;
    for (uint32_t k = 0; u->part == WHOLE && k < i->ta1s; k++)
        add_x12_segment(f->ta1[i->ta1 + k], i->separators.element, out);
    if (u->part == WHOLE)
        return;
    const x12_set *s = &f->set[u->part];
    text segment, header = x12_set_header(f, s), trailer = x12_set_trailer(f, s);
    x12_walk_set(&w, f, s);
    while (x12_next(&w, &segment))
        if (segment.p != header.p && segment.p != trailer.p)
            add_x12_segment(segment, i->separators.element, out);
}

/* --- EDIFACT --- */

static void add_edifact_segment(arena *a, text segment, const edifact_separators *by,
                                content_values *out)
{
    text tag = edifact_tag(segment, by);
    uint32_t n = edifact_pieces(segment, by, by->element);
    document_pieces elements = edifact_elements(segment, by);
    for (uint32_t i = 1; i <= n; i++) {
        text element = document_piece(&elements);
        document_pieces components = document_pieces_of(element, by->component, by->release);
        for (uint32_t k = 1; components.at; k++)
            add(out, place(tag, i << 8 | k), edifact_value(a, document_piece(&components), by));
    }
}

void compare_edifact_content(arena *a, const unit *u, content_values *out)
{
    const edifact_file *f = unit_edifact(u);
    edifact_walk w;
    text segment;
    if (u->part == WHOLE)
        return;
    const edifact_message *m = &f->message[u->part];
    text header = edifact_message_header(f, m), trailer = edifact_message_trailer(f, m);
    edifact_walk_message(&w, f, m);
    while (edifact_next(&w, &segment))
        if (segment.p != header.p && segment.p != trailer.p)
            add_edifact_segment(a, segment, unit_separators(u), out);
}

/* --- trees: their readers have made prints; one without values is told by its shape --- */

static void add_json(arena *a, const json_document *d, uint32_t from, content_values *out)
{
    for (uint32_t i = from; i < d->node[from].next; i++) {
        const json_node *n = &d->node[i];
        bool member = n->key_end > n->key_start;
        if (n->kind < JSON_ARRAY)
            vec_push(out, print_add(d->print[i], member ? json_key(a, d, i) : (text){0}));
        if (!n->folded)
            continue;
        arena inside = {0};
        json_document element;
        json_unfold(&inside, d, i, &element);
        add_json(&inside, &element, 0, out);
        arena_release(&inside);
    }
    if (!out->n)
        vec_push(out, d->print[from]);
}

void compare_json_content(arena *a, const unit *u, content_values *out)
{
    add_json(a, u->from->content, u->part == WHOLE ? 0 : u->part, out);
}

static void add_xml(const xml_document *d, uint32_t from, content_values *out)
{
    for (uint32_t i = from; i < d->node[from].next; i++) {
        const xml_node *n = &d->node[i];
        bool says = n->kind == XML_ELEMENT ? n->leaf && !n->blank : n->kind != XML_DOCUMENT;
        if (n->folded) {
            arena inside = {0};
            xml_document element;
            xml_unfold(&inside, d, i, &element);
            add_xml(&element, 0, out);
            arena_release(&inside);
        } else if (says && n->from < n->to) {
            vec_push(out, n->print);
        }
    }
}

void compare_xml_content(arena *a, const unit *u, content_values *out)
{
    const xml_document *d = u->from->content;
    uint32_t from = u->part == WHOLE ? 0 : u->part;
    (void)a;
    add_xml(d, from, out);
    if (!out->n)
        vec_push(out, d->node[from].print);
}

/* --- tables, records, lines, bytes --- */

static void add_row(arena *a, const csv_table *t, uint32_t row, content_values *out)
{
    text *field;
    uint32_t n = csv_fields(a, t, csv_row_text(t, row), &field);
    for (uint32_t i = 0; i < n; i++)
        add(out, text_hash(i < t->columns ? t->column[i] : (text){0}), field[i]);
}

void compare_csv_content(arena *a, const unit *u, content_values *out)
{
    const csv_table *t = u->from->content;
    uint32_t from = u->part == WHOLE ? 0 : u->part, to = u->part == WHOLE ? t->rows : from + 1;
    for (uint32_t i = from; i < to; i++)
        add_row(a, t, i, out);
}

void compare_fixed_content(arena *a, const unit *u, content_values *out)
{
    const fixed_file *f = u->from->content;
    uint32_t from = u->part == WHOLE ? 0 : u->part;
    uint32_t to = u->part == WHOLE ? f->records : f->record[from].last + 1;
    for (uint32_t i = from; i < to; i++) {
        const fixed_row *row = fixed_row_of(f, &f->record[i]);
        fixed_value *value;
        uint32_t n = row ? fixed_values(a, f, &f->record[i], &value) : 0;
        for (uint32_t k = 0; k < n; k++)
            add(out, print_add(text_hash(row->name), value[k].field->name), value[k].value);
        if (!row)
            add(out, 0, f->record[i].raw);
    }
}

void compare_line_content(arena *a, const unit *u, content_values *out)
{
    text t = u->from->bytes;
    (void)a;
    for (size_t at = 0; at < t.n;) {
        const char *nl = memchr(t.p + at, '\n', t.n - at);
        size_t end = nl ? (size_t)(nl - t.p) : t.n;
        add(out, 0, text_slice(t, at, end));
        at = end + 1;
    }
}

void compare_byte_content(arena *a, const unit *u, content_values *out)
{
    (void)a;
    vec_push(out, text_hash(u->from->bytes));
}
