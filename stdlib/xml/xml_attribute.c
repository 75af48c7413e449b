/* xml_attribute.c: start tags: attributes and declarations, and the print of what a value says. */
#include "stdlib/xml/xml_read.h"

/* A value at r->at, from its quote to behind the closing one. */
static bool read_value(xml_reader *r, xml_attribute *x)
{
    char quote = r->at < r->end ? *r->at : 0;
    if (quote != '"' && quote != '\'')
        return xml_fail(r, r->at, "expected a value in quotes");
    const char *start = r->at++;
    x->from = r->at;
    for (;;) {
        const char *p = r->at;
        while (p < r->end && !xml_is(*p, VALUE_STOP))
            p++;
        r->at = p;
        if (p == r->end)
            return xml_fail(r, start, "a value that is not closed");
        if (*p == quote)
            break;
        if (*p == '&') {
            x->escaped = true;
            if (!xml_read_reference(r))
                return false;
            continue;
        }
        if (*p == '<')
            return xml_fail(r, p, "'<' in a value must be written &lt;");
        if ((unsigned char)*p == 0xef ? xml_is_noncharacter(p, r->end)
                                      : (unsigned char)*p < 0x20 && !xml_is(*p, BLANK))
            return xml_fail(r, p, "a character that XML does not have");
        x->escaped |= xml_is(*p, BLANK);
        r->at++;
    }
    x->to = r->at++;
    return true;
}

static bool read_attribute(xml_reader *r)
{
    text name;
    xml_attribute x = {.start = r->at};
    if (!xml_read_name(r, &name, &x.prefix))
        return false;
    x.end = r->at;
    xml_skip_blanks(r);
    if (r->at == r->end || *r->at != '=')
        return xml_fail(r, r->at, "expected '=' behind the name of an attribute");
    r->at++;
    xml_skip_blanks(r);
    if (!read_value(r, &x))
        return false;
    vec_push(&r->attributes, x);
    return true;
}

static bool is_declaration(const xml_attribute *x)
{
    size_t n = (size_t)(x->end - x->start);
    return n >= 5 && memcmp(x->start, "xmlns", 5) == 0 && (n == 5 || x->prefix == 5);
}

bool xml_read_attributes(xml_reader *r)
{
    vec_clear(&r->attributes);
    for (;;) {
        const char *before = r->at;
        xml_skip_blanks(r);
        if (r->at == r->end)
            return xml_fail(r, before, "a start tag that is not closed");
        if (*r->at == '>' || *r->at == '/')
            return true;
        if (r->at == before)
            return xml_fail(r, r->at, "expected a blank, '>' or '/>'");
        if (!read_attribute(r))
            return false;
    }
}

bool xml_declare_namespaces(xml_reader *r)
{
    uint32_t first = (uint32_t)r->bindings.n;
    size_t kept = 0;
    for (size_t i = 0; i < r->attributes.n; i++) {
        const xml_attribute *x = &r->attributes.p[i];
        if (!is_declaration(x))
            r->attributes.p[kept++] = *x;
        else if (!xml_declare(r, x, first))
            return false;
    }
    r->attributes.n = kept;
    if (r->bindings.n > first)
        r->scope = ++r->scopes;
    return true;
}

uint64_t xml_print_of_value(xml_reader *r, xml_node *n, text raw, bool attribute)
{
    if (n->escaped) {
        buffer_clear(&r->decoded);
        xml_decode(&r->decoded, raw, attribute);
        raw = buffer_view(&r->decoded);
    }
    const xml_name *name = &r->names.p[n->name];
    if (name->qualified && xml_resolve_value(r, raw, &n->type)) {
        n->qualified = true;
        return r->names.p[n->type].print + 1;
    }
    return text_hash(raw);
}

static int by_name(const void *a, const void *b)
{
    const xml_node *x = a, *y = b;
    return (x->name > y->name) - (x->name < y->name);
}

enum { FEW = 8 };

/* Two attributes of one name, by namespace and local name. */
static bool is_twice(xml_reader *r, const xml_node *list, size_t n)
{
    if (n > FEW) {
        xml_node *sorted = memory_resize(NULL, n * sizeof *list);
        memcpy(sorted, list, n * sizeof *list);
        qsort(sorted, n, sizeof *sorted, by_name);
        bool twice = false;
        for (size_t i = 1; i < n; i++)
            twice |= sorted[i].name == sorted[i - 1].name;
        free(sorted);
        return twice;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (list[i].name == list[k].name)
                return true;
    return false;
}

/* Their prints are added, for their order is none. */
bool xml_push_attributes(xml_reader *r, uint32_t element, xml_open *e)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < r->attributes.n; i++) {
        const xml_attribute *x = &r->attributes.p[i];
        xml_node n = {.kind = XML_ATTRIBUTE,
                      .start = xml_at(r, x->start),
                      .end = xml_at(r, x->to) + 1,
                      .from = xml_at(r, x->from),
                      .to = xml_at(r, x->to),
                      .next = (uint32_t)r->nodes.n + 1,
                      .escaped = x->escaped};
        text name = {x->start, (size_t)(x->end - x->start)};
        if (!xml_resolve(r, name, x->prefix, true, &n.name))
            return false;
        text raw = {x->from, (size_t)(x->to - x->from)};
        if (r->names.p[n.name].space)
            e->preserve = text_is(raw, "preserve");
        n.print =
            xml_mix(r->names.p[n.name].print + XML_ATTRIBUTE, xml_print_of_value(r, &n, raw, true));
        sum += n.print;
        vec_push(&r->nodes, n);
    }
    if (is_twice(r, &r->nodes.p[element + 1], r->attributes.n))
        return xml_fail(r, r->attributes.p[0].start, "an attribute that is there twice");
    r->nodes.p[element].print += xml_mix(sum, XML_ATTRIBUTE);
    return true;
}
