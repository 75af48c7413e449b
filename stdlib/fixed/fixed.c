/* fixed.c: gives every record its row of the layout and its place in the levels, in one walk over
 * the file with a stack of open levels. */
#include "stdlib/fixed/fixed_read.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t level, opener;
    uint32_t *count; /* of records by the first row of their name */
} open_level;

typedef struct {
    fixed_reader r;
    const fixed_layout *l;
    fixed_records list;
    open_level open[FIXED_LEVELS + 1]; /* open[0] is the file itself */
    uint32_t depth;
    uint32_t *name;   /* by row: the first row of its name */
    uint32_t *latest; /* by row: the last record of it */
} levels;

static const char *const codes[] = {
#define FIXED_FAULT(id, code, meaning) [FAULT_##id] = code,
#include "stdlib/fixed/fixed_faults.def"
#undef FIXED_FAULT
};

text fixed_path(arena *a, const fixed_file *f, uint32_t record)
{
    text path = {0};
    for (uint32_t i = record; i != FIXED_NONE; i = f->record[i].opener) {
        const fixed_row *row = fixed_row_of(f, &f->record[i]);
        text step = row ? text_format(a, "%.*s[%u]", TEXT_ARG(row->name), f->record[i].nth)
                        : text_format(a, "record[%u]", i + 1);
        path = path.n ? text_format(a, "%.*s.%.*s", TEXT_ARG(step), TEXT_ARG(path)) : step;
    }
    return path;
}

void fixed_fault_add(fixed_reader *r, fixed_fault code, size_t offset, uint32_t record, text field,
                     text message)
{
    if (r->faults.n == FIXED_FAULTS_MOST) {
        r->out->faults_omitted++;
        return;
    }
    text path = record == FIXED_NONE ? (text){0} : fixed_path(r->a, r->out, record);
    if (field.n)
        path = text_format(r->a, "%.*s.%.*s", TEXT_ARG(path), TEXT_ARG(field));
    vec_push(&r->faults, (document_fault){text_of(codes[code]), message, offset, path});
}

static void fault_of(levels *w, fixed_fault code, uint32_t record, text message)
{
    fixed_fault_add(&w->r, code, w->list.p[record].offset, record, (text){0}, message);
}

/* ---- which row a record is ---- */

static text at_test(const fixed_layout *l, text raw, const fixed_test *t, size_t n)
{
    if (!l->separator)
        return text_slice(raw, t->start, t->start + n);
    size_t at = 0;
    for (uint32_t i = 0; i < t->start && at <= raw.n; i++) {
        const char *p = memchr(raw.p + at, l->separator, raw.n - at);
        at = p ? (size_t)(p - raw.p) + 1 : raw.n + 1;
    }
    const char *p = at < raw.n ? memchr(raw.p + at, l->separator, raw.n - at) : NULL;
    return text_slice(raw, at, p ? (size_t)(p - raw.p) : raw.n);
}

/* The last record of that name before; FIXED_NONE: none. */
static uint32_t latest(const levels *w, text name)
{
    uint32_t found = FIXED_NONE;
    for (uint32_t i = 0; i < w->l->rows; i++)
        if (text_equal(w->l->row[i].name, name) && w->latest[i] != FIXED_NONE &&
            (found == FIXED_NONE || w->latest[i] > found))
            found = w->latest[i];
    return found;
}

static bool holds(const levels *w, text raw, const fixed_test *t)
{
    if (t->field.n) {
        uint32_t i = latest(w, t->record);
        return i != FIXED_NONE &&
               fixed_one_of(t->value, t->values,
                            fixed_value_of(w->r.a, w->r.out, &w->list.p[i], t->field));
    }
    for (uint32_t i = 0; i < t->values; i++)
        if (text_equal(at_test(w->l, raw, t, t->value[i].n), t->value[i]))
            return true;
    return false;
}

static uint32_t row_of(const levels *w, text raw)
{
    for (uint32_t i = 0; i < w->l->rows; i++) {
        const fixed_row *row = &w->l->row[i];
        uint32_t k = 0;
        while (k < row->tests && holds(w, raw, &row->test[k]))
            k++;
        if (k == row->tests)
            return i;
    }
    return FIXED_NONE;
}

/* ---- levels ---- */

static bool has_closing(const fixed_layout *l, uint32_t level)
{
    for (uint32_t i = 0; i < l->rows; i++)
        if (l->row[i].closes == level)
            return true;
    return false;
}

/* What the record that opened a level says must be in it. */
static void check_needs(levels *w, uint32_t opener, uint32_t end)
{
    const fixed_row *row = &w->l->row[w->list.p[opener].row];
    for (uint32_t k = 0; k < row->needs; k++) {
        bool there = false;
        for (uint32_t i = opener; i < end && !there; i++) {
            const fixed_row *other = fixed_row_of(w->r.out, &w->list.p[i]);
            there = other && text_equal(other->name, row->need[k]);
        }
        if (!there)
            fault_of(w, FAULT_NEEDED, opener,
                     text_format(w->r.a, "has no record %.*s", TEXT_ARG(row->need[k])));
    }
}

/* Ends the innermost level before record `end`; `closed`: by its closing record. */
static void pop(levels *w, uint32_t end, bool closed)
{
    open_level *o = &w->open[w->depth--];
    w->list.p[o->opener].last = end - 1;
    check_needs(w, o->opener, end);
    if (!closed && has_closing(w->l, o->level))
        fault_of(
            w, FAULT_OPEN, o->opener,
            text_format(w->r.a, "the %.*s has no closing record", TEXT_ARG(w->l->level[o->level])));
}

static bool is_open(const levels *w, uint32_t level)
{
    for (uint32_t i = 1; i <= w->depth; i++)
        if (w->open[i].level == level)
            return true;
    return false;
}

static void push(levels *w, uint32_t level, uint32_t opener)
{
    open_level *o = &w->open[++w->depth];
    o->level = level;
    o->opener = opener;
    memset(o->count, 0, w->l->rows * sizeof *o->count);
}

/* Leaves the levels that the record cannot stand in; false when the level that it needs is not
 * open. It then stands where it is: a second batch control ends nothing, and a batch outside of a
 * file begins all the same. */
static bool make_room(levels *w, uint32_t i, const fixed_row *row)
{
    uint32_t wanted = row->closes != FIXED_NONE ? row->closes : row->in;
    if (wanted == FIXED_NONE && row->opens == FIXED_NONE)
        return true;
    if (wanted != FIXED_NONE && !is_open(w, wanted)) {
        while (row->opens != FIXED_NONE && is_open(w, row->opens))
            pop(w, i, false);
        return false;
    }
    while (w->depth && (wanted == FIXED_NONE || w->open[w->depth].level != wanted))
        pop(w, i, false);
    return true;
}

static void place(levels *w, uint32_t i)
{
    fixed_record *r = &w->list.p[i];
    const fixed_row *row = &w->l->row[r->row];
    bool fits = make_room(w, i, row);
    open_level *o = &w->open[w->depth];
    r->opener = w->depth ? o->opener : FIXED_NONE;
    r->nth = ++o->count[w->name[r->row]];
    r->last = i;
    if (!fits)
        fault_of(
            w, FAULT_ORDER, i,
            text_format(w->r.a, "stands where no %.*s is open",
                        TEXT_ARG(w->l->level[row->closes != FIXED_NONE ? row->closes : row->in])));
    if (fits && row->closes != FIXED_NONE) {
        fixed_check_controls(&w->r, o->opener, i);
        pop(w, i + 1, true);
    }
    if (row->opens != FIXED_NONE && w->depth < FIXED_LEVELS)
        push(w, row->opens, i);
    w->latest[r->row] = i;
}

/* ---- a record by itself ---- */

static uint32_t characters(text t)
{
    uint32_t n = 0;
    for (size_t i = 0; i < t.n; i++)
        n += ((unsigned char)t.p[i] & 0xc0) != 0x80;
    return n;
}

static void check_width(levels *w, uint32_t i)
{
    text raw = w->list.p[i].raw;
    uint32_t length = w->l->row[w->list.p[i].row].length, width = length ? length : w->l->width;
    if (!width || raw.n == width || characters(raw) == width)
        return;
    fault_of(w, FAULT_WIDTH, i,
             text_format(w->r.a, "the record has %u characters, not %u", characters(raw), width));
}

static void check_values(levels *w, uint32_t i)
{
    fixed_value *v;
    arena_clear(&w->r.scratch);
    uint32_t n = fixed_values(&w->r.scratch, w->r.out, &w->list.p[i], &v);
    for (uint32_t k = 0; k < n; k++) {
        const char *wrong = fixed_value_fault(&v[k]);
        if (!wrong)
            continue;
        bool bytes = fixed_is_binary(v[k].field->type);
        text shown = bytes ? fixed_shown(w->r.a, v[k].field, v[k].value) : v[k].value;
        fixed_fault_add(&w->r, FAULT_FIELD, v[k].offset, i, v[k].field->name,
                        text_format(w->r.a, "`%.*s` %s", TEXT_ARG(shown), wrong));
    }
}

static void walk(levels *w)
{
    for (uint32_t i = 0; i < w->list.n; i++) {
        fixed_record *r = &w->list.p[i];
        w->r.out->lines += r->lines;
        r->row = row_of(w, r->raw);
        if (r->row == FIXED_NONE) {
            r->opener = w->depth ? w->open[w->depth].opener : FIXED_NONE;
            fault_of(w, FAULT_UNKNOWN, i, TEXT("the layout knows no such record"));
            continue;
        }
        place(w, i);
        check_width(w, i);
        check_values(w, i);
    }
    while (w->depth)
        pop(w, (uint32_t)w->list.n, false);
}

static int by_offset(const void *a, const void *b)
{
    const document_fault *x = a, *y = b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static void keep(levels *w, arena *a, fixed_file *out)
{
    fixed_fault_list *list = &w->r.faults;
    out->record = arena_array(a, fixed_record, w->list.n);
    out->fault = arena_array(a, document_fault, list->n);
    if (w->list.n)
        memcpy(out->record, w->list.p, w->list.n * sizeof *out->record);
    if (list->n)
        qsort(list->p, list->n, sizeof *list->p, by_offset);
    if (list->n)
        memcpy(out->fault, list->p, list->n * sizeof *out->fault);
    out->faults = (uint32_t)list->n;
    vec_release(&w->list);
    vec_release(list);
}

static void names(levels *w)
{
    for (uint32_t i = 0; i < w->l->rows; i++) {
        uint32_t first = 0;
        while (!text_equal(w->l->row[first].name, w->l->row[i].name))
            first++;
        w->name[i] = first;
        w->latest[i] = FIXED_NONE;
    }
}

/* Only the first line is looked at, since any bytes may be a record of some layout. */
bool fixed_layout_fits(const fixed_layout *l, text head)
{
    size_t n = 0;
    while (n < head.n && head.p[n] != '\n' && head.p[n] != '\r')
        n++;
    arena a = {0};
    fixed_file f;
    fixed_read(&a, l, text_slice(head, 0, l->prefix ? head.n : n), &f);
    bool fits = f.records && f.record[0].row != FIXED_NONE;
    arena_release(&a);
    return fits;
}

void fixed_read(arena *a, const fixed_layout *layout, text source, fixed_file *out)
{
    *out = (fixed_file){.source = source, .layout = layout};
    levels w = {.r = {.a = a, .out = out}, .l = layout};
    w.name = arena_array(a, uint32_t, layout->rows);
    w.latest = arena_array(a, uint32_t, layout->rows);
    for (uint32_t i = 0; i <= FIXED_LEVELS; i++)
        w.open[i].count = arena_array(a, uint32_t, layout->rows);
    names(&w);
    fixed_split(a, layout, source, &w.list);
    out->record = w.list.p; /* while it is being read; keep() makes it the arena's */
    out->records = (uint32_t)w.list.n;
    if (!w.list.n)
        fixed_fault_add(&w.r, FAULT_UNKNOWN, 0, FIXED_NONE, (text){0},
                        TEXT("the file has no records"));
    walk(&w);
    keep(&w, a, out);
    arena_release(&w.r.scratch);
}
