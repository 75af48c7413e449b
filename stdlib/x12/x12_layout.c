/* x12_layout.c: x12_segments.def, x12_sets.def and x12_codes.def as tables, and how they are
 * searched.
 */
#include "stdlib/x12/x12_layout.h"

#include <string.h>

#define FIRST false
#define ALL   true
#define M(form, least, most)                                                                       \
    {                                                                                              \
        FORM_##form, true, least, most, NULL                                                       \
    }
#define O(form, least, most)                                                                       \
    {                                                                                              \
        FORM_##form, false, least, most, NULL                                                      \
    }
#define M1(codes)                                                                                  \
    {                                                                                              \
        FORM_ID, true, 1, 1, codes                                                                 \
    }
#define O1(codes)                                                                                  \
    {                                                                                              \
        FORM_ID, false, 1, 1, codes                                                                \
    }
#define MC                                                                                         \
    {                                                                                              \
        FORM_COMPOSITE, true, 0, 0, NULL                                                           \
    }
#define OC                                                                                         \
    {                                                                                              \
        FORM_COMPOSITE, false, 0, 0, NULL                                                          \
    }
#define ANY                                                                                        \
    {                                                                                              \
        FORM_ANY, false, 0, 0, NULL                                                                \
    }
#define PRODUCT     O(ID, 2, 2), O(AN, 1, 80)
#define PRODUCTS_2  PRODUCT, PRODUCT
#define PRODUCTS_10 PRODUCTS_2, PRODUCTS_2, PRODUCTS_2, PRODUCTS_2, PRODUCTS_2
#define PRODUCTS_14 PRODUCTS_10, PRODUCTS_2, PRODUCTS_2
#define X12_SYNTAX(...)
#define X12_LAYOUT(tag, whole, ...)                                                                \
    static const x12_element_rule elements_of_##tag[] = {ANY, __VA_ARGS__};
#include "stdlib/x12/x12_segments.def"
#undef X12_LAYOUT

static const x12_segment_rule layouts[] = {
#define X12_LAYOUT(tag, whole, ...)                                                                \
    {#tag, elements_of_##tag, sizeof elements_of_##tag / sizeof *elements_of_##tag - 1, whole},
#include "stdlib/x12/x12_segments.def"
#undef X12_LAYOUT
#undef X12_SYNTAX
};

static const x12_syntax_rule syntax[] = {
#define X12_LAYOUT(...)
#define X12_SYNTAX(tag, rule, ...) {#tag, SYNTAX_##rule, {__VA_ARGS__}},
#include "stdlib/x12/x12_segments.def"
#undef X12_SYNTAX
#undef X12_LAYOUT
};

static const x12_set_rule sets[] = {
#define X12_SET(set, group, first, also) {#set, #group, #first, also},
#include "stdlib/x12/x12_sets.def"
#undef X12_SET
};

static const struct {
    const char *element, *code, *words;
} codes[] = {
#define X12_CODE(element, code, words) {#element, code, words},
#include "stdlib/x12/x12_codes.def"
#undef X12_CODE
};

enum { LAYOUTS = sizeof layouts / sizeof *layouts };
_Static_assert(LAYOUTS < 128, "a row's number fits into the index");

static unsigned slot_of(uint32_t code)
{
    return code * UINT32_C(2654435761) >> 22;
}

void x12_layout_index_make(x12_layout_index *x)
{
    memset(x, 0, sizeof *x);
    for (unsigned i = 0; i < LAYOUTS; i++) {
        uint32_t code = x12_tag_code(text_of(layouts[i].tag));
        unsigned at = slot_of(code);
        while (x->row[at % X12_INDEX])
            at++;
        x->row[at % X12_INDEX] = (uint8_t)(i + 1);
        x->code[at % X12_INDEX] = code;
    }
}

const x12_segment_rule *x12_layout_of(const x12_layout_index *x, uint32_t code)
{
    for (unsigned at = slot_of(code);; at++) {
        uint8_t row = x->row[at % X12_INDEX];
        if (!row)
            return NULL;
        if (x->code[at % X12_INDEX] == code)
            return &layouts[row - 1];
    }
}

const x12_segment_rule *x12_layout_rows(size_t *n)
{
    *n = LAYOUTS;
    return layouts;
}

const x12_syntax_rule *x12_syntax_rows(size_t *n)
{
    *n = sizeof syntax / sizeof *syntax;
    return syntax;
}

const x12_set_rule *x12_set_rule_of(text set)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (text_is(set, sets[i].set))
            return &sets[i];
    return NULL;
}

const char *x12_code_words(const char *element, text code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i].element, element) == 0 && text_is(code, codes[i].code))
            return codes[i].words;
    return NULL;
}
