/* fixed_layout.c: reads record layouts from YAML. The first fault ends it: a layout is a page that
 * somebody has open, and nothing is read with half of one. */
#include "stdlib/fixed/fixed_layout.h"
#include "base/vec.h"
#include "base/yaml.h"

#include <string.h>

enum { LAYOUT_LARGEST = 1 << 20, PLACES_MOST = 1 << 20 };

typedef struct {
    arena *a;
    text *message;
    size_t *offset;
    bool failed;
    VEC(text) levels;
} reader;

typedef VEC(fixed_field) field_list;

static void refuse(reader *r, const yaml_node *at, const char *what, text value)
{
    if (r->failed)
        return;
    r->failed = true;
    *r->message = value.n ? text_format(r->a, "%s: `%.*s`", what, TEXT_ARG(value)) : text_of(what);
    *r->offset = at ? at->start : 0;
}

static text scalar(reader *r, const yaml_node *n)
{
    if (n && n->kind == YAML_SCALAR)
        return n->value;
    if (n)
        refuse(r, n, "expected a word or a number, not a list", (text){0});
    return (text){0};
}

static uint32_t number(reader *r, const yaml_node *at, text t)
{
    uint32_t v = 0;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9' || v > PLACES_MOST) {
            refuse(r, at, "expected a number", t);
            return 0;
        }
        v = v * 10 + (uint32_t)(t.p[i] - '0');
    }
    if (t.n == 0 || v > PLACES_MOST)
        refuse(r, at, "expected a number up to a million", t);
    return v;
}

/* The number at a key; 0 where there is none. */
static uint32_t number_at(reader *r, const yaml_node *map, const char *key)
{
    const yaml_node *n = yaml_member(map, key);
    return n ? number(r, n, scalar(r, n)) : 0;
}

static void known_keys(reader *r, const yaml_node *map, const char *known)
{
    if (map->kind != YAML_MAP) {
        refuse(r, map, "expected `key: value`", (text){0});
        return;
    }
    for (const yaml_node *k = map->first; k && k->next; k = k->next->next) {
        text word = text_format(r->a, " %.*s ", TEXT_ARG(k->value));
        if (k->kind != YAML_SCALAR || !strstr(known, word.p))
            refuse(r, k, "a layout has no key", k->value);
    }
}

/* A value, or a list of them. */
static const text *texts(reader *r, const yaml_node *n, uint32_t *count)
{
    *count = !n ? 0 : n->kind == YAML_LIST ? n->count : 1;
    text *out = arena_array(r->a, text, *count);
    const yaml_node *v = n && n->kind == YAML_LIST ? n->first : n;
    for (uint32_t i = 0; i < *count; i++, v = v->next)
        out[i] = text_copy(r->a, scalar(r, v));
    return out;
}

/* "6.amount", or "6". */
static fixed_ref reference(reader *r, text t)
{
    ptrdiff_t dot = text_find(t, '.');
    t = text_copy(r->a, t);
    if (dot < 0)
        return (fixed_ref){t, {0}};
    return (fixed_ref){text_slice(t, 0, (size_t)dot), text_slice(t, (size_t)dot + 1, t.n)};
}

static uint32_t level(reader *r, const yaml_node *n)
{
    if (!n)
        return FIXED_NONE;
    text name = scalar(r, n);
    for (size_t i = 0; i < r->levels.n; i++)
        if (text_equal(r->levels.p[i], name))
            return (uint32_t)i;
    if (r->levels.n == FIXED_LEVELS)
        refuse(r, n, "a layout has at most 16 levels", (text){0});
    else
        vec_push(&r->levels, text_copy(r->a, name));
    return r->failed ? FIXED_NONE : (uint32_t)r->levels.n - 1;
}

static text next_word(text *rest)
{
    size_t i = 0;
    *rest = text_trim(*rest);
    while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != '\t')
        i++;
    text word = text_slice(*rest, 0, i);
    *rest = text_slice(*rest, i, rest->n);
    return word;
}

static bool type_read(text word, fixed_field *f)
{
    static const char *const words[FIELD_TYPES] = {
#define FIELD_TYPE(id, name, meaning) [FIELD_##id] = name,
#include "stdlib/fixed/fixed_types.def"
#undef FIELD_TYPE
    };
    for (int i = 0; i < FIELD_TYPES; i++)
        if (words[i][1] != 'n' && i != FIELD_CODE && text_is(word, words[i])) {
            f->type = (field_type)i;
            return true;
        }
    for (int i = 0; word.n == 2 && i < FIELD_TYPES; i++)
        if (words[i][1] == 'n' && word.p[0] == words[i][0] && word.p[1] >= '0' &&
            word.p[1] <= '9') {
            f->type = (field_type)i;
            f->decimals = (uint8_t)(word.p[1] - '0');
            return true;
        }
    if (text_find(word, '|') < 0)
        return false;
    f->type = FIELD_CODE;
    f->codes = word;
    return true;
}

/* What stands behind the place: a type, and marks. */
static void field_words(reader *r, const yaml_node *at, text rest, fixed_field *f)
{
    for (text w = next_word(&rest); w.n; w = next_word(&rest)) {
        if (text_is(w, "required"))
            f->required = true;
        else if (text_is(w, "noise"))
            f->noise = true;
        else if (text_is(w, "key"))
            f->key = true;
        else if (!type_read(w, f))
            refuse(r, at, "there is no type of fields", w);
    }
}

/* `amount: 30 10 N2 required`; with separators `amount: 4 N2`. */
static fixed_field one_field(reader *r, const yaml_node *key, const fixed_layout *l,
                             const fixed_row *row)
{
    uint32_t width = row->length ? row->length : l->width;
    const yaml_node *value = key->next;
    text rest = text_copy(r->a, scalar(r, value));
    fixed_field f = {.name = text_copy(r->a, scalar(r, key))};
    f.start = number(r, value, next_word(&rest));
    if (!l->separator && !text_starts(text_trim(rest), TEXT("rest")))
        f.length = number(r, value, next_word(&rest));
    field_words(r, value, rest, &f);
    if (f.start == 0)
        refuse(r, value, "places count from 1", (text){0});
    if (!l->separator && f.length == 0 && f.type != FIELD_REST)
        refuse(r, value, "a field has a place from 1, a length and a type", f.name);
    if (width && f.start + f.length > width + 1)
        refuse(r, value, "a field ends behind its record", f.name);
    f.start -= f.start > 0;
    return f;
}

static void read_fields(reader *r, const yaml_node *map, const fixed_layout *l, fixed_row *row)
{
    if (!map || map->kind != YAML_MAP)
        return;
    fixed_field *f = arena_array(r->a, fixed_field, map->count / 2);
    for (const yaml_node *k = map->first; k && k->next; k = k->next->next)
        f[row->fields++] = one_field(r, k, l, row);
    row->field = f;
}

/* `groups: {from: 4, fields: [type, amount N2]}` */
static void read_groups(reader *r, const yaml_node *map, const fixed_layout *l, fixed_row *row)
{
    if (!map)
        return;
    known_keys(r, map, " from fields ");
    if (!l->separator)
        refuse(r, map, "only fields between separators repeat", (text){0});
    row->group_from = number_at(r, map, "from");
    const text *word = texts(r, yaml_member(map, "fields"), &row->groups);
    fixed_field *f = arena_array(r->a, fixed_field, row->groups);
    for (uint32_t i = 0; i < row->groups; i++) {
        text rest = word[i];
        f[i].name = next_word(&rest);
        field_words(r, map, rest, &f[i]);
    }
    row->group = f;
    if (row->group_from == 0 || row->groups == 0)
        refuse(r, map, "groups have `from`, a number from 1, and `fields`", (text){0});
    row->group_from -= row->group_from > 0;
}

static uint32_t members(const yaml_node *map)
{
    return map && map->kind == YAML_MAP ? map->count / 2 : 0;
}

/* `select` by places, `where` by fields of other records. */
static fixed_test *read_tests(reader *r, const yaml_node *select, const yaml_node *where,
                              uint32_t *n)
{
    fixed_test *t = arena_array(r->a, fixed_test, members(select) + members(where));
    *n = 0;
    for (int turn = 0; turn < 2; turn++) {
        const yaml_node *map = turn ? where : select;
        for (const yaml_node *k = members(map) ? map->first : NULL; k && k->next;
             k = k->next->next, ++*n) {
            if (turn) {
                fixed_ref ref = reference(r, scalar(r, k));
                t[*n].record = ref.record;
                t[*n].field = ref.field;
                if (!ref.field.n)
                    refuse(r, k, "expected a record and a field, as in `5.class`", ref.record);
            } else {
                uint32_t start = number(r, k, scalar(r, k));
                if (!start)
                    refuse(r, k, "places count from 1", (text){0});
                t[*n].start = start - (start > 0);
            }
            t[*n].value = texts(r, k->next, &t[*n].values);
        }
    }
    return t;
}

static void read_row(reader *r, const yaml_node *map, const fixed_layout *l, fixed_row *row)
{
    known_keys(r, map, " record title length select where in opens closes needs fields groups ");
    row->name = text_copy(r->a, scalar(r, yaml_member(map, "record")));
    row->title = text_copy(r->a, scalar(r, yaml_member(map, "title")));
    row->length = number_at(r, map, "length");
    row->test = read_tests(r, yaml_member(map, "select"), yaml_member(map, "where"), &row->tests);
    row->in = level(r, yaml_member(map, "in"));
    row->opens = level(r, yaml_member(map, "opens"));
    row->closes = level(r, yaml_member(map, "closes"));
    row->need = texts(r, yaml_member(map, "needs"), &row->needs);
    read_fields(r, yaml_member(map, "fields"), l, row);
    read_groups(r, yaml_member(map, "groups"), l, row);
    if (!row->name.n)
        refuse(r, map, "a record has a name: `record: \"6\"`", (text){0});
}

static const fixed_field *field_of(const fixed_row *row, text name)
{
    for (uint32_t i = 0; i < row->fields; i++)
        if (text_equal(row->field[i].name, name))
            return &row->field[i];
    for (uint32_t i = 0; i < row->groups; i++)
        if (text_equal(row->group[i].name, name))
            return &row->group[i];
    return NULL;
}

/* A total that names what is not there would always be right. */
static void resolve(reader *r, const yaml_node *at, const fixed_layout *l, fixed_ref ref)
{
    for (uint32_t i = 0; i < l->rows; i++)
        if (text_equal(l->row[i].name, ref.record) &&
            (!ref.field.n || field_of(&l->row[i], ref.field)))
            return;
    refuse(r, at, ref.field.n ? "no record of that name has the field" : "there is no record",
           ref.field.n ? ref.field : ref.record);
}

static void read_control(reader *r, const yaml_node *map, const fixed_layout *l, fixed_control *c)
{
    static const struct {
        const char *key;
        control_kind kind;
    } kinds[] = {{"count", CONTROL_COUNT}, {"sum", CONTROL_SUM}, {"same", CONTROL_SAME}};
    known_keys(r, map, " at count sum same where first digits of ");
    c->at = reference(r, scalar(r, yaml_member(map, "at")));
    resolve(r, map, l, c->at);
    const yaml_node *of = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !of; i++) {
        of = yaml_member(map, kinds[i].key);
        c->kind = kinds[i].kind;
    }
    const text *word = texts(r, of, &c->ofs);
    fixed_ref *ref = arena_array(r->a, fixed_ref, c->ofs);
    bool all = c->ofs == 1 && c->kind == CONTROL_COUNT && text_is(word[0], "records");
    for (uint32_t i = 0; i < c->ofs && !all; i++) {
        ref[i] = reference(r, word[i]);
        resolve(r, of, l, ref[i]);
    }
    c->kind = all ? CONTROL_RECORDS : c->kind;
    c->of = ref;
    c->where = read_tests(r, NULL, yaml_member(map, "where"), &c->wheres);
    for (uint32_t i = 0; i < c->wheres; i++)
        resolve(r, map, l, (fixed_ref){c->where[i].record, c->where[i].field});
    c->first = number_at(r, map, "first");
    c->digits = number_at(r, map, "digits");
    c->tens = number_at(r, map, "of");
    if (!c->ofs || !c->at.field.n)
        refuse(r, map, "a control has `at`, a field, and one of `count`, `sum` and `same`",
               (text){0});
}

static text one_of(reader *r, const yaml_node *map, const char *key)
{
    return text_copy(r->a, scalar(r, yaml_member(map, key)));
}

static uint32_t list_length(reader *r, const yaml_node *n)
{
    if (n && n->kind != YAML_LIST)
        refuse(r, n, "expected a list", (text){0});
    return n && n->kind == YAML_LIST ? n->count : 0;
}

static void read_layout(reader *r, const yaml_node *root, fixed_layout *l)
{
    known_keys(r, root,
               " layout title width prefix separator end continuation starts records controls ");
    l->name = one_of(r, root, "layout");
    l->title = one_of(r, root, "title");
    l->width = number_at(r, root, "width");
    l->prefix = number_at(r, root, "prefix");
    l->end = one_of(r, root, "end");
    l->continuation = one_of(r, root, "continuation");
    l->starts = one_of(r, root, "starts");
    text separator = one_of(r, root, "separator");
    l->separator = separator.n ? separator.p[0] : 0;
    if (l->prefix > 4 || separator.n > 1)
        refuse(r, root, "a separator is one character, a prefix at most 4 bytes", (text){0});
    const yaml_node *list = yaml_member(root, "records");
    uint32_t n = list_length(r, list);
    fixed_row *row = arena_array(r->a, fixed_row, n);
    const yaml_node *k = n ? list->first : NULL;
    for (; k && !r->failed; k = k->next)
        read_row(r, k, l, &row[l->rows++]);
    l->row = row;
    if (!n)
        refuse(r, root, "a layout has `records`", (text){0});
    l->binary = l->prefix > 0;
    for (uint32_t i = 0; i < l->rows; i++)
        l->lengths |= row[i].length > 0;
    for (uint32_t i = 0; i < l->rows; i++)
        for (uint32_t f = 0; f < row[i].fields; f++)
            l->binary |= fixed_is_binary(row[i].field[f].type);
    list = yaml_member(root, "controls");
    n = list_length(r, list);
    fixed_control *control = arena_array(r->a, fixed_control, n);
    for (k = n ? list->first : NULL; k && !r->failed; k = k->next)
        read_control(r, k, l, &control[l->controls++]);
    l->control = control;
}

const fixed_layout *fixed_layout_read(arena *a, text yaml, text *message, size_t *offset)
{
    static const yaml_limits limits = {.levels = 8, .nodes = 1 << 16};
    reader r = {a, message, offset, false, {0}};
    yaml_fault f = {0};
    fixed_layout *l = arena_new(a, fixed_layout);
    yaml_node *root = yaml.n <= LAYOUT_LARGEST ? yaml_read(a, yaml, 0, &limits, &f) : NULL;
    *message = (text){0};
    *offset = f.start;
    if (!root) {
        *message = f.message.n ? f.message : TEXT("there is no layout in it");
        return NULL;
    }
    if (root->kind == YAML_MAP)
        read_layout(&r, root, l);
    else
        refuse(&r, root, "a layout begins with `layout: NAME`", (text){0});
    text *levels = arena_array(a, text, r.levels.n);
    if (r.levels.n)
        memcpy(levels, r.levels.p, r.levels.n * sizeof *levels);
    l->level = levels;
    l->levels = (uint32_t)r.levels.n;
    vec_release(&r.levels);
    return r.failed ? NULL : l;
}
