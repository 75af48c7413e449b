/* render_plan.h: the reviewer's hour: what a migration would do, when, and how far the way back is.
 */
#ifndef FERRY_CLI_RENDER_PLAN_H
#define FERRY_CLI_RENDER_PLAN_H

#include "cli/plan_time.h"

/* What every form of the plan needs. */
typedef struct {
    const program *of;
    const planned *plan;
    instant now; /* from when windows were looked for */
    text git;    /* "81f2c1e clean"; empty where nobody knows */
} plan_page;

void render_plan(cli *c, buffer *out, const terminal *t, const plan_page *page);
/* For a pull request: GitHub's Markdown. */
void render_plan_markdown(cli *c, buffer *out, const plan_page *page);
/* A Mermaid flowchart. */
void render_plan_mermaid(cli *c, buffer *out, const plan_page *page);
/* Paper for the night, in pages with form feeds between them. */
void render_runsheet(cli *c, buffer *out, const plan_page *page);
/* Its tasks, as `done --from` takes them back. `head`: with the names of the columns. */
void render_runsheet_csv(cli *c, buffer *out, const plan_page *page, bool head);
/* One object of the array that is open. */
void render_plan_json(json_writer *w, const plan_page *page);

#endif
