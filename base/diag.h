/* diag.h: diagnostics as data.
 *
 * Passes report a user's fault here and go on; nothing prints but cli/, which renders the same
 * structure as text, JSON or SARIF. Codes, levels and explanations have one home: diagnostics.def.
 * A message is lower case without a full stop, names what was found and what was expected, and
 * never says "illegal". One fault gives one diagnostic: a pass that meets an already reported error
 * node or error type stays silent (no cascades).
 */
#ifndef FERRY_BASE_DIAG_H
#define FERRY_BASE_DIAG_H

#include "base/source.h"

typedef enum { LEVEL_ERROR, LEVEL_WARNING } diag_level;

typedef enum {
#define DIAG(code, level, title, explanation) DIAG_##code,
#include "base/diagnostics.def"
#undef DIAG
    DIAG_COUNT
} diag_code;

typedef struct {
    const char *code; /* "E0412" */
    diag_level level;
    const char *title;       /* one line for lists */
    const char *explanation; /* what `ferry explain` shows: Markdown, several paragraphs, an example
                                that fails and one that passes */
} diag_entry;

extern const diag_entry diag_table[DIAG_COUNT];

typedef struct {
    span at;
    text what;
} diag_label;

typedef struct {
    span at; /* replaced by `with`; an empty span inserts */
    text with;
} diag_edit;

typedef struct {
    text what;
    VEC(diag_edit) edits; /* empty when the help is only words; applied all together */
} diag_help;

typedef struct {
    diag_code code;
    span at;
    text message;
    VEC(diag_label) labels;
    VEC(text) notes;
    VEC(diag_help) helps;
} diagnostic;

typedef struct {
    arena *memory;
    VEC(diagnostic *) list;
    unsigned errors, warnings;
    bool full; /* DIAG_MOST reached; the rest was not recorded */
} diagnostics;

enum { DIAG_MOST = 200 };

void diag_init(diagnostics *d, arena *memory);
void diag_release(diagnostics *d);

/* Records a diagnostic and returns it for labels, notes and help. Never NULL: past DIAG_MOST a
 * scratch one is returned and counted. */
diagnostic *diag_add(diagnostics *d, diag_code code, span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_label_add(diagnostics *d, diagnostic *g, span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_note(diagnostics *d, diagnostic *g, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Help in words. */
void diag_help_add(diagnostics *d, diagnostic *g, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Takes all help back, in words and in edits. */
void diag_help_clear(diagnostic *g);
/* Help with one edit that a machine may apply; more edits of the same help by diag_edit_more. */
void diag_suggest(diagnostics *d, diagnostic *g, span at, text with, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void diag_edit_more(diagnostics *d, diagnostic *g, span at, text with);

/* Releases one that was taken off the list; the arena keeps its texts. */
void diagnostic_release(diagnostic *g);
/* Forgets what was recorded behind the first `keep` and takes over all of `from`, which is empty
 * then; both have the same memory. */
void diag_replace(diagnostics *d, size_t keep, diagnostics *from);

/* Sorts by place (file, start), errors before warnings at one place: the order in which they are
 * shown. */
void diag_sort(diagnostics *d);
const diag_entry *diag_find(text code); /* "E0412", any case; NULL when there is none */

#endif
