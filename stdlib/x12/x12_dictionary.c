/* x12_dictionary.c: what the standard says of elements, as tables made from the .def files, and the
 * forms of dates, times and digits. Types of elements are asked only where two documents differ, so
 * a plain search does; the number of a document is asked of each. */
#include "base/calendar.h"
#include "stdlib/x12/x12.h"

#include <string.h>

typedef struct {
    const char *tag;
    x12_type type;
    uint8_t element[12];
} typed;

static const typed types[] = {
#define X12_TYPE(tag, type, ...) {#tag, X12_##type, {__VA_ARGS__}},
#include "stdlib/x12/x12_types.def"
#undef X12_TYPE
};

enum { SET_LENGTH = 3 }; /* of an identifier of a set: "850" */

static const struct {
    char set[SET_LENGTH + 1], tag[4];
    uint32_t element;
} keys[] = {
#define X12_KEY(set, tag, element) {#set, #tag, element},
#include "stdlib/x12/x12_keys.def"
#undef X12_KEY
};

x12_type x12_type_of(text tag, uint32_t element)
{
    if (element == 0 || element > UINT8_MAX)
        return X12_AN;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_is(tag, types[i].tag) &&
            memchr(types[i].element, (int)element, sizeof types[i].element))
            return types[i].type;
    return X12_AN;
}

bool x12_business_key(text type, text *tag, uint32_t *element)
{
    for (size_t i = 0; type.n == SET_LENGTH && i < sizeof keys / sizeof *keys; i++)
        if (memcmp(type.p, keys[i].set, SET_LENGTH) == 0) {
            *tag = text_of(keys[i].tag);
            *element = keys[i].element;
            return true;
        }
    return false;
}

bool x12_is_digits(text t, size_t shortest, size_t longest)
{
    if (t.n < shortest || t.n > longest)
        return false;
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
    return true;
}

static int two(text t, size_t at)
{
    return (t.p[at] - '0') * 10 + t.p[at + 1] - '0';
}

bool x12_is_date(text t)
{
    if (!x12_is_digits(t, 6, 8) || t.n == 7)
        return false;
    /* Of a year of two digits only 29 February depends on the century, and 2000 was a leap year. */
    int year = t.n == 8 ? two(t, 0) * 100 + two(t, 2) : 2000 + two(t, 0);
    return civil_valid(year, two(t, t.n - 4), two(t, t.n - 2));
}

bool x12_is_time(text t)
{
    if (!x12_is_digits(t, 4, 8) || t.n == 5)
        return false;
    return two(t, 0) < 24 && two(t, 2) < 60 && (t.n < 6 || two(t, 4) < 60);
}
