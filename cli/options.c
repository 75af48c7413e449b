/* options.c: see options.h. getopt_long does the cutting; its messages are replaced by ours, which
 * name the nearest option that the command does take. */
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

const option_entry option_table[OPT_COUNT] = {
#define OPTION(id, name, letter, argument, doc) {name, letter, argument, doc},
#include "cli/options.def"
#undef OPTION
};

enum { LONG_BASE = 256 }; /* above every letter */

void options_release(options *o)
{
    vec_release(&o->given);
    *o = (options){0};
}

/* The tables getopt_long wants: long options, and letters. */
static void make_tables(option_set allowed, struct option *longs, char *letters)
{
    *letters++ = ':'; /* a missing argument is told apart from an unknown option */
    for (int i = 0; i < OPT_COUNT; i++) {
        const option_entry *e = &option_table[i];
        if (!(allowed & UINT64_C(1) << i))
            continue;
        *longs++ = (struct option){e->name, e->argument ? required_argument : no_argument, NULL,
                                   LONG_BASE + i};
        if (e->letter) {
            *letters++ = (char)e->letter;
            if (e->argument)
                *letters++ = ':';
        }
    }
    *longs = (struct option){0};
    *letters = 0;
}

static option_id of_letter(int letter)
{
    int i = 0;
    while (i < OPT_COUNT && option_table[i].letter != letter)
        i++;
    return (option_id)i;
}

static text unknown(option_set allowed, const char *word, arena *memory)
{
    text names[OPT_COUNT];
    size_t n = 0;
    for (int i = 0; i < OPT_COUNT; i++)
        if ((allowed & UINT64_C(1) << i) && option_table[i].doc)
            names[n++] = text_of(option_table[i].name);
    text name = text_of(word);
    while (name.n && *name.p == '-')
        name = text_slice(name, 1, name.n);
    ptrdiff_t equals = text_find(name, '=');
    if (equals >= 0)
        name.n = (size_t)equals;
    ptrdiff_t near = text_nearest(name, names, n);
    if (near < 0)
        return text_format(memory, "there is no option `%s` here", word);
    return text_format(memory, "there is no option `%s` here; did you mean `--%.*s`?", word,
                       TEXT_ARG(names[near]));
}

static text getopt_fault(option_set allowed, int result, char **argv, arena *memory)
{
    char letter[3] = {'-', (char)optopt, 0};
    const char *name = optopt >= LONG_BASE ? option_table[optopt - LONG_BASE].name : letter;
    const char *dashes = optopt >= LONG_BASE ? "--" : "";
    if (result == ':')
        return text_format(memory, "`%s%s` needs a value", dashes, name);
    if (optopt >= LONG_BASE)
        return text_format(memory, "`--%s` takes no value", name);
    return unknown(allowed, optopt ? letter : argv[optind - 1], memory);
}

bool options_read(options *o, option_set allowed, int argc, char **argv, arena *memory, text *why)
{
    struct option longs[OPT_COUNT + 1];
    char letters[2 * OPT_COUNT + 2];
    make_tables(allowed, longs, letters);
    *o = (options){0};
    opterr = 0;
    optind = 0; /* GNU: start over */
    for (int r; (r = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
        if (r == '?' || r == ':') {
            *why = getopt_fault(allowed, r, argv, memory);
            return false;
        }
        option_id id = r >= LONG_BASE ? (option_id)(r - LONG_BASE) : of_letter(r);
        vec_push(&o->given, (option_given){id, option_table[id].argument ? optarg : NULL});
    }
    o->operand = argv + optind;
    o->operands = argc - optind;
    return true;
}

bool option_is(const options *o, option_id id)
{
    for (size_t i = 0; i < o->given.n; i++)
        if (o->given.p[i].id == id)
            return true;
    return false;
}

const char *option_value(const options *o, option_id id)
{
    for (size_t i = o->given.n; i > 0; i--)
        if (o->given.p[i - 1].id == id)
            return o->given.p[i - 1].value;
    return NULL;
}

size_t option_all(const options *o, option_id id, arena *memory, text **out)
{
    size_t n = 0;
    *out = arena_array(memory, text, o->given.n);
    for (size_t i = 0; i < o->given.n; i++)
        if (o->given.p[i].id == id)
            (*out)[n++] = text_of(o->given.p[i].value);
    return n;
}
