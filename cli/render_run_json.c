/* render_run_json.c: a run's state for programs: as the machine tells it, instants in ISO 8601. */
#include "cli/render_run.h"

static bool is_instant_key(text key)
{
    return text_is(key, "until") || text_is(key, "since") || text_is(key, "turn_back_by") ||
           text_is(key, "due") || text_is(key, "at") || text_is(key, "start") ||
           text_is(key, "end");
}

static void copy_value(cli *c, json_writer *w, const json_document *d, uint32_t n, bool time);

static void copy_members(cli *c, json_writer *w, const json_document *d, uint32_t n)
{
    uint32_t child = n + 1;
    for (uint32_t i = 0; i < d->node[n].count; i++, child = d->node[child].next) {
        text key = json_key(&c->memory, d, child);
        json_put_key_text(w, key);
        copy_value(c, w, d, child, is_instant_key(key));
    }
}

static void copy_value(cli *c, json_writer *w, const json_document *d, uint32_t n, bool time)
{
    int64_t at;
    if (d->node[n].kind == JSON_OBJECT) {
        json_object(w);
        copy_members(c, w, d, n);
        json_object_end(w);
    } else if (d->node[n].kind == JSON_ARRAY) {
        json_array(w);
        uint32_t child = n + 1;
        for (uint32_t i = 0; i < d->node[n].count; i++, child = d->node[child].next)
            copy_value(c, w, d, child, false);
        json_array_end(w);
    } else if (time && d->node[n].kind == JSON_NUMBER &&
               decimal_read(json_raw(d, n), 0, false, &at, NULL)) {
        buffer iso = {0};
        instant_write_iso(&iso, at);
        json_put_text(w, buffer_view(&iso));
        buffer_release(&iso);
    } else {
        json_put_raw(w, json_raw(d, n));
    }
}

void render_run_json(cli *c, json_writer *w, const journal_run *run, const json_document *state)
{
    char hex[65];
    sha256_hex(&run->program, hex);
    json_add_text(w, "run", run->name);
    json_add_text(w, "migration", run->migration);
    json_add_text(w, "mode", run->mode);
    json_add_text(w, "program", text_format(&c->memory, "sha256:%s", hex));
    if (state->nodes)
        copy_members(c, w, state, 0);
}
