/* given.c: what a test takes as given: answers of calls, fates of steps, words of people.
 *
 * All of it is constant: a line becomes a row for the script host, with its arguments and its
 * answer as json in canonical form. Answers are typed against the operation, so that a test cannot
 * give what no connector would say.
 */
#include "base/json.h"
#include "bytecode/signature.h"
#include "bytecode/vocabulary.h"
#include "compiler/data.h"
#include "compiler/modules.h"
#include "compiler/platform.h"
#include "compiler/tests.h"

#include <string.h>

/* --- constants as json --- */

static void put_scalar(compiler *c, json_writer *w, value v)
{
    type t = type_sure(v.t);
    text member[32];
    size_t n;
    if (type_id_of(v.t) == T_ABSENT || v.constant == QUANTITY_NONE)
        json_put_null(w);
    else if (t == TYPE_BOOL)
        json_put_bool(w, v.constant == 1);
    else if (t == TYPE_JSON)
        json_put_raw(w, v.string);
    else if (type_family(t) == 't')
        json_put_text(w, v.string);
    else if (type_id_of(t) == TYPE_ENUM && enum_members(t, member, &n) && v.constant < (int64_t)n)
        json_put_text(w, member[v.constant]);
    else if (t == TYPE_INSTANT)
        json_put_int(w, v.constant);
    else
        json_put_decimal(w, v.constant, type_rows[type_id_of(t)].scale);
}

static bool put_json(compiler *c, json_writer *w, node n, type want);

static bool put_list(compiler *c, json_writer *w, node n, type want)
{
    bool good = true;
    type element = type_id_of(want) == TYPE_LIST ? type_element(c, want) : T_ANY;
    json_array(w);
    ast_each_as(tree(c), n, ROLE_element, e) good &= put_json(c, w, e, element);
    json_array_end(w);
    return good;
}

static text entry_name(compiler *c, node e)
{
    node key = ast_key(tree(c), e);
    return key ? literal_text(tree(c), key, c->memory) : ast_name_text(tree(c), e);
}

static bool put_record(compiler *c, json_writer *w, node n)
{
    bool good = true;
    json_object(w);
    ast_each_as(tree(c), n, ROLE_element, e)
    {
        json_put_key_text(w, entry_name(c, e));
        good &= put_json(c, w, ast_value(tree(c), e), T_ANY);
    }
    json_object_end(w);
    return good;
}

/* A constant expression; lists and records of such. After a fault something is written all the
 * same: the writer wants a value. */
static bool put_json(compiler *c, json_writer *w, node n, type want)
{
    bool any = want == T_ANY || type_sure(want) == TYPE_JSON;
    if (ast_is(tree(c), n, NODE_LIST) && (any || type_id_of(want) == TYPE_LIST) &&
        !ast_is(tree(c), ast_element(tree(c), n), NODE_COMPREHENSION))
        return put_list(c, w, n, want);
    if (ast_is(tree(c), n, NODE_RECORD) && any)
        return put_record(c, w, n);
    if (ast_is(tree(c), n, NODE_ABSENT)) {
        json_put_null(w);
        return true;
    }
    value v = expect_const(c, n, any ? T_ANY : want);
    if (v.kind == V_CONST)
        put_scalar(c, w, v);
    else
        json_put_null(w);
    return v.kind == V_CONST;
}

static text finished(compiler *c, buffer *b)
{
    buffer out;
    buffer_init(&out);
    text raw = text_copy(c->memory, buffer_view(b));
    text t =
        json_canonical(c->memory, raw, &out, NULL) ? text_copy(c->memory, buffer_view(&out)) : raw;
    buffer_release(&out);
    buffer_release(b);
    return t;
}

/* --- calls --- */

/* `get` and `put` of documents: as the operation of the connector's kind that is asked for. */
static bool platform_call_take(compiler *c, node call, const operation_call *of, test_given *g)
{
    node at[SIGNATURE_PARAMETERS];
    signature sig = platform_arguments(of->effect);
    const row *r = row_by_final(c, TABLE_CONNECTOR, (uint32_t)of->connector);
    if (!r || !operation_arguments(c, call, &sig, at))
        return false;
    value path = expect_const(c, at[0], TYPE_TEXT);
    buffer b, document;
    json_writer w;
    buffer_init(&b);
    buffer_init(&document);
    json_begin(&w, &document, 0);
    bool good = path.kind == V_CONST && (!at[1] || put_json(c, &w, at[1], TYPE_JSON));
    text json = at[1] ? finished(c, &document) : TEXT("");
    json_begin(&w, &b, 0);
    platform_json(c, &w, of, path.string, json);
    g->arguments = finished(c, &b);
    g->call =
        text_format(c->memory, "%.*s.%s", TEXT_ARG(r->name), operation_rows[of->operation].name);
    return good;
}

static bool call_take(compiler *c, node call, const operation_call *of, test_given *g)
{
    if (of->platform)
        return platform_call_take(c, call, of, g);
    node at[SIGNATURE_PARAMETERS];
    signature sig = signature_read(operation_rows[of->operation].arguments);
    const row *r = row_by_final(c, TABLE_CONNECTOR, (uint32_t)of->connector);
    if (!r || !operation_arguments(c, call, &sig, at))
        return false;
    buffer b;
    json_writer w;
    bool good = true;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    for (uint32_t i = 0; i < sig.parameters; i++) {
        if (!at[i])
            continue;
        json_put_key_text(&w, sig.parameter[i].name);
        good &= put_json(c, &w, at[i], operation_argument_type(c, &sig.parameter[i]));
    }
    json_object_end(&w);
    g->arguments = finished(c, &b);
    g->call =
        text_format(c->memory, "%.*s.%s", TEXT_ARG(r->name), operation_rows[of->operation].name);
    return good;
}

/* --- answers --- */

static void fields_told(compiler *c, diagnostic *g, const text *known, uint32_t n)
{
    buffer b;
    buffer_init(&b);
    for (uint32_t i = 0; i < n; i++)
        buffer_printf(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(known[i]));
    if (n)
        diag_note(c->d, g, "its fields: %.*s", (int)b.n, b.p);
    buffer_release(&b);
}

static bool answer_holds_json(const signature *s)
{
    for (uint32_t i = 0; i < s->parameters; i++)
        if (text_is(s->parameter[i].name, "json"))
            return true;
    return false;
}

static void unknown_answer(compiler *c, node e, const signature *s)
{
    text candidates[SIGNATURE_PARAMETERS], name = entry_name(c, e);
    for (uint32_t i = 0; i < s->parameters; i++)
        candidates[i] = s->parameter[i].name;
    span at = ast_name(tree(c), e) ? ast_name_span(tree(c), e) : at_node(c, e);
    diagnostic *g = fault(c, DIAG_E0206, at, "this answer has no field `%.*s`", TEXT_ARG(name));
    suggest(c, g, at, name, candidates, s->parameters);
    fields_told(c, g, candidates, s->parameters);
    if (!g->helps.n && answer_holds_json(s))
        diag_help_add(c->d, g,
                      "what a document says stands under `json`: returns {json: {%.*s: …}}",
                      TEXT_ARG(name));
}

static const signature_parameter *answer_field(const signature *s, text path, bool *group)
{
    *group = false;
    for (uint32_t i = 0; i < s->parameters; i++) {
        text field = s->parameter[i].name;
        if (text_equal(field, path))
            return &s->parameter[i];
        *group |= field.n > path.n && text_starts(field, path) && field.p[path.n] == '.';
    }
    return NULL;
}

static bool put_answer(compiler *c, json_writer *w, node record, const signature *s, text prefix)
{
    bool good = true, group;
    json_object(w);
    ast_each_as(tree(c), record, ROLE_element, e)
    {
        text name = entry_name(c, e), path = name;
        if (prefix.n)
            path = text_format(c->memory, "%.*s.%.*s", TEXT_ARG(prefix), TEXT_ARG(name));
        node of = ast_value(tree(c), e);
        const signature_parameter *p = answer_field(s, path, &group);
        json_put_key_text(w, name);
        if (p)
            good &= put_json(c, w, of, type_make(p->type, 0));
        else if (group && ast_is(tree(c), of, NODE_RECORD))
            good &= put_answer(c, w, of, s, path);
        else {
            unknown_answer(c, e, s);
            json_put_null(w);
            good = false;
        }
    }
    json_object_end(w);
    return good;
}

static bool answer_take(compiler *c, node n, uint32_t operation, test_given *g)
{
    if (!ast_is(tree(c), n, NODE_RECORD)) {
        fault_at(c, E0703, n, "an answer is a record of its fields: %s",
                 operation_rows[operation].result);
        return false;
    }
    signature s = signature_read(operation_rows[operation].result);
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    bool good = put_answer(c, &w, n, &s, TEXT(""));
    g->values = finished(c, &b);
    return good;
}

/* --- people --- */

static bool word_take(compiler *c, node n, const char *words, test_given *g)
{
    text candidates[16], word = ast_name_text(tree(c), n);
    size_t k = 0;
    for (const char *rest = words; k < 16;) {
        text one = vocabulary_next(&rest);
        if (!one.n)
            break;
        candidates[k++] = one;
    }
    g->fate = GIVEN_SAYS;
    for (size_t i = 0; i < k && ast_is(tree(c), n, NODE_NAME); i++)
        if (text_equal(candidates[i], word)) {
            g->values = text_copy(c->memory, word);
            return true;
        }
    diagnostic *d = fault_at(c, E0703, n, "people do not answer with `%.*s` there",
                             TEXT_ARG(canonical(c, tree(c), n)));
    if (ast_is(tree(c), n, NODE_NAME))
        suggest(c, d, at_node(c, n), word, candidates, k);
    diag_note(c->d, d, "they answer with one of: %s", words);
    return false;
}

/* --- what is meant --- */

/* Every sample of a series, whatever its reads answer. */
static bool sample_take(compiler *c, node n, type t, test_given *g)
{
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    bool good = put_json(c, &w, n, t);
    g->values = finished(c, &b);
    return good;
}

#define ANSWERS "rollback retry pause skip continue"

static bool returns_at(compiler *c, node n, const run_place *p, test_given *g)
{
    bool record = ast_is(tree(c), n, NODE_RECORD);
    switch (p->kind) {
    case PLAN_APPROVE: return word_take(c, n, "approve reject", g);
    case PLAN_TASK: return word_take(c, n, "done " ANSWERS, g);
    case PLAN_STEP:
        if (record && p->operation < OPERATION_COUNT)
            return answer_take(c, n, p->operation, g);
        return word_take(c, n, ANSWERS, g);
    case PLAN_SIMULATE: return answer_take(c, n, p->operation, g);
    case PLAN_OBSERVE: /* or what people say where it has no data */
        return ast_is(tree(c), n, NODE_NAME) && !decl_find(c->mod, ast_name(tree(c), n))
                   ? word_take(c, n, ANSWERS, g)
                   : sample_take(c, n, p->sample, g);
    default: return word_take(c, n, ANSWERS, g);
    }
}

static bool given_role(compiler *c, node subject, test_given *g)
{
    value v = expr(c, subject, T_ANY);
    if (v.kind == V_ERROR)
        return false;
    const row *r = v.kind == V_CONST && type_is_row(v.t, TABLE_ROLE) && v.constant >= 0
                       ? row_by_final(c, TABLE_ROLE, (uint32_t)v.constant)
                       : NULL;
    if (r)
        g->role = r->name;
    else if (v.kind == V_WORD)
        place_unknown(c, subject);
    else
        fault_at(c, E0703, subject,
                 "a test gives what a call of a connector answers, what happens to a step, or what "
                 "people say; this is none of these");
    return r != NULL;
}

static bool fate_take(compiler *c, node n, const run_place *p, test_given *g)
{
    static const char *const words[] = {"fails", "hangs", "refused"};
    static const given_fate fates[] = {GIVEN_FAILS, GIVEN_HANGS, GIVEN_REFUSED};
    text word = ast_name_text(tree(c), n), candidates[3];
    span at = ast_name_span(tree(c), n);
    int k = -1;
    for (int i = 0; i < 3; i++) {
        candidates[i] = text_of(words[i]);
        if (text_is(word, words[i]))
            k = i;
    }
    if (k < 0) {
        diagnostic *d = fault(c, DIAG_E0703, at, "nothing `%.*s` in a test", TEXT_ARG(word));
        suggest(c, d, at, word, candidates, 3);
        diag_note(c->d, d, "it fails (unknown, and not done), hangs (no answer) or is refused");
        return false;
    }
    g->fate = fates[k];
    bool people = g->role.n || (p && (p->kind == PLAN_APPROVE || p->kind == PLAN_TASK));
    bool acts = !p || p->kind == PLAN_STEP || p->kind == PLAN_SIMULATE || p->kind == PLAN_OBSERVE;
    if (people && g->fate == GIVEN_HANGS) {
        g->fate = GIVEN_SAYS;
        g->values = TEXT("");
        return true;
    }
    if (acts && !people)
        return true;
    diagnostic *d = fault(c, DIAG_E0703, at, "`%.*s` does not happen to %s", TEXT_ARG(word),
                          people ? "people" : "that");
    if (people)
        diag_help_add(c->d, d, "say what they answer, or `hangs` where nobody does");
    else
        diag_help_add(c->d, d, "name a step, or a call of a connector");
    return false;
}

/* `route.undo`: the undo of a step. */
static node undo_of(compiler *c, node subject, test_given *g)
{
    bool many;
    if (!ast_is(tree(c), subject, NODE_MEMBER) || !text_is(ast_name_text(tree(c), subject), "undo"))
        return subject;
    const run_place *p = place_find(c, ast_value(tree(c), subject), &many);
    g->undo = p && p->kind == PLAN_STEP;
    return g->undo ? ast_value(tree(c), subject) : subject;
}

static bool subject_take(compiler *c, node subject, const run_place **p, operation_call *call,
                         test_given *g)
{
    bool many = false;
    *call = (operation_call){.operation = NO_INDEX};
    if (ast_is(tree(c), subject, NODE_CALL)) {
        *call = operation_of(c, subject);
        if (call->operation == NO_INDEX && !call->bad)
            fault_at(c, E0703, subject, "only calls of connectors are answered by a test");
        return call->operation != NO_INDEX && call->connector >= 0 &&
               call_take(c, subject, call, g);
    }
    node chain = undo_of(c, subject, g);
    *p = place_find(c, chain, &many);
    if (*p) {
        ptrdiff_t brace = (ptrdiff_t)(*p)->path.n;
        while (brace > 0 && (*p)->path.p[brace - 1] != '}')
            brace--;
        g->path = text_slice((*p)->path, brace > 0 ? (size_t)brace + 1 : 0, (*p)->path.n);
        return true;
    }
    return !many && given_role(c, chain, g);
}

static bool times_take(compiler *c, node n, test_given *g)
{
    value v = n ? expect_const(c, n, TYPE_NUMBER) : value_const(TYPE_NUMBER, 0);
    if (v.kind != V_CONST)
        return false;
    g->times = v.constant / UNIT_NUMBER;
    if (!n || (g->times > 0 && v.constant % UNIT_NUMBER == 0 && g->times <= 1000000))
        return true;
    fault_at(c, E0308, n, "a whole number above 0 is needed here");
    return false;
}

static bool after_take(compiler *c, node n, test_given *g)
{
    value v = n ? expect_const(c, n, TYPE_DURATION) : value_const(TYPE_DURATION, 0);
    if (v.kind != V_CONST)
        return false;
    if (v.constant < 0) {
        fault_at(c, E0308, n, "nothing happens before it is asked for");
        return false;
    }
    bool silent = g->fate == GIVEN_HANGS || (g->fate == GIVEN_SAYS && !g->values.n);
    if (n && silent) {
        fault_at(c, E0703, n, "what hangs does so until its time is over: there is no `after`");
        return false;
    }
    bool from = g->fate == GIVEN_RETURNS;
    *(from ? &g->from : &g->delay) = v.constant;
    return true;
}

bool given_take(compiler *c, node n, test_given *out)
{
    node subject = ast_subject(tree(c), n), returned = ast_returned(tree(c), n);
    const run_place *p = NULL;
    operation_call call;
    *out = (test_given){.source = canonical(c, tree(c), subject), .at = at_node(c, n)};
    bool good = subject_take(c, subject, &p, &call, out);
    if (good && !returned)
        good = fate_take(c, n, p, out);
    else if (good && call.operation != NO_INDEX)
        good = answer_take(c, returned, call.operation, out);
    else if (good && p)
        good = returns_at(c, returned, p, out);
    else if (good)
        good = word_take(c, returned, "approve reject done " ANSWERS, out);
    if (good && out->undo && out->fate == GIVEN_SAYS) {
        fault_at(c, E0703, n, "an undo fails, hangs or is refused; people answer at its step");
        good = false;
    }
    return times_take(c, ast_count(tree(c), n), out) && after_take(c, ast_after(tree(c), n), out) &&
           good;
}
