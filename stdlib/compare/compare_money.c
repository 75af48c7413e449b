/* compare_money.c: which values are money. No rule gives money a tolerance: a bound under which the
 * amount itself could change does not apply there, and an `ignore` that hides amounts is reported.
 */
#include "stdlib/compare/compare_parts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const words[] = {
#define MONEY(word) word,
#include "stdlib/compare/compare_money.def"
#undef MONEY
};

/* Where the last word of a name starts: "unitPrice" 4, "tax_amount" 4, "AMOUNT" 0. */
static size_t last_word(text name)
{
    for (size_t i = name.n; i-- > 1;) {
        if (!isalnum((unsigned char)name.p[i - 1]))
            return i;
        if (isupper((unsigned char)name.p[i]) && islower((unsigned char)name.p[i - 1]))
            return i;
    }
    return 0;
}

static bool is_word(text t, const char *word)
{
    size_t n = strlen(word);
    if (t.n == n + 1 && (t.p[n] | 32) == 's')
        t.n--;
    return t.n == n && strncasecmp(t.p, word, n) == 0;
}

bool compare_is_money(text name)
{
    name = text_slice(name, last_word(name), name.n);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(name, words[i]))
            return true;
    return false;
}

static bool names(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == ' ';
}

/* The last name of a path: "price" of "$.items[2].price[0]", "unit price" of `$["unit price"]`. */
static text leaf_name(text path)
{
    while (path.n && (strchr("]\"", path.p[path.n - 1]) || path.p[path.n - 1] == '[' ||
                      isdigit((unsigned char)path.p[path.n - 1])))
        path.n--;
    size_t from = path.n;
    while (from && names(path.p[from - 1]))
        from--;
    return text_slice(path, from, path.n);
}

bool compare_at_money(const comparison *c, const place_ref *at, text legacy, text modern)
{
    const compare_format *f = compare_format_of(c->l);
    if (!is_decimal(text_trim(legacy)) && !is_decimal(text_trim(modern)))
        return false;
    if (f->money)
        return f->money(at);
    return compare_is_money(at->tag.n ? at->tag : leaf_name(buffer_view(&c->path)));
}
