/* xml_text.c: what stands between tags. References are checked while reading and resolved only
 * when a value is asked for. */
#include "stdlib/xml/xml_read.h"

typedef struct {
    text name;
    char is;
} predefined;

static const predefined entities[] = {
    {{"amp", 3}, '&'}, {{"lt", 2}, '<'}, {{"gt", 2}, '>'}, {{"quot", 4}, '"'}, {{"apos", 4}, '\''}};

/* The character that an entity stands for, or 0. */
static char entity(text name)
{
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (text_equal(entities[i].name, name))
            return entities[i].is;
    return 0;
}

static int digit(char c, unsigned base)
{
    int v = c >= '0' && c <= '9'                     ? c - '0'
            : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                     : 16;
    return v < (int)base ? v : -1;
}

/* XML 1.0, production 2. */
static bool is_character(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    return c < 0xd800 || (c > 0xdfff && c < 0xfffe) || (c > 0xffff && c < 0x110000);
}

/* "#10", "#xA" without the & and ; around it: its code point, or 0. */
static uint32_t numbered(text name)
{
    unsigned base = name.n > 1 && name.p[1] == 'x' ? 16 : 10;
    uint32_t c = 0;
    size_t from = base == 16 ? 2 : 1;
    for (size_t i = from; i < name.n; i++) {
        int d = digit(name.p[i], base);
        if (d < 0)
            return 0;
        c = c < 0x110000 ? c * base + (uint32_t)d : c;
    }
    return name.n > from && is_character(c) ? c : 0;
}

/* What stands between '&' at p and the next ';'; empty without one. No reference that holds is
 * longer than leading zeros make it. */
static text reference_at(const char *p, const char *end)
{
    const char *semicolon = p;
    while (semicolon < end && *semicolon != ';' && !xml_is(*semicolon, BLANK) && *semicolon != '<')
        semicolon++;
    if (semicolon == end || *semicolon != ';')
        return (text){0};
    return (text){p + 1, (size_t)(semicolon - p) - 1};
}

bool xml_read_reference(xml_reader *r)
{
    text name = reference_at(r->at, r->end);
    if (name.n == 0)
        return xml_fail(r, r->at, "a lone '&' must be written &amp;");
    if (name.p[0] == '#' ? numbered(name) == 0 : entity(name) == 0)
        return xml_fail(r, r->at,
                        name.p[0] == '#' ? "a reference to what is no character"
                                         : "an entity other than the five of XML, which is never "
                                           "expanded");
    r->at = name.p + name.n + 1;
    return true;
}

void xml_put_character(buffer *out, uint32_t c)
{
    char b[4];
    if (c < 0x80) {
        buffer_char(out, (char)c);
        return;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        b[i] = (char)(0x80 | (c & 0x3f));
    b[0] = (char)((0xf00u >> n & 0xff) | c);
    buffer_add(out, b, n);
}

/* Behind the end of what `p` opens, and its inside; reading has seen that the end is there. */
static const char *inside(const char *p, const char *end, text open, text close, text *out)
{
    const char *from = p + open.n;
    const char *to = memmem(from, (size_t)(end - from), close.p, close.n);
    to = to ? to : end;
    *out = (text){from, (size_t)(to - from)};
    return to == end ? end : to + close.n;
}

/* CR LF and CR are LF (XML 1.0 §2.11). */
void xml_decode_lines(buffer *out, text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] != '\r')
            buffer_char(out, t.p[i]);
        else if (i + 1 == t.n || t.p[i + 1] != '\n')
            buffer_char(out, '\n');
}

static const char *put_markup(buffer *out, const char *p, const char *end)
{
    text t;
    if ((size_t)(end - p) >= 9 && memcmp(p, "<![CDATA[", 9) == 0) {
        p = inside(p, end, TEXT("<![CDATA["), TEXT("]]>"), &t);
        xml_decode_lines(out, t);
        return p;
    }
    return inside(p, end, TEXT("<!--"), TEXT("-->"), &t);
}

static const char *put_reference(buffer *out, const char *p, const char *end)
{
    text name = reference_at(p, end);
    if (name.n == 0)
        return end;
    xml_put_character(out, name.p[0] == '#' ? numbered(name) : (unsigned char)entity(name));
    return name.p + name.n + 1;
}

void xml_decode(buffer *out, text raw, bool attribute)
{
    const char *p = raw.p, *end = raw.p + raw.n;
    while (p < end) {
        const char *from = p;
        while (p < end && *p != '&' && *p != '<' && *p != '\r' &&
               !(attribute && (*p == '\n' || *p == '\t')))
            p++;
        buffer_add(out, from, (size_t)(p - from));
        if (p == end)
            return;
        if (*p == '&') {
            p = put_reference(out, p, end);
        } else if (*p == '<') {
            p = put_markup(out, p, end);
        } else {
            p += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
            buffer_char(out, attribute ? ' ' : '\n');
        }
    }
}

bool xml_is_noncharacter(const char *p, const char *end)
{
    return end - p >= 3 && (unsigned char)p[1] == 0xbf && (unsigned char)p[2] >= 0xbe;
}

/* Characters up to `close`, which is left behind. */
static bool skip_to(xml_reader *r, text close, const char *open_message)
{
    const char *from = r->at;
    const char *to = memmem(from, (size_t)(r->end - from), close.p, close.n);
    if (!to)
        return xml_fail(r, from, open_message);
    for (const char *p = from; p < to; p++)
        if (((unsigned char)*p < 0x20 && !xml_is(*p, BLANK)) ||
            ((unsigned char)*p == 0xef && xml_is_noncharacter(p, to)))
            return xml_fail(r, p, "a character that XML does not have");
    r->at = to + close.n;
    return true;
}

bool xml_skip_comment(xml_reader *r)
{
    r->at += 4;
    if (!skip_to(r, TEXT("--"), "a comment that is not closed"))
        return false;
    if (r->at == r->end || *r->at != '>')
        return xml_fail(r, r->at - 2, "a comment cannot hold '--'");
    r->at++;
    return true;
}

bool xml_skip_cdata(xml_reader *r)
{
    r->at += 9;
    return skip_to(r, TEXT("]]>"), "a CDATA section that is not closed");
}

bool xml_read_instruction(xml_reader *r)
{
    const char *start = r->at;
    text target;
    uint32_t prefix;
    r->at += 2;
    if (!xml_read_name(r, &target, &prefix))
        return false;
    if (prefix)
        return xml_fail(r, start, "an instruction cannot have a prefix");
    if (target.n == 3 && strncasecmp(target.p, "xml", 3) == 0)
        return xml_fail(r, start, "an XML declaration can only stand at the very beginning");
    if (!XML_STARTS(r, "?>") && (r->at == r->end || !xml_is(*r->at, BLANK)))
        return xml_fail(r, r->at, "expected a blank behind the name of an instruction");
    xml_skip_blanks(r);
    const char *from = r->at;
    if (!skip_to(r, TEXT("?>"), "an instruction that is not closed"))
        return false;
    xml_node n = {.kind = XML_INSTRUCTION,
                  .start = xml_at(r, start),
                  .end = xml_at(r, r->at),
                  .from = xml_at(r, from),
                  .to = xml_at(r, r->at - 2),
                  .next = (uint32_t)r->nodes.n + 1,
                  .name = xml_plain_name(r, target)};
    text data = {from, n.to - n.from};
    n.escaped = memchr(from, '\r', data.n) != NULL;
    buffer_clear(&r->decoded);
    if (n.escaped)
        xml_decode_lines(&r->decoded, data);
    n.print = xml_mix(r->names.p[n.name].print + XML_INSTRUCTION,
                      text_hash(n.escaped ? buffer_view(&r->decoded) : data));
    vec_push(&r->nodes, n);
    return true;
}
