/* compare_text.c: what has no structure of its own, line by line, or as bytes. */
#include "stdlib/compare/compare_parts.h"

#include <string.h>

static void line_tree(comparison *c, text t, document_tree *out)
{
    VEC(document_node) list = {0};
    vec_push(&list, (document_node){.shape = SHAPE_LIST});
    for (size_t at = 0; at < t.n;) {
        const char *nl = memchr(t.p + at, '\n', t.n - at);
        size_t end = nl ? (size_t)(nl - t.p) : t.n;
        text line = text_slice(t, at, end > at && t.p[end - 1] == '\r' ? end - 1 : end);
        vec_push(&list, (document_node){.name = TEXT("line"),
                                        .value = line,
                                        .print = print_add(0, line),
                                        .shape = SHAPE_VALUE,
                                        .next = (uint32_t)list.n + 1});
        list.p[0].print = print_add(list.p[0].print, line);
        at = end + 1;
    }
    list.p[0].next = (uint32_t)list.n;
    list.p[0].count = (uint32_t)list.n - 1;
    out->nodes = (uint32_t)list.n;
    out->node = arena_array(c->scratch, document_node, list.n);
    memcpy(out->node, list.p, list.n * sizeof *list.p);
    vec_release(&list);
}

static void compare_bytes(comparison *c)
{
    text l = c->l->from->bytes, m = c->m->from->bytes;
    place_ref nowhere = {0};
    if (text_equal(l, m))
        return;
    size_t i = 0;
    while (i < l.n && i < m.n && l.p[i] == m.p[i])
        i++;
    size_t back = path_add(c, "byte[%zu]", i);
    judge(c, &nowhere, text_format(c->scratch, "%zu bytes", l.n),
          text_format(c->scratch, "%zu bytes", m.n), CLASS_DEFECT, "value");
    path_cut(c, back);
}

static void compare_lines(comparison *c)
{
    text l = c->l->from->bytes, m = c->m->from->bytes;
    if (text_equal(l, m))
        return;
    document_tree x, y;
    line_tree(c, l, &x);
    line_tree(c, m, &y);
    place_ref nowhere = {0};
    if (x.node[0].print == y.node[0].print)
        judge(c, &nowhere, (text){0}, (text){0}, CLASS_NOISE, "text.line_breaks");
    else
        compare_trees(c, &x, &y, (text){0});
}

const compare_format lines_compare = {
    .compare = compare_lines, .content = compare_line_content, .places = compare_line_places};
const compare_format bytes_compare = {.compare = compare_bytes, .content = compare_byte_content};
