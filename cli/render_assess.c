/* render_assess.c: see render_assess.h. */
#include "cli/render_assess.h"

enum { BAR = 20, NAME_COLUMNS = 15 };

static text member(const image *i, uint32_t enumeration, int64_t code)
{
    const image_enum *e = &i->enums[enumeration];
    if (code < 0 || code >= e->members)
        return (text){0};
    return image_text(i, i->words[e->first_member + (uint32_t)code]);
}

static text row_name(const image *i, uint32_t table, uint32_t row)
{
    return image_field_text(
        i, table, table == TABLE_CUSTOMER ? COLUMN_CUSTOMER_NAME : COLUMN_CHANNEL_NAME, row);
}

/* Two decimals are what people compare; JSON has all six. */
static void put_score(buffer *out, int64_t v)
{
    int64_t cents = (int64_t)decimal_divide(v, 10000);
    buffer_printf(out, "%3lld.%02lld", (long long)(cents / 100), (long long)(cents % 100));
}

static style level_style(uint32_t level)
{
    return level >= 2 ? STYLE_ERROR : level == 1 ? STYLE_WARNING : STYLE_GOOD;
}

static void put_level(buffer *out, const terminal *t, const image *i, uint32_t level)
{
    term_styled(out, t, level_style(level), member(i, ENUM_level, level));
}

static void put_bar(buffer *out, const terminal *t, int64_t score)
{
    int64_t full = score * BAR / (100 * UNIT_NUMBER);
    full = full < 0 ? 0 : full > BAR ? BAR : full;
    term_repeat(out, term_glyph(t, GLYPH_FULL), (size_t)full);
    term_style(out, t, STYLE_DIM);
    term_repeat(out, term_glyph(t, GLYPH_EMPTY), (size_t)(BAR - full));
    term_style(out, t, STYLE_PLAIN);
}

static void put_factor(buffer *out, const terminal *t, const image *i, const assess_factor *f)
{
    const image_factor *row = &i->factors[f->factor];
    text title = image_text(i, row->title);
    buffer_cstr(out, "      ");
    if (f->evidenced) {
        put_score(out, f->risk);
        buffer_cstr(out, " = ");
        decimal_write(out, f->impact, SCALE_NUMBER);
        buffer_printf(out, " %s ", term_glyph(t, GLYPH_TIMES));
        decimal_write(out, f->likelihood, SCALE_NUMBER);
        buffer_cstr(out, "%  ");
    } else {
        term_styled(out, t, STYLE_WARNING, TEXT("not evidenced     "));
    }
    term_put(out, t, row_name(i, f->table, f->row));
    buffer_cstr(out, ": ");
    term_put(out, t, title.n ? title : image_text(i, row->name));
    text mitigation = image_text(i, row->mitigation);
    if (mitigation.n) {
        buffer_cstr(out, "\n                          ");
        term_styled(out, t, STYLE_DIM, mitigation);
    }
    buffer_char(out, '\n');
}

static void put_category(buffer *out, const terminal *t, const assessed *a, uint32_t category)
{
    buffer_cstr(out, "  ");
    term_pad(out, t, member(a->image, ENUM_category, category), NAME_COLUMNS);
    put_bar(out, t, a->whole.category[category]);
    buffer_cstr(out, "  ");
    put_score(out, a->whole.category[category]);
    buffer_cstr(out, "  weight ");
    decimal_write(out, a->image->limits->weight[category], SCALE_PERCENT - 2);
    buffer_printf(out, "%%, mean of %u\n", a->whole.applicable[category]);
    for (uint32_t k = 0; k < a->whole.factors; k++)
        if (a->image->factors[a->whole.factor[k].factor].category == category)
            put_factor(out, t, a->image, &a->whole.factor[k]);
}

static const char *readiness_word(int64_t readiness)
{
    int64_t points = readiness / UNIT_NUMBER;
    return points >= 90   ? "ready"
           : points >= 70 ? "ready with precautions"
           : points >= 50 ? "more preparation"
                          : "not ready";
}

static void put_channels(buffer *out, const terminal *t, const assessed *a)
{
    for (uint32_t k = 0; k < a->channels; k++) {
        uint32_t row = a->first_channel + k;
        int64_t kind = image_value(a->image, TABLE_CHANNEL, COLUMN_CHANNEL_KIND, row);
        buffer_cstr(out, k ? "                 " : "  channels       ");
        put_bar(out, t, a->channel[k].score);
        buffer_cstr(out, "  ");
        put_score(out, a->channel[k].score);
        buffer_cstr(out, "  ");
        term_put(out, t, row_name(a->image, TABLE_CHANNEL, row));
        buffer_cstr(out, " (");
        term_put(out, t, member(a->image, ENUM_kind, kind));
        buffer_cstr(out, ") ");
        put_level(out, t, a->image, a->channel[k].level);
        buffer_char(out, '\n');
    }
}

void render_assess(buffer *out, const terminal *t, const assessed *a)
{
    text title = image_field_text(a->image, TABLE_CUSTOMER, COLUMN_CUSTOMER_TITLE, a->row);
    term_styled(out, t, STYLE_BOLD, row_name(a->image, TABLE_CUSTOMER, a->row));
    if (title.n) {
        buffer_cstr(out, "  ");
        term_put(out, t, title);
    }
    buffer_cstr(out, "\n  risk           ");
    put_bar(out, t, a->whole.score);
    buffer_cstr(out, "  ");
    put_score(out, a->whole.score);
    buffer_cstr(out, "  ");
    put_level(out, t, a->image, a->whole.level);
    buffer_cstr(out, "\n  readiness      ");
    put_bar(out, t, a->whole.readiness);
    buffer_cstr(out, "  ");
    put_score(out, a->whole.readiness);
    buffer_printf(out, "  %s\n\n", readiness_word(a->whole.readiness));
    for (uint32_t k = 0; k < ASSESS_CATEGORIES; k++)
        put_category(out, t, a, k);
    if (a->channels)
        buffer_char(out, '\n');
    put_channels(out, t, a);
}

/* --- JSON --------------------------------------------------------------------------------------
 */

static void number(json_writer *w, const char *key, int64_t v)
{
    json_put_key(w, key);
    json_put_decimal(w, v, SCALE_NUMBER);
}

static void categories_json(json_writer *w, const assessed *a)
{
    json_add_object(w, "categories");
    for (uint32_t k = 0; k < ASSESS_CATEGORIES; k++) {
        json_put_key_text(w, member(a->image, ENUM_category, k));
        json_object(w);
        number(w, "score", a->whole.category[k]);
        json_put_key(w, "weight");
        json_put_decimal(w, a->image->limits->weight[k], SCALE_PERCENT - 2);
        json_object_end(w);
    }
    json_object_end(w);
}

static void factor_json(json_writer *w, const image *i, const assess_factor *f)
{
    const image_factor *row = &i->factors[f->factor];
    json_object(w);
    json_add_text(w, "name", image_text(i, row->name));
    json_add_text(w, "title", image_text(i, row->title));
    json_add_text(w, "category", member(i, ENUM_category, row->category));
    json_add_text(w, "subject", row_name(i, f->table, f->row));
    number(w, "impact", f->evidenced ? f->impact : QUANTITY_NONE);
    number(w, "likelihood", f->evidenced ? f->likelihood : QUANTITY_NONE);
    number(w, "risk", f->evidenced ? f->risk : QUANTITY_NONE);
    json_add_text(w, "mitigation", image_text(i, row->mitigation));
    json_add_bool(w, "evidenced", f->evidenced);
    json_object_end(w);
}

static void channel_json(json_writer *w, const assessed *a, uint32_t k)
{
    uint32_t row = a->first_channel + k;
    json_object(w);
    json_add_text(w, "name", row_name(a->image, TABLE_CHANNEL, row));
    json_add_text(w, "kind",
                  member(a->image, ENUM_kind,
                         image_value(a->image, TABLE_CHANNEL, COLUMN_CHANNEL_KIND, row)));
    number(w, "score", a->channel[k].score);
    json_add_text(w, "level", member(a->image, ENUM_level, a->channel[k].level));
    json_object_end(w);
}

void render_assess_json(json_writer *w, const assessed *a)
{
    json_object(w);
    json_add_text(w, "name", row_name(a->image, TABLE_CUSTOMER, a->row));
    number(w, "score", a->whole.score);
    json_add_text(w, "level", member(a->image, ENUM_level, a->whole.level));
    number(w, "readiness", a->whole.readiness);
    categories_json(w, a);
    json_add_array(w, "factors");
    for (uint32_t k = 0; k < a->whole.factors; k++)
        factor_json(w, a->image, &a->whole.factor[k]);
    json_array_end(w);
    json_add_array(w, "channels");
    for (uint32_t k = 0; k < a->channels; k++)
        channel_json(w, a, k);
    json_array_end(w);
    json_object_end(w);
}
