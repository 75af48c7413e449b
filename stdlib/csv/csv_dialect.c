/* csv_dialect.c: how a table is written, told from its first rows; and whether it is one.
 *
 * Every separator is tried on the first rows. The one that gives most of them the same number of
 * fields is it; where two do, the one that is rarer in text. Lines of one field before the others
 * are a title, and so is what stands apart from them; the first row that is left names the columns,
 * unless a number or a date stands in it, which is no name. In doubt it is a row: of what is taken
 * for a name, nothing below is compared.
 */
#include "stdlib/csv/csv_read.h"

#include <string.h>

enum { ROWS_MOST = 64 };

typedef struct {
    size_t at[ROWS_MOST], fields[ROWS_MOST];
    bool apart[ROWS_MOST]; /* a blank line or comment stands before it */
    unsigned n, faults;
} sample;

typedef struct {
    csv_dialect d;
    unsigned all, rows, alike; /* with titles; without; those of as many fields as most */
    bool told;
} guess;

static bool is_blank(text s, size_t from, size_t to)
{
    return text_trim(text_slice(s, from, to)).n == 0;
}

/* Where the text goes on behind its end, its last row is not looked at, nor what a quote holds that
 * does not close within it. */
static void take_sample(const csv_dialect *d, text s, size_t at, bool whole, sample *out)
{
    csv_walk w;
    bool apart = false;
    out->n = out->faults = 0;
    for (; at < s.n && out->n < ROWS_MOST; at = csv_behind_break(s, w.end)) {
        csv_walk_row(d, s, at, &w);
        if (!whole && (w.end == s.n || w.fault == CSV_FAULT_OPEN))
            return;
        if (w.comment || (is_blank(s, at, w.end) && w.fields == 1)) {
            apart = true;
            continue;
        }
        out->at[out->n] = at;
        out->fields[out->n] = w.fields;
        out->apart[out->n++] = apart;
        out->faults += w.fault != CSV_FAULT_NONE;
        apart = false;
    }
}

/* The number of fields that most rows have; of two the one that is there first. */
static size_t usual(const sample *s, unsigned from, unsigned *alike)
{
    size_t most = 1;
    *alike = 0;
    for (unsigned i = from; i < s->n; i++) {
        unsigned n = 0;
        for (unsigned k = from; k < s->n; k++)
            n += s->fields[k] == s->fields[i];
        if (n > *alike) {
            *alike = n;
            most = s->fields[i];
        }
    }
    return most;
}

/* How many rows in front are a title. */
static unsigned titles(const sample *s, size_t columns)
{
    unsigned i = 0;
    while (i + 1 < s->n && s->fields[i] != columns && (s->fields[i] == 1 || s->apart[i + 1]))
        i++;
    return i < s->n && s->fields[i] == columns ? i : 0;
}

/* What is found behind a title or among comments must show itself more clearly: letters have blank
 * lines and commas, too. */
static void judge(guess *g, const sample *s, size_t from)
{
    unsigned title = titles(s, g->d.columns);
    bool apart = title > 0;
    g->all = s->n;
    g->rows = s->n - title;
    g->d.columns = usual(s, title, &g->alike);
    for (unsigned i = title; i < s->n; i++)
        apart |= s->apart[i];
    g->d.start = s->n ? s->at[title] : from;
    g->told = g->rows > 1 && g->d.columns > 1 && g->alike * 3 >= g->rows * 2 &&
              (!apart || (g->alike >= 3 && g->alike * 5 >= g->rows * 4));
}

static bool has_pair(text s, char first, char second)
{
    for (size_t i = 0; i + 1 < s.n; i++)
        if (s.p[i] == first && s.p[i + 1] == second)
            return true;
    return false;
}

/* Do fields begin with this quote. */
static bool opens_with(text s, char separator, char quote)
{
    return (s.n && s.p[0] == quote) || has_pair(s, separator, quote) || has_pair(s, '\n', quote);
}

/* Apostrophes around fields, where nothing else is and all of them close; backslashes before
 * quotes, where fewer fields go on behind their closing quote so. */
static void choose_quotes(csv_dialect *d, text s, size_t at, bool whole, sample *out)
{
    sample other;
    csv_dialect with = *d;
    take_sample(d, s, at, whole, out);
    if (!opens_with(s, d->separator, '"') && opens_with(s, d->separator, '\'')) {
        with.quote = '\'';
        take_sample(&with, s, at, whole, &other);
        if (other.faults || other.n < out->n / 2)
            return;
    } else if (out->faults && has_pair(s, '\\', '"')) {
        with.escapes = true;
        take_sample(&with, s, at, whole, &other);
        if (other.faults >= out->faults)
            return;
    } else {
        return;
    }
    *d = with;
    *out = other;
}

static void guess_with(char separator, text s, size_t at, bool whole, guess *g)
{
    sample first;
    *g = (guess){.d = {.separator = separator, .quote = '"'}};
    choose_quotes(&g->d, s, at, whole, &first);
    g->d.columns = usual(&first, 0, &g->alike);
    take_sample(&g->d, s, at, whole, &first); /* again: of that many columns, # is no comment */
    judge(g, &first, at);
}

static bool is_better(const guess *g, const guess *best)
{
    if (g->told != best->told)
        return g->told;
    if ((g->d.columns > 1) != (best->d.columns > 1))
        return g->d.columns > 1;
    return g->alike * best->all > best->alike * g->all;
}

/* A number, a date or a time, with signs of money or without. */
static bool is_figure(text t)
{
    bool digits = false;
    t = text_trim(t);
    for (size_t i = 0; i < t.n; i++) {
        bool digit = t.p[i] >= '0' && t.p[i] <= '9';
        digits |= digit;
        if (!digit && !memchr("+-.,:/ $%TZ", t.p[i], 11))
            return false;
    }
    return digits;
}

static bool has_header(const csv_dialect *d, text s)
{
    csv_cell cell;
    bool any = false;
    for (size_t at = d->start; at <= s.n; at = cell.end + 1) {
        csv_cell_read(d, s, at, &cell);
        text value = text_trim(text_slice(s, cell.from, cell.to));
        any |= value.n > 0;
        if (is_figure(value))
            return false;
        if (cell.end >= s.n || s.p[cell.end] != d->separator)
            break;
    }
    return any;
}

/* The first line with which a spreadsheet is told the separator: sep=; */
static bool says_separator(text s, char *separator, size_t *behind)
{
    if (!text_starts(s, TEXT("sep=")) || s.n < 6 || !csv_ends_row(s.p[5]) ||
        !memchr(",;\t|", s.p[4], 4))
        return false;
    *separator = s.p[4];
    *behind = csv_behind_break(s, 5);
    return true;
}

bool csv_dialect_of(text head, bool whole, csv_dialect *out)
{
    static const char separators[] = "\t|;,"; /* the rarest in text first */
    guess best = {.d = {.separator = ',', .quote = '"', .columns = 1}}, g;
    char said;
    size_t at = 0;
    if (says_separator(head, &said, &at))
        guess_with(said, head, at, whole, &best);
    else
        for (const char *c = separators; *c; c++) {
            guess_with(*c, head, at, whole, &g);
            if (is_better(&g, &best))
                best = g;
        }
    best.d.header = has_header(&best.d, head);
    *out = best.d;
    return best.told;
}
