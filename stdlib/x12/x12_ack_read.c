/* x12_ack_read.c: segments of acknowledgments, one statement each, and their words. */
#include "base/vec.h"
#include "stdlib/document/mask.h"
#include "stdlib/x12/x12_ack.h"
#include "stdlib/x12/x12_layout.h"

#include <string.h>

enum { TOLD_LONGEST = 99 }; /* of any element; the longest of the standard */

typedef VEC(x12_ack) ack_list;

/* Which segment makes which statement, where its parts stand, and which lists its codes are from.
 * An AK5 or IK5 speaks of the set that the AK2 before it has named. */
static const struct {
    const char *tag;
    x12_ack_level level;
    uint8_t type, control, position, status, code, codes, value;
    const char *status_of, *codes_of;
} statements[] = {
    {"TA1", ACK_INTERCHANGE, 0, 1, 0, 4, 5, 1, 0, "TA104", "TA105"},
    {"AK1", ACK_GROUP, 1, 2, 0, 0, 0, 0, 0, "AK901", "AK905"},
    {"AK2", ACK_SET, 1, 2, 0, 0, 0, 0, 0, "AK501", "AK502"},
    {"AK3", ACK_SEGMENT, 1, 0, 2, 0, 4, 1, 0, NULL, "AK304"},
    {"IK3", ACK_SEGMENT, 1, 0, 2, 0, 4, 1, 0, NULL, "AK304"},
    {"AK4", ACK_ELEMENT, 1, 0, 0, 0, 3, 1, 4, NULL, "AK403"},
    {"IK4", ACK_ELEMENT, 1, 0, 0, 0, 3, 1, 4, NULL, "AK403"},
};

static text at(text segment, char separator, uint32_t n)
{
    return n ? text_slice(text_trim(x12_element(segment, separator, n)), 0, TOLD_LONGEST)
             : (text){0};
}

static void take_codes(x12_ack *k, text segment, char separator, uint32_t first, uint32_t n)
{
    for (uint32_t i = 0; i < n && k->codes < ACK_CODES; i++) {
        text code = at(segment, separator, first + i);
        if (code.n)
            k->code[k->codes++] = code;
    }
}

/* The last statement of a level, which a trailer completes; NULL: there is none in this set. */
static x12_ack *last_of(ack_list *list, size_t from, x12_ack_level level)
{
    for (size_t i = list->n; i-- > from;)
        if (list->p[i].level == level)
            return &list->p[i];
    return NULL;
}

static void take_verdict(ack_list *list, size_t from, text segment, char separator, bool group)
{
    x12_ack *k = last_of(list, from, group ? ACK_GROUP : ACK_SET);
    if (!k)
        return;
    k->status = at(segment, separator, 1);
    if (group) {
        k->included = at(segment, separator, 2);
        k->received = at(segment, separator, 3);
        k->accepted = at(segment, separator, 4);
    }
    take_codes(k, segment, separator, group ? 5 : 2, ACK_CODES);
}

static void take(const x12_file *f, ack_list *list, size_t from, text segment, char separator)
{
    text tag = x12_element(segment, separator, 0);
    if (text_is(tag, "AK5") || text_is(tag, "IK5") || text_is(tag, "AK9")) {
        take_verdict(list, from, segment, separator, text_is(tag, "AK9"));
        return;
    }
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        if (!text_is(tag, statements[i].tag))
            continue;
        x12_ack k = {.level = statements[i].level,
                     .type = at(segment, separator, statements[i].type),
                     .control = at(segment, separator, statements[i].control),
                     .position = at(segment, separator, statements[i].position),
                     .status = at(segment, separator, statements[i].status),
                     .value = at(segment, separator, statements[i].value),
                     .offset = x12_offset(f, segment)};
        take_codes(&k, segment, separator, statements[i].code, statements[i].codes);
        vec_push(list, k);
    }
}

static void take_set(const x12_file *f, const x12_set *s, ack_list *list)
{
    text type = x12_set_type(f, s), segment;
    size_t from = list->n;
    if (!text_is(type, "997") && !text_is(type, "999"))
        return;
    x12_walk w;
    x12_walk_set(&w, f, s);
    while (x12_next(&w, &segment))
        take(f, list, from, segment, w.by.element);
}

void x12_ack_read(arena *a, const x12_file *f, x12_acks *out)
{
    ack_list list = {0};
    for (uint32_t i = 0; i < f->interchanges; i++)
        for (uint32_t k = 0; k < f->interchange[i].ta1s; k++)
            take(f, &list, list.n, f->ta1[f->interchange[i].ta1 + k],
                 f->interchange[i].separators.element);
    for (uint32_t i = 0; i < f->sets; i++)
        take_set(f, &f->set[i], &list);
    *out = (x12_acks){arena_array(a, x12_ack, list.n), (uint32_t)list.n};
    if (list.n)
        memcpy(out->ack, list.p, list.n * sizeof *list.p);
    vec_release(&list);
}

static const char *const levels[] = {"interchange", "group", "transaction set", "segment",
                                     "element"};

static const char *list_of(x12_ack_level level, bool status)
{
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (statements[i].level == level)
            return status ? statements[i].status_of : statements[i].codes_of;
    return NULL;
}

/* Never NULL. */
static const char *words_of(x12_ack_level level, bool status, text code)
{
    const char *list = list_of(level, status);
    const char *words = list ? x12_code_words(list, code) : NULL;
    return words ? words : "a code that the standard does not have";
}

static bool says(const x12_ack *k, unsigned i)
{
    return k->level != ACK_INTERCHANGE || !text_is(k->code[i], "000");
}

static void add_subject(buffer *b, const x12_ack *k)
{
    buffer_cstr(b, levels[k->level]);
    if (k->type.n)
        buffer_printf(b, " %.*s", TEXT_ARG(k->type));
    if (k->control.n)
        buffer_printf(b, " %.*s", TEXT_ARG(k->control));
    if (k->position.n)
        buffer_printf(b, " at %.*s", TEXT_ARG(k->position));
    if (k->status.n)
        buffer_printf(b, " %s", words_of(k->level, true, k->status));
    else if (k->level == ACK_GROUP || k->level == ACK_SET)
        buffer_cstr(b, " without a verdict");
}

text x12_ack_words(arena *a, const x12_ack *k)
{
    buffer b;
    buffer_init(&b);
    add_subject(&b, k);
    const char *between = ": ";
    if (k->included.n || k->received.n || k->accepted.n) {
        buffer_printf(&b, ": %.*s included, %.*s received, %.*s accepted", TEXT_ARG(k->included),
                      TEXT_ARG(k->received), TEXT_ARG(k->accepted));
        between = ", ";
    }
    for (unsigned i = 0; i < k->codes; i++) {
        if (!says(k, i))
            continue;
        buffer_printf(&b, "%s%s (%.*s)", between, words_of(k->level, false, k->code[i]),
                      TEXT_ARG(k->code[i]));
        between = ", ";
    }
    text words = text_copy(a, buffer_view(&b));
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

static void put_codes(arena *a, json_writer *w, const x12_ack *k)
{
    json_put_key(w, "codes");
    json_array(w);
    for (unsigned i = 0; i < k->codes; i++) {
        json_object(w);
        put(a, w, "code", k->code[i]);
        json_put_key(w, "words");
        json_put_cstr(w, words_of(k->level, false, k->code[i]));
        json_object_end(w);
    }
    json_array_end(w);
}

void x12_ack_write_json(arena *a, json_writer *w, const x12_acks *all)
{
    if (!all->acks)
        return;
    json_put_key(w, "acknowledges");
    json_array(w);
    for (uint32_t i = 0; i < all->acks; i++) {
        const x12_ack *k = &all->ack[i];
        json_object(w);
        json_put_key(w, "level");
        json_put_cstr(w, levels[k->level]);
        put(a, w, "type", k->type);
        put(a, w, "control", k->control);
        put(a, w, "position", k->position);
        put(a, w, "status", k->status);
        put(a, w, "included", k->included);
        put(a, w, "received", k->received);
        put(a, w, "accepted", k->accepted);
        put(a, w, "value", k->value);
        put_codes(a, w, k);
        put(a, w, "words", x12_ack_words(a, k));
        json_object_end(w);
    }
    json_array_end(w);
}
