/* connect_parts.h: what the files of connect.h share. */
#ifndef FERRY_STDLIB_CONNECT_PARTS_H
#define FERRY_STDLIB_CONNECT_PARTS_H

#include "stdlib/connect/child.h"
#include "stdlib/connect/connect.h"
#include "stdlib/connect/http.h"

/* --- arguments and answers --- */
text argument_text(const operation_request *q, arena *memory,
                   const char *name);                      /* p NULL: absent */
bool wants(const operation_request *q, const char *field); /* the shape asks for it, or below it */
void refused(operation_result *r, arena *memory, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void unknown(operation_result *r, arena *memory, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- where --- */
/* The connector's folder: base or rehearsal address, from the playbook's folder on. */
const char *connector_folder(const operation_request *q, arena *memory);
text connector_settings(const operation_request *q);
const char *below_folder(const operation_request *q, arena *memory, text path);

/* A path taken apart below an open base: the descriptor of its folder (the caller closes it) and
 * its last part. -1 and a refusal in `r` when it leads elsewhere. */
int path_open(const operation_request *q, arena *memory, text path, const char **last,
              operation_result *r);
/* A regular file's bytes of at most `limit`; false and a refusal in r. *modified may be NULL. */
bool file_bytes(int folder, const char *name, size_t limit, arena *memory, text *out,
                instant *modified, operation_result *r);

/* Files below `base` whose path fits the pattern (wildcards in any part), sorted; false and a
 * refusal when it climbs or too many match. */
bool files_matching(const char *base, text glob, arena *memory, text **names, size_t *n,
                    operation_result *r);
/* The words of a command; NULL and a refusal where they are none. */
char **command_words(const json_document *d, uint32_t list, arena *memory, operation_result *r);

/* --- environment --- */
/* The environment of a child and the values of secrets in it; false and a refusal when one is not
 * there. */
typedef struct {
    char **list;
    text secret[32];
    size_t secrets;
} environment;
bool environment_make(const operation_request *q, arena *memory, environment *out,
                      operation_result *r);
/* Bytes with every secret replaced by ***. Values shorter than four bytes are left: they would
 * blot out ordinary text. */
text environment_scrub(const environment *e, arena *memory, text bytes);

void environment_note(environment *e, text secret); /* one more that must not come back */

/* --- http --- */
/* Posts a sample to the sandbox of an endpoint, a node of the request's arguments, with what it
 * authenticates by. NULL and a refusal where nothing was sent. */
http_exchange *http_post_sample(const operation_request *q, uint32_t endpoint, text bytes,
                                environment *secrets, arena *memory, operation_result *r);

/* --- operations --- */
operation_job *dir_read(const operation_request *q, arena *memory, operation_result *r);
operation_job *dir_list(const operation_request *q, arena *memory, operation_result *r);
operation_job *dir_stat(const operation_request *q, arena *memory, operation_result *r);
operation_job *dir_write(const operation_request *q, arena *memory, operation_result *r);
operation_job *dir_move(const operation_request *q, arena *memory, operation_result *r);
operation_job *dir_remove(const operation_request *q, arena *memory, operation_result *r);
operation_job *dir_write_probe(const operation_request *q, arena *memory, operation_result *r);
operation_job *dir_move_probe(const operation_request *q, arena *memory, operation_result *r);
operation_job *dir_remove_probe(const operation_request *q, arena *memory, operation_result *r);
operation_job *exec_perform_ask(const operation_request *q, arena *memory, operation_result *r);
operation_job *exec_perform_run(const operation_request *q, arena *memory, operation_result *r);
operation_job *http_get(const operation_request *q, arena *memory, operation_result *r);
operation_job *http_post(const operation_request *q, arena *memory, operation_result *r);
operation_job *http_put(const operation_request *q, arena *memory, operation_result *r);
operation_job *http_patch(const operation_request *q, arena *memory, operation_result *r);
operation_job *http_delete(const operation_request *q, arena *memory, operation_result *r);
operation_job *notify_role(const operation_request *q, arena *memory, operation_result *r);
operation_job *window_perform_next(const operation_request *q, arena *memory, operation_result *r);
operation_job *rehearsal_perform(const operation_request *q, arena *memory, operation_result *r);
operation_job *simulate_channel(const operation_request *q, arena *memory, operation_result *r);
operation_job *simulate_live(const operation_request *q, arena *memory, operation_result *r);

#endif
