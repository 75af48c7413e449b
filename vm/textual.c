/* textual.c: owns instructions that make texts or read json. Texts are put together in a buffer and
 * enter the heap at the end, so that what they are made from never moves under them. */
#include "vm/exec_parts.h"

#include "base/json.h"
#include "bytecode/vocabulary.h"

#include <string.h>

static int64_t keep(machine *m, buffer *b)
{
    int64_t t = heap_text(m->i, &m->f->heap, buffer_view(b));
    buffer_release(b);
    return t;
}

static text operand_text(const machine *m, uint32_t r)
{
    return value_text(m->i, &m->f->heap, m->r[r]);
}

/* A json text stands in texts as itself, without its quotes: "id {answer.json.id}". */
static bool json_as_text(const machine *m, int64_t v, buffer *out)
{
    if (value_absent(v))
        return false;
    arena a = {0};
    json_document d;
    text t = value_text(m->i, &m->f->heap, v);
    bool is = t.n && t.p[0] == '"' && json_read(&a, t, &d, NULL);
    if (is)
        buffer_text(out, json_text(&a, &d, 0));
    arena_release(&a);
    return is;
}

void exec_format(machine *m)
{
    buffer b = {0};
    if (m->x->c == 1 && value_absent(m->r[m->x->b])) {
        m->r[m->x->a] = QUANTITY_NA;
        return;
    }
    if (m->t[m->x->b] == TYPE_WORD(TYPE_TEXT, 0) && !value_absent(m->r[m->x->b])) {
        m->r[m->x->a] = m->r[m->x->b];
        return;
    }
    if (m->t[m->x->b] == TYPE_WORD(TYPE_JSON, 0) && json_as_text(m, m->r[m->x->b], &b)) {
        m->r[m->x->a] = keep(m, &b);
        return;
    }
    value_format(m->i, &m->f->heap, m->t[m->x->b], m->r[m->x->b], &b);
    m->r[m->x->a] = keep(m, &b);
}

void exec_concatenate(machine *m)
{
    buffer b = {0};
    for (uint32_t k = 0; k < m->x->c; k++) {
        if (value_absent(m->r[m->x->b + k])) {
            m->r[m->x->a] = QUANTITY_NA;
            buffer_release(&b);
            return;
        }
        if (b.n <= m->i->limits->text)
            buffer_text(&b, operand_text(m, m->x->b + k));
    }
    m->r[m->x->a] = keep(m, &b);
}

/* A value as json: what json has no form for is the text that people read; a secret is its name. */
static void write_json(const machine *m, json_writer *w, type_word type, int64_t v)
{
    const heap *h = &m->f->heap;
    uint32_t n;
    buffer b = {0};
    if (value_absent(v)) {
        json_put_null(w);
        return;
    }
    switch (TYPE_ID(type)) {
    case TYPE_BOOL: json_put_bool(w, v == 1); break;
    case TYPE_NUMBER: json_put_decimal(w, v, SCALE_NUMBER); break;
    case TYPE_TEXT: json_put_text(w, value_text(m->i, h, v)); break;
    case TYPE_JSON:
    case TYPE_ENDPOINT: json_put_raw(w, value_text(m->i, h, v)); break;
    case TYPE_SECRET:
        json_object(w);
        json_add_text(w, "secret", value_text(m->i, h, v));
        json_object_end(w);
        break;
    case TYPE_LIST: {
        const int64_t *e = value_list(h, v, &n);
        json_array(w);
        for (uint32_t k = 0; k < n && w->out->n <= m->i->limits->text; k++)
            write_json(m, w, m->i->list_types[TYPE_PARAMETER(type)], e[k]);
        json_array_end(w);
        break;
    }
    default:
        value_format(m->i, h, type, v, &b);
        json_put_text(w, buffer_view(&b));
        buffer_release(&b);
    }
}

/* The next key of a leaf's path, unescaped in the arena; *rest behind it. */
static text next_key(arena *a, text *rest)
{
    char *p = arena_alloc(a, rest->n + 1, 1);
    size_t n = 0, at = 0;
    for (; at < rest->n && rest->p[at] != '.'; at++) {
        at += rest->p[at] == '\\' && at + 1 < rest->n;
        p[n++] = rest->p[at];
    }
    *rest = at < rest->n ? text_slice(*rest, at + 1, rest->n) : (text){"", 0};
    return (text){p, n};
}

enum { RECORD_DEPTH = 16 };

/* Opens and closes objects so that the writer stands where the leaf belongs; its own key is put. */
static void enter(json_writer *w, arena *a, text path, text open[RECORD_DEPTH], uint32_t *depth)
{
    text key[RECORD_DEPTH];
    uint32_t n = 0, same = 0;
    for (text rest = path; rest.n && n < RECORD_DEPTH;)
        key[n++] = next_key(a, &rest);
    while (same < *depth && same + 1 < n && text_equal(open[same], key[same]))
        same++;
    for (; *depth > same; --*depth)
        json_object_end(w);
    for (; *depth + 1 < n; ++*depth) {
        open[*depth] = key[*depth];
        json_put_key_text(w, key[*depth]);
        json_object(w);
    }
    json_put_key_text(w, n ? key[n - 1] : path);
}

void exec_record(machine *m)
{
    const image_record *row = &m->i->records[m->x->b];
    arena a = {0};
    buffer b = {0}, canonical = {0};
    json_writer w;
    text open[RECORD_DEPTH];
    uint32_t depth = 0;
    bool unknown = false;
    json_begin(&w, &b, 0);
    json_object(&w);
    for (uint32_t k = 0; k < row->leaves; k++) {
        const image_leaf *leaf = &m->i->leaves[row->first_leaf + k];
        int64_t v = m->r[m->x->c + k];
        unknown |= v == QUANTITY_NA;
        if (value_absent(v)) /* none is left out */
            continue;
        enter(&w, &a, image_text(m->i, leaf->path), open, &depth);
        write_json(m, &w, leaf->type, v);
    }
    for (; depth; depth--)
        json_object_end(&w);
    json_object_end(&w);
    unknown = unknown || !json_canonical(&a, buffer_view(&b), &canonical, NULL);
    m->r[m->x->a] = unknown ? QUANTITY_NA : heap_text(m->i, &m->f->heap, buffer_view(&canonical));
    buffer_release(&canonical);
    buffer_release(&b);
    arena_release(&a);
}

static int64_t find_member(const image *i, uint32_t e, text name)
{
    const image_enum *row = &i->enums[e];
    for (uint32_t k = 0; k < row->members; k++)
        if (text_equal(image_text(i, i->words[row->first_member + k]), name))
            return k;
    return QUANTITY_NA;
}

static int64_t read_json(machine *m, arena *a, const json_document *d, uint32_t node,
                         type_word type);

static int64_t read_array(machine *m, arena *a, const json_document *d, uint32_t node,
                          type_word type)
{
    const json_node *row = &d->node[node];
    int64_t *e, list;
    if (row->kind != JSON_ARRAY || row->count > m->i->limits->list)
        return QUANTITY_NA;
    int64_t *v = arena_array(a, int64_t, row->count);
    uint32_t child = node + 1;
    for (uint32_t k = 0; k < row->count; k++, child = d->node[child].next) {
        v[k] = read_json(m, a, d, child, m->i->list_types[TYPE_PARAMETER(type)]);
        if (v[k] == QUANTITY_NA)
            return QUANTITY_NA;
    }
    list = heap_list(m->i, &m->f->heap, row->count, &e);
    if (list != QUANTITY_NA && row->count)
        memcpy(e, v, row->count * sizeof *e);
    return list;
}

static int64_t read_json(machine *m, arena *a, const json_document *d, uint32_t node,
                         type_word type)
{
    json_kind kind = d->node[node].kind;
    int64_t v;
    bool inexact = false;
    buffer b = {0};
    switch (TYPE_ID(type)) {
    case TYPE_BOOL: return kind == JSON_TRUE ? 1 : kind == JSON_FALSE ? 0 : QUANTITY_NA;
    case TYPE_NUMBER:
        if (kind != JSON_NUMBER)
            return QUANTITY_NA;
        return decimal_read(json_raw(d, node), SCALE_NUMBER, false, &v, &inexact) || inexact
                   ? v
                   : QUANTITY_NA;
    case TYPE_TEXT:
        return kind == JSON_TEXT ? heap_text(m->i, &m->f->heap, json_text(a, d, node))
                                 : QUANTITY_NA;
    case TYPE_ENUM:
        return kind == JSON_TEXT ? find_member(m->i, TYPE_PARAMETER(type), json_text(a, d, node))
                                 : QUANTITY_NA;
    case TYPE_JSON:
        return json_canonical(a, json_raw(d, node), &b, NULL) ? keep(m, &b)
                                                              : (buffer_release(&b), QUANTITY_NA);
    case TYPE_LIST: return read_array(m, a, d, node, type);
    default: return QUANTITY_NA;
    }
}

void exec_json_get(machine *m)
{
    const image_field *f = &m->i->fields[m->x->c];
    int64_t v = m->r[m->x->b], result = QUANTITY_NA;
    arena a = {0};
    json_document d;
    uint32_t node = 0;
    /* A copy: values go to the heap while the document is still looked at. */
    text source = text_copy(&a, value_text(m->i, &m->f->heap, v));
    if (!value_absent(v) && json_read(&a, source, &d, NULL) &&
        json_follow(&d, image_text(m->i, f->path), &node))
        result = read_json(m, &a, &d, node, f->type);
    m->r[m->x->a] = result;
    arena_release(&a);
}

static int64_t change_case(machine *m, text t, char from, char to)
{
    buffer b = {0};
    for (size_t k = 0; k < t.n; k++)
        buffer_char(&b,
                    (char)(t.p[k] >= from && t.p[k] <= from + 25 ? t.p[k] - from + to : t.p[k]));
    return keep(m, &b);
}

static int64_t rounded(int64_t v, int64_t digits)
{
    if (digits < 0 || digits % UNIT_NUMBER || digits / UNIT_NUMBER > SCALE_NUMBER)
        return QUANTITY_NA;
    int64_t unit = decimal_power(SCALE_NUMBER - (int)(digits / UNIT_NUMBER));
    return decimal_fit(decimal_divide(v, unit) * unit);
}

static int64_t call_builtin(machine *m)
{
    const uint32_t c = m->x->c;
    text t = operand_text(m, c), u = TEXT("");
    switch ((builtin_id)m->x->b) {
    case BUILTIN_TEXT_STARTS:
    case BUILTIN_TEXT_ENDS:
    case BUILTIN_TEXT_CONTAINS: u = operand_text(m, c + 1); break;
    default: break;
    }
    switch ((builtin_id)m->x->b) {
    case BUILTIN_TEXT_LOWER: return change_case(m, t, 'A', 'a');
    case BUILTIN_TEXT_UPPER: return change_case(m, t, 'a', 'A');
    case BUILTIN_TEXT_LENGTH: return (int64_t)t.n * UNIT_NUMBER;
    case BUILTIN_TEXT_STARTS: return text_starts(t, u);
    case BUILTIN_TEXT_ENDS: return text_ends(t, u);
    case BUILTIN_TEXT_CONTAINS: return !u.n || memmem(t.p, t.n, u.p, u.n) != NULL;
    case BUILTIN_ROUND: return rounded(m->r[c], m->r[c + 1]);
    case BUILTIN_ADDRESS_PART: {
        buffer b = {0};
        text_percent_encode(t, &b);
        return keep(m, &b);
    }
    case BUILTIN_FILE_PART: return text_is_file_part(t) ? m->r[c] : QUANTITY_NA;
    case BUILTIN_COUNT: break;
    }
    return QUANTITY_NA;
}

/* Absent operands of any builtin make it not available. */
void exec_builtin(machine *m)
{
    static const uint8_t parameters[BUILTIN_COUNT] = {
        [BUILTIN_TEXT_LOWER] = 1,  [BUILTIN_TEXT_UPPER] = 1,   [BUILTIN_TEXT_LENGTH] = 1,
        [BUILTIN_TEXT_STARTS] = 2, [BUILTIN_TEXT_ENDS] = 2,    [BUILTIN_TEXT_CONTAINS] = 2,
        [BUILTIN_ROUND] = 2,       [BUILTIN_ADDRESS_PART] = 1, [BUILTIN_FILE_PART] = 1,
    };
    bool absent = false;
    for (uint32_t k = 0; k < parameters[m->x->b]; k++)
        absent |= value_absent(m->r[m->x->c + k]);
    m->r[m->x->a] = absent ? QUANTITY_NA : call_builtin(m);
}
