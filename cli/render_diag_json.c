/* render_diag_json.c: diagnostics in the shape of DESIGN §4 `check`. Lines and columns count from
 * 1, columns in bytes, the end exclusive; `start` and `end` of an edit are offsets in bytes of the
 * file. Where there is no place, `file` is null and the numbers are 0. */
#include "cli/render_diag.h"

static void put_file(json_writer *w, const diag_view *v, const source *file)
{
    json_put_key(w, "file");
    if (!file) {
        json_put_null(w);
        return;
    }
    buffer name = {0};
    render_file_name(&name, v, file);
    json_put_text(w, buffer_view(&name));
    buffer_release(&name);
}

static void put_place(json_writer *w, const diag_view *v, span at)
{
    place p = source_place(v->sources, at);
    put_file(w, v, p.file);
    json_add_int(w, "line", p.file ? p.line : 0);
    json_add_int(w, "column", p.file ? p.column : 0);
    json_add_int(w, "end_line", p.file ? p.end_line : 0);
    json_add_int(w, "end_column", p.file ? p.end_column : 0);
}

static void put_labels(json_writer *w, const diag_view *v, const diagnostic *g)
{
    json_add_array(w, "labels");
    for (size_t i = 0; i < g->labels.n; i++) {
        json_object(w);
        put_place(w, v, g->labels.p[i].at);
        json_add_text(w, "text", g->labels.p[i].what);
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_edit(json_writer *w, const diag_view *v, const diag_edit *e)
{
    place p = source_place(v->sources, e->at);
    json_object(w);
    put_file(w, v, p.file);
    json_add_int(w, "start", p.start);
    json_add_int(w, "end", p.end);
    json_add_text(w, "text", e->with);
    json_object_end(w);
}

static void put_helps(json_writer *w, const diag_view *v, const diagnostic *g)
{
    json_add_array(w, "help");
    for (size_t i = 0; i < g->helps.n; i++) {
        const diag_help *h = &g->helps.p[i];
        json_object(w);
        json_add_text(w, "text", h->what);
        json_add_array(w, "edits");
        for (size_t k = 0; k < h->edits.n; k++)
            put_edit(w, v, &h->edits.p[k]);
        json_array_end(w);
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_one(json_writer *w, const diag_view *v, const diagnostic *g)
{
    json_object(w);
    json_add_cstr(w, "code", diag_table[g->code].code);
    json_add_cstr(w, "level", diag_table[g->code].level == LEVEL_ERROR ? "error" : "warning");
    json_add_text(w, "message", g->message);
    put_place(w, v, g->at);
    put_labels(w, v, g);
    json_add_array(w, "notes");
    for (size_t i = 0; i < g->notes.n; i++)
        json_put_text(w, g->notes.p[i]);
    json_array_end(w);
    put_helps(w, v, g);
    json_object_end(w);
}

void render_diagnostics_json(json_writer *w, const diag_view *v, const diagnostics *d)
{
    for (size_t i = 0; i < d->list.n && i < DIAG_MOST; i++)
        put_one(w, v, d->list.p[i]);
}
