/* http.h: one exchange over HTTP under way: libcurl, driven without a thread and without blocking.
 *
 * The library is loaded when the first exchange begins, not when the process starts: linking it
 * costs every other command more than its own work. Redirects are not followed: what is written
 * goes to the address that was reviewed, and credentials with it. Certificates and host names are
 * checked, always; only HTTP and HTTPS are spoken.
 */
#ifndef FERRY_STDLIB_HTTP_H
#define FERRY_STDLIB_HTTP_H

#include "base/calendar.h"

enum { HTTP_ANSWER = 16 << 20, HTTP_HEADERS = 256 << 10, HTTP_FDS = 8 };

typedef struct {
    const char *method, *url;
    const char *const *headers; /* "Name: value", NULL-terminated; no line breaks */
    text body;                  /* p NULL: none */
    const char *bearer;         /* or NULL */
    const char *user, *password;
    const char *ca, *certificate; /* files, or NULL: the system's authorities; no certificate */
    text key;                     /* PEM, of the certificate */
    bool tls13;                   /* the least version; 1.2 otherwise */
    duration connect;             /* how long a connection may take to open; 0: as the whole */
} http_request;

typedef struct http_exchange http_exchange;

/* NULL and `why`: surely nothing was sent. Strings of the request are copied. */
http_exchange *http_begin(const http_request *q, instant deadline, arena *memory, text *why);
/* What to wait for; returns the number of descriptors. *until: monotonic, when to advance at the
 * latest. */
int http_waits(const http_exchange *x, int fd[HTTP_FDS], short events[HTTP_FDS], instant *until);
/* Goes on as far as it can; true when it has ended, one way or the other. */
bool http_advance(http_exchange *x);
void http_release(http_exchange *x); /* closes; ends one that is under way */

typedef struct {
    long status;  /* 0: no answer */
    bool sent;    /* at least a part of the request left this machine */
    bool flooded; /* the answer was larger than HTTP_ANSWER */
    text body, headers;
    text failure; /* why there is no whole answer; empty where there is one */
    duration elapsed;
} http_answer;
/* Of an exchange that has ended; lives as long as it does. */
http_answer http_result(const http_exchange *x);

#endif
