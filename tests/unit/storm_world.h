/* storm_world.h: the model world of the storm: named cells, and what requests do to them.
 *
 * The world is honest: a read gives what stands, a probe tells whether a key was performed, or
 * nothing. It counts what each key did, so that a write performed twice shows.
 */
#ifndef FERRY_TESTS_STORM_WORLD_H
#define FERRY_TESTS_STORM_WORLD_H

#include "unit.h"

#include "base/hash.h"
#include "vm/vm.h"

#include <stdio.h>

enum { CELLS = 32, VALUE = 64, DEEDS = 4096 };

typedef struct {
    char name[24], value[VALUE], initial[VALUE]; /* "" where there is nothing */
} storm_cell;

/* What became of one key. */
typedef struct {
    sha256 key;
    text path;
    unsigned times;
    bool licence; /* it was decided that it may be performed once more */
    bool forward;
    storm_cell *cell[2];
    char before[2][VALUE]; /* when it was first performed */
} storm_deed;

typedef struct {
    storm_cell cells[CELLS];
    unsigned count;
    storm_deed deeds[DEEDS];
    unsigned done;
} storm_world;

typedef struct {
    json_document d;
    text operation, path;
    uint32_t arguments;
} storm_request;

static inline storm_request request_parse(arena *a, text request)
{
    storm_request r = {0};
    assert_true(json_read(a, request, &r.d, NULL));
    r.operation = json_text(a, &r.d, json_member(&r.d, 0, TEXT("operation")));
    r.path = json_text(a, &r.d, json_member(&r.d, 0, TEXT("path")));
    r.arguments = json_member(&r.d, 0, TEXT("arguments"));
    return r;
}

static inline storm_cell *cell_at(storm_world *w, const char *kind, text name)
{
    char full[24];
    snprintf(full, sizeof full, "%s/%.*s", kind, TEXT_ARG(name));
    for (unsigned k = 0; k < w->count; k++)
        if (!strcmp(w->cells[k].name, full))
            return &w->cells[k];
    assert_true(w->count < CELLS);
    storm_cell *c = &w->cells[w->count++];
    *c = (storm_cell){0};
    memcpy(c->name, full, sizeof full);
    return c;
}

static inline void cell_put(storm_cell *c, text value)
{
    assert_true(value.n < VALUE);
    memset(c->value, 0, VALUE);
    memcpy(c->value, value.p, value.n);
}

static inline text argument(arena *a, const storm_request *r, const char *name)
{
    uint32_t node = json_member(&r->d, r->arguments, text_of(name));
    return node ? json_text(a, &r->d, node) : TEXT("");
}

static inline text argv_at(arena *a, const storm_request *r, uint32_t index)
{
    uint32_t list = json_member(&r->d, r->arguments, TEXT("argv"));
    uint32_t node = json_element(&r->d, list, index);
    return node ? json_text(a, &r->d, node) : TEXT("");
}

static inline storm_deed *deed_of(storm_world *w, const sha256 *key)
{
    for (unsigned k = 0; k < w->done; k++)
        if (sha256_equal(&w->deeds[k].key, key))
            return &w->deeds[k];
    return NULL;
}

static inline storm_deed *deed_new(storm_world *w, const sha256 *key, text path, bool forward)
{
    storm_deed *d = deed_of(w, key);
    if (d)
        return d;
    assert_true(w->done < DEEDS);
    d = &w->deeds[w->done++];
    *d = (storm_deed){.key = *key, .path = path, .forward = forward};
    return d;
}

/* The cells a write touches. */
static inline unsigned cells_of(storm_world *w, arena *a, const storm_request *r,
                                storm_cell *cell[2])
{
    if (text_is(r->operation, "exec.run")) {
        cell[0] = cell_at(w, "x", argv_at(a, r, 1));
        return 1;
    }
    if (text_is(r->operation, "dir.move")) {
        cell[0] = cell_at(w, "f", argument(a, r, "from"));
        cell[1] = cell_at(w, "f", argument(a, r, "to"));
        return 2;
    }
    cell[0] = cell_at(w, "f", argument(a, r, "path"));
    return 1;
}

/* false: the world itself refuses. */
static inline bool write_apply(arena *a, const storm_request *r, storm_cell *cell[2])
{
    if (text_is(r->operation, "exec.run")) {
        cell_put(cell[0], argv_at(a, r, 2));
    } else if (text_is(r->operation, "dir.remove")) {
        cell_put(cell[0], TEXT(""));
    } else if (text_is(r->operation, "dir.move")) {
        if (!cell[0]->value[0] || cell[1]->value[0])
            return false;
        cell_put(cell[1], text_of(cell[0]->value));
        cell_put(cell[0], TEXT(""));
    } else {
        uint32_t json = json_member(&r->d, r->arguments, TEXT("json"));
        cell_put(cell[0], json ? json_raw(&r->d, json)
                               : json_raw(&r->d, json_member(&r->d, r->arguments, TEXT("text"))));
    }
    return true;
}

/* Performs a write. NULL, or what is wrong with it. `refused` when the world itself refuses. */
static inline const char *write_perform(storm_world *w, arena *a, const storm_request *r,
                                        storm_deed *d, bool *refused)
{
    storm_cell *cell[2];
    char before[2][VALUE];
    unsigned n = cells_of(w, a, r, cell);
    bool changed = false;
    for (unsigned k = 0; k < n; k++)
        memcpy(before[k], cell[k]->value, VALUE);
    *refused = !write_apply(a, r, cell);
    if (*refused)
        return NULL;
    for (unsigned k = 0; k < n; k++) {
        changed |= strcmp(before[k], cell[k]->value) != 0;
        if (!d->times) {
            d->cell[k] = cell[k];
            memcpy(d->before[k], before[k], VALUE);
        }
    }
    bool twice = d->times && (changed || text_is(r->operation, "exec.run")) && !d->licence;
    d->times++;
    d->licence = false;
    return twice ? "performed twice, and nobody decided that" : NULL;
}

/* What a read finds, as a JSON object; false where there is nothing. */
static inline bool read_world(storm_world *w, arena *a, const storm_request *r, unsigned rate,
                              buffer *out)
{
    if (text_is(r->operation, "exec.ask")) {
        text verb = argv_at(a, r, 0);
        if (text_is(verb, "load")) {
            buffer_printf(out, "{\"status\":0,\"json\":{\"rate\":0.%02u}}", rate);
        } else if (text_is(verb, "get")) {
            buffer_printf(out, "{\"status\":0,\"json\":{\"v\":\"%s\"}}",
                          cell_at(w, "x", argv_at(a, r, 1))->value);
        } else {
            char hex[65];
            const storm_deed *found = NULL;
            for (unsigned k = 0; k < w->done && !found; k++) {
                sha256_hex(&w->deeds[k].key, hex);
                if (w->deeds[k].times && text_is(argv_at(a, r, 1), hex))
                    found = &w->deeds[k];
            }
            if (!found)
                return false;
            buffer_cstr(out, "{\"status\":0,\"json\":{\"v\":\"new\"}}");
        }
        return true;
    }
    const storm_cell *c = cell_at(w, "f", argument(a, r, "path"));
    if (text_is(r->operation, "dir.stat")) {
        buffer_printf(out, "{\"exists\":%s}", c->value[0] ? "true" : "false");
        return true;
    }
    buffer_printf(out, "{\"json\":%s}", c->value);
    return c->value[0] != 0;
}

/* The values of a shape. */
static inline text project(arena *a, const storm_request *r, text found)
{
    json_document d;
    buffer b;
    uint32_t shape = json_member(&r->d, 0, TEXT("shape"));
    buffer_init(&b);
    assert_true(json_read(a, found, &d, NULL));
    for (uint32_t k = 0; k < r->d.node[shape].count; k++) {
        uint32_t field = json_element(&r->d, shape, k), node = 0;
        text path = json_text(a, &r->d, json_element(&r->d, field, 0));
        if (k)
            buffer_char(&b, ',');
        buffer_text(&b, json_follow(&d, path, &node) ? json_raw(&d, node) : TEXT("null"));
    }
    text t = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return t;
}

#endif
