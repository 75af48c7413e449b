/* decimal.c: see decimal.h. Nothing here goes through binary floating point, not even to compare:
 * digits are kept as text or as 128-bit integers. */
#include "base/decimal.h"

#include <assert.h>
#include <string.h>

int64_t decimal_fit(int128 v)
{
    return v < QUANTITY_MIN || v > QUANTITY_MAX ? QUANTITY_NA : (int64_t)v;
}

static bool is_quantity(int64_t v)
{
    return v != QUANTITY_NA && v != QUANTITY_NONE;
}

__extension__ typedef unsigned __int128 uint128;

static uint128 magnitude(int128 v)
{
    return v < 0 ? -(uint128)v : (uint128)v;
}

int128 decimal_divide(int128 n, int128 d)
{
    assert(d != 0);
    int128 q = n / d;
    uint128 left = magnitude(n % d), gap = magnitude(d) - left;
    /* left against the gap, not twice left against d: doubling could leave 128 bits */
    if (left > gap || (left == gap && q % 2 != 0))
        q += (n < 0) == (d < 0) ? 1 : -1;
    return q;
}

int64_t decimal_add(int64_t a, int64_t b)
{
    if (!is_quantity(a) || !is_quantity(b))
        return QUANTITY_NA;
    return decimal_fit((int128)a + b);
}

int64_t decimal_sub(int64_t a, int64_t b)
{
    if (!is_quantity(a) || !is_quantity(b))
        return QUANTITY_NA;
    return decimal_fit((int128)a - b);
}

int64_t decimal_muldiv(int64_t a, int64_t b, int64_t divisor)
{
    if (!is_quantity(a) || !is_quantity(b) || !is_quantity(divisor) || divisor == 0)
        return QUANTITY_NA;
    return decimal_fit(decimal_divide((int128)a * b, divisor));
}

int64_t decimal_power(int scale)
{
    assert(scale >= 0 && scale <= 18);
    int64_t power = 1;
    while (scale-- > 0)
        power *= 10;
    return power;
}

/* The parts of a number's text. The digits of `whole` and `fraction` together are the mantissa. */
typedef struct {
    bool negative;
    text whole, fraction; /* whole may hold underscores */
    int64_t exponent;     /* held within ±EXPONENT_MOST */
} number_parts;

static const int64_t EXPONENT_MOST = INT64_C(1000000000000000000);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes digits off the front of *rest; an underscore only between two digits. */
static text take_digits(text *rest, bool underscores)
{
    size_t n = 0;
    while (n < rest->n &&
           (is_digit(rest->p[n]) || (underscores && n && rest->p[n] == '_' && n + 1 < rest->n &&
                                     is_digit(rest->p[n + 1]) && is_digit(rest->p[n - 1]))))
        n++;
    text digits = {rest->p, n};
    *rest = text_slice(*rest, n, rest->n);
    return digits;
}

static bool take_sign(text *rest, bool plus_allowed)
{
    if (!rest->n || (rest->p[0] != '-' && !(plus_allowed && rest->p[0] == '+')))
        return false;
    bool negative = rest->p[0] == '-';
    *rest = text_slice(*rest, 1, rest->n);
    return negative;
}

static bool take_exponent(text *rest, int64_t *exponent)
{
    *rest = text_slice(*rest, 1, rest->n);
    bool negative = take_sign(rest, true);
    text digits = take_digits(rest, false);
    int64_t e = 0;
    for (size_t i = 0; i < digits.n; i++)
        e = e >= EXPONENT_MOST / 10 ? EXPONENT_MOST : e * 10 + (digits.p[i] - '0');
    *exponent = negative ? -e : e;
    return digits.n > 0;
}

static bool split(text t, bool underscores, bool plus_allowed, number_parts *out)
{
    *out = (number_parts){0};
    out->negative = take_sign(&t, plus_allowed);
    out->whole = take_digits(&t, underscores);
    if (!out->whole.n)
        return false;
    if (t.n && t.p[0] == '.') {
        t = text_slice(t, 1, t.n);
        out->fraction = take_digits(&t, false);
        if (!out->fraction.n)
            return false;
    }
    if (t.n && (t.p[0] == 'e' || t.p[0] == 'E') && !take_exponent(&t, &out->exponent))
        return false;
    return t.n == 0;
}

/* A mantissa that is cut off after `keep` digits (fewer than none: the cut lies left of it). */
typedef struct {
    uint128 value;
    int64_t keep;
    unsigned next; /* the first digit that was cut off */
    bool sticky;   /* any digit behind that one is not 0 */
    bool over;     /* value has left 64 bits for good */
} cut;

static void cut_add(cut *c, text digits)
{
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] == '_')
            continue;
        unsigned d = (unsigned)(digits.p[i] - '0');
        if (c->keep > 0 && !c->over)
            c->value = c->value * 10 + d;
        else if (c->keep == 0)
            c->next = d;
        else
            c->sticky |= d != 0;
        c->over |= c->value > UINT64_MAX;
        c->keep--;
    }
}

static int64_t count_digits(text t)
{
    int64_t n = 0;
    for (size_t i = 0; i < t.n; i++)
        n += t.p[i] != '_';
    return n;
}

bool decimal_read(text t, int scale, bool underscores, int64_t *out, bool *inexact)
{
    number_parts n;
    bool ignored;
    inexact = inexact ? inexact : &ignored;
    *inexact = false;
    if (!split(t, underscores, false, &n))
        return false;
    cut c = {.keep = count_digits(n.whole) + n.exponent + scale};
    cut_add(&c, n.whole);
    cut_add(&c, n.fraction);
    for (; c.keep > 0 && c.value && !c.over; c.keep--) {
        c.value *= 10;
        c.over = c.value > UINT64_MAX;
    }
    if (c.over)
        return false;
    c.value += c.next > 5 || (c.next == 5 && (c.sticky || c.value % 2));
    int64_t v = decimal_fit(n.negative ? -(int128)c.value : (int128)c.value);
    if (v == QUANTITY_NA)
        return false;
    *out = v;
    *inexact = c.next || c.sticky;
    return !*inexact;
}

void decimal_write(buffer *out, int64_t v, int scale)
{
    if (!is_quantity(v)) {
        buffer_cstr(out, v == QUANTITY_NA ? "not available" : "none");
        return;
    }
    uint64_t m = (uint64_t)magnitude(v), unit = (uint64_t)decimal_power(scale);
    buffer_printf(out, "%s%llu", v < 0 ? "-" : "", (unsigned long long)(m / unit));
    uint64_t fraction = m % unit;
    if (!fraction)
        return;
    while (fraction % 10 == 0) {
        fraction /= 10;
        scale--;
    }
    buffer_printf(out, ".%0*llu", scale, (unsigned long long)fraction);
}

bool decimal_is_text(text t)
{
    number_parts ignored;
    return split(t, false, true, &ignored);
}

/* The significant digits of a number: the digits from the first that is not 0, and the power of ten
 * of that one. */
typedef struct {
    number_parts parts;
    size_t at, digits; /* index of the next digit, and their number: whole, then fraction */
    int64_t power;
} significant;

static unsigned digit_at(const significant *s, size_t i)
{
    if (i >= s->digits)
        return 0;
    size_t whole = s->parts.whole.n;
    return (unsigned)((i < whole ? s->parts.whole.p[i] : s->parts.fraction.p[i - whole]) - '0');
}

static significant significant_of(text t)
{
    significant s = {0};
    bool well_formed = split(t, false, true, &s.parts);
    assert(well_formed);
    (void)well_formed;
    s.digits = s.parts.whole.n + s.parts.fraction.n;
    while (s.at < s.digits && digit_at(&s, s.at) == 0)
        s.at++;
    s.power = (int64_t)s.parts.whole.n - (int64_t)s.at + s.parts.exponent;
    return s;
}

static int compare_magnitude(significant *a, significant *b)
{
    if (a->power != b->power)
        return a->power < b->power ? -1 : 1;
    while (a->at < a->digits || b->at < b->digits) {
        unsigned x = digit_at(a, a->at++), y = digit_at(b, b->at++);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

int decimal_compare_text(text a, text b)
{
    significant x = significant_of(a), y = significant_of(b);
    int sign_x = x.at == x.digits ? 0 : x.parts.negative ? -1 : 1;
    int sign_y = y.at == y.digits ? 0 : y.parts.negative ? -1 : 1;
    if (sign_x != sign_y)
        return sign_x < sign_y ? -1 : 1;
    return sign_x == 0 ? 0 : sign_x * compare_magnitude(&x, &y);
}
