/* compare.h: did two systems say the same thing?
 *
 * Two sets of files, legacy and modern, are taken apart into documents (an X12 transaction set, a
 * JSON file or one element of it, a CSV file or one row of it, a text), documents are paired by
 * business key and never by their place in a queue, and each pair is compared as a tree. What
 * differs is classed: a defect; noise, which the built-in table knows to carry no meaning and which
 * was still validated (a control number that differs is still a number and still agrees with its
 * trailer); or constrained, which the user's rule allows within its bounds. A pair matches when it
 * has no defect. Nothing that modern alone has wrong (a fault of the envelope, a repeated control
 * number) is noise; what legacy has wrong in the same way is not held against modern.
 */
#ifndef FERRY_STDLIB_COMPARE_H
#define FERRY_STDLIB_COMPARE_H

#include "base/json.h"
#include "base/pattern.h"
#include "stdlib/document/document.h"
#include "stdlib/fixed/fixed_layout.h"

typedef struct {
    text name; /* as shown, and for pairing: the path relative to the compared folder */
    text bytes;
} compare_file;

typedef struct {
    const compare_file *file; /* any order; they are taken in order of name */
    size_t files;
} compare_input;

/* What a value must still be where a `constrain` rule lets it differ (bounds.def). */
typedef enum {
#define BOUND(id, word, argument, meaning) BOUND_##id,
#include "bytecode/bounds.def"
#undef BOUND
    BOUND_COUNT
} compare_bound;

const char *compare_bound_word(compare_bound b);
/* Does the modern value keep to the bound? Bounds over all documents (increasing, consecutive,
 * unique), over lists (like) and those with an argument hold here for any value that is there. */
bool compare_within(compare_bound b, text legacy, text modern);
/* Bounds under which the value says the same: same_number, cents, same_date, same_moment. */
bool compare_bound_keeps_value(compare_bound b);
/* By its last word: "unit_price", "TotalAmount". */
bool compare_is_money(text name);

typedef struct {
    text ref; /* as in compare_options.ignore */
    compare_bound bound;
    text argument;       /* of bounds that have one; empty where it is missing */
    const pattern *form; /* of BOUND_MATCHES */
    uint32_t least;      /* of BOUND_LIKE: elements */
} compare_constraint;

/* "same_date", "matches([A-Z]{3}-\d+)", "like(2)": what stands in the parentheses is taken as it
 * is. Fills all but the reference; false and a message where there is no such bound. */
bool compare_bound_read(arena *a, text bound, compare_constraint *out, text *message);
/* Does the modern value keep to the bound, with its argument? */
bool compare_keeps(const compare_constraint *k, text legacy, text modern);

/* A value that means the same on both sides, at a place or wherever it stands. */
typedef struct {
    text legacy, modern;
    text ref; /* empty: everywhere */
} compare_mapping;

/* References name a place in a document without its indices:
 *     X12    "BEG05", "PO102", "SVC01-2" (a component), "N1" (every element of that segment);
 *     EDIFACT, TRADACOMS  "BGM02", "NAD02-1" (a component), "UNB05", "FTX";
 *     JSON   "$.order.id", "$.items[*].price"; a path names all that is below it; as a key also a JSON pointer, "/order/id";
 *     XML    "/Invoice/cbc:ID", "//Order/@id", "/Orders/Order[*]/ID" (xml.h); "Price" is "//Price";
 *     CSV    the name of a column;
 *     fixed  "6.amount" (a field of a record of the layout), "6" (all of that record).
 * A reference that fits no document of the kind at hand does nothing there. Money has no tolerance:
 * where a value is money (compare_money.def), a bound under which the amount could change does not
 * hold.
 */
typedef struct {
    /* The business key: those of these references that a document has, joined by "/". A JSON or
     * XML path with [*] makes every element of that list a document; a CSV column makes every row
     * one. None: X12 by the number its transaction set is known by (BEG03, BIG02, …), XML of a
     * known standard by its document's number, within files of the same name first; everything else
     * by file name. With one file on each side names do not count. What is left, and what shares a
     * key or a file with others, is paired by content (compare_content.h). */
    const text *key;
    size_t keys;
    const text *ignore; /* what differs there is noise, whatever it is */
    size_t ignores;
    const compare_constraint *constrain;
    size_t constraints;
    const compare_mapping *map;
    size_t maps;
    const text *unordered; /* lists and loops whose order means nothing: "$.items", "N1" */
    size_t unordereds;
    document_kind kind;         /* KIND_UNKNOWN: told from each file's bytes */
    const fixed_layout *layout; /* of files of fixed records that are not told; may be NULL */
    size_t held;                /* for compare_each_file; 0: COMPARE_HELD */
} compare_options;

typedef enum { CLASS_DEFECT, CLASS_NOISE, CLASS_CONSTRAINED } compare_class;
typedef enum {
    VERDICT_MATCHED,
    VERDICT_DIFFERENT,
    VERDICT_MISSING,   /* legacy has it, modern does not */
    VERDICT_EXTRA,     /* modern has it, legacy does not */
    VERDICT_DUPLICATE, /* modern has it more often than legacy */
    VERDICT_UNREADABLE,
    VERDICT_COUNT
} compare_verdict;
/* What says that two documents are one. */
typedef enum {
    EVIDENCE_KEY,     /* their business key */
    EVIDENCE_FILE,    /* the name of the file */
    EVIDENCE_CONTENT, /* what they say: of several that share a key or a file, or of all that is
                         left */
    EVIDENCE_PLACE,   /* their place in the same file among as many of their type, where no two
                         are alike */
    EVIDENCE_COUNT
} compare_evidence;
const char *compare_evidence_word(compare_evidence e);

const char *compare_class_word(compare_class c);     /* "defect" */
const char *compare_verdict_word(compare_verdict v); /* "matched" */

typedef struct {
    text path;           /* "ST[1].PO1[2].02", "$.items[2].price", "row[4].amount", "line[7]" */
    text legacy, modern; /* masked (comply_mask.h); an absent side has p == NULL */
    compare_class class;
    text rule;  /* what made it that class: "x12.date", "ignore ISA09", "BEG05 same_date"; of a
                   defect what was broken: "value", "missing", "extra", "order", "fault 001" */
    text ref;   /* the reference that a rule would name the place by: "BEG05", "$.items[*].price" */
    bool money; /* an amount stands there */
} compare_difference;

enum { COMPARE_MOST = 1000 }; /* differences kept of one pair */

typedef struct {
    text key; /* "850 4711", "prices.json"; masked */
    compare_verdict verdict;
    document_kind kind;
    text type;                      /* "850"; empty where the kind has none */
    text legacy_file, modern_file;  /* masked; p == NULL where there is none */
    text legacy_name, modern_name;  /* the same as they are: to find them, not to show them */
    compare_evidence evidence;      /* of two documents */
    unsigned alike;                 /* by content: how much they share, in percent */
    compare_difference *difference; /* legacy order; defects of the envelope first */
    size_t differences;
    size_t omitted; /* found beyond COMPARE_MOST and not kept */
    size_t defects; /* kept or not */
} compare_pair;

typedef struct {
    text rule;
    compare_class class;
    uint64_t count; /* how many differences it made noise or constrained; 0 for a rule of the user
                       that never applied */
    uint64_t pairs; /* in how many pairs. An `ignore` that applied in all of them has compared
                       nothing: a bound would still check something */
    uint64_t money; /* of an `ignore`: amounts that differed and were hidden */
    bool blind;     /* an `ignore` that applied in every pair, of two or more */
    size_t last;    /* of the run: the pair it applied to last */
} compare_use;

typedef struct {
    uint64_t compared; /* the sum of the six below */
    uint64_t matched, different, missing, extra, duplicate, unreadable;
    uint64_t by_content, by_place; /* paired so */
    bool keyless;       /* keys were asked for, and no document has one of them */
    int64_t match;      /* matched of compared, percent at SCALE_PERCENT; QUANTITY_NA of none */
    compare_pair *pair; /* in order of legacy's files and places, then what only modern has; NULL
                           where they went to a sink */
    size_t pairs;
    compare_use *use; /* by name */
    size_t uses;
} compare_result;

/* Compares. Never fails: what cannot be read becomes a pair with verdict unreadable and its fault
 * as its difference. The result and its texts live in `a` and in the bytes of the inputs. The same
 * inputs in any order give the same result, byte for byte. */
void compare_run(arena *a, const compare_options *options, const compare_input *legacy,
                 const compare_input *modern, compare_result *out);

/* A file that is read when it is needed. */
typedef struct {
    text name; /* as in compare_file */
    text path; /* followed by a NUL */
    size_t size;
} compare_path;

typedef struct {
    const compare_path *file; /* any order */
    size_t files;
} compare_paths;

/* Told of each pair as soon as it is compared, in order. The pair and its texts last until `pair`
 * returns. `done` of `all` pairs are behind it. */
typedef struct {
    void (*pair)(void *context, const compare_pair *p, size_t done, size_t all);
    void *context;
    /* May be NULL. Of `all` bytes of files, `done` were read for their keys; first with none done.
     * From the thread that read them, one call at a time, and only of files on the disk. */
    void (*read)(void *context, size_t done, size_t all);
    bool only_defects;   /* what is noise or constrained is counted by rule and not kept: a million
                            documents that differ in their envelopes cost no text */
    bool only_different; /* no names are asked of a pair that matched: its key and its files' masked
                            names are empty. Masking them took a quarter of comparing X12 */
} compare_sink;

/* Likewise, keeping no pair: what is in memory is the inputs, what their readers made of them, and
 * one pair. */
void compare_each(arena *a, const compare_options *options, const compare_input *legacy,
                  const compare_input *modern, const compare_sink *sink, compare_result *out);

/* Bytes of files, and of what their readers make of them, that are in memory at once for a side;
 * one file may be more than that. */
#define COMPARE_HELD ((size_t)128 << 20)

/* Likewise, of files on the disk, a side in a thread of its own. All are read once for the keys of
 * their documents; where they are more than COMPARE_HELD they are let go of and read again for
 * their pairs, so that memory grows only with the number of documents. A file that is another then,
 * or cannot be read, is unreadable. Files beyond FILE_COPIED (source.h) are mapped. */
void compare_each_file(arena *a, const compare_options *options, const compare_paths *legacy,
                       const compare_paths *modern, const compare_sink *sink, compare_result *out);

/* DESIGN's `compare` JSON: an element of `pairs`; the members beside `pairs`, into an object that
 * is open. `match` is a number in percent: 99.5. */
void compare_write_pair(json_writer *w, const compare_pair *p);
void compare_write_sums(json_writer *w, const compare_result *r);

#endif
