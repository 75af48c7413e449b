/* mask.c: blots what identifier.h finds. See mask.h. */
#include "stdlib/document/mask.h"

#include "stdlib/identifier/identifier_names.h"

text mask_text(arena *a, text t)
{
    text out = t;
    char *copy = NULL;
    static const identifier_names names = {0};
    for (size_t at = 0, from; identifier_run(t, &at, &from);) {
        identifier_hit hit;
        identifier_place said = identifier_said(&names, t, from);
        if (!identifier_at(t, from, at, said.certain | said.likely, &hit))
            continue;
        if (!copy) {
            copy = arena_copy(a, t.p, t.n);
            out.p = copy;
        }
        identifier_blot(hit.id, copy + hit.from, hit.to - hit.from);
        at = hit.to;
    }
    return out;
}
