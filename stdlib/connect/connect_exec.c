/* connect_exec.c: commands. What the exit says about the world: 0 done; a code that the connector
 * lists as `refused`, or no start at all: surely not done; any other code, a signal, a timeout, a
 * flood: unknown. A command that only asks has a result whatever its code. */
#include "stdlib/connect/connect_parts.h"

#include "base/decimal.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <poll.h>

enum { DETAIL = 300 };

typedef struct {
    operation_job job; /* first: the host knows this part only */
    child child;
    environment env;
    bool writes;
    int64_t refused[32];
    size_t refusals;
} exec_job;

static void read_refused(const operation_request *q, arena *memory, exec_job *e)
{
    json_document d;
    text settings = connector_settings(q);
    if (settings.n == 0 || !json_read(memory, settings, &d, NULL))
        return;
    uint32_t list = json_member(&d, 0, TEXT("refused"));
    for (uint32_t i = 0; list != 0 && i < d.node[list].count; i++) {
        int64_t code;
        if (e->refusals < sizeof e->refused / sizeof *e->refused &&
            decimal_read(json_raw(&d, json_element(&d, list, i)), 0, false, &code, NULL))
            e->refused[e->refusals++] = code;
    }
}

/* The last line of what it complained about, else of what it said. */
static text last_line(text t)
{
    t = text_trim(t);
    for (size_t i = t.n; i > 0; i--)
        if (t.p[i - 1] == '\n')
            return text_slice(t, i, t.n);
    return t;
}

static text complaint(const exec_job *e, arena *memory)
{
    text said = last_line(buffer_view(&e->child.err));
    if (said.n == 0)
        said = last_line(buffer_view(&e->child.out));
    said = text_slice(environment_scrub(&e->env, memory, said), 0, DETAIL);
    return said.n == 0 ? said : text_format(memory, ": %.*s", TEXT_ARG(said));
}

static void put_result(const exec_job *e, arena *memory, int code, operation_result *r)
{
    json_document parsed;
    buffer b;
    json_writer w;
    text out = environment_scrub(&e->env, memory, buffer_view(&e->child.out));
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    json_put_key(&w, "elapsed");
    json_put_decimal(&w, child_clock() - e->child.began, SCALE_SECONDS);
    if (json_read(memory, out, &parsed, NULL)) {
        json_put_key(&w, "json");
        json_put_raw(&w, json_raw(&parsed, 0));
    }
    json_add_int(&w, "status", code);
    json_add_text(&w, "text", out);
    json_object_end(&w);
    r->result = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
}

static void judge(const exec_job *e, arena *memory, operation_result *r)
{
    const child *c = &e->child;
    text said = complaint(e, memory);
    if (c->timed_out) {
        unknown(r, memory, "no end within its time; ended%.*s", TEXT_ARG(said));
        return;
    }
    if (c->flooded) {
        unknown(r, memory, "output beyond the limit of %d MiB; ended", CHILD_OUTPUT >> 20);
        return;
    }
    bool exited = WIFEXITED(c->status);
    int code = exited ? WEXITSTATUS(c->status) : 128 + WTERMSIG(c->status);
    if (exited && code == 0)
        *r = (operation_result){.status = OUTCOME_OK};
    else if (exited)
        unknown(r, memory, "exit code %d%.*s", code, TEXT_ARG(said));
    else
        unknown(r, memory, "ended by signal %d (%s)%.*s", code - 128, strsignal(code - 128),
                TEXT_ARG(said));
    for (size_t i = 0; exited && i < e->refusals; i++)
        if (e->refused[i] == code)
            r->status = OUTCOME_REFUSED;
    if (!e->writes)
        r->status = OUTCOME_OK;
    put_result(e, memory, code, r);
}

static void mirror(exec_job *e)
{
    for (int i = 0; i < OPERATION_FDS; i++) {
        e->job.fd[i] = i < CHILD_FDS ? e->child.fd[i] : -1;
        e->job.events[i] = POLLIN;
    }
    e->job.deadline = e->child.deadline;
}

static bool exec_advance(operation_job *job, bool late, arena *memory, operation_result *result)
{
    exec_job *e = (exec_job *)job;
    bool done = child_advance(&e->child, late);
    mirror(e);
    if (done)
        judge(e, memory, result);
    return done;
}

static void exec_release(operation_job *job)
{
    exec_job *e = (exec_job *)job;
    child_release(&e->child);
    free(e);
}

char **command_words(const json_document *d, uint32_t list, arena *memory, operation_result *r)
{
    uint32_t n = list != 0 && d->node[list].kind == JSON_ARRAY ? d->node[list].count : 0;
    if (n == 0 || n > CHILD_ARGUMENTS) {
        refused(r, memory, "a command needs 1 to %d words", CHILD_ARGUMENTS);
        return NULL;
    }
    char **argv = arena_array(memory, char *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t node = json_element(d, list, i);
        text word = d->node[node].kind == JSON_TEXT ? json_text(memory, d, node) : (text){NULL, 0};
        if (word.p == NULL || memchr(word.p, 0, word.n) != NULL) {
            refused(r, memory, "word %u of the command is no text, or holds a NUL", i + 1);
            return NULL;
        }
        argv[i] = arena_copy(memory, word.p, word.n);
    }
    return argv;
}

static operation_job *launch(const operation_request *q, arena *memory, child_start *s, bool writes,
                             operation_result *r)
{
    exec_job *e = calloc(1, sizeof *e);
    text why;
    if (e == NULL)
        memory_exhausted();
    e->writes = writes;
    e->job.advance = exec_advance;
    e->job.release = exec_release;
    read_refused(q, memory, e);
    bool ready = environment_make(q, memory, &e->env, r);
    s->env = e->env.list;
    if (writes && q->jobs != NULL && q->key_hex[0] != 0)
        s->lock = text_format(memory, "%s/%s.lock", q->jobs, q->key_hex).p;
    if (ready && child_begin(&e->child, s, q->deadline, memory, &why)) {
        mirror(e);
        return &e->job;
    }
    if (ready)
        refused(r, memory, "%.*s", TEXT_ARG(why));
    free(e);
    return NULL;
}

static operation_job *command(const operation_request *q, arena *memory, bool writes,
                              operation_result *r)
{
    uint32_t list = json_member(q->arguments, 0, TEXT("argv"));
    child_start s = {.folder = connector_folder(q, memory),
                     .argv = command_words(q->arguments, list, memory, r),
                     .stdin_bytes = argument_text(q, memory, "stdin")};
    return s.argv == NULL ? NULL : launch(q, memory, &s, writes, r);
}

operation_job *exec_perform_ask(const operation_request *q, arena *memory, operation_result *r)
{
    return command(q, memory, false, r);
}

operation_job *exec_perform_run(const operation_request *q, arena *memory, operation_result *r)
{
    return command(q, memory, true, r);
}

/* A role's alarm is a command that gets the text on its standard input. A rehearsal wakes nobody.
 */
operation_job *notify_role(const operation_request *q, arena *memory, operation_result *r)
{
    json_document d;
    uint32_t row = image_find_row(q->program, TABLE_ROLE, argument_text(q, memory, "role"));
    text alarm = row == NO_INDEX ? TEXT("")
                                 : image_field_text(q->program, TABLE_ROLE, COLUMN_ROLE_ALARM, row);
    *r = (operation_result){.status = OUTCOME_OK};
    if (alarm.n == 0 || q->rehearsal || !json_read(memory, alarm, &d, NULL))
        return NULL;
    uint32_t list = json_member(&d, 0, TEXT("argv"));
    if (list == 0) {
        refused(r, memory, "this version calls people by `exec` only");
        return NULL;
    }
    child_start s = {.folder = q->folder,
                     .argv = command_words(&d, list, memory, r),
                     .stdin_bytes = argument_text(q, memory, "text")};
    return s.argv == NULL ? NULL : launch(q, memory, &s, true, r);
}
