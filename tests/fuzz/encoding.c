/* encoding.c: any bytes: decoded in every encoding, offsets stay within the file and never fall,
 * and a text has lost nothing against itself. */
#include "stdlib/document/encoding.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void decode(text t, encoding e, size_t mark)
{
    arena a = {0};
    encoded d;
    encoding_decode(&a, t, e, mark, &d);
    size_t last = mark;
    for (size_t i = 0; i <= d.bytes.n; i += i < 64 ? 1 : 97) {
        size_t at = encoding_offset(&d, i);
        if (at < last || at > t.n)
            abort();
        last = at;
    }
    if (e != ENCODING_BINARY && d.damaged && encoding_offset(&d, d.damage_at) >= t.n)
        abort();
    if (encoding_loss_of(d.bytes, d.bytes) != LOSS_NONE)
        abort();
    encoding_loss_of(d.bytes, t);
    encoding_loss_of(t, d.bytes);
    arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    text t = {(const char *)bytes, n};
    size_t mark;
    encoding e = encoding_of(t, &mark);
    decode(t, e, mark);
    for (int k = 0; k < ENCODING_COUNT; k++)
        decode(t, (encoding)k, 0);
    return 0;
}
