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
    n.print = xml_mix(XML_TEXT, xml_print_of_value(r, &n, raw, false));
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
            content = xml_print_of_value(r, n, raw, false);
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
    if (r->folds)
        xml_fold(r, e);
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
                    .preserve = r->depth ? r->open[r->depth - 1].preserve : r->preserve};
    if (r->folds) {
        e->arounds = (uint32_t)r->folds->around.n;
        e->kept = (uint32_t)r->folds->binding.n;
    }
    bool bare = r->at < r->end && *r->at == '>';
    if (!bare && (!xml_read_attributes(r) || !xml_declare_namespaces(r)))
        return false;
    xml_node n = {.kind = XML_ELEMENT, .start = xml_at(r, start)};
    if (!xml_resolve(r, tag, prefix, false, &n.name))
        return false;
    n.print = r->names.p[n.name].print + XML_ELEMENT;
    vec_push(&r->nodes, n);
    if (!bare && r->attributes.n && !xml_push_attributes(r, node, e))
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

bool xml_read_root(xml_reader *r)
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
    if (!xml_read_prolog(r) || !xml_read_root(r) || !xml_read_misc(r))
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

xml_reader *xml_reader_new(arena *a, xml_document *out)
{
    xml_reader *r = calloc(1, sizeof *r);
    if (!r)
        memory_exhausted();
    r->memory = a;
    r->document = out;
    return r;
}

void xml_reader_free(xml_reader *r)
{
    vec_release(&r->nodes);
    xml_names_release(r);
    vec_release(&r->attributes);
    buffer_release(&r->decoded);
    if (r->folds) {
        vec_release(&r->folds->around);
        vec_release(&r->folds->binding);
    }
    free(r);
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

void xml_keep(xml_reader *r)
{
    xml_document *out = r->document;
    vec_fit(&r->nodes);
    out->nodes = (uint32_t)r->nodes.n;
    out->node = r->nodes.p;
    arena_adopt(r->memory, r->nodes.p);
    r->nodes.p = NULL;
    if (r->again)
        return;
    out->names = (uint32_t)r->names.n;
    out->name = r->names.p;
    arena_adopt(r->memory, r->names.p);
    r->names.p = NULL;
    if (r->folds)
        xml_keep_folds(r);
}

static bool read_document(arena *a, text file, bool fold, xml_document *out, xml_fault *fault)
{
    *out = (xml_document){0};
    xml_folds folds = {0};
    xml_reader *r = xml_reader_new(a, out);
    r->folds = fold ? &folds : NULL;
    xml_names_init(r);
    bool ok = read_all(r, file);
    if (ok)
        xml_keep(r);
    else
        tell(r, fault);
    xml_reader_free(r);
    return ok;
}

bool xml_read(arena *a, text file, xml_document *out, xml_fault *fault)
{
    return read_document(a, file, false, out, fault);
}

bool xml_read_folded(arena *a, text file, xml_document *out, xml_fault *fault)
{
    return read_document(a, file, true, out, fault);
}
