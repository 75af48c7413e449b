/* rehearsal.c: REHEARSAL: whether this very program was rehearsed, and how long ago.
 *
 * The journal knows, and only the driver reads it: it comes along with the run (host_run). The run
 * that is itself a rehearsal has passed so far; else no first rehearsal could pass a gate that asks
 * for one.
 */
#include "stdlib/connect/connect_parts.h"

#include "base/decimal.h"

operation_job *rehearsal_perform(const operation_request *q, arena *memory, operation_result *r)
{
    host_rehearsed found = {.known = q->rehearsal, .passed = true, .ended = q->now};
    if (!q->rehearsal && q->rehearsed.ask != NULL)
        found = q->rehearsed.ask(q->rehearsed.self, q->rehearsed.run_index);
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    if (found.known) {
        json_put_key(&w, "age");
        json_put_decimal(&w, q->now > found.ended ? q->now - found.ended : 0, SCALE_SECONDS);
    }
    json_add_bool(&w, "passed", found.known && found.passed);
    json_object_end(&w);
    *r = (operation_result){.status = OUTCOME_OK, .result = text_copy(memory, buffer_view(&b))};
    buffer_release(&b);
    return NULL;
}
