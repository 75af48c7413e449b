/* yaml_format.c: what YAML is to those who ask of any file: telling it, reading it, describing it.
 *
 * A document of YAML says what one of JSON could say, so it is brought into that (spec.h
 * settles types, aliases and merge keys) and read by the reader of JSON: comparing, paths and rules
 * are those of JSON. Comments, order of keys, quotes and indentation are gone then, which is what
 * they mean. A stream of several documents is a list of them.
 */
#include "stdlib/document/spec.h"
#include "stdlib/document/format.h"

#include <string.h>

enum { WRITTEN_MOST = 64 << 20 };

/* ---- telling ---- */

static text line_at(text t, size_t at)
{
    const char *nl = memchr(t.p + at, '\n', t.n - at);
    return text_slice(t, at, nl ? (size_t)(nl - t.p) : t.n);
}

static size_t indent_of(text line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] == ' ')
        n++;
    return n;
}

/* A line that begins or ends a document. */
static bool is_marker(text line, const char *mark)
{
    text t = text_slice(line, 0, 3), rest = text_slice(line, 3, line.n);
    return text_is(t, mark) && (rest.n == 0 || strchr(" \t\r", rest.p[0]));
}

/* Blank, a comment or a directive. */
static bool says_nothing(text line)
{
    text t = text_trim(line);
    return t.n == 0 || t.p[0] == '#' || line.p[0] == '%';
}

/* How many bytes of `key:` there are, with what may stand in a key of people's files; 0: none. */
static size_t key_length(text t)
{
    size_t n = 0;
    while (n < t.n && t.p[n] != ':' && (t.p[n] > ' ' || t.p[n] < 0) &&
           !strchr(",;|{}[]#&*!>", t.p[n]))
        n++;
    bool ends = n > 0 && n < t.n && (n + 1 == t.n || strchr(" \t\r", t.p[n + 1]));
    return ends ? n + 1 : 0;
}

static bool is_item(text t)
{
    return t.n && t.p[0] == '-' && (t.n == 1 || strchr(" \r", t.p[1]));
}

/* Lines that are not indented are all keys or items, and under one of them something is: flat lines
 * of `key: value` are the headers of letters, too. */
static bool is_yaml(text head, bool whole)
{
    bool nested = false, opens = false, marked = false;
    unsigned outer = 0;
    for (size_t at = 0; at < head.n;) {
        text line = line_at(head, at);
        if (!whole && at + line.n == head.n)
            break;
        at += line.n + 1;
        if (says_nothing(line))
            continue;
        if (is_marker(line, "---") || is_marker(line, "...")) {
            marked = marked || outer == 0;
            continue;
        }
        if (line.p[0] == '\t')
            return false;
        size_t indent = indent_of(line), key = key_length(line);
        nested |= opens && (indent > 0 || is_item(line));
        if (indent == 0 && !key && !is_item(line))
            return false;
        outer += indent == 0;
        text value = text_trim(text_slice(line, key, line.n));
        opens = (indent == 0 && key && value.n == 0) ||
                (is_item(line) && key_length(text_trim(text_slice(line, 1, line.n))));
    }
    return outer > 0 && (nested || marked);
}

/* ---- reading ---- */

/* Aliases count as written out, so a few lines could become any length. */
typedef struct {
    json_writer w;
    buffer out;
    size_t most;
    bool full;
} written;

static void put_node(written *to, const spec_node *n)
{
    json_writer *w = &to->w;
    to->full |= to->out.n > to->most;
    if (to->full)
        return;
    if (n->kind == SPEC_TEXT)
        json_put_text(w, n->value);
    else if (n->kind == SPEC_NULL)
        json_put_null(w);
    else if (n->kind < SPEC_TEXT)
        json_put_raw(w, n->value);
    else if (n->kind == SPEC_LIST)
        json_array(w);
    else
        json_object(w);
    for (uint32_t i = 0; n->kind >= SPEC_LIST && i < n->count; i++) {
        if (n->kind == SPEC_MAP)
            json_put_key_text(w, n->child[i].key);
        put_node(to, &n->child[i]);
    }
    if (n->kind == SPEC_LIST)
        json_array_end(w);
    if (n->kind == SPEC_MAP)
        json_object_end(w);
}

/* Where the document at `from` ends: before the next line `---` that has content before it. A text
 * cannot hold such a line (YAML 1.2.2, 9.1.2). */
static size_t document_end(text t, size_t from)
{
    bool content = false;
    for (size_t at = from; at < t.n;) {
        text line = line_at(t, at);
        bool mark = is_marker(line, "---");
        if (mark && content)
            return at;
        content |= mark || !says_nothing(line);
        at += line.n + 1;
    }
    return t.n;
}

static const spec_node nothing = {.kind = SPEC_NULL};

typedef VEC(const spec_node *) roots;

static bool read_documents(arena *a, text bytes, roots *list, document_fault *fault)
{
    size_t at = 0;
    do {
        size_t end = document_end(bytes, at);
        *fault = (document_fault){0};
        const spec_node *root = spec_read_yaml(a, text_slice(bytes, at, end), fault);
        if (!root && fault->message.n) {
            fault->offset += at;
            return false;
        }
        vec_push(list, root ? root : &nothing);
        at = end;
    } while (at < bytes.n);
    return true;
}

/* p == NULL where that would be too long. */
static text as_json(arena *a, const roots *list, size_t bytes)
{
    written to = {.most = WRITTEN_MOST + bytes * 8};
    json_begin(&to.w, &to.out, 0);
    if (list->n > 1)
        json_array(&to.w);
    for (size_t i = 0; i < list->n; i++)
        put_node(&to, list->p[i]);
    if (list->n > 1)
        json_array_end(&to.w);
    text out = to.full ? (text){0} : text_copy(a, buffer_view(&to.out));
    buffer_release(&to.out);
    return out;
}

static bool put_fault(document_fault *fault, const char *message)
{
    *fault = (document_fault){TEXT("yaml"), text_of(message), 0, {0}};
    return false;
}

static bool read_yaml(arena *a, text bytes, json_document *d, document_fault *fault)
{
    json_fault broken;
    roots list = {0};
    if (bytes.n >= UINT32_MAX)
        return put_fault(fault, "larger than 4 GiB");
    bool sound = read_documents(a, bytes, &list, fault);
    text json = sound ? as_json(a, &list, bytes.n) : (text){0};
    vec_release(&list);
    if (!sound)
        return false;
    if (!json.p)
        return put_fault(fault, "its aliases write out to too much to be read");
    return json_read_prints(a, json, false, NULL, d, &broken) || put_fault(fault, broken.message);
}

static void read_file(arena *a, document_file *f)
{
    document_fault *fault = arena_new(a, document_fault);
    json_document *d = arena_new(a, json_document);
    if (read_yaml(a, f->bytes, d, fault)) {
        f->content = d;
    } else {
        f->fault = f->broken = fault;
        f->faults = 1;
    }
}

static void summarise(const document_file *f, buffer *out)
{
    json_format.summarise(f, out);
}

static void describe(arena *a, json_writer *w, const document_file *f)
{
    json_format.describe(a, w, f);
}

const document_format yaml_format = {
    .is = is_yaml, .read = read_file, .summarise = summarise, .describe = describe};
