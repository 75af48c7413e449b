/* Each argument is a file: answers the SHA-256 of its exclusive C14N, or `fault` with its place.
 * With -c before it, the canonical form itself. */
#include "base/hash.h"
#include "base/source.h"
#include "stdlib/xml/xml.h"

#include <stdio.h>

static void answer(arena *a, const char *path, bool whole)
{
    text bytes;
    xml_document d;
    xml_fault f;
    if (file_load(a, path, SOURCE_LARGEST, &bytes) != LOAD_OK) {
        puts("unreadable");
        return;
    }
    if (!xml_read(a, bytes, &d, &f)) {
        printf("fault %zu %zu %.*s: %.*s\n", f.offset, f.line, TEXT_ARG(f.path),
               TEXT_ARG(f.message));
        return;
    }
    buffer b = {0};
    xml_canonical(a, &d, &b);
    if (whole) {
        fwrite(b.p, 1, b.n, stdout);
    } else {
        char hex[65];
        sha256 h = sha256_of(b.p, b.n);
        sha256_hex(&h, hex);
        puts(hex);
    }
    buffer_release(&b);
}

int main(int argc, char **argv)
{
    arena a = {0};
    bool whole = argc > 1 && strcmp(argv[1], "-c") == 0;
    for (int i = 1 + whole; i < argc; i++, arena_clear(&a))
        answer(&a, argv[i], whole);
    arena_release(&a);
    return 0;
}
