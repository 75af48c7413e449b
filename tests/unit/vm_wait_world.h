/* vm_wait_world.h: a world that waits, for the tests of people and of watches. */
#ifndef FERRY_TESTS_VM_WAIT_WORLD_H
#define FERRY_TESTS_VM_WAIT_WORLD_H

#include "vm_programs.h"

static inline int64_t storm(instant now)
{
    return now < 1000 * DAY + 10 * MINUTE ? 1 : 9;
}

#endif
