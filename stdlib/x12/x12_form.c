/* x12_form.c: whether a value has the form and the length that the dictionary wants. */
#include "stdlib/x12/x12_layout.h"

#include <string.h>

/* Digits of [-]digits[.digits], with an exponent as 005010 allows it; 0: it is no such number. */
static size_t digits_of(text t, bool decimal)
{
    size_t n = 0, points = 0, i = t.n && t.p[0] == '-';
    for (; i < t.n && t.p[i] != 'E'; i++) {
        bool point = t.p[i] == '.' && decimal && points == 0;
        if (!point && (t.p[i] < '0' || t.p[i] > '9'))
            return 0;
        points += point;
        n += !point;
    }
    text exponent = text_slice(t, i + 1, t.n);
    if (exponent.n && exponent.p[0] == '-')
        exponent = text_slice(exponent, 1, exponent.n);
    return i == t.n || (decimal && x12_is_digits(exponent, 1, 9)) ? n : 0;
}

/* Element 127, the reference, grew twice. */
static size_t longest_of(const x12_element_rule *r, uint32_t version)
{
    if (r->form != FORM_RF || version == 0 || version >= 6000)
        return r->longest;
    return version >= 5000 ? 50 : 30;
}

static const char *length_code(size_t n, size_t shortest, size_t longest)
{
    return n < shortest ? "4" : n > longest ? "5" : NULL;
}

static const char *date_code(uint32_t version, text v)
{
    const char *length = length_code(v.n, version ? 8 : 6, 8);
    return length ? length : x12_is_date(v) ? NULL : "8";
}

const char *x12_value_code(const x12_element_rule *r, uint32_t version, text v)
{
    if (r->form == FORM_COMPOSITE || r->form == FORM_ANY)
        return NULL;
    if (r->form == FORM_DT)
        return date_code(version, v);
    size_t length = v.n;
    if (r->form == FORM_R || r->form == FORM_N) {
        length = digits_of(v, r->form == FORM_R);
        if (length == 0)
            return "6";
    }
    const char *code = length_code(length, r->shortest, longest_of(r, version));
    if (code)
        return code;
    if (r->form == FORM_TM && !x12_is_time(v))
        return "9";
    return r->one_of && !strchr(r->one_of, v.p[0]) ? "7" : NULL;
}
