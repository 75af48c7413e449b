/* http.c: see http.h. */
#include "stdlib/connect/http.h"

#include "stdlib/connect/child.h"

#define CURL_DISABLE_TYPECHECK /* its macros know the functions by their names only */
#include <curl/curl.h>
#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#define LIBRARY "libcurl.so.4"

/* What is used of the library, by name. */
#define FUNCTIONS(X)                                                                               \
    X(curl_easy_init)                                                                              \
    X(curl_easy_setopt)                                                                            \
    X(curl_easy_getinfo)                                                                           \
    X(curl_easy_cleanup)                                                                           \
    X(curl_easy_strerror)                                                                          \
    X(curl_slist_append)                                                                           \
    X(curl_slist_free_all)                                                                         \
    X(curl_multi_init)                                                                             \
    X(curl_multi_add_handle)                                                                       \
    X(curl_multi_remove_handle)                                                                    \
    X(curl_multi_perform)                                                                          \
    X(curl_multi_fdset)                                                                            \
    X(curl_multi_timeout)                                                                          \
    X(curl_multi_info_read)                                                                        \
    X(curl_multi_cleanup)

typedef struct {
#define MEMBER(name) __typeof__(name) *name;
    FUNCTIONS(MEMBER)
#undef MEMBER
} library;

struct http_exchange {
    library f;
    void *handle;
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    char error[CURL_ERROR_SIZE];
    buffer body, head;
    instant began, deadline, ended;
    CURLcode code;
    bool done, flooded, late;
};

/* --- the library --- */

/* Kept open once it is there (RTLD_NODELETE): its own state outlives an exchange. */
static bool load(http_exchange *x, arena *memory, text *why)
{
    x->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (x->handle == NULL) {
        *why = text_format(memory, "cannot speak HTTP: %s", dlerror());
        return false;
    }
    bool all = true;
#define FIND(name)                                                                                 \
    *(void **)&x->f.name = dlsym(x->handle, #name);                                                \
    all &= x->f.name != NULL;
    FUNCTIONS(FIND)
#undef FIND
    if (!all)
        *why = text_format(memory, "%s lacks a function that this needs", LIBRARY);
    return all;
}

/* --- what arrives --- */

static size_t take_body(char *bytes, size_t size, size_t n, void *self)
{
    http_exchange *x = self;
    if (x->body.n + n > HTTP_ANSWER) {
        x->flooded = true;
        return 0;
    }
    buffer_add(&x->body, bytes, size * n);
    return size * n;
}

/* An answer that only announces another (100, 103) has headers of its own: the last ones count. */
static size_t take_header(char *bytes, size_t size, size_t n, void *self)
{
    http_exchange *x = self;
    if (n >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        buffer_clear(&x->head);
    if (x->head.n + n > HTTP_HEADERS) {
        x->flooded = true;
        return 0;
    }
    buffer_add(&x->head, bytes, size * n);
    return size * n;
}

/* --- beginning --- */

static void set_trust(http_exchange *x, const http_request *q)
{
    x->f.curl_easy_setopt(x->easy, CURLOPT_SSLVERSION,
                          (long)(q->tls13 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2));
    if (q->ca != NULL)
        x->f.curl_easy_setopt(x->easy, CURLOPT_CAINFO, q->ca);
    if (q->certificate != NULL)
        x->f.curl_easy_setopt(x->easy, CURLOPT_SSLCERT, q->certificate);
    if (q->key.n != 0) {
        char *key = malloc(q->key.n);
        if (key == NULL)
            memory_exhausted();
        memcpy(key, q->key.p, q->key.n);
        struct curl_blob blob = {.data = key, .len = q->key.n, .flags = CURL_BLOB_COPY};
        x->f.curl_easy_setopt(x->easy, CURLOPT_SSLKEY_BLOB, &blob);
        explicit_bzero(key, q->key.n);
        free(key);
    }
}

static void set_credentials(http_exchange *x, const http_request *q)
{
    if (q->bearer != NULL) {
        x->f.curl_easy_setopt(x->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        x->f.curl_easy_setopt(x->easy, CURLOPT_XOAUTH2_BEARER, q->bearer);
    } else if (q->user != NULL) {
        x->f.curl_easy_setopt(x->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        x->f.curl_easy_setopt(x->easy, CURLOPT_USERNAME, q->user);
        x->f.curl_easy_setopt(x->easy, CURLOPT_PASSWORD, q->password);
    }
}

static void set_request(http_exchange *x, const http_request *q)
{
    for (size_t i = 0; q->headers[i] != NULL; i++)
        x->headers = x->f.curl_slist_append(x->headers, q->headers[i]);
    x->f.curl_easy_setopt(x->easy, CURLOPT_URL, q->url);
    x->f.curl_easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    x->f.curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
    if (q->body.p != NULL) {
        x->f.curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.n);
        x->f.curl_easy_setopt(x->easy, CURLOPT_COPYPOSTFIELDS, q->body.p);
    }
    x->f.curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, q->method);
}

static void set_behaviour(http_exchange *x, const http_request *q)
{
    duration connect = q->connect > 0 ? q->connect : x->deadline - x->began;
    x->f.curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->error);
    x->f.curl_easy_setopt(x->easy, CURLOPT_NOSIGNAL, 1L);
    x->f.curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS,
                          (long)(connect > 0 ? connect / 1000 + 1 : 1));
    x->f.curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, take_body);
    x->f.curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
    x->f.curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, take_header);
    x->f.curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
}

http_exchange *http_begin(const http_request *q, instant deadline, arena *memory, text *why)
{
    http_exchange *x = calloc(1, sizeof *x);
    if (x == NULL)
        memory_exhausted();
    x->began = child_clock();
    x->deadline = deadline;
    if (!load(x, memory, why)) {
        http_release(x);
        return NULL;
    }
    x->easy = x->f.curl_easy_init();
    x->multi = x->f.curl_multi_init();
    if (x->easy == NULL || x->multi == NULL)
        memory_exhausted();
    set_request(x, q);
    set_credentials(x, q);
    set_trust(x, q);
    set_behaviour(x, q);
    x->f.curl_multi_add_handle(x->multi, x->easy);
    http_advance(x);
    return x;
}

void http_release(http_exchange *x)
{
    if (x == NULL)
        return;
    if (x->multi != NULL)
        x->f.curl_multi_remove_handle(x->multi, x->easy);
    if (x->easy != NULL)
        x->f.curl_easy_cleanup(x->easy);
    if (x->multi != NULL)
        x->f.curl_multi_cleanup(x->multi);
    if (x->headers != NULL)
        x->f.curl_slist_free_all(x->headers);
    if (x->handle != NULL)
        dlclose(x->handle);
    buffer_release(&x->body);
    buffer_release(&x->head);
    free(x);
}

/* --- going on --- */

int http_waits(const http_exchange *x, int fd[HTTP_FDS], short events[HTTP_FDS], instant *until)
{
    fd_set in, out, odd;
    int n = 0, most = -1;
    long pause = -1;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&odd);
    x->f.curl_multi_fdset(x->multi, &in, &out, &odd, &most);
    for (int k = 0; k <= most && n < HTTP_FDS; k++) {
        short wanted = (short)((FD_ISSET(k, &in) ? POLLIN : 0) | (FD_ISSET(k, &out) ? POLLOUT : 0));
        if (wanted == 0)
            continue;
        fd[n] = k;
        events[n++] = wanted;
    }
    x->f.curl_multi_timeout(x->multi, &pause);
    instant next = child_clock() + (pause >= 0 ? pause * 1000 : n == 0 ? SECOND / 20 : HOUR);
    *until = next < x->deadline ? next : x->deadline;
    return n;
}

bool http_advance(http_exchange *x)
{
    int running = 0, left;
    if (x->done)
        return true;
    x->f.curl_multi_perform(x->multi, &running);
    CURLMsg *m;
    while ((m = x->f.curl_multi_info_read(x->multi, &left)) != NULL)
        if (m->msg == CURLMSG_DONE) {
            x->code = m->data.result;
            x->done = true;
        }
    if (!x->done && child_clock() >= x->deadline)
        x->done = x->late = true;
    if (x->done)
        x->ended = child_clock();
    return x->done;
}

http_answer http_result(const http_exchange *x)
{
    http_answer a = {.flooded = x->flooded,
                     .body = buffer_view(&x->body),
                     .headers = buffer_view(&x->head),
                     .elapsed = x->ended - x->began};
    long sent = 0;
    curl_off_t uploaded = 0;
    x->f.curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &a.status);
    x->f.curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &sent);
    x->f.curl_easy_getinfo(x->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    a.sent = sent > 0 || uploaded > 0;
    if (x->late)
        a.failure = TEXT("no whole answer within its time");
    else if (x->flooded)
        a.failure = TEXT("an answer beyond the limit");
    else if (x->code != CURLE_OK)
        a.failure = text_of(x->error[0] != 0 ? x->error : x->f.curl_easy_strerror(x->code));
    return a;
}
