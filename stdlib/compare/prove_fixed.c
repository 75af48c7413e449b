/* prove_fixed.c: where defects are put into files of fixed records, and their totals made right
 * again. Values keep their width; a value that a closing record controls with is none to be changed,
 * for its repair would undo that. Records with a binary length before them are left alone.
 */
#include "stdlib/compare/compare_parts.h"
#include "stdlib/fixed/fixed.h"

/* Records from one to another, with what ends them. */
static text records(const fixed_file *f, uint32_t from, uint32_t to)
{
    size_t end = to + 1 < f->records ? f->record[to + 1].offset : f->source.n;
    return text_slice(f->source, f->record[from].offset, end);
}

static void add_value(arena *a, const fixed_file *f, const fixed_row *row, const fixed_value *v,
                      prove_places *out)
{
    field_type t = v->field->type;
    bool money = compare_is_money(v->field->name) || v->field->decimals;
    bool number = t == FIELD_IMPLIED || t == FIELD_NUMBER;
    size_t before = out->list.n;
    if (v->field->noise || !v->value.n || (number && !money) ||
        fixed_is_total(f->layout, row->name, v->field->name))
        return;
    if (t != FIELD_TEXT && t != FIELD_CODE && !number)
        return;
    text ref = text_format(a, "%.*s.%.*s", TEXT_ARG(row->name), TEXT_ARG(v->field->name));
    prove_add_value(out, v->value, ref, number);
    if (out->list.n > before)
        vec_last(&out->list).width = !f->layout->separator;
}

static void add_record(arena *a, const fixed_file *f, uint32_t i, prove_places *out)
{
    const fixed_record *r = &f->record[i];
    const fixed_row *row = fixed_row_of(f, r);
    fixed_value *v;
    bool outer = r->opener != FIXED_NONE && f->record[r->opener].opener == FIXED_NONE;
    if (!row)
        return;
    if (row->opens != FIXED_NONE)
        prove_add(out, PLACE_LOOP, records(f, i, r->last), row->name);
    else if (row->closes == FIXED_NONE && row->fields)
        prove_add(out, PLACE_RECORD, records(f, i, i), row->name);
    if (outer && row->opens != FIXED_NONE)
        prove_add(out, PLACE_DOCUMENT, records(f, i, r->last), row->name);
    uint32_t n = fixed_values(a, f, r, &v);
    for (uint32_t k = 0; k < n && !r->joined; k++)
        add_value(a, f, row, &v[k], out);
}

void compare_fixed_places(arena *a, const document_file *file, prove_places *out)
{
    const fixed_file *f = file->content;
    for (uint32_t i = 0; i < f->records && !f->layout->prefix; i++)
        add_record(a, f, i, out);
}

/* ---- totals ---- */

/* As many digits as stood there, or in separated records as many as it takes; false: no room. */
static bool total_text(arena *a, const fixed_layout *l, const fixed_total *t, text *out)
{
    int128 most = INT64_MAX;
    if (t->is > most || t->is < -most || (t->is < 0 && t->said.field->type == FIELD_ZONED))
        return false;
    int64_t is = (int64_t)t->is;
    int width = l->separator ? 0 : (int)t->said.value.n;
    *out = text_format(a, "%s%0*lld", is < 0 ? "-" : "", width - (is < 0),
                       (long long)(is < 0 ? -is : is));
    return l->separator || out->n == t->said.value.n;
}

text compare_fixed_repair(arena *a, const compare_options *o, text bytes)
{
    const fixed_layout *l =
        o->layout ? o->layout : fixed_layout_shipped(a, fixed_layout_told(bytes));
    /* Totals of totals are right only behind those within them. */
    for (int turn = 0; l && turn < FIXED_LEVELS; turn++) {
        fixed_file f;
        fixed_total *wrong;
        prove_edits edits = {0};
        fixed_read(a, l, bytes, &f);
        uint32_t n = fixed_wrong_totals(a, &f, &wrong);
        for (uint32_t i = 0; i < n; i++) {
            size_t at = wrong[i].said.offset;
            text is;
            if (total_text(a, l, &wrong[i], &is))
                vec_push(&edits, (prove_edit){at, at + wrong[i].said.value.n, is});
        }
        if (!edits.n)
            return bytes;
        bytes = prove_repaired(a, bytes, &edits);
    }
    return bytes;
}
