/* xml_names.c: names, and what they mean where namespaces are declared.
 *
 * A document has few names and uses them often, so a name is looked up by its bytes in a small
 * cache first. Declarations open a scope with a number of its own, which an entry of the cache must
 * share: leaving an element brings its old scope back, and the entries of that scope with it.
 */
#include "stdlib/xml/xml_read.h"

#define XML_URI    "http://www.w3.org/XML/1998/namespace"
#define XMLNS_URI  "http://www.w3.org/2000/xmlns/"
#define XSI_URI    "http://www.w3.org/2001/XMLSchema-instance"
#define SOAP12_URI "http://www.w3.org/2003/05/soap-envelope"

const uint8_t xml_class[256] = {
    [0 ... 8] = TEXT_STOP | VALUE_STOP,
    ['\t'] = BLANK | VALUE_STOP, /* becomes a space in an attribute */
    ['\n'] = BLANK | VALUE_STOP,
    [0x0b ... 0x0c] = TEXT_STOP | VALUE_STOP,
    ['\r'] = BLANK | TEXT_STOP | VALUE_STOP,
    [0x0e ... 0x1f] = TEXT_STOP | VALUE_STOP,
    [' '] = BLANK,
    ['&'] = TEXT_STOP | VALUE_STOP,
    ['<'] = TEXT_STOP | VALUE_STOP,
    [']'] = TEXT_STOP,
    ['"'] = VALUE_STOP,
    ['\''] = VALUE_STOP,
    ['-'] = NAME_CHAR,
    ['.'] = NAME_CHAR,
    ['0' ... '9'] = NAME_CHAR,
    [':'] = NAME_START | NAME_CHAR,
    ['A' ... 'Z'] = NAME_START | NAME_CHAR,
    ['_'] = NAME_START | NAME_CHAR,
    ['a' ... 'z'] = NAME_START | NAME_CHAR,
    [0x80 ... 0xee] = NAME_START | NAME_CHAR,
    [0xef] = NAME_START | NAME_CHAR | TEXT_STOP | VALUE_STOP, /* may begin U+FFFE, U+FFFF */
    [0xf0 ... 0xff] = NAME_START | NAME_CHAR,
};

typedef struct {
    uint32_t first, last;
} range;

/* XML 1.0, production 4, above ASCII; then what 4a adds. */
static const range name_starts[] = {{0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2ff},
                                    {0x370, 0x37d},   {0x37f, 0x1fff},  {0x200c, 0x200d},
                                    {0x2070, 0x218f}, {0x2c00, 0x2fef}, {0x3001, 0xd7ff},
                                    {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff}};
static const range name_chars[] = {{0xb7, 0xb7}, {0x300, 0x36f}, {0x203f, 0x2040}};

static bool within(const range *list, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= list[i].first && c <= list[i].last)
            return true;
    return false;
}

/* Takes one character off valid UTF-8 that begins above ASCII. */
static uint32_t take_character(const char **p)
{
    unsigned char c = (unsigned char)*(*p)++;
    unsigned more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    uint32_t point = c & (0x3fu >> more);
    while (more--)
        point = point << 6 | ((unsigned char)*(*p)++ & 0x3fu);
    return point;
}

/* A name that holds bytes above ASCII, and each part of one with a prefix, by its characters. */
static bool is_name(const char *p, const char *end)
{
    for (bool first = true; p < end; first = false) {
        if ((unsigned char)*p < 0x80) {
            if (first && !xml_is(*p, NAME_START))
                return false;
            p++;
            continue;
        }
        uint32_t c = take_character(&p);
        if (within(name_starts, sizeof name_starts / sizeof *name_starts, c))
            continue;
        if (first || !within(name_chars, sizeof name_chars / sizeof *name_chars, c))
            return false;
    }
    return true;
}

bool xml_read_name(xml_reader *r, text *name, uint32_t *prefix)
{
    const char *p = r->at, *end = r->end, *colon = NULL;
    unsigned char seen = 0;
    if (p == end || !xml_is(*p, NAME_START) || *p == ':')
        return xml_fail(r, p, "expected a name");
    for (; p < end && xml_is(*p, NAME_CHAR); p++) {
        seen |= (unsigned char)*p;
        if (*p != ':')
            continue;
        if (colon)
            return xml_fail(r, p, "a name with two colons");
        colon = p;
    }
    if (colon && (colon + 1 == p || !is_name(colon + 1, p)))
        return xml_fail(r, colon, "expected a name behind the colon");
    if (seen >= 0x80 && !is_name(r->at, p))
        return xml_fail(r, r->at, "a character that no name may hold");
    *name = (text){r->at, (size_t)(p - r->at)};
    *prefix = colon ? (uint32_t)(colon - r->at) : 0;
    r->at = p;
    return true;
}

static uint32_t intern_uri(xml_reader *r, text uri)
{
    if (r->again)
        return names_find(&r->uris, uri);
    return uri.n ? names_add(&r->uris, uri) : 0;
}

/* The QNames in content that messages of business hold: XML Schema 1 §2.6.1, SOAP 1.1 §4.4, SOAP
 * 1.2 §5.4. Their prefixes are noise as those of elements are. */
static bool is_qualified(text uri, text local)
{
    if (uri.n == 0)
        return text_is(local, "faultcode");
    return (text_is(local, "type") && text_is(uri, XSI_URI)) ||
           (text_is(local, "Value") && text_is(uri, SOAP12_URI));
}

static uint32_t intern_name(xml_reader *r, uint32_t uri, text local, text prefix)
{
    buffer_clear(&r->key);
    buffer_add(&r->key, &uri, sizeof uri);
    buffer_text(&r->key, local);
    text bytes = buffer_view(&r->key);
    uint32_t id = r->again ? names_find(&r->pairs, bytes) : names_add(&r->pairs, bytes);
    if (id == r->names.n) {
        text of = names_text(&r->uris, uri), pair = names_text(&r->pairs, id);
        local = text_slice(pair, sizeof uri, pair.n);
        uint64_t print = xml_mix(text_hash(of), text_hash(local));
        vec_push(&r->names, (xml_name){.uri = of,
                                       .local = local,
                                       .prefix = text_copy(r->memory, prefix),
                                       .print = print,
                                       .space = text_is(local, "space") && text_is(of, XML_URI),
                                       .qualified = is_qualified(of, local)});
    }
    return id;
}

uint32_t xml_plain_name(xml_reader *r, text local)
{
    return intern_name(r, 0, local, (text){0});
}

void xml_names_init(xml_reader *r)
{
    names_init(&r->uris, r->memory);
    names_init(&r->pairs, r->memory);
    vec_push(&r->names, (xml_name){0});
    vec_push(&r->bindings, (xml_binding){TEXT("xml"), intern_uri(r, TEXT(XML_URI))});
}

void xml_names_release(xml_reader *r)
{
    if (!r->again) { /* else they are the document's */
        names_release(&r->uris);
        names_release(&r->pairs);
        vec_release(&r->names);
    }
    vec_release(&r->bindings);
    buffer_release(&r->key);
}

bool xml_declare(xml_reader *r, const xml_attribute *x, uint32_t first)
{
    text prefix = {0}, uri = {x->from, (size_t)(x->to - x->from)};
    if (r->bindings.n > XML_NAMESPACES)
        return xml_fail(r, x->start, "more than 1024 namespaces at once");
    if (x->prefix)
        prefix = (text){x->start + x->prefix + 1, (size_t)(x->end - x->start) - x->prefix - 1};
    if (x->escaped) {
        buffer_clear(&r->decoded);
        xml_decode(&r->decoded, uri, true);
        uri = text_copy(r->memory, buffer_view(&r->decoded));
    }
    for (size_t i = first; i < r->bindings.n; i++)
        if (text_equal(r->bindings.p[i].prefix, prefix))
            return xml_fail(r, x->start, "an attribute that is there twice");
    bool xml = text_is(prefix, "xml");
    if (xml != text_is(uri, XML_URI) || text_is(prefix, "xmlns") || text_is(uri, XMLNS_URI))
        return xml_fail(r, x->start, "a namespace that is reserved");
    if (prefix.n && !uri.n)
        return xml_fail(r, x->start, "a prefix cannot be declared away");
    vec_push(&r->bindings, (xml_binding){prefix, intern_uri(r, uri)});
    return true;
}

static bool find_binding(const xml_reader *r, text prefix, uint32_t *uri)
{
    for (size_t i = r->bindings.n; i-- > 0;)
        if (text_equal(r->bindings.p[i].prefix, prefix)) {
            *uri = r->bindings.p[i].uri;
            return true;
        }
    *uri = 0;
    return prefix.n == 0;
}

static bool resolve(xml_reader *r, text name, uint32_t prefix, bool attribute, uint32_t *out)
{
    text before = {name.p, prefix};
    text local = prefix ? text_slice(name, prefix + 1, name.n) : name;
    uint32_t uri = 0;
    if ((prefix || !attribute) && !find_binding(r, before, &uri))
        return false;
    *out = intern_name(r, uri, local, before);
    return true;
}

bool xml_resolve(xml_reader *r, text name, uint32_t prefix, bool attribute, uint32_t *out)
{
    /* Without a prefix an attribute means the same in every scope, which scope 0 stands for. */
    uint32_t scope = attribute && !prefix ? 0 : r->scope;
    size_t h = name.n * 31 + (unsigned char)name.p[name.n - 1] * 7 +
               (unsigned char)name.p[name.n / 2] * 3 +
               (unsigned char)name.p[prefix ? prefix + 1 : 0];
    xml_cached *c = &r->cache[h % XML_CACHE];
    if (c->n == name.n && c->scope == scope && memcmp(c->p, name.p, name.n) == 0) {
        *out = c->name;
        return true;
    }
    if (!resolve(r, name, prefix, attribute, out))
        return xml_fail(r, name.p, "a prefix that is not declared");
    *c = (xml_cached){name.p, (uint32_t)name.n, scope, *out};
    return true;
}

bool xml_resolve_value(xml_reader *r, text value, uint32_t *out)
{
    value = text_trim(value);
    ptrdiff_t colon = text_find(value, ':');
    uint32_t prefix = colon > 0 ? (uint32_t)colon : 0;
    if (value.n == 0 || colon == 0 || prefix + 1 == value.n)
        return false;
    for (size_t i = 0; i < value.n; i++)
        if (!xml_is(value.p[i], NAME_CHAR))
            return false;
    return resolve(r, value, prefix, false, out);
}
