/* plan_rows.h: the lines of a plan as rows for people: in the order of the night, with the words
 * that text, Markdown and the run sheet share.
 *
 * Blocks that say nothing (an element, a playbook, a branch that is decided) give no row; a loop
 * whose rounds run side by side is told by time.
 */
#ifndef FERRY_CLI_PLAN_ROWS_H
#define FERRY_CLI_PLAN_ROWS_H

#include "cli/plan_time.h"

typedef struct {
    const plan_line *line;
    const planned_line *at;
    text about; /* element of the innermost loop */
    bool heading;
    text what, who, back; /* of a heading only `what` */
    text likely, latest;  /* "22:05" inside a window, else since the start: "+2h"; or empty */
} plan_row;

typedef struct {
    plan_row *p;
    size_t n;
} plan_rows;

/* Lives in c->memory. */
void plan_rows_make(cli *c, const planned *plan, plan_rows *out);

/* "sat 22:00 to sun 06:00 Europe/Berlin: Sat 22:00 CET → Sun 06:00 CEST = 7h, not 8h (clocks go
 * forward)", and which occurrence that is. */
text plan_opening(cli *c, const planned_window *w, instant now, const char *arrow);
text plan_start(cli *c, const planned_window *w, instant now); /* "by Thu 22:00 CST: …" */
text plan_sum(cli *c, const planned_window *w); /* "forward … + watch … + way back … = … worst" */
text plan_spare(cli *c, const planned_window *w); /* "; spare 5h12m", ", too long by 10m" */
/* When a line is due: "Thu 18:00 CET", or as it is written; empty where it never is. */
text plan_due(cli *c, const planned *p, const plan_line *l);
text plan_near(cli *c, const zone *z, instant t, instant now);

/* When a role is needed: of its tasks and votes, and whether failures ask it. */
typedef struct {
    const plan_person *person;
    text before, during; /* "+0s to +2d"; "Sat 22:05 to 06:42 CST"; empty where it is not */
    bool away;           /* `during` is not within its hours */
    bool asked;          /* by an `on failure` */
    bool told;           /* by a notify */
} plan_need;

/* One for each role that the migration needs; returns how many. In c->memory. */
size_t plan_needs(cli *c, const planned *plan, instant now, plan_need **out);

/* How a role is reached, beside its members: "phone", "through edi_desk", "after 15m edi_desk", and
 * whether anybody is called at all. */
text plan_reach(cli *c, const plan_person *p);

/* "initech route, globex route": the steps that take the resource; empty where none does. */
text plan_takers(cli *c, const plan_migration *m, const plan_resource *r);

/* A value of plan_line.fields, or the empty text. */
text plan_field_of(const plan_line *l, const char *name);
text plan_length(cli *c, const char *head, duration d); /* "head1h30m"; empty where not known */
text plan_words(const plan_line *l);                    /* title, else name, else what */

#endif
