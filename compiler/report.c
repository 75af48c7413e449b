/* report.c: diagnostics of the compiler, each once, and the names of types in them.
 *
 * A playbook is walked several times, so the same fault can be met again: a diagnostic with the
 * same code at the same place is recorded once. A linear look at the first DIAG_MOST is enough:
 * those behind them are never shown, only counted.
 */
#include "compiler/data.h"
#include "bytecode/vocabulary.h"

#include <string.h>

static bool reported(const diagnostics *d, diag_code code, span at)
{
    for (size_t i = 0; i < d->list.n && i < DIAG_MOST; i++)
        if (d->list.p[i]->code == code && d->list.p[i]->at.start == at.start &&
            d->list.p[i]->at.end == at.end)
            return true;
    return false;
}

/* Whether something inside could not be read: what is said of the whole would only follow from it. */
static bool unreadable(const diagnostics *d, span at)
{
    for (size_t i = 0; i < d->list.n && i < DIAG_MOST; i++) {
        const diagnostic *g = d->list.p[i];
        if (g->code < DIAG_E0110 && g->at.start >= at.start && g->at.start < at.end &&
            g->at.end <= at.end)
            return true;
    }
    return false;
}

/* A warning of a standard playbook is met anew by each who applies it: who waives it waives it for
 * himself. */
static bool warned_elsewhere(const compiler *c, diag_code code, span at)
{
    const source *file = diag_table[code].level == LEVEL_WARNING && c->applied.start
                             ? source_of(c->sources, at.start)
                             : NULL;
    if (!file || !file->embedded)
        return false;
    for (size_t i = 0; i < c->d->list.n && i < DIAG_MOST; i++) {
        const diagnostic *g = c->d->list.p[i];
        for (size_t k = 0; g->code == code && g->at.start == at.start && k < g->labels.n; k++)
            if (g->labels.p[k].at.start == c->applied.start)
                return false;
    }
    return true;
}

__attribute__((format(printf, 4, 0))) static diagnostic *
record(compiler *c, diag_code code, span at, const char *format, va_list args)
{
    bool known = reported(c->d, code, at) && !warned_elsewhere(c, code, at);
    if (known || unreadable(c->d, at)) {
        vec_push(&c->repeated, arena_new(c->keep, diagnostic));
        return vec_last(&c->repeated);
    }
    buffer b;
    buffer_init(&b);
    buffer_vprintf(&b, format, args);
    diagnostic *g = diag_add(c->d, code, at, "%.*s", (int)b.n, b.p);
    buffer_release(&b);
    return g;
}

bool faulted(const compiler *c, diag_code code, span at)
{
    return reported(c->d, code, at);
}

void report_release(compiler *c)
{
    for (size_t i = 0; i < c->repeated.n; i++)
        diagnostic_release(c->repeated.p[i]);
    vec_release(&c->repeated);
    vec_release(&c->told);
}

void silence_begin(compiler *c, silence *s)
{
    s->shown = c->d;
    diag_init(&s->scratch, c->memory);
    c->d = &s->scratch;
}

void silence_end(compiler *c, silence *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->told.n; i++)
        if (c->told.p[i].in != c->d)
            c->told.p[kept++] = c->told.p[i];
    c->told.n = kept;
    diag_release(&s->scratch);
    c->d = s->shown;
}

/* What is at fault in a playbook made from another one may stand in a file that is right by itself.
 */
static void derived_label(compiler *c, diagnostic *g, span at)
{
    if (!c->mod || !c->mod->derived)
        return;
    const source *file = c->mod->file;
    if (at.start < file->base || at.start - file->base > file->bytes.n)
        diag_label_add(c->d, g, c->mod->derived->place, "in `%.*s`, which is made from it",
                       TEXT_ARG(name_text(c, c->mod->derived->name)));
}

/* Nobody can mend a standard playbook: whoever applies it can. */
static void applied_label(compiler *c, diagnostic *g, span at)
{
    const source *file = c->applied.start ? source_of(c->sources, at.start) : NULL;
    if (file && file->embedded)
        diag_label_add(c->d, g, c->applied, "applied here");
}

diagnostic *fault(compiler *c, diag_code code, span at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diagnostic *g = record(c, code, at, format, args);
    va_end(args);
    derived_label(c, g, at);
    applied_label(c, g, at);
    return g;
}

bool faulted_within(const compiler *c, span at)
{
    for (size_t i = 0; i < c->d->list.n && i < DIAG_MOST; i++)
        if (c->d->list.p[i]->at.start >= at.start && c->d->list.p[i]->at.end <= at.end)
            return true;
    return false;
}

enum { PLACES_MOST = 6 };

/* The same edit for a further place, where it replaces just what is pointed at. */
static void edit_again(compiler *c, diagnostic *g, span at)
{
    if (g->helps.n != 1 || !g->helps.p[0].edits.n)
        return;
    const diag_edit *e = &g->helps.p[0].edits.p[0];
    if (e->at.start == g->at.start && e->at.end == g->at.end)
        diag_edit_more(c->d, g, at, e->with);
}

diagnostic *told_before(compiler *c, const void *whose, text what, span at)
{
    for (size_t i = 0; i < c->told.n; i++) {
        const told_once *t = &c->told.p[i];
        if (t->in != c->d || t->whose != whose || !text_equal(t->what, what))
            continue;
        bool known = t->g->at.start == at.start || !at.start;
        for (size_t k = 0; k < t->g->labels.n; k++)
            known |= t->g->labels.p[k].at.start == at.start;
        if (!known && t->g->labels.n < PLACES_MOST)
            diag_label_add(c->d, t->g, at, "and here");
        if (!known)
            edit_again(c, t->g, at);
        return t->g;
    }
    return NULL;
}

void told_first(compiler *c, const void *whose, text what, diagnostic *g)
{
    vec_push(&c->told, (told_once){c->d, whose, text_copy(c->memory, what), g});
}

void suggest(compiler *c, diagnostic *g, span at, text wrong, const text *candidates, size_t n)
{
    ptrdiff_t i = text_nearest(wrong, candidates, n);
    if (i >= 0)
        diag_suggest(c->d, g, at, candidates[i], "did you mean `%.*s`?", TEXT_ARG(candidates[i]));
}

bool enum_members(type t, text *members, size_t *n)
{
    *n = 0;
    if (type_id_of(t) != TYPE_ENUM || type_parameter(t) >= ENUM_FIXED)
        return false;
    const char *rest = enum_rows[type_parameter(t)].members;
    for (text m = vocabulary_next(&rest); m.n && *n < 32; m = vocabulary_next(&rest))
        members[(*n)++] = m;
    return true;
}

int enum_code(type t, text word)
{
    if (type_id_of(t) != TYPE_ENUM || type_parameter(t) >= ENUM_FIXED)
        return -1;
    const char *rest = enum_rows[type_parameter(t)].members;
    int code = 0;
    for (text m = vocabulary_next(&rest); m.n; m = vocabulary_next(&rest), code++)
        if (text_equal(m, word))
            return code;
    return -1;
}

static text kind_member(uint32_t which, int code)
{
    text member[32];
    size_t n;
    enum_members(type_make(TYPE_ENUM, which), member, &n);
    return code >= 0 && (size_t)code < n ? member[code] : TEXT("");
}

static text row_text(compiler *c, type t)
{
    uint32_t table = type_table(t);
    int kind = type_row_kind(t);
    if (table == TABLE_CONNECTOR && kind >= 0)
        return kind_member(ENUM_connector, kind);
    if (table == TABLE_CHANNEL && kind >= 0)
        return text_format(c->memory, "channel %.*s", TEXT_ARG(kind_member(ENUM_kind, kind)));
    if (table >= TABLE_FIXED)
        return text_format(c->memory, "row of %.*s", TEXT_ARG(table_text(c, table)));
    return text_of(table_rows[table].name);
}

static text word_text(compiler *c, type t)
{
    static const char *const own[] = {"error", "value", "none",   "answer", "record",
                                      "json",  "risk",  "module", "word",   "calendar"};
    uint32_t id = type_id_of(t);
    char currency[4];
    switch (type_id_of(t)) {
    case TYPE_MONEY:
    case TYPE_REVENUE:
        if (!type_parameter(t))
            break;
        currency_text(type_parameter(t), currency);
        return text_format(c->memory, "%s (%s)", type_rows[id].name, currency);
    case TYPE_ENUM: return text_of(enum_rows[type_parameter(t)].name);
    case TYPE_ROW: return row_text(c, t);
    case TYPE_LIST:
    case TYPE_SERIES: {
        text element = type_text(c, type_element(c, t)); /* TEXT_ARG reads its argument twice */
        return text_format(c->memory, "%s of %.*s", id == TYPE_LIST ? "list" : "series",
                           TEXT_ARG(element));
    }
    }
    return text_of(id < TYPE_COUNT ? type_rows[id].name : own[id - TYPE_COUNT]);
}

text duration_text(compiler *c, duration d)
{
    buffer b;
    buffer_init(&b);
    duration_write(&b, d);
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

text type_text(compiler *c, type t)
{
    text word = word_text(c, type_sure(t));
    return type_maybe(t) ? text_format(c->memory, "%.*s?", TEXT_ARG(word)) : word;
}

text type_a(compiler *c, type t)
{
    text word = type_text(c, t);
    uint32_t id = type_id_of(t);
    const char *article = id == TYPE_MONEY || id == TYPE_REVENUE || t == TYPE_JSON ? ""
                          : word.n && strchr("aeiou", word.p[0])                  ? "an "
                                                                                   : "a ";
    return text_format(c->memory, "%s%.*s", article, TEXT_ARG(word));
}

type type_list_of(compiler *c, type element)
{
    element = type_sure(element);
    for (size_t i = 0; i < c->elements.n; i++)
        if (c->elements.p[i] == element)
            return type_make(TYPE_LIST, (uint32_t)i);
    vec_push(&c->elements, element);
    return type_make(TYPE_LIST, (uint32_t)c->elements.n - 1);
}

type type_element(compiler *c, type list)
{
    return type_parameter(list) < c->elements.n ? c->elements.p[type_parameter(list)] : T_ERROR;
}
