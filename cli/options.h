/* options.h: the command line as data. One wrapper around getopt_long for all commands; what exists
 * stands in options.def, what a command takes in commands.def. */
#ifndef FERRY_CLI_OPTIONS_H
#define FERRY_CLI_OPTIONS_H

#include "base/text.h"
#include "base/vec.h"

typedef enum {
#define OPTION(id, name, letter, argument, doc) OPT_##id,
#include "cli/options.def"
#undef OPTION
    OPT_COUNT
} option_id;

typedef uint64_t option_set;
#define OPT(id) (UINT64_C(1) << OPT_##id)
_Static_assert(OPT_COUNT <= 64, "an option_set holds them all");

typedef struct {
    const char *name;
    int letter; /* 0: none */
    const char *argument, *doc;
} option_entry;

extern const option_entry option_table[OPT_COUNT];

typedef struct {
    option_id id;
    const char *value; /* NULL where the option has no argument */
} option_given;

typedef struct {
    VEC(option_given) given; /* in the order of the command line */
    char **operand;
    int operands;
} options;

void options_release(options *o);

/* Reads argv[1…] (argv[0] is the command's name); options and operands may stand in any order, `--`
 * ends the options. False on a usage error; then `why` says what is wrong and what was perhaps
 * meant. */
bool options_read(options *o, option_set allowed, int argc, char **argv, arena *memory, text *why);

bool option_is(const options *o, option_id id);
const char *option_value(const options *o, option_id id); /* the last one given, or NULL */
/* All values of a repeatable option, in order, in the arena. */
size_t option_all(const options *o, option_id id, arena *memory, text **out);

#endif
