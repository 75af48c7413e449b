/* drive_command.c: what people say to a run: journaled, or refused.
 *
 * There is no inbox. The process that takes a command either owns the store or hands it to the
 * owner over the socket, and hears back after the commit. Where an owner dies between commit and
 * answer, the same command is offered again with its id, and found to be there: nothing is lost and
 * nothing doubled.
 */
#include "vm/drive_parts.h"
#include "vm/owner.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { TELL_LIMIT = 5 * SECOND, TELL_PAUSE = 20000 };

static text text_member(arena *memory, const json_document *d, const char *name)
{
    uint32_t node = json_member(d, 0, text_of(name));
    return node != 0 && d->node[node].kind == JSON_TEXT ? json_text(memory, d, node) : TEXT("");
}

/* The body with one member set, in canonical form; empty when it is no object. */
static text with_member(arena *memory, text body, const char *name, text json)
{
    json_document d;
    if (!json_read(memory, body, &d, NULL) || d.node[0].kind != JSON_OBJECT)
        return TEXT("");
    buffer raw, out;
    json_writer w;
    buffer_init(&raw);
    buffer_init(&out);
    json_begin(&w, &raw, 0);
    json_object(&w);
    for (uint32_t i = 1; i < d.nodes; i = d.node[i].next) {
        text key = json_key(memory, &d, i);
        if (text_is(key, name))
            continue;
        json_put_key_text(&w, key);
        json_put_raw(&w, json_raw(&d, i));
    }
    json_put_key(&w, name);
    json_put_raw(&w, json);
    json_object_end(&w);
    text result = TEXT("");
    if (json_canonical(memory, buffer_view(&raw), &out, NULL))
        result = text_copy(memory, buffer_view(&out));
    buffer_release(&raw);
    buffer_release(&out);
    return result;
}

static drive_status refuse(drive *d, text *reply, text why)
{
    *reply = text_copy(d->memory, why);
    return DRIVE_REFUSED;
}

static drive_status which_run(drive *d, text name, uint32_t *run, text *reply)
{
    uint32_t open = 0;
    buffer all;
    buffer_init(&all);
    *run = NO_INDEX;
    for (uint32_t i = 0; i < d->runs.n; i++) {
        const drive_run *r = d->runs.p[i];
        if (name.n != 0 && !text_equal(r->info.name, name))
            continue;
        if (r->ended && name.n == 0)
            continue;
        *run = i;
        buffer_printf(&all, "%s%.*s", open++ != 0 ? ", " : "", TEXT_ARG(r->info.name));
    }
    drive_status s = DRIVE_OK;
    if (open == 0 && name.n != 0)
        s = refuse(d, reply, text_format(&d->batch, "no open run is named `%.*s`", TEXT_ARG(name)));
    else if (open == 0)
        s = refuse(d, reply, TEXT("no run is open"));
    else if (open > 1)
        s = refuse(d, reply,
                   text_format(&d->batch, "several runs are open: name one of %.*s",
                               TEXT_ARG(buffer_view(&all))));
    buffer_release(&all);
    return s;
}

static drive_status take_command(drive *d, text run, text body, unsigned uid, text *reply)
{
    uint32_t index;
    drive_status s = which_run(d, run, &index, reply);
    if (s != DRIVE_OK)
        return s;
    body = with_member(&d->batch, body, "uid", text_format(&d->batch, "%u", uid));
    if (body.n == 0)
        return refuse(d, reply, TEXT("the command is not a JSON object"));
    const char *why;
    vm_input in = {.kind = EVENT_COMMAND, .at = drive_now(d), .body = body};
    if (!drive_offer(d, index, in, &why) && why != NULL)
        return refuse(d, reply, text_of(why));
    uint64_t seq = d->runs.p[index]->input;
    if (!d->owns && d->failed == JOURNAL_OK)
        drive_leave_unsent(d); /* who only brings a command performs nothing */
    if (!drive_commit(d))
        return drive_failed(d, reply);
    *reply = text_format(d->memory, "journaled as event %llu of %.*s", (unsigned long long)seq,
                         TEXT_ARG(d->runs.p[index]->info.name));
    return DRIVE_OK;
}

drive_status drive_command(drive *d, text run, text body, text *reply)
{
    return take_command(d, run, body, getuid(), reply);
}

typedef struct {
    text id;
    uint64_t found;
} finding;

static bool find_id(void *self, const journal_event *e)
{
    finding *f = self;
    if (e->kind != EVENT_COMMAND)
        return true;
    arena scratch = {0};
    json_document d;
    if (json_read(&scratch, e->body, &d, NULL) &&
        text_equal(text_member(&scratch, &d, "id"), f->id))
        f->found = e->seq;
    arena_release(&scratch);
    return f->found == 0;
}

static drive_status take_again(drive *d, text run, text body, unsigned uid, bool again, text *reply)
{
    json_document b;
    finding f = {0};
    if (again && json_read(&d->batch, body, &b, NULL) &&
        (f.id = text_member(&d->batch, &b, "id")).n != 0)
        d->failed = journal_read(d->journal, 0, 0, find_id, &f);
    if (d->failed != JOURNAL_OK)
        return drive_failed(d, reply);
    if (f.found == 0)
        return take_command(d, run, body, uid, reply);
    *reply = text_format(d->memory, "journaled as event %llu", (unsigned long long)f.found);
    return DRIVE_OK;
}

/* --- the owner's end --- */

static text envelope(arena *memory, drive_status s, text reply)
{
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    json_add_text(&w, "reply", reply);
    json_add_int(&w, "status", s);
    json_object_end(&w);
    text t = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

void drive_serve(drive *d)
{
    text request;
    unsigned uid;
    while (d->ctl != NULL && d->failed == JOURNAL_OK && ctl_next(d->ctl, &request, &uid)) {
        json_document r;
        text reply = TEXT("not a request");
        drive_status s = DRIVE_REFUSED;
        uint32_t body = 0;
        if (json_read(&d->batch, request, &r, NULL))
            body = json_member(&r, 0, TEXT("body"));
        if (body != 0) {
            uint32_t again = json_member(&r, 0, TEXT("again"));
            s = take_again(d, text_member(&d->batch, &r, "run"), json_raw(&r, body), uid,
                           again != 0 && r.node[again].kind == JSON_TRUE, &reply);
        }
        ctl_reply(d->ctl, envelope(&d->batch, s, reply));
    }
}

/* --- the other end --- */

typedef struct {
    const char *store;
    text run, body;
    arena *memory;
    bool again; /* it may have been taken already */
} telling;

static text request_of(const telling *t)
{
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    json_add_bool(&w, "again", t->again);
    json_put_key(&w, "body");
    json_put_raw(&w, t->body);
    json_add_text(&w, "run", t->run);
    json_object_end(&w);
    text r = text_copy(t->memory, buffer_view(&b));
    buffer_release(&b);
    return r;
}

/* Becomes the owner for one command. False when another process owns the store. */
static bool tell_as_owner(telling *t, drive_status *status, text *reply)
{
    drive_options o = {.store = t->store, .wake_fd = -1};
    host nobody = {0};
    journal_status s;
    drive *d = drive_open(&o, &nobody, t->memory, &s, reply);
    if (d == NULL && s == JOURNAL_LOCKED)
        return false;
    *status = DRIVE_STORE;
    if (d != NULL)
        *status = take_again(d, t->run, t->body, getuid(), t->again, reply);
    drive_close(d);
    return true;
}

static bool tell_owner(telling *t, duration left, drive_status *status, text *reply)
{
    text answer;
    json_document d;
    switch (ctl_ask(t->store, request_of(t), left, t->memory, &answer)) {
    case CTL_NOBODY: return false;
    case CTL_SILENT:
    case CTL_BROKEN: t->again = true; return false;
    case CTL_ANSWERED: break;
    }
    if (!json_read(t->memory, answer, &d, NULL))
        return false;
    uint32_t code = json_member(&d, 0, TEXT("status"));
    *reply = text_member(t->memory, &d, "reply");
    *status = code != 0 && text_is(json_raw(&d, code), "0") ? DRIVE_OK : DRIVE_REFUSED;
    return true;
}

static text new_id(arena *memory)
{
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        random = (uint64_t)drive_monotonic() ^ (uint64_t)getpid() << 40;
    return text_format(memory, "\"%016llx\"", (unsigned long long)random);
}

drive_status drive_tell(const char *store, text run, text body, arena *memory, text *reply)
{
    telling t = {store, run, with_member(memory, body, "id", new_id(memory)), memory, false};
    instant until = drive_monotonic() + TELL_LIMIT;
    drive_status s;
    if (t.body.n == 0) {
        *reply = TEXT("the command is not a JSON object");
        return DRIVE_REFUSED;
    }
    do {
        if (tell_as_owner(&t, &s, reply) || tell_owner(&t, until - drive_monotonic(), &s, reply))
            return s;
        usleep(TELL_PAUSE);
    } while (drive_monotonic() < until);
    *reply = text_format(memory, "%s is held by %.*s, which does not answer%s", store,
                         TEXT_ARG(owner_holder(store, memory)),
                         t.again ? "; it may have taken the command: see `ferry events`" : "");
    return DRIVE_REFUSED;
}
