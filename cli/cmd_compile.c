/* cmd_compile.c: `ferry compile` and `ferry disasm`: a program as an image, an image as text. */
#include "bytecode/disasm.h"
#include "cli/files.h"
#include "cli/program.h"

exit_code command_compile(cli *c)
{
    program p;
    exit_code code = cli_expect_operands(c, 1, 1);
    if (code != CODE_DONE)
        return code;
    code = program_open(c, &p, cli_operand(c, 0));
    const char *output = option_value(&c->options, OPT_output);
    if (code == CODE_DONE && output)
        code = file_replace(c, output, buffer_view(&p.bytes));
    if (code == CODE_DONE && c->json) {
        json_writer w;
        buffer hash = {0};
        program_hash(p.image, &hash);
        cli_json_begin(c, &w);
        json_add_text(&w, "program", buffer_view(&hash));
        json_add_int(&w, "bytes", (int64_t)p.bytes.n);
        cli_json_end(c, &w);
        buffer_release(&hash);
    } else if (code == CODE_DONE) {
        program_hash(p.image, &c->result);
        buffer_char(&c->result, '\n');
    }
    program_release(&p);
    return code;
}

exit_code command_disasm(cli *c)
{
    program p;
    exit_code code = cli_expect_operands(c, 1, 1);
    if (code != CODE_DONE)
        return code;
    code = program_open(c, &p, cli_operand(c, 0));
    if (code == CODE_DONE)
        disasm_image(p.image, &c->result);
    program_release(&p);
    return code;
}
