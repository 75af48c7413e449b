/* foreign.c: see foreign.h. Each form is read from the left by small readers that move a cursor;
 * only a text that is read to its end counts. */
#include "grammar/foreign.h"
#include "base/calendar.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

typedef struct {
    const char *p, *end;
} cursor;

static cursor cursor_of(text t)
{
    return (cursor){t.p, t.p + t.n};
}

static bool at_end(const cursor *c)
{
    return c->p == c->end;
}

static void blanks(cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
        c->p++;
}

static bool sign(cursor *c, const char *s)
{
    size_t n = strlen(s);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, s, n) != 0)
        return false;
    c->p += n;
    return true;
}

/* `least` to `most` digits, no more of them behind. */
static bool digits(cursor *c, int least, int most, int *out)
{
    int n = 0, v = 0;
    for (; c->p < c->end && isdigit((unsigned char)*c->p) && n < most; n++)
        v = v * 10 + (*c->p++ - '0');
    *out = v;
    return n >= least && (at_end(c) || !isdigit((unsigned char)*c->p));
}

static text word(cursor *c)
{
    const char *from = c->p;
    while (c->p < c->end && isalpha((unsigned char)*c->p))
        c->p++;
    return (text){from, (size_t)(c->p - from)};
}

static bool word_is(text t, const char *s)
{
    return t.n == strlen(s) && strncasecmp(t.p, s, t.n) == 0;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Digits in groups of three: all separators are `mark`. Moves behind them. */
static bool grouped(cursor *c, char mark, buffer *out)
{
    int n = 0, groups = 0;
    cursor at = *c;
    for (; at.p < at.end && isdigit((unsigned char)*at.p) && n < 3; n++)
        buffer_char(out, *at.p++);
    while (n && at.p < at.end && *at.p == mark && at.end - at.p >= 4 &&
           isdigit((unsigned char)at.p[1]) && isdigit((unsigned char)at.p[2]) &&
           isdigit((unsigned char)at.p[3])) {
        buffer_char(out, '_');
        buffer_add(out, at.p + 1, 3);
        at.p += 4;
        groups++;
    }
    if (!groups || (at.p < at.end && isdigit((unsigned char)*at.p)))
        return false;
    *c = at;
    return true;
}

static void plain_digits(cursor *c, buffer *out)
{
    for (; c->p < c->end && (isdigit((unsigned char)*c->p) || *c->p == '_'); c->p++)
        buffer_char(out, *c->p);
}

/* A number in any of the spellings; `comma`: a decimal comma may stand in it. */
static bool number(cursor *c, bool comma, buffer *out)
{
    static const char marks[] = ",.'";
    for (const char *m = marks; *m; m++) {
        cursor at = *c;
        buffer_clear(out);
        if (!grouped(&at, *m, out) || (*m == '.' && out->n < 9))
            continue;
        char point = *m == ',' ? '.' : ',';
        if (at.p < at.end && *at.p == point) {
            at.p++;
            buffer_char(out, '.');
            plain_digits(&at, out);
        }
        *c = at;
        return true;
    }
    buffer_clear(out);
    plain_digits(c, out);
    if (out->n && c->p < c->end && (*c->p == '.' || (comma && *c->p == ','))) {
        c->p++;
        buffer_char(out, '.');
        plain_digits(c, out);
    }
    return out->n && isdigit((unsigned char)out->p[out->n - 1]);
}

/* 5k, 4.2M: the digits with the power of ten written out. */
static bool magnified(cursor *c, buffer *out)
{
    int zeros = c->p < c->end ? (*c->p == 'k' || *c->p == 'K' ? 3 : *c->p == 'M' ? 6 : 0) : 0;
    if (!zeros)
        return true;
    c->p++;
    char all[40];
    size_t n = 0, points = 0;
    for (size_t i = 0; i < out->n && n < 24; i++)
        if (out->p[i] == '.')
            points = n + 1;
        else if (out->p[i] != '_')
            all[n++] = out->p[i];
    size_t decimals = points ? n - (points - 1) : 0;
    if (decimals > (size_t)zeros)
        return false;
    for (size_t i = decimals; i < (size_t)zeros; i++)
        all[n++] = '0';
    buffer_clear(out);
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            buffer_char(out, '_');
        buffer_char(out, all[i]);
    }
    return true;
}

static text finish(buffer *b, const cursor *c, bool good, arena *memory)
{
    text out = good && at_end(c) ? text_copy(memory, buffer_view(b)) : TEXT("");
    buffer_release(b);
    return out;
}

text foreign_number(text t, arena *memory)
{
    cursor c = cursor_of(t);
    buffer b = {0};
    bool good = number(&c, false, &b) && magnified(&c, &b);
    return finish(&b, &c, good, memory);
}

text foreign_percent(text t, arena *memory)
{
    cursor c = cursor_of(t);
    buffer b = {0};
    bool good = number(&c, true, &b);
    blanks(&c);
    good = good && (sign(&c, "%") || word_is(word(&c), "percent"));
    buffer_char(&b, '%');
    return finish(&b, &c, good, memory);
}

static const char *currency(cursor *c)
{
    static const char *const signs[][2] = {
        {"\xe2\x82\xac", "EUR"}, {"$", "USD"}, {"\xc2\xa3", "GBP"}, {"\xc2\xa5", "JPY"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (sign(c, signs[i][0]))
            return signs[i][1];
    return NULL;
}

text foreign_money(text t, arena *memory)
{
    cursor c = cursor_of(t);
    buffer b = {0};
    const char *of = currency(&c);
    blanks(&c);
    bool good = number(&c, false, &b) && magnified(&c, &b);
    blanks(&c);
    if (!of)
        of = currency(&c);
    char code[4] = "";
    if (!of && c.end - c.p == 3 && isupper((unsigned char)c.p[0]) &&
        isupper((unsigned char)c.p[1]) && isupper((unsigned char)c.p[2])) {
        memcpy(code, c.p, 3);
        c.p += 3;
        of = code;
    }
    buffer_printf(&b, " %s", of ? of : "");
    return finish(&b, &c, good && of, memory);
}

/* --- times ------------------------------------------------------------------------------------ */

static duration unit_of(text t)
{
    static const struct {
        const char *names;
        duration length;
    } units[] = {
        {"ms millis milliseconds millisecond", 1000},
        {"s sec secs second seconds", 1000000},
        {"m min mins minute minutes", 60 * INT64_C(1000000)},
        {"h hr hrs hour hours", 3600 * INT64_C(1000000)},
        {"d day days", 86400 * INT64_C(1000000)},
        {"w wk week weeks", 604800 * INT64_C(1000000)},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (const char *n = units[i].names; *n; n += strspn(n, " ")) {
            size_t length = strcspn(n, " ");
            if (length == t.n && strncasecmp(n, t.p, t.n) == 0)
                return units[i].length;
            n += length;
        }
    return 0;
}

/* digits with at most three decimals, times a unit; 0 when they do not fit. */
static duration times_unit(const buffer *b, duration unit)
{
    int64_t whole = 0, part = 0, scale = 1;
    bool behind = false;
    for (size_t i = 0; i < b->n; i++) {
        if (b->p[i] == '.')
            behind = true;
        if (!isdigit((unsigned char)b->p[i]))
            continue;
        if (behind && scale < 1000) {
            part = part * 10 + (b->p[i] - '0');
            scale *= 10;
        } else if (!behind && whole < 1000000)
            whole = whole * 10 + (b->p[i] - '0');
        else
            return 0;
    }
    return unit * part % scale ? 0 : whole * unit + unit * part / scale;
}

/* One whole part keeps its number (90s), as its writer thinks of it. */
text foreign_duration(text t, arena *memory)
{
    static const char *const letters[] = {"w", "d", "h", "m", "s", "ms"};
    cursor c = cursor_of(t);
    buffer b = {0};
    duration all = 0, unit = 0;
    int parts = 0;
    bool good = true;
    for (; good && !at_end(&c); parts++) {
        good = number(&c, false, &b);
        blanks(&c);
        unit = good ? unit_of(word(&c)) : 0;
        duration one = unit ? times_unit(&b, unit) : 0;
        good = one > 0;
        all += one;
        blanks(&c);
    }
    bool whole = parts == 1 && b.n && !memchr(b.p, '.', b.n);
    size_t k = 0;
    for (; whole && good && k < 5 && unit_of(text_of(letters[k])) != unit; k++)
        ;
    if (whole && good)
        buffer_cstr(&b, letters[k]);
    else
        buffer_clear(&b);
    if (!whole && good)
        duration_write(&b, all);
    return finish(&b, &c, good && parts, memory);
}

static const char *weekday(text t)
{
    static const char *const days[][2] = {{"monday", "mon"},   {"tuesday", "tue"},
                                          {"wednesday", "wed"}, {"thursday", "thu"},
                                          {"friday", "fri"},   {"saturday", "sat"},
                                          {"sunday", "sun"}};
    for (size_t i = 0; i < 7; i++)
        if (t.n >= 3 && t.n <= strlen(days[i][0]) && strncasecmp(t.p, days[i][0], t.n) == 0)
            return days[i][1];
    return NULL;
}

/* 12 AM is midnight. false when hour and half do not fit. */
static bool half_day(cursor *c, int *hour)
{
    blanks(c);
    text half = word(c);
    if (!half.n)
        return true;
    bool pm = word_is(half, "pm");
    if ((!pm && !word_is(half, "am")) || *hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + (pm ? 12 : 0);
    return true;
}

text foreign_clock(text t, arena *memory)
{
    cursor c = cursor_of(t);
    buffer b = {0};
    int hour = 0, minute = 0, second = 0;
    text day = word(&c);
    const char *on = day.n ? weekday(day) : NULL;
    bool good = !day.n || on;
    blanks(&c);
    good = good && digits(&c, 1, 2, &hour);
    if (good && (sign(&c, ":") || sign(&c, ".") || sign(&c, "h")) && !at_end(&c)) {
        good = digits(&c, 2, 2, &minute);
        if (good && sign(&c, ":"))
            good = digits(&c, 2, 2, &second) && second == 0;
    }
    good = good && half_day(&c, &hour) && hour < 24 && minute < 60;
    if (on)
        buffer_printf(&b, "%s ", on);
    buffer_printf(&b, "%02d:%02d", hour % 100, minute % 100);
    return finish(&b, &c, good, memory);
}

/* The two parts beside the year: which is the month is known where one is above 12, or where the
 * separator says so (13.3.2027 is written by people who put the day first). */
static bool day_and_month(int first, int second, char mark, int *day, int *month)
{
    bool day_first = mark != '/' || first > 12;
    if (mark == '/' && first <= 12 && second <= 12 && first != second)
        return false;
    *day = day_first ? first : second;
    *month = day_first ? second : first;
    return true;
}

text foreign_date(text t, arena *memory)
{
    cursor c = cursor_of(t);
    buffer b = {0};
    int part[3] = {0}, day = 0, month = 0, year = 0;
    bool good = digits(&c, 1, 4, &part[0]);
    char mark = at_end(&c) ? 0 : *c.p;
    good = good && (mark == '.' || mark == '/' || mark == '-');
    c.p += good;
    good = good && digits(&c, 1, 2, &part[1]) && !at_end(&c) && *c.p == mark;
    c.p += good;
    good = good && digits(&c, 1, 4, &part[2]);
    if (part[0] > 31) {
        year = part[0];
        month = part[1];
        day = part[2];
    } else {
        year = part[2];
        good = good && day_and_month(part[0], part[1], mark, &day, &month);
    }
    good = good && year > 999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    buffer_printf(&b, "%04d-%02d-%02d", year, month, day);
    if (good && !at_end(&c)) {
        if (!sign(&c, "T"))
            blanks(&c);
        text rest = {c.p, (size_t)(c.end - c.p)};
        if (text_ends(rest, TEXT("Z")))
            rest.n--;
        text clock = foreign_clock(rest, memory);
        good = clock.n == 5;
        buffer_printf(&b, " %.*s", TEXT_ARG(clock));
        c.p = c.end;
    }
    return finish(&b, &c, good, memory);
}

text foreign_literal(text t, arena *memory)
{
    text (*const readers[])(text, arena *) = {foreign_percent, foreign_money, foreign_duration,
                                              foreign_date,    foreign_clock, foreign_number};
    text right = TEXT("");
    for (size_t i = 0; i < sizeof readers / sizeof *readers && !right.n; i++)
        right = readers[i](t, memory);
    return right;
}
