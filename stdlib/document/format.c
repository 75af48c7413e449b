/* format.c: the rows of all formats, and telling a kind from bytes by asking them in order. */
#include "stdlib/document/format.h"
#include "stdlib/document/mask.h"
#include "stdlib/fixed/fixed_layout.h"

#include <string.h>

enum { LOOK_AT = 4096, DECODED_AT = 1 << 16 };

/* What would be looked into, were it not packed, is told apart from what is nothing. */
static void summarise_plain(const document_file *f, buffer *out)
{
    const char *container = format_container(f->bytes);
    if (!f->bytes.n)
        buffer_cstr(out, "empty");
    else if (container)
        buffer_printf(out, "%s: what is in it is not looked at", container);
}

static const document_format plain_format = {.summarise = summarise_plain};

static const document_format *const formats[KIND_COUNT] = {
    [KIND_UNKNOWN] = &plain_format,   [KIND_X12] = &x12_format,
    [KIND_EDIFACT] = &edifact_format, [KIND_TRADACOMS] = &tradacoms_format,
    [KIND_OPENAPI] = &openapi_format, [KIND_JSON] = &json_format,
    [KIND_WSDL] = &wsdl_format,       [KIND_XSD] = &schema_format,
    [KIND_XML] = &xml_format,         [KIND_FIXED] = &fixed_format,
    [KIND_YAML] = &yaml_format,       [KIND_CSV] = &csv_format,
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

/* What a format's reader wants decoded into UTF-8. */
typedef enum {
    DECODE_FOREIGN, /* what has other bytes for ASCII: UTF-16 and EBCDIC */
    DECODE_ALL,     /* Latin-1 and Windows-1252, too; what is no character is a fault */
    DECODE_NOTHING  /* the document says itself what it is in */
} decoding;

static const decoding decodes[KIND_COUNT] = {
    [KIND_XML] = DECODE_NOTHING,  [KIND_WSDL] = DECODE_NOTHING, [KIND_XSD] = DECODE_NOTHING,
    [KIND_FIXED] = DECODE_ALL,    [KIND_CSV] = DECODE_ALL,      [KIND_TEXT] = DECODE_ALL,
    [KIND_BYTES] = DECODE_NOTHING};

static bool is_foreign(encoding e)
{
    return e != ENCODING_ASCII && e != ENCODING_UTF8 && e != ENCODING_LATIN1 &&
           e != ENCODING_WINDOWS1252 && e != ENCODING_BINARY;
}

static void add_damage(arena *a, document_file *f)
{
    const encoded *e = f->decoded;
    document_fault *list = arena_array(a, document_fault, f->faults + 1);
    uint32_t at = 0, broken = f->broken ? (uint32_t)(f->broken - f->fault) : 0;
    while (at < f->faults && f->fault[at].offset <= e->damage_at)
        at++;
    if (f->faults) {
        memcpy(list, f->fault, at * sizeof *list);
        memcpy(list + at + 1, f->fault + at, (f->faults - at) * sizeof *list);
    }
    list[at] =
        (document_fault){TEXT("encoding"),
                         text_format(a, "%zu byte%s no character of %s", e->damaged,
                                     e->damaged == 1 ? " is" : "s are", encoding_word(e->from)),
                         e->damage_at,
                         {0}};
    if (f->broken && broken < f->faults)
        f->broken = &list[broken + (broken >= at)];
    f->fault = list;
    f->faults++;
}

size_t document_offset(const document_file *f, size_t offset)
{
    return f->decoded ? encoding_offset(f->decoded, offset) : offset;
}

static bool is_named_yaml(text name)
{
    return text_ends(name, TEXT(".yaml")) || text_ends(name, TEXT(".yml"));
}

/* Text that is written like YAML is easily found, so what cannot be read as such is text after all,
 * unless it was asked for, or is called so. */
static void read_told(arena *a, document_file *out, bool asked)
{
    if (!asked && (out->kind == KIND_TEXT || out->kind == KIND_CSV) && is_named_yaml(out->name))
        out->kind = KIND_YAML;
    if (formats[out->kind]->read)
        formats[out->kind]->read(a, out);
    if (out->kind == KIND_YAML && out->broken && !asked && !is_named_yaml(out->name)) {
        out->kind = KIND_TEXT;
        out->content = NULL;
        out->fault = out->broken = NULL;
        out->faults = 0;
    }
}

/* Records with lengths or fields in binary: decoding would spoil them. */
static bool is_binary(const document_file *f)
{
    if (f->kind && f->kind != KIND_FIXED)
        return false;
    return f->layout ? f->layout->binary
                     : f->bytes.n && !f->bytes.p[0] && fixed_layout_told(f->bytes).n;
}

/* Told of a file whose encoding has other bytes for ASCII only after decoding. */
static void read_as(arena *a, document_file *out, bool contracts)
{
    bool asked = out->kind != KIND_UNKNOWN;
    encoded *e = arena_new(a, encoded);
    text bytes = out->bytes;
    size_t mark;
    bool binary = is_binary(out);
    encoding from = encoding_of(text_slice(bytes, 0, DECODED_AT), &mark);
    if (binary)
        from = ENCODING_BINARY;
    e->bytes = bytes;
    if (is_foreign(from))
        encoding_decode(a, bytes, from, mark, e);
    if (!out->kind)
        out->kind = out->layout && fixed_layout_fits(out->layout, e->bytes)
                        ? KIND_FIXED
                        : kind_of(e->bytes, contracts);
    decoding wanted = binary ? DECODE_NOTHING : decodes[out->kind];
    if (wanted == DECODE_ALL && !is_foreign(from)) {
        from = encoding_of(bytes, &mark);
        encoding_decode(a, bytes, from, mark, e);
    }
    out->encoding = from;
    if (wanted != DECODE_NOTHING && e->original) {
        out->bytes = e->bytes;
        out->decoded = e;
    }
    read_told(a, out, asked);
    if (wanted == DECODE_ALL && e->damaged)
        add_damage(a, out);
}

void document_read_at(arena *a, text name, const char *path, text bytes, document_kind kind,
                      const fixed_layout *layout, document_file *out)
{
    *out =
        (document_file){.name = name, .path = path, .bytes = bytes, .kind = kind, .layout = layout};
    read_as(a, out, true);
}

void document_read_data(arena *a, text name, text bytes, document_kind kind,
                        const fixed_layout *layout, document_file *out)
{
    *out = (document_file){.name = name, .bytes = bytes, .kind = kind, .layout = layout};
    read_as(a, out, false);
}

void document_read_outline(arena *a, text name, text bytes, document_kind kind,
                           const fixed_layout *layout, document_file *out)
{
    *out = (document_file){
        .name = name, .bytes = bytes, .kind = kind, .layout = layout, .outlined = true};
    read_as(a, out, false);
}

void document_read(arena *a, text name, text bytes, document_kind kind, document_file *out)
{
    document_read_at(a, name, NULL, bytes, kind, NULL, out);
}

void document_check(arena *a, document_file *f)
{
    if (formats[f->kind]->check)
        formats[f->kind]->check(a, f);
}

void format_put(arena *a, json_writer *w, const char *key, text value)
{
    json_add_text(w, key, mask_text(a, text_trim(value)));
}

void format_put_number(json_writer *w, const char *key, size_t value)
{
    json_add_int(w, key, (int64_t)value);
}
