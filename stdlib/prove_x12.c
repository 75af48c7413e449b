/* prove_x12.c: where defects are put into X12, and its counts made right again. */
#include "stdlib/compare_x12.h"

#include <stdlib.h>

/* A slice with the terminator behind it, and the line break behind that. */
static text with_terminator(const x12_file *f, text slice, char terminator)
{
    size_t end = x12_offset(f, slice) + slice.n;
    if (end < f->source.n && f->source.p[end] == terminator)
        end++;
    while (end < f->source.n && (f->source.p[end] == '\r' || f->source.p[end] == '\n'))
        end++;
    return text_slice(f->source, x12_offset(f, slice), end);
}

static void add_elements(arena *a, prove_places *out, text segment, const x12_separators *by)
{
    place_ref at = {x12_element(segment, by->element, 0), 1, 0};
    size_t last = segment.n;
    for (; at.element < 100; at.element++) {
        text v = x12_element(segment, by->element, at.element);
        if ((size_t)(v.p - segment.p) + v.n >= last && v.n == 0)
            return;
        if (by->component && text_find(v, by->component) >= 0)
            continue;
        x12_type type = x12_type_of(at.tag, at.element);
        if (type == X12_DT || type == X12_TM)
            continue;
        text ref = text_format(a, "%.*s%02u", TEXT_ARG(at.tag), at.element);
        prove_add_value(out, v, ref, compare_x12_money(&at));
        if ((size_t)(v.p - segment.p) + v.n >= last)
            return;
    }
}

/* Loops by the extent of their records. */
static void add_loops(const x12_file *f, const document_tree *t, char terminator, prove_places *out)
{
    for (uint32_t i = 1; i < t->nodes; i++) {
        uint32_t first = i + 1, last = t->node[i].next - 1;
        if (!t->node[i].loop || first >= t->node[i].next)
            continue;
        while (first < last && t->node[first].shape != SHAPE_RECORD)
            first++;
        text from = t->node[first].value, to = t->node[last].value;
        if (!from.p || !to.p || to.p < from.p)
            continue;
        text whole = {from.p, (size_t)(to.p + to.n - from.p)};
        prove_add(out, PLACE_LOOP, with_terminator(f, whole, terminator), t->node[i].name);
    }
}

void compare_x12_places(arena *a, const document_file *file, prove_places *out)
{
    const x12_file *f = file->content;
    for (uint32_t i = 0; i < f->sets; i++) {
        const x12_set *s = &f->set[i];
        const x12_separators *by = x12_separators_of(f, s);
        document_tree t;
        x12_walk w;
        text segment, header = x12_set_header(f, s), trailer = x12_set_trailer(f, s);
        prove_add(out, PLACE_DOCUMENT, with_terminator(f, s->whole, by->terminator),
                  x12_set_type(f, s));
        x12_walk_set(&w, f, s);
        while (x12_next(&w, &segment)) {
            if (segment.p == header.p || segment.p == trailer.p)
                continue;
            prove_add(out, PLACE_RECORD, with_terminator(f, segment, by->terminator),
                      x12_element(segment, by->element, 0));
            add_elements(a, out, segment, by);
        }
        x12_tree(a, f, s, &t);
        add_loops(f, &t, by->terminator, out);
    }
}

typedef VEC(prove_edit) edit_list;

/* The first element of a trailer counts what the envelope holds. */
static void set_count(arena *a, const x12_file *f, text trailer, char separator, size_t n,
                      edit_list *out)
{
    text count = x12_element(trailer, separator, 1);
    if (!trailer.p || !count.n)
        return;
    size_t at = x12_offset(f, count);
    vec_push(out, (prove_edit){at, at + count.n, text_format(a, "%zu", n)});
}

static int by_start(const void *a, const void *b)
{
    const prove_edit *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

text compare_x12_repair(arena *a, text bytes)
{
    x12_file f;
    edit_list edits = {0};
    x12_read(a, bytes, &f);
    for (uint32_t i = 0; i < f.sets; i++)
        set_count(a, &f, x12_set_trailer(&f, &f.set[i]), x12_separators_of(&f, &f.set[i])->element,
                  f.set[i].segments, &edits);
    for (uint32_t i = 0; i < f.groups; i++)
        set_count(a, &f, f.group[i].trailer,
                  f.interchange[f.group[i].interchange].separators.element, f.group[i].sets,
                  &edits);
    if (edits.n)
        qsort(edits.p, edits.n, sizeof *edits.p, by_start);
    text out = prove_edited(a, bytes, edits.p, edits.n);
    vec_release(&edits);
    return out;
}
