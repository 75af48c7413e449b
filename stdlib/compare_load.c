/* compare_load.c: reads the files of a side in order of name and takes them apart into documents.
 */
#include "stdlib/compare_parts.h"

#include <string.h>

static int by_name(const void *a, const void *b)
{
    const loaded *x = a, *y = b;
    int c = text_compare(x->name, y->name);
    return c ? c : text_compare(x->bytes, y->bytes);
}

static void load_json(arena *a, loaded *f)
{
    json_fault fault;
    f->json = arena_new(a, json_document);
    if (!json_read(a, f->bytes, f->json, &fault))
        f->broken = (document_fault){TEXT("json"), text_of(fault.message), fault.offset, {0}};
}

static void load_x12(arena *a, loaded *f)
{
    f->x12 = arena_new(a, x12_file);
    x12_read(a, f->bytes, f->x12);
    bool any = f->x12->sets > 0;
    for (uint32_t i = 0; i < f->x12->interchanges; i++)
        any |= f->x12->interchange[i].ta1s > 0;
    if (!any && f->x12->faults)
        f->broken = f->x12->fault[0];
}

static void load_file(comparison *c, loaded *f)
{
    f->kind = c->options->kind ? c->options->kind : document_kind_of(f->bytes);
    if (f->kind == KIND_X12)
        load_x12(c->memory, f);
    if (f->kind == KIND_JSON)
        load_json(c->memory, f);
    if (f->kind == KIND_CSV) {
        f->csv = arena_new(c->memory, csv_table);
        csv_read(c->memory, f->bytes, f->csv);
    }
}

bool place_read(text ref, place_ref *out)
{
    size_t n = 0;
    while (n < ref.n && n < 3 && ((ref.p[n] >= 'A' && ref.p[n] <= 'Z') || (n && ref.p[n] <= '9')))
        n++;
    /* "N104" is N1 04, "PO102" PO1 02, "N1" a whole segment: two digits at the end are the element.
     */
    size_t end = ref.n;
    ptrdiff_t dash = text_find(ref, '-');
    *out = (place_ref){0};
    if (dash >= 0) {
        text component = text_slice(ref, (size_t)dash + 1, ref.n);
        if (!x12_is_digits(component, 1, 2))
            return false;
        out->component = (uint32_t)strtoul(component.p, NULL, 10);
        end = (size_t)dash;
    }
    text digits = end >= 4 ? text_slice(ref, end - 2, end) : (text){0};
    bool element = x12_is_digits(digits, 2, 2);
    out->tag = text_slice(ref, 0, element ? end - 2 : end);
    out->element = element ? (uint32_t)((digits.p[0] - '0') * 10 + digits.p[1] - '0') : 0;
    return out->tag.n >= 2 && out->tag.n <= 3 && n >= 2 && out->tag.p[0] >= 'A' &&
           out->tag.p[0] <= 'Z' && (out->component == 0 || element);
}

static text x12_value(const unit *u, text ref)
{
    place_ref at;
    const x12_file *f = u->from->x12;
    if (!place_read(ref, &at) || at.element == 0 || u->part == WHOLE)
        return (text){0};
    const x12_set *s = &f->set[u->part];
    const x12_interchange *i = &f->interchange[s->interchange];
    if (text_is(at.tag, "ISA"))
        return at.element <= 16 && i->isa_segment != X12_NOWHERE ? i->isa[at.element] : (text){0};
    uint32_t segment = text_is(at.tag, "GS")
                           ? s->group == X12_NOWHERE ? X12_NOWHERE : f->group[s->group].gs_segment
                           : x12_find(f, s, at.tag);
    if (segment == X12_NOWHERE)
        return (text){0};
    text value = x12_set_element(f, s, segment, at.element);
    if (at.component && i->separators.component)
        value = x12_element(value, i->separators.component, at.component - 1);
    return value;
}

/* Of a document that is an element of a list, the path goes on behind the last [*]. */
static text json_value(arena *a, const unit *u, text ref)
{
    const json_document *d = u->from->json;
    uint32_t node = u->part == WHOLE ? 0 : u->part;
    size_t from = text_starts(ref, TEXT("$.")) ? 2 : text_starts(ref, TEXT("$"));
    for (size_t i = from; u->part != WHOLE && i + 3 <= ref.n; i++)
        if (memcmp(ref.p + i, "[*]", 3) == 0)
            from = i + (i + 3 < ref.n && ref.p[i + 3] == '.' ? 4 : 3);
    if (!json_follow(d, text_slice(ref, from, ref.n), &node))
        return (text){0};
    return d->node[node].kind == JSON_TEXT ? json_text(a, d, node) : json_raw(d, node);
}

text unit_value(arena *a, const unit *u, text ref)
{
    text out = {0};
    if (u->from->broken.code.p)
        return out;
    if (u->from->kind == KIND_X12)
        return x12_value(u, ref);
    if (u->from->kind == KIND_JSON)
        return json_value(a, u, ref);
    if (u->from->kind == KIND_CSV && u->part != WHOLE) {
        uint32_t column = csv_column(u->from->csv, ref);
        if (column != UINT32_MAX)
            csv_field(a, u->from->csv, u->from->csv->row[u->part].raw, column, &out);
    }
    return out;
}

text text_joined(arena *a, text first, char between, text second)
{
    char *p = arena_alloc(a, first.n + second.n + 1, 1);
    if (first.n)
        memcpy(p, first.p, first.n);
    p[first.n] = between;
    if (second.n)
        memcpy(p + first.n + 1, second.p, second.n);
    return (text){p, first.n + second.n + 1};
}

/* The options' references that this document has, joined. */
static text key_of(comparison *c, const unit *u)
{
    text key = {0};
    for (size_t i = 0; i < c->options->keys; i++) {
        text v = text_trim(unit_value(c->memory, u, c->options->key[i]));
        if (v.n == 0)
            continue;
        key = key.n ? text_joined(c->memory, key, '/', v) : v;
    }
    return key;
}

static text x12_default_key(const unit *u)
{
    text tag;
    uint32_t element;
    const x12_file *f = u->from->x12;
    if (!x12_business_key(u->type, &tag, &element))
        return (text){0};
    uint32_t segment = x12_find(f, &f->set[u->part], tag);
    return segment == X12_NOWHERE
               ? (text){0}
               : text_trim(x12_set_element(f, &f->set[u->part], segment, element));
}

typedef VEC(unit) unit_list;

static void add(comparison *c, unit_list *list, unit u)
{
    u.partner = u.pair = WHOLE;
    if (!u.from->broken.code.p && c->options->keys)
        u.key = key_of(c, &u);
    else if (u.from->kind == KIND_X12 && u.part != WHOLE)
        u.key = x12_default_key(&u);
    vec_push(list, u);
}

/* Sets in order; an interchange without any is a document itself, and so are its TA1. */
static void split_x12(comparison *c, const loaded *f, unit_list *list)
{
    const x12_file *x = f->x12;
    uint32_t set = 0;
    for (uint32_t i = 0; i < x->interchanges; i++) {
        if (x->interchange[i].ta1s)
            add(c, list, (unit){.from = f, .type = TEXT("TA1"), .part = WHOLE, .interchange = i});
        uint32_t first = set;
        for (; set < x->sets && x->set[set].interchange == i; set++)
            add(c, list,
                (unit){.from = f,
                       .type = x12_set_type(x, &x->set[set]),
                       .part = set,
                       .interchange = i});
        if (set == first && !x->interchange[i].ta1s)
            add(c, list, (unit){.from = f, .type = TEXT("ISA"), .part = WHOLE, .interchange = i});
    }
}

static bool split_json(comparison *c, loaded *f, unit_list *list)
{
    for (size_t k = 0; k < c->options->keys; k++) {
        text ref = c->options->key[k], head = ref;
        while (head.n >= 3 && !text_ends(head, TEXT("[*]")))
            head.n--;
        if (head.n < 3)
            continue;
        f->list = head;
        head.n -= 3;
        head = text_slice(head, text_starts(head, TEXT("$.")) ? 2 : text_starts(head, TEXT("$")),
                          head.n);
        uint32_t at = 0;
        if (!json_follow(f->json, head, &at) || f->json->node[at].kind != JSON_ARRAY)
            continue;
        for (uint32_t i = at + 1; i < f->json->node[at].next; i = f->json->node[i].next)
            add(c, list, (unit){.from = f, .part = i});
        return true;
    }
    return false;
}

static bool split_csv(comparison *c, const loaded *f, unit_list *list)
{
    bool keyed = false;
    for (size_t k = 0; k < c->options->keys; k++)
        keyed |= csv_column(f->csv, c->options->key[k]) != UINT32_MAX;
    for (uint32_t i = 0; keyed && i < f->csv->rows; i++)
        add(c, list, (unit){.from = f, .part = i});
    return keyed;
}

static void split(comparison *c, loaded *f, unit_list *list)
{
    bool done = false;
    if (f->broken.code.p)
        ;
    else if (f->kind == KIND_X12)
        split_x12(c, f, list), done = true;
    else if (f->kind == KIND_JSON)
        done = split_json(c, f, list);
    else if (f->kind == KIND_CSV)
        done = split_csv(c, f, list);
    if (!done)
        add(c, list, (unit){.from = f, .part = WHOLE});
}

void compare_load(comparison *c, const compare_input *in, side *out)
{
    out->files = in->files;
    out->file = arena_array(c->memory, loaded, in->files);
    for (size_t i = 0; i < in->files; i++)
        out->file[i] = (loaded){.name = in->file[i].name, .bytes = in->file[i].bytes};
    qsort(out->file, out->files, sizeof *out->file, by_name);
    unit_list list = {0};
    for (size_t i = 0; i < out->files; i++) {
        load_file(c, &out->file[i]);
        split(c, &out->file[i], &list);
    }
    out->units = list.n;
    out->unit = arena_array(c->memory, unit, list.n);
    if (list.n)
        memcpy(out->unit, list.p, list.n * sizeof *list.p);
    vec_release(&list);
}
