/* prove_x12.c: where defects are put into X12, and its counts made right again. */
#include "stdlib/compare/compare_x12.h"

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

void compare_x12_places(arena *a, const document_file *file, prove_places *out)
{
    const x12_file *f = file->content;
    for (uint32_t i = 0; i < f->sets; i++) {
        const x12_set *s = &f->set[i];
        const x12_separators *by = x12_separators_of(f, s);
        document_tree t;
        x12_walk w;
        text segment, header = x12_set_header(f, s), trailer = x12_set_trailer(f, s);
        prove_add(out, PLACE_DOCUMENT, prove_terminated(f->source, s->whole, by->terminator),
                  x12_set_type(f, s));
        x12_walk_set(&w, f, s);
        while (x12_next(&w, &segment)) {
            if (segment.p == header.p || segment.p == trailer.p)
                continue;
            prove_add(out, PLACE_RECORD, prove_terminated(f->source, segment, by->terminator),
                      x12_element(segment, by->element, 0));
            add_elements(a, out, segment, by);
        }
        x12_tree(a, f, s, &t);
        prove_add_loops(out, f->source, &t, by->terminator);
    }
}

/* The first element of a trailer counts what the envelope holds. */
static void set_count(arena *a, const x12_file *f, text trailer, char separator, size_t n,
                      prove_edits *out)
{
    if (trailer.p)
        prove_set_count(a, f->source, x12_element(trailer, separator, 1), n, out);
}

text compare_x12_repair(arena *a, const compare_options *o, text bytes)
{
    x12_file f;
    prove_edits edits = {0};
    (void)o;
    x12_read(a, bytes, &f);
    for (uint32_t i = 0; i < f.sets; i++)
        set_count(a, &f, x12_set_trailer(&f, &f.set[i]), x12_separators_of(&f, &f.set[i])->element,
                  f.set[i].segments, &edits);
    for (uint32_t i = 0; i < f.groups; i++)
        set_count(a, &f, f.group[i].trailer,
                  f.interchange[f.group[i].interchange].separators.element, f.group[i].sets,
                  &edits);
    return prove_repaired(a, bytes, &edits);
}
