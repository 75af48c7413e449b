/* x12.c: how fast X12 is read, from the bytes in memory on. Measuring program of bench/run.py.
 *
 *     x12 FILE ROUNDS     a line a round: CPU seconds of summing all bytes (the floor), of the
 * masks of terminators at each level that this processor has (0 where it has it not), of reading
 * and validating envelopes, of checking segments after that
 */
#include "base/scan.h"
#include "base/source.h"
#include "stdlib/x12/x12_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WINDOW = SCAN_WINDOW * SCAN_BLOCK };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The results go somewhere, so that no compiler leaves the work out. */
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

static double time_masks(text bytes, scan_level level, volatile uint64_t *sink)
{
    scan_set s = scan_any_of("~", 1);
    if (level > s.level)
        return 0;
    s.level = level;
    uint64_t mask[SCAN_WINDOW], all = 0;
    double start = seconds();
    for (size_t at = 0; at < bytes.n; at += WINDOW) {
        text window = text_slice(bytes, at, at + WINDOW);
        scan_masks(&s, window.p, window.n, mask);
        all ^= mask[0];
    }
    *sink = all;
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
        x12_file f;
        x12_notes notes;
        printf("%.6f", time_sum(bytes, &sink));
        for (int level = 0; level < SCAN_LEVELS; level++)
            printf(" %.6f", time_masks(bytes, (scan_level)level, &sink));
        double start = seconds();
        x12_read(&memory, bytes, &f);
        double read = seconds();
        x12_check(&memory, &f, 0, f.sets, &notes);
        printf(" %.6f %.6f %u\n", read - start, seconds() - read, f.faults + notes.notes);
        arena_release(&memory);
    }
    arena_release(&a);
    return 0;
}
