/* diff_limit.c: whether another limit is a weaker one.
 *
 * Both conditions are cut into words. When exactly one differs and it is a quantity on both sides,
 * the comparison that it stands beside says the direction: a gate that wants `>=` is weaker for a
 * smaller number, one that wants `<=` for a larger one. `not`, division and subtraction turn
 * directions about, so nothing is said where they occur.
 */
#include "cli/diff.h"

#include "base/decimal.h"

#include <ctype.h>
#include <string.h>

enum { WORDS = 256 };

static size_t words_of(text t, text *out)
{
    size_t n = 0;
    for (size_t i = 0; i < t.n && n < WORDS;) {
        size_t from = i;
        bool sign = strchr("()[]{}, ", t.p[i]) != NULL;
        i++;
        while (!sign && i < t.n && !strchr("()[]{}, ", t.p[i]))
            i++;
        if (t.p[from] != ' ')
            out[n++] = text_slice(t, from, i);
    }
    return n;
}

typedef enum { NO_QUANTITY, NUMBER, SHARE, LENGTH } quantity_kind;

static quantity_kind quantity_of(text t, int64_t *out)
{
    if (!t.n || !isdigit((unsigned char)t.p[0]))
        return NO_QUANTITY;
    if (text_ends(t, TEXT("%")) &&
        decimal_read(text_slice(t, 0, t.n - 1), SCALE_PERCENT - 2, true, out, NULL))
        return SHARE;
    if (decimal_read(t, SCALE_NUMBER, true, out, NULL))
        return NUMBER;
    return duration_read(t, out) ? LENGTH : NO_QUANTITY;
}

/* 1 where a larger quantity makes the condition easier to meet, -1 harder, 0 not known. */
static int direction(const text *word, size_t n, size_t at)
{
    int found = 0;
    for (size_t i = 0; i < n; i++) {
        static const char *const turning[] = {"not", "-", "/", "if"};
        for (size_t k = 0; k < sizeof turning / sizeof *turning; k++)
            if (text_is(word[i], turning[k]))
                return 0;
    }
    for (size_t i = at; i > 0 && !found; i--) {
        const text w = word[i - 1];
        if (text_is(w, "and") || text_is(w, "or"))
            break;
        found = text_is(w, "<") || text_is(w, "<=")   ? 1
                : text_is(w, ">") || text_is(w, ">=") ? -1
                                                      : 0;
    }
    for (size_t i = at + 1; i < n && !found; i++) {
        if (text_is(word[i], "and") || text_is(word[i], "or"))
            break;
        found = text_is(word[i], "<") || text_is(word[i], "<=")   ? -1
                : text_is(word[i], ">") || text_is(word[i], ">=") ? 1
                                                                  : 0;
    }
    return found;
}

bool diff_limit(text was, text is, diff_verdict *for_gate, text *number_was, text *number_is)
{
    text a[WORDS], b[WORDS];
    size_t n = words_of(was, a), m = words_of(is, b), at = n;
    int64_t x, y;
    if (n != m || n == WORDS)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!text_equal(a[i], b[i])) {
            if (at < n)
                return false;
            at = i;
        }
    if (at == n)
        return false;
    quantity_kind kind = quantity_of(a[at], &x);
    int up = kind != NO_QUANTITY && kind == quantity_of(b[at], &y) ? direction(a, n, at) : 0;
    if (!up)
        return false;
    *for_gate = (y > x) == (up > 0) ? DIFF_WEAKER : DIFF_SAFER;
    *number_was = a[at];
    *number_is = b[at];
    return true;
}
