/* disasm.c: owns the listing of an image, operand by operand from opcodes.def. Texts are quoted as
 * JSON quotes them; indices are shown by name wherever there is one. */
#include "bytecode/disasm.h"

#include "base/json.h"
#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"

static void write_quoted(const image *i, uint32_t t, buffer *out)
{
    buffer_char(out, '"');
    json_escape(out, image_text(i, t));
    buffer_char(out, '"');
}

static void write_type(const image *i, type_word type, buffer *out)
{
    arena a = {0};
    buffer_text(out, type_name(i, type, &a));
    arena_release(&a);
}

static void write_function_name(const image *i, uint32_t f, buffer *out)
{
    buffer_text(out, image_text(i, i->functions[f].name));
}

/* Values of texts in quotes, everything else as people read it. */
static void write_value(const image *i, type_word type, int64_t v, buffer *out)
{
    bool pool = type_rows[TYPE_ID(type)].family == 't' && v >= 0 && v < i->texts;
    if (pool)
        write_quoted(i, (uint32_t)v, out);
    else
        value_write(i, type, v, out);
}

static void write_field(const image *i, uint32_t table, uint32_t column, uint32_t row, buffer *out)
{
    const image_column *c = &i->columns[i->tables[table].first_column + column];
    if (!image_present(i, table, column, row))
        return;
    buffer_cstr(out, "    ");
    buffer_text(out, image_text(i, c->name));
    if (!c->list) {
        buffer_char(out, ' ');
        write_value(i, c->type, image_value(i, table, column, row), out);
    } else {
        uint32_t first, n = image_list(i, table, column, row, &first);
        for (uint32_t k = 0; k < n; k++) {
            buffer_cstr(out, k ? ", " : " [");
            write_value(i, c->type, image_element(i, table, column, first + k), out);
        }
        buffer_cstr(out, n ? "]" : " []");
    }
    buffer_char(out, '\n');
}

static void write_tables(const image *i, buffer *out)
{
    for (uint32_t t = 0; t < i->table_count; t++)
        for (uint32_t r = 0; r < i->tables[t].rows; r++) {
            buffer_text(out, image_text(i, i->tables[t].name));
            buffer_printf(out, " %u\n", r);
            for (uint32_t c = 0; c < i->tables[t].columns; c++)
                write_field(i, t, c, r, out);
        }
}

static void write_roots(const image *i, buffer *out)
{
    for (uint32_t k = 0; k < i->factor_count; k++) {
        const image_factor *f = &i->factors[k];
        buffer_cstr(out, "factor ");
        buffer_text(out, image_text(i, f->name));
        buffer_cstr(out, " of ");
        buffer_text(out, image_text(i, i->tables[f->table].name));
        buffer_cstr(out, ", ");
        value_write(i, TYPE_WORD(TYPE_ENUM, ENUM_category), f->category, out);
        buffer_cstr(out, ": ");
        write_function_name(i, f->function, out);
        buffer_char(out, '\n');
    }
    for (uint32_t k = 0; k < i->entry_count; k++) {
        buffer_cstr(out, "entry ");
        buffer_text(out, image_text(i, i->entries[k].name));
        buffer_cstr(out, ": ");
        write_function_name(i, i->entries[k].function, out);
        buffer_char(out, '\n');
    }
}

static void write_site_field(const image *i, const char *name, uint32_t function, buffer *out)
{
    if (function == NO_INDEX)
        return;
    buffer_printf(out, " %s=", name);
    write_function_name(i, function, out);
}

static void write_duration(const char *name, int64_t d, buffer *out)
{
    if (d == QUANTITY_NONE)
        return;
    buffer_printf(out, " %s=", name);
    duration_write(out, d);
}

static void write_shape(const image *i, const image_site *s, buffer *out)
{
    for (uint32_t k = 0; k < s->shape_count; k++) {
        const image_field *f = &i->fields[s->shape + k];
        buffer_cstr(out, k ? ", " : " {");
        buffer_text(out, image_text(i, f->path));
        buffer_cstr(out, ": ");
        write_type(i, f->type, out);
    }
    buffer_cstr(out, s->shape_count ? "}" : "");
}

static void write_site(const image *i, uint32_t k, buffer *out)
{
    const image_site *s = &i->sites[k];
    buffer_printf(out, "site %u %s ", k, site_rows[s->kind].name);
    buffer_text(out, image_text(i, s->name));
    if (s->operation != NO_INDEX)
        buffer_printf(out, " %s.%s", operation_rows[s->operation].connector,
                      operation_rows[s->operation].name);
    if (s->connector != NO_INDEX) {
        buffer_cstr(out, " on ");
        buffer_text(out, image_field_text(i, TABLE_CONNECTOR, 0, s->connector));
    }
    write_shape(i, s, out);
    write_site_field(i, "title", s->title, out);
    write_site_field(i, "args", s->args, out);
    write_site_field(i, "check", s->check, out);
    write_site_field(i, "undo", s->undo, out);
    write_site_field(i, "find", s->find, out);
    write_site_field(i, "body", s->body, out);
    if (s->retries)
        buffer_printf(out, " retries=%u", s->retries);
    write_duration("timeout", s->timeout, out);
    write_duration("forward", s->worst_forward, out);
    write_duration("back", s->worst_back, out);
    if (s->wanted != NO_INDEX) {
        buffer_cstr(out, " wanted=");
        write_quoted(i, s->wanted, out);
    }
    buffer_char(out, '\n');
}

static void write_place(const image *i, uint32_t function, uint32_t at, buffer *out)
{
    image_debug d;
    if (!image_place(i, function, at, &d))
        return;
    buffer_cstr(out, "  // ");
    buffer_text(out, image_file(i, d.file));
    buffer_printf(out, ":%u:%u", d.line, d.column);
}

/* What an index operand names. c is a column of the table of register b's row. */
static void write_index(const image *i, const image_function *row, const insn *x, operand kind,
                        uint16_t v, buffer *out)
{
    type_word b = x->b < row->registers ? i->types[row->types + x->b] : 0;
    switch (kind) {
    case T_: buffer_text(out, image_text(i, i->tables[v].name)); return;
    case C_:
        buffer_text(out,
                    image_text(i, i->columns[i->tables[TYPE_PARAMETER(b)].first_column + v].name));
        return;
    case F_: write_function_name(i, v, out); return;
    case S_:
        buffer_printf(out, "site %u ", v);
        buffer_text(out, image_text(i, i->sites[v].name));
        return;
    case H_: buffer_text(out, image_text(i, i->fields[v].path)); return;
    case B_: buffer_cstr(out, builtin_rows[v].name); return;
    case Y_: buffer_printf(out, "record %u", v); return;
    case V_: buffer_cstr(out, conversion_rows[v].name); return;
    case G_: buffer_printf(out, "fact %u", v); return;
    default: buffer_printf(out, "%u", v);
    }
}

static void write_operand(const image *i, const image_function *row, const insn *x, int k,
                          buffer *out)
{
    const operand kind = op_rows[x->op].operand[k];
    const uint16_t v = k == 0 ? x->a : k == 1 ? x->b : x->c;
    uint32_t at = (uint32_t)(x - (i->code + row->code));
    switch (kind) {
    case D_:
    case R_:
    case N_: buffer_printf(out, "r%u", v); return;
    case J_: buffer_printf(out, "@%u", at + 1 + v); return;
    case I_: value_write(i, i->types[row->types + x->a], (int16_t)v, out); return;
    case K_: {
        uint32_t index = x->b | (uint32_t)x->c << 16;
        if (x->op == OP_LDT)
            write_quoted(i, index, out);
        else
            value_write(i, i->types[row->types + x->a], i->constant[index], out);
        return;
    }
    default: write_index(i, row, x, kind, v, out);
    }
}

static void write_insn(const image *i, uint32_t f, uint32_t at, buffer *out)
{
    const image_function *row = &i->functions[f];
    const insn *x = &i->code[row->code + at];
    const op_row *op = &op_rows[x->op];
    buffer_printf(out, "    %3u  %-7s", at, op->mnemonic);
    bool first = true;
    for (int k = 0; k < 3; k++) {
        if (op->operand[k] == O_)
            continue;
        buffer_cstr(out, first ? " " : ", ");
        first = false;
        write_operand(i, row, x, k, out);
    }
    write_place(i, f, at, out);
    buffer_char(out, '\n');
}

static void write_types(const image *i, const type_word *types, uint32_t n, buffer *out)
{
    for (uint32_t k = 0; k < n; k++) {
        buffer_cstr(out, k ? ", " : "");
        write_type(i, types[k], out);
    }
}

void disasm_function(const image *i, uint32_t function, buffer *out)
{
    static const char *const effects[] = {"pure", "read", "write"};
    const image_function *row = &i->functions[function];
    buffer_printf(out, "%s ", effects[row->effect]);
    write_function_name(i, function, out);
    buffer_char(out, '(');
    write_types(i, i->types + row->types, row->parameters, out);
    buffer_char(out, ')');
    buffer_cstr(out, row->results ? " -> " : "");
    write_types(i, i->types + row->result_types, row->results, out);
    buffer_char(out, '\n');
    for (uint32_t r = row->parameters; r < row->registers; r++) {
        buffer_printf(out, "    r%u: ", r);
        write_type(i, i->types[row->types + r], out);
        buffer_char(out, '\n');
    }
    for (uint32_t at = 0; at < row->instructions; at++)
        write_insn(i, function, at, out);
}

void disasm_image(const image *i, buffer *out)
{
    char hex[65];
    sha256_hex(&i->hash, hex);
    buffer_printf(out, "program %s\nisa %u\n", hex, IMAGE_ISA);
    write_tables(i, out);
    write_roots(i, out);
    for (uint32_t s = 0; s < i->site_count; s++)
        write_site(i, s, out);
    for (uint32_t f = 0; f < i->function_count; f++) {
        buffer_char(out, '\n');
        disasm_function(i, f, out);
    }
}
