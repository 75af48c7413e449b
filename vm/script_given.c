/* script_given.c: which line of a test's table answers a request or a person's question. */
#include "base/json.h"
#include "bytecode/signature.h"
#include "bytecode/vocabulary.h"
#include "vm/script_parts.h"

#include <string.h>

enum { RETRIED_MOST = 3 }; /* that people have a write that did not happen performed again */

/* --- matching --- */

static bool is_tail(text path, const char *tail)
{
    size_t n = strlen(tail);
    return n <= path.n && memcmp(path.p + path.n - n, tail, n) == 0 &&
           (n == path.n || path.p[path.n - n - 1] == '.');
}

static bool fits(const char *given, text found)
{
    return given == NULL || text_is(found, given);
}

text script_argument(arena *memory, operation_id operation, const json_document *arguments)
{
    signature sig = signature_read(operation_rows[operation].arguments);
    uint32_t node = sig.parameters == 0 ? 0 : json_member(arguments, 0, sig.parameter[0].name);
    if (node == 0 || arguments->node[node].kind == JSON_TEXT)
        return node == 0 ? TEXT("") : json_text(memory, arguments, node);
    if (arguments->node[node].kind != JSON_ARRAY)
        return json_raw(arguments, node);
    buffer b;
    buffer_init(&b);
    for (uint32_t i = 0; i < arguments->node[node].count; i++) {
        if (i != 0)
            buffer_char(&b, ' ');
        buffer_text(&b, json_text(memory, arguments, json_element(arguments, node, i)));
    }
    text t = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static text in_one_form(arena *memory, text raw)
{
    buffer b;
    buffer_init(&b);
    text t = json_canonical(memory, raw, &b, NULL) ? text_copy(memory, buffer_view(&b)) : raw;
    buffer_release(&b);
    return t;
}

/* Every argument that the given names is so in the request. */
static bool arguments_fit(const char *given, const json_document *found, arena *memory)
{
    json_document d;
    if (given == NULL)
        return true;
    if (!json_read(memory, text_of(given), &d, NULL))
        return false;
    for (uint32_t i = 0, wanted = 1; i < d.node[0].count; i++, wanted = d.node[wanted].next) {
        uint32_t node = json_member(found, 0, json_key(memory, &d, wanted));
        if (node == 0 || !text_equal(in_one_form(memory, json_raw(&d, wanted)),
                                     in_one_form(memory, json_raw(found, node))))
            return false;
    }
    return true;
}

/* A path names a step: what it reads to be checked is a call of its own. */
static bool path_fits(const script_given *g, const script_request *q)
{
    if (g->path == NULL)
        return g->call != NULL;
    if (q->series.n != 0 && g->call == NULL)
        return is_tail(q->series, g->path);
    if (g->call == NULL && !q->write && q->connector.n != 0)
        return false;
    return is_tail(q->path, g->path) && (g->call != NULL || g->undo == q->undo);
}

static bool due(host_script *s, size_t i)
{
    if (s->first[i] == QUANTITY_NONE)
        s->first[i] = s->now;
    return s->now >= s->first[i] + s->given[i].from;
}

/* Only what stayed unknown and was not done is repeated within its try. */
static bool same_try(script_fate fate, const script_try *a, const script_try *b)
{
    bool doubtful = fate == SCRIPT_FAILS || fate == SCRIPT_HANGS;
    return doubtful && b->attempt != 0 && a->attempt == b->attempt &&
           sha256_equal(&a->key, &b->key);
}

const script_given *script_find(host_script *s, const script_request *q, arena *memory)
{
    for (size_t i = 0; i < s->givens; i++) {
        const script_given *g = &s->given[i];
        bool same = same_try(g->fate, &s->last[i], &q->try);
        if (g->fate == SCRIPT_SAYS || s->over[i] ||
            (g->times != 0 && s->met[i] >= g->times && !same) || !path_fits(g, q) ||
            !fits(g->call, q->call) || !fits(g->argument, q->argument) ||
            !arguments_fit(g->arguments, &q->arguments, memory) || !due(s, i))
            continue;
        s->met[i] += !same;
        s->last[i] = q->try;
        return g;
    }
    return NULL;
}

static text given_argument(const script_given *g, arena *memory)
{
    json_document d;
    if (g->argument != NULL)
        return text_of(g->argument);
    operation_id operation = OPERATION_COUNT;
    const char *dot = g->call == NULL ? NULL : strrchr(g->call, '.');
    for (unsigned i = 0; dot != NULL && i < OPERATION_COUNT; i++)
        if (strcmp(operation_rows[i].name, dot + 1) == 0 && operation == OPERATION_COUNT)
            operation = (operation_id)i;
    if (operation == OPERATION_COUNT || g->arguments == NULL ||
        !json_read(memory, text_of(g->arguments), &d, NULL))
        return (text){NULL, 0};
    return script_argument(memory, operation, &d);
}

void script_end(host_script *s, text connector, text name)
{
    arena scratch = {0};
    for (size_t i = 0; i < s->givens; i++) {
        const script_given *g = &s->given[i];
        if (g->call == NULL || strncmp(g->call, connector.p, connector.n) != 0 ||
            g->call[connector.n] != '.')
            continue;
        const char *operation = g->call + connector.n + 1;
        bool reads = strcmp(operation, "read") == 0 || strcmp(operation, "stat") == 0 ||
                     strcmp(operation, "get") == 0;
        if (reads && text_equal(given_argument(g, &scratch), name))
            s->over[i] = true;
    }
    arena_release(&scratch);
}

/* --- people --- */

static bool word_fits(text kind, const char *word)
{
    static const struct {
        const char *kind, *words;
    } rows[] = {
        {"approval", " approve reject "},
        {"task", " done "},
        {"question", " rollback retry pause skip continue "},
        {"doubt", " done retry skip "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows && word != NULL; i++)
        if (text_is(kind, rows[i].kind)) {
            const char *found = strstr(rows[i].words, word);
            return found != NULL && found[-1] == ' ' && found[strlen(word)] == ' ';
        }
    return word == NULL;
}

/* Those who are asked whether a write happened know: what did not is performed again. Of an undo
 * that fails nobody says anything: the run is stuck, and that is what a test wants to see. */
static bool tell_doubt(host_script *s, text path, text *word)
{
    for (size_t i = 0; i < s->writes.n; i++) {
        script_write *w = &s->writes.p[i];
        if (!text_equal(w->path, path))
            continue;
        if (w->undo)
            return false;
        if (!w->done)
            *word = w->retried++ < RETRIED_MOST ? TEXT("retry") : TEXT("skip");
        return true;
    }
    return true;
}

/* What a line says to a question, once: a pause would else be said again and again. */
static bool speak(host_script *s, size_t i, const host_asked *q, text *word)
{
    const script_given *g = &s->given[i];
    if (g->values == NULL) {
        s->met[i] += s->met[i] == 0;
        return false;
    }
    instant since = q->since == QUANTITY_NONE ? s->now : q->since;
    if (s->now < since + g->delay) {
        instant at = since + g->delay;
        s->people = at < s->people ? at : s->people;
        return false;
    }
    if (strcmp(g->values, "pause") == 0 && s->said[i] == since)
        return false;
    s->said[i] = since;
    s->met[i]++;
    *word = text_of(g->values);
    return true;
}

bool script_say(host_script *s, const host_asked *q, text *word)
{
    *word = TEXT("");
    for (size_t i = 0; i < s->givens; i++) {
        const script_given *g = &s->given[i];
        if (g->fate == SCRIPT_SAYS && (g->times == 0 || s->met[i] < g->times) &&
            fits(g->role, q->role) && (g->path == NULL || is_tail(q->path, g->path)) &&
            word_fits(q->kind, g->values))
            return speak(s, i, q, word);
    }
    return !text_is(q->kind, "doubt") || tell_doubt(s, q->path, word);
}
