/* fixed_value.c: the fields of a record, and whether their values are what the layout says. */
#include "stdlib/fixed/fixed_read.h"

#include <string.h>

const fixed_row *fixed_row_of(const fixed_file *f, const fixed_record *r)
{
    return r->row == FIXED_NONE ? NULL : &f->layout->row[r->row];
}

static bool is_ascii(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] >= 0x80)
            return false;
    return true;
}

/* ---- fields at places ---- */

typedef struct {
    text raw;
    uint32_t width;
    bool plain; /* a character is a byte */
} placed;

static text at_place(const placed *p, const fixed_field *field, size_t *from)
{
    size_t to = field->start + (size_t)field->length;
    *from = field->start;
    if (!p->plain) {
        *from = fixed_place(p->raw, p->width, field->start);
        to = fixed_place(p->raw, p->width, field->start + field->length);
    }
    if (*from >= p->raw.n) {
        *from = p->raw.n; /* what is missing is missing at the end */
        return (text){0};
    }
    return text_slice(p->raw, *from, field->type == FIELD_REST ? p->raw.n : to);
}

static fixed_value trimmed(const fixed_record *r, const fixed_field *field, uint32_t group,
                           text value, size_t from)
{
    text inside = value.p && !fixed_is_binary(field->type) ? text_trim(value) : value;
    size_t skipped = inside.n ? (size_t)(inside.p - value.p) : 0;
    bool cut = value.n < field->length; /* the record ends inside it */
    bool short_of = inside.n && field->length && (cut || skipped + inside.n < value.n);
    return (fixed_value){field, group, inside, short_of,
                         r->offset + (r->joined ? 0 : from + skipped)};
}

static placed places_of(const fixed_file *f, const fixed_record *r)
{
    bool bytes = f->layout->binary && !r->joined;
    return (placed){r->raw, f->layout->width,
                    bytes || r->raw.n == f->layout->width || is_ascii(r->raw)};
}

/* The value of a field; one in binary as the bytes that it was in EBCDIC. */
static text value_at(arena *a, const fixed_record *r, const placed *p, const fixed_field *field,
                     size_t *from)
{
    text value = at_place(p, field, from);
    bool decoded = r->joined && fixed_is_binary(field->type);
    return decoded ? fixed_ebcdic_bytes(a, value) : value;
}

static uint32_t placed_values(arena *a, const fixed_file *f, const fixed_record *r,
                              const fixed_row *row, fixed_value *out)
{
    placed p = places_of(f, r);
    for (uint32_t i = 0; i < row->fields; i++) {
        size_t from;
        text value = value_at(a, r, &p, &row->field[i], &from);
        out[i] = trimmed(r, &row->field[i], 0, value, from);
    }
    return row->fields;
}

/* ---- fields between separators ---- */

static size_t field_end(text raw, size_t at, char separator)
{
    const char *p = at < raw.n ? memchr(raw.p + at, separator, raw.n - at) : NULL;
    return p ? (size_t)(p - raw.p) : raw.n;
}

/* BAI2 (Cash Management Balance Reporting Specifications, version 2): behind the funds type S come
 * three amounts, behind V a date and a time, behind D a count and as many pairs. */
static size_t funds_end(text raw, size_t at, char separator)
{
    size_t end = field_end(raw, at, separator), more = 0;
    text type = text_slice(raw, at, end);
    if (text_is(type, "D")) {
        at = end + 1;
        end = field_end(raw, at, separator);
        text count = text_slice(raw, at, end);
        for (size_t i = 0; i < count.n && more < raw.n; i++)
            more = more * 10 + (size_t)(count.p[i] & 15);
        more *= 2;
    }
    more = text_is(type, "S") ? 3 : text_is(type, "V") ? 2 : more;
    for (; more && end < raw.n; more--)
        end = field_end(raw, end + 1, separator);
    return end;
}

/* The field of that number, or the one that repeats there. */
static const fixed_field *numbered(const fixed_row *row, uint32_t n, uint32_t *group)
{
    *group = 0;
    for (uint32_t i = 0; i < row->fields; i++)
        if (row->field[i].start == n)
            return &row->field[i];
    if (!row->groups || n < row->group_from)
        return NULL;
    *group = (n - row->group_from) / row->groups + 1;
    return &row->group[(n - row->group_from) % row->groups];
}

/* The fields of `raw` that the layout names, from *at on; false at its end. */
static bool next_separated(const fixed_file *f, const fixed_record *r, const fixed_row *row,
                           uint32_t *number, size_t *at, fixed_value *out)
{
    while (*at <= r->raw.n) {
        uint32_t group;
        size_t from = *at;
        const fixed_field *field = numbered(row, (*number)++, &group);
        size_t end = field && field->type == FIELD_REST ? r->raw.n
                     : field && field->type == FIELD_FUNDS
                         ? funds_end(r->raw, from, f->layout->separator)
                         : field_end(r->raw, from, f->layout->separator);
        *at = end + 1;
        if (!field)
            continue;
        *out = trimmed(r, field, group, text_slice(r->raw, from, end), from);
        return true;
    }
    return false;
}

static uint32_t separators(text raw, char separator)
{
    uint32_t n = 1;
    for (size_t i = 0; i < raw.n; i++)
        n += raw.p[i] == separator;
    return n;
}

uint32_t fixed_values(arena *a, const fixed_file *f, const fixed_record *r, fixed_value **out)
{
    const fixed_row *row = fixed_row_of(f, r);
    char separator = f->layout->separator;
    *out = NULL;
    if (!row)
        return 0;
    *out = arena_array(a, fixed_value, separator ? separators(r->raw, separator) : row->fields);
    if (!separator)
        return placed_values(a, f, r, row, *out);
    uint32_t n = 0, number = 0;
    for (size_t at = 0; next_separated(f, r, row, &number, &at, &(*out)[n]);)
        n++;
    return n;
}

text fixed_value_of(arena *a, const fixed_file *f, const fixed_record *r, text name)
{
    const fixed_row *row = fixed_row_of(f, r);
    if (row && f->layout->separator) {
        fixed_value v;
        uint32_t number = 0;
        for (size_t at = 0; next_separated(f, r, row, &number, &at, &v);)
            if (text_equal(v.field->name, name))
                return v.value;
        return (text){0};
    }
    placed p = places_of(f, r);
    for (uint32_t i = 0; row && i < row->fields; i++) {
        size_t from;
        if (text_equal(row->field[i].name, name)) {
            text value = value_at(a, r, &p, &row->field[i], &from);
            return trimmed(r, &row->field[i], 0, value, from).value;
        }
    }
    return (text){0};
}

/* ---- what values mean ---- */

/* The last character of a zoned decimal bears the sign: { A to I are +0 to +9, } J to R -0 to -9
 * (IBM z/Architecture, zoned format, as EBCDIC prints it). */
static int zoned(char c, bool *negative)
{
    *negative = c == '}' || (c >= 'J' && c <= 'R');
    if (c == '{' || c == '}')
        return 0;
    if (c >= 'A' && c <= 'I')
        return c - 'A' + 1;
    if (c >= 'J' && c <= 'R')
        return c - 'J' + 1;
    return c >= '0' && c <= '9' ? c - '0' : -1;
}

/* A half a digit, the last the sign: B and D are minus, the other letters plus or none (IBM
 * z/Architecture Principles of Operation, packed format). */
static bool packed_number(text t, int128 *out)
{
    for (size_t i = 0; i < t.n * 2; i++) {
        unsigned byte = (unsigned char)t.p[i / 2], half = i % 2 ? byte & 15 : byte >> 4;
        bool last = i + 1 == t.n * 2;
        if (last ? half < 10 : half > 9 || i >= 30)
            return false;
        if (last)
            *out = half == 0xb || half == 0xd ? -*out : *out;
        else
            *out = *out * 10 + half;
    }
    return true;
}

static bool binary_number(text t, int128 *out)
{
    uint64_t v = t.n && (t.p[0] & 0x80) ? UINT64_MAX : 0;
    for (size_t i = 0; i < t.n; i++)
        v = v << 8 | (unsigned char)t.p[i];
    *out = (int64_t)v;
    return t.n <= sizeof v;
}

bool fixed_number(const fixed_field *field, text value, int128 *out)
{
    bool negative = false, point = false;
    size_t i = 0, digits = 0;
    *out = 0;
    if (fixed_is_binary(field->type))
        return field->type == FIELD_PACKED ? packed_number(value, out) : binary_number(value, out);
    if (value.n && (value.p[0] == '-' || value.p[0] == '+'))
        negative = value.p[i++] == '-';
    for (; i < value.n; i++) {
        bool minus = false, last = i + 1 == value.n;
        int d = field->type == FIELD_ZONED && last       ? zoned(value.p[i], &minus)
                : value.p[i] >= '0' && value.p[i] <= '9' ? value.p[i] - '0'
                                                         : -1;
        if (value.p[i] == '.' && field->type == FIELD_NUMBER && !point) {
            point = true;
            continue;
        }
        if (d < 0 || ++digits > 30)
            return false;
        negative |= minus;
        *out = *out * 10 + d;
    }
    if (negative)
        *out = -*out;
    return value.n == 0 || digits > 0;
}

static bool all_digits(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
    return true;
}

static unsigned number_at(text t, size_t from, size_t n)
{
    unsigned v = 0;
    for (size_t i = from; i < from + n; i++)
        v = v * 10 + (unsigned)(t.p[i] - '0');
    return v;
}

static bool is_day(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* Zeros are how many systems write that there is no date. */
static bool is_date(field_type type, text t)
{
    size_t n = type == FIELD_YYMMDD ? 6 : 8;
    if (t.n != n || !all_digits(t))
        return false;
    if (number_at(t, 0, n) == 0)
        return true;
    if (type == FIELD_YYMMDD)
        return is_day(2000 + number_at(t, 0, 2), number_at(t, 2, 2), number_at(t, 4, 2));
    if (type == FIELD_CCYYMMDD)
        return is_day(number_at(t, 0, 4), number_at(t, 4, 2), number_at(t, 6, 2));
    return is_day(number_at(t, 4, 4), number_at(t, 0, 2), number_at(t, 2, 2));
}

static bool is_time(text t, size_t n)
{
    return t.n == n && all_digits(t) && number_at(t, 0, 2) <= 24 && number_at(t, 2, 2) < 60 &&
           (n < 6 || number_at(t, 4, 2) < 60);
}

/* ABA: the digits weighted 3, 7, 1 in turn add up to a multiple of ten. */
static bool is_routing(text t)
{
    static const unsigned weight[] = {3, 7, 1};
    unsigned sum = 0;
    for (size_t i = 0; i < t.n; i++)
        sum += weight[i % 3] * (unsigned)(t.p[i] & 15);
    return t.n == 9 && all_digits(t) && sum % 10 == 0;
}

static bool is_code(text codes, text t)
{
    while (codes.n) {
        ptrdiff_t bar = text_find(codes, '|');
        size_t n = bar < 0 ? codes.n : (size_t)bar;
        if (text_equal(text_slice(codes, 0, n), t))
            return true;
        codes = text_slice(codes, n + 1, codes.n);
    }
    return false;
}

static const char *wrong(bool right, const char *message)
{
    return right ? NULL : message;
}

/* A number ends where its field ends; one that does not is often a record whose fields are shifted.
 */
static bool is_filled(field_type t)
{
    return t == FIELD_DIGITS || t == FIELD_IMPLIED || t == FIELD_ZONED || t == FIELD_ROUTING;
}

static text text_hex(arena *a, text t)
{
    static const char digits[] = "0123456789abcdef";
    char *p = arena_alloc(a, t.n * 2 + 1, 1);
    for (size_t i = 0; i < t.n; i++) {
        p[2 * i] = digits[(unsigned char)t.p[i] >> 4];
        p[2 * i + 1] = digits[t.p[i] & 15];
    }
    return (text){p, t.n * 2};
}

text fixed_shown(arena *a, const fixed_field *field, text value)
{
    int128 n;
    unsigned places = field->decimals;
    bool number =
        field->type == FIELD_IMPLIED || field->type == FIELD_ZONED || fixed_is_binary(field->type);
    if (!number || value.n == 0)
        return value;
    if (!fixed_number(field, value, &n) || n > INT64_MAX || n < -INT64_MAX)
        return fixed_is_binary(field->type) ? text_hex(a, value) : value;
    uint64_t size = (uint64_t)(n < 0 ? -n : n), one = 1;
    for (unsigned i = 0; i < places; i++)
        one *= 10;
    if (!places)
        return text_format(a, "%s%llu", n < 0 ? "-" : "", (unsigned long long)size);
    return text_format(a, "%s%llu.%0*llu", n < 0 ? "-" : "", (unsigned long long)(size / one),
                       (int)places, (unsigned long long)(size % one));
}

const char *fixed_value_fault(const fixed_value *value)
{
    const fixed_field *field = value->field;
    text v = value->value;
    int128 number;
    if (v.n == 0)
        return wrong(!field->required, "must be there");
    if (value->short_of && is_filled(field->type))
        return "does not end where its field does";
    switch (field->type) {
    case FIELD_DIGITS: return wrong(all_digits(v), "must be digits");
    case FIELD_CODE: return wrong(is_code(field->codes, v), "is none of the codes");
    case FIELD_IMPLIED:
    case FIELD_ZONED:
    case FIELD_BINARY:
    case FIELD_NUMBER: return wrong(fixed_number(field, v, &number), "must be a number");
    case FIELD_PACKED: return wrong(fixed_number(field, v, &number), "must be a packed decimal");
    case FIELD_YYMMDD: return wrong(is_date(field->type, v), "must be a day as YYMMDD");
    case FIELD_CCYYMMDD: return wrong(is_date(field->type, v), "must be a day as CCYYMMDD");
    case FIELD_MMDDCCYY: return wrong(is_date(field->type, v), "must be a day as MMDDCCYY");
    case FIELD_DDD:
        return wrong(v.n == 3 && all_digits(v) && number_at(v, 0, 3) <= 366,
                     "must be a day of the year");
    case FIELD_HHMM: return wrong(is_time(v, 4), "must be a time as HHMM");
    case FIELD_HHMMSS: return wrong(is_time(v, 6), "must be a time as HHMMSS");
    case FIELD_ROUTING: return wrong(is_routing(v), "has a wrong check digit");
    case FIELD_BLANK: return "must be blank";
    default: return NULL;
    }
}
