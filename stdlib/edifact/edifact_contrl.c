/* edifact_contrl.c: what a CONTRL says. Its segments differ only in where they have what, so a
 * table of places reads them all. */
#include "base/vec.h"
#include "stdlib/document/mask.h"
#include "stdlib/edifact/edifact_contrl.h"

#include <stdlib.h>
#include <string.h>

/* Elements of each segment; 0: it has none. */
static const struct {
    char tag[4];
    contrl_level level;
    uint8_t control, type, position, action, code, service, place;
} segments[] = {
    {"UCI", CONTRL_INTERCHANGE, 1, 0, 0, 4, 5, 6, 7}, {"UCF", CONTRL_GROUP, 1, 0, 0, 4, 5, 6, 7},
    {"UCM", CONTRL_MESSAGE, 1, 2, 0, 3, 4, 5, 6},     {"UCS", CONTRL_SEGMENT, 0, 0, 1, 0, 2, 0, 0},
    {"UCD", CONTRL_ELEMENT, 0, 0, 0, 0, 1, 0, 2},
};

/* 0083. */
static const struct {
    const char *code, *words;
} actions[] = {
    {"4", "rejected, with all it holds"},
    {"5", "accepted as an envelope"},
    {"6", "rejected as an envelope"},
    {"7", "accepted, but for what is rejected by name"},
    {"8", "received"},
};

static const char *const levels[] = {"interchange", "group", "message", "segment", "element"};

static text value(arena *a, const edifact_file *f, const edifact_message *m, text segment,
                  uint8_t element, uint32_t component)
{
    if (!element)
        return (text){0};
    text raw = edifact_message_value(f, m, segment, element, component);
    return text_trim(edifact_value(a, raw, edifact_separators_of(f, m)));
}

typedef VEC(contrl_statement) statement_list;

static void take(arena *a, const edifact_file *f, const edifact_message *m, text t,
                 statement_list *list)
{
    text tag = edifact_tag(t, edifact_separators_of(f, m));
    for (size_t i = 0; i < sizeof segments / sizeof *segments; i++) {
        if (!text_is(tag, segments[i].tag))
            continue;
        contrl_statement s = {.level = segments[i].level,
                              .control = value(a, f, m, t, segments[i].control, 1),
                              .type = value(a, f, m, t, segments[i].type, 1),
                              .position = value(a, f, m, t, segments[i].position, 1),
                              .action = value(a, f, m, t, segments[i].action, 1),
                              .code = value(a, f, m, t, segments[i].code, 1),
                              .tag = value(a, f, m, t, segments[i].service, 1),
                              .element = value(a, f, m, t, segments[i].place, 1),
                              .component = value(a, f, m, t, segments[i].place, 2)};
        vec_push(list, s);
    }
}

void contrl_read(arena *a, const edifact_file *f, contrl_report *out)
{
    statement_list list = {0};
    for (uint32_t i = 0; i < f->messages; i++) {
        edifact_walk w;
        text t;
        if (!text_is(edifact_type(f, &f->message[i]), "CONTRL"))
            continue;
        edifact_walk_message(&w, f, &f->message[i]);
        while (edifact_next(&w, &t))
            take(a, f, &f->message[i], t, &list);
    }
    *out = (contrl_report){arena_array(a, contrl_statement, list.n), (uint32_t)list.n};
    if (list.n)
        memcpy(out->statement, list.p, list.n * sizeof *list.p);
    vec_release(&list);
}

static const char *action_words(text action)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (text_is(action, actions[i].code))
            return actions[i].words;
    return "with an action that the standard does not have";
}

static const char *code_words(text code)
{
    const char *words = edifact_error_words(code);
    return words ? words : "a code that the standard does not have";
}

/* 0098 counts the tag as 1, people count elements. false: it names none. */
static bool add_place(buffer *b, const contrl_statement *s)
{
    long element = s->element.n && s->element.n < 6 ? strtol(s->element.p, NULL, 10) - 1 : 0;
    if (element <= 0)
        return false;
    buffer_printf(b, " element %ld", element);
    if (s->component.n)
        buffer_printf(b, ".%.*s", TEXT_ARG(s->component));
    return true;
}

text contrl_words(arena *a, const contrl_statement *s)
{
    buffer b;
    buffer_init(&b);
    if (s->level != CONTRL_ELEMENT)
        buffer_cstr(&b, levels[s->level]);
    if (s->type.n)
        buffer_printf(&b, " %.*s", TEXT_ARG(s->type));
    if (s->control.n)
        buffer_printf(&b, " %.*s", TEXT_ARG(s->control));
    if (s->position.n)
        buffer_printf(&b, " %.*s", TEXT_ARG(s->position));
    if (s->action.n)
        buffer_printf(&b, " %s", action_words(s->action));
    if (s->level == CONTRL_ELEMENT && !add_place(&b, s))
        buffer_cstr(&b, levels[s->level]);
    if (s->code.n)
        buffer_printf(&b, ": %s (%.*s)", code_words(s->code), TEXT_ARG(s->code));
    if (s->tag.n) {
        buffer_printf(&b, ", %.*s", TEXT_ARG(s->tag));
        add_place(&b, s);
    }
    text words = text_copy(a, text_trim(buffer_view(&b)));
    buffer_release(&b);
    return words;
}

static void put(arena *a, json_writer *w, const char *key, text value)
{
    if (value.n == 0)
        return;
    json_put_key(w, key);
    json_put_text(w, mask_text(a, value));
}

static void put_statement(arena *a, json_writer *w, const contrl_statement *s)
{
    json_object(w);
    json_put_key(w, "level");
    json_put_cstr(w, levels[s->level]);
    put(a, w, "type", s->type);
    put(a, w, "control", s->control);
    put(a, w, "position", s->position);
    put(a, w, "status", s->action);
    json_put_key(w, "codes");
    json_array(w);
    if (s->code.n) {
        json_object(w);
        put(a, w, "code", s->code);
        json_put_key(w, "words");
        json_put_cstr(w, code_words(s->code));
        json_object_end(w);
    }
    json_array_end(w);
    put(a, w, "words", contrl_words(a, s));
    json_object_end(w);
}

void contrl_write_json(arena *a, json_writer *w, const contrl_report *r)
{
    if (!r->statements)
        return;
    json_put_key(w, "acknowledges");
    json_array(w);
    for (uint32_t i = 0; i < r->statements; i++)
        put_statement(a, w, &r->statement[i]);
    json_array_end(w);
}
