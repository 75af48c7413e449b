/* script_parts.h: what the files of the script host share. Nobody else includes it. */
#ifndef FERRY_VM_SCRIPT_PARTS_H
#define FERRY_VM_SCRIPT_PARTS_H

#include "base/vec.h"
#include "vm/host_script.h"

/* What was written: a file, a resource behind a path, or a command that ran. */
typedef struct {
    text call, name, content; /* call: the connector's name; content without bytes: not known */
    bool there;
} script_thing;

/* The last write at a path, for those who are asked whether it happened. */
typedef struct {
    text path;
    bool undo, done;
    unsigned retried;
} script_write;

/* One try of a write. A repetition that only settles a doubt belongs to the try before. */
typedef struct {
    sha256 key;
    int64_t attempt; /* 0: a read */
} script_try;

typedef struct {
    uint32_t run, fiber, n;
    instant due;
    outcome_status status;
    arena memory;
    text body;
} script_answer;

struct host_script {
    const script_given *given;
    size_t givens;
    unsigned *met;    /* how often each given was met */
    bool *over;       /* its path was written since */
    instant *first;   /* when it would first have applied; QUANTITY_NONE */
    instant *said;    /* since when what it last answered had been asked */
    script_try *last; /* the one it was last met by */
    const operation_entry *window;
    instant now;
    instant people; /* when somebody will speak; QUANTITY_MAX where nobody is due */
    arena memory;
    VEC(host_run) runs;
    VEC(script_thing) things;
    VEC(script_write) writes;
    VEC(sha256) performed;
    VEC(bool) asked; /* by site of run 0 */
    VEC(script_blind) blind;
    VEC(script_answer *) answers;
    VEC(script_answer *) handed; /* at the last poll */
};

/* A request, taken apart. */
typedef struct {
    json_document d, arguments, shape;
    operation_id operation;
    text path, connector, call, argument;
    text series; /* path of the series whose sampler reads; empty */
    duration timeout;
    bool write, undo;
    script_try try;
} script_request;

/* The text of a member, the raw json of one that is none; the absent text where there is none. */
text script_member(arena *memory, const json_document *d, const char *name);
int64_t script_integer(arena *memory, const json_document *d, const char *name, int64_t otherwise);

/* --- script_given.c --- */
/* The first line that applies to a request, or to a question put to people; it counts as met. */
const script_given *script_find(host_script *s, const script_request *q, arena *memory);
bool script_say(host_script *s, const host_asked *q, text *word);
/* The first argument of a given's call, as requests have it. */
text script_argument(arena *memory, operation_id operation, const json_document *arguments);
/* A given read holds until its path is written. */
void script_end(host_script *s, text connector, text name);

/* --- script_world.c --- */
/* Performs a write, each key once. */
void script_perform(host_script *s, const script_request *q, const sha256 *key, arena *memory);
bool script_performed(const host_script *s, const sha256 *key);
void script_note(host_script *s, const script_request *q, bool done);
script_thing *script_thing_of(const host_script *s, text connector, text name);
/* Result fields as a JSON object; `whole` false where more could be asked than is known. */
text script_values(host_script *s, const script_request *q, arena *memory, bool *whole);

#endif
