/* xml_fold.c: elements that keep nothing of what is in them, and reading one of them again.
 *
 * What is folded was read, checked and printed like all else; its nodes are used again for what
 * comes next. To read it once more takes the declarations in force around it, which are kept for
 * each scope that has something folded, and the names of the document, of which it brings no new
 * ones.
 */
#include "stdlib/xml/xml_read.h"

#include <assert.h>

/* The scope that was left for the element's parent's; elements of one parent share it. */
static uint32_t around(xml_reader *r)
{
    xml_folds *f = r->folds;
    bool preserve = r->depth && r->open[r->depth - 1].preserve;
    const xml_around *last = f->around.n ? &vec_last(&f->around) : NULL;
    if (!last || last->scope != r->scope || last->preserve != preserve) {
        xml_around x = {(uint32_t)f->binding.n, (uint32_t)r->bindings.n, r->scope, preserve};
        for (uint32_t i = 0; i < x.n; i++)
            vec_push(&f->binding, r->bindings.p[i]);
        vec_push(&f->around, x);
    }
    return (uint32_t)f->around.n - 1;
}

void xml_fold(xml_reader *r, const xml_open *e)
{
    xml_node *n = &r->nodes.p[e->node];
    xml_name *name = &r->names.p[n->name];
    bool first = !name->met, empty = r->nodes.n == e->node + 1;
    name->met = true;
    if (first || empty || n->qualified || !r->depth || n->end - n->start > XML_FOLDED)
        return;
    r->nodes.n = e->node + 1;
    n->next = e->node + 1;
    n->folded = true;
    r->folds->around.n = e->arounds; /* those of what is in it */
    r->folds->binding.n = e->kept;
    n->type = around(r);
}

void xml_keep_folds(xml_reader *r)
{
    xml_folds *f = arena_new(r->memory, xml_folds);
    *f = *r->folds;
    f->uris = r->uris;
    f->pairs = r->pairs;
    arena_adopt(r->memory, f->around.p);
    arena_adopt(r->memory, f->binding.p);
    arena_adopt(r->memory, f->uris.slot);
    arena_adopt(r->memory, f->uris.text);
    arena_adopt(r->memory, f->pairs.slot);
    arena_adopt(r->memory, f->pairs.text);
    *r->folds = (xml_folds){0};
    r->uris = r->pairs = (names){0};
    r->document->folds = f;
}

void xml_unfold(arena *a, const xml_document *d, uint32_t node, xml_document *out)
{
    const xml_node *n = &d->node[node];
    const xml_folds *f = d->folds;
    const xml_around *x = &f->around.p[n->type];
    *out = *d;
    out->root = 0;
    out->folds = NULL;
    xml_reader *r = xml_reader_new(a, out);
    r->again = true;
    r->preserve = x->preserve;
    r->uris = f->uris;
    r->pairs = f->pairs;
    r->names.p = d->name;
    r->names.n = r->names.room = d->names;
    for (uint32_t i = 0; i < x->n; i++)
        vec_push(&r->bindings, f->binding.p[x->first + i]);
    r->scope = r->scopes = 1; /* 0 is that of attributes without prefix */
    r->start = d->source.p;
    r->at = r->start + n->start;
    r->end = r->start + n->end;
    bool ok = xml_read_root(r);
    assert(ok);
    (void)ok;
    xml_keep(r);
    xml_reader_free(r);
}
