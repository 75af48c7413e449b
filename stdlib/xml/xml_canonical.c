/* xml_canonical.c: Exclusive XML Canonicalization 1.0 (W3C, 18 July 2002) without comments. A
 * namespace is declared where it is first visibly used, so all it takes are the prefix as written
 * and the URI that the reader resolved. */
#include "stdlib/xml/xml_read.h"

typedef struct {
    text prefix, uri;
} rendered;

typedef struct {
    arena *memory;
    const xml_document *d;
    buffer *out;
    buffer decoded;
    VEC(rendered) scope; /* declared in the output around the node at hand */
} writer;

static text prefix_of(const xml_document *d, uint32_t node)
{
    const xml_node *n = &d->node[node];
    size_t from = n->start + (n->kind == XML_ELEMENT), to = from;
    while (xml_is(d->source.p[to], NAME_CHAR) && d->source.p[to] != ':')
        to++;
    return d->source.p[to] == ':' ? text_slice(d->source, from, to) : (text){0};
}

static void put_name(writer *w, uint32_t node)
{
    text prefix = prefix_of(w->d, node);
    buffer_text(w->out, prefix);
    if (prefix.n)
        buffer_char(w->out, ':');
    buffer_text(w->out, w->d->name[w->d->node[node].name].local);
}

/* C14N §2.3: what is escaped in attributes and in texts. */
static void put_escaped(buffer *out, text t, bool attribute)
{
    for (size_t i = 0; i < t.n; i++)
        switch (t.p[i]) {
        case '&': buffer_cstr(out, "&amp;"); break;
        case '<': buffer_cstr(out, "&lt;"); break;
        case '\r': buffer_cstr(out, "&#xD;"); break;
        case '>': buffer_cstr(out, attribute ? ">" : "&gt;"); break;
        case '"': buffer_cstr(out, attribute ? "&quot;" : "\""); break;
        case '\t': buffer_cstr(out, attribute ? "&#x9;" : "\t"); break;
        case '\n': buffer_cstr(out, attribute ? "&#xA;" : "\n"); break;
        default: buffer_char(out, t.p[i]);
        }
}

static void put_text(writer *w, size_t from, size_t to, bool attribute)
{
    buffer_clear(&w->decoded);
    xml_decode(&w->decoded, text_slice(w->d->source, from, to), attribute);
    put_escaped(w->out, buffer_view(&w->decoded), attribute);
}

static text in_scope(const writer *w, text prefix)
{
    for (size_t i = w->scope.n; i-- > 0;)
        if (text_equal(w->scope.p[i].prefix, prefix))
            return w->scope.p[i].uri;
    return (text){0};
}

static int by_prefix(const void *a, const void *b)
{
    return text_compare(((const rendered *)a)->prefix, ((const rendered *)b)->prefix);
}

static void use_namespace(writer *w, uint32_t node)
{
    text prefix = prefix_of(w->d, node), uri = w->d->name[w->d->node[node].name].uri;
    if (!text_equal(in_scope(w, prefix), uri) && !text_is(prefix, "xml"))
        vec_push(&w->scope, (rendered){prefix, uri});
}

static int by_expanded(const void *a, const void *b, void *document)
{
    const xml_document *d = document;
    const xml_name *x = &d->name[d->node[*(const uint32_t *)a].name];
    const xml_name *y = &d->name[d->node[*(const uint32_t *)b].name];
    int c = text_compare(x->uri, y->uri);
    return c ? c : text_compare(x->local, y->local);
}

/* Fills `list` with the attributes of an element, in order; returns where the rest begins. */
static uint32_t attributes_of(writer *w, uint32_t node, uint32_t **list, size_t *n)
{
    uint32_t i = node + 1;
    while (i < w->d->node[node].next && w->d->node[i].kind == XML_ATTRIBUTE)
        i++;
    *n = i - node - 1;
    *list = arena_array(w->memory, uint32_t, *n);
    for (uint32_t k = 0; k < *n; k++)
        (*list)[k] = node + 1 + k;
    if (*n)
        qsort_r(*list, *n, sizeof **list, by_expanded, (void *)(uintptr_t)w->d);
    return i;
}

/* The start tag; returns the first child. */
static uint32_t put_start(writer *w, uint32_t node)
{
    uint32_t *list;
    size_t n, before = w->scope.n;
    uint32_t first = attributes_of(w, node, &list, &n);
    use_namespace(w, node);
    for (size_t i = 0; i < n; i++)
        if (prefix_of(w->d, list[i]).n)
            use_namespace(w, list[i]);
    if (w->scope.n > before)
        qsort(w->scope.p + before, w->scope.n - before, sizeof *w->scope.p, by_prefix);
    buffer_char(w->out, '<');
    put_name(w, node);
    for (size_t i = before; i < w->scope.n; i++) {
        const rendered *x = &w->scope.p[i];
        buffer_printf(w->out, " xmlns%s%.*s=\"", x->prefix.n ? ":" : "", TEXT_ARG(x->prefix));
        put_escaped(w->out, x->uri, true);
        buffer_char(w->out, '"');
    }
    for (size_t i = 0; i < n; i++) {
        const xml_node *x = &w->d->node[list[i]];
        buffer_char(w->out, ' ');
        put_name(w, list[i]);
        buffer_cstr(w->out, "=\"");
        put_text(w, x->from, x->to, true);
        buffer_char(w->out, '"');
    }
    buffer_char(w->out, '>');
    return first;
}

static void put_instruction(writer *w, uint32_t node)
{
    const xml_node *n = &w->d->node[node];
    text data = xml_value(w->memory, w->d, node);
    buffer_printf(w->out, "<?%.*s%s", TEXT_ARG(w->d->name[n->name].local), data.n ? " " : "");
    buffer_text(w->out, data);
    buffer_cstr(w->out, "?>");
}

/* Between two children stands text, whether it has a node or not. Recurses at most XML_DEPTH deep.
 */
static void put_element(writer *w, uint32_t node)
{
    const xml_node *self = &w->d->node[node];
    size_t scope = w->scope.n, at = self->from;
    for (uint32_t i = put_start(w, node); i < self->next; i = w->d->node[i].next) {
        const xml_node *n = &w->d->node[i];
        if (n->kind == XML_TEXT)
            continue;
        put_text(w, at, n->start, false);
        if (n->kind == XML_ELEMENT)
            put_element(w, i);
        else
            put_instruction(w, i);
        at = n->end;
    }
    put_text(w, at, self->to, false);
    buffer_cstr(w->out, "</");
    put_name(w, node);
    buffer_char(w->out, '>');
    w->scope.n = scope;
}

void xml_canonical(arena *a, const xml_document *d, buffer *out)
{
    writer w = {.memory = a, .d = d, .out = out};
    for (uint32_t i = 1; i < d->nodes; i = d->node[i].next) {
        if (i > d->root)
            buffer_char(out, '\n');
        if (i == d->root)
            put_element(&w, i);
        else
            put_instruction(&w, i);
        if (i < d->root)
            buffer_char(out, '\n');
    }
    buffer_release(&w.decoded);
    vec_release(&w.scope);
}
