/* compare_files.c: the files of a side, opened when they are needed and let go of when there are
 * too many.
 *
 * Files that are opened one after the other share a shelf: an arena of some megabytes that is given
 * back whole. While all files are looked at for keys, those that come when there is no more room go
 * at once, and the first stay. Then the oldest shelf goes first: documents are compared in the
 * order of legacy's files, and modern's mostly follow, so that this is the one that is not needed
 * again. What of a file must outlive it (its name, its kind, why it is broken) stays; a file that
 * is opened again must have the bytes that it had.
 */
#include "base/source.h"
#include "stdlib/compare/compare_parts.h"

#include <string.h>

enum { SHELF = 1 << 20 };

static size_t limit(const compare_options *o)
{
    return o->held ? o->held : COMPARE_HELD;
}

static size_t weight(const shelf *x)
{
    return arena_held(&x->memory) + x->mapped;
}

static void file_close(side *s, uint32_t i, bool again)
{
    origin *o = &s->origin[i];
    document_file *f = &s->file[i];
    if (!o->print && again)
        o->print = text_hash_long(o->given) | 1;
    if (o->mapped)
        file_unmap(o->given);
    o->open = o->mapped = false;
    o->given = (text){0};
    *f = (document_file){
        .name = f->name, .kind = f->kind, .encoding = f->encoding, .broken = f->broken};
}

/* `again`: files of it may be opened again. */
static void shelf_clear(side *s, shelf *x, bool again)
{
    s->held -= weight(x);
    for (size_t i = 0; i < x->files.n; i++)
        file_close(s, x->files.p[i], again);
    vec_release(&x->files);
    arena_release(&x->memory);
    x->mapped = 0;
}

static shelf *shelf_for_next(side *s, size_t most)
{
    if (s->shelves.n == s->oldest || weight(&vec_last(&s->shelves)) >= most)
        vec_push(&s->shelves, (shelf){0});
    return &vec_last(&s->shelves);
}

/* A document whose file is not to be had. */
static void fail(side *s, size_t file, const char *why)
{
    document_fault *fault = arena_new(s->memory, document_fault);
    *fault = (document_fault){.code = TEXT("file"), .message = text_of(why)};
    s->file[file] =
        (document_file){.name = s->file[file].name, .kind = s->file[file].kind, .broken = fault};
}

static const document_fault *kept(arena *a, const document_fault *f)
{
    document_fault *out = arena_new(a, document_fault);
    *out = (document_fault){text_copy(a, f->code), text_copy(a, f->message), f->offset,
                            text_copy(a, f->path)};
    return out;
}

static bool is_changed(const origin *o)
{
    return o->print && (o->size != o->given.n || o->print != (text_hash_long(o->given) | 1));
}

/* Elements that are documents themselves are all looked at. */
static bool takes_lists_apart(const compare_options *o)
{
    for (size_t i = 0; i < o->keys; i++)
        if (memmem(o->key[i].p, o->key[i].n, "[*]", 3))
            return true;
    return false;
}

void file_read(arena *a, const compare_options *o, text name, text bytes, document_file *out)
{
    if (takes_lists_apart(o))
        document_read_data(a, name, bytes, o->kind, o->layout, out);
    else
        document_read_outline(a, name, bytes, o->kind, o->layout, out);
}

static void read_on(const compare_options *options, side *s, size_t file, shelf *x)
{
    origin *o = &s->origin[file];
    document_file *f = &s->file[file];
    load_status status = file_view(&x->memory, o->path.p, SIZE_MAX, &o->given, &o->mapped);
    if (status != LOAD_OK)
        o->given = (text){0};
    if (status == LOAD_OK && o->mapped)
        x->mapped += o->given.n;
    if (status != LOAD_OK || is_changed(o)) {
        fail(s, file,
             status == LOAD_OK ? "changed while it was compared" : load_status_text(status));
        return;
    }
    o->size = o->given.n;
    file_read(&x->memory, options, f->name, o->given, f);
    if (f->broken && !o->broken)
        o->broken = kept(s->memory, f->broken);
    if (f->broken)
        f->broken = o->broken;
}

static bool is_full(const compare_options *o, const side *s)
{
    return s->held > limit(o);
}

/* At least one shelf stays: a file may be more than the limit. */
static void let_go(side *s, size_t most)
{
    while (s->held > most && s->oldest + 1 < s->shelves.n)
        shelf_clear(s, &s->shelves.p[s->oldest++], true);
}

static void hold(const compare_options *options, side *s, size_t file)
{
    shelf *x = shelf_for_next(s, limit(options) < SHELF ? limit(options) : SHELF);
    size_t before = weight(x);
    s->origin[file].open = true;
    read_on(options, s, file, x);
    vec_push(&x->files, (uint32_t)file);
    s->held += weight(x) - before;
}

static bool is_there(const side *s, size_t file)
{
    return s->origin[file].open || !s->origin[file].path.p;
}

void side_look(const compare_options *options, side *s, size_t file)
{
    if (!is_there(s, file))
        hold(options, s, file);
}

void side_spare(const compare_options *options, side *s)
{
    if (is_full(options, s) && s->oldest + 1 < s->shelves.n) {
        shelf_clear(s, &vec_last(&s->shelves), true);
        s->shelves.n--;
    }
}

/* The side of a document, and the number of its file. */
static side *side_of(comparison *c, const unit *u, size_t *file)
{
    const document_file *f = u->from;
    bool legacy = f >= c->legacy.file && f < c->legacy.file + c->legacy.files;
    side *s = legacy ? &c->legacy : &c->modern;
    *file = (size_t)(f - s->file);
    return s;
}

static void unit_hold(comparison *c, const unit *u)
{
    size_t file;
    side *s = side_of(c, u, &file);
    if (is_there(s, file))
        return;
    c->tables = NULL; /* what a file that goes held may be where one that comes has its own */
    hold(c->options, s, file);
}

void units_hold(comparison *c, const unit *l, const unit *m)
{
    if (l)
        unit_hold(c, l);
    if (m)
        unit_hold(c, m);
}

static bool fits(comparison *c, const unit *u)
{
    size_t file;
    const side *s = u ? side_of(c, u, &file) : NULL;
    return !u || is_there(s, file) || !is_full(c->options, s);
}

bool units_fit(comparison *c, const unit *l, const unit *m)
{
    return fits(c, l) && fits(c, m);
}

/* With room for the next few. */
void units_let_go(comparison *c)
{
    size_t most = limit(c->options) - limit(c->options) / 8;
    if (is_full(c->options, &c->legacy))
        let_go(&c->legacy, most);
    if (is_full(c->options, &c->modern))
        let_go(&c->modern, most);
}

void unit_open(comparison *c, const unit *u)
{
    size_t file;
    side *s = side_of(c, u, &file);
    unit_hold(c, u);
    let_go(s, limit(c->options));
}

void side_release(side *s)
{
    for (; s->oldest < s->shelves.n; s->oldest++)
        shelf_clear(s, &s->shelves.p[s->oldest], false);
    vec_release(&s->shelves);
}
