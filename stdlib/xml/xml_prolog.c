/* xml_prolog.c: what stands around the root element: encodings, the XML declaration, the document
 * type declaration, comments and instructions. */
#include "stdlib/xml/xml_read.h"

#include <ctype.h>

/* --- encodings --- */

static uint32_t unit_at(text t, size_t i, bool big)
{
    unsigned a = (unsigned char)t.p[i], b = (unsigned char)t.p[i + 1];
    return big ? a << 8 | b : b << 8 | a;
}

/* False at a half pair or an odd byte. */
static bool from_utf16(text t, bool big, buffer *out)
{
    for (size_t i = 0; i < t.n; i += 2) {
        if (i + 2 > t.n)
            return false;
        uint32_t c = unit_at(t, i, big);
        if ((c & 0xf800) == 0xd800) {
            uint32_t low = i + 4 <= t.n ? unit_at(t, i + 2, big) : 0;
            if (c >= 0xdc00 || (low & 0xfc00) != 0xdc00)
                return false;
            c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
            i += 2;
        }
        xml_put_character(out, c);
    }
    return true;
}

/* Characters of `source` before `at`, each counted as its length in the file. */
size_t xml_offset(const xml_document *d, size_t at)
{
    if (d->encoding == XML_UTF8)
        return (size_t)(d->source.p - d->file.p) + at;
    size_t n = d->encoding == XML_UTF16 ? 2 : 0;
    for (size_t i = 0; i < at && i < d->source.n; i++) {
        unsigned char c = (unsigned char)d->source.p[i];
        if ((c & 0xc0) != 0x80)
            n += d->encoding == XML_LATIN1 ? 1 : c >= 0xf0 ? 4 : 2;
    }
    return n;
}

/* --- the declaration --- */

/* ` name = "value"` at r->at; value.p is NULL, and nothing is taken, where it is not there. */
static bool take_pseudo(xml_reader *r, const char *name, text *value)
{
    const char *back = r->at;
    *value = (text){0};
    xml_skip_blanks(r);
    size_t n = strlen(name);
    if (r->at == back || !xml_starts(r, name, n)) {
        r->at = back;
        return true;
    }
    r->at += n;
    xml_skip_blanks(r);
    if (r->at == r->end || *r->at++ != '=')
        return xml_fail(r, r->at, "expected '=' in the XML declaration");
    xml_skip_blanks(r);
    char quote = r->at < r->end ? *r->at : 0;
    const char *end = quote == '"' || quote == '\''
                          ? memchr(r->at + 1, quote, (size_t)(r->end - r->at) - 1)
                          : NULL;
    if (!end)
        return xml_fail(r, r->at, "expected a value in quotes in the XML declaration");
    *value = (text){r->at + 1, (size_t)(end - r->at) - 1};
    r->at = end + 1;
    return true;
}

static bool is_version(text t)
{
    if (t.n < 3 || memcmp(t.p, "1.", 2) != 0)
        return false;
    for (size_t i = 2; i < t.n; i++)
        if (!isdigit((unsigned char)t.p[i]))
            return false;
    return true;
}

static bool is_word(text t, const char *word)
{
    return t.n == strlen(word) && strncasecmp(t.p, word, t.n) == 0;
}

static bool judge_encoding(xml_reader *r, text name, bool *latin1)
{
    xml_encoding is = r->document->encoding;
    *latin1 = is_word(name, "ISO-8859-1") || is_word(name, "ISO_8859-1") || is_word(name, "latin1");
    bool utf16 = is_word(name, "UTF-16") || is_word(name, "UTF-16LE") || is_word(name, "UTF-16BE");
    bool utf8 = is_word(name, "UTF-8") || is_word(name, "UTF8") || is_word(name, "US-ASCII");
    if (!*latin1 && !utf16 && !utf8) {
        const char *message =
            text_format(r->memory,
                        "the encoding %.*s is not read; UTF-8, UTF-16 with a byte "
                        "order mark and ISO-8859-1 are",
                        (int)(name.n < 40 ? name.n : 40), name.p)
                .p;
        return xml_fail(r, name.p, message);
    }
    bool marked = r->start > r->document->file.p && is == XML_UTF8;
    if ((is == XML_UTF16) != utf16 || (marked && !utf8))
        return xml_fail(r, name.p, "the declared encoding is not the one of the bytes");
    return true;
}

static bool read_declaration(xml_reader *r, bool *latin1)
{
    text version, encoding, standalone;
    *latin1 = false;
    if (!XML_STARTS(r, "<?xml") || r->end - r->at < 6 || !xml_is(r->at[5], BLANK))
        return true;
    r->at += 5;
    if (!take_pseudo(r, "version", &version))
        return false;
    if (!is_version(version))
        return xml_fail(r, r->at, "expected version=\"1.0\" in the XML declaration");
    if (!take_pseudo(r, "encoding", &encoding) ||
        (encoding.p && !judge_encoding(r, encoding, latin1)) ||
        !take_pseudo(r, "standalone", &standalone))
        return false;
    if (standalone.p && !text_is(standalone, "yes") && !text_is(standalone, "no"))
        return xml_fail(r, standalone.p, "standalone is \"yes\" or \"no\"");
    xml_skip_blanks(r);
    if (!XML_STARTS(r, "?>"))
        return xml_fail(r, r->at, "expected '?>' at the end of the XML declaration");
    r->at += 2;
    return true;
}

static void use_source(xml_reader *r, text source)
{
    r->document->source = source;
    r->start = r->at = source.p;
    r->end = source.p + source.n;
}

static bool take_utf16(xml_reader *r, text file, bool big)
{
    buffer b = {0};
    buffer_reserve(&b, file.n);
    bool ok = from_utf16(text_slice(file, 2, file.n), big, &b);
    size_t good = b.n;
    r->document->encoding = XML_UTF16;
    use_source(r, text_copy(r->memory, buffer_view(&b)));
    buffer_release(&b);
    return ok || xml_fail(r, r->start + good, "bytes that are not UTF-16");
}

/* Each byte is the code point of its value. */
static void take_latin1(xml_reader *r, text file)
{
    buffer b = {0};
    size_t at = (size_t)(r->at - r->start);
    buffer_reserve(&b, file.n);
    for (size_t i = 0; i < file.n; i++)
        xml_put_character(&b, (unsigned char)file.p[i]);
    r->document->encoding = XML_LATIN1;
    use_source(r, text_copy(r->memory, buffer_view(&b)));
    buffer_release(&b);
    r->at += at; /* the declaration is ASCII */
}

bool xml_take_source(xml_reader *r, text file)
{
    bool latin1;
    r->document->file = file;
    use_source(r, file);
    if (file.n >= UINT32_MAX)
        return xml_fail(r, r->at, "larger than 4 GiB");
    if (text_starts(file, TEXT("\xff\xfe")) || text_starts(file, TEXT("\xfe\xff"))) {
        if (file.n >= 4 && file.p[2] == 0 && file.p[3] == 0)
            return xml_fail(r, r->at, "the encoding UTF-32 is not read");
        if (!take_utf16(r, file, file.p[0] == '\xfe'))
            return false;
    } else if (text_starts(file, TEXT("<\0")) || text_starts(file, TEXT("\0<"))) {
        return xml_fail(r, r->at, "UTF-16 without a byte order mark");
    } else if (text_starts(file, TEXT("\xef\xbb\xbf"))) {
        use_source(r, text_slice(file, 3, file.n));
    }
    if (!read_declaration(r, &latin1))
        return false;
    if (latin1) {
        take_latin1(r, file);
        return true;
    }
    size_t valid = text_utf8_prefix(r->document->source);
    return valid == r->document->source.n ||
           xml_fail(r, r->start + valid, "bytes that are not UTF-8");
}

/* --- the document type --- */

/* Behind a literal in quotes. */
static bool skip_literal(xml_reader *r)
{
    const char *end = memchr(r->at + 1, *r->at, (size_t)(r->end - r->at) - 1);
    if (!end)
        return xml_fail(r, r->at, "a literal that is not closed");
    r->at = end + 1;
    return true;
}

/* "<!ELEMENT …>": behind its end. */
static bool skip_markup_declaration(xml_reader *r)
{
    const char *start = r->at;
    if (XML_STARTS(r, "<!ENTITY"))
        return xml_fail(r, start, "entities are not declared here: they are never expanded");
    if (XML_STARTS(r, "<!ATTLIST"))
        return xml_fail(r, start, "attributes that a declaration would add are not read");
    if (!XML_STARTS(r, "<!ELEMENT") && !XML_STARTS(r, "<!NOTATION"))
        return xml_fail(r, start, "expected a declaration");
    while (r->at < r->end && *r->at != '>') {
        if (*r->at == '<' && r->at > start)
            return xml_fail(r, r->at, "expected '>'");
        if (*r->at != '"' && *r->at != '\'')
            r->at++;
        else if (!skip_literal(r))
            return false;
    }
    if (r->at == r->end)
        return xml_fail(r, start, "a declaration that is not closed");
    r->at++;
    return true;
}

/* Instructions in a declaration say nothing about the document: C14N leaves them out. */
static bool skip_instruction(xml_reader *r)
{
    size_t n = r->nodes.n;
    bool ok = xml_read_instruction(r);
    r->nodes.n = n;
    return ok;
}

static bool read_subset(xml_reader *r)
{
    const char *start = r->at++;
    for (;;) {
        xml_skip_blanks(r);
        if (r->at == r->end)
            return xml_fail(r, start, "a document type declaration that is not closed");
        if (*r->at == ']')
            break;
        if (*r->at == '%')
            return xml_fail(r, r->at,
                            "an entity other than the five of XML, which is never "
                            "expanded");
        bool ok = XML_STARTS(r, "<!--") ? xml_skip_comment(r)
                  : XML_STARTS(r, "<?") ? skip_instruction(r)
                                        : skip_markup_declaration(r);
        if (!ok)
            return false;
    }
    r->at++;
    return true;
}

/* SYSTEM "…" or PUBLIC "…" "…": named, never fetched. */
static bool read_external(xml_reader *r)
{
    bool public = XML_STARTS(r, "PUBLIC");
    if (!public && !XML_STARTS(r, "SYSTEM"))
        return true;
    r->at += 6;
    for (int i = 0; i < 1 + public; i++) {
        const char *before = r->at;
        xml_skip_blanks(r);
        if (r->at == r->end || r->at == before || (*r->at != '"' && *r->at != '\''))
            return xml_fail(r, r->at, "expected a blank and an identifier in quotes");
        if (!skip_literal(r))
            return false;
    }
    return true;
}

static bool read_doctype(xml_reader *r)
{
    uint32_t prefix;
    r->at += 9;
    xml_skip_blanks(r);
    if (!xml_read_name(r, &r->document->doctype, &prefix))
        return false;
    xml_skip_blanks(r);
    if (!read_external(r))
        return false;
    xml_skip_blanks(r);
    if (r->at < r->end && *r->at == '[' && !read_subset(r))
        return false;
    xml_skip_blanks(r);
    if (r->at == r->end || *r->at != '>')
        return xml_fail(r, r->at, "expected '>' at the end of the document type declaration");
    r->at++;
    return true;
}

bool xml_read_misc(xml_reader *r)
{
    for (;;) {
        xml_skip_blanks(r);
        if (XML_STARTS(r, "<!--")) {
            if (!xml_skip_comment(r))
                return false;
        } else if (XML_STARTS(r, "<?")) {
            if (!xml_read_instruction(r))
                return false;
        } else {
            return true;
        }
    }
}

bool xml_read_prolog(xml_reader *r)
{
    if (!xml_read_misc(r))
        return false;
    if (XML_STARTS(r, "<!DOCTYPE") && (!read_doctype(r) || !xml_read_misc(r)))
        return false;
    if (r->at == r->end || *r->at != '<')
        return xml_fail(r, r->at, "expected the root element");
    return true;
}
