/* prove.h: how far a comparison's verdict can be trusted: would these rules see a defect on this
 * data?
 *
 * Known defects (prove_defects.def) are put one at a time into copies of legacy's files, counts are
 * made right again so that no trailer gives them away, and each copy is compared with its original
 * under the rules at hand. What is not found then would not be found on the night.
 */
#ifndef FERRY_STDLIB_PROVE_H
#define FERRY_STDLIB_PROVE_H

#include "stdlib/compare/compare.h"

typedef enum {
#define PROVE(id, name, where, doc) PROVE_##id,
#include "stdlib/compare/prove_defects.def"
#undef PROVE
    PROVE_COUNT
} prove_defect;

const char *prove_defect_name(prove_defect d); /* "dropped loop" */

enum {
    PROVE_EACH = 40,  /* copies of each defect, spread evenly over all places for it */
    PROVE_MISSED = 3, /* kept of each defect for the report */
};
#define PROVE_FILE_LARGEST ((size_t)8 << 20) /* larger files are left out, and counted */

typedef struct {
    text file, ref;     /* the place as a rule would name it, where the format names places */
    text before, after; /* masked and shortened */
} prove_miss;

typedef struct {
    uint32_t tried, found;
    prove_miss miss[PROVE_MISSED];
    uint32_t misses; /* kept */
} prove_row;

typedef struct {
    prove_row row[PROVE_COUNT];
    uint64_t tried, found;
    int64_t
        detection; /* found of tried, percent at SCALE_PERCENT; QUANTITY_NA when none was tried */
    size_t files_left_out;
} prove_result;

/* Deterministic; never fails. Texts live in `a`. */
void prove_rules(arena *a, const compare_options *options, const compare_input *legacy,
                 prove_result *out);
/* The same of files on the disk, of which one is in memory at a time; they are read twice, first
 * for how many places there are. One that cannot be read any more is left out. */
void prove_rules_of_files(arena *a, const compare_options *options, const compare_paths *legacy,
                          prove_result *out);

/* Members of an object that is open: tried, found, detection, files_left_out, defects: [{defect,
 * tried, found, missed: [{file, ref, before, after}]}]. */
void prove_write_json(json_writer *w, const prove_result *r);

#endif
