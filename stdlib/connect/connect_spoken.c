/* connect_spoken.c: which connectors a migration needs that this build cannot speak.
 *
 * Conditions are not decided here: a branch that may be taken asks for what it needs before the
 * night begins.
 */
#include "stdlib/connect/connect.h"

#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"

static bool spoken(uint32_t operation)
{
    for (size_t i = 0; i < connect_operation_count; i++)
        if (connect_operations[i].id == operation)
            return true;
    return false;
}

/* Marks the connectors that sites of function f need and nobody here speaks to. */
static void mute_sites(const image *i, uint32_t f, bool *mute)
{
    const image_function *row = &i->functions[f];
    for (uint32_t k = 0; k < row->instructions; k++) {
        const insn *x = &i->code[row->code + k];
        if (op_rows[x->op].operand[1] != S_)
            continue;
        const image_site *s = &i->sites[x->b];
        if (s->operation != NO_INDEX && s->connector != NO_INDEX && !spoken(s->operation))
            mute[s->connector] = true;
    }
}

static text kind_of(const image *i, uint32_t row)
{
    int64_t kind = image_value(i, TABLE_CONNECTOR, COLUMN_CONNECTOR_KIND, row);
    return image_text(i, i->words[i->enums[ENUM_connector].first_member + kind]);
}

bool connect_spoken_check(const image *program, uint32_t entry, arena *memory, text *why)
{
    uint32_t rows = program->tables[TABLE_CONNECTOR].rows;
    bool *reached = arena_array(memory, bool, program->function_count);
    bool *mute = arena_array(memory, bool, rows);
    image_reach(program, entry, reached);
    for (uint32_t f = 0; f < program->function_count; f++)
        if (reached[f])
            mute_sites(program, f, mute);
    buffer names;
    buffer_init(&names);
    for (uint32_t row = 0; row < rows; row++)
        if (mute[row])
            buffer_printf(
                &names, "%s`%.*s` (%.*s)", names.n != 0 ? ", " : "",
                TEXT_ARG(image_field_text(program, TABLE_CONNECTOR, COLUMN_CONNECTOR_NAME, row)),
                TEXT_ARG(kind_of(program, row)));
    bool ok = names.n == 0;
    if (!ok)
        *why = text_format(memory, "this build does not speak to connector %.*s yet",
                           TEXT_ARG(buffer_view(&names)));
    buffer_release(&names);
    return ok;
}
