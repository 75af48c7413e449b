/* compile.c: any source -> diagnostics with places, or an image that the verifier accepts. */
#include "tests/fuzz/compiled.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    put("main.ferry", bytes, n);
    compile_and_check();
    return 0;
}
