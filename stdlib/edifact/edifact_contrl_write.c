/* edifact_contrl_write.c: the CONTRL that a file deserves, from the places of its faults.
 *
 * Values are copied as they stand in the file, release characters included, because the answer
 * speaks with the same separators. */
#include "stdlib/edifact/edifact_contrl.h"

#include <stdlib.h>
#include <string.h>

/* A fault of a message, by message and offset. */
typedef struct {
    uint32_t message, fault;
} told;

typedef struct {
    arena *memory;
    const edifact_file *file;
    const edifact_separators *by;
    buffer *out;
    told *list; /* faults of messages */
    size_t told;
    uint32_t segments;
} answer;

static int by_message(const void *a, const void *b)
{
    const told *x = a, *y = b;
    if (x->message != y->message)
        return x->message < y->message ? -1 : 1;
    return (x->fault > y->fault) - (x->fault < y->fault);
}

static void begin(answer *w, const char *tag)
{
    buffer_cstr(w->out, tag);
    w->segments++;
}

static void element(answer *w, text value)
{
    buffer_char(w->out, w->by->element);
    buffer_text(w->out, value);
}

static void element_cstr(answer *w, const char *value)
{
    element(w, text_of(value));
}

static void element_number(answer *w, uint32_t n)
{
    buffer_char(w->out, w->by->element);
    buffer_printf(w->out, "%u", n);
}

static void component(answer *w, const char *value)
{
    buffer_char(w->out, w->by->component);
    buffer_cstr(w->out, value);
}

static void end(answer *w)
{
    buffer_char(w->out, w->by->terminator);
    if (w->by->terminator != '\n')
        buffer_char(w->out, '\n');
}

/* S011: the tag counts as the first. */
static void element_place(answer *w, const edifact_place *p)
{
    element_number(w, p->element + 1);
    if (p->component) {
        buffer_char(w->out, w->by->component);
        buffer_printf(w->out, "%u", p->component);
    }
}

/* 0085, 0013 and S011 of a service segment; nothing where there is no such fault. */
static void service_fault(answer *w, uint32_t fault)
{
    if (fault == EDIFACT_NOWHERE)
        return;
    const edifact_place *p = &w->file->place[fault];
    element(w, w->file->fault[fault].code);
    if (!p->tag[0])
        return;
    element_cstr(w, p->tag);
    if (p->element)
        element_place(w, p);
}

/* The first fault at that level of that interchange, group or message. */
static uint32_t first_fault(const answer *w, edifact_level level, uint32_t at)
{
    for (uint32_t i = 0; i < w->file->faults; i++) {
        const edifact_place *p = &w->file->place[i];
        uint32_t where = level == EDIFACT_INTERCHANGE ? p->interchange : p->group;
        if (p->level == level && where == at)
            return i;
    }
    return EDIFACT_NOWHERE;
}

static void write_segment_faults(answer *w, const told *from, const told *to)
{
    uint32_t open = 0;
    for (; from < to; from++) {
        const edifact_place *p = &w->file->place[from->fault];
        text code = w->file->fault[from->fault].code;
        if (!p->segment)
            continue;
        if (p->segment != open || !p->element) {
            begin(w, "UCS");
            element_number(w, p->segment);
            if (!p->element)
                element(w, code);
            end(w);
            open = p->segment;
        }
        if (p->element) {
            begin(w, "UCD");
            element(w, code);
            element_place(w, p);
            end(w);
        }
    }
}

/* UCM of a message with faults, then its segments. */
static void write_message(answer *w, const told *from, const told *to)
{
    const edifact_message *m = &w->file->message[from->message];
    text header = edifact_message_header(w->file, m);
    uint32_t service = EDIFACT_NOWHERE;
    for (const told *t = to; t-- > from;)
        if (!w->file->place[t->fault].segment)
            service = t->fault;
    begin(w, "UCM");
    element(w, edifact_element(header, w->by, 1));
    element(w, m->package ? (text){0} : edifact_element(header, w->by, 2));
    element_cstr(w, "4");
    service_fault(w, service);
    end(w);
    write_segment_faults(w, from, to);
}

/* The messages with faults of that group (EDIFACT_NOWHERE: in none) of that interchange; `write`
 * false: only whether there are any. */
static bool messages(answer *w, uint32_t interchange, uint32_t group, bool write)
{
    bool any = false;
    for (size_t i = 0, next; i < w->told; i = next) {
        const edifact_message *m = &w->file->message[w->list[i].message];
        for (next = i + 1; next < w->told && w->list[next].message == w->list[i].message;)
            next++;
        if (m->interchange != interchange || m->group != group)
            continue;
        any = true;
        if (write)
            write_message(w, &w->list[i], &w->list[next]);
    }
    return any;
}

static void write_group(answer *w, uint32_t group)
{
    const edifact_group *g = &w->file->group[group];
    uint32_t fault = first_fault(w, EDIFACT_GROUP, group);
    if (fault == EDIFACT_NOWHERE && !messages(w, g->interchange, group, false))
        return;
    begin(w, "UCF");
    element(w, edifact_element(g->header, w->by, 5));
    element(w, edifact_element(g->header, w->by, 2));
    element(w, edifact_element(g->header, w->by, 3));
    element_cstr(w, fault == EDIFACT_NOWHERE ? "7" : "4");
    service_fault(w, fault);
    end(w);
    if (fault == EDIFACT_NOWHERE)
        messages(w, g->interchange, group, true);
}

static void write_response(answer *w, uint32_t at)
{
    const edifact_interchange *i = &w->file->interchange[at];
    uint32_t fault = first_fault(w, EDIFACT_INTERCHANGE, at);
    begin(w, "UCI");
    element(w, edifact_header_element(i, 5));
    element(w, edifact_header_element(i, 2));
    element(w, edifact_header_element(i, 3));
    element_cstr(w, fault == EDIFACT_NOWHERE ? "7" : "4");
    service_fault(w, fault);
    end(w);
    if (fault != EDIFACT_NOWHERE)
        return;
    messages(w, at, EDIFACT_NOWHERE, true);
    for (uint32_t g = i->group; g < i->group + i->groups; g++)
        write_group(w, g);
}

/* UNA and UNB, the parties changed round. */
static void write_header(answer *w, const edifact_interchange *i, const contrl_stamp *stamp,
                         uint32_t control)
{
    if (i->una.n) {
        buffer_cstr(w->out, "UNA");
        buffer_text(w->out, i->una);
        buffer_cstr(w->out, w->by->terminator == '\n' ? "" : "\n");
    }
    begin(w, "UNB");
    element(w, edifact_header_element(i, 1));
    element(w, edifact_header_element(i, 3));
    element(w, edifact_header_element(i, 2));
    element(w, text_slice(stamp->date, i->version >= 4 ? 0 : 2, stamp->date.n));
    buffer_char(w->out, w->by->component);
    buffer_text(w->out, stamp->time);
    element_number(w, control);
    end(w);
}

static void write_interchange(answer *w, uint32_t at, const contrl_stamp *stamp, uint32_t control)
{
    const edifact_interchange *i = &w->file->interchange[at];
    bool fourth = i->version >= 4;
    w->by = &i->separators;
    write_header(w, i, stamp, control);
    w->segments = 0;
    begin(w, "UNH");
    element_number(w, 1);
    element_cstr(w, "CONTRL");
    component(w, fourth ? "4" : "D");
    component(w, fourth ? "1" : "3");
    component(w, "UN");
    end(w);
    write_response(w, at);
    begin(w, "UNT");
    element_number(w, w->segments);
    element_number(w, 1);
    end(w);
    begin(w, "UNZ");
    element_number(w, 1);
    element_number(w, control);
    end(w);
}

/* Batch, with a UNB that can be answered, and not all CONTRL: those are not answered, or two
 * systems would never come to an end. */
static bool is_answered(const edifact_file *f, const edifact_interchange *i)
{
    if (i->dialect != EDIFACT_BATCH || !i->header.p)
        return false;
    for (uint32_t m = i->message; m < i->message + i->messages; m++)
        if (!text_is(edifact_type(f, &f->message[m]), "CONTRL"))
            return true;
    return i->messages == 0;
}

static void gather(answer *w)
{
    const edifact_file *f = w->file;
    w->list = arena_array(w->memory, told, f->faults);
    for (uint32_t i = 0; i < f->faults; i++)
        if (f->place[i].level == EDIFACT_MESSAGE && f->place[i].message != EDIFACT_NOWHERE)
            w->list[w->told++] = (told){f->place[i].message, i};
    if (w->told)
        qsort(w->list, w->told, sizeof *w->list, by_message);
}

bool contrl_write(arena *a, edifact_file *f, contrl_stamp *stamp, buffer *out, const char **why)
{
    answer w = {.memory = a, .file = f, .out = out};
    uint32_t first = stamp->control;
    edifact_check_messages(a, f);
    if (f->faults_omitted) {
        *why = "more is wrong with it than can be told";
        return false;
    }
    gather(&w);
    for (uint32_t i = 0; i < f->interchanges; i++)
        if (is_answered(f, &f->interchange[i]))
            write_interchange(&w, i, stamp, stamp->control++);
    *why = "there is no interchange with a UNB to answer";
    return stamp->control != first;
}
