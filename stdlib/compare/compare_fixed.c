/* compare_fixed.c: files of fixed records, field by field. A field is named by its record and its
 * name, "6.amount": two layouts that name their fields alike can be compared with each other. */
#include "stdlib/compare/compare_parts.h"
#include "stdlib/fixed/fixed.h"

#include <string.h>

static const fixed_file *file_of(const unit *u)
{
    return u->from->content;
}

/* "6.amount": record and field; the field is empty where only a record is named. */
static text part_of(text ref, bool field)
{
    ptrdiff_t dot = text_find(ref, '.');
    size_t at = dot < 0 ? ref.n : (size_t)dot;
    return field ? text_slice(ref, at + 1, ref.n) : text_slice(ref, 0, at);
}

static bool is_named(const fixed_file *f, uint32_t record, text name)
{
    const fixed_row *row = fixed_row_of(f, &f->record[record]);
    return row && text_equal(row->name, name);
}

/* The records of a document: a level with the record that opens it, or one record. */
static void range(const unit *u, uint32_t *from, uint32_t *to)
{
    const fixed_file *f = file_of(u);
    *from = u->part == WHOLE ? 0 : u->part;
    *to = u->part == WHOLE ? f->records : f->record[u->part].last + 1;
}

static text value_of(arena *a, const unit *u, text ref)
{
    const fixed_file *f = file_of(u);
    uint32_t from, to;
    range(u, &from, &to);
    for (uint32_t i = from; i < to; i++)
        if (is_named(f, i, part_of(ref, false)))
            return fixed_value_of(a, f, &f->record[i], part_of(ref, true));
    return (text){0};
}

/* A key makes every record that has it a document, with the level that the record opens. */
static bool split(comparison *c, const document_file *f, unit_list *list)
{
    const fixed_file *file = f->content;
    text name = c->options->keys ? part_of(c->options->key[0], false) : (text){0};
    bool any = false;
    for (uint32_t i = 0; name.n && i < file->records; i++)
        if (is_named(file, i, name)) {
            unit_add(c, list, (unit){.from = f, .part = i});
            any = true;
        }
    return any;
}

/* "6.amount" names a field wherever it stands, "6" all of the record. */
static bool applies(comparison *c, text ref, const place_ref *at)
{
    (void)c;
    return at->tag.n && text_starts(at->tag, ref) &&
           (at->tag.n == ref.n || at->tag.p[ref.n] == '.');
}

/* ---- fields ---- */

static bool is_number(const fixed_value *v)
{
    field_type t = v->field->type;
    return t == FIELD_IMPLIED || t == FIELD_ZONED || t == FIELD_NUMBER || fixed_is_binary(t);
}

static text unsigned_text(text t)
{
    return text_slice(t, t.n && t.p[0] == '+', t.n);
}

static text decimal_of(comparison *c, const fixed_value *v)
{
    return unsigned_text(fixed_shown(c->scratch, v->field, v->value));
}

/* Bytes are shown as the number they are. */
static text shown(comparison *c, const fixed_value *v)
{
    bool bytes = v && fixed_is_binary(v->field->type);
    return !v ? (text){0} : bytes ? fixed_shown(c->scratch, v->field, v->value) : v->value;
}

/* The same value in two forms, or one that systems make anew. */
static const char *noise(comparison *c, const fixed_value *l, const fixed_value *m)
{
    if (is_number(l) && is_number(m) && same_decimal(decimal_of(c, l), decimal_of(c, m)))
        return "fixed.number";
    if (l->field->noise && m->field->noise && !fixed_value_fault(m))
        return "fixed.made";
    return NULL;
}

static void compare_field(comparison *c, text record, const fixed_value *l, const fixed_value *m)
{
    const fixed_value *v = l ? l : m;
    text left = shown(c, l), right = shown(c, m);
    if (text_equal(left, right))
        return;
    place_ref at = {
        text_format(c->scratch, "%.*s.%.*s", TEXT_ARG(record), TEXT_ARG(v->field->name)), 0, 0};
    const char *rule = l && m ? noise(c, l, m) : NULL;
    size_t back = path_add(c, ".%.*s", TEXT_ARG(v->field->name));
    if (v->group)
        path_add(c, "[%u]", v->group);
    judge(c, &at, left, right, rule ? CLASS_NOISE : CLASS_DEFECT, rule ? rule : "value");
    path_cut(c, back);
}

/* Looked for from behind the one before: of a field that repeats a record has thousands. */
static const fixed_value *counterpart(const fixed_value *v, const fixed_value *list, uint32_t n,
                                      uint32_t *at)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = (*at + i) % n;
        if (list[k].group != v->group || !text_equal(list[k].field->name, v->field->name))
            continue;
        *at = k + 1;
        return &list[k];
    }
    return NULL;
}

/* The record whose bytes these are: views lie in the file in its order, joined copies bear their
 * number before them. */
static const fixed_record *record_of(const fixed_file *f, text raw)
{
    uint32_t lo = 0, hi = f->records;
    if (raw.p < f->source.p || raw.p > f->source.p + f->source.n) {
        memcpy(&lo, raw.p - sizeof lo, sizeof lo);
        return &f->record[lo];
    }
    for (size_t at = (size_t)(raw.p - f->source.p); lo + 1 < hi;) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (f->record[mid].offset <= at)
            lo = mid;
        else
            hi = mid;
    }
    return &f->record[lo];
}

static void compare_record(comparison *c, text legacy, text modern)
{
    const fixed_file *l = file_of(c->l), *m = file_of(c->m);
    const fixed_record *a = record_of(l, legacy), *b = record_of(m, modern);
    const fixed_row *row = fixed_row_of(l, a), *other = fixed_row_of(m, b);
    place_ref at = {row ? row->name : other ? other->name : TEXT("record"), 0, 0};
    if (text_equal(legacy, modern))
        return;
    if (!row || !other) {
        judge(c, &at, legacy, modern, CLASS_DEFECT, "value");
        return;
    }
    fixed_value *x, *y;
    uint32_t n = fixed_values(c->scratch, l, a, &x), k = fixed_values(c->scratch, m, b, &y);
    size_t before = c->found;
    uint32_t in_y = 0, in_x = 0;
    for (uint32_t i = 0; i < n; i++)
        compare_field(c, row->name, &x[i], counterpart(&x[i], y, k, &in_y));
    for (uint32_t i = 0; i < k; i++)
        if (!counterpart(&y[i], x, n, &in_x))
            compare_field(c, row->name, NULL, &y[i]);
    if (c->found == before)
        judge(c, &at, (text){0}, (text){0}, CLASS_NOISE, "fixed.padding");
}

/* ---- documents ---- */

static bool has_fault(const unit *u, const document_fault *f)
{
    for (uint32_t i = 0; i < u->from->faults; i++)
        if (text_equal(u->from->fault[i].code, f->code) &&
            text_equal(u->from->fault[i].path, f->path))
            return true;
    return false;
}

/* A total that modern alone has wrong is no noise, however it came about. */
static void compare_totals(comparison *c)
{
    for (uint32_t i = 0; i < c->m->from->faults; i++) {
        const document_fault *f = &c->m->from->fault[i];
        if (c->m->part != WHOLE || has_fault(c->l, f))
            continue;
        place_ref at = {0};
        size_t back = path_add(c, "%.*s", TEXT_ARG(f->path));
        judge(c, &at, (text){0}, f->message, CLASS_DEFECT,
              text_format(c->kept, "fault %.*s", TEXT_ARG(f->code)).p);
        path_cut(c, back);
    }
}

static void compare_units(comparison *c)
{
    document_tree x, y;
    uint32_t from, to;
    compare_totals(c);
    range(c->l, &from, &to);
    fixed_tree(c->scratch, file_of(c->l), from, to, &x);
    range(c->m, &from, &to);
    fixed_tree(c->scratch, file_of(c->m), from, to, &y);
    compare_trees(c, &x, &y, (text){0});
}

const compare_format fixed_compare = {.split = split,
                                      .value = value_of,
                                      .applies = applies,
                                      .compare = compare_units,
                                      .record = compare_record,
                                      .content = compare_fixed_content,
                                      .places = compare_fixed_places,
                                      .repair = compare_fixed_repair};
