/* program.h: a source or an image from the command line, ready to be asked. */
#ifndef FERRY_CLI_PROGRAM_H
#define FERRY_CLI_PROGRAM_H

#include "bytecode/image.h"
#include "cli/cli.h"
#include "compiler/compile.h"

typedef struct {
    const char *path;
    text folder;     /* of the path, with its '/', or empty: names in diagnostics stand behind it */
    bool from_image; /* then there are no facts and no sources */
    source_map sources;
    diagnostics diagnostics;
    compile_facts facts;
    buffer bytes; /* the image */
    image *image; /* NULL but after program_open without errors */
} program;

/* Compiles for the diagnostics alone: there are no bytes. True when there is no error. Nothing is
 * shown. */
bool program_check(cli *c, program *p, const char *path);
/* As program_check, with the bytes, which are not verified. */
bool program_compile(cli *c, program *p, const char *path);
/* Compiles, or loads an image (told by its first bytes), and verifies it. Diagnostics are shown on
 * stderr. CODE_DONE, or CODE_ERRORS after messages. Release in any case. */
exit_code program_open(cli *c, program *p, const char *path);
/* As program_open, with the plan in its facts. */
exit_code program_open_planned(cli *c, program *p, const char *path);
void program_release(program *p);

/* Shows the diagnostics and their sum on stderr; warnings alone count with --strict. */
exit_code program_report(cli *c, const program *p);

/* The migration of that name, or the only one when `name` is NULL; CODE_ERRORS and a message that
 * lists what is there when it cannot be told. */
exit_code program_entry(cli *c, const program *p, const char *name, uint32_t *entry);

/* "sha256:…" */
void program_hash(const image *i, buffer *out);

/* "examples/acme/" of "examples/acme/acme.ferry", in the arena. */
text path_folder(arena *a, const char *path);

#endif
