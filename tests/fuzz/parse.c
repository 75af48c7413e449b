/* parse.c: any bytes -> tree, and what is a program -> the same program after formatting, twice.
 *
 *   clang -fsanitize=fuzzer,address,undefined … tests/fuzz/parse.c build/…/libferry.a
 */
#include "grammar/dump.h"
#include "grammar/format.h"

#include <stdlib.h>

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void check_tree(const ast *t)
{
    node bad = 0;
    must(ast_well_formed(t, &bad));
    buffer out = {0};
    dump_tree(&out, t);
    buffer_release(&out);
}

static void check_format(source_map *m, source *file, names *table, diagnostics *d)
{
    buffer once = {0}, twice = {0};
    format_status status = format_source(&once, file, table, d);
    must(status == FORMAT_DONE);
    source *again = source_add(m, TEXT("again"), buffer_view(&once));
    must(again != NULL);
    must(format_source(&twice, again, table, d) == FORMAT_DONE);
    must(text_equal(buffer_view(&once), buffer_view(&twice)));
    buffer_release(&once);
    buffer_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena memory = {0};
    source_map m;
    source_map_init(&m, &memory);
    diagnostics d;
    diag_init(&d, &memory);
    names table;
    names_init(&table, &memory);
    text all = {(const char *)bytes, n};
    source *file = source_add(&m, TEXT("fuzz"), all);
    ast tree;
    bool good = parse_file(&tree, file, &table, &d);
    must(good == (d.errors == 0));
    must(text_equal(file->bytes, all));
    check_tree(&tree);
    ast_release(&tree);
    if (good)
        check_format(&m, file, &table, &d);
    ast value;
    parse_value(&value, all, file->base, &table, &d, &memory);
    check_tree(&value);
    ast_release(&value);
    names_release(&table);
    diag_release(&d);
    source_map_release(&m);
    arena_release(&memory);
    return 0;
}
