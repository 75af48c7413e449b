/* platform.c: see platform.h. */
#include "compiler/platform.h"
#include "compiler/data.h"
#include "compiler/fields.h"

enum { COMMAND = 16 /* words of a command at most */ };

uint32_t platform_operation(type connector, text name)
{
    static const struct {
        uint32_t get, put;
    } of[] = {{OPERATION_DIR_READ, OPERATION_DIR_WRITE},
              {OPERATION_EXEC_ASK, OPERATION_EXEC_RUN},
              {OPERATION_HTTP_GET, OPERATION_HTTP_PUT},
              {OPERATION_SFTP_READ, OPERATION_SFTP_WRITE}};
    int kind = type_row_kind(connector);
    size_t k = kind < 0 ? 2 : (size_t)kind; /* of any kind: http has the same two verbs */
    return text_is(name, "get") ? of[k].get : text_is(name, "put") ? of[k].put : NO_INDEX;
}

signature platform_arguments(effect e)
{
    return signature_read(e == EFFECT_WRITE ? "path: text, json: json" : "path: text");
}

signature platform_answer(effect e)
{
    return signature_read(e == EFFECT_WRITE ? "" : "text: text, json: json");
}

/* --- commands -----------------------------------------------------------------------------------
 */

static node command_field(const decl *d)
{
    const ast *t = &d->home->tree;
    ast_each(t, ast_body(t, d->at),
             n) if (ast_is(t, n, NODE_FIELD) && text_is(ast_name_text(t, n), "command")) return n;
    return 0;
}

static uint32_t command_words(compiler *c, node list, value *out)
{
    uint32_t n = 0;
    ast_each_as(tree(c), list, ROLE_element, e)
    {
        if (n == COMMAND) {
            fault_at(c, E0110, e, "a command has more than %d words", COMMAND);
            break;
        }
        out[n] = expect_const(c, e, TYPE_TEXT);
        n += out[n].kind == V_CONST;
    }
    return n;
}

void platform_command_check(compiler *c, node list)
{
    value words[COMMAND];
    if (list && (!ast_is(tree(c), list, NODE_LIST) || !command_words(c, list, words)))
        fault_at(c, E0301, list, "`command` takes a list of texts: [\"bin/ctl\"]");
}

static const decl *decl_of(const compiler *c, int64_t connector)
{
    const row *r = connector >= 0 ? row_by_final(c, TABLE_CONNECTOR, (uint32_t)connector) : NULL;
    return r ? r->of : NULL;
}

bool platform_fits(compiler *c, value connector, node n)
{
    const decl *d = connector.kind == V_CONST ? decl_of(c, connector.constant) : NULL;
    int exec = enum_code(type_make(TYPE_ENUM, ENUM_connector), TEXT("exec"));
    if (!d || type_row_kind(connector.t) != exec || command_field(d))
        return true;
    diagnostic *g =
        fault_at(c, E0311, n, "`%.*s` has no `command`", TEXT_ARG(name_text(c, d->name)));
    diag_label_add(c->d, g, d->place, "this connector runs commands");
    diag_help_add(
        c->d, g,
        "give it the one that is run with `get PATH` and `put PATH`: command [\"bin/ctl\"]");
    return false;
}

static uint32_t words_of(compiler *c, int64_t connector, value *out)
{
    const decl *d = decl_of(c, connector);
    module *here = c->mod;
    node field = d ? command_field(d) : 0;
    uint32_t n = 0;
    if (field) {
        c->mod = d->home;
        n = command_words(c, ast_value(tree(c), field), out);
        c->mod = here;
    }
    return n;
}

/* [COMMAND…, verb, path] */
static value command_line(compiler *c, int64_t connector, const char *verb, value path, span at)
{
    value words[COMMAND + 2];
    uint32_t n = words_of(c, connector, words);
    words[n++] = value_of_text(TYPE_TEXT, text_of(verb));
    words[n++] = path;
    type t = type_list_of(c, TYPE_TEXT);
    uint32_t run = materialise_run(c, words, n, at), r = reg_new(c, t);
    emit(c, OP_LIST, r, run, n, at);
    return value_reg(c, r, t);
}

/* --- spelling -----------------------------------------------------------------------------------
 */

static value joined(compiler *c, value a, value b, span at)
{
    value both[2] = {a, b};
    uint32_t run = materialise_run(c, both, 2, at), r = reg_new(c, TYPE_TEXT);
    emit(c, OP_CAT, r, run, 2, at);
    return value_reg(c, r, TYPE_TEXT);
}

static value nothing(compiler *c, type t, span at)
{
    uint32_t r = reg_new(c, t | T_MAYBE);
    emit(c, OP_LDN, r, 1, 0, at);
    return value_reg(c, r, t | T_MAYBE);
}

static value as_text(compiler *c, value json, span at)
{
    uint32_t from = materialise(c, json, TEXT(""), at), r = reg_new(c, TYPE_TEXT);
    emit(c, OP_FMT, r, from, 1, at);
    return value_reg(c, r, TYPE_TEXT);
}

uint32_t platform_spell(compiler *c, const operation_call *call, const value *own, value *out,
                        span at)
{
    value path = own[0];
    switch (call->operation) {
    case OPERATION_DIR_READ:
    case OPERATION_SFTP_READ:
        out[0] = joined(c, path, value_of_text(TYPE_TEXT, TEXT(".json")), at);
        return 1;
    case OPERATION_DIR_WRITE:
    case OPERATION_SFTP_WRITE:
        out[0] = joined(c, path, value_of_text(TYPE_TEXT, TEXT(".json")), at);
        out[1] = nothing(c, TYPE_TEXT, at);
        out[2] = own[1];
        return 3;
    case OPERATION_EXEC_ASK:
        out[0] = command_line(c, call->connector, "get", path, at);
        out[1] = nothing(c, TYPE_TEXT, at);
        return 2;
    case OPERATION_EXEC_RUN:
        out[0] = command_line(c, call->connector, "put", path, at);
        out[1] = as_text(c, own[1], at);
        return 2;
    case OPERATION_HTTP_GET:
        out[0] = joined(c, value_of_text(TYPE_TEXT, TEXT("/")), path, at);
        out[1] = nothing(c, TYPE_JSON, at);
        out[2] = nothing(c, TYPE_JSON, at);
        return 3;
    default: /* http.put */
        out[0] = joined(c, value_of_text(TYPE_TEXT, TEXT("/")), path, at);
        out[1] = own[1];
        out[2] = nothing(c, TYPE_TEXT, at);
        out[3] = nothing(c, TYPE_JSON, at);
        out[4] = nothing(c, TYPE_JSON, at);
        return 5;
    }
}

void platform_json(compiler *c, json_writer *w, const operation_call *call, text path, text json)
{
    value words[COMMAND];
    bool exec = call->operation == OPERATION_EXEC_ASK || call->operation == OPERATION_EXEC_RUN;
    json_object(w);
    json_put_key(w, exec ? "argv" : "path");
    if (exec) {
        uint32_t n = words_of(c, call->connector, words);
        json_array(w);
        for (uint32_t i = 0; i < n; i++)
            json_put_text(w, words[i].string);
        json_put_text(w, json.n ? TEXT("put") : TEXT("get"));
        json_put_text(w, path);
        json_array_end(w);
    } else
        json_put_text(w, text_format(c->memory, "%.*s.json", TEXT_ARG(path)));
    if (json.n) {
        json_put_key(w, exec ? "stdin" : "json");
        if (exec)
            json_put_text(w, json);
        else
            json_put_raw(w, json);
    }
    json_object_end(w);
}
