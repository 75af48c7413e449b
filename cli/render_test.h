/* render_test.h: what tests found, as text for people, as JSON, and as the XML of JUnit that build
 * servers read. */
#ifndef FERRY_CLI_RENDER_TEST_H
#define FERRY_CLI_RENDER_TEST_H

#include "cli/testing.h"

typedef struct {
    const program *of;
    const char *fault; /* NULL; else the program has faults, and its tests were not run */
    test_result *results;
    size_t count, failed;
    coverage *seen; /* NULL without --coverage */
} tested_file;

void render_tests_text(cli *c, const tested_file *files, size_t n);
void render_tests_json(cli *c, const tested_file *files, size_t n);
void render_tests_junit(cli *c, const tested_file *files, size_t n);

/* Whole percent, rounded down; 100 where there is nothing to see. */
unsigned render_share(size_t seen, size_t all);
/* Each reason why a test failed, one text each: what was wanted and found. */
size_t test_reasons(cli *c, const tested_file *f, const test_result *r, text **out);

#endif
