/* render_compare.h: what a comparison found, pair by pair as it is found.
 *
 * A form writes to a view's buffer: a head, each pair, and the sums with the proof of the rules
 * where one was made. Text, Markdown and HTML show the pairs with a defect, and with `all` also
 * what matched and what was noise or constrained; JSON and JUnit hold every pair.
 */
#ifndef FERRY_CLI_RENDER_COMPARE_H
#define FERRY_CLI_RENDER_COMPARE_H

#include "cli/term.h"
#include "stdlib/compare/compare.h"
#include "stdlib/compare/prove.h"

typedef struct {
    buffer *out;
    const terminal *t;
    const char *legacy, *modern; /* the operands */
    bool all;
    bool any; /* a pair was shown */
    json_writer json;
    buffer cases; /* of JUnit, whose head counts them */
} compare_view;

typedef struct {
    void (*begin)(compare_view *v);
    void (*pair)(compare_view *v, const compare_pair *p);
    /* `proof` may be NULL. */
    void (*end)(compare_view *v, const compare_result *r, const prove_result *proof);
} compare_form;

extern const compare_form compare_form_text, compare_form_json, compare_form_markdown,
    compare_form_html, compare_form_junit;

/* Of a difference in a form that shows some: is it shown, or only counted. */
bool compare_shown(const compare_view *v, const compare_difference *d);
/* Of a pair likewise. */
bool compare_pair_shown(const compare_view *v, const compare_pair *p);
/* "  paired by content, 92% alike"; nothing where a key or the file says it. */
void compare_pairing(buffer *out, const compare_pair *p);
/* "12 compared: 10 matched, 2 different; match 83.3%", without a line end. */
void compare_sums(buffer *out, const compare_result *r);

/* In text: how many of the defects that were put in are found, by their kind, and some that are
 * not. */
void render_proof(buffer *out, const terminal *t, const prove_result *r);

#endif
