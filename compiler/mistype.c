/* mistype.c: a value of another type than its place wants, and the spelling that would fit.
 *
 * The message names both types. An edit is offered where the source itself says what was meant: a
 * literal in quotes, a percent without its sign, a date as other programs write it. A number where
 * a duration is wanted gets words only: nobody but its writer knows the unit.
 */
#include "compiler/dollar.h"
#include "compiler/expr.h"
#include "grammar/foreign.h"

#include <ctype.h>
#include <string.h>

static text lowered(compiler *c, text t)
{
    char *p = arena_copy(c->memory, t.p, t.n);
    for (size_t i = 0; i < t.n; i++)
        p[i] = (char)tolower((unsigned char)p[i]);
    return (text){p, t.n};
}

/* "40 per day", "40/day". */
static text as_rate(compiler *c, text t)
{
    static const char *const units[] = {"second", "minute", "hour", "day", "week"};
    size_t digits = 0;
    while (digits < t.n && (isdigit((unsigned char)t.p[digits]) || strchr("_.,", t.p[digits])))
        digits++;
    text number = foreign_number(text_slice(t, 0, digits), c->memory);
    text unit = text_trim(text_slice(t, digits, t.n));
    if (text_starts(unit, TEXT("per ")))
        unit = text_trim(text_slice(unit, 4, unit.n));
    else if (unit.n && unit.p[0] == '/')
        unit = text_trim(text_slice(unit, 1, unit.n));
    for (size_t i = 0; number.n && i < 5; i++)
        if (text_is(unit, units[i]))
            return text_format(c->memory, "%.*s per %s", TEXT_ARG(number), units[i]);
    return TEXT("");
}

static text as_member(compiler *c, type want, text t)
{
    text low = lowered(c, t);
    return enum_code(want, low) >= 0 ? low : TEXT("");
}

/* What the spelling `t` means where `want` is wanted; empty when that is not sure. */
static text as_wanted(compiler *c, type want, text t)
{
    switch (type_id_of(want)) {
    case TYPE_ENUM: return as_member(c, want, t);
    case TYPE_DURATION: return foreign_duration(t, c->memory);
    case TYPE_PERCENT: return foreign_percent(t, c->memory);
    case TYPE_NUMBER: return foreign_number(t, c->memory);
    case TYPE_MONEY: return foreign_money(t, c->memory);
    case TYPE_DATE: return foreign_date(t, c->memory);
    case TYPE_CLOCK: return foreign_clock(t, c->memory);
    case TYPE_RATE: return as_rate(c, t);
    case TYPE_BOOL: return text_is(t, "true") || text_is(t, "false") ? t : TEXT("");
    default: return TEXT("");
    }
}

/* A bare number where a percent is wanted: 99.9 is 99.9%, 0.95 is 95%. */
static text with_percent(compiler *c, node n)
{
    text digits = ast_source_text(tree(c), n);
    if (!text_starts(digits, TEXT("0.")))
        return text_format(c->memory, "%.*s%%", TEXT_ARG(digits));
    buffer b;
    buffer_init(&b);
    for (size_t i = 2; i < digits.n || i < 4; i++) {
        char digit = i < digits.n ? digits.p[i] : '0';
        if (i == 4)
            buffer_char(&b, '.');
        if (i > 2 || digit != '0')
            buffer_char(&b, digit);
    }
    text out = text_format(c->memory, "%.*s%%", (int)b.n, b.p);
    buffer_release(&b);
    return out;
}

/* In `"{x}"` the value itself, where that fits. The program has a fault already: what the second
 * walk writes is not used. */
static text without_quotes(compiler *c, type want, node n)
{
    silence quiet;
    node alone = dollar_alone(tree(c), n);
    if (!alone)
        return TEXT("");
    silence_begin(c, &quiet);
    value v = expr(c, alone, want);
    silence_end(c, &quiet);
    bool fits = v.kind != V_ERROR && (v.kind == V_LAZY || type_sure(v.t) == type_sure(want));
    return fits ? ast_source_text(tree(c), alone) : TEXT("");
}

static text other_spelling(compiler *c, value v, type want, node n)
{
    text own = ast_source_text(tree(c), n);
    ast_kind_of kind = ast_kind(tree(c), n);
    uint32_t wanted = type_id_of(want);
    if ((kind == NODE_TEXT || kind == NODE_RAW) && own.n >= 2)
        return as_wanted(c, want, text_slice(own, 1, own.n - 1));
    if (kind == NODE_INTERPOLATED)
        return without_quotes(c, want, n);
    if (kind == NODE_NUMBER && wanted == TYPE_PERCENT)
        return with_percent(c, n);
    if (kind == NODE_NUMBER && wanted == TYPE_RATE)
        return text_format(c->memory, "%.*s per day", TEXT_ARG(own));
    if (kind == NODE_PERCENT && wanted == TYPE_NUMBER)
        return text_slice(own, 0, own.n - 1);
    if (kind == NODE_MONEY && wanted == TYPE_REVENUE)
        return text_format(c->memory, "%.*s per year", TEXT_ARG(own));
    if (wanted == TYPE_TEXT && (kind == NODE_NUMBER || kind == NODE_DATE || kind == NODE_TIME))
        return text_format(c->memory, "\"%.*s\"", TEXT_ARG(own));
    if (wanted == TYPE_DATE || wanted == TYPE_CLOCK)
        return as_wanted(c, want, own);
    if (type_id_of(want) == TYPE_LIST && type_id_of(v.t) == type_id_of(type_element(c, want)))
        return text_format(c->memory, "[%.*s]", TEXT_ARG(own));
    return TEXT("");
}

static void help_in_words(compiler *c, diagnostic *g, type have, type want)
{
    uint32_t from = type_id_of(have), to = type_id_of(want);
    if (type_is_row(want, TABLE_ROLE) && from == TYPE_TEXT)
        diag_help_add(c->d, g, "people stand in roles: role desk { members [\"mira\"] }");
    if (to == TYPE_DATE)
        diag_help_add(c->d, g, "dates are written year-month-day: 2027-03-13");
    if (to == TYPE_CLOCK)
        diag_help_add(c->d, g, "times of day are written 22:00");
    if (from == TYPE_NUMBER && to == TYPE_PERCENT)
        diag_help_add(c->d, g, "write `ratio(x)` when 1 means all, `percent(x)` when 100 does");
    if (from == TYPE_NUMBER && to == TYPE_RATE)
        diag_help_add(c->d, g, "say per what: `x per day`");
    if (from == TYPE_NUMBER && to == TYPE_DURATION)
        diag_help_add(c->d, g, "say in what: `5m`, `seconds(x)`");
    if (from == TYPE_NUMBER && (to == TYPE_MONEY || to == TYPE_REVENUE))
        diag_help_add(c->d, g, "say in which currency: `4_200 EUR`%s",
                      to == TYPE_REVENUE ? ", and per what: `per year`" : "");
    if (type_is_row(want, TABLE_CHANNEL) && type_is_row(have, TABLE_CHANNEL))
        diag_help_add(c->d, g, "take those of the kind alone, as in `where c.kind == edi`");
    if (from == TYPE_MONEY && to == TYPE_REVENUE)
        diag_help_add(c->d, g, "say per what: `4_200 EUR per year`");
}

value mistyped(compiler *c, value v, type want, node n)
{
    bool units = type_family(v.t) == 'q' && type_family(want) == 'q';
    diagnostic *g = fault(c, units ? DIAG_E0302 : DIAG_E0301, at_node(c, n),
                          "%.*s is expected here, this is %.*s", TEXT_ARG(type_a(c, want)),
                          TEXT_ARG(type_a(c, v.t)));
    text right = other_spelling(c, v, want, n);
    if (right.n)
        diag_suggest(c->d, g, at_node(c, n), right, "write `%.*s`", TEXT_ARG(right));
    else
        help_in_words(c, g, v.t, want);
    return value_error();
}
