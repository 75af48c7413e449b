/* request.c: what goes out: events, requests with their arguments, keys; and values coming in.
 *
 * Bodies are assembled in any order and put into canonical form at the door, so that no builder has
 * to think of the order of keys. Nothing but integers and texts is written: no binary floating
 * point touches a journal.
 */
#include "bytecode/disasm.h"
#include "bytecode/signature.h"
#include "bytecode/vocabulary.h"
#include "vm/state.h"

#include <assert.h>
#include <string.h>

json_writer output_open(buffer *b)
{
    json_writer w;
    buffer_init(b);
    json_begin(&w, b, 0);
    json_object(&w);
    return w;
}

static text canonical(vm *m, text raw)
{
    buffer b;
    buffer_init(&b);
    bool well = json_canonical(&m->turn, raw, &b, NULL);
    assert(well);
    (void)well;
    text t = text_copy(&m->turn, buffer_view(&b));
    buffer_release(&b);
    return t;
}

vm_output *output_event(vm *m, fiber *f, event_kind kind, uint32_t site, buffer *body)
{
    vm_output o = {.kind = kind, .fiber = f ? f->id : 0, .site = site};
    if (body) {
        o.body = canonical(m, buffer_view(body));
        buffer_release(body);
    }
    vec_push(&m->out, o);
    return &vec_last(&m->out);
}

/* --- paths and keys --- */

static void path_add(buffer *b, text name)
{
    if (!name.n)
        return;
    if (b->n)
        buffer_char(b, '.');
    buffer_text(b, name);
}

/* A scope's name stands in its fiber's path already. */
static text site_path_in(const vm *m, const fiber *f, uint32_t site, arena *a)
{
    buffer b;
    buffer_init(&b);
    const entry *e = saga_undoing(f);
    buffer_text(&b, e ? value_text(m->image, &f->keep, e->path) : buffer_view(&f->path));
    if (site < m->image->site_count && m->image->sites[site].kind != SITE_SCOPE)
        path_add(&b, image_text(m->image, m->image->sites[site].name));
    if (b.n == 0 && f->scopes.n) /* the run itself */
        buffer_text(&b, image_text(m->image, m->image->sites[f->scopes.p[0].site].name));
    text t = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return t;
}

text site_path(vm *m, const fiber *f, uint32_t site)
{
    return site_path_in(m, f, site, &m->turn);
}

text act_path(const vm *m, const fiber *f, const activity *a, arena *memory)
{
    return site_path_in(m, f, a->kind == ACT_UNDO ? NO_INDEX : a->site, memory);
}

text site_title(vm *m, fiber *f, const image_site *s, const int64_t *args)
{
    int64_t title = QUANTITY_NA;
    if (s->title == NO_INDEX)
        return TEXT("");
    if (exec_pure(&m->exec, s->title, args, s->captures, &title, &f->x.heap) != EXEC_RETURNED)
        return TEXT("");
    return text_copy(&m->turn, value_text(m->image, &f->x.heap, title));
}

/* The ordinal tells two writes apart that a path does not: two calls of one playbook, two writes of
 * one undo. It counts writes, never attempts. */
sha256 write_key(const vm *m, const fiber *f, text path, uint32_t ordinal, bool back)
{
    buffer b;
    buffer_init(&b);
    buffer_add(&b, "ferry.key.1", 12);
    buffer_text(&b, buffer_view(&m->word[WORD_RUN]));
    buffer_char(&b, 0);
    buffer_text(&b, path);
    buffer_char(&b, 0);
    buffer_text(&b, buffer_view(&f->indices));
    buffer_printf(&b, "#%u", ordinal);
    buffer_char(&b, 0);
    buffer_cstr(&b, back ? "back" : "forward");
    text store = buffer_view(&m->word[WORD_STORE]);
    sha256 key = hmac_sha256(store.p, store.n, b.p, b.n);
    buffer_release(&b);
    return key;
}

/* --- values going out --- */

static void put_formatted(vm *m, json_writer *w, const heap *h, type_word t, int64_t v)
{
    buffer b;
    buffer_init(&b);
    if (TYPE_ID(t) == TYPE_SERIES) { /* a bare name of a series means its newest sample */
        v = series_statistic(m, v, STATISTIC_LAST);
        t = TYPE_WORD(TYPE_PARAMETER(t), 0);
    }
    value_format(m->image, h, t, v, &b);
    json_put_text(w, buffer_view(&b));
    buffer_release(&b);
}

static void put_argument(vm *m, json_writer *w, const heap *h, type_word t, int64_t v)
{
    uint32_t n;
    const int64_t *list;
    if (v == QUANTITY_NONE || (v == QUANTITY_NA && dry(m))) {
        json_put_null(w);
        return;
    }
    switch (TYPE_ID(t)) {
    case TYPE_BOOL: json_put_bool(w, v == 1); return;
    case TYPE_TEXT: json_put_text(w, value_text(m->image, h, v)); return;
    case TYPE_JSON:
    case TYPE_ENDPOINT: {
        text raw = value_text(m->image, h, v);
        json_document d;
        if (json_read(&m->turn, raw, &d, NULL))
            json_put_raw(w, json_raw(&d, 0));
        else
            json_put_null(w);
        return;
    }
    case TYPE_SECRET:
        json_object(w);
        json_add_text(w, "secret", value_text(m->image, h, v));
        json_object_end(w);
        return;
    case TYPE_NUMBER:
    case TYPE_PERCENT:
    case TYPE_MONEY:
    case TYPE_REVENUE:
    case TYPE_RATE: json_put_decimal(w, v, type_rows[TYPE_ID(t)].scale); return;
    case TYPE_DURATION:
    case TYPE_INSTANT: json_put_int(w, v); return;
    case TYPE_LIST:
        list = value_list(h, v, &n);
        json_array(w);
        for (uint32_t k = 0; k < n && TYPE_PARAMETER(t) < m->image->list_type_count; k++)
            put_argument(m, w, h, m->image->list_types[TYPE_PARAMETER(t)], list[k]);
        json_array_end(w);
        return;
    default: put_formatted(m, w, h, t, v);
    }
}

/* The functions of a site may each capture the same value: it has one name, and is said once. */
static bool named_before(const image *i, const image_site *s, uint32_t k)
{
    const uint32_t *name = i->words + s->capture_names;
    for (uint32_t j = 0; j < k; j++)
        if (name[j] == name[k])
            return true;
    return false;
}

void put_values(vm *m, fiber *f, json_writer *w, const image_site *s, const int64_t *args,
                const heap *h)
{
    const image *i = m->image;
    uint32_t function = s->check != NO_INDEX ? s->check : s->args != NO_INDEX ? s->args : s->title;
    json_object(w);
    if (s->capture_names != NO_INDEX && function != NO_INDEX) {
        const image_function *fn = &i->functions[function];
        for (uint32_t k = 0; k < s->captures && k < fn->parameters; k++) {
            if (named_before(i, s, k))
                continue;
            json_put_key_text(w, image_text(i, i->words[s->capture_names + k]));
            type_word t = i->types[fn->types + k];
            if (TYPE_ID(t) == TYPE_SERIES) /* what a condition saw of it */
                put_formatted(m, w, h, TYPE_PARAMETER(t),
                              series_statistic(m, args[k], STATISTIC_LAST));
            else
                put_formatted(m, w, h, t, args[k]);
        }
    }
    json_object_end(w);
}

/* --- requests --- */

/* Half a list is no argument: a command of three words is another one than of four. */
static bool available(const vm *m, const heap *h, type_word t, int64_t v)
{
    uint32_t n;
    if (v == QUANTITY_NA)
        return false;
    if (TYPE_ID(t) != TYPE_LIST || v == QUANTITY_NONE ||
        TYPE_PARAMETER(t) >= m->image->list_type_count)
        return true;
    const int64_t *element = value_list(h, v, &n);
    for (uint32_t k = 0; k < n; k++)
        if (!available(m, h, m->image->list_types[TYPE_PARAMETER(t)], element[k]))
            return false;
    return true;
}

static bool put_arguments(vm *m, json_writer *w, const image_site *s, const int64_t *args, heap *h,
                          bool assumed, text *missing)
{
    const image *i = m->image;
    signature sig = signature_read(operation_rows[s->operation].arguments);
    int64_t results[ARGUMENTS];
    *missing = TEXT("");
    json_add_object(w, "arguments");
    if (s->args != NO_INDEX) {
        const image_function *fn = &i->functions[s->args];
        if (fn->results > ARGUMENTS ||
            exec_pure(&m->exec, s->args, args, s->captures, results, h) != EXEC_RETURNED)
            return false;
        for (uint32_t k = 0; k < fn->results && k < sig.parameters; k++) {
            bool there = available(m, h, i->types[fn->result_types + k], results[k]);
            if (!there && assumed && !dry(m))
                continue; /* in a dry run it is shown as missing instead: null */
            if (!there && !dry(m)) {
                *missing = sig.parameter[k].name;
                return false;
            }
            if (results[k] == QUANTITY_NONE && s->operation == OPERATION_WINDOW_NEXT)
                results[k] = m->now; /* `after`: a program does not know the time */
            if (results[k] == QUANTITY_NONE)
                continue;
            json_put_key_text(w, sig.parameter[k].name);
            put_argument(m, w, h, i->types[fn->result_types + k], results[k]);
        }
    }
    json_object_end(w);
    return true;
}

static void put_shape(vm *m, json_writer *w, const image_site *s, bool wanted)
{
    json_add_array(w, "shape");
    for (uint32_t k = 0; wanted && k < s->shape_count; k++) {
        const image_field *field = &m->image->fields[s->shape + k];
        json_array(w);
        json_put_text(w, image_text(m->image, field->path));
        json_put_cstr(w, type_rows[TYPE_ID(field->type)].name);
        json_array_end(w);
    }
    json_array_end(w);
}

static void put_operation(vm *m, json_writer *w, const image_site *s)
{
    const operation_row *o = &operation_rows[s->operation];
    buffer b;
    buffer_init(&b);
    if (strcmp(o->connector, "none") != 0)
        buffer_printf(&b, "%s.", o->connector);
    buffer_cstr(&b, o->name);
    json_add_text(w, "operation", buffer_view(&b));
    buffer_release(&b);
    json_put_key(w, "connector");
    if (s->connector == NO_INDEX)
        json_put_null(w);
    else
        json_put_int(w, s->connector);
}

bool request_put(vm *m, json_writer *w, uint32_t site, const int64_t *args, heap *h, bool assumed,
                 text *missing)
{
    const image_site *s = &m->image->sites[site];
    put_operation(m, w, s);
    return put_arguments(m, w, s, args, h, assumed, missing);
}

duration request_timeout(const image_site *s)
{
    return s->timeout == QUANTITY_NONE ? 5 * MINUTE : s->timeout;
}

bool request_build(vm *m, fiber *f, uint32_t site, const int64_t *args, text path, buffer *out)
{
    const image_site *s = &m->image->sites[site];
    text missing;
    if (s->operation >= OPERATION_COUNT) {
        fiber_why(f, "the site names no operation");
        return false;
    }
    buffer b;
    json_writer w = output_open(&b);
    bool well = request_put(m, &w, site, args, &f->x.heap, untold(m, f), &missing);
    if (well) {
        bool looks = s->operation == OPERATION_LIVE;
        if (looks)
            look_put(&w, fiber_top(f));
        put_shape(m, &w, s, !looks || look_is_last(fiber_top(f)));
        json_add_text(&w, "path", path);
        json_add_int(&w, "timeout", request_timeout(s));
        json_object_end(&w);
        buffer_text(out, canonical(m, buffer_view(&b)));
    } else if (missing.n) {
        fiber_why(f, "argument `%.*s` is not available", TEXT_ARG(missing));
    } else {
        fiber_why(f, "its arguments could not be computed");
    }
    buffer_release(&b);
    return well;
}

void request_submit(vm *m, fiber *f, activity *a, uint32_t site, const sha256 *key, text request)
{
    vm_output *o = output_event(m, f, EVENT_COUNT, site, NULL);
    o->submit = SUBMIT_REQUEST;
    o->request = text_copy(&m->turn, request);
    if (key)
        o->key = *key;
    a->n = o->n = ++f->n;
    a->awaits = AWAIT_OUTCOME;
}

/* --- values coming in --- */

static int64_t quantity(const json_document *d, uint32_t node, int scale)
{
    int64_t v;
    bool inexact = false;
    if (d->node[node].kind != JSON_NUMBER)
        return QUANTITY_NA;
    return decimal_read(json_raw(d, node), scale, false, &v, &inexact) || inexact ? v : QUANTITY_NA;
}

static int64_t member_of_enum(const image *i, uint32_t parameter, text name)
{
    if (parameter < i->enum_count)
        for (uint32_t k = 0; k < i->enums[parameter].members; k++)
            if (text_equal(image_text(i, i->words[i->enums[parameter].first_member + k]), name))
                return k;
    return QUANTITY_NA;
}

static int64_t value_in(vm *m, fiber *f, type_word t, const json_document *d, uint32_t node);

/* Elements first, on the side: making one may move the heap that holds the list. */
static int64_t list_in(vm *m, fiber *f, type_word element, const json_document *d, uint32_t node)
{
    uint32_t n = d->node[node].count;
    if (d->node[node].kind != JSON_ARRAY || n > m->image->limits->list)
        return QUANTITY_NA;
    int64_t *v = arena_array(&m->turn, int64_t, n), *to;
    for (uint32_t k = 0; k < n; k++)
        v[k] = value_in(m, f, element, d, json_element(d, node, k));
    int64_t list = heap_list(m->image, &f->x.heap, n, &to);
    for (uint32_t k = 0; list != QUANTITY_NA && k < n; k++)
        to[k] = v[k];
    return list;
}

static int64_t value_in(vm *m, fiber *f, type_word t, const json_document *d, uint32_t node)
{
    json_kind kind = d->node[node].kind;
    text string = kind == JSON_TEXT ? json_text(&m->turn, d, node) : TEXT("");
    instant at;
    civil day;
    switch (TYPE_ID(t)) {
    case TYPE_BOOL: return kind == JSON_TRUE ? 1 : kind == JSON_FALSE ? 0 : QUANTITY_NA;
    case TYPE_TEXT:
        return kind == JSON_TEXT ? heap_text(m->image, &f->x.heap, string) : QUANTITY_NA;
    case TYPE_JSON:
        return kind == JSON_NULL ? QUANTITY_NA
                                 : heap_text(m->image, &f->x.heap, canonical(m, json_raw(d, node)));
    case TYPE_ENUM:
        return kind == JSON_TEXT ? member_of_enum(m->image, TYPE_PARAMETER(t), string)
                                 : QUANTITY_NA;
    case TYPE_INSTANT:
        if (kind == JSON_TEXT)
            return instant_read_iso(string, &at) ? at : QUANTITY_NA;
        return quantity(d, node, 0);
    case TYPE_DATE:
        return kind == JSON_TEXT && date_read(string, &day)
                   ? civil_days(day.year, day.month, day.day)
                   : QUANTITY_NA;
    case TYPE_NUMBER:
    case TYPE_PERCENT:
    case TYPE_MONEY:
    case TYPE_REVENUE:
    case TYPE_RATE:
    case TYPE_DURATION: return quantity(d, node, type_rows[TYPE_ID(t)].scale);
    case TYPE_LIST: return list_in(m, f, m->image->list_types[TYPE_PARAMETER(t)], d, node);
    default: return QUANTITY_NA;
    }
}

void outcome_values(vm *m, fiber *f, const image_site *s, int64_t *results)
{
    const json_document *d = &m->outcome;
    uint32_t values = json_member(d, 0, TEXT("values"));
    untold_note(m, f);
    for (uint32_t k = 0; k < s->shape_count; k++) {
        uint32_t node = values ? json_element(d, values, k) : 0;
        results[k] =
            node ? value_in(m, f, m->image->fields[s->shape + k].type, d, node) : QUANTITY_NA;
    }
}

int64_t outcome_member(vm *m, fiber *f, const char *name, type_word t)
{
    uint32_t node = json_member(&m->outcome, 0, text_of(name));
    return node ? value_in(m, f, t, &m->outcome, node) : QUANTITY_NA;
}

text outcome_detail(vm *m)
{
    uint32_t node = json_member(&m->outcome, 0, TEXT("detail"));
    if (!node || m->outcome.node[node].kind != JSON_TEXT)
        return TEXT("");
    return json_text(&m->turn, &m->outcome, node);
}
