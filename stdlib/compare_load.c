/* compare_load.c: reads the files of a side in order of name and takes them apart into documents,
 * each by its format.
 */
#include "stdlib/compare_parts.h"

#include <string.h>

static const compare_format *const formats[KIND_COUNT] = {
    [KIND_UNKNOWN] = &lines_compare,   [KIND_X12] = &x12_compare,
    [KIND_EDIFACT] = &edifact_compare, [KIND_TRADACOMS] = &edifact_compare,
    [KIND_OPENAPI] = &lines_compare,   [KIND_JSON] = &json_compare,
    [KIND_WSDL] = &lines_compare,      [KIND_XSD] = &lines_compare,
    [KIND_XML] = &xml_compare,         [KIND_FIXED] = &fixed_compare,
    [KIND_CSV] = &csv_compare,         [KIND_TEXT] = &lines_compare,
    [KIND_BYTES] = &bytes_compare,
};

const compare_format *compare_format_of(const unit *u)
{
    return formats[u->from->kind];
}

static int by_name(const void *a, const void *b)
{
    const document_file *x = a, *y = b;
    int c = text_compare(x->name, y->name);
    return c ? c : text_compare(x->bytes, y->bytes);
}

text unit_value(arena *a, const unit *u, text ref)
{
    const compare_format *f = compare_format_of(u);
    return u->from->broken || !f->value ? (text){0} : f->value(a, u, ref);
}

text text_joined(arena *a, text first, char between, text second)
{
    char *p = arena_alloc(a, first.n + second.n + 1, 1);
    if (first.n)
        memcpy(p, first.p, first.n);
    p[first.n] = between;
    if (second.n)
        memcpy(p + first.n + 1, second.p, second.n);
    return (text){p, first.n + second.n + 1};
}

/* The options' references that this document has, joined. */
static text key_of(comparison *c, const unit *u)
{
    text key = {0};
    for (size_t i = 0; i < c->options->keys; i++) {
        text v = text_trim(unit_value(c->memory, u, c->options->key[i]));
        if (v.n == 0)
            continue;
        key = key.n ? text_joined(c->memory, key, '/', v) : v;
    }
    return key;
}

void unit_add(comparison *c, unit_list *list, unit u)
{
    const compare_format *f = compare_format_of(&u);
    u.partner = u.blame = WHOLE;
    if (c->options->keys)
        u.key = key_of(c, &u);
    else if (f->key && !u.from->broken)
        u.key = f->key(&u);
    vec_push(list, u);
}

static void split(comparison *c, const document_file *f, unit_list *list)
{
    unit whole = {.from = f, .part = WHOLE};
    const compare_format *format = compare_format_of(&whole);
    if (f->broken || !format->split || !format->split(c, f, list))
        unit_add(c, list, whole);
}

void compare_load(comparison *c, const compare_input *in, side *out)
{
    out->files = in->files;
    out->file = arena_array(c->memory, document_file, in->files);
    for (size_t i = 0; i < in->files; i++)
        out->file[i] = (document_file){.name = in->file[i].name, .bytes = in->file[i].bytes};
    qsort(out->file, out->files, sizeof *out->file, by_name);
    unit_list list = {0};
    for (size_t i = 0; i < out->files; i++) {
        document_file *f = &out->file[i];
        document_read_data(c->memory, f->name, f->bytes, c->options->kind, c->options->layout, f);
        split(c, f, &list);
    }
    out->units = list.n;
    out->unit = arena_array(c->memory, unit, list.n);
    if (list.n)
        memcpy(out->unit, list.p, list.n * sizeof *list.p);
    vec_release(&list);
}
