/* json_write.c: the writer of json.h. It keeps no stack: whether a comma is due is known from
 * `first` alone, because closing a container makes its parent one that has had a value. */
#include "base/json.h"
#include "base/decimal.h"

#include <assert.h>
#include <inttypes.h>

void json_begin(json_writer *w, buffer *out, int indent)
{
    *w = (json_writer){.out = out, .indent = indent, .first = true};
}

static void new_line(json_writer *w)
{
    if (!w->indent)
        return;
    buffer_char(w->out, '\n');
    for (int i = 0; i < w->depth * w->indent; i++)
        buffer_char(w->out, ' ');
}

/* What stands between the value or key that comes and what was before. */
static void separate(json_writer *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (!w->first)
        buffer_char(w->out, ',');
    if (w->depth)
        new_line(w);
    w->first = false;
}

static void open(json_writer *w, char bracket)
{
    separate(w);
    buffer_char(w->out, bracket);
    w->depth++;
    w->first = true;
}

static void close(json_writer *w, char bracket)
{
    assert(w->depth > 0 && !w->after_key);
    w->depth--;
    if (!w->first)
        new_line(w);
    buffer_char(w->out, bracket);
    w->first = false;
}

void json_object(json_writer *w)
{
    open(w, '{');
}

void json_object_end(json_writer *w)
{
    close(w, '}');
}

void json_array(json_writer *w)
{
    open(w, '[');
}

void json_array_end(json_writer *w)
{
    close(w, ']');
}

static void escape_byte(buffer *out, unsigned char c)
{
    switch (c) {
    case '"': buffer_cstr(out, "\\\""); break;
    case '\\': buffer_cstr(out, "\\\\"); break;
    case '\b': buffer_cstr(out, "\\b"); break;
    case '\f': buffer_cstr(out, "\\f"); break;
    case '\n': buffer_cstr(out, "\\n"); break;
    case '\r': buffer_cstr(out, "\\r"); break;
    case '\t': buffer_cstr(out, "\\t"); break;
    default: buffer_printf(out, "\\u%04x", c);
    }
}

static void escape_valid(buffer *out, text t)
{
    size_t from = 0;
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buffer_add(out, t.p + from, i - from);
        escape_byte(out, c);
        from = i + 1;
    }
    buffer_add(out, t.p + from, t.n - from);
}

void json_escape(buffer *out, text t)
{
    while (t.n) {
        size_t valid = text_utf8_prefix(t);
        escape_valid(out, text_slice(t, 0, valid));
        if (valid == t.n)
            return;
        buffer_cstr(out, "\xef\xbf\xbd");
        t = text_slice(t, valid + 1, t.n);
    }
}

void json_put_key_text(json_writer *w, text key)
{
    assert(w->depth > 0 && !w->after_key);
    json_put_text(w, key);
    buffer_cstr(w->out, w->indent ? ": " : ":");
    w->after_key = true;
}

void json_put_key(json_writer *w, const char *key)
{
    json_put_key_text(w, text_of(key));
}

void json_put_text(json_writer *w, text value)
{
    separate(w);
    buffer_char(w->out, '"');
    json_escape(w->out, value);
    buffer_char(w->out, '"');
}

void json_put_cstr(json_writer *w, const char *value)
{
    json_put_text(w, text_of(value));
}

void json_put_int(json_writer *w, int64_t value)
{
    separate(w);
    buffer_printf(w->out, "%" PRId64, value);
}

void json_put_decimal(json_writer *w, int64_t value, int scale)
{
    if (value == QUANTITY_NA || value == QUANTITY_NONE) {
        json_put_null(w);
        return;
    }
    separate(w);
    decimal_write(w->out, value, scale);
}

void json_put_bool(json_writer *w, bool value)
{
    json_put_raw(w, value ? TEXT("true") : TEXT("false"));
}

void json_put_null(json_writer *w)
{
    json_put_raw(w, TEXT("null"));
}

void json_put_raw(json_writer *w, text value)
{
    separate(w);
    buffer_text(w->out, value);
}

void json_add_text(json_writer *w, const char *key, text value)
{
    json_put_key(w, key);
    json_put_text(w, value);
}

void json_add_cstr(json_writer *w, const char *key, const char *value)
{
    json_add_text(w, key, text_of(value));
}

void json_add_optional(json_writer *w, const char *key, text value)
{
    json_put_key(w, key);
    if (value.p)
        json_put_text(w, value);
    else
        json_put_null(w);
}

void json_add_int(json_writer *w, const char *key, int64_t value)
{
    json_put_key(w, key);
    json_put_int(w, value);
}

void json_add_bool(json_writer *w, const char *key, bool value)
{
    json_put_key(w, key);
    json_put_bool(w, value);
}

void json_add_object(json_writer *w, const char *key)
{
    json_put_key(w, key);
    json_object(w);
}

void json_add_array(json_writer *w, const char *key)
{
    json_put_key(w, key);
    json_array(w);
}
