/* x12_read.h: what the reader of X12 shares between its two files: the growing file and faults. */
#ifndef FERRY_STDLIB_X12_READ_H
#define FERRY_STDLIB_X12_READ_H

#include "base/vec.h"
#include "stdlib/x12.h"

typedef enum {
#define X12_FAULT(name, code, what) FAULT_##name,
#include "stdlib/x12_faults.def"
#undef X12_FAULT
    FAULT_COUNT
} x12_fault_kind;

typedef struct {
    arena *memory;
    text source;
    size_t at; /* next byte to read */
    VEC(x12_segment) segments;
    VEC(x12_interchange) interchanges;
    VEC(x12_group) groups;
    VEC(x12_set) sets;
    VEC(document_fault) faults;
    uint32_t faults_omitted;
    bool in_group, in_set;
} x12_reader;

/* Records a fault. `path` is made with printf's rules; `detail` may be NULL and stands behind the
 * fault's own words. */
void x12_fault(x12_reader *r, x12_fault_kind kind, size_t offset, text path, const char *detail,
               ...) __attribute__((format(printf, 5, 6)));
/* "ISA[1]", "ISA[1].GS[2]", "ISA[1].GS[2].ST[3]" of what is open now, with `tail` behind it. */
text x12_path(x12_reader *r, bool group, bool set, const char *tail);

/* Reads the ISA at r->at and opens an interchange; false: what stands there is none, and r->at is
 * unchanged. */
bool x12_open_interchange(x12_reader *r);
/* Opens one without ISA whose separators are told from the GS or ST at r->at. */
bool x12_open_fragment(x12_reader *r);
/* True when an ISA could start at `at`: "ISA" and a byte that can separate. */
bool x12_isa_at(text source, size_t at);

/* Trailers: counts and control numbers. Each closes what it ends. */
void x12_close_set(x12_reader *r, text se, size_t offset);
void x12_close_group(x12_reader *r, text ge, size_t offset);
void x12_close_interchange(x12_reader *r, text iea, size_t offset);
/* Between documents: control numbers that must be unique. */
void x12_check_unique(x12_reader *r);

#endif
