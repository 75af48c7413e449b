/* new_source.c: see new_source.h. */
#include "cli/new_source.h"

#include "base/json.h"
#include "bytecode/disasm.h"

#include <ctype.h>
#include <string.h>

/* --- names ---------------------------------------------------------------------------------------
 */

static bool is_reserved(text t)
{
    static const char *const words[] = {
#define WORD(text, token, place, trait) text,
#include "grammar/keywords.def"
#undef WORD
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(t, words[i]))
            return true;
    return false;
}

text new_name(cli *c, text t)
{
    buffer b = {0};
    for (size_t i = 0; i < t.n; i++) {
        unsigned char x = (unsigned char)t.p[i];
        buffer_char(&b, isalnum(x) && x < 128 ? (char)tolower(x) : '_');
    }
    if (!b.n || !islower((unsigned char)b.p[0])) {
        text rest = text_copy(&c->memory, buffer_view(&b));
        buffer_clear(&b);
        buffer_printf(&b, "x_%.*s", TEXT_ARG(rest));
    }
    if (is_reserved(buffer_view(&b)))
        buffer_char(&b, '_');
    text name = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return name;
}

static bool taken(const new_names *names, text t)
{
    for (size_t i = 0; i < names->n; i++)
        if (text_equal(names->p[i], t))
            return true;
    return false;
}

void new_names_make(cli *c, const image *i, uint32_t table, uint32_t first, uint32_t n,
                    new_names *out)
{
    *out = (new_names){.p = arena_array(&c->memory, text, n + 1)};
    for (uint32_t k = 0; k < n; k++) {
        text name = new_name(c, image_field_text(i, table, 0, first + k)), free = name;
        for (unsigned more = 2; taken(out, free); more++)
            free = text_format(&c->memory, "%.*s_%u", TEXT_ARG(name), more);
        out->p[out->n++] = free;
    }
}

/* --- values --------------------------------------------------------------------------------------
 */

void new_text(buffer *b, text t)
{
    buffer_char(b, '"');
    for (size_t i = 0; i < t.n; i++) {
        unsigned char x = (unsigned char)t.p[i];
        if (strchr("\"\\{}", x) && x)
            buffer_printf(b, "\\%c", x);
        else if (x < ' ' || x == 0x7f)
            buffer_printf(b, "\\u{%x}", x);
        else
            buffer_char(b, (char)x);
    }
    buffer_char(b, '"');
}

static void call_value(cli *c, buffer *b, const json_document *d, uint32_t n);

/* Arguments by position, and `kind`, which is the name of the call. */
static const char *const leading[] = {"path", "argv", "url", "token"};
enum { LEADING = sizeof leading / sizeof *leading };

static bool is_leading(text key)
{
    bool is = text_is(key, "kind");
    for (size_t k = 0; k < LEADING; k++)
        is |= text_is(key, leading[k]);
    return is;
}

static void call_arguments(cli *c, buffer *b, const json_document *d, uint32_t n)
{
    const char *between = "(";
    for (size_t k = 0; k < LEADING; k++) {
        uint32_t lead = json_member(d, n, text_of(leading[k]));
        if (!lead)
            continue;
        buffer_cstr(b, between);
        call_value(c, b, d, lead);
        between = ", ";
    }
    for (uint32_t i = 0, m = n + 1; i < d->node[n].count; i++, m = d->node[m].next) {
        text key = json_key(&c->memory, d, m);
        if (is_leading(key))
            continue;
        buffer_printf(b, "%s%.*s: ", between, TEXT_ARG(key));
        call_value(c, b, d, m);
        between = ", ";
    }
    buffer_char(b, ')');
}

static void call_list(cli *c, buffer *b, const json_document *d, uint32_t n)
{
    buffer_char(b, '[');
    for (uint32_t i = 0; i < d->node[n].count; i++) {
        buffer_cstr(b, i ? ", " : "");
        call_value(c, b, d, json_element(d, n, i));
    }
    buffer_char(b, ']');
}

/* A call that is data, or a part of it, from its json (compiler/endpoints.def). */
static void call_value(cli *c, buffer *b, const json_document *d, uint32_t n)
{
    uint32_t secret = json_member(d, n, TEXT("secret")), kind = json_member(d, n, TEXT("kind"));
    if (d->node[n].kind == JSON_TEXT) {
        new_text(b, json_text(&c->memory, d, n));
    } else if (d->node[n].kind == JSON_ARRAY) {
        call_list(c, b, d, n);
    } else if (secret) {
        buffer_cstr(b, "secret(");
        call_value(c, b, d, secret);
        buffer_char(b, ')');
    } else {
        buffer_text(b, kind ? json_text(&c->memory, d, kind) : TEXT(""));
        call_arguments(c, b, d, n);
    }
}

static void endpoint(cli *c, buffer *b, text json)
{
    json_document d;
    if (json_read(&c->memory, json, &d, NULL))
        call_value(c, b, &d, 0);
}

/* 4_200_000: what people read in groups is written in groups. */
static void grouped(buffer *b, text t)
{
    size_t digits = 0;
    while (digits < t.n && isdigit((unsigned char)t.p[digits]))
        digits++;
    for (size_t i = 0; i < t.n; i++) {
        if (digits > 4 && i && i < digits && (digits - i) % 3 == 0)
            buffer_char(b, '_');
        buffer_char(b, t.p[i]);
    }
}

static void one(cli *c, buffer *b, const image *i, type_word type, int64_t v)
{
    buffer plain = {0};
    if (TYPE_ID(type) == TYPE_TEXT)
        new_text(b, image_text(i, (uint32_t)v));
    else if (TYPE_ID(type) == TYPE_ENDPOINT)
        endpoint(c, b, image_text(i, (uint32_t)v));
    else {
        value_write(i, type, v, &plain);
        grouped(b, buffer_view(&plain));
    }
    buffer_release(&plain);
}

static void list(cli *c, buffer *b, const image *i, uint32_t table, uint32_t column, uint32_t row)
{
    uint32_t first, n = image_list(i, table, column, row, &first);
    type_word type = i->columns[i->tables[table].first_column + column].type;
    buffer_char(b, '[');
    for (uint32_t k = 0; k < n; k++) {
        buffer_cstr(b, k ? ", " : "");
        one(c, b, i, type, image_element(i, table, column, first + k));
    }
    buffer_char(b, ']');
}

/* --- rows ----------------------------------------------------------------------------------------
 */

/* Hidden columns and those that stand in the head of the block. */
static bool is_shown(uint32_t table, uint32_t column)
{
    if (table == TABLE_CUSTOMER)
        return column != COLUMN_CUSTOMER_NAME && column != COLUMN_CUSTOMER_TITLE &&
               column != COLUMN_CUSTOMER_REVENUE_CURRENCY;
    return column != COLUMN_CHANNEL_NAME && column != COLUMN_CHANNEL_TITLE &&
           column != COLUMN_CHANNEL_KIND && column != COLUMN_CHANNEL_FOLLOWS;
}

static void field(cli *c, buffer *b, const image *i, uint32_t table, uint32_t column, uint32_t row)
{
    const image_column *col = &i->columns[i->tables[table].first_column + column];
    if (col->list) {
        list(c, b, i, table, column, row);
        return;
    }
    one(c, b, i, col->type, image_value(i, table, column, row));
    if (table == TABLE_CUSTOMER && column == COLUMN_CUSTOMER_REVENUE) {
        /* The amount is one column, its currency another; `per year` ends the first. */
        static const text year = {" per year", 9};
        text code = image_field_text(i, table, COLUMN_CUSTOMER_REVENUE_CURRENCY, row);
        if (text_ends(buffer_view(b), year))
            b->n -= year.n;
        buffer_printf(b, " %.*s per year", TEXT_ARG(code));
    }
}

static void fields(cli *c, buffer *b, const image *i, uint32_t table, uint32_t row)
{
    text group = TEXT("");
    for (uint32_t k = 0; k < i->tables[table].columns; k++) {
        text name = image_text(i, i->columns[i->tables[table].first_column + k].name);
        if (!is_shown(table, k) || !image_present(i, table, k, row))
            continue;
        ptrdiff_t dot = text_find(name, '.');
        text in = dot < 0 ? TEXT("") : text_slice(name, 0, (size_t)dot);
        if (!text_equal(in, group)) {
            buffer_cstr(b, group.n ? "}\n" : "");
            if (in.n)
                buffer_printf(b, "%.*s {\n", TEXT_ARG(in));
            group = in;
        }
        buffer_printf(b, "%.*s ", TEXT_ARG(text_slice(name, (size_t)(dot + 1), name.n)));
        field(c, b, i, table, k, row);
        buffer_char(b, '\n');
    }
    buffer_cstr(b, group.n ? "}\n" : "");
}

/* A comment of one line: what stands in it came from a file. */
static void comment(buffer *b, text t)
{
    for (size_t i = 0; i < t.n; i++)
        buffer_char(b, (unsigned char)t.p[i] < ' ' ? ' ' : t.p[i]);
}

static bool is_open(const assessed *a, uint32_t k, uint32_t table, uint32_t row, uint32_t category)
{
    const assess_factor *f = &a->whole.factor[k];
    return !f->evidenced && f->table == table && f->row == row &&
           a->image->factors[f->factor].category == category;
}

/* The factors of one subject that nobody could decide: what a reviewer has to ask for. Many of one
 * category are told by their number: one missing field is behind them. */
static void not_evidenced(buffer *b, const assessed *a, uint32_t table, uint32_t row)
{
    enum { NAMED_MOST = 5 };
    const image *i = a->image;
    const char *between = "// Not evidenced: ";
    for (uint32_t category = 0; category < ASSESS_CATEGORIES; category++) {
        unsigned n = 0;
        for (uint32_t k = 0; k < a->whole.factors; k++)
            n += is_open(a, k, table, row, category);
        if (n > NAMED_MOST) {
            buffer_printf(b, "%s%u factors of ", between, n);
            value_write(i, TYPE_WORD(TYPE_ENUM, ENUM_category), category, b);
            between = "; ";
            continue;
        }
        for (uint32_t k = 0; k < a->whole.factors; k++)
            if (is_open(a, k, table, row, category)) {
                buffer_cstr(b, between);
                comment(b, image_text(i, i->factors[a->whole.factor[k].factor].title));
                between = "; ";
            }
    }
    buffer_cstr(b, between[0] == ';' ? "\n" : "");
}

static void head(buffer *b, text title)
{
    if (title.n) {
        buffer_char(b, ' ');
        new_text(b, title);
    }
    buffer_cstr(b, " {\n");
}

/* The end of a block; one that holds nothing stays on its line. */
static void foot(buffer *b)
{
    if (text_ends(buffer_view(b), TEXT("{\n")))
        b->n--;
    buffer_cstr(b, "}\n");
}

static void follows(cli *c, buffer *b, const assessed *a, uint32_t row, const new_names *channels)
{
    const image *i = a->image;
    uint32_t first, n = image_list(i, TABLE_CHANNEL, COLUMN_CHANNEL_FOLLOWS, row, &first);
    if (!n)
        return;
    buffer_cstr(b, "follows [");
    for (uint32_t k = 0; k < n; k++) {
        text name = image_text(
            i, (uint32_t)image_element(i, TABLE_CHANNEL, COLUMN_CHANNEL_FOLLOWS, first + k));
        buffer_cstr(b, k ? ", " : "");
        for (uint32_t o = 0; o < a->channels; o++)
            if (text_equal(name, image_field_text(i, TABLE_CHANNEL, 0, a->first_channel + o)))
                buffer_text(b, channels->p[o]);
    }
    buffer_cstr(b, "]\n");
}

static bool is_simulated(text endpoint, arena *memory)
{
    json_document d;
    if (!json_read(memory, endpoint, &d, NULL))
        return false;
    text kind = json_text(memory, &d, json_member(&d, 0, TEXT("kind")));
    bool address = text_is(kind, "http") || text_is(kind, "soap");
    return text_is(kind, "dir") || text_is(kind, "exec") ||
           (address && json_member(&d, 0, TEXT("sandbox")) != 0);
}

/* Whether both endpoints are there, of kinds that are simulated. */
static bool new_is_compared(cli *c, const image *i, uint32_t channel)
{
    text legacy = image_field_text(i, TABLE_CHANNEL, COLUMN_CHANNEL_LEGACY, channel),
         modern = image_field_text(i, TABLE_CHANNEL, COLUMN_CHANNEL_MODERN, channel);
    return is_simulated(legacy, &c->memory) && is_simulated(modern, &c->memory);
}

static void channel(cli *c, buffer *b, const assessed *a, uint32_t k, const new_names *channels)
{
    const image *i = a->image;
    uint32_t row = a->first_channel + k;
    text own = image_field_text(i, TABLE_CHANNEL, COLUMN_CHANNEL_NAME, row);
    text title = image_field_text(i, TABLE_CHANNEL, COLUMN_CHANNEL_TITLE, row);
    buffer_char(b, '\n');
    not_evidenced(b, a, TABLE_CHANNEL, row);
    if (!new_is_compared(c, i, row))
        buffer_cstr(b,
                    "// Not evidenced: that both sides agree; `legacy` and `modern` are not both "
                    "there to be compared\n");
    buffer_printf(b, "channel %.*s: ", TEXT_ARG(channels->p[k]));
    value_write(i, TYPE_WORD(TYPE_ENUM, ENUM_kind),
                image_value(i, TABLE_CHANNEL, COLUMN_CHANNEL_KIND, row), b);
    head(b, title.n || text_equal(own, channels->p[k]) ? title : own);
    fields(c, b, i, TABLE_CHANNEL, row);
    follows(c, b, a, row, channels);
    foot(b);
}

void new_customer(cli *c, buffer *b, const assessed *a, text name, const new_names *channels)
{
    const image *i = a->image;
    text own = image_field_text(i, TABLE_CUSTOMER, COLUMN_CUSTOMER_NAME, a->row);
    text title = image_field_text(i, TABLE_CUSTOMER, COLUMN_CUSTOMER_TITLE, a->row);
    not_evidenced(b, a, TABLE_CUSTOMER, a->row);
    buffer_printf(b, "customer %.*s", TEXT_ARG(name));
    head(b, title.n || text_equal(own, name) ? title : own);
    fields(c, b, i, TABLE_CUSTOMER, a->row);
    for (uint32_t k = 0; k < a->channels; k++)
        channel(c, b, a, k, channels);
    foot(b);
}
