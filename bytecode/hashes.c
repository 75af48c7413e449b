/* hashes.c: owns the hashes of an image: those of its sections, and the program hash over them. */
#include "bytecode/layout.h"

#include "base/workers.h"

#include <stdatomic.h>

enum { LARGE_IMAGE = 1 << 20 /* bytes: half a millisecond of hashing */ };

typedef struct {
    const char *bytes;
    const image_section *directory;
    sha256 *out;
    atomic_uint next; /* section that nobody has taken */
} hashing;

static void hash_sections(void *context, unsigned index)
{
    hashing *h = context;
    (void)index;
    for (unsigned k; (k = atomic_fetch_add(&h->next, 1)) < SECTIONS;)
        h->out[k] = sha256_of(h->bytes + h->directory[k].offset, h->directory[k].length);
}

void image_section_hashes(text all, const image_section directory[SECTIONS], sha256 out[SECTIONS])
{
    hashing h = {.bytes = all.p, .directory = directory, .out = out};
    workers_run(hash_sections, &h, all.n < LARGE_IMAGE ? 1 : workers_available());
}

sha256 image_program_hash(uint32_t isa, const image_section directory[SECTIONS])
{
    sha256_stream s;
    sha256_begin(&s);
    static const char domain[] = "ferry.image.1"; /* its NUL counts */
    sha256_add(&s, domain, sizeof domain);
    sha256_add(&s, &isa, sizeof isa);
    for (int k = 0; k < SECTIONS; k++) {
        const image_section *d = &directory[k];
        if (d->id == SECTION_DEBUG)
            continue;
        sha256_add(&s, &d->id, sizeof d->id);
        sha256_add(&s, &d->count, sizeof d->count);
        sha256_add(&s, &d->length, sizeof d->length);
        sha256_add(&s, d->hash.byte, sizeof d->hash.byte);
    }
    return sha256_end(&s);
}
