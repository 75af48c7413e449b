/* unit.h: what every unit program needs: cmocka with the headers it forgets, and a comparison of
 * texts. */
#ifndef FERRY_TESTS_UNIT_H
#define FERRY_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define assert_text(got, wanted) assert_text_at((got), (wanted), __FILE__, __LINE__)

static inline void assert_text_at(text got, const char *wanted, const char *file, int line)
{
    if (text_is(got, wanted))
        return;
    print_error("got    %.*s\nwanted %s\n", TEXT_ARG(got), wanted);
    _fail(file, line);
}

#endif
