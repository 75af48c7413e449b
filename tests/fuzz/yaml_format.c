/* yaml_format.c: any bytes as a file of YAML: it is told, read, and what it says is sound JSON or a
 * fault within the file. */
#include "stdlib/document/format.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena a = {0};
    document_file f, told;
    text t = {(const char *)bytes, n};
    document_read_data(&a, TEXT("a.yaml"), t, KIND_YAML, NULL, &f);
    document_read_data(&a, TEXT("a"), t, KIND_UNKNOWN, NULL, &told);
    const json_document *d = f.content;
    if ((d != NULL) == (f.broken != NULL) || (told.kind == KIND_YAML && !told.content))
        abort();
    if (f.broken && (document_offset(&f, f.fault[0].offset) > n || !f.fault[0].message.n))
        abort();
    if (d && (d->nodes == 0 || d->node[0].next != d->nodes))
        abort();
    arena_release(&a);
    return 0;
}
