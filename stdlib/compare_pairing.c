/* compare_pairing.c: which modern document answers which of legacy.
 *
 * Pairing goes in passes over what is not paired yet, from the strongest evidence to the weakest.
 * A pass gives each document a label; equal labels are paired, the first with the first. A document
 * never pairs by its place among others of another file.
 */
#include "stdlib/compare_parts.h"

typedef enum {
    BY_FILE_AND_KEY, /* same file name, type and business key */
    BY_KEY,
    BY_FILE,        /* no key on either side: same file name and type */
    BY_LONE_FILE,   /* files of one document each, of the same name, whose keys disagree */
    BY_BROKEN_FILE, /* one side cannot be read */
    PASSES
} pairing_pass;

typedef struct {
    text label;
    uint32_t at;
    bool modern;
} labelled;

static int by_label(const void *a, const void *b)
{
    const labelled *x = a, *y = b;
    int c = text_compare(x->label, y->label);
    if (c == 0)
        c = x->modern - y->modern;
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static bool lone(const side *s, size_t i)
{
    return (i == 0 || s->unit[i - 1].from != s->unit[i].from) &&
           (i + 1 == s->units || s->unit[i + 1].from != s->unit[i].from);
}

/* With one file on each side names do not count. */
static text file_of(const comparison *c, const unit *u)
{
    return c->legacy.files == 1 && c->modern.files == 1 ? (text){0} : u->from->name;
}

static bool label(comparison *c, const side *s, size_t i, pairing_pass p, text *out)
{
    const unit *u = &s->unit[i];
    arena *a = c->memory;
    text file = file_of(c, u);
    bool broken = u->from->broken;
    switch (p) {
    case BY_FILE_AND_KEY:
        *out = text_joined(a, text_joined(a, file, '\n', u->type), '\n', u->key);
        return u->key.n && !c->options->keys;
    case BY_KEY: *out = text_joined(a, u->type, '\n', u->key); return u->key.n > 0;
    case BY_FILE: *out = text_joined(a, file, '\n', u->type); return u->key.n == 0 && !broken;
    case BY_LONE_FILE: *out = file; return !c->options->keys && !broken && lone(s, i);
    default: *out = file; return true;
    }
}

static size_t gather(comparison *c, const side *s, pairing_pass p, bool modern, labelled *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->units; i++)
        if (s->unit[i].partner == WHOLE && label(c, s, i, p, &out[n].label)) {
            out[n].at = (uint32_t)i;
            out[n++].modern = modern;
        }
    return n;
}

static bool may_join(const comparison *c, pairing_pass p, uint32_t l, uint32_t m)
{
    return p != BY_BROKEN_FILE || c->legacy.unit[l].from->broken || c->modern.unit[m].from->broken;
}

static void run_pass(comparison *c, pairing_pass p)
{
    arena *a = c->memory;
    labelled *list = arena_array(a, labelled, c->legacy.units + c->modern.units);
    size_t n = gather(c, &c->legacy, p, false, list);
    n += gather(c, &c->modern, p, true, list + n);
    if (n)
        qsort(list, n, sizeof *list, by_label);
    for (size_t i = 0, end; i < n; i = end) {
        size_t middle = i;
        for (end = i + 1; end < n && text_equal(list[end].label, list[i].label);)
            end++;
        while (middle < end && !list[middle].modern)
            middle++;
        for (size_t l = i, m = middle; l < middle && m < end; l++, m++) {
            if (!may_join(c, p, list[l].at, list[m].at))
                continue;
            c->legacy.unit[list[l].at].partner = list[m].at;
            c->modern.unit[list[m].at].partner = list[l].at;
        }
    }
}

void compare_pair_units(comparison *c)
{
    for (pairing_pass p = 0; p < PASSES; p++)
        run_pass(c, p);
}
