/* edifact_date.c: values of DTM against the form that they declare (2379; edifact_dates.def). */
#include "stdlib/edifact/edifact_read.h"

#include "base/calendar.h"

static const struct {
    char code[4];
    const char *form;
} forms[] = {
#define EDIFACT_DATE(code, form) {#code, form},
#include "stdlib/edifact/edifact_dates.def"
#undef EDIFACT_DATE
};

static int two(const char *p)
{
    return (p[0] - '0') * 10 + p[1] - '0';
}

/* What two digits of a form may be; the day of a month is judged with its month. */
static bool pair_fits(const char *form, int n)
{
    switch (form[0]) {
    case 'M': return n >= 1 && n <= 12;
    case 'D': return n >= 1 && n <= 31;
    case 'W': return n >= 1 && n <= 53;
    case 'H': return n <= 24;
    case 'm': return n <= 59;
    case 'S': return n <= 60;
    default: return true;
    }
}

static bool day_fits(int year, int month, int day)
{
    int64_t next = month < 12 ? civil_days(year, month + 1, 1) : civil_days(year + 1, 1, 1);
    return civil_days(year, month, 1) + day <= next;
}

/* Digits of one form: `n` characters of it. A year of two digits is one of this century, which
 * knows as many leap years as the last. */
static bool digits_fit(const char *form, size_t n, text value)
{
    int year = 2000, month = 0, day = 0;
    if (value.n != n)
        return false;
    for (size_t i = 0; i < n; i += 2) {
        const char *p = value.p + i;
        if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9' || !pair_fits(form + i, two(p)))
            return false;
        if (form[i] == 'C')
            year = two(p) * 100;
        else if (form[i] == 'Y')
            year = year / 100 * 100 + two(p);
        else if (form[i] == 'M')
            month = two(p);
        else if (form[i] == 'D')
            day = two(p);
    }
    return !day || day_fits(year, month, day);
}

/* A zone by its name, or by its sign, hours and minutes. */
static bool zone_fits(const char *form, text value)
{
    size_t n = strlen(form);
    if (value.n != n || form[1] == 'Z')
        return value.n == n;
    return (value.p[0] == '+' || value.p[0] == '-') &&
           digits_fit(form + 1, n - 1, text_slice(value, 1, n));
}

static bool fits(const char *form, text value)
{
    size_t n = strlen(form);
    const char *behind = strchr(form, 'Z');
    if (behind) {
        n = (size_t)(behind - form);
        return digits_fit(form, n, text_slice(value, 0, n)) &&
               zone_fits(behind, text_slice(value, n, value.n));
    }
    if (form[n - 1] != '-')
        return digits_fit(form, n, value);
    n--;
    text second = text_slice(value, n, value.n);
    if (second.n && second.p[0] == '-')
        second = text_slice(second, 1, second.n);
    return digits_fit(form, n, text_slice(value, 0, n)) && digits_fit(form, n, second);
}

const char *edifact_date_form(text code, text value)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (text_is(code, forms[i].code))
            return fits(forms[i].form, text_trim(value)) ? NULL : forms[i].form;
    return NULL;
}
