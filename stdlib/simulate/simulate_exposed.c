/* simulate_exposed.c: what modern's answers hold in clear text that legacy's do not (comply.h): a
 * card number that legacy masked, a birth date that it left out.
 *
 * Only certain findings count, and only beyond those in the legacy answers of the same documents: a
 * claim has a patient in both. That legacy shows as much is no fault of the migration; `ferry
 * inspect --scan` says it of a file.
 */
#include "stdlib/simulate/simulate_parts.h"

#include "stdlib/comply/comply.h"
#include "stdlib/document/mask.h"

#include <string.h>

enum { EXPOSED_SHOWN = 20 };

typedef struct {
    text name;
    uint32_t certain[ID_COUNT];
} scanned;

typedef struct {
    scanned *file;
    size_t files;
} scanned_side;

static scanned_side scan_all(arena *memory, const answers *side)
{
    scanned_side out = {arena_array(memory, scanned, side->file.n), side->file.n};
    arena a = {0};
    for (size_t i = 0; i < out.files; i++) {
        document_file f;
        comply_report report;
        document_read_data(&a, side->file.p[i].name, side->file.p[i].bytes, KIND_UNKNOWN, NULL, &f);
        comply_scan(&a, &f, &report);
        out.file[i].name = side->file.p[i].name;
        memcpy(out.file[i].certain, report.certain, sizeof report.certain);
        arena_clear(&a);
    }
    arena_release(&a);
    return out;
}

static const scanned *scanned_of(const scanned_side *s, text name)
{
    for (size_t i = 0; name.p && i < s->files; i++)
        if (text_equal(s->file[i].name, name))
            return &s->file[i];
    return NULL;
}

/* Of one modern file: takes off what the legacy files of its documents have. */
static void take_off(const scanned_side *legacy, const compare_result *c, text modern,
                     uint32_t left[ID_COUNT])
{
    const scanned *last = NULL;
    for (size_t i = 0; i < c->pairs; i++) {
        if (!c->pair[i].modern_name.p || !text_equal(c->pair[i].modern_name, modern))
            continue;
        const scanned *l = scanned_of(legacy, c->pair[i].legacy_name);
        for (int id = 0; l && l != last && id < ID_COUNT; id++)
            left[id] -= left[id] < l->certain[id] ? left[id] : l->certain[id];
        last = l ? l : last;
    }
}

static bool is_paired(const compare_result *c, text modern)
{
    for (size_t i = 0; i < c->pairs; i++)
        if (c->pair[i].modern_name.p && text_equal(c->pair[i].modern_name, modern))
            return true;
    return false;
}

uint64_t simulate_exposed(arena *memory, const answers side[SIDES], const compare_result *c,
                          json_writer *w)
{
    scanned_side legacy = scan_all(memory, &side[0]), modern = scan_all(memory, &side[1]);
    uint64_t all = 0, shown = 0;
    json_array(w);
    for (size_t i = 0; i < modern.files; i++) {
        uint32_t left[ID_COUNT];
        memcpy(left, modern.file[i].certain, sizeof left);
        if (!is_paired(c, modern.file[i].name)) /* at the edge of live traffic */
            continue;
        take_off(&legacy, c, modern.file[i].name, left);
        for (int id = 0; id < ID_COUNT; id++) {
            all += left[id];
            if (!left[id] || shown++ >= EXPOSED_SHOWN)
                continue;
            json_object(w);
            json_add_int(w, "count", left[id]);
            json_add_text(w, "file", mask_text(memory, modern.file[i].name));
            json_add_cstr(w, "rule", identifier_of((identifier)id)->code);
            json_object_end(w);
        }
    }
    json_array_end(w);
    return all;
}
