/* x12_check.c: one walk over each set; each segment against its row of the dictionary. */
#include "stdlib/x12/x12_check.h"
#include "base/vec.h"
#include "stdlib/x12/x12_layout.h"

#include <stdlib.h>
#include <string.h>

enum { ELEMENTS_MOST = 64, ROWS_MOST = 128, SYNTAX_MOST = 64, FIRST_VERSION = 4010 };

#define BIT(n) (UINT64_C(1) << (n))

typedef struct {
    const x12_file *file;
    const x12_set *set;
    x12_layout_index index;
    uint32_t nth[ROWS_MOST];       /* how often each row's segment has been seen in this set */
    uint8_t syntax[ROWS_MOST];     /* each row's first syntax note */
    uint8_t notes_of[ROWS_MOST];   /* how many it has */
    uint64_t mandatory[ROWS_MOST]; /* elements of each row that must be there */
    uint64_t of_note[SYNTAX_MOST]; /* elements of each syntax note */
    uint32_t version;              /* of the group: 4010; 0 where it does not say */
    scan_cursor separators;        /* of elements, within the set */
    size_t passed, next;           /* in the set: `next` is the first separator behind `passed` */
    char repetition;
    size_t position;
    text segment;
    uint32_t segment_nth;
    bool plain; /* the segment has no control characters */
    text element[ELEMENTS_MOST];
    unsigned elements; /* behind the tag; those beyond ELEMENTS_MOST are counted and not kept */
    uint64_t present;  /* those that are not empty */
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

static void keep(checker *k, const char *from, const char *to)
{
    if (k->elements < ELEMENTS_MOST) {
        k->element[k->elements] = (text){from, (size_t)(to - from)};
        k->present |= to > from ? BIT(k->elements) : 0;
    }
    k->elements++;
}

/* Segments come one behind the other. A separator that was found behind the last one is looked for
 * no more: thousands without any would each look through the rest of the set. */
static void split(checker *k)
{
    const char *base = k->separators.source.p;
    size_t at = (size_t)(k->segment.p - base), end = at + k->segment.n;
    k->elements = 0;
    k->present = 0;
    if (at < k->passed || at > k->next) {
        scan_seek(&k->separators, at);
        k->next = scan_next(&k->separators);
    }
    for (; k->next < end; at = k->next + 1, k->next = scan_next(&k->separators))
        keep(k, base + at, base + k->next);
    keep(k, base + at, base + end);
    k->elements--;
    k->passed = end;
}

/* No byte below a blank. Of eight bytes at once: borrowing goes upwards only, so that the lowest
 * one below is told rightly, and more is not asked. */
static bool is_plain(text t)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    size_t i = 0;
    for (uint64_t w; i + sizeof w <= t.n; i += sizeof w) {
        memcpy(&w, t.p + i, sizeof w);
        if ((w - each * ' ') & ~w & each * 0x80)
            return false;
    }
    for (; i < t.n; i++)
        if ((unsigned char)t.p[i] < ' ')
            return false;
    return true;
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

/* As a code of AK403; NULL: nothing is wrong. */
static const char *value_code(const checker *k, const x12_element_rule *r, text v)
{
    bool judged = r->form != FORM_COMPOSITE && r->form != FORM_ANY;
    if (!k->plain && judged && !is_plain(v))
        return "6";
    return x12_value_code(r, k->version, v);
}

static void check_value(checker *k, const x12_element_rule *r, unsigned n, text v)
{
    char separator = k->repetition;
    if (!separator || !memchr(v.p, separator, v.n)) {
        const char *code = value_code(k, r, v);
        if (code)
            note_element(k, n, 0, code, v);
        return;
    }
    document_pieces repeats = document_pieces_of(v, separator, 0);
    for (unsigned i = 0; repeats.at; i++) {
        text one = document_piece(&repeats);
        const char *code = one.n ? value_code(k, r, one) : NULL;
        if (code)
            note_element(k, n, i + 1, code, one);
    }
}

/* The elements that a syntax note misses. */
static uint64_t missing_by(const checker *k, const x12_syntax_rule *r, uint64_t of_note)
{
    uint64_t there = k->present & of_note, missing = of_note & ~there;
    switch (r->rule) {
    case SYNTAX_P: return there ? missing : 0;
    case SYNTAX_R: return there ? 0 : missing;
    default: return there & BIT(r->element[0]) ? missing : 0;
    }
}

static void check_syntax(checker *k, unsigned row)
{
    size_t n;
    const x12_syntax_rule *rule = x12_syntax_rows(&n);
    unsigned first = k->syntax[row], end = first + k->notes_of[row];
    for (unsigned i = first; i < end; i++) {
        uint64_t missing = missing_by(k, &rule[i], k->of_note[i]);
        if (missing)
            note_element(k, (unsigned)__builtin_ctzll(missing), 0, "2", (text){0});
    }
}

static void check_segment(checker *k, const x12_segment_rule *r, unsigned row)
{
    unsigned last = k->elements < r->elements ? k->elements : r->elements;
    k->plain = is_plain(k->segment);
    for (unsigned n = 1; n <= last; n++)
        if (k->present & BIT(n))
            check_value(k, &r->element[n], n, k->element[n]);
    for (uint64_t missing = k->mandatory[row] & ~k->present; missing; missing &= missing - 1)
        note_element(k, (unsigned)__builtin_ctzll(missing), 0, "1", (text){0});
    if (r->whole && k->elements > r->elements)
        note_element(k, r->elements + 1u, 0, "3", element_of(k, r->elements + 1u));
    if (k->notes_of[row])
        check_syntax(k, row);
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
    split(k);
    unsigned element = number_of(element_of(k, 1)) == nth ? 2 : 1;
    note_element(k, element, 0, "7", element_of(k, element));
}

static void start_set(checker *k, const x12_set *s)
{
    k->set = s;
    k->position = 0;
    k->version = 0;
    k->repetition = x12_separators_of(k->file, s)->repetition;
    memset(k->nth, 0, sizeof k->nth);
    scan_set separators = scan_any_of(&x12_separators_of(k->file, s)->element, 1);
    scan_start(&k->separators, &separators, s->whole, 0);
    k->passed = 0;
    k->next = scan_next(&k->separators);
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
    split(k);
    k->segment_nth = 1;
    if (!tag_is_sound(tag_of(k))) {
        note_segment(k, "1");
        return;
    }
    const x12_segment_rule *rule = x12_layout_of(&k->index, x12_tag_code(tag_of(k)));
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
    uint32_t level = x12_tag_code(TEXT("HL"));
    uint32_t first = rule ? x12_tag_code(text_of(rule->first)) : 0;
    uint32_t also = rule ? x12_tag_code(text_of(rule->also)) : 0;
    bool has_first = false, in_place = false, has_also = false, levels = false;
    size_t before = k->notes.n;
    start_set(k, s);
    x12_walk_set(&w, k->file, s);
    while (x12_next(&w, &k->segment)) {
        check_one(k);
        uint32_t tag = x12_tag_code(tag_of(k));
        levels |= tag == level;
        has_first |= tag == first;
        in_place |= tag == first && k->position == 2;
        has_also |= tag == also;
    }
    if (rule) {
        check_frame(k, rule, has_first, in_place, has_also);
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
        k->syntax[i] = (uint8_t)n;
        while (n < notes && strcmp(row[i].tag, rule[n].tag) == 0)
            n++;
        k->notes_of[i] = (uint8_t)(n - k->syntax[i]);
    }
    for (size_t i = 0; i < rows; i++)
        for (unsigned e = 1; e <= row[i].elements; e++)
            k->mandatory[i] |= row[i].element[e].mandatory ? BIT(e) : 0;
    for (size_t i = 0; i < notes && i < SYNTAX_MOST; i++)
        for (unsigned e = 0; e < sizeof rule[i].element && rule[i].element[e]; e++)
            k->of_note[i] |= BIT(rule[i].element[e]);
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

text x12_set_path(arena *a, const x12_file *f, uint32_t at)
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
    text path = x12_set_path(a, f, n->set), tag = text_slice(n->tag, 0, 3);
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
