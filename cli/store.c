/* store.c: see store.h. */
#include "cli/store.h"

#include <stdlib.h>
#include <string.h>

const char *store_path(cli *c, const char *playbook)
{
    const char *given = option_value(&c->options, OPT_store);
    if (given)
        return given;
    given = getenv("FERRY_STORE");
    if (given && *given)
        return given;
    const char *slash = playbook ? strrchr(playbook, '/') : NULL;
    if (!slash)
        return ".ferry";
    return text_format(&c->memory, "%.*s/.ferry", (int)(slash - playbook), playbook).p;
}

static const char *way_out(journal_status s)
{
    switch (s) {
    case JOURNAL_MISSING: return "name it with --store or FERRY_STORE; `ferry run` makes one";
    case JOURNAL_LOCKED:
        return "commands of people (approve, done, pause, ...) reach that process by themselves; "
               "`ferry status` reads beside it";
    case JOURNAL_READ_ONLY: return "get the right to write there, or choose a folder with --store";
    case JOURNAL_FULL: return "make room, then `ferry resume`: what is committed is not lost";
    case JOURNAL_CORRUPT:
        return "keep the folder as it is; `ferry audit` says how far it can be trusted";
    case JOURNAL_NEWER: return "use the newer ferry";
    case JOURNAL_OTHER:
        return "the ferry that began it goes on with it and replays it; `ferry events` lists it, "
               "`ferry audit` checks its chain; take another folder with --store for new runs";
    case JOURNAL_NETWORK: return "choose a local folder with --store";
    case JOURNAL_FAILED:
        return "see that the folder is there and its disk has room, or choose another with "
               "--store; "
               "what is committed is not lost";
    case JOURNAL_OK: break;
    }
    return NULL;
}

exit_code store_fault(cli *c, journal_status s, const char *path, text why)
{
    if (why.n)
        cli_error(c, way_out(s), "%.*s", TEXT_ARG(why));
    else
        cli_error(c, way_out(s), "cannot use the store %s", path);
    return CODE_REFUSED;
}

exit_code store_read(cli *c, journal **out)
{
    text why = {0};
    const char *path = store_path(c, NULL);
    journal_status s = journal_open(out, path, false, false, &c->memory, &why);
    return s == JOURNAL_OK ? CODE_DONE : store_fault(c, s, path, why);
}

static exit_code no_run(cli *c, const journal_run *runs, size_t n, const char *name)
{
    if (!n) {
        cli_error(c, "`ferry run FILE` starts one", "there is no run in this store");
        return CODE_REFUSED;
    }
    buffer all = {0};
    text *names = arena_array(&c->memory, text, n);
    for (size_t i = 0; i < n; i++) {
        names[i] = runs[i].name;
        buffer_cstr(&all, i ? ", " : "");
        buffer_text(&all, names[i]);
    }
    ptrdiff_t near = text_nearest(text_of(name), names, n);
    if (near >= 0)
        cli_error(c, NULL, "there is no run `%s`; did you mean `%.*s`?", name,
                  TEXT_ARG(names[near]));
    else
        cli_error(c, NULL, "there is no run `%s`; there is %s", name, buffer_string(&all));
    buffer_release(&all);
    return CODE_REFUSED;
}

exit_code store_run(cli *c, journal *j, const char *name, journal_run *out)
{
    journal_run *runs;
    size_t n = journal_runs(j, false, &c->memory, &runs);
    const journal_run *found = NULL;
    for (size_t i = 0; i < n; i++) {
        bool open = runs[i].ended == QUANTITY_NONE;
        bool better = !found || open || found->ended != QUANTITY_NONE;
        if (name ? text_is(runs[i].name, name) : better)
            found = &runs[i];
    }
    if (!found)
        return no_run(c, runs, n, name);
    *out = *found;
    return CODE_DONE;
}
