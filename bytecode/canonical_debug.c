/* canonical_debug.c: owns DEBUG: the runs of functions and sites in their final order, and the names
 * of the files they stand in, sorted. */
#include "bytecode/canonical.h"

#include "bytecode/debug.h"

#include <string.h>

typedef struct {
    VEC(uint32_t) given; /* texts of the builder, by number while they are collected */
    uint32_t *final;     /* by that number */
} files;

static uint32_t file_number(files *f, uint32_t given)
{
    uint32_t k = 0;
    while (k < f->given.n && f->given.p[k] != given)
        k++;
    if (k == f->given.n)
        vec_push(&f->given, given);
    return k;
}

/* Nearly all places are in the file of the one before: the list is searched when it changes. */
static void files_collect(canon *c, files *f)
{
    uint32_t last = NO_INDEX;
    for (uint32_t k = 0; k < c->function.n; k++) {
        const build_function *from = &c->b->function.p[c->function.order[k]];
        for (uint32_t x = 0; x < from->place_count; x++)
            if (from->places[x].at.line && from->places[x].at.file != last)
                file_number(f, last = from->places[x].at.file);
    }
    for (uint32_t k = 0; k < c->site.n; k++) {
        const image_debug *at = &c->b->place.p[c->site.order[k]];
        if (at->line && at->file != last)
            file_number(f, last = at->file);
    }
}

typedef struct {
    const build *b;
    const files *f;
} by_name;

static int compare_files(const void *l, const void *r, void *self)
{
    const by_name *s = self;
    return text_compare(names_text(&s->b->text, s->f->given.p[*(const uint32_t *)l]),
                        names_text(&s->b->text, s->f->given.p[*(const uint32_t *)r]));
}

static void emit_files(canon *c, files *f)
{
    uint32_t n = (uint32_t)f->given.n, *order = arena_array(c->a, uint32_t, n);
    uint32_t *offset = arena_array(c->a, uint32_t, (size_t)n + 1);
    by_name self = {c->b, f};
    buffer bytes = {0};
    f->final = arena_array(c->a, uint32_t, n);
    for (uint32_t k = 0; k < n; k++)
        order[k] = k;
    if (n)
        qsort_r(order, n, sizeof *order, compare_files, &self);
    for (uint32_t k = 0; k < n; k++) {
        f->final[order[k]] = k;
        buffer_text(&bytes, names_text(&c->b->text, f->given.p[order[k]]));
        offset[k + 1] = (uint32_t)bytes.n;
    }
    c->out->files = n;
    c->out->file_offset = offset;
    c->out->file_bytes = arena_copy(c->a, bytes.p, bytes.n);
    buffer_release(&bytes);
}

typedef struct {
    files *f;
    buffer bytes;
    uint32_t given, final; /* the file of the last entry */
} runs;

static void entry_write(runs *r, image_debug *before, const image_debug *given, uint32_t instructions)
{
    image_debug at = {0};
    if (given->line) {
        if (given->file != r->given)
            r->final = r->f->final[file_number(r->f, given->file)];
        r->given = given->file;
        at = *given;
        at.file = r->final;
    }
    debug_write(&r->bytes, before, &at, instructions);
    *before = at;
}

static void function_write(runs *r, const build_function *from)
{
    image_debug before = {0};
    for (uint32_t k = 0, same; k < from->place_count; k += same) {
        uint32_t instructions = 0;
        for (same = 0; k + same < from->place_count &&
                       !memcmp(&from->places[k].at, &from->places[k + same].at, sizeof before);
             same++)
            instructions += from->places[k + same].instructions;
        entry_write(r, &before, &from->places[k].at, instructions);
    }
}

void canon_debug(canon *c)
{
    files f = {0};
    runs r = {.f = &f, .given = NO_INDEX};
    uint32_t n = 0, *end = arena_array(c->a, uint32_t, (size_t)c->function.n + c->site.n);
    files_collect(c, &f);
    emit_files(c, &f);
    for (uint32_t k = 0; k < c->function.n && f.given.n; k++) {
        function_write(&r, &c->b->function.p[c->function.order[k]]);
        end[n++] = (uint32_t)r.bytes.n;
    }
    for (uint32_t k = 0; k < c->site.n && f.given.n; k++) {
        const image_debug *at = &c->b->place.p[c->site.order[k]];
        if (at->line)
            entry_write(&r, &(image_debug){0}, at, 1);
        end[n++] = (uint32_t)r.bytes.n;
    }
    c->out->place_end = end;
    c->out->place_runs = n;
    c->out->places = (const uint8_t *)arena_copy(c->a, r.bytes.p, r.bytes.n);
    buffer_release(&r.bytes);
    vec_release(&f.given);
}
