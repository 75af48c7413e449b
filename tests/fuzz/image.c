/* image.c: damaged images. The hashes are made good first, so that mutations reach the checks
 * behind them; what the verifier accepts is listed, and its pure functions are run on absent
 * arguments, on row 0 and on handles that point anywhere. */
#include "bytecode/disasm.h"
#include "bytecode/layout.h"
#include "vm/exec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void reseal(char *p, size_t n)
{
    if (n < sizeof(image_header) + SECTIONS * sizeof(image_section))
        return;
    for (int k = 0; k < SECTIONS; k++) {
        image_section d;
        char *at = p + sizeof(image_header) + (size_t)k * sizeof d;
        memcpy(&d, at, sizeof d);
        if (d.offset <= n && d.length <= n - d.offset)
            d.hash = sha256_of(p + d.offset, d.length);
        memcpy(at, &d, sizeof d);
    }
}

static void run(const image *i, uint32_t f, int64_t value)
{
    const image_function *row = &i->functions[f];
    exec_context c = {.image = i, .fuel = 20000};
    int64_t *args = calloc((size_t)row->parameters + 1, sizeof *args);
    int64_t *results = calloc((size_t)row->results + 1, sizeof *results);
    heap h = {0};
    buffer out = {0};
    if (!args || !results)
        abort();
    for (uint32_t k = 0; k < row->parameters; k++)
        args[k] = value;
    if (exec_pure(&c, f, args, row->parameters, results, &h) == EXEC_RETURNED)
        for (uint32_t k = 0; k < row->results; k++)
            value_format(i, &h, i->types[row->result_types + k], results[k], &out);
    buffer_release(&out);
    heap_release(&h);
    free(args);
    free(results);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const int64_t values[] = {QUANTITY_NA,
                                     QUANTITY_NONE,
                                     0,
                                     1,
                                     QUANTITY_MAX,
                                     HANDLE_TEXT | INT64_C(9) << 40 | 5,
                                     HANDLE_LIST | INT64_C(9) << 40 | 8};
    char *copy = malloc(n + 1);
    image *i;
    image_fault fault;
    if (!copy)
        abort();
    memcpy(copy, bytes, n);
    reseal(copy, n);
    if (image_verify(&i, copy, n, &fault)) {
        buffer out = {0};
        disasm_image(i, &out);
        buffer_release(&out);
        for (uint32_t f = 0; f < i->function_count; f++)
            for (size_t k = 0; k < sizeof values / sizeof *values; k++)
                if (i->functions[f].effect == EFFECT_PURE)
                    run(i, f, values[k]);
        image_free(i);
    }
    free(copy);
    return 0;
}
