/* compare_parts.h: what the files of the comparison share. Not for use outside of compare*.c. */
#ifndef FERRY_STDLIB_COMPARE_PARTS_H
#define FERRY_STDLIB_COMPARE_PARTS_H

#include "base/vec.h"
#include "stdlib/compare/compare.h"
#include "stdlib/compare/prove_parts.h"
#include "stdlib/comply/comply_mask.h"
#include "stdlib/document/format.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { WHOLE = UINT32_MAX };

/* One document of a file: the unit of pairing. */
typedef struct {
    const document_file *from;
    text type;     /* "850", "TA1"; empty where the kind has none */
    text key;      /* business key; empty: none */
    text list;     /* of an element of a list that was taken apart: the reference "$.items[*]" */
    uint32_t part; /* what the format counts: transaction set, node, row; WHOLE: all of the file */
    uint32_t interchange;      /* of formats that have them */
    uint32_t partner;          /* index on the other side, or WHOLE */
    uint32_t blame;            /* of modern: its first in comparison.blames, or WHOLE */
    compare_evidence evidence; /* of the partner */
    uint8_t alike;             /* by EVIDENCE_CONTENT: percent */
    bool again;                /* of modern: without a partner, and one with its key has one */
    uint32_t group;            /* functional group; WHOLE: none */
    uint32_t print;            /* of type and key: equal where they are */
} unit;

typedef VEC(unit) unit_list;

/* Hashes of the values of a document and of where they stand, in its order. */
typedef VEC(uint64_t) content_values;

/* Where the bytes of a file come from, and whether they are there. */
typedef struct {
    text path;  /* p == NULL: they were given and stay */
    text given; /* or, while it is open, as they came: before any decoding */
    size_t size;
    uint64_t print; /* of them, made when they were let go of first; 0: not yet */
    bool open, mapped;
    const document_fault *broken; /* that of the document_file, where it outlives it */
} origin;

/* Files that were opened one after the other and are let go of together. */
typedef struct {
    arena memory;
    VEC(uint32_t) files;
    size_t mapped; /* bytes */
} shelf;

/* A value that must stand in a relation to those of other documents: a control number. */
typedef struct {
    text stream; /* ISA05 to ISA08 for envelopes; else empty */
    text value;
    uint32_t at; /* unit */
} sampled;

typedef VEC(sampled) sampled_list;

typedef struct {
    arena *memory;       /* of what outlives its files: keys, sampled_list */
    document_file *file; /* in order of name */
    origin *origin;      /* by file */
    size_t files;
    VEC(shelf) shelves;
    size_t oldest; /* of the shelves: the first that is not empty */
    size_t held;   /* bytes on all of them */
    unit *unit;
    size_t units;
    sampled_list *samples; /* by comparison.sequences */
} side;

/* A value to be sampled for compare_sequences. */
typedef struct {
    text ref;
    document_kind kind;          /* KIND_UNKNOWN: of any */
    const compare_constraint *k; /* NULL: no rule asks for it, the standard does */
} sequence;

/* What is wrong with a modern document beside others: a control number that falls. */
typedef struct {
    compare_difference difference;
    uint32_t next; /* of the same document, or WHOLE */
} blame;

/* What the envelopes of the last pair came to, all of it noise, by rule. Documents travel by the
 * hundred in the same two envelopes, which are compared once. */
typedef struct {
    const document_file *l, *m; /* NULL: nothing is known */
    uint32_t of_l[2], of_m[2];  /* interchange and group */
    VEC(compare_use) uses;      /* what each of comparison.uses grew by: count and money */
} envelopes;

/* How much of all files was read for keys, by whichever thread. */
typedef struct {
    const compare_sink *sink;
    size_t all;
    atomic_size_t done;
    atomic_flag telling; /* a thread is: others need not wait to tell */
} reading;

typedef struct {
    arena *memory;  /* of the run */
    arena *kept;    /* of what is reported of the pair at hand; cleared when a sink has had it */
    arena *scratch; /* of the pair at hand: trees, alignments; cleared after it */
    const compare_options *options;
    sequence *sequence; /* in order of the rules, those of standards last */
    size_t sequences;
    side legacy, modern;
    VEC(compare_use) uses;
    VEC(blame) blames;
    const compare_sink *sink;
    reading *reading;      /* NULL: nobody asked */
    comply_masker *masker; /* once a value was shown */
    text stands[2];        /* of a value that is shown decoded: as it stands in its file */
    compare_result *out;
    /* Of the pair at hand. */
    VEC(compare_difference) differences;
    size_t found, omitted, defects; /* found: also what is only counted */
    buffer path;
    const unit *l, *m;
    size_t turn; /* pairs that this comparison has looked at, with the one at hand */
    envelopes envelopes;
    struct table_pair *tables; /* compare_table.h: of the two files that were looked at last */
} comparison;

/* Where a value stands, for rules: an X12 element, or a column (CSV); others go by path. */
typedef struct {
    text tag;
    uint32_t element, component; /* 0: all of it */
} place_ref;

/* What comparing needs of a format: one row a kind, in compare_load.c. A member may be NULL. */
typedef struct {
    /* Adds the documents of a file (unit_add); false: it is one document. */
    bool (*split)(comparison *c, const document_file *f, unit_list *list);
    /* The value a reference names in a document; p == NULL where there is none. */
    text (*value)(arena *a, const unit *u, text ref);
    /* The business key a document is known by when the user names none. */
    text (*key)(const unit *u);
    /* The functional group a document is in, or WHOLE; NULL: the format has none. */
    uint32_t (*group)(const unit *u);
    /* Does a rule's reference name that place? NULL: by the path, as in JSON. */
    bool (*applies)(comparison *c, text ref, const place_ref *at);
    /* Compares the pair at hand. NULL: line by line. */
    void (*compare)(comparison *c);
    /* Pairs may be compared side by side: nothing of a document changes when it is looked at. */
    bool apart;
    /* Compares two records whose bytes differ. */
    void (*record)(comparison *c, text legacy, text modern);
    /* Does an amount of money stand there? NULL: by the last name of the path. */
    bool (*money)(const place_ref *at);
    /* The noise of siblings without order that stand in another; NULL: "unordered". */
    const char *order;
    /* Adds what a document of a file that is not broken says. */
    void (*content)(arena *a, const unit *u, content_values *out);
    /* Adds where defects can be put into a file that is not broken. */
    void (*places)(arena *a, const document_file *f, prove_places *out);
    /* Makes the counts right that an edit made wrong. */
    text (*repair)(arena *a, const compare_options *o, text bytes);
} compare_format;

extern const compare_format x12_compare, edifact_compare, json_compare, yaml_compare, xml_compare,
    csv_compare, fixed_compare, lines_compare, bytes_compare;
const compare_format *compare_format_of(const unit *u);

/* compare.c: what a comparison has of its own, beside arenas and what it is to compare. The other
 * members stay as they are. */
void comparison_init(comparison *c);
void comparison_release(comparison *c);

/* compare_pairs.c: compares all pairs and hands them over. */
void compare_pairs(comparison *c);

/* compare_load.c */
void compare_load(comparison *c, const compare_input *in, side *out, bool modern);
/* Files on the disk, each side in its arena; legacy in another thread where that pays. */
void compare_load_paths(comparison *c, const compare_paths *legacy, const compare_paths *modern);
/* compare_files.c */
/* What of a document's file is looked at beyond name, kind and whether it is broken is there after
 * this, and until another of the same side is opened. */
void unit_open(comparison *c, const unit *u);
/* Likewise of a pair, either of which may be NULL, and until they are let go: those that were held
 * before stay, too. */
void units_hold(comparison *c, const unit *l, const unit *m);
/* Whether they can be held, too, without more of a side than is to be. */
bool units_fit(comparison *c, const unit *l, const unit *m);
void units_let_go(comparison *c);
/* Reads a file as it is compared under these options. */
void file_read(arena *a, const compare_options *o, text name, text bytes, document_file *out);
/* A file, by number, is there after this: while all are looked at, one after the other. */
void side_look(const compare_options *o, side *s, size_t file);
/* Where more is held than is to be, lets go of what was looked at last: the first files are the
 * first to be compared. */
void side_spare(const compare_options *o, side *s);
void side_release(side *s);
/* Adds a document of a file under its key: the user's, or the format's own. */
void unit_add(comparison *c, unit_list *list, unit u);
/* The value a reference names in a document; p == NULL where there is none. */
text unit_value(arena *a, const unit *u, text ref);
/* compare_x12_units.c: "BEG05", "SVC01-2", "N1"; false when it is not of that form. */
bool place_read(text ref, place_ref *out);

/* a, the byte between, b; unlike printf it keeps NUL bytes, which partners send. */
text text_joined(arena *a, text first, char between, text second);

/* compare_values.c: members of the rows. */
void compare_x12_content(arena *a, const unit *u, content_values *out);
void compare_edifact_content(arena *a, const unit *u, content_values *out);
void compare_json_content(arena *a, const unit *u, content_values *out);
void compare_xml_content(arena *a, const unit *u, content_values *out);
void compare_csv_content(arena *a, const unit *u, content_values *out);
void compare_fixed_content(arena *a, const unit *u, content_values *out);
void compare_line_content(arena *a, const unit *u, content_values *out);
void compare_byte_content(arena *a, const unit *u, content_values *out);

/* compare_pairing.c: fills `partner`, `evidence`, `alike` and `again`. */
void compare_pair_units(comparison *c);

/* compare_rules.c */
/* Records a difference after asking the user's rules; `class` and `rule` hold where none applies.
 */
void judge(comparison *c, const place_ref *at, text legacy, text modern, compare_class class,
           const char *rule);
/* The rule that lists and elements at that place may have others `like` theirs; NULL: there is
 * none, or another rule comes first. */
const compare_constraint *like_at(comparison *c, const place_ref *at);
/* Records an element that stands on one side only under such a rule. */
void judge_like(comparison *c, const place_ref *at, text legacy, text modern,
                const compare_constraint *k, bool held);
/* compare_faults.c */
/* Does that fault of the unit's file lie where the walk stands: in its envelopes, in its document?
 */
typedef bool fault_lies(const unit *u, uint32_t fault);
typedef struct {
    const unit *unit;
    const document_fault *fault; /* of its file */
    uint32_t n;
} unit_faults;
/* Reports the faults that lie there beyond as many of the same as the other side has there: a
 * defect on the modern side, noise under the rule `of_legacy` on the other. */
void compare_faults(comparison *c, const unit_faults *legacy, const unit_faults *modern,
                    fault_lies *lies, const char *of_legacy);

compare_use *use_add(comparison *c, text rule, compare_class class, uint64_t count);
/* Compares the envelopes of the pair at hand, unless those of the pair before were the same and had
 * nothing to report. */
void compare_envelopes(comparison *c, void (*compare)(comparison *c));
/* Does a rule's reference name the place where the walk stands? */
bool rule_applies(comparison *c, text ref, const place_ref *at);
/* Rules as they are shown: "ignore ISA09", "BEG05 same_date", "map EA". */
text rule_name_ignore(arena *a, text ref);
text rule_name_bound(arena *a, const compare_constraint *k);
text rule_name_map(arena *a, const compare_mapping *m);
/* prove_fixed.c */
void compare_fixed_places(arena *a, const document_file *f, prove_places *out);
text compare_fixed_repair(arena *a, const compare_options *o, text bytes);
/* prove_plain.c */
void compare_json_places(arena *a, const document_file *f, prove_places *out);
void compare_csv_places(arena *a, const document_file *f, prove_places *out);
void compare_line_places(arena *a, const document_file *f, prove_places *out);
/* compare_money.c: is that difference one of money? */
bool compare_at_money(const comparison *c, const place_ref *at, text legacy, text modern);
/* compare_bounds.c */
/* Are two plain decimals the same number: [-]digits[.digits]. */
bool same_decimal(text a, text b);
bool is_decimal(text t);

/* compare_moment.c */
/* One day and time in two forms or zones; both with a zone, or both without. */
bool compare_same_moment(text l, text m);
/* Likewise, and both are certainly moments: as RFC 3339 or XML Schema write them, with a zone. */
bool compare_is_moment(text l, text m);

/* compare_tree.c: walks two trees and hands records to their format. */
void compare_trees(comparison *c, const document_tree *l, const document_tree *m, text root);
/* Of trees with `open`, which only then need more than their nodes. */
void compare_opened(comparison *c, document_tree *l, document_tree *m, text root);
/* Path handling: returns the length to give back to path_cut. */
size_t path_add(comparison *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void path_cut(comparison *c, size_t n);

/* compare_order.c: what must hold from one modern document to the next, into `blames`. Before
 * loading, what is to be sampled is listed; while loading, each file's documents are, `n` of them
 * from `first` on. */
void compare_list_sequences(comparison *c);
void compare_sample(comparison *c, side *s, bool modern, size_t first, const unit *u, size_t n);
void compare_sequences(comparison *c);

#endif
