/* expr_text.c: literals, texts with values in them, lists, records that become json. */
#include "compiler/expr.h"
#include "bytecode/disasm.h"

#include <string.h>

/* Parts of a text or fields of a record that need no memory of the compilation: nearly all have no more,
 * and what they took there was a tenth of it. Expressions nest, so it is not many. */
enum { FEW = 8 };

/* --- literals ------------------------------------------------------------------------------------
 */

static value number_literal(compiler *c, node n, type t, int scale)
{
    int64_t v;
    bool inexact = false;
    if (decimal_read(literal_digits(tree(c), n), scale, true, &v, &inexact))
        return value_const(t, v);
    if (inexact)
        fault_at(c, E0308, n, "more decimals than %.*s holds (%d)", TEXT_ARG(type_a(c, t)), scale);
    else
        fault_at(c, E0308, n, "this does not fit %.*s", TEXT_ARG(type_a(c, t)));
    return value_error();
}

static value date_literal(compiler *c, node n)
{
    civil day;
    if (date_read(ast_source_text(tree(c), n), &day) && civil_valid(day.year, day.month, day.day))
        return value_const(TYPE_DATE, civil_days(day.year, day.month, day.day));
    fault_at(c, E0308, n, "there is no such day");
    return value_error();
}

static value other_literal(compiler *c, node n)
{
    int minutes;
    duration d;
    switch (ast_kind(tree(c), n)) {
    case NODE_DURATION:
        if (duration_read(ast_source_text(tree(c), n), &d))
            return value_const(TYPE_DURATION, d);
        fault_at(c, E0308, n, "this is no duration: parts fall, each once, as in 1h30m");
        return value_error();
    case NODE_TIME:
        if (time_read(ast_source_text(tree(c), n), &minutes))
            return value_const(TYPE_CLOCK, minutes);
        fault_at(c, E0308, n, "there is no such time of day");
        return value_error();
    default: return moment_literal(c, n);
    }
}

value expr_literal(compiler *c, node n)
{
    if (faulted(c, DIAG_E0108, at_node(c, n))) /* the scanner has said so */
        return value_error();
    switch (ast_kind(tree(c), n)) {
    case NODE_NUMBER: return number_literal(c, n, TYPE_NUMBER, 6);
    case NODE_PERCENT: return number_literal(c, n, TYPE_PERCENT, 6);
    case NODE_MONEY:
        return number_literal(c, n, type_make(TYPE_MONEY, currency_code(ast_name_text(tree(c), n))),
                              4);
    case NODE_BOOL: return value_const(TYPE_BOOL, ast_aux(tree(c), n));
    case NODE_ABSENT: return value_const(T_ABSENT, QUANTITY_NONE);
    case NODE_DATE: return date_literal(c, n);
    case NODE_TEXT:
    case NODE_RAW:
    case NODE_BLOCK_TEXT: return value_of_text(TYPE_TEXT, literal_text(tree(c), n, c->memory));
    default: return other_literal(c, n);
    }
}

/* --- texts
 * ------------------------------------------------------------------------------------------ */

text constant_shown(compiler *c, value v)
{
    if (type_family(v.t) == 't')
        return v.string;
    text member[32];
    size_t n;
    if (type_id_of(v.t) == TYPE_ENUM && enum_members(v.t, member, &n))
        return v.constant >= 0 && v.constant < (int64_t)n ? member[v.constant] : TEXT("");
    buffer b;
    buffer_init(&b);
    quantity_write(v.t, v.constant, &b);
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

/* A value that becomes a part of an address or of a path stays one part of it. */
static value placed(compiler *c, value v, text_place where, node part)
{
    if (where == PLACE_TEXT)
        return v;
    span at = at_node(c, part);
    if (v.kind != V_CONST || v.unknown) {
        uint32_t from = materialise(c, v, v.shown, at), r = reg_new(c, TYPE_TEXT);
        emit(c, OP_BI, r, where == PLACE_ADDRESS ? BUILTIN_ADDRESS_PART : BUILTIN_FILE_PART, from,
             at);
        return value_reg(c, r, TYPE_TEXT);
    }
    if (where == PLACE_FILE && !text_is_file_part(v.string)) {
        diagnostic *g =
            fault(c, DIAG_E0413, at, "`%.*s` is no single part of a path", TEXT_ARG(v.string));
        diag_help_add(c->d, g, "a folder stands in the text itself, not in a value");
        return value_error();
    }
    buffer b;
    buffer_init(&b);
    if (where == PLACE_ADDRESS)
        text_percent_encode(v.string, &b);
    else
        buffer_text(&b, v.string);
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return value_of_text(TYPE_TEXT, t);
}

static bool text_part(compiler *c, node whole, node part, text_place where, value *out)
{
    if (ast_is(tree(c), part, NODE_TEXT_PART)) {
        *out = value_of_text(TYPE_TEXT, literal_part(tree(c), whole, part, c->memory));
        return true;
    }
    text_place was = c->into;
    c->into = PLACE_TEXT;
    value v = expr(c, part, T_ANY);
    c->into = was;
    if (v.kind == V_LAZY)
        v = coerce(c, v, TYPE_JSON, part);
    else if (v.kind == V_WORD || type_id_of(v.t) == TYPE_SERIES)
        v = coerce(c, v, v.kind == V_WORD ? T_ANY : type_element(c, v.t), part);
    if (v.kind == V_ERROR)
        return false;
    char family = type_family(v.t);
    if (type_id_of(v.t) == TYPE_SECRET || type_id_of(v.t) == TYPE_ENDPOINT) {
        diagnostic *g = fault_at(c, E0407, part, "a secret cannot stand in a text");
        diag_note(c->d, g,
                  "texts are shown, logged and journaled; pass the secret to the connector "
                  "itself");
        return false;
    }
    if (v.kind != V_REG && v.kind != V_CONST)
        family = 0;
    if (!family || family == 'l' || family == 'r' || family == 'h') {
        fault_at(c, E0301, part, "%.*s cannot stand in a text: name one of its fields",
                 TEXT_ARG(type_a(c, v.t)));
        return false;
    }
    v = coerce(c, v, type_sure(v.t), part);
    if (v.kind == V_ERROR)
        return false;
    if (c->folding && v.kind == V_CONST && !v.unknown)
        v = value_of_text(TYPE_TEXT, constant_shown(c, v));
    if (type_id_of(v.t) != TYPE_TEXT || (c->spoken && v.kind == V_REG)) {
        uint32_t from = materialise(c, v, v.shown, at_node(c, part)), r = reg_new(c, TYPE_TEXT);
        emit(c, OP_FMT, r, from, c->spoken ? 0 : 1, at_node(c, part));
        v = value_reg(c, r, TYPE_TEXT);
    }
    *out = placed(c, v, where, part);
    return out->kind != V_ERROR;
}

text text_shown(compiler *c, node n)
{
    if (!ast_is(tree(c), n, NODE_INTERPOLATED))
        return text_copy(c->memory, literal_text(tree(c), n, c->memory));
    buffer b;
    buffer_init(&b);
    ast_each_as(tree(c), n, ROLE_part, part)
    {
        value v;
        if (text_part(c, n, part, PLACE_TEXT, &v) && v.kind == V_CONST)
            buffer_text(&b, v.string);
        else
            buffer_printf(&b, "{%.*s}", TEXT_ARG(canonical(c, tree(c), part)));
    }
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static bool parts_known(compiler *c, const value *parts, uint32_t n, value *out)
{
    text whole = TEXT("");
    for (uint32_t i = 0; i < n; i++) {
        if (parts[i].kind != V_CONST)
            return false;
        whole = text_format(c->memory, "%.*s%.*s", TEXT_ARG(whole), TEXT_ARG(parts[i].string));
    }
    *out = value_of_text(TYPE_TEXT, whole);
    return true;
}

value expr_interpolated(compiler *c, node n)
{
    value few[FEW], *parts = few;
    uint32_t count = 0, written = ast_how_many(tree(c), n, ROLE_part);
    if (written > FEW)
        parts = arena_array(c->memory, value, written);
    bool good = true;
    ast_each_as(tree(c), n, ROLE_part, part)
    {
        good &= text_part(c, n, part, c->into, &parts[count]);
        count += good;
    }
    if (!good)
        return value_error();
    span at = at_node(c, n);
    value whole;
    if (c->folding && parts_known(c, parts, count, &whole))
        return whole;
    uint32_t run = materialise_run(c, parts, count, at), r = reg_new(c, TYPE_TEXT);
    emit(c, OP_CAT, r, run, count, at);
    return value_reg(c, r, TYPE_TEXT);
}

/* --- lists
 * ------------------------------------------------------------------------------------------- */

value expr_list(compiler *c, node n, type want)
{
    uint32_t count = 0, written = ast_how_many(tree(c), n, ROLE_element);
    type element = type_id_of(want) == TYPE_LIST ? type_element(c, want) : T_ANY;
    node first = ast_element(tree(c), n);
    if (first && ast_is(tree(c), first, NODE_COMPREHENSION))
        return comprehension(c, first, OP_RLIST, element, at_node(c, n));
    /* Not on the stack: lists nest as deeply as the parser lets them. */
    value *v = arena_array(c->memory, value, written);
    ast_each_as(tree(c), n, ROLE_element, e)
    {
        v[count] = element == T_ANY ? expr(c, e, T_ANY) : expect(c, e, element);
        if (element == T_ANY) {
            v[count] = coerce(c, v[count], T_ANY, e);
            element = v[count].kind == V_ERROR ? T_ANY : type_sure(v[count].t);
        }
        if (v[count].kind == V_ERROR)
            return value_error();
        count++;
    }
    type t = type_list_of(c, element == T_ANY ? TYPE_TEXT : element);
    span at = at_node(c, n);
    uint32_t run = materialise_run(c, v, count, at), r = reg_new(c, t);
    emit(c, OP_LIST, r, run, count, at);
    value list = value_reg(c, r, t);
    list.rows.listed = count;
    return list;
}

/* --- records
 * ------------------------------------------------------------------------------------------- */

typedef struct {
    text path;
    value v;
} leaf;

typedef struct {
    VEC(leaf) list;
    bool good;
} leaves;

static text escaped_key(compiler *c, text prefix, text key)
{
    buffer b;
    buffer_init(&b);
    buffer_text(&b, prefix);
    if (prefix.n)
        buffer_char(&b, '.');
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] == '.' || key.p[i] == '\\')
            buffer_char(&b, '\\');
        buffer_char(&b, key.p[i]);
    }
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static value leaf_value(compiler *c, node n)
{
    value v = expr(c, n, T_ANY);
    type want = v.kind == V_LAZY ? TYPE_JSON : T_ANY;
    if (type_id_of(v.t) == TYPE_SERIES)
        want = type_element(c, v.t);
    v = coerce(c, v, want, n);
    char family = type_family(v.t);
    if (v.kind != V_ERROR && (family == 'r' || family == 'h' || v.t == TYPE_SECRET)) {
        fault_at(c, E0301, n, "%.*s cannot stand in json", TEXT_ARG(type_a(c, v.t)));
        return value_error();
    }
    return v;
}

static void leaves_take(compiler *c, node record, text prefix, leaves *out)
{
    ast_each_as(tree(c), record, ROLE_element, e)
    {
        node key = ast_key(tree(c), e), of = ast_value(tree(c), e);
        text name = key ? literal_text(tree(c), key, c->memory) : ast_name_text(tree(c), e);
        text path = escaped_key(c, prefix, name);
        for (size_t i = 0; i < out->list.n; i++)
            if (text_equal(out->list.p[i].path, path)) {
                fault_at(c, E0121, e, "`%.*s` is given twice", TEXT_ARG(name));
                out->good = false;
            }
        if (ast_is(tree(c), of, NODE_RECORD) && ast_first(tree(c), of)) {
            leaves_take(c, of, path, out);
            continue;
        }
        value v = ast_is(tree(c), of, NODE_RECORD) ? value_of_text(TYPE_JSON, TEXT("{}"))
                                                   : leaf_value(c, of);
        out->good &= v.kind != V_ERROR;
        vec_push(&out->list, (leaf){path, v});
    }
}

static int leaf_order(const void *a, const void *b)
{
    return text_compare(((const leaf *)a)->path, ((const leaf *)b)->path);
}

static value leaves_json(compiler *c, const leaves *l, span at)
{
    uint32_t n = (uint32_t)l->list.n;
    value few[FEW], *values = n <= FEW ? few : arena_array(c->memory, value, n);
    image_leaf few_leaves[FEW], *form = n <= FEW ? few_leaves : arena_array(c->memory, image_leaf, n);
    if (!l->good)
        return value_error();
    if (!n)
        return value_of_text(TYPE_JSON, TEXT("{}"));
    qsort(l->list.p, n, sizeof *l->list.p, leaf_order);
    for (uint32_t i = 0; i < n; i++) {
        values[i] = l->list.p[i].v;
        if (type_id_of(values[i].t) == T_ABSENT)
            values[i] = value_of_text(TYPE_JSON, TEXT("null"));
        form[i] = (image_leaf){build_text(c->b, l->list.p[i].path), type_final(c, values[i].t)};
    }
    uint32_t run = materialise_run(c, values, n, at);
    uint32_t record = build_record(c->b, form, n), r = reg_new(c, TYPE_JSON);
    emit(c, OP_REC, r, record, run, at);
    return value_reg(c, r, TYPE_JSON);
}

value record_json(compiler *c, value v)
{
    leaves l = {.good = true};
    leaves_take(c, v.at, TEXT(""), &l);
    value json = leaves_json(c, &l, at_node(c, v.at));
    vec_release(&l.list);
    return json;
}
