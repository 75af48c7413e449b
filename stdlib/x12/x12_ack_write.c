/* x12_ack_write.c: the acknowledgment a file deserves, from the faults that reading and checking
 * found. Faults of envelopes are told apart by their codes ("AK5-4", "021") and by where they lie.
 */
#include "stdlib/x12/x12_ack.h"

#include <stdio.h>
#include <string.h>

enum { HIGHEST_CONTROL = 999999999 };

typedef struct {
    arena *memory;
    const x12_file *file;
    x12_ack_kind kind;
    x12_ack_stamp *stamp;
    buffer *out;
    x12_separators by;
    const x12_interchange *of;
    size_t segments;  /* of the set being written, ST included */
    uint32_t fault;   /* the next of the file's faults: they come by offset, as sets do */
    uint32_t written; /* interchanges */
} ack_writer;

/* Ends a segment whose text is there but for its terminator. */
static void end_segment(ack_writer *w)
{
    buffer_char(w->out, w->by.terminator);
    if (w->by.terminator != '\n' && w->by.terminator != '\r')
        buffer_char(w->out, '\n');
    w->segments++;
}

static bool is_separator(const ack_writer *w, char c)
{
    return c == w->by.element || c == w->by.terminator || c == w->by.component ||
           (c == w->by.repetition && c);
}

/* What is copied from a file may hold anything that separates here. */
static void element(ack_writer *w, text value)
{
    buffer_char(w->out, w->by.element);
    for (size_t i = 0; i < value.n; i++)
        buffer_char(w->out, is_separator(w, value.p[i]) ? ' ' : value.p[i]);
}

static void element_of(ack_writer *w, char c)
{
    buffer_char(w->out, w->by.element);
    buffer_char(w->out, c);
}

static void number(ack_writer *w, size_t n, int width)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%0*zu", width, n);
    element(w, (text){digits, (size_t)length});
}

static void begin(ack_writer *w, const char *tag)
{
    buffer_cstr(w->out, tag);
}

/* An address of ISA, as wide as its place whatever it was. */
static void padded(ack_writer *w, text value, size_t width)
{
    value = text_slice(text_trim(value), 0, width);
    element(w, value);
    for (size_t i = value.n; i < width; i++)
        buffer_char(w->out, ' ');
}

/* Those of the file, where they can separate. */
static x12_separators usable(const x12_separators *by)
{
    const char c[] = {by->element, by->component, by->terminator, by->repetition};
    bool good = true;
    for (int i = 0; i < 4; i++) {
        good &= document_separates(c[i]) || (i == 3 && !c[i]);
        for (int k = 0; k < i; k++)
            good &= c[i] != c[k];
    }
    return good ? *by : (x12_separators){'*', '>', '~', by->repetition ? '^' : 0};
}

/* A byte that separates nothing else, for ISA11 of a version that has one. */
static char some_repetition(const x12_separators *by)
{
    static const char choice[] = "^!|%"; /* one more than the others are */
    if (by->repetition)
        return by->repetition;
    for (const char *c = choice;; c++)
        if (*c != by->element && *c != by->component && *c != by->terminator)
            return *c;
}

static void write_isa(ack_writer *w)
{
    const x12_interchange *i = w->of;
    text version = w->kind == ACK_999 ? TEXT("00501") : text_trim(i->isa[12]);
    bool repeats = w->kind == ACK_999 || w->by.repetition;
    char eleven = repeats ? w->by.repetition : 'U', test = 'P';
    if (i->isa[15].n && memchr("TI", i->isa[15].p[0], 2))
        test = i->isa[15].p[0];
    if (!x12_is_digits(version, 5, 5))
        version = TEXT("00401");
    begin(w, "ISA");
    padded(w, TEXT("00"), 2);
    padded(w, (text){0}, 10);
    padded(w, TEXT("00"), 2);
    padded(w, (text){0}, 10);
    padded(w, i->isa[7], 2);
    padded(w, i->isa[8], 15);
    padded(w, i->isa[5], 2);
    padded(w, i->isa[6], 15);
    element(w, text_slice(w->stamp->date, 2, 8));
    element(w, w->stamp->time);
    element_of(w, eleven);
    padded(w, version, 5);
    number(w, w->stamp->control, 9);
    element(w, TEXT("0"));
    element_of(w, test);
    element_of(w, w->by.component);
    end_segment(w);
}

static void write_iea(ack_writer *w, size_t groups)
{
    begin(w, "IEA");
    number(w, groups, 0);
    number(w, w->stamp->control, 9);
    end_segment(w);
    w->written++;
    w->stamp->control = w->stamp->control % HIGHEST_CONTROL + 1;
}

static text of_group(const ack_writer *w, const x12_group *g, uint32_t n)
{
    return text_trim(
        x12_element(g->header, w->file->interchange[g->interchange].separators.element, n));
}

/* "004010X098A1" is a guide to 004010. */
static text release_of(const ack_writer *w, const x12_group *g)
{
    text version = of_group(w, g, 8);
    return w->kind == ACK_999 ? TEXT("005010X231A1")
           : version.n >= 6   ? text_slice(version, 0, 6)
                              : TEXT("004010");
}

static void write_gs(ack_writer *w, const x12_group *first)
{
    begin(w, "GS");
    element(w, TEXT("FA"));
    element(w, of_group(w, first, 3));
    element(w, of_group(w, first, 2));
    element(w, w->stamp->date);
    element(w, w->stamp->time);
    number(w, w->stamp->control, 0);
    element(w, TEXT("X"));
    element(w, release_of(w, first));
    end_segment(w);
}

/* The code behind "AK5-" or "AK9-"; empty: the fault is of another list. */
static text code_in(const document_fault *f, const char *list)
{
    text prefix = text_of(list);
    return text_starts(f->code, prefix) ? text_slice(f->code, prefix.n, f->code.n) : (text){0};
}

static void add_code(text code, text list[ACK_CODES], unsigned *n)
{
    for (unsigned i = 0; i < *n; i++)
        if (text_equal(list[i], code))
            return;
    if (*n < ACK_CODES)
        list[(*n)++] = code;
}

static void write_codes(ack_writer *w, const text list[ACK_CODES], unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        element(w, list[i]);
}

/* Where the faults of a set end. */
static size_t end_of_set(const ack_writer *w, const x12_set *s)
{
    size_t end = x12_offset(w->file, s->whole) + s->whole.n;
    uint32_t next = (uint32_t)(s - w->file->set) + 1;
    if (s->closed)
        return end;
    /* The fault of a trailer that is missing lies where something else begins. */
    return next < w->file->sets && w->file->set[next].group == s->group
               ? x12_offset(w->file, w->file->set[next].whole) + 1
               : w->of->end + 1;
}

static void envelope_codes(ack_writer *w, const x12_set *s, text list[ACK_CODES], unsigned *n)
{
    size_t start = x12_offset(w->file, s->whole), end = end_of_set(w, s);
    while (w->fault < w->file->faults && w->file->fault[w->fault].offset < start)
        w->fault++;
    for (uint32_t i = w->fault; i < w->file->faults && w->file->fault[i].offset < end; i++) {
        const document_fault *f = &w->file->fault[i];
        text code = code_in(f, "AK5-");
        bool trailer = text_is(code, "2");
        if (code.n && (trailer ? !s->closed : f->offset < start + s->whole.n))
            add_code(code, list, n);
    }
}

/* Content that is merely wrong can be posted and mended; what is missing or not understood cannot.
 */
static bool rejects(const x12_note *n)
{
    bool content = n->element && !strchr("123", n->code[0]);
    bool of_group = n->element && text_is(n->tag, "ST");
    return !content || of_group;
}

static bool keeps_separators(const ack_writer *w, text value)
{
    bool keeps = value.n > 0 && value.n <= 99;
    for (size_t i = 0; i < value.n && keeps; i++)
        keeps = !is_separator(w, value.p[i]);
    return keeps;
}

static void write_element_note(ack_writer *w, const x12_note *n)
{
    begin(w, w->kind == ACK_999 ? "IK4" : "AK4");
    number(w, n->element, 0);
    if (n->repeat) {
        char place[32];
        int length =
            snprintf(place, sizeof place, "%c%c%u", w->by.component, w->by.component, n->repeat);
        buffer_add(w->out, place, (size_t)length);
    }
    element(w, (text){0});
    element(w, text_of(n->code));
    if (keeps_separators(w, n->value))
        element(w, n->value);
    end_segment(w);
}

static void write_segment_note(ack_writer *w, const x12_note *n)
{
    begin(w, w->kind == ACK_999 ? "IK3" : "AK3");
    element(w, text_slice(n->tag, 0, 3));
    number(w, n->position, 0);
    element(w, (text){0});
    element(w, n->element ? TEXT("8") : text_of(n->code));
    end_segment(w);
}

static void write_notes(ack_writer *w, const x12_notes *notes)
{
    for (uint32_t i = 0; i < notes->notes; i++) {
        const x12_note *n = &notes->note[i], *before = i ? n - 1 : NULL;
        if (n->element && text_is(n->tag, "ST"))
            continue;
        if (!before || before->position != n->position || !before->element || !n->element)
            write_segment_note(w, n);
        if (n->element)
            write_element_note(w, n);
    }
}

/* Writes what is said of one set and returns its verdict. */
static char write_set(ack_writer *w, uint32_t at)
{
    const x12_set *s = &w->file->set[at];
    arena scratch = {0};
    x12_notes notes;
    text list[ACK_CODES], header = x12_set_header(w->file, s);
    unsigned codes = 0;
    x12_check(&scratch, w->file, at, 1, &notes);
    envelope_codes(w, s, list, &codes);
    char verdict = codes ? 'R' : 'A';
    for (uint32_t i = 0; i < notes.notes; i++) {
        bool group = notes.note[i].element && text_is(notes.note[i].tag, "ST");
        add_code(group ? TEXT("6") : TEXT("5"), list, &codes);
        verdict = verdict == 'R' || rejects(&notes.note[i]) ? 'R' : 'E';
    }
    begin(w, "AK2");
    element(w, text_trim(x12_element(header, w->of->separators.element, 1)));
    element(w, text_trim(x12_element(header, w->of->separators.element, 2)));
    text guide = x12_element(header, w->of->separators.element, 3);
    if (w->kind == ACK_999 && guide.n)
        element(w, guide);
    end_segment(w);
    write_notes(w, &notes);
    begin(w, w->kind == ACK_999 ? "IK5" : "AK5");
    element(w, (text){&verdict, 1});
    write_codes(w, list, codes);
    end_segment(w);
    arena_release(&scratch);
    return verdict;
}

/* The faults of a group's own envelope: they lie in it or where it should have ended. */
static unsigned group_codes(const ack_writer *w, const x12_group *g, text list[ACK_CODES])
{
    unsigned n = 0;
    bool last = (uint32_t)(g - w->file->group) + 1 == w->of->group + w->of->groups;
    size_t start = x12_offset(w->file, g->header);
    size_t end = g->trailer.p ? x12_offset(w->file, g->trailer) + 1
                 : last       ? w->of->end + 1
                              : x12_offset(w->file, g[1].header) + 1;
    for (uint32_t i = 0; i < w->file->faults; i++) {
        const document_fault *f = &w->file->fault[i];
        text code = code_in(f, "AK9-");
        if (code.n && f->offset >= start && f->offset < end &&
            (f->offset > start || text_is(code, "6")))
            add_code(code, list, &n);
    }
    return n;
}

static size_t count_in(text digits, size_t otherwise)
{
    size_t n = 0;
    if (!x12_is_digits(digits, 1, 6))
        return otherwise;
    for (size_t i = 0; i < digits.n; i++)
        n = n * 10 + (size_t)(digits.p[i] - '0');
    return n;
}

static void write_verdict(ack_writer *w, const x12_group *g, size_t accepted, bool errors)
{
    text list[ACK_CODES];
    unsigned codes = group_codes(w, g, list);
    char verdict = codes || (g->sets && !accepted) ? 'R'
                   : accepted < g->sets            ? 'P'
                   : errors                        ? 'E'
                                                   : 'A';
    text included = x12_element(g->trailer, w->of->separators.element, 1);
    begin(w, "AK9");
    element(w, (text){&verdict, 1});
    number(w, count_in(text_trim(included), g->sets), 0);
    number(w, g->sets, 0);
    number(w, codes ? 0 : accepted, 0);
    write_codes(w, list, codes);
    end_segment(w);
}

static void write_group(ack_writer *w, const x12_group *g, size_t nth)
{
    bool guide = w->kind == ACK_999, errors = false;
    size_t accepted = 0;
    w->segments = 0;
    begin(w, "ST");
    element(w, guide ? TEXT("999") : TEXT("997"));
    number(w, nth, 4);
    if (guide)
        element(w, TEXT("005010X231A1"));
    end_segment(w);
    begin(w, "AK1");
    element(w, of_group(w, g, 1));
    element(w, of_group(w, g, 6));
    if (guide && of_group(w, g, 8).n)
        element(w, of_group(w, g, 8));
    end_segment(w);
    for (uint32_t i = g->set; i < g->set + g->sets; i++) {
        char verdict = write_set(w, i);
        accepted += verdict != 'R';
        errors |= verdict == 'E';
    }
    write_verdict(w, g, accepted, errors);
    begin(w, "SE");
    number(w, w->segments + 1, 0);
    number(w, nth, 4);
    end_segment(w);
}

static bool is_acknowledgment(const ack_writer *w, const x12_group *g)
{
    return text_is(of_group(w, g, 1), "FA");
}

static void write_groups(ack_writer *w)
{
    const x12_interchange *i = w->of;
    const x12_group *first = NULL;
    size_t n = 0;
    for (uint32_t k = i->group; k < i->group + i->groups; k++) {
        const x12_group *g = &w->file->group[k];
        if (is_acknowledgment(w, g))
            continue;
        if (!first) {
            first = g;
            write_isa(w);
            write_gs(w, g);
        }
        write_group(w, g, ++n);
    }
    if (!first)
        return;
    begin(w, "GE");
    number(w, n, 0);
    number(w, w->stamp->control, 0);
    end_segment(w);
    write_iea(w, 1);
}

/* The gravest of the interchange's own faults: the first that rejects, else the first. */
static text note_of(const ack_writer *w, bool *rejected)
{
    static const char *const grave[] = {"001", "004", "017", "018", "021",
                                        "022", "023", "024", "025"};
    text note = TEXT("000");
    *rejected = false;
    for (uint32_t i = 0; i < w->file->faults && !*rejected; i++) {
        const document_fault *f = &w->file->fault[i];
        if (!x12_is_digits(f->code, 3, 3) || f->offset < w->of->start || f->offset > w->of->end)
            continue;
        for (size_t k = 0; k < sizeof grave / sizeof *grave; k++)
            *rejected |= text_is(f->code, grave[k]);
        if (*rejected || text_is(note, "000"))
            note = f->code;
    }
    return note;
}

static void write_ta1(ack_writer *w)
{
    const x12_interchange *i = w->of;
    bool rejected;
    text note = note_of(w, &rejected);
    write_isa(w);
    begin(w, "TA1");
    padded(w, i->isa[13], 9);
    padded(w, i->isa[9], 6);
    padded(w, i->isa[10], 4);
    element(w, rejected ? TEXT("R") : text_is(note, "000") ? TEXT("A") : TEXT("E"));
    element(w, note);
    end_segment(w);
    write_iea(w, 0);
}

bool x12_ack_write(arena *a, const x12_file *f, x12_ack_kind kind, x12_ack_stamp *stamp,
                   buffer *out, const char **why)
{
    ack_writer w = {.memory = a, .file = f, .kind = kind, .stamp = stamp, .out = out};
    if (f->faults_omitted) {
        *why = "more is wrong with its envelopes than is kept";
        return false;
    }
    for (uint32_t i = 0; i < f->interchanges; i++) {
        w.of = &f->interchange[i];
        if (!w.of->header.p)
            continue;
        w.by = usable(&w.of->separators);
        if (kind == ACK_999)
            w.by.repetition = some_repetition(&w.by);
        if (kind == ACK_TA1)
            write_ta1(&w);
        else
            write_groups(&w);
    }
    *why =
        kind == ACK_TA1 ? "it has no interchange to acknowledge" : "it has no group to acknowledge";
    return w.written > 0;
}
