/* compare_look.h: what the first files of a long comparison say, before all of them are read.
 *
 * Documents are paired over all files, so the first pair is told only when every file was read for
 * its keys. Most of what is wrong with a platform is wrong with most of its documents: a look at a
 * few files shows it at once, and somebody can stop and mend it.
 */
#ifndef FERRY_CLI_COMPARE_LOOK_H
#define FERRY_CLI_COMPARE_LOOK_H

#include "cli/cli.h"
#include "stdlib/compare/compare.h"

enum {
    LOOK_BYTES = 32 << 20,    /* of legacy's files that are looked at, or one file */
    LOOK_LARGEST = 256 << 20, /* of one of them; reading more takes too long */
    LOOK_SHOWN = 5,           /* documents that differ */
    LOOK_WORTH = 1 << 30, /* bytes of both sides from which on somebody at a terminal is shown */
};

/* Compares legacy's first files, in the order given, with those of modern that have their names
 * (modern's first ones, where none has), and tells on stderr which documents differ that a key or
 * the name of their file pairs. What it tells is of those files alone: another file may hold a
 * better partner, and what is missing there is not told. Nothing where each side is one file. */
void compare_look(cli *c, const compare_options *o, const compare_paths *legacy,
                  const compare_paths *modern);

#endif
