/* fits.c: owns the question whether what was collected surely fits into an image, so that a check
 * need not make one. Putting a program in order leaves out what nothing refers to and joins what is
 * equal; it adds nothing. What is within the limits before is within them after. */
#include "bytecode/build_state.h"
#include "bytecode/layout.h"

enum { PLACE_MOST = 64 /* bytes of a place in DEBUG: a run and five numbers */ };

static bool functions_fit(const build *b, size_t *bytes)
{
    for (size_t k = 0; k < b->function.n; k++) {
        const build_function *f = &b->function.p[k];
        if (f->registers > IMAGE_REGISTERS || f->results > IMAGE_REGISTERS)
            return false;
        *bytes += sizeof(image_function) + (f->registers + f->results) * sizeof(type_word);
        *bytes += f->instructions * sizeof(insn) + ((size_t)f->place_count + 1) * PLACE_MOST;
    }
    return b->function.n <= IMAGE_INDEX_LIMIT;
}

static bool tables_fit(const build *b, size_t *bytes)
{
    for (size_t t = 0; t < b->table.n; t++) {
        const build_tables *table = &b->table.p[t];
        *bytes += sizeof(image_table) + table->rows * sizeof(uint32_t);
        if (table->column.n > IMAGE_INDEX_LIMIT)
            return false;
        for (size_t k = 0; k < table->column.n; k++) {
            const build_columns *c = &table->column.p[k];
            *bytes += sizeof(image_column) + (table->rows + c->element.n) * sizeof(int64_t);
        }
    }
    return b->table.n <= IMAGE_INDEX_LIMIT;
}

static size_t texts_bytes(const build *b)
{
    size_t n = 0;
    for (uint32_t id = 1; id <= b->text.count; id++)
        n += names_text(&b->text, id).n + sizeof(uint32_t);
    return n;
}

static size_t pools_bytes(const build *b)
{
    size_t n = b->constant.n * sizeof(int64_t) + b->list_type.n * sizeof(type_word) +
               b->record.n * sizeof(image_record) + b->leaf.n * sizeof(image_leaf) +
               b->field.n * sizeof(image_field) + b->word.n * sizeof(uint32_t) +
               b->factor.n * sizeof(image_factor) + b->entry.n * sizeof(image_entry) +
               b->site.n * (sizeof(image_site) + PLACE_MOST);
    for (size_t k = 0; k < b->enums.n; k++)
        n += sizeof(image_enum) + b->enums.p[k].member.n * sizeof(uint32_t);
    return n;
}

bool build_fits(const build *b)
{
    size_t bytes = texts_bytes(b) + pools_bytes(b);
    bool counts = !b->why && b->enums.n <= IMAGE_INDEX_LIMIT && b->site.n <= IMAGE_INDEX_LIMIT &&
                  b->field.n <= IMAGE_INDEX_LIMIT;
    /* Half of what an image may have, for sites that share a list of words and padding. */
    return counts && functions_fit(b, &bytes) && tables_fit(b, &bytes) && bytes < IMAGE_BYTES / 2;
}
