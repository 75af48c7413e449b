/* people.c: see people.h. */
#include "cli/people.h"

#include "cli/clock.h"
#include "cli/store.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

text person_name(cli *c)
{
    struct passwd entry, *found = NULL;
    char room[4096];
    if (getpwuid_r(getuid(), &entry, room, sizeof room, &found) == 0 && found)
        return text_copy(&c->memory, text_of(found->pw_name));
    return text_format(&c->memory, "uid %u", (unsigned)getuid());
}

static void put_given(json_writer *w, const char *key, text value)
{
    if (value.n)
        json_add_text(w, key, value);
}

/* NAME=VALUE pairs as an object; false on one without '='. */
static bool put_evidence(cli *c, json_writer *w, exit_code *code)
{
    text *pairs;
    size_t n = option_all(&c->options, OPT_evidence, &c->memory, &pairs);
    if (!n)
        return true;
    json_add_object(w, "evidence");
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t equals = text_find(pairs[i], '=');
        if (equals <= 0) {
            *code = cli_usage(c, "`--evidence` is NAME=VALUE, not `%.*s`", TEXT_ARG(pairs[i]));
            return false;
        }
        json_put_key_text(w, text_slice(pairs[i], 0, (size_t)equals));
        json_put_text(w, text_slice(pairs[i], (size_t)equals + 1, pairs[i].n));
    }
    json_object_end(w);
    return true;
}

static bool put_time(cli *c, json_writer *w, exit_code *code)
{
    const char *at = option_value(&c->options, OPT_at);
    instant t;
    if (!at)
        return true;
    if (!clock_read(text_of(at), clock_zone(c, NULL), &t)) {
        *code = cli_usage(c,
                          "`--at` is a time like 2027-03-13T22:00:00Z, \"2027-03-13 22:00\" or "
                          "22:00, not `%s`",
                          at);
        return false;
    }
    if (t > clock_now() + MINUTE) {
        *code = cli_usage(c, "`--at %s` lies in the future", at);
        return false;
    }
    json_add_int(w, "performed_at", t);
    return true;
}

static bool put_members(cli *c, const saying *s, json_writer *w, exit_code *code)
{
    const char *by = option_value(&c->options, OPT_by);
    put_given(w, "command", text_of(s->command));
    put_given(w, "target", text_of(s->target));
    put_given(w, "answer", text_of(s->answer));
    put_given(w, "role", text_of(option_value(&c->options, OPT_as)));
    put_given(w, "by", by ? text_of(by) : person_name(c));
    put_given(w, "reason", text_of(option_value(&c->options, OPT_reason)));
    put_given(w, "condition", text_of(option_value(&c->options, OPT_condition)));
    return put_evidence(c, w, code) && put_time(c, w, code);
}

bool people_body(cli *c, const saying *s, text *body, exit_code *code)
{
    buffer raw = {0}, canonical = {0};
    json_writer w;
    json_begin(&w, &raw, 0);
    json_object(&w);
    bool ok = put_members(c, s, &w, code);
    json_object_end(&w);
    if (ok && !json_canonical(&c->memory, buffer_view(&raw), &canonical, NULL)) {
        *code = cli_usage(c, "a word of this command is not valid UTF-8");
        ok = false;
    }
    *body = text_copy(&c->memory, buffer_view(&canonical));
    buffer_release(&raw);
    buffer_release(&canonical);
    return ok;
}

/* The reply names the fault; the way out depends on what a reader finds there. */
static exit_code store_refuses(cli *c, text reply)
{
    journal *j;
    text why = {0};
    const char *path = store_path(c, NULL);
    journal_status s = journal_open(&j, path, false, false, &c->memory, &why);
    if (s == JOURNAL_OK) {
        journal_close(j);
        s = access(path, W_OK) == 0 ? JOURNAL_FAILED : JOURNAL_READ_ONLY;
    }
    return store_fault(c, s, path, reply);
}

/* A run that is not there, or not open any more, is said as every other command says it. */
static exit_code check_run(cli *c, const char *name)
{
    journal *j;
    journal_run run;
    exit_code code = store_read(c, &j);
    if (code != CODE_DONE)
        return code;
    code = store_run(c, j, name, &run);
    journal_close(j);
    if (code == CODE_DONE && run.ended != QUANTITY_NONE) {
        cli_error(c, "`ferry status` shows every run", "%s has ended: %.*s", name,
                  TEXT_ARG(run.state));
        return CODE_REFUSED;
    }
    return code;
}

static exit_code report(cli *c, drive_status s, text reply)
{
    if (s == DRIVE_OK) {
        term_put(&c->result, &c->out, reply.n ? reply : TEXT("recorded"));
        buffer_char(&c->result, '\n');
        return CODE_DONE;
    }
    if (s != DRIVE_REFUSED)
        return store_refuses(c, reply);
    cli_error(c, "`ferry status` shows what waits, and for whom", "%.*s", TEXT_ARG(reply));
    return CODE_REFUSED;
}

exit_code people_tell(cli *c, const char *run, const saying *s)
{
    text body, reply = {0};
    exit_code code;
    const char *named = option_value(&c->options, OPT_run);
    if (named)
        run = named;
    if (!people_body(c, s, &body, &code))
        return code;
    if (run && (code = check_run(c, run)) != CODE_DONE)
        return code;
    return report(c, drive_tell(store_path(c, NULL), text_of(run), body, &c->memory, &reply),
                  reply);
}
