/* build.c: see build.h. */
#include "grammar/build.h"
#include "grammar/literal.h"

/* The documentation that stands before position `at`, or NULL. What is inside a thing was read before the thing is
 * made, so that most ask behind the last. */
static const words_doc *doc_before(const parse *p, uint32_t at)
{
    size_t low = 0, high = p->words.docs.n;
    if (vec_last(&p->words.docs).before < at)
        return NULL;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (p->words.docs.p[mid].before < at)
            low = mid + 1;
        else
            high = mid;
    }
    const words_doc *d = &p->words.docs.p[low];
    return low < p->words.docs.n && d->before == at ? d : NULL;
}

node build_documented(parse *p, ast_kind_of kind, span at, unsigned aux, uint32_t name,
                      list children)
{
    if (p->words.docs.n) {
        const words_doc *d = doc_before(p, at.start);
        if (d)
            children =
                join(p, as_role(p, ROLE_doc, build(p, NODE_DOC, d->at, 0, 0, (list){0})), children);
    }
    return build(p, kind, at, aux, name, children);
}

list build_name(parse *p, ast_role_of role, uint32_t name, span at)
{
    return as_role(p, role, build(p, NODE_NAME, at, 0, name, (list){0}));
}

list build_part(parse *p, span at, uint32_t flags, uint32_t quotes_before, uint32_t quotes_behind)
{
    if (at.end - at.start <= quotes_before + quotes_behind)
        return (list){0};
    span inside = {at.start + quotes_before, at.end - quotes_behind};
    return as_role(p, ROLE_part, build(p, NODE_TEXT_PART, inside, flags, 0, (list){0}));
}
