/* source.h: the files of one compilation, in one address space.
 *
 * Every file (Ferry source, YAML, CSV, the standard library) is given a range of 32-bit positions,
 * one after the other. A span is two positions, so eight bytes name a file and a place in it; line
 * and column are computed only when something is shown. Position 0 is nobody's: a zeroed span means
 * "no place".
 */
#ifndef FERRY_BASE_SOURCE_H
#define FERRY_BASE_SOURCE_H

#include "base/text.h"
#include "base/vec.h"

typedef struct {
    uint32_t start, end; /* half-open */
} span;

typedef struct {
    text name;      /* as it is shown: relative to the folder of the root file */
    text bytes;     /* followed by two NUL bytes that do not count (flex scans in place) */
    uint32_t base;  /* position of the first byte */
    uint32_t *line; /* offset in bytes of the start of each line; made when first asked for */
    uint32_t lines;
    bool embedded; /* part of the tool, not of the project */
} source;

typedef struct {
    arena *memory;
    VEC(source *) files; /* pointers, so that a source stays where it is */
    uint32_t next;
} source_map;

typedef struct {
    const source *file;
    uint32_t line, column;         /* from 1; column in bytes */
    uint32_t end_line, end_column; /* of the end, exclusive */
    uint32_t start, end;           /* offsets in the file */
} place;

enum {
    SOURCE_LARGEST = 64 << 20
}; /* bytes of one file; a larger one is refused before it is read */

void source_map_init(source_map *m, arena *memory);
void source_map_release(source_map *m);

/* Adds a file with a copy of its bytes. NULL when the 32-bit space is full or the file is larger
 * than SOURCE_LARGEST. */
source *source_add(source_map *m, text name, text bytes);
/* As source_add without a copy: the bytes live as long as the map and are followed by two NUL bytes
 * that do not count, as file_load gives them. */
source *source_take(source_map *m, text name, text bytes);
const source *source_of(const source_map *m, uint32_t position); /* NULL for position 0 */
place source_place(const source_map *m, span s);  /* file is NULL where there is no place */
text source_text(const source_map *m, span s);    /* the bytes of a span within one file */
text source_line(const source *s, uint32_t line); /* without its line break; line from 1 */

typedef enum {
    LOAD_OK,
    LOAD_MISSING,
    LOAD_DENIED,
    LOAD_NOT_A_FILE,
    LOAD_TOO_LARGE,
    LOAD_FAILED
} load_status;

/* Reads a whole regular file of at most `limit` bytes into the arena, followed by two NUL bytes
 * that do not count. */
load_status file_load(arena *a, const char *path, size_t limit, text *out);

enum { FILE_COPIED = 64 << 20 };
/* A file that comes from others: copied (file_load) up to FILE_COPIED bytes, because it may still
 * be written to, and mapped beyond: the file's own pages, without bytes behind the last, so that
 * memory stays bounded by what is looked at. A mapped file that another process cuts off meanwhile
 * ends this one with SIGBUS: for large files that are complete, not for a journal. */
load_status file_view(arena *a, const char *path, size_t limit, text *out, bool *mapped);
void file_unmap(text bytes); /* gives back what was mapped; else until the process ends */
/* Whether file_view could read it now, and how many bytes it has. */
load_status file_probe(const char *path, size_t limit, size_t *size);
/* Whether two paths lead to one file or folder. */
bool file_is_same(const char *path, const char *other);
/* Its first bytes, at most n. */
load_status file_head(arena *a, const char *path, size_t n, text *out);
/* Writes all bytes to where the descriptor stands; false with errno where it cannot. What makes a
 * file whole or durable (a temporary name, fsync) is the caller's. */
bool file_put(int fd, text bytes);
/* The name of a file beside `path`, of the same ending, that is near enough to be what was meant;
 * empty when there is none. */
text file_nearest(arena *a, text path);
/* Whether it is a regular file that begins with these bytes, at most 16: asked before a file is
 * read for what it is. */
bool file_starts(const char *path, text prefix);
/* What went wrong, to stand behind "cannot read PATH: ". */
const char *load_status_text(load_status s);

#endif
