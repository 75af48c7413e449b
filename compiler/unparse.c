/* unparse.c: an expression in one spelling.
 *
 * The text of a condition is part of the image (`why` shows it), and the image may not depend on
 * layout, comments or superfluous parentheses: so it is printed from the tree, not cut from the
 * source. Parentheses stand where binding needs them.
 */
#include "compiler/context.h"

typedef struct {
    const ast *t;
    buffer *out;
    arena *memory;
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
            else {
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

static void put_plain(printer *p, node n)
{
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

text canonical(compiler *c, const ast *t, node n)
{
    buffer b;
    buffer_init(&b);
    printer p = {t, &b, c->memory};
    if (n)
        put(&p, n, 0);
    text result = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return result;
}
