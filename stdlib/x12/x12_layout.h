/* x12_layout.h: the dictionary as tables: how segments are laid out, which sets begin with what,
 * and what codes of acknowledgments mean. For x12_check.c and x12_ack*.c. */
#ifndef FERRY_STDLIB_X12_LAYOUT_H
#define FERRY_STDLIB_X12_LAYOUT_H

#include "stdlib/x12/x12.h"

typedef enum {
    FORM_AN,
    FORM_ID,
    FORM_R,
    FORM_N,
    FORM_DT,
    FORM_TM,
    FORM_RF,
    FORM_COMPOSITE,
    FORM_ANY
} x12_form;

typedef struct {
    x12_form form;
    bool mandatory;
    uint16_t shortest, longest;
    const char *one_of; /* single characters; NULL: any value */
} x12_element_rule;

typedef struct {
    const char *tag;
    const x12_element_rule *element; /* element[0] is the tag's place and not judged */
    uint8_t elements;
    bool whole; /* there are no others */
} x12_segment_rule;

typedef enum { SYNTAX_P, SYNTAX_R, SYNTAX_C } x12_syntax; /* as in x12_segments.def */

typedef struct {
    const char *tag;
    x12_syntax rule;
    uint8_t element[6]; /* ends with 0 */
} x12_syntax_rule;

typedef struct {
    const char *set, *group, *first, *also; /* as in x12_sets.def */
} x12_set_rule;

enum { X12_INDEX = 1024 };

/* Finds a row by its tag in one step; made once and asked for every segment. */
typedef struct {
    uint32_t code[X12_INDEX];
    uint8_t row[X12_INDEX]; /* 0: none */
} x12_layout_index;

/* A tag of two or three bytes as a number; 0 for any other. */
static inline uint32_t x12_tag_code(text tag)
{
    const unsigned char *p = (const unsigned char *)tag.p;
    if (tag.n < 2 || tag.n > 3)
        return 0;
    return p[0] | (uint32_t)p[1] << 8 | (tag.n == 3 ? (uint32_t)p[2] << 16 : 0);
}

void x12_layout_index_make(x12_layout_index *x);
/* NULL: the segment is not known. Rows are numbered from 0 to x12_layouts() - 1. */
const x12_segment_rule *x12_layout_of(const x12_layout_index *x, uint32_t code);
const x12_segment_rule *x12_layout_rows(size_t *n);
const x12_syntax_rule *x12_syntax_rows(size_t *n);
const x12_set_rule *x12_set_rule_of(text set); /* NULL: not known */

/* What is wrong with a value that is not empty, as a code of AK403; NULL: nothing. `version` is
 * that of the group, 4010; 0: unknown. */
const char *x12_value_code(const x12_element_rule *r, uint32_t version, text v);

/* The words of a code; "AK304" and so on. NULL: not known. */
const char *x12_code_words(const char *element, text code);

#endif
