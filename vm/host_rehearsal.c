/* host_rehearsal.c: a virtual clock over the live host. */
#include "vm/host_rehearsal.h"

#include "base/decimal.h"
#include "bytecode/vocabulary.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>

struct host_rehearsal {
    host_live *live;
    bool ask;
    instant offset; /* of the virtual clock against the monotonic one */
};

static instant monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

host_rehearsal *host_rehearsal_new(const operation_entry *table, size_t n, instant start, bool ask)
{
    host_rehearsal *r = calloc(1, sizeof *r);
    if (r == NULL)
        memory_exhausted();
    r->live = host_live_new(table, n, true);
    r->ask = ask;
    r->offset = start - monotonic();
    return r;
}

void host_rehearsal_free(host_rehearsal *r)
{
    if (r == NULL)
        return;
    host_live_free(r->live);
    free(r);
}

static void serve(void *self, uint32_t run_index, const host_run *run)
{
    host_live_serve(((host_rehearsal *)self)->live, run_index, run);
}

static void submit(void *self, uint32_t run_index, const vm_output *out)
{
    host_live_submit(((host_rehearsal *)self)->live, run_index, out);
}

static instant now(void *self)
{
    return monotonic() + ((host_rehearsal *)self)->offset;
}

static size_t wait_or_jump(void *self, instant until, int wake_fd, host_answer *answers,
                           size_t most)
{
    host_rehearsal *r = self;
    instant at = now(r);
    duration left = until == QUANTITY_MAX ? QUANTITY_MAX : until > at ? until - at : 0;
    size_t n = host_live_wait(r->live, host_live_busy(r->live) ? left : 0, wake_fd, answers, most);
    if (n != 0 || host_live_busy(r->live))
        return n;
    if (until == QUANTITY_MAX) /* nothing to jump to: a command, or a signal */
        return host_live_wait(r->live, QUANTITY_MAX, wake_fd, answers, most);
    if (until > now(r))
        r->offset = until - monotonic();
    return 0;
}

static void close_live(void *self)
{
    host_live_close(((host_rehearsal *)self)->live);
}

host host_rehearsal_host(host_rehearsal *r)
{
    return (host){.self = r,
                  .mode = "rehearsal",
                  .people = r->ask ? PEOPLE_HOLD : PEOPLE_YES,
                  .virtual_clock = true,
                  .serve = serve,
                  .submit = submit,
                  .poll = wait_or_jump,
                  .now = now,
                  .close = close_live};
}

static bool lacks_rehearsal(const image *i, uint32_t connector)
{
    return connector < i->tables[TABLE_CONNECTOR].rows &&
           image_field_text(i, TABLE_CONNECTOR, COLUMN_CONNECTOR_REHEARSAL, connector).n == 0;
}

bool host_rehearsal_check(const image *program, arena *memory, text *why)
{
    buffer names;
    uint32_t rows = program->tables[TABLE_CONNECTOR].rows;
    bool *written = arena_array(memory, bool, rows);
    for (uint32_t s = 0; s < program->site_count; s++) {
        const image_site *site = &program->sites[s];
        if (site->operation < OPERATION_COUNT && site->connector < rows &&
            operation_rows[site->operation].effect == EFFECT_WRITE)
            written[site->connector] = true;
    }
    buffer_init(&names);
    for (uint32_t row = 0; row < rows; row++) {
        if (!written[row] || !lacks_rehearsal(program, row))
            continue;
        text name = image_field_text(program, TABLE_CONNECTOR, COLUMN_CONNECTOR_NAME, row);
        buffer_printf(&names, "%s`%.*s`", names.n != 0 ? ", " : "", TEXT_ARG(name));
    }
    bool ok = names.n == 0;
    if (!ok)
        *why = text_format(memory,
                           "a rehearsal would write to production: connector %.*s has no "
                           "`rehearsal` address",
                           TEXT_ARG(buffer_view(&names)));
    buffer_release(&names);
    return ok;
}
