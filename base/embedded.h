/* embedded.h: the files of the standard library inside the binary, made from stdlib/playbooks/ at build time. */
#ifndef FERRY_BASE_EMBEDDED_H
#define FERRY_BASE_EMBEDDED_H

#include <stddef.h>

typedef struct {
    const char *name; /* "std/risk.ferry" */
    const unsigned char *bytes;
    size_t n;
} embedded_file;

/* Sorted by name; ends with a NULL name. */
extern const embedded_file embedded_files[];

#endif
