/* currency.c: revenue of rows in the currency that it is compared with or added to.
 *
 * The type of a row's revenue knows no currency, since each row brings its own. So where it meets an
 * amount, or the revenue of other rows, every row that can come there is looked at: one that counts
 * in another currency is a fault that names it, and nothing is converted.
 */
#include "compiler/data.h"
#include "compiler/expr.h"
#include "compiler/rowset.h"

#include <string.h>

static bool of_rows(value v)
{
    return type_id_of(v.t) == TYPE_REVENUE && !type_parameter(v.t) &&
           v.column == COLUMN_CUSTOMER_REVENUE + 1;
}

static text currency_of(const compiler *c, const row *r)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == COLUMN_CUSTOMER_REVENUE_CURRENCY)
            return text_kept(c, r->cells.p[i].value);
    return TEXT("");
}

/* The first row that can come here and has another currency than `wanted`. */
static const row *other_currency(const compiler *c, value v, text wanted)
{
    for (size_t i = 0; i < c->rows[TABLE_CUSTOMER].n; i++) {
        const row *r = c->rows[TABLE_CUSTOMER].p[i];
        text own = currency_of(c, r);
        if (own.n && (!v.rows.known || rowset_has(&v.rows, r)) && !text_equal(own, wanted))
            return r;
    }
    return NULL;
}

/* Of the rows that can come here; empty where no row says one. */
static text first_currency(const compiler *c, value v)
{
    const row *r = other_currency(c, v, TEXT(""));
    return r ? currency_of(c, r) : TEXT("");
}

bool one_currency(compiler *c, node n, value a, value b)
{
    value rows = of_rows(a) ? a : b, other = of_rows(a) ? b : a;
    if (!of_rows(rows) || type_id_of(other.t) != TYPE_REVENUE)
        return true;
    char code[4] = "";
    currency_text(type_parameter(other.t), code);
    text wanted = of_rows(other) ? first_currency(c, other) : text_of(code);
    const row *r = wanted.n ? other_currency(c, rows, wanted) : NULL;
    if (!r)
        return true;
    node beside = of_rows(a) ? ast_right(tree(c), n) : ast_left(tree(c), n);
    diagnostic *g = fault_at(c, E0302, n, "the revenue of %.*s is in %.*s, this is in %.*s",
                             TEXT_ARG(r->name), TEXT_ARG(currency_of(c, r)), TEXT_ARG(wanted));
    diag_label_add(c->d, g, at_node(c, beside), "in %.*s", TEXT_ARG(wanted));
    diag_label_add(c->d, g, r->at, "in %.*s", TEXT_ARG(currency_of(c, r)));
    diag_note(c->d, g, "nothing is converted: `amount(x)` takes the bare number, whatever its currency");
    return false;
}
