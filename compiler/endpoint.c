/* endpoint.c: calls that are data, by the table endpoints.def; addresses and secrets in them.
 *
 * Arguments are constants: they are part of what people approve. What opens a door is never one of
 * them: a credential is `secret("NAME")`, which is looked up in the environment of the run.
 */
#include "compiler/endpoint.h"
#include "compiler/expr.h"

#include <stdlib.h>
#include <string.h>

typedef enum {
    FORM_TEXT,
    FORM_WORDS,
    FORM_SECRET,
    FORM_IDENTITY,
    FORM_HTTP,
    FORM_SFTP,
    FORM_CREDENTIAL
} argument_form;

enum { REQUIRED = 1 };

typedef enum {
#define CALLEE(name, places, doc) CALLEE_##name,
#include "compiler/endpoints.def"
    CALLEES
} callee_id;

static const struct {
    const char *name, *places;
} callees[] = {
#define CALLEE(name, places, doc) {#name, places},
#include "compiler/endpoints.def"
};

static const struct {
    callee_id callee;
    const char *name;
    argument_form form;
    unsigned flags;
} arguments[] = {
#define ARGUMENT(callee, name, form, flags) {CALLEE_##callee, #name, FORM_##form, flags},
#include "compiler/endpoints.def"
};
enum { ARGUMENTS = sizeof arguments / sizeof *arguments };

/* --- addresses
 * --------------------------------------------------------------------------------------- */

static text after_scheme(text t, const char *scheme)
{
    size_t n = scheme ? strlen(scheme) : 0;
    bool so =
        n && text_starts(t, text_of(scheme)) && text_starts(text_slice(t, n, t.n), TEXT("://"));
    return so ? text_slice(t, n + 3, t.n) : (text){NULL, 0};
}

bool address_check(compiler *c, node n, text t, const char *secure, const char *plain)
{
    text rest = after_scheme(t, secure);
    if (!rest.p)
        rest = after_scheme(t, plain);
    const char *what = NULL;
    size_t host = 0;
    while (host < rest.n && rest.p[host] != '/' && rest.p[host] != ':')
        host++;
    if (!rest.p)
        what = "it does not begin with its scheme";
    else if (!host)
        what = "it has no host";
    for (size_t i = 0; i < rest.n && !what; i++) {
        unsigned char x = (unsigned char)rest.p[i];
        what = x <= ' ' || x == 0x7f  ? "a blank cannot stand in it"
               : x == '@'             ? "a user stands in a field of its own"
               : x == '?' || x == '#' ? "what is asked stands in the call, not in the address"
                                      : NULL;
    }
    if (!what)
        return true;
    diagnostic *g = fault_at(c, E0612, n, "this is no %s address: %s", secure, what);
    diag_help_add(c->d, g, "as in `\"%s://gateway.example/api\"`", secure);
    return false;
}

static bool address_put(compiler *c, json_writer *w, node n, bool sftp)
{
    value v = expect_const(c, n, TYPE_TEXT);
    bool good = v.kind == V_CONST &&
                address_check(c, n, v.string, sftp ? "sftp" : "https", sftp ? NULL : "http");
    json_put_text(w, good ? v.string : TEXT(""));
    return good;
}

/* --- secrets
 * ----------------------------------------------------------------------------------------- */

static void name_put(json_writer *w, text name)
{
    json_object(w);
    json_add_text(w, "secret", name);
    json_object_end(w);
}

static bool secret_or(compiler *c, json_writer *w, node n, bool identity)
{
    value v = expr(c, n, T_ANY);
    bool constant = v.kind == V_CONST, text_itself = constant && v.t == TYPE_TEXT;
    if (constant && v.t == TYPE_SECRET) {
        name_put(w, v.string);
        return true;
    }
    json_put_text(w, text_itself && identity ? v.string : TEXT(""));
    if (text_itself && identity)
        return true;
    if (text_itself) {
        diagnostic *g = fault_at(c, E0613, n, "a credential stands in the program");
        diag_help_add(c->d, g,
                      "name it, and put it into the environment of the run: "
                      "`secret(\"NAME\")`");
    } else if (v.kind != V_ERROR)
        fault_at(c, E0306, n, "this must be %ssecret(\"NAME\")", identity ? "a text or " : "");
    return false;
}

bool secret_put(compiler *c, json_writer *w, node n)
{
    return secret_or(c, w, n, false);
}

bool identity_put(compiler *c, json_writer *w, node n)
{
    return secret_or(c, w, n, true);
}

/* --- arguments
 * --------------------------------------------------------------------------------------- */

static bool words_put(compiler *c, json_writer *w, node n)
{
    bool good = ast_is(tree(c), n, NODE_LIST) && ast_element(tree(c), n);
    json_array(w);
    if (!good)
        fault_at(c, E0306, n, "a command is a list of words: [\"bin/page\", \"lead\"]");
    ast_each_as(tree(c), n, ROLE_element, e)
    {
        value v = good ? expect_const(c, e, TYPE_TEXT) : value_error();
        good &= v.kind == V_CONST;
        json_put_text(w, v.kind == V_CONST ? v.string : TEXT(""));
    }
    json_array_end(w);
    return good;
}

static bool text_put(compiler *c, json_writer *w, node n)
{
    value v = expect_const(c, n, TYPE_TEXT);
    json_put_text(w, v.kind == V_CONST ? v.string : TEXT(""));
    return v.kind == V_CONST;
}

static bool argument_put(compiler *c, json_writer *w, node n, argument_form form)
{
    switch (form) {
    case FORM_TEXT: return text_put(c, w, n);
    case FORM_WORDS: return words_put(c, w, n);
    case FORM_SECRET: return secret_put(c, w, n);
    case FORM_IDENTITY: return identity_put(c, w, n);
    case FORM_HTTP: return address_put(c, w, n, false);
    case FORM_SFTP: return address_put(c, w, n, true);
    case FORM_CREDENTIAL: return endpoint_put(c, w, n, PLACE_CREDENTIAL);
    }
    return false;
}

static int argument_find(callee_id of, text name)
{
    for (int i = 0; i < ARGUMENTS; i++)
        if (arguments[i].callee == of && text_is(name, arguments[i].name))
            return i;
    return -1;
}

static int argument_at(callee_id of, uint32_t position)
{
    for (int i = 0; i < ARGUMENTS; i++)
        if (arguments[i].callee == of && arguments[i].flags & REQUIRED && !position--)
            return i;
    return -1;
}

static void unknown_argument(compiler *c, callee_id of, node arg)
{
    text known[ARGUMENTS], name = ast_name_text(tree(c), arg);
    size_t n = 0;
    for (int i = 0; i < ARGUMENTS; i++)
        if (arguments[i].callee == of)
            known[n++] = text_of(arguments[i].name);
    span at = ast_name_span(tree(c), arg);
    diagnostic *g =
        fault(c, DIAG_E0305, at, "`%s` has no argument `%.*s`", callees[of].name, TEXT_ARG(name));
    suggest(c, g, at, name, known, n);
}

/* given[i]: the expression of arguments[i]. */
static bool arguments_place(compiler *c, node call, callee_id of, node *given)
{
    uint32_t position = 0;
    bool good = true;
    ast_each_as(tree(c), call, ROLE_arg, arg)
    {
        bool named = ast_is(tree(c), arg, NODE_NAMED_ARG);
        int i =
            named ? argument_find(of, ast_name_text(tree(c), arg)) : argument_at(of, position++);
        bool twice = i >= 0 && given[i];
        if (i < 0 && named)
            unknown_argument(c, of, arg);
        else if (i < 0)
            fault_at(c, E0305, arg, "there are more arguments than `%s` takes by position",
                     callees[of].name);
        else if (twice)
            fault_at(c, E0305, arg, "the argument `%s` is given twice", arguments[i].name);
        else
            given[i] = named ? ast_value(tree(c), arg) : arg;
        good &= i >= 0 && !twice;
    }
    for (int i = 0; good && i < ARGUMENTS; i++)
        if (arguments[i].callee == of && arguments[i].flags & REQUIRED && !given[i]) {
            fault_at(c, E0305, call, "the argument `%s` is missing", arguments[i].name);
            good = false;
        }
    return good;
}

/* --- calls
 * ------------------------------------------------------------------------------------------- */

static int callee_find(text name, endpoint_place stands)
{
    for (int i = 0; i < CALLEES; i++)
        if (text_is(name, callees[i].name) && strchr(callees[i].places, (char)stands))
            return i;
    return -1;
}

static void no_such_call(compiler *c, node n, endpoint_place stands)
{
    static const struct {
        endpoint_place place;
        const char *says;
    } what[] = {{PLACE_ENDPOINT,
                 "an endpoint is a call: dir(\"…\"), exec([\"…\"]), http(\"…\"), sftp(\"…\")"},
                {PLACE_ALARM, "an alarm is a command: exec([\"bin/page\", \"lead\"])"},
                {PLACE_CREDENTIAL,
                 "a credential is a call: bearer(secret(\"…\")), basic(…, secret(\"…\"))"}};
    node callee = ast_is(tree(c), n, NODE_CALL) ? ast_callee(tree(c), n) : 0;
    text known[CALLEES], name = callee ? ast_name_text(tree(c), callee) : TEXT("");
    size_t k = 0;
    for (int i = 0; i < CALLEES; i++)
        if (strchr(callees[i].places, (char)stands))
            known[k++] = text_of(callees[i].name);
    span at = callee ? ast_name_span(tree(c), callee) : at_node(c, n);
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        if (what[i].place == stands) {
            diagnostic *g = fault(c, DIAG_E0601, at, "%s", what[i].says);
            suggest(c, g, at, name, known, k);
        }
}

static int key_order(const void *a, const void *b)
{
    int i = *(const int *)a, k = *(const int *)b;
    return strcmp(i < 0 ? "kind" : arguments[i].name, k < 0 ? "kind" : arguments[k].name);
}

bool endpoint_put(compiler *c, json_writer *w, node n, endpoint_place stands)
{
    node given[ARGUMENTS] = {0},
         callee = ast_is(tree(c), n, NODE_CALL) ? ast_callee(tree(c), n) : 0;
    int of = callee ? callee_find(ast_name_text(tree(c), callee), stands) : -1;
    if (of < 0 && !ast_is(tree(c), n, NODE_ERROR))
        no_such_call(c, n, stands);
    if (of < 0 || !arguments_place(c, n, (callee_id)of, given)) {
        json_put_null(w);
        return false;
    }
    int order[ARGUMENTS + 1] = {-1}; /* -1: `kind` */
    size_t k = 1;
    for (int i = 0; i < ARGUMENTS; i++)
        if (given[i])
            order[k++] = i;
    qsort(order, k, sizeof *order, key_order);
    bool good = true;
    json_object(w);
    for (size_t i = 0; i < k; i++) {
        json_put_key(w, order[i] < 0 ? "kind" : arguments[order[i]].name);
        if (order[i] < 0)
            json_put_cstr(w, callees[of].name);
        else
            good &= argument_put(c, w, given[order[i]], arguments[order[i]].form);
    }
    json_object_end(w);
    return good;
}

bool endpoint_json(compiler *c, node n, endpoint_place stands, buffer *out)
{
    json_writer w;
    json_begin(&w, out, 0);
    return endpoint_put(c, &w, n, stands);
}
