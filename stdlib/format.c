/* format.c: the rows of all formats, and telling a kind from bytes by asking them in order. */
#include "stdlib/format.h"
#include "stdlib/mask.h"

#include <string.h>

enum { LOOK_AT = 4096 };

static const document_format plain_format = {0};

static const document_format *const formats[KIND_COUNT] = {
    [KIND_UNKNOWN] = &plain_format,   [KIND_X12] = &x12_format,
    [KIND_EDIFACT] = &edifact_format, [KIND_TRADACOMS] = &tradacoms_format,
    [KIND_OPENAPI] = &openapi_format, [KIND_JSON] = &json_format,
    [KIND_XML] = &xml_format,         [KIND_CSV] = &csv_format,
    [KIND_TEXT] = &plain_format,      [KIND_BYTES] = &plain_format,
};

const document_format *format_of(document_kind k)
{
    return formats[k];
}

static document_kind kind_of(text bytes, bool contracts)
{
    text head = text_slice(bytes, 0, LOOK_AT);
    bool whole = head.n == bytes.n;
    if (text_starts(head, TEXT("\xef\xbb\xbf")))
        head = text_slice(head, 3, head.n);
    for (document_kind k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++)
        if (formats[k]->is && (contracts || !document_is_contract(k)) &&
            formats[k]->is(head, whole))
            return k;
    return document_is_text(head) ? KIND_TEXT : KIND_BYTES;
}

document_kind document_kind_of(text bytes)
{
    return kind_of(bytes, true);
}

document_kind document_data_kind_of(text bytes)
{
    return kind_of(bytes, false);
}

void document_read(arena *a, text name, text bytes, document_kind kind, document_file *out)
{
    *out = (document_file){.name = name, .bytes = bytes, .kind = kind};
    if (!kind)
        out->kind = document_kind_of(bytes);
    if (formats[out->kind]->read)
        formats[out->kind]->read(a, out);
}

void document_check(arena *a, document_file *f)
{
    if (formats[f->kind]->check)
        formats[f->kind]->check(a, f);
}

void format_put(arena *a, json_writer *w, const char *key, text value)
{
    json_put_key(w, key);
    json_put_text(w, mask_text(a, text_trim(value)));
}

void format_put_number(json_writer *w, const char *key, size_t value)
{
    json_put_key(w, key);
    json_put_int(w, (int64_t)value);
}
