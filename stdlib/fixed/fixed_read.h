/* fixed_read.h: what the parts of the reader of fixed records share. Not for use outside of
 * fixed*.c. */
#ifndef FERRY_STDLIB_FIXED_READ_H
#define FERRY_STDLIB_FIXED_READ_H

#include "base/vec.h"
#include "stdlib/fixed/fixed.h"

typedef enum {
#define FIXED_FAULT(id, code, meaning) FAULT_##id,
#include "stdlib/fixed/fixed_faults.def"
#undef FIXED_FAULT
} fixed_fault;

typedef VEC(fixed_record) fixed_records;
typedef VEC(document_fault) fixed_fault_list;

/* Cuts the file into records; fills raw, offset, lines and joined. fixed_split.c */
void fixed_split(arena *a, const fixed_layout *l, text source, fixed_records *out);

/* The bytes that the characters of a record in EBCDIC were. fixed_split.c */
text fixed_ebcdic_bytes(arena *a, text characters);

/* Where the character n of a record is, in bytes; at most its length. fixed_split.c */
size_t fixed_place(text raw, uint32_t width, uint32_t n);

typedef struct {
    arena *a;
    fixed_file *out;
    fixed_fault_list faults;
    arena scratch; /* of the record at hand */
} fixed_reader;

/* `field` may be empty. */
void fixed_fault_add(fixed_reader *r, fixed_fault code, size_t offset, uint32_t record, text field,
                     text message);

/* The totals of the record that closes the level of `opener`. fixed_control.c */
void fixed_check_controls(fixed_reader *r, uint32_t opener, uint32_t closing);

static inline bool fixed_one_of(const text *list, uint32_t n, text t)
{
    for (uint32_t i = 0; i < n; i++)
        if (text_equal(list[i], t))
            return true;
    return false;
}

#endif
