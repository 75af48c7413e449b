/* exec_calls.h: values that the tests of the instructions share. */
#ifndef FERRY_TESTS_EXEC_CALLS_H
#define FERRY_TESTS_EXEC_CALLS_H

#include "tests/unit/program.h"

#include "bytecode/vocabulary.h"

#define NA   QUANTITY_NA
#define NONE QUANTITY_NONE
#define N(x) ((int64_t)(x)*UNIT_NUMBER)

#endif
