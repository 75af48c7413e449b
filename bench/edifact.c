/* edifact.c: how fast EDIFACT is read, from the bytes in memory on. Measuring program of
 * bench/run.py.
 *
 *     edifact FILE ROUNDS     a line a round: CPU seconds of summing all bytes (the floor), of
 * reading and validating, and the faults found
 */
#include "base/source.h"
#include "stdlib/edifact/edifact.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The result goes somewhere, so that no compiler leaves the work out. */
static double time_sum(text bytes, volatile uint64_t *sink)
{
    double start = seconds();
    uint64_t sum = 0, word;
    for (size_t i = 0; i + sizeof word <= bytes.n; i += sizeof word) {
        memcpy(&word, bytes.p + i, sizeof word);
        sum += word;
    }
    *sink = sum;
    return seconds() - start;
}

int main(int argc, char **argv)
{
    arena a = {0};
    text bytes;
    volatile uint64_t sink;
    if (argc != 3 || file_load(&a, argv[1], (size_t)1 << 31, &bytes) != LOAD_OK)
        return 1;
    for (int i = atoi(argv[2]); i > 0; i--) {
        arena memory = {0};
        edifact_file f;
        double floor = time_sum(bytes, &sink), start = seconds();
        edifact_read(&memory, bytes, &f);
        printf("%.6f %.6f %u\n", floor, seconds() - start, f.faults);
        arena_release(&memory);
    }
    arena_release(&a);
    return 0;
}
