/* x12_check.c: one walk over each set; each segment against its row of the dictionary. */
#include "stdlib/x12_check.h"
#include "base/vec.h"
#include "stdlib/x12_layout.h"

#include <stdlib.h>
#include <string.h>

enum { ELEMENTS_MOST = 64, ROWS_MOST = 128, FIRST_VERSION = 4010 };

typedef struct {
    const x12_file *file;
    const x12_set *set;
    x12_layout_index index;
    uint32_t nth[ROWS_MOST];   /* how often each row's segment has been seen in this set */
    uint8_t syntax[ROWS_MOST]; /* each row's first syntax note, from 1; 0: none */
    uint32_t version;          /* of the group: 4010; 0 where it does not say */
    size_t position;
    text segment;
    uint32_t segment_nth;
    text element[ELEMENTS_MOST];
    unsigned elements; /* behind the tag; those beyond ELEMENTS_MOST are counted and not kept */
    VEC(x12_note) notes;
    uint32_t omitted;
} checker;

static text tag_of(const checker *k)
{
    return k->element[0];
}

static void note_at(checker *k, x12_note n)
{
    n.set = (uint32_t)(k->set - k->file->set);
    if (k->notes.n < X12_FAULTS_MOST)
        vec_push(&k->notes, n);
    else
        k->omitted++;
}

static void note_segment(checker *k, const char *code)
{
    note_at(k, (x12_note){.nth = k->segment_nth,
                          .position = k->position,
                          .tag = tag_of(k),
                          .code = code,
                          .offset = x12_offset(k->file, k->segment)});
}

static void note_element(checker *k, unsigned element, unsigned repeat, const char *code,
                         text value)
{
    note_at(k, (x12_note){.nth = k->segment_nth,
                          .position = k->position,
                          .tag = tag_of(k),
                          .element = (uint16_t)element,
                          .repeat = (uint16_t)repeat,
                          .code = code,
                          .value = value,
                          .offset = x12_offset(k->file, value.p ? value : k->segment)});
}

static void split(checker *k, char separator)
{
    const char *p = k->segment.p, *end = p + k->segment.n;
    for (k->elements = 0;; k->elements++) {
        const char *q = p < end ? memchr(p, separator, (size_t)(end - p)) : NULL;
        if (k->elements < ELEMENTS_MOST)
            k->element[k->elements] = (text){p, (size_t)((q ? q : end) - p)};
        if (!q)
            return;
        p = q + 1;
    }
}

/* Element n, empty where the segment has fewer. */
static text element_of(const checker *k, unsigned n)
{
    return n <= k->elements && n < ELEMENTS_MOST ? k->element[n] : (text){0};
}

/* Of digits; 0 where it is something else. */
static uint32_t number_of(text t)
{
    uint32_t n = 0;
    if (x12_is_digits(t, 1, 9))
        for (size_t i = 0; i < t.n; i++)
            n = n * 10 + (uint32_t)(t.p[i] - '0');
    return n;
}

/* Digits of [-]digits[.digits], with an exponent as 005010 allows it; 0: it is no such number. */
static size_t digits_of(text t, bool decimal)
{
    size_t n = 0, points = 0, i = t.n && t.p[0] == '-';
    for (; i < t.n && t.p[i] != 'E'; i++) {
        bool point = t.p[i] == '.' && decimal && points == 0;
        if (!point && (t.p[i] < '0' || t.p[i] > '9'))
            return 0;
        points += point;
        n += !point;
    }
    text exponent = text_slice(t, i + 1, t.n);
    if (exponent.n && exponent.p[0] == '-')
        exponent = text_slice(exponent, 1, exponent.n);
    return i == t.n || (decimal && x12_is_digits(exponent, 1, 9)) ? n : 0;
}

static bool is_plain(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] < ' ')
            return false;
    return true;
}

/* Element 127, the reference, grew twice. */
static size_t longest_of(const checker *k, const x12_element_rule *r)
{
    if (r->form != FORM_RF || k->version == 0 || k->version >= 6000)
        return r->longest;
    return k->version >= 5000 ? 50 : 30;
}

static const char *length_code(size_t n, size_t shortest, size_t longest)
{
    return n < shortest ? "4" : n > longest ? "5" : NULL;
}

static const char *date_code(const checker *k, text v)
{
    const char *length = length_code(v.n, k->version ? 8 : 6, 8);
    return length ? length : x12_is_date(v) ? NULL : "8";
}

/* What is wrong with a value that is there, as a code of AK403; NULL: nothing. */
static const char *value_code(const checker *k, const x12_element_rule *r, text v)
{
    if (r->form == FORM_COMPOSITE || r->form == FORM_ANY)
        return NULL;
    if (!is_plain(v))
        return "6";
    if (r->form == FORM_DT)
        return date_code(k, v);
    size_t length = v.n;
    if (r->form == FORM_R || r->form == FORM_N) {
        length = digits_of(v, r->form == FORM_R);
        if (length == 0)
            return "6";
    }
    const char *code = length_code(length, r->shortest, longest_of(k, r));
    if (code)
        return code;
    if (r->form == FORM_TM && !x12_is_time(v))
        return "9";
    return r->one_of && !strchr(r->one_of, v.p[0]) ? "7" : NULL;
}

static void check_value(checker *k, const x12_element_rule *r, unsigned n, text v)
{
    char separator = x12_separators_of(k->file, k->set)->repetition;
    if (!separator || !memchr(v.p, separator, v.n)) {
        const char *code = value_code(k, r, v);
        if (code)
            note_element(k, n, 0, code, v);
        return;
    }
    unsigned repeats = 1;
    for (size_t i = 0; i < v.n; i++)
        repeats += v.p[i] == separator;
    for (unsigned i = 0; i < repeats; i++) {
        text one = x12_element(v, separator, i);
        const char *code = one.n ? value_code(k, r, one) : NULL;
        if (code)
            note_element(k, n, i + 1, code, one);
    }
}

/* The first element that a syntax note misses; 0: it is kept. */
static unsigned missing_by(const checker *k, const x12_syntax_rule *r)
{
    unsigned n = 0, there = 0, first_empty = 0;
    for (; n < sizeof r->element && r->element[n]; n++) {
        bool is = element_of(k, r->element[n]).n > 0;
        there += is;
        if (!is && !first_empty)
            first_empty = r->element[n];
    }
    switch (r->rule) {
    case SYNTAX_P: return there > 0 && there < n ? first_empty : 0;
    case SYNTAX_R: return there == 0 ? first_empty : 0;
    default: return element_of(k, r->element[0]).n && there < n ? first_empty : 0;
    }
}

static void check_syntax(checker *k, unsigned row, const char *tag)
{
    size_t n;
    const x12_syntax_rule *rule = x12_syntax_rows(&n);
    if (!k->syntax[row])
        return;
    for (size_t i = k->syntax[row] - 1u; i < n && strcmp(rule[i].tag, tag) == 0; i++) {
        unsigned missing = missing_by(k, &rule[i]);
        if (missing)
            note_element(k, missing, 0, "2", (text){0});
    }
}

static void check_segment(checker *k, const x12_segment_rule *r, unsigned row)
{
    for (unsigned n = 1; n <= r->elements; n++) {
        text v = element_of(k, n);
        if (v.n)
            check_value(k, &r->element[n], n, v);
        else if (r->element[n].mandatory)
            note_element(k, n, 0, "1", (text){0});
    }
    if (r->whole && k->elements > r->elements)
        note_element(k, r->elements + 1u, 0, "3", element_of(k, r->elements + 1u));
    check_syntax(k, row, r->tag);
}

static bool tag_is_sound(text t)
{
    if (t.n < 2 || t.n > 3 || t.p[0] < 'A' || t.p[0] > 'Z')
        return false;
    for (size_t i = 1; i < t.n; i++)
        if (!((t.p[i] >= 'A' && t.p[i] <= 'Z') || (t.p[i] >= '0' && t.p[i] <= '9')))
            return false;
    return true;
}

/* The first level that does not count up, or whose parent is not one before it. Levels that are not
 * numbered but named are not judged. */
static void check_levels(checker *k)
{
    text level;
    uint32_t nth;
    char separator = x12_separators_of(k->file, k->set)->element;
    if (!x12_unsound_level(k->file, k->set, &level, &nth) ||
        !x12_is_digits(x12_element(level, separator, 1), 1, 12))
        return;
    x12_walk w;
    x12_walk_set(&w, k->file, k->set);
    for (k->position = 1; x12_next(&w, &k->segment) && k->segment.p != level.p;)
        k->position++;
    k->segment_nth = nth;
    split(k, separator);
    unsigned element = number_of(element_of(k, 1)) == nth ? 2 : 1;
    note_element(k, element, 0, "7", element_of(k, element));
}

static void start_set(checker *k, const x12_set *s)
{
    k->set = s;
    k->position = 0;
    k->version = 0;
    memset(k->nth, 0, sizeof k->nth);
    if (s->group == X12_NOWHERE)
        return;
    char separator = x12_separators_of(k->file, s)->element;
    text version = x12_element(k->file->group[s->group].header, separator, 8);
    k->version = number_of(text_slice(version, 0, 6));
}

/* One that the set cannot do without, where it is missing. */
static void note_missing(checker *k, const char *tag, size_t position)
{
    note_at(k, (x12_note){.nth = 1,
                          .position = position,
                          .tag = text_of(tag),
                          .code = "3",
                          .offset = x12_offset(k->file, k->set->whole)});
}

static void check_frame(checker *k, const x12_set_rule *r, bool first, bool first_in_place,
                        bool also)
{
    if (!first)
        note_missing(k, r->first, 2);
    else if (!first_in_place)
        note_at(k, (x12_note){.nth = 1,
                              .position = 2,
                              .tag = text_of(r->first),
                              .code = "7",
                              .offset = x12_offset(k->file, k->set->whole)});
    if (!also && *r->also)
        note_missing(k, r->also, k->position);
}

/* ST01 against GS01: an order does not travel in a group of invoices. */
static void check_group(checker *k, const x12_set_rule *r)
{
    if (k->set->group == X12_NOWHERE)
        return;
    char separator = x12_separators_of(k->file, k->set)->element;
    text group = text_trim(x12_element(k->file->group[k->set->group].header, separator, 1));
    if (group.n == 0 || text_is(group, r->group))
        return;
    text header = x12_set_header(k->file, k->set), type = x12_element(header, separator, 1);
    note_at(k, (x12_note){.nth = 1,
                          .position = 1,
                          .tag = TEXT("ST"),
                          .element = 1,
                          .code = "7",
                          .value = type,
                          .offset = x12_offset(k->file, type)});
}

static void check_one(checker *k)
{
    const x12_segment_rule *rows = x12_layout_rows(&(size_t){0});
    k->position++;
    split(k, x12_separators_of(k->file, k->set)->element);
    k->segment_nth = 1;
    if (!tag_is_sound(tag_of(k))) {
        note_segment(k, "1");
        return;
    }
    const x12_segment_rule *rule = x12_layout_of(&k->index, tag_of(k));
    if (!rule || (k->version && k->version < FIRST_VERSION))
        return;
    k->segment_nth = ++k->nth[rule - rows];
    check_segment(k, rule, (unsigned)(rule - rows));
}

static int by_position(const void *a, const void *b)
{
    const x12_note *x = a, *y = b;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    return (x->element > y->element) - (x->element < y->element);
}

static void check_set(checker *k, const x12_set *s)
{
    x12_walk w;
    const x12_set_rule *rule = x12_set_rule_of(x12_set_type(k->file, s));
    bool first = false, in_place = false, also = false, levels = false;
    size_t before = k->notes.n;
    start_set(k, s);
    x12_walk_set(&w, k->file, s);
    while (x12_next(&w, &k->segment)) {
        check_one(k);
        levels |= text_is(tag_of(k), "HL");
        if (!rule)
            continue;
        bool is_first = text_is(tag_of(k), rule->first);
        first |= is_first;
        in_place |= is_first && k->position == 2;
        also |= text_is(tag_of(k), rule->also);
    }
    if (rule) {
        check_frame(k, rule, first, in_place, also);
        check_group(k, rule);
    }
    if (levels)
        check_levels(k);
    if (k->notes.n > before)
        qsort(k->notes.p + before, k->notes.n - before, sizeof *k->notes.p, by_position);
}

/* Rows and syntax notes are both in the order of their tags. */
static void prepare(checker *k, const x12_file *f)
{
    size_t rows, notes, n = 0;
    const x12_segment_rule *row = x12_layout_rows(&rows);
    const x12_syntax_rule *rule = x12_syntax_rows(&notes);
    k->file = f;
    x12_layout_index_make(&k->index);
    for (size_t i = 0; i < rows && n < notes; i++) {
        k->syntax[i] = strcmp(row[i].tag, rule[n].tag) == 0 ? (uint8_t)(n + 1) : 0;
        while (n < notes && strcmp(row[i].tag, rule[n].tag) == 0)
            n++;
    }
}

void x12_check(arena *a, const x12_file *f, uint32_t first, uint32_t sets, x12_notes *out)
{
    checker k = {0};
    prepare(&k, f);
    for (uint32_t i = first; i < first + sets; i++)
        check_set(&k, &f->set[i]);
    *out = (x12_notes){.note = arena_array(a, x12_note, k.notes.n),
                       .notes = (uint32_t)k.notes.n,
                       .omitted = k.omitted};
    if (k.notes.n)
        memcpy(out->note, k.notes.p, k.notes.n * sizeof *k.notes.p);
    vec_release(&k.notes);
}

static text set_path(arena *a, const x12_file *f, uint32_t at)
{
    const x12_set *s = &f->set[at];
    uint32_t i = s->interchange;
    if (s->group != X12_NOWHERE)
        return text_format(a, "ISA[%u].GS[%u].ST[%u]", i + 1,
                           s->group - f->interchange[i].group + 1, at - f->group[s->group].set + 1);
    uint32_t first = at;
    while (first > 0 && f->set[first - 1].interchange == i)
        first--;
    return text_format(a, "ISA[%u].ST[%u]", i + 1, at - first + 1);
}

static text message_of(arena *a, const x12_file *f, const x12_note *n)
{
    const x12_set *s = &f->set[n->set];
    const char *words = x12_code_words(n->element ? "AK403" : "AK304", text_of(n->code));
    text value = text_slice(n->value, 0, 40);
    if (n->element && text_is(n->tag, "ST")) {
        text group = x12_element(f->group[s->group].header, x12_separators_of(f, s)->element, 1);
        return text_format(a, "a group of %.*s does not carry %.*s",
                           TEXT_ARG(text_slice(group, 0, 10)), TEXT_ARG(value));
    }
    if (n->element && text_is(n->tag, "HL"))
        words = n->element == 1 ? "levels do not count up" : "parent is no level before this one";
    return value.n ? text_format(a, "%s: %.*s", words, TEXT_ARG(value)) : text_of(words);
}

document_fault x12_note_fault(arena *a, const x12_file *f, const x12_note *n)
{
    text path = set_path(a, f, n->set), tag = text_slice(n->tag, 0, 3);
    bool group = n->element && text_is(tag, "ST");
    buffer b;
    buffer_init(&b);
    buffer_printf(&b, "%.*s.%.*s", TEXT_ARG(path), TEXT_ARG(tag));
    if (n->nth > 1)
        buffer_printf(&b, "[%u]", n->nth);
    if (n->element)
        buffer_printf(&b, ".%02u", n->element);
    if (n->repeat)
        buffer_printf(&b, "[%u]", n->repeat);
    path = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    text code = text_format(a, "AK%c-%s", n->element ? '4' : '3', n->code);
    return (document_fault){group ? TEXT("AK5-6") : code, message_of(a, f, n), n->offset, path};
}
