/* diag.c: see diag.h. */
#include "base/diag.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { error = LEVEL_ERROR, warning = LEVEL_WARNING };

const diag_entry diag_table[DIAG_COUNT] = {
#define DIAG(code, level, title, explanation) {#code, (diag_level)level, title, explanation},
#include "base/diagnostics.def"
#undef DIAG
};

void diag_init(diagnostics *d, arena *memory)
{
    *d = (diagnostics){.memory = memory};
}

void diag_help_clear(diagnostic *g)
{
    for (size_t i = 0; i < g->helps.n; i++)
        vec_release(&g->helps.p[i].edits);
    vec_clear(&g->helps);
}

void diagnostic_release(diagnostic *g)
{
    diag_help_clear(g);
    vec_release(&g->helps);
    vec_release(&g->labels);
    vec_release(&g->notes);
}

void diag_release(diagnostics *d)
{
    for (size_t i = 0; i < d->list.n; i++)
        diagnostic_release(d->list.p[i]);
    vec_release(&d->list);
    *d = (diagnostics){0};
}

__attribute__((format(printf, 2, 0))) static text format_in(arena *a, const char *format,
                                                            va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *p = arena_alloc(a, (size_t)n + 1, 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (text){p, (size_t)n};
}

#define FORMATTED(d, format, out)                                                                  \
    va_list args;                                                                                  \
    va_start(args, format);                                                                        \
    text out = format_in((d)->memory, format, args);                                               \
    va_end(args)

diagnostic *diag_add(diagnostics *d, diag_code code, span at, const char *format, ...)
{
    FORMATTED(d, format, message);
    diagnostic *g = arena_new(d->memory, diagnostic);
    *g = (diagnostic){.code = code, .at = at, .message = message};
    if (diag_table[code].level == LEVEL_ERROR)
        d->errors++;
    else
        d->warnings++;
    /* Past the limit it is still kept, so that its vectors are released, but marked: renderers stop
     * at DIAG_MOST. */
    d->full |= d->list.n >= DIAG_MOST;
    vec_push(&d->list, g);
    return g;
}

void diag_label_add(diagnostics *d, diagnostic *g, span at, const char *format, ...)
{
    FORMATTED(d, format, what);
    vec_push(&g->labels, (diag_label){at, what});
}

void diag_note(diagnostics *d, diagnostic *g, const char *format, ...)
{
    FORMATTED(d, format, what);
    vec_push(&g->notes, what);
}

void diag_help_add(diagnostics *d, diagnostic *g, const char *format, ...)
{
    FORMATTED(d, format, what);
    vec_push(&g->helps, (diag_help){.what = what});
}

void diag_suggest(diagnostics *d, diagnostic *g, span at, text with, const char *format, ...)
{
    FORMATTED(d, format, what);
    vec_push(&g->helps, (diag_help){.what = what});
    diag_edit_more(d, g, at, with);
}

void diag_edit_more(diagnostics *d, diagnostic *g, span at, text with)
{
    vec_push(&vec_last(&g->helps).edits, (diag_edit){at, text_copy(d->memory, with)});
}

void diag_replace(diagnostics *d, size_t keep, diagnostics *from)
{
    while (d->list.n > keep) {
        diagnostic *g = d->list.p[--d->list.n];
        bool fault = diag_table[g->code].level == LEVEL_ERROR;
        d->errors -= fault;
        d->warnings -= !fault;
        diagnostic_release(g);
    }
    for (size_t i = 0; i < from->list.n; i++)
        vec_push(&d->list, from->list.p[i]);
    d->errors += from->errors;
    d->warnings += from->warnings;
    d->full = d->list.n > DIAG_MOST;
    from->list.n = 0;
    diag_release(from);
}

static int by_place(const void *x, const void *y)
{
    const diagnostic *a = *(diagnostic *const *)x, *b = *(diagnostic *const *)y;
    if (a->at.start != b->at.start)
        return a->at.start < b->at.start ? -1 : 1;
    int level = (int)diag_table[a->code].level - (int)diag_table[b->code].level;
    return level ? level : (int)a->code - (int)b->code;
}

void diag_sort(diagnostics *d)
{
    if (d->list.n > 1)
        qsort(d->list.p, d->list.n, sizeof *d->list.p, by_place);
}

const diag_entry *diag_find(text code)
{
    for (size_t i = 0; i < DIAG_COUNT; i++)
        if (strlen(diag_table[i].code) == code.n &&
            strncasecmp(diag_table[i].code, code.p, code.n) == 0)
            return &diag_table[i];
    return NULL;
}
