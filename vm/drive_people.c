/* drive_people.c: in a rehearsal, and in a test, people say yes.
 *
 * What a run waits for stands in its description; for the first thing that a person could answer a
 * command is made as the person would make it, by the name of a member of the role asked, or a name
 * that shows that nobody was there. The machine admits it or not; what it does not admit stays
 * open.
 */
#include "vm/drive_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VOTES = 16 };

typedef struct {
    json_document d;
    uint32_t item;
    arena *memory;
} waiting;

static text field(const waiting *w, const char *name)
{
    uint32_t node = json_member(&w->d, w->item, text_of(name));
    return node != 0 && w->d.node[node].kind == JSON_TEXT ? json_text(w->memory, &w->d, node)
                                                          : TEXT("");
}

static bool describe(const drive_run *r, arena *memory, waiting *w, uint32_t *list)
{
    w->memory = memory;
    if (!drive_describe(r->machine, memory, &w->d))
        return false;
    *list = json_member(&w->d, 0, TEXT("waiting"));
    return *list != 0;
}

static const char *command_for(text kind)
{
    return text_is(kind, "approval")   ? "approve"
           : text_is(kind, "task")     ? "done"
           : text_is(kind, "question") ? "answer"
           : text_is(kind, "doubt")    ? "resolve"
                                       : NULL;
}

bool drive_asks(const drive_run *r)
{
    arena scratch = {0};
    waiting w;
    uint32_t list;
    bool asks = false;
    if (!r->ended && describe(r, &scratch, &w, &list))
        for (uint32_t i = 0; i < w.d.node[list].count && !asks; i++) {
            w.item = json_element(&w.d, list, i);
            asks = command_for(field(&w, "kind")) != NULL;
        }
    arena_release(&scratch);
    return asks;
}

/* Of a question the way back, the one answer that always ends it; else the first that is offered.
 */
static text answer_for(const waiting *w, text kind)
{
    uint32_t list = json_member(&w->d, w->item, TEXT("answers"));
    const char *wish = text_is(kind, "question") ? "rollback" : "done";
    text first = TEXT("");
    if (!text_is(kind, "question") && !text_is(kind, "doubt"))
        return first;
    for (uint32_t i = 0; list != 0 && i < w->d.node[list].count; i++) {
        text one = json_text(w->memory, &w->d, json_element(&w->d, list, i));
        if (text_is(one, wish))
            return one;
        first = first.n == 0 ? one : first;
    }
    return first;
}

/* What stands where a person's name would. */
static text nobody(const drive *d)
{
    bool tested = d->host.mode != NULL && strcmp(d->host.mode, "script") == 0;
    return tested ? TEXT("test") : TEXT("rehearsal");
}

static bool is_command(text word)
{
    return text_is(word, "approve") || text_is(word, "reject") || text_is(word, "done");
}

static bool say(drive *d, uint32_t run, const waiting *w, text role, text by, text word)
{
    text kind = field(w, "kind"), path = field(w, "path");
    bool other =
        word.n != 0 && is_command(word) && !text_is(kind, "question") && !text_is(kind, "doubt");
    text answer = word.n != 0 && !other ? word : answer_for(w, kind);
    buffer b;
    json_writer out;
    buffer_init(&b);
    json_begin(&out, &b, 0);
    json_object(&out);
    if (answer.n != 0)
        json_add_text(&out, "answer", answer);
    json_add_text(&out, "by", by);
    json_add_text(&out, "command", other ? word : text_of(command_for(kind)));
    if (field(w, "evidence").n != 0) {
        json_add_object(&out, "evidence");
        json_put_key_text(&out, field(w, "evidence"));
        json_put_text(&out, nobody(d));
        json_object_end(&out);
    }
    json_add_text(&out, "reason",
                  text_format(&d->batch, "%.*s: nobody was asked", TEXT_ARG(nobody(d))));
    if (role.n != 0)
        json_add_text(&out, "role", role);
    json_add_text(&out, "target", path.n != 0 ? path : field(w, "name"));
    json_object_end(&out);
    vm_input in = {
        .kind = EVENT_COMMAND, .at = drive_now(d), .body = text_copy(&d->batch, buffer_view(&b))};
    buffer_release(&b);
    return drive_offer(d, run, in, NULL);
}

/* What the host lets the people of a role say; false: nothing yet. */
static bool word_of(drive *d, const waiting *w, text role, text *word)
{
    uint32_t node = json_member(&w->d, w->item, TEXT("since"));
    bool known = node != 0 && w->d.node[node].kind == JSON_NUMBER;
    host_asked q = {field(w, "kind"), field(w, "path"), role, QUANTITY_NONE};
    *word = TEXT("");
    if (known)
        q.since = strtoll(text_copy(w->memory, json_raw(&w->d, node)).p, NULL, 10);
    return d->host.people_say == NULL || d->host.people_say(d->host.self, &q, word);
}

/* Who speaks for a role: its members; of one of strangers, those through whom it is reached. */
static uint32_t speakers(const image *i, text role, uint32_t *first)
{
    uint32_t row = image_find_row(i, TABLE_ROLE, role);
    uint32_t n = row == NO_INDEX ? 0 : image_list(i, TABLE_ROLE, COLUMN_ROLE_MEMBERS, row, first);
    text by = row == NO_INDEX || n != 0 ? TEXT("")
                                        : image_field_text(i, TABLE_ROLE, COLUMN_ROLE_REACHED, row);
    row = by.n != 0 ? image_find_row(i, TABLE_ROLE, by) : NO_INDEX;
    return row == NO_INDEX ? n : image_list(i, TABLE_ROLE, COLUMN_ROLE_MEMBERS, row, first);
}

static bool say_as_member(drive *d, uint32_t run, const waiting *w, text role)
{
    text word;
    if (!word_of(d, w, role, &word))
        return false;
    const image *i = d->runs.p[run]->program;
    uint32_t first = 0, n = speakers(i, role, &first);
    for (uint32_t k = 0; k < n; k++) {
        int64_t member = image_element(i, TABLE_ROLE, COLUMN_ROLE_MEMBERS, first + k);
        if (say(d, run, w, role, image_text(i, (uint32_t)member), word))
            return true;
    }
    for (int k = 1; k <= VOTES; k++) {
        text by = text_format(&d->batch, "%.*s %.*s %d", TEXT_ARG(nobody(d)), TEXT_ARG(role), k);
        if (say(d, run, w, role, by, word))
            return true;
    }
    return false;
}

static bool speak_once(drive *d, uint32_t run, const waiting *w)
{
    if (command_for(field(w, "kind")) == NULL)
        return false;
    uint32_t who = json_member(&w->d, w->item, TEXT("who"));
    uint32_t roles = who != 0 && w->d.node[who].kind == JSON_ARRAY ? w->d.node[who].count : 0;
    for (uint32_t k = 0; k < roles; k++) {
        uint32_t node = json_element(&w->d, who, k);
        if (w->d.node[node].kind == JSON_TEXT &&
            say_as_member(d, run, w, json_text(w->memory, &w->d, node)))
            return true;
    }
    text word;
    return roles == 0 && word_of(d, w, TEXT(""), &word) &&
           say(d, run, w, TEXT(""), nobody(d), word);
}

bool drive_speak(drive *d)
{
    if (d->host.people != PEOPLE_YES)
        return false;
    arena scratch = {0};
    bool spoke = false;
    for (uint32_t run = 0; run < d->runs.n && !spoke; run++) {
        drive_run *r = d->runs.p[run];
        waiting w;
        uint32_t list;
        if (!r->moves || r->ended || !describe(r, &scratch, &w, &list))
            continue;
        for (uint32_t i = 0; i < w.d.node[list].count && !spoke; i++) {
            w.item = json_element(&w.d, list, i);
            spoke = speak_once(d, run, &w);
        }
    }
    arena_release(&scratch);
    return spoke;
}
