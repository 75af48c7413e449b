/* program.h: small images for unit tests: finish, verify, and run one function. */
#ifndef FERRY_TESTS_UNIT_PROGRAM_H
#define FERRY_TESTS_UNIT_PROGRAM_H

#include "bytecode/build.h"
#include "tests/unit/unit.h"
#include "vm/exec.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define T(id)        TYPE_WORD(TYPE_##id, 0)

static inline image *program_finish(build *b)
{
    buffer out = {0};
    const char *why = NULL;
    image_fault fault;
    image *i = NULL;
    if (!build_finish(b, &out, &why))
        fail_msg("%s", why);
    if (!image_verify(&i, out.p, out.n, &fault))
        fail_msg("%s at %llu", fault.message, (unsigned long long)fault.offset);
    buffer_release(&out);
    build_free(b);
    return i;
}

/* A pure function "f" of the given registers, the first of which are parameters. */
static inline uint32_t program_function(build *b, const char *name, const type_word *types,
                                        uint32_t registers, uint32_t parameters, type_word result,
                                        const insn *code, uint32_t instructions)
{
    uint32_t f = build_function_new(b, text_of(name));
    build_function_define(b, f,
                          &(build_function){.name = text_of(name),
                                            .types = types,
                                            .registers = registers,
                                            .parameters = parameters,
                                            .result_types = &result,
                                            .results = 1,
                                            .code = code,
                                            .instructions = instructions});
    return f;
}

static inline uint32_t program_find(const image *i, const char *name)
{
    for (uint32_t f = 0; f < i->function_count; f++)
        if (text_is(image_text(i, i->functions[f].name), name))
            return f;
    fail_msg("no function %s", name);
    return NO_INDEX;
}

static inline int64_t program_call(const image *i, const char *name, const int64_t *args, heap *h)
{
    uint32_t f = program_find(i, name);
    exec_context c = {.image = i, .fuel = 1000000};
    int64_t result[4] = {0};
    assert_int_equal(exec_pure(&c, f, args, i->functions[f].parameters, result, h), EXEC_RETURNED);
    return result[0];
}

#endif
