/* disasm.h: an image as text, for people and golden tests. */
#ifndef FERRY_BYTECODE_DISASM_H
#define FERRY_BYTECODE_DISASM_H

#include "bytecode/image.h"

/* Tables, factors, entries, then each function with its signature, registers and instructions;
 * operands resolved to names (texts, columns, sites, functions), source lines beside them where
 * DEBUG is there. Deterministic. */
void disasm_image(const image *i, buffer *out);
void disasm_function(const image *i, uint32_t function, buffer *out);
/* A raw value as people read it, by its type; texts by pool id only. Used by FMT, too. `member`
 * names of enums included. */
void value_write(const image *i, type_word type, int64_t value, buffer *out);
/* The same for what needs no image to be written: numbers, times, truth; false for the others. */
bool quantity_write(type_word type, int64_t value, buffer *out);
text type_name(const image *i, type_word type,
               arena *a); /* "list of text", "channel", "money EUR" */

#endif
