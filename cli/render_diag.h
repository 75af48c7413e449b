/* render_diag.h: diagnostics as text for people and as JSON for machines.
 *
 * The text is laid out as compilers of the rustc family do it: code and message, place, the source
 * line with its primary span under carets and its secondary spans under dashes, notes, then help
 * with the line as it would read. One structure (base/diag.h) feeds both forms.
 */
#ifndef FERRY_CLI_RENDER_DIAG_H
#define FERRY_CLI_RENDER_DIAG_H

#include "base/diag.h"
#include "base/json.h"
#include "cli/term.h"

typedef struct {
    const source_map *sources;
    const terminal *t;
    text folder; /* put before names of project files: "examples/acme/", or empty */
} diag_view;

/* At most `most` of them (0: all), with a line that says how many are not shown. Sorted ones. */
void render_diagnostics(buffer *out, const diag_view *v, const diagnostics *d, size_t most);

/* The objects of DESIGN's `check`, as elements of the array that is open. */
void render_diagnostics_json(json_writer *w, const diag_view *v, const diagnostics *d);

/* --- parts, shared by the files of this header -------------------------------------------------
 */

typedef struct {
    uint32_t line;   /* from 1 */
    size_t from, to; /* bytes in the line; from == to marks the place before `from` */
    bool primary;
    text label;
} snippet_mark;

/* Lines of one file with their marks, in order of lines; gaps are shown as "...". `gutter` is the
 * width of the column of line numbers. Sorts the marks. */
void render_snippet(buffer *out, const diag_view *v, const source *file, snippet_mark *marks,
                    size_t n, int gutter, diag_level level);
/* One line with its number: "12 | words". */
void render_source_line(buffer *out, const diag_view *v, int gutter, uint32_t line, text words);
/* "   | ", or with another sign in place of the bar. */
void render_gutter(buffer *out, const diag_view *v, int gutter, const char *sign);
size_t render_column(text line, size_t byte); /* display column of a byte, tabs expanded */
void render_file_name(buffer *out, const diag_view *v, const source *file);

#endif
