/* unparse.c: an expression in one spelling.
 *
 * The text of a condition is part of the image (`why` shows it), and the image may not depend on
 * layout, comments or superfluous parentheses: so it is printed from the tree, not cut from the
 * source. Parentheses stand where binding needs them.
 *
 * A plan shows the same spelling with what is known in place of names: `trial.match >= 99.9%`, not
 * `agree`; what a reviewer compares must not hide behind the parameter of a playbook.
 */
#include "compiler/data.h"
#include "compiler/expr.h"
#include "compiler/modules.h"

typedef struct {
    const ast *t;
    buffer *out;
    arena *memory;
    compiler *known; /* whose names are replaced; NULL: none is */
} printer;

static void put(printer *p, node n, int least);

static int binding(const ast *t, node n)
{
    switch (ast_kind(t, n)) {
    case NODE_CHOICE: return 0;
    case NODE_BINARY:
        switch ((ast_op)ast_aux(t, n)) {
        case OP_or: return 1;
        case OP_and: return 2;
        case OP_coalesce: return 5;
        case OP_add:
        case OP_sub: return 6;
        case OP_mul:
        case OP_div:
        case OP_share: return 7;
        default: return 4;
        }
    case NODE_UNARY: return ast_aux(t, n) == OP_not ? 3 : 8;
    case NODE_PER: return 9;
    default: return 10;
    }
}

static void put_list(printer *p, node parent, ast_role_of role)
{
    bool first = true;
    ast_each_as(p->t, parent, role, n)
    {
        if (!first)
            buffer_cstr(p->out, ", ");
        first = false;
        put(p, n, 0);
    }
}

static void put_named(printer *p, node n, const char *between)
{
    buffer_text(p->out, ast_name_text(p->t, n));
    buffer_cstr(p->out, between);
    put(p, ast_value(p->t, n), 0);
}

static void put_entry(printer *p, node n)
{
    if (ast_key(p->t, n)) {
        put(p, ast_key(p->t, n), 0);
        buffer_cstr(p->out, ": ");
        put(p, ast_value(p->t, n), 0);
    } else
        put_named(p, n, ": ");
}

static void put_comprehension(printer *p, node n)
{
    put(p, ast_value(p->t, n), 0);
    buffer_cstr(p->out, " for ");
    buffer_text(p->out, ast_name_text(p->t, n));
    buffer_cstr(p->out, " in ");
    put(p, ast_source(p->t, n), 0);
    if (ast_where(p->t, n)) {
        buffer_cstr(p->out, " where ");
        put(p, ast_where(p->t, n), 0);
    }
}

static void put_quoted(printer *p, text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] == '\n')
            buffer_cstr(p->out, "\\n");
        else {
            if (t.p[i] == '"' || t.p[i] == '\\' || t.p[i] == '{' || t.p[i] == '}')
                buffer_char(p->out, '\\');
            buffer_char(p->out, t.p[i]);
        }
}

/* Rows that a source names: a connector, a role, a resource. Customers and channels are told by
 * their fields. */
static bool put_row(printer *p, value v)
{
    uint32_t table = type_table(v.t);
    if (table != TABLE_CONNECTOR && table != TABLE_ROLE && table != TABLE_RESOURCE)
        return false;
    const row *r = v.constant < 0 ? NULL : row_by_final(p->known, table, (uint32_t)v.constant);
    if (r)
        buffer_text(p->out, r->name);
    return r != NULL;
}

static bool put_value(printer *p, value v, bool quoted)
{
    char family = type_family(v.t);
    if (v.kind != V_CONST || v.unknown || type_id_of(v.t) == TYPE_SECRET)
        return false;
    if (family == 'r')
        return put_row(p, v);
    text shown = constant_shown(p->known, v);
    if (!shown.n || family == 'l' || family == 'h')
        return false;
    if (quoted && type_id_of(v.t) == TYPE_TEXT) {
        buffer_char(p->out, '"');
        put_quoted(p, shown);
        buffer_char(p->out, '"');
    } else
        buffer_text(p->out, shown);
    return true;
}

/* Whether the chain of members begins with a name that stands for something known, so that looking
 * it up asks nothing of the run. */
static bool is_known(printer *p, node n)
{
    while (ast_is(p->t, n, NODE_MEMBER))
        n = ast_value(p->t, n);
    if (!ast_is(p->t, n, NODE_NAME))
        return false;
    const local *l = local_find(p->known, ast_name(p->t, n));
    const decl *d = l ? NULL : decl_find(p->known->mod, ast_name(p->t, n));
    return l ? !l->gone && l->v.kind == V_CONST && !l->v.unknown
             : d && (d->kind == DECL_LET || d->kind == DECL_MODULE);
}

static bool put_known(printer *p, node n, bool quoted)
{
    if (!p->known || (!ast_is(p->t, n, NODE_NAME) && !ast_is(p->t, n, NODE_MEMBER)))
        return false;
    return is_known(p, n) && put_value(p, expr(p->known, n, T_ANY), quoted);
}

static void put_text(printer *p, node n)
{
    buffer_char(p->out, '"');
    if (!ast_is(p->t, n, NODE_INTERPOLATED))
        put_quoted(p, literal_text(p->t, n, p->memory));
    else
        ast_each_as(p->t, n, ROLE_part, part)
        {
            if (ast_is(p->t, part, NODE_TEXT_PART))
                put_quoted(p, literal_part(p->t, n, part, p->memory));
            else if (!put_known(p, part, false)) {
                buffer_char(p->out, '{');
                put(p, part, 0);
                buffer_char(p->out, '}');
            }
        }
    buffer_char(p->out, '"');
}

static void put_binary(printer *p, node n)
{
    int own = binding(p->t, n);
    put(p, ast_left(p->t, n), own);
    buffer_printf(p->out, " %s ", ast_op_text((ast_op)ast_aux(p->t, n)));
    put(p, ast_right(p->t, n), own == 5 ? own : own + 1);
}

static void put_choice(printer *p, node n)
{
    buffer_cstr(p->out, "if ");
    put(p, ast_condition(p->t, n), 0);
    buffer_cstr(p->out, " then ");
    put(p, ast_then(p->t, n), 0);
    buffer_cstr(p->out, " else ");
    put(p, ast_otherwise(p->t, n), 0);
}

static void put_brackets(printer *p, node n, char open, ast_role_of role, char close)
{
    buffer_char(p->out, open);
    put_list(p, n, role);
    buffer_char(p->out, close);
}

static void put_digits(printer *p, node n)
{
    text written = ast_source_text(p->t, n);
    for (size_t i = 0; i < written.n; i++)
        if (written.p[i] != '_')
            buffer_char(p->out, written.p[i]);
}

/* `a to b in z`, `n times every d`: forms of fields, not expressions. */
static void put_form(printer *p, node n)
{
    bool range = ast_is(p->t, n, NODE_RANGE);
    put(p, range ? ast_from(p->t, n) : ast_count(p->t, n), 0);
    buffer_cstr(p->out, range ? " to " : " times every ");
    put(p, range ? ast_to(p->t, n) : ast_every(p->t, n), 0);
    if (range && ast_zone(p->t, n)) {
        buffer_cstr(p->out, " in ");
        put(p, ast_zone(p->t, n), 0);
    }
}

static void put_plain(printer *p, node n)
{
    if (put_known(p, n, true))
        return;
    switch (ast_kind(p->t, n)) {
    case NODE_CHOICE: put_choice(p, n); break;
    case NODE_BINARY: put_binary(p, n); break;
    case NODE_UNARY:
        buffer_cstr(p->out, ast_aux(p->t, n) == OP_not ? "not " : "-");
        put(p, ast_value(p->t, n), binding(p->t, n));
        break;
    case NODE_PER:
        put(p, ast_value(p->t, n), 10);
        buffer_cstr(p->out, " per ");
        buffer_text(p->out, ast_name_text(p->t, n));
        break;
    case NODE_MEMBER:
        put(p, ast_value(p->t, n), 10);
        buffer_char(p->out, '.');
        buffer_text(p->out, ast_name_text(p->t, n));
        break;
    case NODE_CALL:
        put(p, ast_callee(p->t, n), 10);
        put_brackets(p, n, '(', ROLE_arg, ')');
        break;
    case NODE_INDEX:
        put(p, ast_value(p->t, n), 10);
        put_brackets(p, n, '[', ROLE_index, ']');
        break;
    case NODE_NAMED_ARG: put_named(p, n, ": "); break;
    case NODE_ENTRY: put_entry(p, n); break;
    case NODE_LIST: put_brackets(p, n, '[', ROLE_element, ']'); break;
    case NODE_RECORD: put_brackets(p, n, '{', ROLE_element, '}'); break;
    case NODE_COMPREHENSION: put_comprehension(p, n); break;
    case NODE_TEXT:
    case NODE_RAW:
    case NODE_BLOCK_TEXT:
    case NODE_INTERPOLATED: put_text(p, n); break;
    case NODE_NUMBER:
    case NODE_MONEY: put_digits(p, n); break;
    case NODE_RANGE:
    case NODE_TIMES: put_form(p, n); break;
    default: buffer_text(p->out, ast_source_text(p->t, n)); break;
    }
}

static void put(printer *p, node n, int least)
{
    bool brackets = binding(p->t, n) < least;
    if (brackets)
        buffer_char(p->out, '(');
    put_plain(p, n);
    if (brackets)
        buffer_char(p->out, ')');
}

static text printed(compiler *c, const ast *t, node n, compiler *known)
{
    buffer b;
    buffer_init(&b);
    printer p = {t, &b, c->memory, known};
    if (n)
        put(&p, n, 0);
    text result = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return result;
}

text canonical(compiler *c, const ast *t, node n)
{
    return printed(c, t, n, NULL);
}

text canonical_known(compiler *c, node n)
{
    return c->planned ? printed(c, tree(c), n, c->folding ? c : NULL) : TEXT("");
}
