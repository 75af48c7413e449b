/* Whatever bytes: json_read ends with a document or a fault inside the text, every accessor stays
 * in bounds, and the canonical form of a document is a document with the same canonical form. */
#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool held)
{
    if (!held)
        abort();
}

static void visit(arena *a, const json_document *d)
{
    for (uint32_t i = 0; i < d->nodes; i++) {
        require(d->node[i].next > i && d->node[i].next <= d->nodes);
        require(json_raw(d, i).n > 0);
        if (d->node[i].kind == JSON_TEXT) {
            text t = json_text(a, d, i);
            require(text_utf8_prefix(t) == t.n);
        }
        if (d->node[i].key_start)
            json_key(a, d, i);
        json_member(d, i, TEXT("a"));
        json_element(d, i, 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena a = {0};
    text source = {(const char *)bytes, n};
    json_document d;
    json_fault fault = {0};
    buffer once = {0}, twice = {0};
    if (json_read(&a, source, &d, &fault)) {
        visit(&a, &d);
        uint32_t node = 0;
        json_follow(&d, source, &node);
        require(json_canonical(&a, source, &once, &fault));
        require(json_canonical(&a, buffer_view(&once), &twice, &fault));
        require(text_equal(buffer_view(&once), buffer_view(&twice)));
    } else {
        require(fault.message && fault.offset <= n);
    }
    buffer_release(&once);
    buffer_release(&twice);
    arena_release(&a);
    return 0;
}
