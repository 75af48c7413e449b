/* format.h: what a kind of document brings along, one row a kind.
 *
 * A format is told from bytes, read into whatever its reader makes of a file, and described. What
 * comparing needs of it is a second row, in compare_parts.h: who only inspects does not meet it.
 * The rows stand in format.c; the functions in them belong to the files of the format.
 */
#ifndef FERRY_STDLIB_FORMAT_H
#define FERRY_STDLIB_FORMAT_H

#include "base/json.h"
#include "stdlib/document/document.h"
#include "stdlib/document/encoding.h"

/* fixed_layout.h has the rest: only who reads fixed records looks into one. */
typedef struct fixed_layout fixed_layout;

/* One file, read. Everything points into `bytes` or lives in the arena it was read with. */
typedef struct {
    text name;
    const char *path; /* where it is; NULL: it is no file */
    text bytes;       /* as it came, or decoded into UTF-8 */
    encoding encoding;
    const encoded *decoded;     /* NULL where `bytes` are as they came */
    const fixed_layout *layout; /* of fixed records: the one given, or the one that was told */
    document_kind kind;
    bool outlined; /* asked of the reader: where it can, what is compared as a whole keeps no parts
                    */
    void *content; /* of the format's own type: x12_file, csv_table, …; NULL where it has none, or
                      where the file is not of that kind after all */
    const document_fault *fault; /* by offset; messages may quote the file: mask them (mask.h) */
    uint32_t faults, faults_omitted;
    const document_fault *broken; /* why nothing in it can be compared; NULL: something can */
} document_file;

/* One document of a file, as a line of a list: a transaction set, a message, a batch. */
typedef struct {
    text type, control;
    size_t size;
    const char *unit; /* what `size` counts, in the plural: "segments" */
} document_part;

/* A member may be NULL where a format has nothing to say. */
typedef struct {
    /* Tells the kind by the first few thousand bytes, without a byte order mark; `whole` when the
     * file ends with them. Blanks around it are the format's to skip. Never allocates. */
    bool (*is)(text head, bool whole);
    /* Fills in content, faults and `broken` of a file whose name, bytes and kind are there. */
    void (*read)(arena *a, document_file *f);
    /* Adds what is wrong inside of its documents to the faults that reading found; asked by who
     * inspects a file, not by who compares it. */
    void (*check)(arena *a, document_file *f);
    /* How much there is of it, for a line of text: "2 groups, 1 transaction". */
    void (*summarise)(const document_file *f, buffer *out);
    /* Its documents, in order; returns how many. */
    uint32_t (*parts)(arena *a, const document_file *f, document_part **out);
    /* What its documents say that is worth a line of text each: which groups an acknowledgment
     * accepts. Returns how many. */
    uint32_t (*tell)(arena *a, const document_file *f, text **out);
    /* Its own members of DESIGN's `files` element, into the object that is open. */
    void (*describe)(arena *a, json_writer *w, const document_file *f);
} document_format;

const document_format *format_of(document_kind k);

/* The first kind whose `is` says so, in the order of DOCUMENT_KINDS; else text when it is UTF-8 or
 * Latin-1 without control characters, else bytes. */
document_kind document_kind_of(text bytes);
/* The same for bytes that are compared as data: a contract is what it is written in. */
document_kind document_data_kind_of(text bytes);

/* Reads a file of that kind, or of the kind its bytes tell (KIND_UNKNOWN). Never fails. */
void document_read(arena *a, text name, text bytes, document_kind kind, document_file *out);
/* The same of a file whose records may be those of a layout: where the kind is unknown and its
 * first record is one of them, it is. layout may be NULL; so may path, and then nothing beside the
 * file is read. */
void document_read_at(arena *a, text name, const char *path, text bytes, document_kind kind,
                      const fixed_layout *layout, document_file *out);

/* The same, told as data where its kind is unknown, not as a contract about data. */
void document_read_data(arena *a, text name, text bytes, document_kind kind,
                        const fixed_layout *layout, document_file *out);

/* The same for who compares it whole: `outlined`. */
void document_read_outline(arena *a, text name, text bytes, document_kind kind,
                           const fixed_layout *layout, document_file *out);

/* Where an offset in `bytes`, as faults have it, is in the file as it came. */
size_t document_offset(const document_file *f, size_t offset);

/* After document_read: what the format's `check` finds, too. */
void document_check(arena *a, document_file *f);

/* "ZIP archive": what bytes are that hold other files (container.def); NULL: none of those. */
const char *format_container(text bytes);

/* For `describe`: a member, trimmed and masked; a member that is a count. */
void format_put(arena *a, json_writer *w, const char *key, text value);
void format_put_number(json_writer *w, const char *key, size_t value);

/* The rows that formats fill, each in a file of its own. */
extern const document_format x12_format, edifact_format, tradacoms_format, json_format,
    openapi_format, wsdl_format, schema_format, xml_format, yaml_format, csv_format, fixed_format;

#endif
