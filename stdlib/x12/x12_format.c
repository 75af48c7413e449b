/* x12_format.c: what X12 is to those who ask of any file: telling it, reading it, describing it. */
#include "stdlib/document/format.h"
#include "stdlib/x12/x12_ack.h"
#include "stdlib/x12/x12_read.h"
#include "stdlib/x12/x12_sums.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool is_x12(text head, bool whole)
{
    (void)whole;
    text t = text_trim(head);
    if (x12_isa_at(t, 0)) {
        size_t n = 0, first = 3;
        while (t.p[first] == ' ')
            first++;
        for (size_t i = first; i < t.n && i < 1024; i++)
            n += t.p[i] == t.p[first];
        return n >= 16 || t.n < 106;
    }
    bool fragment = t.n > 8 && (memcmp(t.p, "GS", 2) == 0 || memcmp(t.p, "ST", 2) == 0);
    if (!fragment || !document_separates(t.p[2]) || t.p[2] == '=' || t.p[2] == '\n' ||
        t.p[2] == '\r')
        return false;
    /* ST*850*…, GS*PO*… */
    size_t n = t.p[0] == 'S' ? 3 : 2;
    for (size_t i = 3; i < 3 + n; i++)
        if (!isalnum((unsigned char)t.p[i]))
            return false;
    return t.p[3 + n] == t.p[2];
}

static void read_file(arena *a, document_file *f)
{
    x12_file *x = arena_new(a, x12_file);
    x12_read(a, f->bytes, x);
    f->content = x;
    f->fault = x->fault;
    f->faults = x->faults;
    f->faults_omitted = x->faults_omitted;
    bool any = x->sets > 0;
    for (uint32_t i = 0; i < x->interchanges; i++)
        any |= x->interchange[i].ta1s > 0;
    if (!any && x->faults)
        f->broken = &x->fault[0];
}

/* A tag that is none has been found by reading already. */
static void check(arena *a, document_file *f)
{
    x12_notes notes;
    const x12_file *x = f->content;
    x12_check(a, x, 0, x->sets, &notes);
    document_faults list = {0};
    for (uint32_t i = 0; i < f->faults; i++)
        vec_push(&list, f->fault[i]);
    for (uint32_t i = 0; i < notes.notes; i++)
        if (notes.note[i].element || strcmp(notes.note[i].code, "1") != 0)
            vec_push(&list, x12_note_fault(a, f->content, &notes.note[i]));
    x12_sums(a, x, &list);
    uint32_t omitted = f->faults_omitted + notes.omitted;
    f->faults = document_faults_keep(a, &list, &f->fault, &f->faults_omitted);
    f->faults_omitted += omitted;
}

static void summarise(const document_file *f, buffer *out)
{
    const x12_file *x = f->content;
    buffer_printf(out, "%u interchange%s, %u group%s, %u transaction%s", x->interchanges,
                  x->interchanges == 1 ? "" : "s", x->groups, x->groups == 1 ? "" : "s", x->sets,
                  x->sets == 1 ? "" : "s");
}

static uint32_t parts(arena *a, const document_file *f, document_part **out)
{
    const x12_file *x = f->content;
    *out = arena_array(a, document_part, x->sets);
    for (uint32_t i = 0; i < x->sets; i++)
        (*out)[i] = (document_part){x12_set_type(x, &x->set[i]), x12_set_control(x, &x->set[i]),
                                    x->set[i].segments, "segments"};
    return x->sets;
}

static uint32_t tell(arena *a, const document_file *f, text **out)
{
    x12_acks acks;
    x12_ack_read(a, f->content, &acks);
    *out = arena_array(a, text, acks.acks);
    for (uint32_t i = 0; i < acks.acks; i++)
        (*out)[i] = x12_ack_words(a, &acks.ack[i]);
    return acks.acks;
}

static void put_set(arena *a, json_writer *w, const x12_file *f, const x12_set *s)
{
    json_object(w);
    format_put(a, w, "set", x12_set_type(f, s));
    format_put(a, w, "control", x12_set_control(f, s));
    format_put_number(w, "segments", s->segments);
    format_put_number(w, "offset", x12_offset(f, s->whole));
    json_object_end(w);
}

/* The sets of one group of an interchange; X12_NOWHERE: those outside of any. `set` is the first of
 * the interchange's. */
static void put_sets(arena *a, json_writer *w, const x12_file *f, uint32_t set,
                     uint32_t interchange, uint32_t group)
{
    json_put_key(w, "transactions");
    json_array(w);
    for (uint32_t i = set; i < f->sets && f->set[i].interchange == interchange; i++) {
        if (group != X12_NOWHERE && i >= f->group[group].set + f->group[group].sets)
            break;
        if (f->set[i].group == group)
            put_set(a, w, f, &f->set[i]);
    }
    json_array_end(w);
}

static void put_group(arena *a, json_writer *w, const x12_file *f, uint32_t group)
{
    const x12_group *g = &f->group[group];
    char separator = f->interchange[g->interchange].separators.element;
    text gs = g->header;
    json_object(w);
    format_put(a, w, "id", x12_element(gs, separator, 1));
    format_put(a, w, "sender", x12_element(gs, separator, 2));
    format_put(a, w, "receiver", x12_element(gs, separator, 3));
    format_put(a, w, "control", x12_element(gs, separator, 6));
    format_put(a, w, "version", x12_element(gs, separator, 8));
    put_sets(a, w, f, g->set, g->interchange, group);
    json_object_end(w);
}

/* "*", or "0x0a" of what does not print; absent where the version or the fragment has none. */
static void put_separator(json_writer *w, const char *key, char c)
{
    char shown[8] = {c};
    if (c == 0)
        return;
    if ((unsigned char)c <= ' ' || (unsigned char)c >= 0x7f)
        snprintf(shown, sizeof shown, "0x%02x", (unsigned char)c);
    json_put_key(w, key);
    json_put_cstr(w, shown);
}

static void put_separators(json_writer *w, const x12_separators *s)
{
    json_put_key(w, "separators");
    json_object(w);
    put_separator(w, "element", s->element);
    put_separator(w, "component", s->component);
    put_separator(w, "repetition", s->repetition);
    put_separator(w, "terminator", s->terminator);
    json_object_end(w);
}

static void put_interchange(arena *a, json_writer *w, const x12_file *f, uint32_t at, uint32_t set)
{
    const x12_interchange *i = &f->interchange[at];
    json_object(w);
    format_put(a, w, "sender_qualifier", i->isa[5]);
    format_put(a, w, "sender", i->isa[6]);
    format_put(a, w, "receiver_qualifier", i->isa[7]);
    format_put(a, w, "receiver", i->isa[8]);
    format_put(a, w, "control", i->isa[13]);
    format_put(a, w, "version", i->isa[12]);
    format_put(a, w, "test", i->isa[15]);
    format_put_number(w, "offset", i->start);
    put_separators(w, &i->separators);
    json_put_key(w, "groups");
    json_array(w);
    for (uint32_t g = i->group; g < i->group + i->groups; g++)
        put_group(a, w, f, g);
    json_array_end(w);
    put_sets(a, w, f, set, at, X12_NOWHERE);
    json_object_end(w);
}

static void describe(arena *a, json_writer *w, const document_file *file)
{
    const x12_file *f = file->content;
    json_put_key(w, "interchanges");
    json_array(w);
    for (uint32_t i = 0, set = 0; i < f->interchanges; i++) {
        put_interchange(a, w, f, i, set);
        while (set < f->sets && f->set[set].interchange == i)
            set++;
    }
    json_array_end(w);
    x12_acks acks;
    x12_ack_read(a, f, &acks);
    x12_ack_write_json(a, w, &acks);
}

const document_format x12_format = {
    .is = is_x12,
    .read = read_file,
    .check = check,
    .summarise = summarise,
    .parts = parts,
    .tell = tell,
    .describe = describe,
};
