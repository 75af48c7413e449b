/* cmd_assess.c: `ferry assess FILE [CUSTOMER]`: how risky it is to move a customer, and why. */
#include "cli/render_assess.h"

#include <string.h>

static exit_code show_one(cli *c, const image *i, uint32_t row, json_writer *w)
{
    assessed a;
    if (!assess_customer(c, i, row, &a)) {
        text name = image_field_text(i, TABLE_CUSTOMER, COLUMN_CUSTOMER_NAME, row);
        cli_error(c, NULL, "the factors of %.*s take more than the limits of the image allow",
                  TEXT_ARG(name));
        return CODE_ERRORS;
    }
    if (c->json) {
        render_assess_json(w, &a);
    } else {
        if (c->result.n)
            buffer_char(&c->result, '\n');
        render_assess(&c->result, &c->out, &a);
    }
    return CODE_DONE;
}

static exit_code no_customer(cli *c, const image *i, const char *name)
{
    uint32_t rows = i->tables[TABLE_CUSTOMER].rows;
    text *names = arena_array(&c->memory, text, rows);
    for (uint32_t k = 0; k < rows; k++)
        names[k] = image_field_text(i, TABLE_CUSTOMER, COLUMN_CUSTOMER_NAME, k);
    ptrdiff_t near = text_nearest(text_of(name), names, rows);
    if (near >= 0)
        cli_error(c, NULL, "there is no customer `%s`; did you mean `%.*s`?", name,
                  TEXT_ARG(names[near]));
    else
        cli_error(c, NULL, "there is no customer `%s` among %u", name, rows);
    return CODE_ERRORS;
}

static exit_code show_all(cli *c, const image *i, json_writer *w)
{
    const char *name = cli_operand(c, 1);
    uint32_t only = name ? image_find_row(i, TABLE_CUSTOMER, text_of(name)) : NO_INDEX;
    if (name && only == NO_INDEX)
        return no_customer(c, i, name);
    if (!name && i->tables[TABLE_CUSTOMER].rows == 0)
        cli_say(c, "no customers are declared");
    for (uint32_t row = 0; row < i->tables[TABLE_CUSTOMER].rows; row++) {
        exit_code code = !name || row == only ? show_one(c, i, row, w) : CODE_DONE;
        if (code != CODE_DONE)
            return code;
    }
    return CODE_DONE;
}

exit_code command_assess(cli *c)
{
    program p;
    json_writer w;
    exit_code code = cli_expect_operands(c, 1, 2);
    if (code != CODE_DONE)
        return code;
    code = program_open(c, &p, cli_operand(c, 0));
    if (code == CODE_DONE) {
        cli_list_begin(c, &w, "customers");
        code = show_all(c, p.image, &w);
        cli_list_end(c, &w);
    }
    program_release(&p);
    return code;
}
