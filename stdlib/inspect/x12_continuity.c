/* x12_continuity.c: streams are sorted together; in each, one pass looks for repeats by value and
 * one for falls and gaps in order. */
#include "stdlib/inspect/x12_continuity.h"
#include "stdlib/document/mask.h"

#include <string.h>

enum { HIGHEST_NUMBER = 999999999 };

static uint32_t number_of(text digits)
{
    uint32_t n = 0;
    for (size_t i = 0; i < digits.n; i++)
        n = n * 10 + (uint32_t)(digits.p[i] - '0');
    return n;
}

static void add(x12_sequence *s, x12_numbered n)
{
    bool digits = x12_is_digits(n.control, 1, 9), reference = n.edifact && !n.group;
    if (reference ? !n.control.n : !digits)
        return;
    n.number = reference ? 0 : number_of(n.control);
    n.at = (uint32_t)s->n;
    vec_push(s, n);
}

static void add_groups(x12_sequence *s, text name, const x12_file *f, const x12_interchange *x)
{
    char by = x->separators.element;
    uint32_t interchange = (uint32_t)s->n;
    for (uint32_t g = x->group; g < x->group + x->groups; g++) {
        text gs = f->group[g].header;
        add(s, (x12_numbered){.group = true,
                              .party = {text_trim(x12_element(gs, by, 1)),
                                        text_trim(x12_element(gs, by, 2)),
                                        {0},
                                        text_trim(x12_element(gs, by, 3))},
                              .usage = text_trim(x->isa[15]),
                              .control = text_trim(x12_element(gs, by, 6)),
                              .file = name,
                              .offset = (size_t)(gs.p - f->source.p),
                              .interchange = interchange});
    }
}

void x12_sequence_add(x12_sequence *s, text name, const x12_file *f)
{
    for (uint32_t i = 0; i < f->interchanges; i++) {
        const x12_interchange *x = &f->interchange[i];
        if (!x->header.p)
            continue;
        x12_numbered n = {.usage = text_trim(x->isa[15]),
                          .control = text_trim(x->isa[13]),
                          .file = name,
                          .offset = x->start};
        for (int k = 0; k < 4; k++)
            n.party[k] = text_trim(x->isa[5 + k]);
        add(s, n);
        add_groups(s, name, f, x);
    }
}

/* The first component of an element of a header, without release characters. */
static text header_value(arena *a, const edifact_interchange *i, text header, uint32_t element)
{
    text v = edifact_component(edifact_element(header, &i->separators, element), &i->separators, 1);
    return text_trim(edifact_value(a, v, &i->separators));
}

static void add_edifact_groups(arena *a, x12_sequence *s, text name, const edifact_file *f,
                               const edifact_interchange *i)
{
    uint32_t interchange = (uint32_t)s->n;
    for (uint32_t g = i->group; g < i->group + i->groups; g++) {
        text ung = f->group[g].header;
        add(s, (x12_numbered){.edifact = true,
                              .group = true,
                              .party = {header_value(a, i, ung, 1),
                                        header_value(a, i, ung, 2),
                                        {0},
                                        header_value(a, i, ung, 3)},
                              .usage = header_value(a, i, i->header, 11),
                              .control = header_value(a, i, ung, 5),
                              .file = name,
                              .offset = edifact_offset(f, ung),
                              .interchange = interchange});
    }
}

void x12_sequence_add_edifact(arena *a, x12_sequence *s, text name, const edifact_file *f)
{
    for (uint32_t k = 0; k < f->interchanges; k++) {
        const edifact_interchange *i = &f->interchange[k];
        if (i->dialect != EDIFACT_BATCH || !i->header.p)
            continue;
        add(s, (x12_numbered){.edifact = true,
                              .party = {[1] = header_value(a, i, i->header, 2),
                                        [3] = header_value(a, i, i->header, 3)},
                              .usage = header_value(a, i, i->header, 11),
                              .control = header_value(a, i, i->header, 5),
                              .file = name,
                              .offset = i->start});
        add_edifact_groups(a, s, name, f, i);
    }
}

static text member(arena *a, const json_document *d, uint32_t object, const char *key)
{
    uint32_t at = object;
    if (!json_follow(d, text_of(key), &at) || d->node[at].kind != JSON_TEXT)
        return (text){0};
    return text_trim(json_text(a, d, at));
}

/* The array under a key of an object; false: there is none. */
static bool array_in(const json_document *d, uint32_t object, const char *key, uint32_t *out)
{
    *out = object;
    return json_follow(d, text_of(key), out) && d->node[*out].kind == JSON_ARRAY;
}

static void add_history_groups(arena *a, x12_sequence *s, const json_document *d, uint32_t at,
                               text file, bool edifact)
{
    uint32_t list, interchange = (uint32_t)s->n;
    text usage = member(a, d, at, "test");
    if (!array_in(d, at, "groups", &list))
        return;
    for (uint32_t g = list + 1; g < d->node[list].next; g = d->node[g].next)
        if (d->node[g].kind == JSON_OBJECT)
            add(s, (x12_numbered){.edifact = edifact,
                                  .group = true,
                                  .party = {member(a, d, g, "id"),
                                            member(a, d, g, "sender"),
                                            {0},
                                            member(a, d, g, "receiver")},
                                  .usage = usage,
                                  .control = member(a, d, g, "control"),
                                  .file = file,
                                  .interchange = interchange});
}

static void add_interchange(arena *a, x12_sequence *s, const json_document *d, uint32_t at,
                            text file, bool edifact)
{
    static const char *const parties[] = {"sender_qualifier", "sender", "receiver_qualifier",
                                          "receiver"};
    x12_numbered n = {.edifact = edifact,
                      .usage = member(a, d, at, "test"),
                      .control = member(a, d, at, "control"),
                      .file = file};
    for (int k = edifact; k < 4; k += 1 + edifact)
        n.party[k] = member(a, d, at, parties[k]);
    add(s, n);
    add_history_groups(a, s, d, at, file, edifact);
}

bool x12_sequence_add_history(arena *a, x12_sequence *s, text json)
{
    json_fault fault;
    uint32_t files, list;
    json_document *d = arena_new(a, json_document);
    if (!json_read(a, json, d, &fault) || d->node[0].kind != JSON_OBJECT ||
        !array_in(d, 0, "files", &files))
        return false;
    for (uint32_t f = files + 1; f < d->node[files].next; f = d->node[f].next) {
        if (d->node[f].kind != JSON_OBJECT || !array_in(d, f, "interchanges", &list))
            continue;
        text name = member(a, d, f, "file"), kind = member(a, d, f, "kind");
        if (kind.n && !text_is(kind, "x12") && !text_is(kind, "edifact"))
            continue;
        for (uint32_t i = list + 1; i < d->node[list].next; i = d->node[i].next)
            if (d->node[i].kind == JSON_OBJECT)
                add_interchange(a, s, d, i, name, text_is(kind, "edifact"));
    }
    return true;
}

static int by_stream(const x12_numbered *x, const x12_numbered *y)
{
    int c = x->edifact - y->edifact;
    if (c == 0)
        c = x->group - y->group;
    if (c == 0)
        c = text_compare(x->usage, y->usage);
    for (int k = 0; k < 4 && c == 0; k++)
        c = text_compare(x->party[k], y->party[k]);
    return c;
}

static int in_order(const void *a, const void *b)
{
    const x12_numbered *x = a, *y = b;
    int c = by_stream(x, y);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static int by_value(const void *a, const void *b)
{
    const x12_numbered *x = *(const x12_numbered *const *)a, *y = *(const x12_numbered *const *)b;
    int c = (x->number > y->number) - (x->number < y->number);
    if (c == 0 && x->number == 0)
        c = text_compare(x->control, y->control);
    if (c != 0)
        return c;
    return (x->at > y->at) - (x->at < y->at);
}

/* first[i] becomes the number that number i of the stream repeats, or NULL. */
static void find_repeats(arena *a, const x12_numbered *p, size_t n, const x12_numbered **first)
{
    const x12_numbered **sorted = arena_array(a, const x12_numbered *, n);
    for (size_t i = 0; i < n; i++)
        sorted[i] = &p[i];
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t i = 1, from = 0; i < n; i++) {
        if (sorted[i]->number != sorted[from]->number ||
            (sorted[i]->number == 0 && !text_equal(sorted[i]->control, sorted[from]->control)))
            from = i;
        else
            first[sorted[i] - p] = sorted[from];
    }
}

typedef VEC(x12_break) break_list;

/* Whether the numbers of groups go on from one interchange to the next. */
static bool runs_on(const x12_numbered *p, size_t n)
{
    size_t steps = 0, by_one = 0;
    uint32_t highest = p[0].number;
    for (size_t i = 1; i < n; i++) {
        if (p[i].interchange != p[i - 1].interchange) {
            steps++;
            by_one += p[i].number == highest + 1;
        }
        highest = p[i].number > highest ? p[i].number : highest;
    }
    return steps >= 3 && by_one >= 2 && by_one * 2 > steps;
}

/* What is there twice within a file, or a group within an interchange, is a fault of the file. */
static bool is_told_already(const x12_numbered *first, const x12_numbered *again)
{
    return first->group ? first->interchange == again->interchange
                        : text_equal(first->file, again->file);
}

static void check_stream(const x12_numbered *p, size_t n, const x12_numbered *const *first,
                         break_list *out)
{
    const x12_numbered *highest = &p[0];
    for (size_t i = 1; i < n; i++) {
        bool again = highest->number == HIGHEST_NUMBER && p[i].number <= 1;
        if (first[i]) {
            if (!is_told_already(first[i], &p[i]))
                vec_push(out, (x12_break){BREAK_REPEATED, &p[i], first[i]});
        } else if (p[i].number < highest->number && !again) {
            vec_push(out, (x12_break){BREAK_FALLING, &p[i], highest});
        } else if (p[i].number > highest->number + 1) {
            vec_push(out, (x12_break){BREAK_GAP, &p[i], highest});
        }
        if (p[i].number > highest->number || again)
            highest = &p[i];
    }
}

void x12_sequence_check(arena *a, x12_sequence *s, x12_breaks *out)
{
    break_list list = {0};
    *out = (x12_breaks){0};
    if (s->n)
        qsort(s->p, s->n, sizeof *s->p, in_order);
    for (size_t from = 0, to; from < s->n; from = to) {
        for (to = from + 1; to < s->n && by_stream(&s->p[from], &s->p[to]) == 0;)
            to++;
        if (s->p[from].group && !runs_on(s->p + from, to - from))
            continue;
        const x12_numbered **first = arena_array(a, const x12_numbered *, to - from);
        find_repeats(a, s->p + from, to - from, first);
        check_stream(s->p + from, to - from, first, &list);
    }
    out->found = arena_array(a, x12_break, list.n);
    out->breaks = (uint32_t)list.n;
    for (size_t i = 0; i < list.n; i++) {
        out->found[i] = list.p[i];
        out->faults += list.p[i].kind != BREAK_GAP;
    }
    vec_release(&list);
}

/* "ISA13 000000009 from ZZ ACME to 01 GLOBEX", "GS06 9 of PO from ACME to GLOBEX" */
static text words_of(arena *a, const x12_numbered *n)
{
    const text *p = n->party;
    if (n->group)
        return text_format(a, "%s %.*s of %.*s from %.*s to %.*s", n->edifact ? "UNG05" : "GS06",
                           TEXT_ARG(n->control), TEXT_ARG(p[0]), TEXT_ARG(p[1]), TEXT_ARG(p[3]));
    if (n->edifact)
        return text_format(a, "UNB05 %.*s from %.*s to %.*s", TEXT_ARG(n->control), TEXT_ARG(p[1]),
                           TEXT_ARG(p[3]));
    return text_format(a, "ISA13 %.*s from %.*s %.*s to %.*s %.*s", TEXT_ARG(n->control),
                       TEXT_ARG(p[0]), TEXT_ARG(p[1]), TEXT_ARG(p[2]), TEXT_ARG(p[3]));
}

text x12_break_words(arena *a, const x12_break *b)
{
    const x12_numbered *n = b->number;
    text stream = words_of(a, n);
    if (b->kind == BREAK_REPEATED)
        return text_format(a, "%.*s: %.*s has it, too", TEXT_ARG(stream),
                           TEXT_ARG(b->before->file));
    if (b->kind == BREAK_FALLING)
        return text_format(a, "%.*s: falls behind %.*s of %.*s", TEXT_ARG(stream),
                           TEXT_ARG(b->before->control), TEXT_ARG(b->before->file));
    uint32_t from = b->before->number + 1, to = n->number - 1;
    int digits = n->group ? 1 : 9; /* as they are written */
    if (from == to)
        return text_format(a, "%.*s: %0*u is left out", TEXT_ARG(stream), digits, from);
    return text_format(a, "%.*s: %0*u to %0*u are left out", TEXT_ARG(stream), digits, from, digits,
                       to);
}

static void put(arena *a, json_writer *w, const char *key, text value)
{
    json_add_text(w, key, mask_text(a, value));
}

void x12_continuity_write_json(arena *a, json_writer *w, const x12_breaks *all)
{
    static const char *const kinds[] = {"repeated", "falling", "gap"};
    json_add_array(w, "continuity");
    for (uint32_t i = 0; i < all->breaks; i++) {
        const x12_break *b = &all->found[i];
        json_object(w);
        json_add_cstr(w, "kind", kinds[b->kind]);
        put(a, w, "control", b->number->control);
        put(a, w, "file", b->number->file);
        json_add_int(w, "offset", (int64_t)b->number->offset);
        json_add_object(w, "before");
        put(a, w, "control", b->before->control);
        put(a, w, "file", b->before->file);
        json_object_end(w);
        put(a, w, "words", x12_break_words(a, b));
        json_object_end(w);
    }
    json_array_end(w);
}
