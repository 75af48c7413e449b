/* compare_rows.c: which row of one table answers which of the other.
 *
 * Tables are long, and mostly alike. So both are walked together as long as rows are equal, or
 * differ under a key that their neighbours do not have: their first columns say that they answer
 * each other. Where they do not, the next place is looked for where both go on alike, in windows
 * that grow. Of what was stepped over, rows that say the same in two such gaps have moved, or have
 * one key; the rest of each gap is aligned (align.h). Aligning all rows, which this replaces, took
 * 17 times as long for tables of 200 MB, and gigabytes.
 */
#include "stdlib/compare/compare_rows.h"

#include <string.h>

enum { WINDOW_FIRST = 8, WINDOW_LAST = 1 << 18 };

static text row_of(const csv_table *t, uint32_t i)
{
    return csv_row_text(t, i);
}

/* ---- what a row says ---- */

/* Columns that a rule lets differ tell nothing about which row it is. */
static bool is_free(row_walk *w, text column)
{
    const compare_options *o = w->c->options;
    bool any = false;
    for (size_t i = 0; i < o->ignores && !any; i++)
        any = text_equal(o->ignore[i], column);
    for (size_t i = 0; i < o->constraints && !any; i++)
        any = text_equal(o->constrain[i].ref, column);
    return any;
}

static void find_free(row_walk *w)
{
    const csv_table *l = w->p->l;
    w->free = arena_array(w->c->scratch, uint8_t, l->columns);
    w->key = WHOLE;
    for (uint32_t i = 0; i < l->columns; i++) {
        w->free[i] = is_free(w, l->column[i]);
        w->any_free |= w->free[i];
        if (w->key == WHOLE && !w->free[i] && w->p->to[i] != WHOLE)
            w->key = i;
    }
}

static text cell_at(const text *cell, uint32_t n, uint32_t at)
{
    return at < n ? cell[at] : (text){0};
}

/* A print of the columns that both have and that may not differ, and of the fields without a name.
 */
static uint64_t row_print(row_walk *w, bool modern, uint32_t row)
{
    const csv_table *t = modern ? w->p->m : w->p->l;
    text *cell;
    uint64_t print = 0;
    uint32_t n = csv_fields(&w->cells, t, row_of(t, row), &cell);
    for (uint32_t i = 0; i < w->p->l->columns; i++)
        if (w->p->to[i] != WHOLE && !w->free[i])
            print = print_add(print + i, cell_at(cell, n, modern ? w->p->to[i] : i));
    for (uint32_t i = t->columns; i < n; i++)
        print = print_add(print + i, cell[i]);
    arena_clear(&w->cells);
    return print;
}

bool row_resembles(row_walk *w, uint32_t i, uint32_t j)
{
    text *x, *y;
    uint32_t n = csv_fields(&w->cells, w->p->l, row_of(w->p->l, i), &x);
    uint32_t k = csv_fields(&w->cells, w->p->m, row_of(w->p->m, j), &y);
    uint32_t same = 0, all = 0;
    for (uint32_t c = 0; c < w->p->l->columns; c++) {
        if (w->p->to[c] == WHOLE)
            continue;
        all++;
        same += w->free[c] || text_equal(cell_at(x, n, c), cell_at(y, k, w->p->to[c]));
    }
    arena_clear(&w->cells);
    return same * 2 >= all;
}

/* Of tables with the same columns in one order: field by field, without a list of them. Empty and
 * absent are one, but behind the last column. */
static bool same_fields(row_walk *w, text l, text m)
{
    const csv_dialect *x = &w->p->l->dialect, *y = &w->p->m->dialect;
    size_t i = 0, k = 0;
    bool same = true, more = true;
    for (uint32_t n = 0; same && more; n++) {
        text v = {0}, u = {0};
        bool in_l = csv_next(&w->cells, x, l, &i, &v), in_m = csv_next(&w->cells, y, m, &k, &u);
        more = in_l || in_m;
        same = text_equal(v, u) && (in_l == in_m || n < w->p->l->columns);
    }
    arena_clear(&w->cells);
    return same;
}

static bool equal_rows(row_walk *w, uint32_t i, uint32_t j)
{
    text l = row_of(w->p->l, i), m = row_of(w->p->m, j);
    if (w->p->plain && text_equal(l, m))
        return true;
    return w->p->alike ? same_fields(w, l, m) : row_print(w, false, i) == row_print(w, true, j);
}

/* What the row is known by; empty where there is nothing. In w->cells. */
static text row_key(row_walk *w, bool modern, uint32_t row)
{
    const csv_table *t = modern ? w->p->m : w->p->l;
    text key = {0};
    if (w->key != WHOLE)
        csv_field(&w->cells, t, row_of(t, row), modern ? w->p->to[w->key] : w->key, &key);
    return key;
}

static bool is_key_beside(row_walk *w, bool modern, uint32_t row, text key)
{
    uint32_t rows = modern ? w->p->m->rows : w->p->l->rows;
    return (row > 0 && text_equal(row_key(w, modern, row - 1), key)) ||
           (row + 1 < rows && text_equal(row_key(w, modern, row + 1), key));
}

bool row_answers_by_key(row_walk *w, uint32_t i, uint32_t j)
{
    text key = row_key(w, false, i);
    bool answers = key.n && text_equal(key, row_key(w, true, j)) &&
                   !is_key_beside(w, false, i, key) && !is_key_beside(w, true, j, key);
    arena_clear(&w->cells);
    return answers;
}

/* ---- where both go on alike ---- */

static int by_print(const void *a, const void *b)
{
    const seen *x = a, *y = b;
    if (x->print != y->print)
        return x->print < y->print ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* The first of that print in the window; NULL: none. */
static const seen *find(const row_walk *w, uint64_t print)
{
    size_t lo = 0, hi = w->window.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (w->window.p[mid].print < print)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < w->window.n && w->window.p[lo].print == print ? &w->window.p[lo] : NULL;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void take_window(row_walk *w, uint32_t i, uint32_t j, uint32_t n, uint32_t k)
{
    vec_clear(&w->of_l);
    vec_clear(&w->of_m);
    vec_clear(&w->window);
    for (uint32_t a = 0; a < n; a++)
        vec_push(&w->of_l, row_print(w, false, i + a));
    for (uint32_t b = 0; b < k; b++) {
        vec_push(&w->of_m, row_print(w, true, j + b));
        vec_push(&w->window, (seen){vec_last(&w->of_m), b});
    }
    if (k)
        qsort(w->window.p, k, sizeof *w->window.p, by_print);
}

/* The shortest way, in rows left out on both sides, to where two rows running are alike. */
static bool go_on(row_walk *w, uint32_t i, uint32_t j, uint32_t size, uint32_t *a, uint32_t *b)
{
    uint32_t n = least(size, w->p->l->rows - i), k = least(size, w->p->m->rows - j);
    uint32_t best = UINT32_MAX;
    take_window(w, i, j, n, k);
    for (uint32_t x = 0; x < n && x < best; x++) {
        const seen *s = find(w, w->of_l.p[x]), *end = w->window.p + w->window.n;
        for (; s && s < end && s->print == w->of_l.p[x] && x + s->at < best; s++) {
            bool last = x + 1 == n || s->at + 1 == k;
            if (!last && w->of_l.p[x + 1] != w->of_m.p[s->at + 1])
                continue;
            best = x + s->at;
            *a = x;
            *b = s->at;
        }
    }
    return best != UINT32_MAX;
}

static stray stray_of(row_walk *w, bool modern, uint32_t row, uint32_t before)
{
    text key = row_key(w, modern, row);
    uint64_t hash = key.n ? text_hash(key) | 1 : 0;
    return (stray){row_print(w, modern, row), hash, row, w->gaps, before, false};
}

static void step_over(row_walk *w, uint32_t i, uint32_t j, uint32_t a, uint32_t b)
{
    w->gaps++;
    for (uint32_t x = 0; x < a; x++)
        vec_push(&w->l, stray_of(w, false, i + x, i));
    for (uint32_t y = 0; y < b; y++)
        vec_push(&w->m, stray_of(w, true, j + y, i));
}

/* Steps over what does not answer: a few rows, or all that is left. */
static void leave_out(row_walk *w, uint32_t *i, uint32_t *j)
{
    uint32_t rest_l = w->p->l->rows - *i, rest_m = w->p->m->rows - *j;
    uint32_t a = rest_l, b = rest_m;
    bool found = false;
    for (uint32_t size = WINDOW_FIRST; !found && rest_l && rest_m && size <= WINDOW_LAST;
         size *= 32) {
        found = go_on(w, *i, *j, size, &a, &b);
        if (size >= rest_l && size >= rest_m)
            break;
    }
    if (!found) {
        a = rest_l;
        b = rest_m;
    }
    step_over(w, *i, *j, a, b);
    *i += a;
    *j += b;
}

/* Not equal, but only where they may differ, or under one key. */
static bool answers(row_walk *w, uint32_t i, uint32_t j)
{
    return (w->any_free && row_print(w, false, i) == row_print(w, true, j)) ||
           row_answers_by_key(w, i, j);
}

static void walk_rows(row_walk *w)
{
    uint32_t n = w->p->l->rows, k = w->p->m->rows;
    for (uint32_t i = 0, j = 0; i < n || j < k;) {
        bool both = i < n && j < k;
        if (both && equal_rows(w, i, j)) {
            i++, j++;
        } else if (both && answers(w, i, j)) {
            vec_push(&w->answers, (answer){i, j, i, false});
            i++, j++;
        } else {
            leave_out(w, &i, &j);
        }
    }
}

/* ---- the report ---- */

static int by_order(const void *a, const void *b)
{
    const answer *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if ((x->legacy == WHOLE) != (y->legacy == WHOLE))
        return x->legacy == WHOLE ? -1 : 1;
    return (x->modern > y->modern) - (x->modern < y->modern);
}

static void report_one(row_walk *w, const answer *a)
{
    place_ref at = {TEXT("row"), 0, 0};
    bool in_l = a->legacy != WHOLE, in_m = a->modern != WHOLE;
    text l = in_l ? row_of(w->p->l, a->legacy) : (text){0};
    text m = in_m ? row_of(w->p->m, a->modern) : (text){0};
    size_t back = path_add(w->c, "row[%u]", (in_l ? a->legacy : a->modern) + 1);
    if (!in_l || !in_m)
        judge(w->c, &at, l, m, CLASS_DEFECT, in_l ? "missing" : "extra");
    if (a->moved)
        judge(w->c, &at, text_format(w->c->scratch, "place %u", a->legacy + 1),
              text_format(w->c->scratch, "place %u", a->modern + 1), CLASS_DEFECT, "order");
    if (in_l && in_m)
        compare_table_row(w->c, w->p, l, m);
    path_cut(w->c, back);
}

void compare_table_rows(comparison *c, table_pair *p)
{
    row_walk w = {.c = c, .p = p};
    find_free(&w);
    walk_rows(&w);
    row_pair_strays(&w);
    if (w.answers.n)
        qsort(w.answers.p, w.answers.n, sizeof *w.answers.p, by_order);
    for (size_t i = 0; i < w.answers.n; i++)
        report_one(&w, &w.answers.p[i]);
    arena_release(&w.cells);
    vec_release(&w.l);
    vec_release(&w.m);
    vec_release(&w.answers);
    vec_release(&w.window);
    vec_release(&w.by_what);
    vec_release(&w.of_l);
    vec_release(&w.of_m);
}
