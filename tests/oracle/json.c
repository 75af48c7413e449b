/* Each line of standard input is a JSON document: answers its canonical form, or `fault`. With
 * arguments, each is a file: answers `ok` or `fault` for each. */
#include "base/json.h"
#include "base/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void answer_line(arena *a, text line)
{
    buffer out = {0};
    json_fault fault;
    if (json_canonical(a, line, &out, &fault))
        puts(buffer_string(&out));
    else
        puts("fault");
    buffer_release(&out);
}

static void answer_file(arena *a, const char *path)
{
    text bytes;
    json_document d;
    json_fault fault;
    if (file_load(a, path, SOURCE_LARGEST, &bytes) != LOAD_OK)
        puts("unreadable");
    else
        puts(json_read(a, bytes, &d, &fault) ? "ok" : "fault");
}

int main(int argc, char **argv)
{
    arena a = {0};
    for (int i = 1; i < argc; i++, arena_clear(&a))
        answer_file(&a, argv[i]);
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; argc == 1 && (n = getline(&line, &room, stdin)) > 0; arena_clear(&a))
        answer_line(&a, (text){line, (size_t)n - 1});
    free(line);
    arena_release(&a);
    return 0;
}
