/* prove_segments.c: what formats of segments or records share in letting defects be put in: slices
 * with what ends them, loops, and counts made right again.
 */
#include "stdlib/compare/prove_parts.h"

#include <stdlib.h>

text prove_terminated(text source, text slice, char terminator)
{
    size_t start = (size_t)(slice.p - source.p), end = start + slice.n;
    if (end < source.n && source.p[end] == terminator)
        end++;
    while (end < source.n && (source.p[end] == '\r' || source.p[end] == '\n'))
        end++;
    return text_slice(source, start, end);
}

void prove_add_loops(prove_places *out, text source, const document_tree *t, char terminator)
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
        prove_add(out, PLACE_LOOP, prove_terminated(source, whole, terminator), t->node[i].name);
    }
}

void prove_set_count(arena *a, text source, text count, size_t n, prove_edits *out)
{
    if (!count.n)
        return;
    size_t at = (size_t)(count.p - source.p);
    vec_push(out, (prove_edit){at, at + count.n, text_format(a, "%zu", n)});
}

static int by_start(const void *a, const void *b)
{
    const prove_edit *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

text prove_repaired(arena *a, text bytes, prove_edits *edits)
{
    if (edits->n)
        qsort(edits->p, edits->n, sizeof *edits->p, by_start);
    size_t n = 0;
    for (size_t i = 0; i < edits->n; i++)
        if (n == 0 || edits->p[i].start >= edits->p[n - 1].end)
            edits->p[n++] = edits->p[i];
    text out = prove_edited(a, bytes, edits->p, n);
    vec_release(edits);
    return out;
}
