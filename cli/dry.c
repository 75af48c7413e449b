/* dry.c: see dry.h.
 *
 * The store lies in a temporary folder: the same loop drives it as on the night, so that nothing
 * can be shown here that would be decided otherwise there.
 */
#include "cli/dry.h"

#include "cli/clock.h"
#include "cli/render_dry.h"
#include "cli/signals.h"
#include "cli/store.h"
#include "stdlib/connect/connect.h"
#include "vm/host_dry.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 8 };

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
    return remove(path);
}

static const char *make_folder(cli *c)
{
    const char *base = getenv("TMPDIR");
    text name = text_format(&c->memory, "%s/ferry-dry-XXXXXX", base && *base ? base : "/tmp");
    char *folder = arena_copy(&c->memory, name.p, name.n);
    if (mkdtemp(folder))
        return folder;
    cli_error(c, "TMPDIR names another folder", "%s: %s", folder, strerror(errno));
    return NULL;
}

static const operation_entry *window_operation(void)
{
    for (size_t i = 0; i < connect_operation_count; i++)
        if (connect_operations[i].id == OPERATION_WINDOW_NEXT)
            return &connect_operations[i];
    return NULL;
}

static exit_code refused(cli *c, text why)
{
    cli_error(c, NULL, "%.*s", TEXT_ARG(why));
    return CODE_REFUSED;
}

static exit_code walk(drive *d, const drive_entry *e, dry_view *v)
{
    cli *c = v->c;
    text run, why = {0};
    if (drive_start(d, e, &run, &why) != DRIVE_OK)
        return refused(c, why);
    drive_status s = drive_loop(d, &why);
    if (s == DRIVE_INTERRUPTED)
        return (exit_code)signals_code();
    if (s != DRIVE_OK && s != DRIVE_PARKED)
        return refused(c, why);
    run_state state = vm_state(drive_machine(d, 0, NULL));
    return state == RUN_COMPLETED || state == RUN_PARTIAL ? CODE_DONE : CODE_REFUSED;
}

static exit_code walk_in(cli *c, const char *store, const drive_entry *e, dry_view *v)
{
    signal_watch watch;
    journal_status status = JOURNAL_OK;
    text why = {0};
    if (!signals_watch(&watch))
        return refused(c, TEXT("cannot watch for signals"));
    host_dry *dry = host_dry_new(v->start, window_operation());
    host h = host_dry_host(dry);
    drive_options o = {.store = store,
                       .create = true,
                       .patience = QUANTITY_MAX,
                       .version = FERRY_VERSION,
                       .interrupted = watch.count,
                       .wake_fd = watch.wake_fd,
                       .progress = render_dry,
                       .self = v};
    drive *d = drive_open(&o, &h, &c->memory, &status, &why);
    exit_code code = d ? walk(d, e, v) : store_fault(c, status, store, why);
    drive_close(d);
    host_dry_free(dry);
    return code;
}

exit_code dry_run(cli *c, const program *p, uint32_t entry)
{
    const char *folder = make_folder(c);
    text migration = image_text(p->image, p->image->entries[entry].name);
    dry_view v = {.c = c,
                  .start = clock_now(),
                  .zone = clock_zone_of(c, p->image, migration),
                  .program = p->image};
    drive_entry e = {.image = buffer_view(&p->bytes),
                     .migration = migration,
                     .mode = TEXT("dry"),
                     .folder = p->folder.n ? p->folder : TEXT(".")};
    if (!folder)
        return CODE_REFUSED;
    render_dry_begin(&v, migration);
    exit_code code = walk_in(c, text_format(&c->memory, "%s/store", folder).p, &e, &v);
    nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    render_dry_end(&v);
    return code;
}
