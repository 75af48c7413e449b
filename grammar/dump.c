/* dump.c: see dump.h. */
#include "grammar/dump.h"

static void add_aux(buffer *out, const ast *t, node n)
{
    static const char *const triggers[] = {"rollback", "pause", "alert"};
    unsigned aux = ast_aux(t, n);
    switch (ast_kind(t, n)) {
    case NODE_BINARY:
    case NODE_UNARY: buffer_printf(out, " %s", ast_op_text((ast_op)aux)); break;
    case NODE_TRIGGER: buffer_printf(out, " %s", triggers[aux]); break;
    case NODE_INSERT: buffer_cstr(out, aux ? " after" : " before"); break;
    case NODE_BOOL: buffer_cstr(out, aux ? " true" : " false"); break;
    case NODE_TYPE:
    case NODE_TYPE_LIST: buffer_cstr(out, aux ? " optional" : ""); break;
    default: break;
    }
}

static void add_leaf(buffer *out, text bytes)
{
    buffer_cstr(out, " |");
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] == '\n')
            buffer_cstr(out, "\\n");
        else if (bytes.p[i] != '\r')
            buffer_char(out, bytes.p[i]);
    buffer_char(out, '|');
}

static void add_node(buffer *out, const ast *t, node n, unsigned depth)
{
    buffer_printf(out, "%*s", (int)(2 * depth), "");
    if (ast_role_in_parent(t, n) != ROLE_none)
        buffer_printf(out, "%s: ", ast_role_name(ast_role_in_parent(t, n)));
    buffer_cstr(out, ast_kind_name(ast_kind(t, n)));
    if (ast_name(t, n))
        buffer_printf(out, " %.*s", TEXT_ARG(ast_name_text(t, n)));
    add_aux(out, t, n);
    ast_kind_of kind = ast_kind(t, n);
    if (kind == NODE_DOC || (kind >= NODE_NUMBER && kind != NODE_BOOL && kind != NODE_INTERPOLATED))
        add_leaf(out, ast_source_text(t, n));
    buffer_char(out, '\n');
    ast_each(t, n, c) add_node(out, t, c, depth + 1);
}

void dump_tree(buffer *out, const ast *t)
{
    add_node(out, t, t->root, 0);
}
