/* encoding.h: which encoding a file is in, its text as UTF-8, and where a byte of that stood.
 *
 * Partners do not say what their bytes mean. A byte order mark does; without one the bytes are
 * asked, from the encoding that is hardest to mistake to the one that takes anything. Which of the
 * EBCDIC code pages it is can only be told by their brackets, bars and line ends; where none
 * occurs they are one, and CP037 is said. Sources: RFC 3629, RFC 2781, the Unicode consortium's
 * mappings of IBM code pages (CDRA), WHATWG Encoding for the letters of Windows-1252.
 */
#ifndef FERRY_STDLIB_ENCODING_H
#define FERRY_STDLIB_ENCODING_H

#include "base/text.h"

typedef enum {
#define ENCODING(id, word, meaning) ENCODING_##id,
#include "stdlib/document/encoding.def"
#undef ENCODING
    ENCODING_COUNT
} encoding;

const char *encoding_word(encoding e);        /* "utf-16le" */
bool encoding_read(text word, encoding *out); /* false when there is none of that name */

/* What the first 64 KiB are in; *mark is the length of a byte order mark, 0 where there is none.
 * ASCII is said of all of the file, so a long file is read to its end for that. */
encoding encoding_of(text bytes, size_t *mark);

typedef struct {
    text bytes; /* UTF-8 without its mark: a view where it was that, else a copy */
    encoding from;
    size_t original;  /* its length there, the mark included */
    size_t mark;      /* bytes of the byte order mark */
    size_t damaged;   /* characters that could not be read and stand as U+FFFD */
    size_t damage_at; /* of the first: offset in `bytes` */
    size_t *stop; /* offset in the original at every ENCODING_STRIDE bytes of `bytes`; NULL where
                     the two run alike */
} encoded;

enum { ENCODING_STRIDE = 4096 };

/* Decodes all of it. Never fails: what is no character becomes U+FFFD, and is counted. UTF-8 and
 * BINARY are views; what is not well formed in UTF-8 stays and is counted. In EBCDIC both the
 * new line of z/OS (15) and the line feed (25) become LF. */
void encoding_decode(arena *a, text bytes, encoding from, size_t mark, encoded *out);
/* The offset in the original of a byte of e->bytes; its end for the end. */
size_t encoding_offset(const encoded *e, size_t at);

/* How a code page on the way turned legacy's text into modern's. */
#define ENCODING_LOSSES(X)                                                                         \
    X(NONE, "none")                                                                                \
    X(REPLACED, "replacement character") /* é → U+FFFD */                                       \
    X(QUESTION, "question mark")         /* é → ?, or SUB */                                    \
    X(MOJIBAKE, "read as Latin-1")       /* é → Ã© */                                         \
    X(FOLDED, "letter without its mark") /* é → e, ä → ae */                                 \
    X(DROPPED, "letter dropped")         /* é → nothing */

typedef enum {
#define X(id, word) LOSS_##id,
    ENCODING_LOSSES(X)
#undef X
} encoding_loss;

/* The loss that explains every difference between the two, the worst where there are several;
 * LOSS_NONE when something else differs, or nothing. Both are UTF-8. */
encoding_loss encoding_loss_of(text legacy, text modern);
const char *encoding_loss_word(encoding_loss l);

#endif
