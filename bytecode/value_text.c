/* value_text.c: owns the text forms of values and types. */
#include "bytecode/disasm.h"

#include "bytecode/vocabulary.h"

static void write_currency(uint32_t p, buffer *out)
{
    char code[4] = {' ', (char)('@' + (p >> 10 & 31)), (char)('@' + (p >> 5 & 31)),
                    (char)('@' + (p & 31))};
    if (p)
        buffer_add(out, code, sizeof code);
}

static void write_date(int64_t days, buffer *out)
{
    const int64_t limit = 200 * INT64_C(365) * 1000;
    if (days < -limit || days > limit) {
        buffer_printf(out, "day %lld", (long long)days);
        return;
    }
    civil c = zone_civil(zone_utc(), days * DAY);
    buffer_printf(out, "%04d-%02d-%02d", c.year, c.month, c.day);
}

/* Rates are kept per week; the unit that divides exactly with the fewest digits is the one people
 * wrote: per day where it does, else per week. */
static void write_rate(int64_t v, buffer *out)
{
    bool daily = v % 7 == 0;
    decimal_write(out, daily ? v / 7 : v, SCALE_RATE);
    buffer_cstr(out, daily ? " per day" : " per week");
}

static void write_member(const image *i, uint32_t e, int64_t code, buffer *out)
{
    if (e < i->enum_count && code >= 0 && code < i->enums[e].members)
        buffer_text(out, image_text(i, i->words[i->enums[e].first_member + code]));
    else
        buffer_printf(out, "member %lld", (long long)code);
}

/* A row by its name where its table has one in the first column. */
static void write_row(const image *i, uint32_t table, int64_t row, buffer *out)
{
    const image_table *t = table < i->table_count ? &i->tables[table] : NULL;
    const image_column *c = t && t->columns ? &i->columns[t->first_column] : NULL;
    if (c && row >= 0 && row < t->rows && TYPE_ID(c->type) == TYPE_TEXT && !c->list)
        buffer_text(out, image_field_text(i, table, 0, (uint32_t)row));
    else
        buffer_printf(out, "row %lld", (long long)row);
}

bool quantity_write(type_word type, int64_t value, buffer *out)
{
    if (value == QUANTITY_NA || value == QUANTITY_NONE) {
        buffer_cstr(out, value == QUANTITY_NA ? "not available" : "none");
        return true;
    }
    switch (TYPE_ID(type)) {
    case TYPE_BOOL: buffer_cstr(out, value == 1 ? "true" : "false"); return true;
    case TYPE_NUMBER: decimal_write(out, value, SCALE_NUMBER); return true;
    case TYPE_PERCENT:
        decimal_write(out, value, SCALE_PERCENT - 2);
        buffer_char(out, '%');
        return true;
    case TYPE_MONEY:
    case TYPE_REVENUE:
        decimal_write(out, value, SCALE_MONEY);
        write_currency(TYPE_PARAMETER(type), out);
        buffer_cstr(out, TYPE_ID(type) == TYPE_REVENUE ? " per year" : "");
        return true;
    case TYPE_DURATION: duration_write(out, value); return true;
    case TYPE_RATE: write_rate(value, out); return true;
    case TYPE_INSTANT: instant_write_iso(out, value); return true;
    case TYPE_DATE: write_date(value, out); return true;
    case TYPE_CLOCK:
        buffer_printf(out, "%02d:%02d", (int)(value / 60 % 100), (int)(value % 60));
        return true;
    default: return false;
    }
}

void value_write(const image *i, type_word type, int64_t value, buffer *out)
{
    uint32_t p = TYPE_PARAMETER(type);
    if (quantity_write(type, value, out))
        return;
    switch (TYPE_ID(type)) {
    case TYPE_ENUM: write_member(i, p, value, out); return;
    case TYPE_ROW: write_row(i, p, value, out); return;
    case TYPE_SECRET: buffer_cstr(out, "(secret)"); return;
    case TYPE_TEXT:
    case TYPE_JSON:
    case TYPE_ENDPOINT:
        if (value >= 0 && value < i->texts)
            buffer_text(out, image_text(i, (uint32_t)value));
        return;
    default: buffer_printf(out, "#%lld", (long long)value); return;
    }
}

static void write_type(const image *i, type_word type, buffer *out)
{
    uint32_t p = TYPE_PARAMETER(type);
    switch (TYPE_ID(type)) {
    case TYPE_ENUM: buffer_text(out, image_text(i, i->enums[p].name)); return;
    case TYPE_ROW: buffer_text(out, image_text(i, i->tables[p].name)); return;
    case TYPE_LIST:
        buffer_cstr(out, "list of ");
        write_type(i, i->list_types[p], out);
        return;
    case TYPE_SERIES:
        buffer_cstr(out, "series of ");
        write_type(i, p, out);
        return;
    case TYPE_MONEY:
    case TYPE_REVENUE:
        buffer_cstr(out, "money");
        write_currency(p, out);
        buffer_cstr(out, TYPE_ID(type) == TYPE_REVENUE ? " per year" : "");
        return;
    default: buffer_cstr(out, type_rows[TYPE_ID(type)].name);
    }
}

text type_name(const image *i, type_word type, arena *a)
{
    buffer b = {0};
    write_type(i, type, &b);
    text t = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return t;
}
