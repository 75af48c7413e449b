/* xml.c: the reader of xml.h. One pass with a stack of open elements instead of recursion; nodes
 * are appended in document order, so a subtree is a contiguous range, and an element's print is
 * made of its children's when its end tag is read.
 *
 * Why not libxml2: see README.md. tests/oracle holds the two side by side.
 */
#include "stdlib/xml/xml_read.h"

/* Fewer than documents have: room is reserved, not used. */
enum { BYTES_A_NODE = 16 };

bool xml_fail(xml_reader *r, const char *at, const char *message)
{
    r->fault = at;
    r->message = text_of(message);
    return false;
}

/* --- attributes --- */

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

/* All of a start tag behind its name, up to '>' or "/>". */
static bool read_attributes(xml_reader *r)
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

static bool declare_namespaces(xml_reader *r)
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

static uint64_t print_of_value(xml_reader *r, xml_node *n, text raw, bool attribute)
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
        xml_node *sorted = (xml_node *)memcpy(malloc(n * sizeof *list), list, n * sizeof *list);
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

/* Pushes them as nodes; their prints are added, for their order is none. */
static bool push_attributes(xml_reader *r, uint32_t element, xml_open *e)
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
            xml_mix(r->names.p[n.name].print + XML_ATTRIBUTE, print_of_value(r, &n, raw, true));
        sum += n.print;
        vec_push(&r->nodes, n);
    }
    if (is_twice(r, &r->nodes.p[element + 1], r->attributes.n))
        return xml_fail(r, r->attributes.p[0].start, "an attribute that is there twice");
    r->nodes.p[element].print += xml_mix(sum, XML_ATTRIBUTE);
    return true;
}

/* --- text --- */

/* Characters up to the next '<', or the end. */
static bool read_characters(xml_reader *r)
{
    const char *p = r->at, *end = r->end;
    for (; p < end && xml_is(*p, BLANK); p++)
        r->run.escaped |= *p == '\r';
    while (p < end && *p != '<') {
        r->run.solid = true;
        while (p < end && !xml_is(*p, TEXT_STOP))
            p++;
        if (p == end || *p == '<')
            break;
        if (*p == '&') {
            r->at = p;
            r->run.escaped = true;
            if (!xml_read_reference(r))
                return false;
            p = r->at;
            continue;
        }
        if (*p == ']' && end - p >= 3 && p[1] == ']' && p[2] == '>')
            return xml_fail(r, p, "']]>' in a text must be written ]]&gt;");
        if ((unsigned char)*p == 0xef ? xml_is_noncharacter(p, end)
                                      : (unsigned char)*p < 0x20 && *p != '\r')
            return xml_fail(r, p, "a character that XML does not have");
        r->run.escaped |= *p == '\r';
        p++;
    }
    r->at = p;
    return true;
}

static void push_text(xml_reader *r, const char *from, const char *to, bool escaped)
{
    text raw = {from, (size_t)(to - from)};
    xml_node n = {.kind = XML_TEXT,
                  .start = xml_at(r, from),
                  .end = xml_at(r, to),
                  .from = xml_at(r, from),
                  .to = xml_at(r, to),
                  .next = (uint32_t)r->nodes.n + 1,
                  .escaped = escaped};
    n.print = xml_mix(XML_TEXT, print_of_value(r, &n, raw, false));
    if (!escaped || r->decoded.n) /* else comments alone */
        vec_push(&r->nodes, n);
}

/* In an element that turns out to hold text beside its children, the blanks between these count
 * after all: the children so far are pushed again, with what stands before each. */
static void become_mixed(xml_reader *r, xml_open *e)
{
    uint32_t n = (uint32_t)r->nodes.n - e->first;
    e->mixed = true;
    if (n == 0)
        return;
    xml_node *old = malloc(n * sizeof *old);
    if (!old)
        memory_exhausted();
    memcpy(old, &r->nodes.p[e->first], n * sizeof *old);
    r->nodes.n = e->first;
    const char *from = r->start + r->nodes.p[e->node].from;
    for (uint32_t i = 0, end; i < n; i = end) {
        if (r->start + old[i].start > from)
            push_text(r, from, r->start + old[i].start, true);
        end = old[i].next - e->first;
        uint32_t moved = (uint32_t)r->nodes.n - e->first - i;
        for (uint32_t k = i; k < end; k++) {
            old[k].next += moved;
            vec_push(&r->nodes, old[k]);
        }
        from = r->start + old[i].end;
    }
    free(old);
}

/* Before a child or the end of an element with children: keeps the text that the run is, if it is
 * one. */
static void end_run(xml_reader *r, xml_open *e)
{
    if (r->run.solid && !e->mixed)
        become_mixed(r, e);
    if (r->at > r->run.from && (e->mixed || e->preserve))
        push_text(r, r->run.from, r->at, r->run.escaped);
}

static void begin_run(xml_reader *r)
{
    r->run = (xml_run){.from = r->at};
}

/* --- elements --- */

static void finish_element(xml_reader *r, xml_open *e, const char *to)
{
    xml_node *n = &r->nodes.p[e->node];
    n->to = xml_at(r, to);
    n->leaf = r->nodes.n == e->first;
    uint64_t content = 0;
    if (n->leaf) {
        n->escaped = r->run.escaped;
        text raw = {r->start + n->from, n->to - n->from};
        n->blank = !r->run.solid && !e->preserve;
        if (!n->blank)
            content = print_of_value(r, n, raw, false);
        n = &r->nodes.p[e->node];
    } else {
        r->at = to;
        end_run(r, e);
        n = &r->nodes.p[e->node];
        content = XML_ELEMENT;
        for (uint32_t i = e->first; i < r->nodes.n; i = r->nodes.p[i].next)
            content = xml_mix(content, r->nodes.p[i].print);
    }
    n->print = xml_mix(n->print, content);
    n->next = (uint32_t)r->nodes.n;
}

/* Behind an element: its scope ends. */
static void leave(xml_reader *r)
{
    const xml_open *e = &r->open[--r->depth];
    r->nodes.p[e->node].end = xml_at(r, r->at);
    r->bindings.n = e->bindings;
    r->scope = e->scope;
    begin_run(r);
}

static bool close_element(xml_reader *r)
{
    const char *tag = r->at, *p = tag + 2;
    xml_open *e = &r->open[r->depth - 1];
    if ((size_t)(r->end - p) <= e->tag_n || memcmp(p, e->tag, e->tag_n) != 0)
        return xml_fail(r, tag,
                        text_format(r->memory, "expected </%.*s>", (int)e->tag_n, e->tag).p);
    for (p += e->tag_n; p < r->end && xml_is(*p, BLANK);)
        p++;
    if (p == r->end || *p != '>')
        return xml_fail(r, tag,
                        text_format(r->memory, "expected </%.*s>", (int)e->tag_n, e->tag).p);
    finish_element(r, e, tag);
    r->at = p + 1;
    leave(r);
    return true;
}

static bool open_element(xml_reader *r)
{
    const char *start = r->at++;
    text tag;
    uint32_t prefix, node = (uint32_t)r->nodes.n;
    if (!xml_read_name(r, &tag, &prefix))
        return false;
    if (r->depth == XML_DEPTH)
        return xml_fail(r, start, "nested deeper than 512 levels");
    xml_open *e = &r->open[r->depth];
    *e = (xml_open){.tag = tag.p,
                    .tag_n = (uint32_t)tag.n,
                    .node = node,
                    .bindings = (uint32_t)r->bindings.n,
                    .scope = r->scope,
                    .preserve = r->depth && r->open[r->depth - 1].preserve};
    bool bare = r->at < r->end && *r->at == '>';
    if (!bare && (!read_attributes(r) || !declare_namespaces(r)))
        return false;
    xml_node n = {.kind = XML_ELEMENT, .start = xml_at(r, start)};
    if (!xml_resolve(r, tag, prefix, false, &n.name))
        return false;
    n.print = r->names.p[n.name].print + XML_ELEMENT;
    vec_push(&r->nodes, n);
    if (!bare && r->attributes.n && !push_attributes(r, node, e))
        return false;
    r->depth++;
    e->first = (uint32_t)r->nodes.n;
    bool empty = *r->at == '/';
    if (empty && (r->end - r->at < 2 || r->at[1] != '>'))
        return xml_fail(r, r->at, "expected '/>'");
    r->at += empty ? 2 : 1;
    r->nodes.p[node].from = xml_at(r, r->at);
    begin_run(r);
    if (empty) {
        finish_element(r, e, r->at);
        leave(r);
    }
    return true;
}

static bool read_markup(xml_reader *r)
{
    char c = r->end - r->at >= 2 ? r->at[1] : 0;
    if (c == '/')
        return close_element(r);
    if (c == '!') {
        r->run.escaped = true;
        if (XML_STARTS(r, "<!--"))
            return xml_skip_comment(r);
        if (!XML_STARTS(r, "<![CDATA["))
            return xml_fail(r, r->at, "expected an element, a comment or CDATA");
        r->run.solid = true;
        return xml_skip_cdata(r);
    }
    end_run(r, &r->open[r->depth - 1]);
    if (c != '?')
        return open_element(r);
    if (!xml_read_instruction(r))
        return false;
    begin_run(r);
    return true;
}

/* From the root's '<' to behind its end. */
static bool read_root(xml_reader *r)
{
    r->document->root = (uint32_t)r->nodes.n;
    if (!open_element(r))
        return false;
    while (r->depth) {
        if (!read_characters(r))
            return false;
        if (r->at == r->end) {
            const xml_open *e = &r->open[r->depth - 1];
            return xml_fail(
                r, r->at,
                text_format(r->memory, "the file ends before </%.*s>", (int)e->tag_n, e->tag).p);
        }
        if (!read_markup(r))
            return false;
    }
    return true;
}

static bool read_all(xml_reader *r, text file)
{
    if (!xml_take_source(r, file))
        return false;
    vec_reserve(&r->nodes, file.n / BYTES_A_NODE + 1);
    vec_push(&r->nodes, (xml_node){.kind = XML_DOCUMENT});
    if (!xml_read_prolog(r) || !read_root(r) || !xml_read_misc(r))
        return false;
    if (r->at < r->end)
        return xml_fail(r, r->at, "expected the end behind the root element");
    xml_node *d = &r->nodes.p[0];
    d->to = d->end = xml_at(r, r->end);
    d->next = (uint32_t)r->nodes.n;
    for (uint32_t i = 1; i < d->next; i = r->nodes.p[i].next)
        d->print = xml_mix(d->print, r->nodes.p[i].print);
    return true;
}

/* Where a fault is: the elements that are open there. */
static text path_of(const xml_reader *r)
{
    buffer b = {0};
    for (uint32_t i = 0; i < r->depth; i++)
        buffer_printf(&b, "/%.*s", (int)r->open[i].tag_n, r->open[i].tag);
    text path = text_copy(r->memory, buffer_view(&b));
    buffer_release(&b);
    return path;
}

static void tell(const xml_reader *r, xml_fault *fault)
{
    const xml_document *d = r->document;
    size_t at = (size_t)(r->fault - r->start), line = 1;
    for (size_t i = 0; i < at && i < d->source.n; i++)
        line += d->source.p[i] == '\n';
    *fault = (xml_fault){xml_offset(d, at), line, r->message, path_of(r)};
}

bool xml_read(arena *a, text file, xml_document *out, xml_fault *fault)
{
    *out = (xml_document){0};
    xml_reader *r = calloc(1, sizeof *r);
    if (!r)
        memory_exhausted();
    r->memory = a;
    r->document = out;
    xml_names_init(r);
    bool ok = read_all(r, file);
    if (ok) {
        out->nodes = (uint32_t)r->nodes.n;
        vec_fit(&r->nodes);
        out->node = r->nodes.p;
        out->names = (uint32_t)r->names.n;
        out->name = r->names.p;
        arena_adopt(a, r->nodes.p);
        arena_adopt(a, r->names.p);
        r->names.p = NULL;
    } else {
        tell(r, fault);
        vec_release(&r->nodes);
    }
    xml_names_release(r);
    vec_release(&r->attributes);
    buffer_release(&r->decoded);
    free(r);
    return ok;
}
