/* prove_plain.c: where defects are put into JSON, tables and lines of text. */
#include "base/json.h"
#include "stdlib/compare/compare_parts.h"
#include "stdlib/csv/csv.h"

#include <string.h>

/* --- JSON --- */

/* What goes when a member or element is taken out: with its key, and the comma behind it, else the
 * one before. */
static text with_comma(const json_document *d, uint32_t node)
{
    const json_node *n = &d->node[node];
    size_t start = n->key_end > n->key_start ? n->key_start - 1 : n->start, end = n->end;
    size_t behind = end, before = start;
    while (behind < d->source.n && strchr(" \t\r\n", d->source.p[behind]))
        behind++;
    while (before > 0 && strchr(" \t\r\n", d->source.p[before - 1]))
        before--;
    if (behind < d->source.n && d->source.p[behind] == ',')
        end = behind + 1;
    else if (before > 0 && d->source.p[before - 1] == ',')
        start = before - 1;
    return text_slice(d->source, start, end);
}

static void add_leaf(const json_document *d, uint32_t i, text name, prove_places *out)
{
    text v = json_raw(d, i);
    if (d->node[i].kind == JSON_TEXT && !d->node[i].escaped)
        v = text_slice(v, 1, v.n - 1);
    else if (d->node[i].kind == JSON_NULL || d->node[i].kind == JSON_TEXT)
        return;
    prove_add_value(out, v, name, compare_is_money(name));
}

void compare_json_places(arena *a, const document_file *file, prove_places *out)
{
    const json_document *d = file->content;
    for (uint32_t i = 1; i < d->nodes; i++) {
        const json_node *n = &d->node[i];
        bool member = n->key_end > n->key_start;
        text name = member ? json_key(a, d, i) : (text){0};
        if (member)
            prove_add(out, PLACE_RECORD, with_comma(d, i), name);
        else if (n->kind == JSON_OBJECT)
            prove_add(out, PLACE_LOOP, with_comma(d, i), name);
        if (n->kind != JSON_OBJECT && n->kind != JSON_ARRAY)
            add_leaf(d, i, name, out);
    }
}

/* --- tables --- */

static text with_break(text bytes, text line)
{
    size_t start = (size_t)(line.p - bytes.p), end = start + line.n;
    if (end < bytes.n && bytes.p[end] == '\r')
        end++;
    if (end < bytes.n && bytes.p[end] == '\n')
        end++;
    return text_slice(bytes, start, end);
}

void compare_csv_places(arena *a, const document_file *file, prove_places *out)
{
    const csv_table *t = file->content;
    for (uint32_t i = 0; i < t->rows; i++) {
        text row = with_break(file->bytes, csv_row_text(t, i)), *field;
        prove_add(out, PLACE_RECORD, row, (text){0});
        if (text_ends(row, TEXT("\n")))
            prove_add(out, PLACE_DOCUMENT, row, (text){0});
        uint32_t n = csv_fields(a, t, csv_row_text(t, i), &field);
        for (uint32_t k = 0; k < n && k < t->columns; k++)
            prove_add_value(out, field[k], t->column[k], compare_is_money(t->column[k]));
    }
}

/* --- lines --- */

void compare_line_places(arena *a, const document_file *file, prove_places *out)
{
    (void)a;
    for (size_t at = 0; at < file->bytes.n;) {
        const char *nl = memchr(file->bytes.p + at, '\n', file->bytes.n - at);
        size_t end = nl ? (size_t)(nl - file->bytes.p) + 1 : file->bytes.n;
        prove_add(out, PLACE_RECORD, text_slice(file->bytes, at, end), (text){0});
        at = end;
    }
}
