/* verify_tables.c: owns the checks of types, enums, lists, records, tables, limits and debug rows.
 */
#include "bytecode/verify.h"

#include "bytecode/debug.h"

#include "base/json.h"

#include <string.h>

static bool currency_ok(uint32_t p)
{
    for (uint32_t k = 0; p && k < 3; k++) {
        uint32_t letter = p >> (5 * k) & 31;
        if (letter < 1 || letter > 26)
            return false;
    }
    return p < 1 << 15;
}

bool type_ok(verifier *v, type_word w)
{
    uint32_t p = TYPE_PARAMETER(w);
    if ((w & 0xff) >= TYPE_COUNT)
        return false;
    switch (TYPE_ID(w)) {
    case TYPE_ENUM: return p < v->i->enum_count;
    case TYPE_ROW: return p < v->i->table_count;
    case TYPE_MONEY:
    case TYPE_REVENUE: return currency_ok(p);
    case TYPE_LIST:
        if (p >= v->i->list_type_count)
            return false;
        v->list_used[p] = 1;
        return true;
    case TYPE_SERIES:
        return (p & 0xff) < TYPE_COUNT && TYPE_ID(p) != TYPE_SERIES && strchr("qw", family_of(p)) &&
               type_ok(v, p);
    default: return p == 0;
    }
}

bool type_is_list_of(const verifier *v, type_word list, type_word element)
{
    return TYPE_ID(list) == TYPE_LIST && v->i->list_types[TYPE_PARAMETER(list)] == element;
}

bool type_is_plain(type_word w)
{
    return family_of(w) != 'h' && TYPE_ID(w) != TYPE_SECRET;
}

bool value_ok(const verifier *v, type_word w, int64_t value)
{
    uint32_t p = TYPE_PARAMETER(w);
    switch (TYPE_ID(w)) {
    case TYPE_BOOL: return value == 0 || value == 1;
    case TYPE_ENUM: return value >= 0 && value < v->i->enums[p].members;
    case TYPE_ROW: return value >= 0 && value < v->i->tables[p].rows;
    case TYPE_CLOCK: return value >= 0 && value <= 24 * 60;
    default: return strchr("qw", family_of(w)) && value >= QUANTITY_MIN;
    }
}

static bool verify_enum(verifier *v, uint32_t k)
{
    const image *i = v->i;
    const image_enum *e = &i->enums[k];
    if (!text_ok(v, e->name) || e->reserved || e->first_member != v->next_word ||
        e->members > i->word_count - v->next_word || e->members > IMAGE_INDEX_LIMIT)
        return refuse(v, e, "enum %u is malformed", k);
    v->next_word += e->members;
    for (uint32_t m = 0; m < e->members; m++)
        if (!text_ok(v, i->words[e->first_member + m]))
            return refuse(v, e, "enum %u has a member without a name", k);
    if (k > ENUM_FIXED && e->name <= i->enums[k - 1].name)
        return refuse(v, e, "enum %u is out of order", k);
    if (k >= ENUM_FIXED)
        return true;
    bool same = text_is(image_text(i, e->name), enum_rows[k].name);
    const char *rest = enum_rows[k].members;
    for (uint32_t m = 0; m < e->members && same; m++)
        same = text_equal(vocabulary_next(&rest), image_text(i, i->words[e->first_member + m]));
    return (same && !*rest) || refuse(v, e, "enum %u is not the one every image has", k);
}

static bool verify_list_types(verifier *v)
{
    const image *i = v->i;
    uint32_t before = 0;
    uint8_t *depth = arena_array(&v->memory, uint8_t, i->list_type_count);
    for (uint32_t k = 0; k < i->list_type_count; k++) {
        type_word w = i->list_types[k];
        if (!type_ok(v, w) || family_of(w) == 'h')
            return refuse(v, &i->list_types[k], "list type %u is malformed", k);
        if (TYPE_ID(w) == TYPE_LIST) {
            if (TYPE_PARAMETER(w) >= k || depth[TYPE_PARAMETER(w)] >= IMAGE_NESTING)
                return refuse(v, &i->list_types[k], "list type %u is nested too deep", k);
            depth[k] = depth[TYPE_PARAMETER(w)] + 1;
        }
        if (k && (depth[k] < before || (depth[k] == before && w <= i->list_types[k - 1])))
            return refuse(v, &i->list_types[k], "list type %u is out of order", k);
        before = depth[k];
    }
    return true;
}

static int compare_leaves(const image *i, const image_record *a, const image_record *b)
{
    if (a->leaves != b->leaves)
        return a->leaves < b->leaves ? -1 : 1;
    for (uint32_t k = 0; k < a->leaves; k++) {
        const image_leaf *x = &i->leaves[a->first_leaf + k], *y = &i->leaves[b->first_leaf + k];
        if (x->path != y->path)
            return x->path < y->path ? -1 : 1;
        if (x->type != y->type)
            return x->type < y->type ? -1 : 1;
    }
    return 0;
}

static bool verify_records(verifier *v)
{
    const image *i = v->i;
    uint32_t next = 0;
    for (uint32_t k = 0; k < i->leaf_count; k++)
        if (!text_ok(v, i->leaves[k].path) || !type_ok(v, i->leaves[k].type) ||
            family_of(i->leaves[k].type) == 'h')
            return refuse(v, &i->leaves[k], "leaf %u is malformed", k);
    for (uint32_t k = 0; k < i->record_count; k++) {
        const image_record *r = &i->records[k];
        if (r->first_leaf != next || r->leaves > i->leaf_count - next)
            return refuse(v, r, "record %u is malformed", k);
        next += r->leaves;
        if (k && compare_leaves(i, r - 1, r) >= 0)
            return refuse(v, r, "record %u is out of order", k);
    }
    return next == i->leaf_count || refuse(v, i->leaves, "leaf %u belongs to no record", next);
}

static bool verify_fields(verifier *v)
{
    const image *i = v->i;
    for (uint32_t k = 0; k < i->field_count; k++) {
        const image_field *f = &i->fields[k];
        if (!text_ok(v, f->path) || !type_ok(v, f->type) || !type_is_plain(f->type) ||
            family_of(f->type) == 'r')
            return refuse(v, f, "field %u is malformed", k);
        if (k && k < v->getters &&
            (f->path < f[-1].path || (f->path == f[-1].path && f->type <= f[-1].type)))
            return refuse(v, f, "field %u is out of order", k);
    }
    return true;
}

bool verify_types(verifier *v)
{
    if (v->i->enum_count < ENUM_FIXED)
        return refuse(v, v->i->enums, "fixed enums are missing");
    for (uint32_t k = 0; k < v->i->enum_count; k++)
        if (!verify_enum(v, k))
            return false;
    return verify_list_types(v) && verify_records(v) && verify_fields(v);
}

static bool verify_table(verifier *v, uint32_t k, uint32_t *next_column)
{
    const image *i = v->i;
    const image_table *t = &i->tables[k];
    uint32_t most = k == TABLE_FREEZE ? IMAGE_FREEZES : IMAGE_ROWS;
    if (!text_ok(v, t->name) || t->rows > most || t->first_column != *next_column ||
        t->columns > i->column_count - *next_column)
        return refuse(v, t, "table %u is malformed", k);
    *next_column += t->columns;
    if (k < TABLE_FIXED ? t->parent != table_rows[k].parent ||
                              !text_is(image_text(i, t->name), table_rows[k].name)
                        : t->parent != NO_INDEX && t->parent >= TABLE_FIXED)
        return refuse(v, t, "table %u is not the one every image has, or has no such parent", k);
    if (k > TABLE_FIXED && t->name <= t[-1].name)
        return refuse(v, t, "table %u is out of order", k);
    if (t->parent == NO_INDEX)
        return !t->parent_first || refuse(v, t, "table %u has no parent, but offsets", k);
    uint64_t n = (uint64_t)i->tables[t->parent].rows + 1;
    if (t->parent_first != v->next_word || n > i->word_count - v->next_word)
        return refuse(v, t, "table %u lacks the offsets of its parents", k);
    const uint32_t *at = &i->words[t->parent_first];
    v->next_word += (uint32_t)n;
    for (uint64_t p = 0; p + 1 < n; p++)
        if (at[p] > at[p + 1])
            return refuse(v, &at[p], "offsets of table %u fall", k);
    return (at[0] == 0 && at[n - 1] == t->rows) ||
           refuse(v, at, "offsets of table %u do not cover its rows", k);
}

static uint16_t width_of(uint64_t most)
{
    return !most ? 0 : most <= UINT8_MAX ? 1 : most <= UINT16_MAX ? 2 : most <= UINT32_MAX ? 4 : 8;
}

/* The next `count` values of `width` bytes at *at in the data area, with zeros up to the next
 * multiple of 8; NULL when they are not there. */
static const uint8_t *take_values(const verifier *v, uint64_t *at, uint64_t count, uint32_t width)
{
    uint64_t bytes = count * width, end = *at + bytes, room = v->i->data_size;
    if (bytes > room || *at > room - bytes)
        return NULL;
    const uint8_t *p = v->i->data + *at;
    for (; end & 7; end++)
        if (end >= room || v->i->data[end])
            return NULL;
    *at = end;
    return p;
}

static uint64_t unpack(const uint8_t *p, uint32_t width, uint64_t at)
{
    uint64_t u = 0;
    if (width)
        memcpy(&u, p + at * width, width);
    return u;
}

/* Readers of a json column take its text as it stands, so two spellings of one value would be two
 * programs. */
static bool is_canonical(text value)
{
    arena a = {0};
    buffer b = {0};
    json_fault fault;
    bool same = json_canonical(&a, value, &b, &fault) && text_equal(buffer_view(&b), value);
    buffer_release(&b);
    arena_release(&a);
    return same;
}

static bool element_ok(verifier *v, type_word type, int64_t value)
{
    if (family_of(type) == 't')
        return value >= 0 && value < v->i->texts && text_ok(v, (uint32_t)value) &&
               (TYPE_ID(type) != TYPE_JSON || is_canonical(image_text(v->i, (uint32_t)value)));
    return value_ok(v, type, value);
}

/* Packed values: each allowed in its type, least and most as stated, absent ones 0. */
static bool verify_values(verifier *v, const image_column *c, const uint8_t *p, uint32_t width,
                          uint64_t n, const uint8_t *presence)
{
    int64_t least = INT64_MAX, most = INT64_MIN;
    bool any = false;
    if (!width && !presence && n)
        n = 1; /* all are the same one */
    for (uint64_t k = 0; k < n; k++) {
        uint64_t u = unpack(p, width, k);
        if (presence && !(presence[k / 8] >> k % 8 & 1)) {
            if (u)
                return false;
            continue;
        }
        if (u > (uint64_t)INT64_MAX - (uint64_t)c->least)
            return false;
        int64_t value = (int64_t)((uint64_t)c->least + u);
        if (!element_ok(v, c->type, value))
            return false;
        any = true;
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    if (!any)
        least = most = 0;
    return c->least == least && c->most == most &&
           width == width_of((uint64_t)most - (uint64_t)least);
}

/* Presence bits: zero behind the last row, and at least one row absent (else they would not be
 * there). */
static bool verify_presence(const uint8_t *p, uint32_t rows)
{
    uint64_t present = 0;
    for (uint64_t k = 0; k < ((uint64_t)rows + 7) / 8 * 8; k++) {
        bool bit = p[k / 8] >> k % 8 & 1;
        if (bit && k >= rows)
            return false;
        present += bit;
    }
    return present < rows;
}

static bool verify_list_column(verifier *v, const image_column *c, uint32_t rows, uint64_t *at,
                               const uint8_t *presence)
{
    const uint8_t *ends = take_values(v, at, rows, c->width);
    const uint8_t *p = ends ? take_values(v, at, c->elements, c->element_width) : NULL;
    uint64_t before = 0;
    if (!p || c->base || c->element_base != c->least)
        return false;
    for (uint32_t r = 0; r < rows && c->width; r++) {
        uint64_t end = unpack(ends, c->width, r);
        bool absent = presence && !(presence[r / 8] >> r % 8 & 1);
        if (end < before || (absent && end != before) || end - before > v->limits->list)
            return false;
        before = end;
    }
    return before == c->elements && c->width == width_of(before) &&
           verify_values(v, c, p, c->element_width, c->elements, NULL);
}

static bool verify_column_data(verifier *v, const image_column *c, uint32_t rows, uint64_t *at)
{
    const uint8_t *presence = NULL;
    if (c->offset != *at || c->list > 1 || c->present > 1 || c->reserved || c->width > 8 ||
        c->element_width > 8)
        return false;
    if (c->present) {
        presence = take_values(v, at, ((uint64_t)rows + 7) / 8, 1);
        if (!presence || !verify_presence(presence, rows))
            return false;
    }
    if (c->list)
        return verify_list_column(v, c, rows, at, presence);
    const uint8_t *p = take_values(v, at, rows, c->width);
    return p && !c->elements && !c->element_width && !c->element_base && c->base == c->least &&
           verify_values(v, c, p, c->width, rows, presence);
}

static bool verify_columns(verifier *v, uint32_t k, size_t *fixed, uint64_t *at)
{
    const image *i = v->i;
    const image_table *t = &i->tables[k];
    uint32_t own = 0; /* first column behind the fixed ones */
    for (uint32_t x = 0; x < t->columns; x++) {
        const image_column *c = &i->columns[t->first_column + x];
        if (!text_ok(v, c->name) || !type_ok(v, c->type) || !type_is_plain(c->type) ||
            family_of(c->type) == 'l' || !verify_column_data(v, c, t->rows, at))
            return refuse(v, c, "column %u of table %u is malformed", x, k);
        if (*fixed < column_rows_count && column_rows[*fixed].table == k) {
            const column_row *row = &column_rows[(*fixed)++];
            if (!text_is(image_text(i, c->name), row->name) || c->type != row->type ||
                c->list != !!(row->flags & COLUMN_LIST) ||
                (c->present && row->flags & COLUMN_REQUIRED))
                return refuse(v, c, "column %u of table %u is not the one every image has", x, k);
            own = x + 1;
        } else if (x > own && c->name <= c[-1].name)
            return refuse(v, c, "column %u of table %u is out of order", x, k);
    }
    if (*fixed < column_rows_count && column_rows[*fixed].table == k)
        return refuse(v, t, "table %u lacks a column", k);
    return true;
}

/* A table that a program declares has a key, too: a text in its first column, in every row. */
static bool key_ok(const image *i, const image_table *t)
{
    const image_column *key = &i->columns[t->first_column];
    return t->parent == NO_INDEX && t->columns && key->type == TYPE_WORD(TYPE_TEXT, 0) &&
           !key->list && !key->present;
}

/* Rows stand by their key, the first column; within their parent. Texts are sorted, so ids compare
 * as texts do. */
static bool verify_keys(verifier *v, uint32_t k)
{
    const image *i = v->i;
    const image_table *t = &i->tables[k];
    bool unique = k != TABLE_FREEZE;
    uint32_t parent = 0;
    if (k >= TABLE_FIXED && !key_ok(i, t))
        return refuse(v, t, "table %u has no key", k);
    for (uint32_t r = 1; r < t->rows; r++) {
        bool first = false;
        while (t->parent != NO_INDEX && i->words[t->parent_first + parent + 1] <= r) {
            first |= i->words[t->parent_first + parent + 1] == r;
            parent++;
        }
        int64_t a = image_value(i, k, 0, r - 1), b = image_value(i, k, 0, r);
        if (!first && (unique ? a >= b : a > b))
            return refuse(v, t, "row %u of table %u is out of order", r, k);
    }
    return true;
}

bool verify_tables(verifier *v)
{
    const image *i = v->i;
    uint32_t next = 0;
    uint64_t at = 0;
    size_t fixed = 0;
    if (i->table_count < TABLE_FIXED)
        return refuse(v, i->tables, "fixed tables are missing");
    for (uint32_t k = 0; k < i->table_count; k++)
        if (!verify_table(v, k, &next))
            return false;
    if (next != i->column_count)
        return refuse(v, i->columns, "column %u belongs to no table", next);
    for (uint32_t k = 0; k < i->table_count; k++)
        if (!verify_columns(v, k, &fixed, &at))
            return false;
    if (at != i->data_size)
        return refuse(v, i->data, "data behind the last column");
    for (uint32_t k = 0; k < i->table_count; k++)
        if (!verify_keys(v, k))
            return false;
    return true;
}

bool verify_limits(verifier *v)
{
    const image_limits *l = v->limits;
    int128 sum = 0;
    bool ok = l->depth <= IMAGE_DEPTH && l->fibers >= 1 && l->fibers <= IMAGE_FIBERS &&
              l->text <= IMAGE_TEXT && l->list <= IMAGE_LIST && l->facts <= IMAGE_INDEX_LIMIT &&
              !l->reserved && l->fuel >= 1 && l->fuel <= IMAGE_FUEL;
    for (int k = 0; k < 5; k++) {
        ok &= l->weight[k] >= 0;
        sum += l->weight[k];
    }
    ok &= sum == UNIT_PERCENT && l->level[0] >= 0 && l->level[0] <= l->level[1] &&
          l->level[1] <= l->level[2] && l->level[2] <= 100 * UNIT_NUMBER;
    if (!ok)
        return refuse(v, l, "limits are out of range, or the weights do not sum to 100%%");
    v->fact = arena_array(&v->memory, type_word, l->facts);
    memset(v->fact, 0xff, l->facts * sizeof *v->fact);
    return true;
}

static bool verify_run(verifier *v, uint32_t k, uint64_t instructions)
{
    const image *i = v->i;
    debug_reader r = debug_run(i, k);
    const uint8_t *from = r.p;
    uint64_t covered = 0;
    while (debug_next(&r)) {
        covered += r.instructions;
        if (r.at.line ? r.at.file >= i->files
                      : r.at.file || r.at.column || r.at.end_line || r.at.end_column)
            return refuse(v, from, "run %u of places names no file", k);
    }
    if (r.bad || (from != r.end && covered != instructions))
        return refuse(v, from, "run %u of places is malformed or covers other instructions", k);
    return true;
}

bool verify_debug(verifier *v)
{
    const image *i = v->i;
    if (i->place_runs && i->place_runs != (uint64_t)i->function_count + i->site_count)
        return refuse(v, i->place_end, "there is not one run of places for each function and site");
    for (uint32_t k = 0; k < i->place_runs; k++)
        if (!verify_run(v, k, k < i->function_count ? i->functions[k].instructions : 1))
            return false;
    return true;
}
