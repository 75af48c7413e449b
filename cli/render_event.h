/* render_event.h: an event of the journal in one line, as text and as JSON. */
#ifndef FERRY_CLI_RENDER_EVENT_H
#define FERRY_CLI_RENDER_EVENT_H

#include "base/calendar.h"
#include "cli/cli.h"
#include "vm/journal.h"

/* What it says, without time and number: "orders.route done: Point GLOBEX at modern". */
void event_words(cli *c, buffer *out, const terminal *t, const zone *z, const journal_event *e);
style event_style(const journal_event *e, const json_document *body);

/* "   12  23:43:10  mark      …" with a line break. */
void event_line(cli *c, buffer *out, const terminal *t, const zone *z, const journal_event *e);
/* One object on one line, as DESIGN §4 `events` has it. `run` is its name. */
void event_json(buffer *out, const journal_event *e, text run);

enum { EVIDENCE_SHOWN = 12 }; /* of a digest in hex: enough to be found by it */

const char *event_name(event_kind k);
/* A member of a body as text; numbers and other values as they stand in JSON; empty where absent.
 */
text body_text(arena *a, const json_document *d, const char *key);

#endif
