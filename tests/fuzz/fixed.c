/* fixed.c: any bytes as records of each shipped layout, or as a layout of their own in front of its
 * file (a NUL byte between): faults lie within the file, the tree holds every record once, fields
 * lie within their records. */
#include "base/embedded.h"
#include "stdlib/fixed/fixed.h"

#include <stdlib.h>

extern const embedded_file layout_files[];

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void read_as(arena *a, const fixed_layout *l, text t)
{
    fixed_file f;
    document_tree tree;
    fixed_read(a, l, t, &f);
    for (uint32_t i = 0; i < f.faults; i++)
        if (f.fault[i].offset > t.n)
            abort();
    for (uint32_t i = 0; i < f.records; i++) {
        const fixed_record *r = &f.record[i];
        fixed_value *v;
        uint32_t values = fixed_values(a, &f, r, &v);
        if (r->offset > t.n || (r->row != FIXED_NONE && (r->last < i || r->last >= f.records)))
            abort();
        for (uint32_t k = 0; k < values; k++)
            if (v[k].value.n &&
                (v[k].value.p < r->raw.p || v[k].value.p + v[k].value.n > r->raw.p + r->raw.n))
                abort();
    }
    fixed_tree(a, &f, 0, f.records, &tree);
    if (tree.node[0].next != tree.nodes || tree.nodes > 2 * f.records + 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena a = {0};
    text t = {(const char *)bytes, n}, message;
    ptrdiff_t cut = text_find(t, 0);
    size_t offset;
    fixed_layout_told(t);
    for (const embedded_file *f = layout_files; f->name; f++) {
        text name = text_of(f->name);
        read_as(&a, fixed_layout_shipped(&a, text_slice(name, 0, name.n - 5)), t);
    }
    const fixed_layout *own =
        cut < 0 ? NULL : fixed_layout_read(&a, text_slice(t, 0, (size_t)cut), &message, &offset);
    if (own)
        read_as(&a, own, text_slice(t, (size_t)cut + 1, n));
    arena_release(&a);
    return 0;
}
