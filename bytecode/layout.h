/* layout.h: the bytes of an image.
 *
 *     offset  bytes
 *     0       8      "FERRYIMG"
 *     8       4      isa version
 *     12      4      number of sections, 12
 *     16      56 × 12 directory: id u32, count u32, offset u64, length u64, SHA-256 of the section
 *     688     …      the sections, in the order of the directory
 *
 * All numbers are little-endian. A section starts at a multiple of 8, directly behind the one
 * before, zeros between; the file ends with the padding of the last. `length` is without padding.
 *
 *     id  name   count     content
 *     1   TEXT   texts     u32 × (count+1) offsets into the bytes behind them; sorted by bytes,
 *                          unique, each referred to
 *     2   CONST  constants i64 × count; sorted, unique, each referred to
 *     3   TYPE   enums     u32 list types, u32 records, u32 leaves, u32 words; then image_enum,
 *                          list types u32, image_record, image_leaf, words u32. Enums: the fixed
 *                          ones, then by name. List types: by depth of nesting, then type word.
 *                          Records: by number of leaves, then leaf by leaf. Words: members of the
 *                          enums; row offsets of tables with a parent; lists of the sites
 *     4   TABLE  tables    u32 columns, u32 0, u64 bytes of data; then image_table, image_column,
 *                          data. The fixed tables and columns first, then by name
 *     5   SHAPE  fields    image_field: those of JGET, sorted and unique, then each site's
 *     6   SITE   sites     image_site, by the instruction that first names them
 *     7   RULE   factors   image_factor, by name
 *     8   ENTRY  entries   image_entry, by name
 *     9   FUNC   functions image_function; type words u32 behind them: of each function its
 *                          registers, then its results. Order: see function_order
 *     10  CODE   insns     insn, function after function
 *     11  LIMIT  1         image_limits
 *     12  DEBUG  runs      u32 files, u32 bytes of places; u32 × count ends of the runs in them:
 *                          one for each function, then for each site; the places (see debug.h),
 *                          padded to 4; offsets u32 × (files+1), then names of files, sorted.
 *                          Length 0 where stripped
 */
#ifndef FERRY_BYTECODE_LAYOUT_H
#define FERRY_BYTECODE_LAYOUT_H

#include "bytecode/image.h"

#define IMAGE_MAGIC "FERRYIMG"

typedef enum {
    SECTION_TEXT = 1,
    SECTION_CONST,
    SECTION_TYPE,
    SECTION_TABLE,
    SECTION_SHAPE,
    SECTION_SITE,
    SECTION_RULE,
    SECTION_ENTRY,
    SECTION_FUNC,
    SECTION_CODE,
    SECTION_LIMIT,
    SECTION_DEBUG,
    SECTION_END
} section_id;

enum { SECTIONS = SECTION_END - 1 };

typedef struct {
    char magic[8];
    uint32_t isa, sections;
} image_header;

typedef struct {
    uint32_t id, count;
    uint64_t offset, length;
    sha256 hash;
} image_section;

/* Limits of any image; image_limits may be narrower. */
enum {
    IMAGE_INDEX_LIMIT = 65535, /* functions, sites, columns, … an operand must name them */
    IMAGE_REGISTERS = 1024,    /* of one function */
    IMAGE_DEPTH = 64,
    IMAGE_FIBERS = 4096,
    IMAGE_TEXT = 64 << 10,
    IMAGE_LIST = 65536,
    IMAGE_ROWS = 1 << 24,  /* of one table */
    IMAGE_FREEZES = 65535, /* their rows may all be equal, and then take no bytes */
    IMAGE_NESTING = 8      /* lists in lists */
};
#define IMAGE_FUEL  UINT64_C(100000000)
#define IMAGE_BYTES (UINT64_C(1) << 30)

/* The hashes of the sections of a directory that lie within the bytes of the image. */
void image_section_hashes(text all, const image_section directory[SECTIONS], sha256 out[SECTIONS]);
/* The program hash of a directory. */
sha256 image_program_hash(uint32_t isa, const image_section directory[SECTIONS]);
/* Where the sections of image_write begin, and behind them where the image ends. Of the views only those
 * that say how long others are need be there: text_offset, file_offset, place_end. */
void image_sections(const image *i, size_t at[SECTIONS + 1]);
/* Serialises the views of `i` (bytes, hashes and memory are not looked at). `out` is empty; a view that lies
 * in its room where it is to be written (image_sections) stays there. */
void image_write(const image *i, buffer *out);

/* The canonical order of functions: of those whose callees are all placed, always the one of lowest
 * rank (ranks are unique; they say the order of names) comes next. Callees of i are
 * callee[first[i]] … callee[first[i + 1] - 1]; repetitions do no harm. order[k] = k-th function.
 * false when there is a cycle. */
bool function_order(uint32_t n, const uint32_t *rank, const uint32_t *first, const uint32_t *callee,
                    uint32_t *order);

/* Calls `see` for each function that an instruction names: as an operand or through its site. */
void insn_callees(const insn *x, const image_site *sites, uint32_t site_count,
                  void (*see)(void *self, uint32_t function), void *self);
/* Marks the functions that a run of the entry can come to, whatever its branches decide; `reached`
 * has one bool a function, all false. */
void image_reach(const image *i, uint32_t entry, bool *reached);
/* The function fields of a site, in the order title, args, check, undo, find, body. */
enum { SITE_FUNCTIONS = 6 };
void site_functions(const image_site *s, uint32_t out[SITE_FUNCTIONS]);

/* What the rows of a function and the limits state about it; recomputed by the verifier. */
typedef struct {
    uint32_t registers; /* of its frame and of the deepest chain below it, functions of its sites
                           included (but bodies, which are fibers of their own) */
    uint32_t frames;    /* of that chain */
    uint64_t cost;      /* instructions in the worst case; saturates */
    bool assesses;      /* it or a callee uses ASSESS */
} measure;

/* `below` holds the measures of all lower functions; callees of f are lower. */
measure measure_function(const image *i, uint32_t f, const measure *below);
/* Writes the computed fields: registers, depth, series. */
void measure_limits(const image *i, const measure *m, image_limits *to);

#endif
