/* encoding_pages.h: the code pages that encoding.c and encoding_loss.c decode with. */
#ifndef FERRY_STDLIB_ENCODING_PAGES_H
#define FERRY_STDLIB_ENCODING_PAGES_H

#include "stdlib/document/encoding.h"

enum { NO_CHARACTER = 0xfffd };

/* Fills the code point of each byte, NO_CHARACTER where it has none. false when the encoding is not
 * one of a byte a character; the page is then Latin-1. */
bool encoding_page(encoding e, uint16_t page[256]);

/* Writes a code point as UTF-8 into out; returns its length. */
static inline unsigned encoding_put(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

#endif
