/* scan.c: any bytes as a file of any kind that is scanned: the first byte says which. */
#include "stdlib/comply/comply.h"
#include "stdlib/comply/comply_mask.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
    if (!true_)
        abort();
}

/* Letters and digits of ASCII. */
static size_t legible(text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++)
        n += (t.p[i] >= '0' && t.p[i] <= '9') || (unsigned char)((t.p[i] | 0x20) - 'a') < 26;
    return n;
}

/* What is found lies in the file, and of it is shown what the row allows. */
static void check(arena *a, const document_file *f, const comply_report *r, text bytes)
{
    buffer b = {0};
    json_writer w;
    must(r->findings <= COMPLY_FINDINGS_MOST);
    for (uint32_t i = 0; i < r->findings; i++) {
        const comply_finding *x = &r->finding[i];
        must(text_is(x->path, "name") || x->offset <= bytes.n);
        const identifier_kind *k = identifier_of(x->id);
        must(legible(x->shown) <= (size_t)k->head + k->tail);
    }
    json_begin(&w, &b, 0);
    comply_write_json(&w, r);
    must(json_read(a, buffer_view(&b), &(json_document){0}, NULL));
    buffer_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena a = {0};
    document_file f;
    comply_report r;
    if (n == 0)
        return 0;
    text t = {(const char *)bytes + 1, n - 1};
    document_read(&a, text_slice(t, 0, 40), t, (document_kind)(bytes[0] % KIND_COUNT), &f);
    comply_scan(&a, &f, &r);
    check(&a, &f, &r, t);
    /* Any part of a file may be shown. */
    comply_masker *m = comply_masker_new(&a);
    for (size_t i = 0; i < f.bytes.n; i += 7)
        comply_masked(m, &a, &f, text_slice(f.bytes, 0, i), text_slice(f.bytes, i, i + 13));
    arena_release(&a);
    return 0;
}
