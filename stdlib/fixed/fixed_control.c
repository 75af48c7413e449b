/* fixed_control.c: the totals that close a level: counts, sums, hashes, and what must be said as
 * the level's header says it. Sums are exact in 128 bits: 30 digits of each value, and no file has
 * the 10^8 records of such values that would be too many. */
#include "stdlib/fixed/fixed_read.h"

#include <string.h>

static bool fits(fixed_reader *r, const fixed_record *record, const fixed_control *c)
{
    for (uint32_t i = 0; i < c->wheres; i++) {
        text v = fixed_value_of(r->a, r->out, record, c->where[i].field);
        if (!fixed_one_of(c->where[i].value, c->where[i].values, v))
            return false;
    }
    return true;
}

/* Adds what one record has of a field; a value that is no number is a fault of its own. */
static void add(fixed_reader *r, const fixed_record *record, const fixed_control *c,
                const fixed_ref *of, int128 *sum)
{
    fixed_value *v;
    arena_clear(&r->scratch);
    uint32_t n = fixed_values(&r->scratch, r->out, record, &v);
    for (uint32_t i = 0; i < n; i++) {
        int128 value;
        if (!text_equal(v[i].field->name, of->field))
            continue;
        text t = c->first ? text_slice(v[i].value, 0, c->first) : v[i].value;
        if (fixed_number(v[i].field, t, &value))
            *sum += value;
    }
}

static int128 total(fixed_reader *r, const fixed_control *c, uint32_t opener, uint32_t closing)
{
    int128 sum = 0;
    for (uint32_t i = opener; i <= closing; i++) {
        const fixed_record *record = &r->out->record[i];
        const fixed_row *row = fixed_row_of(r->out, record);
        if (c->kind == CONTROL_RECORDS)
            sum += record->lines;
        for (uint32_t k = 0; row && k < c->ofs && c->kind != CONTROL_RECORDS; k++) {
            if (!text_equal(row->name, c->of[k].record) || !fits(r, record, c))
                continue;
            if (c->kind == CONTROL_COUNT)
                sum++;
            else
                add(r, record, c, &c->of[k], &sum);
        }
    }
    if (c->tens)
        sum = (sum + c->tens - 1) / c->tens;
    int128 most = 1;
    for (uint32_t i = 0; i < c->digits && i < 30; i++)
        most *= 10;
    return c->digits ? sum % most : sum;
}

/* false: the field is empty, no number, or right. */
static bool is_wrong(fixed_reader *r, const fixed_control *c, uint32_t opener,
                     const fixed_value *v, uint32_t closing, int128 *said, int128 *is)
{
    if (!v->value.n || !fixed_number(v->field, v->value, said))
        return false;
    *is = total(r, c, opener, closing);
    return *said != *is;
}

/* A 128-bit number as text; printf has none. */
static text written(arena *a, int128 v)
{
    char digits[48];
    size_t n = sizeof digits;
    bool negative = v < 0;
    do {
        int d = (int)(v % 10);
        digits[--n] = (char)('0' + (d < 0 ? -d : d));
        v /= 10;
    } while (v);
    if (negative)
        digits[--n] = '-';
    return text_copy(a, (text){digits + n, sizeof digits - n});
}

static void check_same(fixed_reader *r, const fixed_control *c, uint32_t opener,
                       const fixed_value *v, uint32_t closing)
{
    text other = fixed_value_of(r->a, r->out, &r->out->record[opener], c->of[0].field);
    if (other.n && v->value.n && !text_equal(other, v->value))
        fixed_fault_add(r, FAULT_CONTROL, v->offset, closing, c->at.field,
                        text_format(r->a, "says `%.*s`, %.*s.%.*s says `%.*s`", TEXT_ARG(v->value),
                                    TEXT_ARG(c->of[0].record), TEXT_ARG(c->of[0].field),
                                    TEXT_ARG(other)));
}

static void check_total(fixed_reader *r, const fixed_control *c, uint32_t opener,
                        const fixed_value *v, uint32_t closing)
{
    int128 said, is;
    if (!is_wrong(r, c, opener, v, closing, &said, &is))
        return;
    text a = written(r->a, said), b = written(r->a, is);
    fixed_fault_add(r, FAULT_CONTROL, v->offset, closing, c->at.field,
                    text_format(r->a, "says %.*s, the records %s %.*s", TEXT_ARG(a),
                                c->kind == CONTROL_SUM ? "add up to" : "are", TEXT_ARG(b)));
}

void fixed_check_controls(fixed_reader *r, uint32_t opener, uint32_t closing)
{
    const fixed_layout *l = r->out->layout;
    const fixed_row *row = fixed_row_of(r->out, &r->out->record[closing]);
    fixed_value *v;
    uint32_t n = fixed_values(r->a, r->out, &r->out->record[closing], &v);
    for (uint32_t i = 0; i < l->controls; i++) {
        const fixed_control *c = &l->control[i];
        for (uint32_t k = 0; k < n && text_equal(c->at.record, row->name); k++) {
            if (!text_equal(v[k].field->name, c->at.field))
                continue;
            if (c->kind == CONTROL_SAME)
                check_same(r, c, opener, &v[k], closing);
            else
                check_total(r, c, opener, &v[k], closing);
        }
    }
}

/* ---- for those who change a file ---- */

typedef VEC(fixed_total) totals;

static void find_wrong(fixed_reader *r, uint32_t closing, totals *out)
{
    const fixed_layout *l = r->out->layout;
    const fixed_record *record = &r->out->record[closing];
    const fixed_row *row = fixed_row_of(r->out, record);
    fixed_value *v;
    uint32_t n = fixed_values(r->a, r->out, record, &v);
    for (uint32_t i = 0; i < l->controls; i++) {
        const fixed_control *c = &l->control[i];
        fixed_total t;
        int128 said;
        for (uint32_t k = 0; k < n && text_equal(c->at.record, row->name); k++) {
            t.said = v[k];
            if (c->kind != CONTROL_SAME && text_equal(v[k].field->name, c->at.field) &&
                is_wrong(r, c, record->opener, &v[k], closing, &said, &t.is))
                vec_push(out, t);
        }
    }
}

uint32_t fixed_wrong_totals(arena *a, fixed_file *f, fixed_total **out)
{
    fixed_reader r = {.a = a, .out = f};
    totals list = {0};
    for (uint32_t i = 0; i < f->records; i++) {
        const fixed_row *row = fixed_row_of(f, &f->record[i]);
        if (row && row->closes != FIXED_NONE && f->record[i].opener != FIXED_NONE)
            find_wrong(&r, i, &list);
    }
    *out = arena_array(a, fixed_total, list.n);
    if (list.n)
        memcpy(*out, list.p, list.n * sizeof **out);
    uint32_t n = (uint32_t)list.n;
    vec_release(&list);
    arena_release(&r.scratch);
    return n;
}

bool fixed_is_total(const fixed_layout *l, text record, text field)
{
    for (uint32_t i = 0; i < l->controls; i++)
        if (text_equal(l->control[i].at.record, record) &&
            text_equal(l->control[i].at.field, field))
            return true;
    return false;
}
