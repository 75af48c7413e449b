/* simulate_evidence.c: what people may look at after a simulation: which documents did not match,
 * where, and both values, masked.
 *
 * A document of JSON that stands beside the journal, since an event is a line and not a file: the
 * outcome names it by its SHA-256. `salt` keeps a digest from telling, after the document was
 * erased, what a short one said. It is bounded: what is beyond is counted.
 */
#include "stdlib/simulate/simulate_parts.h"

#include "stdlib/document/mask.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum { PAIRS_SHOWN = 200, DIFFERENCES_SHOWN = 20, VALUE_SHOWN = 200, SALT = 16 };

static text shown_value(arena *memory, text t)
{
    return t.p == NULL ? t : mask_text(memory, text_slice(t, 0, VALUE_SHOWN));
}

/* The pair with its first defects alone, as `ferry compare` writes one. */
static void put_pair(json_writer *w, const compare_pair *p, arena *memory)
{
    compare_difference few[DIFFERENCES_SHOWN];
    compare_pair shown = *p;
    shown.difference = few;
    shown.differences = 0;
    for (size_t i = 0; i < p->differences && shown.differences < DIFFERENCES_SHOWN; i++) {
        if (p->difference[i].class != CLASS_DEFECT)
            continue;
        few[shown.differences] = p->difference[i];
        few[shown.differences].legacy = shown_value(memory, p->difference[i].legacy);
        few[shown.differences].modern = shown_value(memory, p->difference[i].modern);
        shown.differences++;
    }
    shown.omitted = p->defects > shown.differences ? p->defects - shown.differences : 0;
    compare_write_pair(w, &shown);
}

static void put_salt(json_writer *w)
{
    uint8_t random[SALT];
    char hex[2 * SALT + 1];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        memset(random, 0, sizeof random);
    for (int i = 0; i < SALT; i++)
        snprintf(hex + 2 * i, 3, "%02x", random[i]);
    json_add_cstr(w, "salt", hex);
}

text simulate_evidence(const answers side[SIDES], size_t samples, const compare_result *c,
                       text exposures, arena *memory)
{
    buffer b = {0};
    json_writer w;
    size_t put = 0, beyond = 0;
    json_begin(&w, &b, 0);
    json_object(&w);
    json_add_int(&w, "format_version", 1);
    put_salt(&w);
    json_add_int(&w, "samples", (int64_t)samples);
    for (int i = 0; i < SIDES; i++)
        json_add_int(&w, i == 0 ? "legacy_failed" : "modern_failed", (int64_t)side[i].failed);
    compare_write_sums(&w, c);
    json_add_array(&w, "pairs");
    for (size_t i = 0; i < c->pairs; i++) {
        if (c->pair[i].verdict == VERDICT_MATCHED)
            continue;
        if (put == PAIRS_SHOWN) {
            beyond++;
            continue;
        }
        put_pair(&w, &c->pair[i], memory);
        put++;
    }
    json_array_end(&w);
    json_add_int(&w, "pairs_left_out", (int64_t)beyond);
    if (exposures.n) {
        json_put_key(&w, "exposures");
        json_put_raw(&w, exposures);
    }
    json_object_end(&w);
    text t = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}
