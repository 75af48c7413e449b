/* prove_edifact.c: where defects are put into EDIFACT and TRADACOMS, and their counts made right
 * again. A file that was wrapped is read from a copy, whose places are none of the file.
 */
#include "stdlib/compare/compare_edifact.h"

#include <string.h>

static text with_terminator(const edifact_file *f, text slice, const edifact_separators *by)
{
    return prove_terminated(f->source, slice, by->terminator);
}

/* A number with a decimal mark of either kind, which the syntax allows in any interchange. */
static bool has_mark(text t)
{
    size_t digits = 0, marks = 0;
    for (size_t i = t.n && t.p[0] == '-'; i < t.n; i++) {
        bool mark = t.p[i] == '.' || t.p[i] == ',';
        if (!mark && (t.p[i] < '0' || t.p[i] > '9'))
            return false;
        marks += mark;
        digits += !mark;
    }
    return digits && marks == 1;
}

static void add_component(arena *a, const place_ref *at, text v, const edifact_separators *by,
                          prove_places *out)
{
    if (!v.n || (by->release && memchr(v.p, by->release, v.n)))
        return;
    text ref = text_format(a, "%.*s%02u-%u", TEXT_ARG(at->tag), at->element, at->component);
    if (has_mark(v))
        prove_add(out, PLACE_AMOUNT, v, ref);
    else
        prove_add_value(out, v, ref, compare_edifact_money(at));
}

static void add_values(arena *a, text segment, const edifact_separators *by, prove_places *out)
{
    place_ref at = {edifact_tag(segment, by), 1, 0};
    uint32_t n = edifact_pieces(segment, by, by->element);
    if (text_is(at.tag, "DTM"))
        return;
    document_pieces elements = edifact_elements(segment, by);
    for (; at.element <= n; at.element++) {
        text element = document_piece(&elements);
        document_pieces components = document_pieces_of(element, by->component, by->release);
        for (at.component = 1; components.at; at.component++)
            add_component(a, &at, document_piece(&components), by, out);
    }
}

static void add_message(arena *a, const edifact_file *f, const edifact_message *m,
                        prove_places *out)
{
    const edifact_separators *by = edifact_separators_of(f, m);
    text segment, header = edifact_message_header(f, m), trailer = edifact_message_trailer(f, m);
    edifact_walk w;
    document_tree t;
    prove_add(out, PLACE_DOCUMENT, with_terminator(f, m->whole, by), edifact_type(f, m));
    edifact_walk_message(&w, f, m);
    while (edifact_next(&w, &segment)) {
        if (segment.p == header.p || segment.p == trailer.p)
            continue;
        prove_add(out, PLACE_RECORD, with_terminator(f, segment, by), edifact_tag(segment, by));
        add_values(a, segment, by, out);
    }
    edifact_tree(a, f, m, &t);
    prove_add_loops(out, f->source, &t, by->terminator);
}

void compare_edifact_places(arena *a, const document_file *file, prove_places *out)
{
    const edifact_file *f = file->content;
    for (uint32_t i = 0; i < f->messages && !f->cuts; i++)
        if (!f->message[i].package)
            add_message(a, f, &f->message[i], out);
}

/* ---- counts ---- */

static void set_count(arena *a, const edifact_file *f, const edifact_interchange *i,
                      edifact_level level, text trailer, size_t n, prove_edits *out)
{
    uint32_t element = edifact_count_element(i->dialect, level);
    if (trailer.n && element)
        prove_set_count(a, f->source, edifact_element(trailer, &i->separators, element), n, out);
}

text compare_edifact_repair(arena *a, const compare_options *o, text bytes)
{
    edifact_file f;
    prove_edits edits = {0};
    (void)o;
    edifact_read(a, bytes, &f);
    for (uint32_t i = 0; i < f.messages && !f.cuts; i++)
        set_count(a, &f, &f.interchange[f.message[i].interchange], EDIFACT_MESSAGE,
                  edifact_message_trailer(&f, &f.message[i]), f.message[i].segments, &edits);
    for (uint32_t i = 0; i < f.groups && !f.cuts; i++)
        set_count(a, &f, &f.interchange[f.group[i].interchange], EDIFACT_GROUP, f.group[i].trailer,
                  f.group[i].messages, &edits);
    for (uint32_t i = 0; i < f.interchanges && !f.cuts; i++) {
        const edifact_interchange *x = &f.interchange[i];
        bool groups = x->groups && x->dialect == EDIFACT_BATCH;
        set_count(a, &f, x, EDIFACT_INTERCHANGE, x->trailer, groups ? x->groups : x->messages,
                  &edits);
    }
    return prove_repaired(a, bytes, &edits);
}
