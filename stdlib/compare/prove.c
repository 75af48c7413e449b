/* prove.c: puts defects into copies, compares each with its original, and counts. */
#include "stdlib/compare/prove.h"
#include "base/decimal.h"
#include "base/source.h"
#include "stdlib/compare/compare_parts.h"
#include "stdlib/document/mask.h"

#include <ctype.h>
#include <string.h>

enum { SHOWN = 60 }; /* bytes of a value in a report */

static const struct {
    const char *name;
    prove_where where;
} defects[PROVE_COUNT] = {
#define PROVE(id, name, where, doc) [PROVE_##id] = {name, PLACE_##where},
#include "stdlib/compare/prove_defects.def"
#undef PROVE
};

const char *prove_defect_name(prove_defect d)
{
    return defects[d].name;
}

void prove_add(prove_places *p, prove_where where, text slice, text ref)
{
    if (slice.p < p->bytes.p || slice.p + slice.n > p->bytes.p + p->bytes.n)
        return;
    size_t start = (size_t)(slice.p - p->bytes.p);
    vec_push(&p->list, (prove_place){start, start + slice.n, where, ref, false});
}

void prove_add_value(prove_places *p, text value, text ref, bool money)
{
    size_t letters = 0, capitals = 0, digits = 0;
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        letters += isalpha(c) || c >= 0x80;
        capitals += isupper(c) != 0;
        digits += isdigit(c) != 0;
    }
    if (text_is(value, "true") || text_is(value, "false"))
        prove_add(p, PLACE_FLAG, value, ref);
    else if (is_decimal(value) && (money || text_find(value, '.') >= 0))
        prove_add(p, PLACE_AMOUNT, value, ref);
    else if (value.n >= 4 && letters >= 3)
        prove_add(p, PLACE_NAME, value, ref);
    else if (value.n && value.n <= 3 && capitals && capitals + digits == value.n)
        prove_add(p, PLACE_CODE, value, ref);
}

text prove_edited(arena *a, text bytes, const prove_edit *edit, size_t n)
{
    buffer b = {0};
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        buffer_text(&b, text_slice(bytes, at, edit[i].start));
        buffer_text(&b, edit[i].with);
        at = edit[i].end;
    }
    buffer_text(&b, text_slice(bytes, at, bytes.n));
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

/* --- one defect --- */

static text slice_of(const prove_places *p, const prove_place *x)
{
    return text_slice(p->bytes, x->start, x->end);
}

/* The next code, around the end, that stands at a place of that name and says something else. */
static text other_code(const prove_places *p, size_t at)
{
    const prove_place *x = &p->list.p[at];
    for (size_t i = 1; i < p->list.n; i++) {
        const prove_place *y = &p->list.p[(at + i) % p->list.n];
        if (y->where == PLACE_CODE && text_equal(y->ref, x->ref) &&
            !text_equal(slice_of(p, y), slice_of(p, x)))
            return slice_of(p, y);
    }
    return (text){0};
}

static text one_cent_more(arena *a, text t)
{
    char *p = arena_copy(a, t.p, t.n);
    for (size_t i = t.n; i-- > 0;)
        if (isdigit((unsigned char)p[i])) {
            p[i] = p[i] == '9' ? '8' : (char)(p[i] + 1);
            break;
        }
    return (text){p, t.n};
}

static bool is_zero(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] >= '1' && t.p[i] <= '9')
            return false;
    return true;
}

static text with_loss(arena *a, text t)
{
    size_t at = t.n, n = 1;
    for (size_t i = 0; i < t.n && at == t.n; i++)
        if ((unsigned char)t.p[i] >= 0x80)
            at = i;
    for (size_t i = 0; i < t.n && at == t.n; i++)
        if (strchr("aeiouAEIOU", t.p[i]))
            at = i;
    while (at < t.n && at + n < t.n && ((unsigned char)t.p[at + n] & 0xc0) == 0x80)
        n++;
    if (at == t.n)
        return t;
    return text_format(a, "%.*s?%.*s", (int)at, t.p, (int)(t.n - at - n), t.p + at + n);
}

/* The whole characters of the first three quarters. */
static text truncated(text t)
{
    size_t n = t.n - (t.n + 3) / 4;
    while (n && ((unsigned char)t.p[n] & 0xc0) == 0x80)
        n--;
    return text_trim(text_slice(t, 0, n));
}

/* As wide as what stood there: names get blanks, a sign takes the place of a leading zero. */
static text fitted(arena *a, text was, text is)
{
    if (is.n <= was.n)
        return text_format(a, "%.*s%*s", TEXT_ARG(is), (int)(was.n - is.n), "");
    if (is.n == was.n + 1 && is.p[0] == '-' && was.p[0] == '0')
        return text_format(a, "-%.*s", (int)was.n - 1, was.p + 1);
    return was;
}

/* What stands there instead; equal to what stood there where the defect cannot be made of it. */
static text made_of(arena *a, prove_defect d, const prove_places *p, size_t at)
{
    text was = slice_of(p, &p->list.p[at]);
    switch (d) {
    case PROVE_SWAPPED_QUALIFIER: {
        text other = other_code(p, at);
        return other.p ? other : was;
    }
    case PROVE_FLIPPED_FLAG: return text_is(was, "true") ? TEXT("false") : TEXT("true");
    case PROVE_CENT_ROUNDING: return one_cent_more(a, was);
    case PROVE_CHANGED_SIGN:
        if (is_zero(was))
            return was;
        return was.p[0] == '-' ? text_slice(was, 1, was.n) : text_format(a, "-%.*s", TEXT_ARG(was));
    case PROVE_TRUNCATED_NAME: return truncated(was);
    case PROVE_CODE_PAGE_LOSS: return with_loss(a, was);
    case PROVE_DUPLICATED_DOCUMENT: return text_format(a, "%.*s%.*s", TEXT_ARG(was), TEXT_ARG(was));
    default: return (text){0};
    }
}

/* --- a file and its copies --- */

typedef struct {
    arena *a;      /* of the result */
    arena names;   /* of the places */
    arena scratch; /* of one copy */
    const compare_options *options;
    const compare_file *file;
    document_file read; /* the same, with its content in `names` */
    comply_masker *masker;
    const compare_format *format;
    prove_places places;
    bool heard;
    uint64_t quiet; /* what comparing the file with itself reports: rules may object to legacy */
} subject;

static uint64_t objections(subject *s, text copy)
{
    compare_file l = *s->file, m = {s->file->name, copy};
    compare_input legacy = {&l, 1}, modern = {&m, 1};
    compare_result r;
    compare_run(&s->scratch, s->options, &legacy, &modern, &r);
    uint64_t n = r.compared - r.matched;
    for (size_t i = 0; i < r.pairs; i++)
        n += r.pair[i].defects;
    return n;
}

/* Finds the places; false when there are none. */
static bool subject_open(subject *s)
{
    document_file *f = &s->read;
    unit whole = {.from = f};
    document_read_data(&s->names, s->file->name, s->file->bytes, s->options->kind,
                       s->options->layout, f);
    s->format = compare_format_of(&whole);
    s->places.bytes = s->file->bytes;
    s->masker = comply_masker_new(&s->names);
    if (!f->broken && s->format->places)
        s->format->places(&s->names, f, &s->places);
    return s->places.list.n > 0;
}

static void subject_release(subject *s)
{
    vec_release(&s->places.list);
    arena_release(&s->names);
    arena_release(&s->scratch);
}

static text shortened(arena *a, text t)
{
    text cut = text_slice(t, 0, SHOWN);
    cut.n -= cut.n < t.n ? cut.n - text_utf8_prefix(cut) : 0;
    return mask_text(a, text_format(a, "%.*s%s", TEXT_ARG(cut), cut.n < t.n ? "…" : ""));
}

/* What a copy has there is no place that could be looked up: where the original is masked, all of
 * it is hidden. */
static prove_miss missed(subject *s, const prove_place *x, text was, text is)
{
    text shown = comply_masked(s->masker, s->a, &s->read, x->ref, was);
    bool hidden = !text_equal(shown, was);
    return (prove_miss){mask_text(s->a, s->file->name), text_copy(s->a, x->ref),
                        shortened(s->a, shown),
                        hidden ? TEXT("(hidden, another)") : shortened(s->a, is)};
}

static void attempt(subject *s, prove_defect d, size_t at, prove_row *row)
{
    const prove_place *x = &s->places.list.p[at];
    text was = slice_of(&s->places, x), is = made_of(&s->scratch, d, &s->places, at);
    if (x->width)
        is = fitted(&s->scratch, was, is);
    if (text_equal(was, is))
        return;
    if (!s->heard)
        s->quiet = objections(s, s->places.bytes);
    s->heard = true;
    prove_edit edit = {x->start, x->end, is};
    text copy = prove_edited(&s->scratch, s->places.bytes, &edit, 1);
    if (s->format->repair)
        copy = s->format->repair(&s->scratch, s->options, copy);
    bool found = objections(s, copy) > s->quiet;
    row->tried++;
    row->found += found;
    if (!found && row->misses < PROVE_MISSED)
        row->miss[row->misses++] = missed(s, x, was, is);
    arena_clear(&s->scratch);
}

/* Which places get a copy: all are counted first, so that files with few or none of them leave
 * their share to the others. */
typedef struct {
    uint64_t all, seen;
} spread;

static bool next_in_turn(spread *s)
{
    uint64_t share = s->all < PROVE_EACH ? s->all : PROVE_EACH, before = s->seen++;
    return before * share / s->all != s->seen * share / s->all;
}

static void count_places(const subject *s, spread *of)
{
    for (size_t i = 0; i < s->places.list.n; i++)
        for (int d = 0; d < PROVE_COUNT; d++)
            of[d].all += s->places.list.p[i].where == defects[d].where;
}

static void attempt_all(subject *s, spread *of, prove_result *out)
{
    for (size_t i = 0; i < s->places.list.n; i++)
        for (int d = 0; d < PROVE_COUNT; d++)
            if (s->places.list.p[i].where == defects[d].where && next_in_turn(&of[d]))
                attempt(s, (prove_defect)d, i, &out->row[d]);
}

static void sum_up(prove_result *out)
{
    for (int d = 0; d < PROVE_COUNT; d++) {
        out->tried += out->row[d].tried;
        out->found += out->row[d].found;
    }
    out->detection = decimal_muldiv((int64_t)out->found, UNIT_PERCENT, (int64_t)out->tried);
}

/* Where the files are: in memory, or on the disk. */
typedef struct {
    const compare_input *given;
    const compare_paths *on_disk;
} legacy_files;

/* Takes one that is not too large and can be read. */
static bool take_file(const legacy_files *f, size_t i, arena *a, compare_file *out)
{
    if (f->given) {
        *out = f->given->file[i];
        return out->bytes.n <= PROVE_FILE_LARGEST;
    }
    const compare_path *p = &f->on_disk->file[i];
    out->name = p->name;
    return p->size <= PROVE_FILE_LARGEST &&
           file_load(a, p->path.p, PROVE_FILE_LARGEST, &out->bytes) == LOAD_OK;
}

static void prove_all(arena *a, const compare_options *options, const legacy_files *legacy,
                      size_t files, prove_result *out)
{
    spread of[PROVE_COUNT] = {0};
    *out = (prove_result){0};
    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < files; i++) {
            compare_file file;
            subject s = {.a = a, .options = options, .file = &file};
            if (!take_file(legacy, i, &s.names, &file))
                out->files_left_out += (size_t)turn;
            else if (subject_open(&s) && turn)
                attempt_all(&s, of, out);
            else
                count_places(&s, of);
            subject_release(&s);
        }
    sum_up(out);
}

void prove_rules(arena *a, const compare_options *options, const compare_input *legacy,
                 prove_result *out)
{
    legacy_files files = {.given = legacy};
    prove_all(a, options, &files, legacy->files, out);
}

void prove_rules_of_files(arena *a, const compare_options *options, const compare_paths *legacy,
                          prove_result *out)
{
    legacy_files files = {.on_disk = legacy};
    prove_all(a, options, &files, legacy->files, out);
}

static void put_miss(json_writer *w, const prove_miss *m)
{
    const struct {
        const char *key;
        text value;
    } members[] = {{"file", m->file}, {"ref", m->ref}, {"before", m->before}, {"after", m->after}};
    json_object(w);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        json_add_text(w, members[i].key, members[i].value);
    json_object_end(w);
}

void prove_write_json(json_writer *w, const prove_result *r)
{
    json_add_int(w, "tried", r->tried);
    json_add_int(w, "found", r->found);
    json_put_key(w, "detection");
    json_put_decimal(w, r->detection, SCALE_PERCENT - 2);
    json_add_int(w, "files_left_out", r->files_left_out);
    json_add_array(w, "defects");
    for (int d = 0; d < PROVE_COUNT; d++) {
        json_object(w);
        json_add_cstr(w, "defect", defects[d].name);
        json_add_int(w, "tried", r->row[d].tried);
        json_add_int(w, "found", r->row[d].found);
        json_add_array(w, "missed");
        for (uint32_t i = 0; i < r->row[d].misses; i++)
            put_miss(w, &r->row[d].miss[i]);
        json_array_end(w);
        json_object_end(w);
    }
    json_array_end(w);
}
