/* contract_files.c: the files beside a contract: which are read, and what is no file. */
#include "unit.h"

#include "base/source.h"
#include "stdlib/contract/contract.h"
#include "stdlib/document/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char folder[32], path[64];
} beside;

static void put_file(const beside *b, const char *name, const char *content)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", b->folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(content, f);
    assert_int_equal(fclose(f), 0);
}

static void set_up(beside *b, const char *reference)
{
    char content[512];
    strcpy(b->folder, "/tmp/ferry-contract-XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    snprintf(b->path, sizeof b->path, "%s/api.yaml", b->folder);
    snprintf(content, sizeof content,
             "openapi: 3.1.0\npaths: {/o: {post: {requestBody: {content: {a/b: {schema: {$ref: "
             "'%s'}}}}}}}\n",
             reference);
    put_file(b, "api.yaml", content);
}

static void tear_down(const beside *b, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", b->folder, name);
    unlink(path);
    unlink(b->path);
    assert_int_equal(rmdir(b->folder), 0);
}

static contract *read_beside(arena *a, const beside *b, document_fault *f)
{
    text bytes;
    assert_int_equal(file_load(a, b->path, 1 << 20, &bytes), LOAD_OK);
    return contract_read(a, KIND_OPENAPI, bytes, b->path, f);
}

static void read_from_a_file_beside(void **state)
{
    beside b;
    arena a;
    document_fault f;
    arena_init(&a);
    set_up(&b, "a%20b.yaml#/x");
    put_file(&b, "a b.yaml", "x: {type: string}\n");
    contract *c = read_beside(&a, &b, &f);
    assert_non_null(c);
    assert_int_equal(contract_parts(c), 2);
    assert_text(contract_part(c, 0), "api.yaml");
    assert_text(contract_part(c, 1), "a b.yaml");
    tear_down(&b, "a b.yaml");
    arena_release(&a);
}

static void a_link_leads_nowhere(void **state)
{
    beside b;
    arena a;
    document_fault f;
    char link[64];
    arena_init(&a);
    set_up(&b, "link.yaml");
    snprintf(link, sizeof link, "%s/link.yaml", b.folder);
    assert_int_equal(symlink("/etc/hostname", link), 0);
    assert_null(read_beside(&a, &b, &f));
    assert_text(f.message, "cannot read `link.yaml`: a symbolic link");
    assert_int_equal(f.offset, 81);
    tear_down(&b, "link.yaml");
    arena_release(&a);
}

static void a_pipe_is_no_file(void **state)
{
    beside b;
    arena a;
    document_fault f;
    char pipe[64];
    arena_init(&a);
    set_up(&b, "pipe.yaml");
    snprintf(pipe, sizeof pipe, "%s/pipe.yaml", b.folder);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_null(read_beside(&a, &b, &f));
    assert_text(f.message, "cannot read `pipe.yaml`: not a file");
    tear_down(&b, "pipe.yaml");
    arena_release(&a);
}

/* Each file refers to the next; without a limit there would be as many as a folder holds. */
static void files_have_a_limit(void **state)
{
    beside b;
    arena a;
    document_fault f;
    char name[64], content[64];
    arena_init(&a);
    set_up(&b, "0.yaml");
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "%d.yaml", i);
        snprintf(content, sizeof content, "properties: {next: {$ref: %d.yaml}}\n", i + 1);
        put_file(&b, name, content);
    }
    put_file(&b, "300.yaml", "type: string\n");
    assert_null(read_beside(&a, &b, &f));
    assert_non_null(strstr(arena_copy(&a, f.message.p, f.message.n),
                           "the contract has more than 256 files or 256 MiB"));
    for (int i = 0; i <= 300; i++) {
        snprintf(name, sizeof name, "%s/%d.yaml", b.folder, i);
        unlink(name);
    }
    tear_down(&b, "300.yaml");
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_from_a_file_beside),
        cmocka_unit_test(a_link_leads_nowhere),
        cmocka_unit_test(a_pipe_is_no_file),
        cmocka_unit_test(files_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
