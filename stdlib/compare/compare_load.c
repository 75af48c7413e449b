/* compare_load.c: reads the files of a side in order of name and takes them apart into documents,
 * each by its format.
 */
#include "base/workers.h"
#include "stdlib/compare/compare_parts.h"

#include <string.h>

enum { WORTH_A_THREAD = 1 << 20 }; /* bytes of a side; below that, starting one takes longer */

static const compare_format *const formats[KIND_COUNT] = {
    [KIND_UNKNOWN] = &lines_compare,   [KIND_X12] = &x12_compare,
    [KIND_EDIFACT] = &edifact_compare, [KIND_TRADACOMS] = &edifact_compare,
    [KIND_OPENAPI] = &lines_compare,   [KIND_JSON] = &json_compare,
    [KIND_WSDL] = &lines_compare,      [KIND_XSD] = &lines_compare,
    [KIND_XML] = &xml_compare,         [KIND_FIXED] = &fixed_compare,
    [KIND_YAML] = &yaml_compare,       [KIND_CSV] = &csv_compare,
    [KIND_TEXT] = &lines_compare,      [KIND_BYTES] = &bytes_compare,
};

const compare_format *compare_format_of(const unit *u)
{
    return formats[u->from->kind];
}

text unit_value(arena *a, const unit *u, text ref)
{
    const compare_format *f = compare_format_of(u);
    return u->from->broken || !f->value ? (text){0} : f->value(a, u, ref);
}

text text_joined(arena *a, text first, char between, text second)
{
    char *p = arena_alloc(a, first.n + second.n + 1, 1);
    if (first.n)
        memcpy(p, first.p, first.n);
    p[first.n] = between;
    if (second.n)
        memcpy(p + first.n + 1, second.p, second.n);
    return (text){p, first.n + second.n + 1};
}

/* The options' references that this document has, joined. */
static text key_of(comparison *c, const unit *u)
{
    text key = {0};
    for (size_t i = 0; i < c->options->keys; i++) {
        text v = text_trim(unit_value(c->memory, u, c->options->key[i]));
        if (v.n == 0)
            continue;
        key = key.n ? text_joined(c->memory, key, '/', v) : text_copy(c->memory, v);
    }
    return key;
}

/* Copies keep the keys of many documents side by side, and let files go. */
void unit_add(comparison *c, unit_list *list, unit u)
{
    const compare_format *f = compare_format_of(&u);
    const unit *last = list->n ? &vec_last(list) : NULL;
    u.partner = u.blame = u.group = WHOLE;
    if (c->options->keys)
        u.key = key_of(c, &u);
    else if (f->key && !u.from->broken)
        u.key = text_copy(c->memory, f->key(&u));
    if (last && text_equal(last->type, u.type))
        u.type = last->type;
    else
        u.type = text_copy(c->memory, u.type);
    if (f->group && !u.from->broken)
        u.group = f->group(&u);
    u.print = (uint32_t)((text_hash(u.key) + text_hash(u.type) * 3) >> 32);
    vec_push(list, u);
}

static void split(comparison *c, const document_file *f, unit_list *list)
{
    unit whole = {.from = f, .part = WHOLE};
    const compare_format *format = compare_format_of(&whole);
    if (f->broken || !format->split || !format->split(c, f, list))
        unit_add(c, list, whole);
}

/* --- a side --- */

static void tell(reading *r, size_t bytes)
{
    size_t done = atomic_fetch_add(&r->done, bytes) + bytes;
    if (atomic_flag_test_and_set(&r->telling))
        return;
    r->sink->read(r->sink->context, done, r->all);
    atomic_flag_clear(&r->telling);
}

static void take_apart(comparison *c, side *s, bool modern, unit_list *list)
{
    for (size_t i = 0; i < s->files; i++) {
        size_t first = list->n;
        side_look(c->options, s, i);
        split(c, &s->file[i], list);
        compare_sample(c, s, modern, first, list->p + first, list->n - first);
        if (c->reading)
            tell(c->reading, s->origin[i].size);
        arena_clear(c->scratch);
        side_spare(c->options, s);
    }
}

static void load(comparison *c, side *s, bool modern)
{
    unit_list list = {0};
    s->samples = arena_array(c->memory, sampled_list, c->sequences);
    take_apart(c, s, modern, &list);
    s->units = list.n;
    s->unit = list.p; /* of tens of megabytes: a copy would cost as much as filling it did */
    arena_adopt(c->memory, list.p);
}

static void side_init(side *s, arena *memory, size_t files)
{
    s->memory = memory;
    s->files = files;
    s->file = arena_array(memory, document_file, files);
    s->origin = arena_array(memory, origin, files);
}

static int by_name(const void *a, const void *b)
{
    const compare_file *x = a, *y = b;
    int c = text_compare(x->name, y->name);
    return c ? c : text_compare(x->bytes, y->bytes);
}

void compare_load(comparison *c, const compare_input *in, side *out, bool modern)
{
    side_init(out, c->memory, in->files);
    compare_file *file = arena_array(c->memory, compare_file, in->files);
    for (size_t i = 0; i < in->files; i++)
        file[i] = in->file[i];
    if (in->files)
        qsort(file, in->files, sizeof *file, by_name);
    for (size_t i = 0; i < in->files; i++) {
        out->origin[i] = (origin){.given = file[i].bytes, .open = true};
        file_read(c->memory, c->options, file[i].name, file[i].bytes, &out->file[i]);
    }
    load(c, out, modern);
}

/* --- files on the disk --- */

static int by_path(const void *a, const void *b)
{
    const compare_path *x = a, *y = b;
    int c = text_compare(x->name, y->name);
    return c ? c : text_compare(x->path, y->path);
}

/* What a thread has: all it changes is its own. */
typedef struct {
    comparison c;
    const compare_paths *in;
    side *out;
    bool modern;
} loading;

static void load_files(void *both, unsigned index)
{
    loading *l = (loading *)both + index;
    side *s = l->out;
    arena scratch = {0};
    l->c.scratch = &scratch;
    l->c.memory = s->memory;
    side_init(s, s->memory, l->in->files);
    compare_path *path = arena_array(s->memory, compare_path, s->files);
    for (size_t i = 0; i < s->files; i++)
        path[i] = l->in->file[i];
    if (s->files)
        qsort(path, s->files, sizeof *path, by_path);
    for (size_t i = 0; i < s->files; i++) {
        s->file[i].name = path[i].name;
        s->origin[i].path = path[i].path;
    }
    load(&l->c, s, l->modern);
    arena_release(&scratch);
}

static size_t size_of(const compare_paths *in)
{
    size_t all = 0;
    for (size_t i = 0; i < in->files; i++)
        all += in->file[i].size;
    return all;
}

/* The sides share nothing that changes, so the order in which threads run decides nothing. */
void compare_load_paths(comparison *c, const compare_paths *legacy, const compare_paths *modern)
{
    size_t l = size_of(legacy), m = size_of(modern);
    reading far = {.sink = c->sink, .all = l + m, .telling = ATOMIC_FLAG_INIT};
    loading both[] = {{*c, legacy, &c->legacy, false}, {*c, modern, &c->modern, true}};
    if (c->sink && c->sink->read) {
        both[0].c.reading = both[1].c.reading = &far;
        tell(&far, 0);
    }
    if (l >= WORTH_A_THREAD && m >= WORTH_A_THREAD) {
        workers_run(load_files, both, 2);
    } else {
        load_files(both, 0);
        load_files(both, 1);
    }
}
