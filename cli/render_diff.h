/* render_diff.h: what a pull request must show: what is weaker first. */
#ifndef FERRY_CLI_RENDER_DIFF_H
#define FERRY_CLI_RENDER_DIFF_H

#include "cli/diff.h"

typedef struct {
    const program *old, *new;
    text name;        /* of the migration; empty: data, for all of them */
    const char *note; /* "new", "gone", "the same"; NULL where both are there and differ */
    const diff_list *list;
} diff_page;

void render_diff(buffer *out, const terminal *t, const diff_page *page);
void render_diff_markdown(buffer *out, const diff_page *page);
/* One object of the array that is open. */
void render_diff_json(json_writer *w, const diff_page *page);
void diff_hash(const program *p, buffer *out); /* "3aa071be" */

#endif
