/* endpoint.h: calls that are data, such as exec(["x"]) or bearer(secret("T")), and their parts. */
#ifndef FERRY_COMPILER_ENDPOINT_H
#define FERRY_COMPILER_ENDPOINT_H

#include "base/json.h"
#include "compiler/data.h"

typedef enum { PLACE_ENDPOINT = 'E', PLACE_ALARM = 'A', PLACE_CREDENTIAL = 'C' } endpoint_place;

/* Appends the canonical json of the call, {"argv":["x"],"kind":"exec"}. False after a report: it is
 * no call of endpoints.def that may stand in this place, or its arguments do not fit. */
bool endpoint_json(compiler *c, node n, endpoint_place stands, buffer *out);
/* The same as a value of an object that is being written; null after a report. */
bool endpoint_put(compiler *c, json_writer *w, node n, endpoint_place stands);
/* {"secret":"NAME"} of secret("NAME"); a text in its place is reported (E0613). */
bool secret_put(compiler *c, json_writer *w, node n);
/* A text, or a secret. */
bool identity_put(compiler *c, json_writer *w, node n);
/* Whether t is an address: SCHEME://HOST[:PORT][/PATH], without a user, a query or a fragment.
 * `secure` and `plain` are the schemes, plain NULL where there is none. Reports E0612 at n. */
bool address_check(compiler *c, node n, text t, const char *secure, const char *plain);

#endif
