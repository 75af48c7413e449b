/* progress.c: see progress.h. */
#include "cli/progress.h"

#include "cli/clock.h"

enum { EVERY = 200 * 1000, FIRST = 1000 * 1000 }; /* microseconds */

void progress_show(progress *p, size_t done, size_t all)
{
    buffer line = {0};
    if (!p->c->err.tty || done == 0)
        return;
    instant now = clock_now();
    if (p->started == 0)
        p->started = now;
    if (now - p->started < FIRST || now - p->shown < EVERY)
        return;
    p->shown = now;
    p->visible = true;
    int64_t left = (now - p->started) / (int64_t)done * (int64_t)(all - done) / SECOND;
    buffer_printf(&line, "\r\033[K%zu of %zu %s, %lld s left", done, all, p->what, (long long)left);
    cli_show(p->c, &line);
    buffer_release(&line);
}

void progress_say(progress *p, const char *line)
{
    buffer b = {0};
    if (!p->c->err.tty)
        return;
    p->visible = true;
    buffer_printf(&b, "\r\033[K%s", line);
    cli_show(p->c, &b);
    buffer_release(&b);
}

void progress_turn(progress *p, const char *what)
{
    p->what = what;
    p->started = p->shown = 0;
}

void progress_hide(progress *p)
{
    buffer line = {0};
    if (!p->visible)
        return;
    p->visible = false;
    buffer_cstr(&line, "\r\033[K");
    cli_show(p->c, &line);
    buffer_release(&line);
}
