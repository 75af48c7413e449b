/* edifact_format.c: what EDIFACT and TRADACOMS are to those who ask of any file: telling them,
 * reading them, describing them. */
#include "stdlib/document/format.h"
#include "stdlib/edifact/edifact_contrl.h"

static bool starts(text t, const char *tag, const char *behind)
{
    return t.n > 8 && text_starts(t, text_of(tag)) &&
           (behind ? strchr(behind, t.p[3]) && t.p[3] : document_separates(t.p[3]));
}

/* A fragment has no UNB to tell its separators, so only the usual ones will do. */
static bool is_edifact(text head, bool whole)
{
    (void)whole;
    text t = text_trim(head);
    return starts(t, "UNA", NULL) || starts(t, "UNB", NULL) || starts(t, "UIB", NULL) ||
           starts(t, "UNH", "+\x1d") || starts(t, "UNG", "+\x1d") || starts(t, "UIH", "+\x1d");
}

static bool is_tradacoms(text head, bool whole)
{
    (void)whole;
    text t = text_trim(head);
    return text_starts(t, TEXT("STX=")) || text_starts(t, TEXT("MHD="));
}

static void read_file(arena *a, document_file *f)
{
    edifact_file *e = arena_new(a, edifact_file);
    edifact_read(a, f->bytes, e);
    f->content = e;
    f->fault = e->fault;
    f->faults = e->faults;
    f->faults_omitted = e->faults_omitted;
    if (!e->messages && e->faults)
        f->broken = &e->fault[0];
}

static void check(arena *a, document_file *f)
{
    edifact_file *e = f->content;
    edifact_check_messages(a, e);
    f->fault = e->fault;
    f->faults = e->faults;
    f->faults_omitted = e->faults_omitted;
}

static void summarise(const document_file *f, buffer *out)
{
    const edifact_file *e = f->content;
    buffer_printf(out, "%u interchange%s, ", e->interchanges, e->interchanges == 1 ? "" : "s");
    if (e->groups)
        buffer_printf(out, "%u group%s, ", e->groups, e->groups == 1 ? "" : "s");
    buffer_printf(out, "%u message%s", e->messages, e->messages == 1 ? "" : "s");
}

static uint32_t parts(arena *a, const document_file *f, document_part **out)
{
    const edifact_file *e = f->content;
    *out = arena_array(a, document_part, e->messages);
    for (uint32_t i = 0; i < e->messages; i++) {
        const edifact_message *m = &e->message[i];
        const edifact_separators *by = edifact_separators_of(e, m);
        (*out)[i] =
            (document_part){edifact_value(a, edifact_type(e, m), by),
                            edifact_value(a, edifact_reference(e, m), by), m->segments, "segments"};
    }
    return e->messages;
}

/* Component c of element n of a header, as people read it. */
static void put(arena *a, json_writer *w, const char *key, text segment,
                const edifact_separators *by, uint32_t element, uint32_t component)
{
    text e = edifact_element(segment, by, element);
    format_put(a, w, key, edifact_value(a, edifact_component(e, by, component), by));
}

static void put_message(arena *a, json_writer *w, const edifact_file *f, const edifact_message *m)
{
    const edifact_separators *by = edifact_separators_of(f, m);
    json_object(w);
    format_put(a, w, "type", edifact_value(a, edifact_type(f, m), by));
    format_put(a, w, "version", edifact_value(a, edifact_release(a, f, m), by));
    format_put(a, w, "control", edifact_value(a, edifact_reference(f, m), by));
    format_put_number(w, "segments", m->segments);
    format_put_number(w, "offset", edifact_offset(f, m->whole));
    json_object_end(w);
}

/* Messages of that group; EDIFACT_NOWHERE: those of the interchange that are in none. */
static void put_messages(arena *a, json_writer *w, const edifact_file *f,
                         const edifact_interchange *i, uint32_t group)
{
    json_put_key(w, "messages");
    json_array(w);
    bool loose = group == EDIFACT_NOWHERE;
    uint32_t first = loose ? i->message : f->group[group].message;
    uint32_t n = loose ? i->messages : f->group[group].messages;
    for (uint32_t k = first; k < first + n; k++)
        if (f->message[k].group == group)
            put_message(a, w, f, &f->message[k]);
    json_array_end(w);
}

static void put_group(arena *a, json_writer *w, const edifact_file *f, uint32_t group)
{
    const edifact_group *g = &f->group[group];
    const edifact_interchange *i = &f->interchange[g->interchange];
    const edifact_separators *by = &i->separators;
    json_object(w);
    if (i->dialect == EDIFACT_BATCH) {
        put(a, w, "id", g->header, by, 1, 1);
        put(a, w, "sender", g->header, by, 2, 1);
        put(a, w, "receiver", g->header, by, 3, 1);
        put(a, w, "control", g->header, by, 5, 1);
    }
    put_messages(a, w, f, i, group);
    json_object_end(w);
}

/* Where the dialects have sender, recipient and test indicator; 0: nowhere. TRADACOMS sends the
 * code of a party, its name or both. */
static const struct {
    uint8_t sender, receiver, test;
} header_elements[EDIFACT_DIALECTS] = {{2, 3, 11}, {6, 7, 10}, {2, 3, 0}};

static void put_party(arena *a, json_writer *w, const char *key, const edifact_interchange *i,
                      uint32_t element)
{
    const edifact_separators *by = &i->separators;
    text e = edifact_header_element(i, element);
    bool code = text_trim(edifact_component(e, by, 1)).n || i->dialect != EDIFACT_TRADACOMS;
    put(a, w, key, i->header, by, element, code ? 1 : 2);
}

static void put_interchange(arena *a, json_writer *w, const edifact_file *f, uint32_t at)
{
    const edifact_interchange *i = &f->interchange[at];
    json_object(w);
    put_party(a, w, "sender", i, header_elements[i->dialect].sender);
    put_party(a, w, "receiver", i, header_elements[i->dialect].receiver);
    format_put(a, w, "control", edifact_value(a, edifact_interchange_reference(i), &i->separators));
    put(a, w, "syntax", i->header, &i->separators, 1, 1);
    put(a, w, "version", i->header, &i->separators, 1, 2);
    json_put_key(w, "una");
    json_put_text(w, i->una);
    if (header_elements[i->dialect].test)
        put(a, w, "test", i->header, &i->separators, header_elements[i->dialect].test, 1);
    format_put_number(w, "offset", i->start);
    json_put_key(w, "groups");
    json_array(w);
    for (uint32_t g = i->group; g < i->group + i->groups; g++)
        put_group(a, w, f, g);
    json_array_end(w);
    put_messages(a, w, f, i, EDIFACT_NOWHERE);
    json_object_end(w);
}

static void describe(arena *a, json_writer *w, const document_file *file)
{
    const edifact_file *f = file->content;
    json_put_key(w, "interchanges");
    json_array(w);
    for (uint32_t i = 0; i < f->interchanges; i++)
        put_interchange(a, w, f, i);
    json_array_end(w);
    contrl_report report;
    contrl_read(a, f, &report);
    contrl_write_json(a, w, &report);
}

const document_format edifact_format = {
    .is = is_edifact,
    .read = read_file,
    .check = check,
    .summarise = summarise,
    .parts = parts,
    .describe = describe,
};
const document_format tradacoms_format = {
    .is = is_tradacoms,
    .read = read_file,
    .summarise = summarise,
    .parts = parts,
    .describe = describe,
};
