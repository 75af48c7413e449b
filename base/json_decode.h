/* json_decode.h: the characters of a JSON text that json_read accepted, one by one. Shared by the
 * files of json.h only. */
#ifndef FERRY_BASE_JSON_DECODE_H
#define FERRY_BASE_JSON_DECODE_H

#include "base/json.h"

typedef struct {
    uint32_t point;
    bool lone; /* half of a surrogate pair, written as an escape: not a character */
} json_character;

enum { JSON_CHARACTER_MOST = 6 }; /* bytes of json_encode's result */

/* Takes one character off the front of *raw, which is not empty and is the inside of a text that
 * json_read accepted. */
json_character json_decode(text *raw);
/* UTF-8; a lone surrogate as its escape in lower case. Returns the number of bytes. */
size_t json_encode(json_character c, char out[JSON_CHARACTER_MOST + 1]);

#endif
