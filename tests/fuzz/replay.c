/* Feeds files to a fuzz target: what the fuzzer once found stays a test with any compiler. */
#include "base/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        arena a = {0};
        text bytes;
        if (file_load(&a, argv[i], SOURCE_LARGEST, &bytes) != LOAD_OK) {
            fprintf(stderr, "cannot read %s\n", argv[i]);
            return 1;
        }
        /* A block of its exact size, so that a sanitizer sees the first byte read behind it. */
        uint8_t *exact = malloc(bytes.n ? bytes.n : 1);
        if (!exact)
            return 1;
        memcpy(exact, bytes.p, bytes.n);
        LLVMFuzzerTestOneInput(exact, bytes.n);
        free(exact);
        arena_release(&a);
    }
    return 0;
}
