/* board.c: the named places of a run and their state, as people speak of them.
 *
 * One row for each path that was ever marked, in the order of first sight; the last mark counts. It
 * serves status and the words people use to point at things; the machine decides nothing by it.
 */
#include "vm/state.h"

static const char *const names[MARK_COUNT] = {
    [MARK_ENTERED] = "entered",     [MARK_STARTED] = "started",         [MARK_FOUND] = "found",
    [MARK_DONE] = "done",           [MARK_FAILED] = "failed",           [MARK_SKIPPED] = "skipped",
    [MARK_UNDOING] = "undoing",     [MARK_UNDONE] = "undone",           [MARK_LEFT] = "left",
    [MARK_STUCK] = "stuck",         [MARK_ROLLED_BACK] = "rolled_back", [MARK_STOPPED] = "stopped",
    [MARK_WITHDRAWN] = "withdrawn",
};

const char *mark_name(unsigned state)
{
    return state < MARK_COUNT ? names[state] : "";
}

bool path_matches(text path, text tail)
{
    if (!text_ends(path, tail))
        return false;
    return path.n == tail.n || path.p[path.n - tail.n - 1] == '.';
}

static board_row *row_of(vm *m, uint32_t site, text path)
{
    for (size_t i = m->board.n; i-- > 0;)
        if (m->board.p[i].site == site && text_equal(buffer_view(&m->board.p[i].path), path))
            return &m->board.p[i];
    if (m->board.n >= BOARD_LIMIT)
        return NULL;
    board_row row = {.site = site};
    buffer_init(&row.path);
    buffer_init(&row.title);
    buffer_text(&row.path, path);
    vec_push(&m->board, row);
    return &vec_last(&m->board);
}

unsigned board_state(const vm *m, uint32_t site, text path)
{
    for (size_t i = m->board.n; i-- > 0;)
        if (m->board.p[i].site == site && text_equal(buffer_view(&m->board.p[i].path), path))
            return m->board.p[i].state;
    return MARK_COUNT;
}

void board_mark(vm *m, fiber *f, uint32_t site, text path, unsigned state, text title, text detail)
{
    board_row *row = row_of(m, site, path);
    if (row) {
        row->state = state;
        row->attempt = 0;
        for (size_t i = 0; i < f->acts.n; i++)
            if (f->acts.p[i].site == site)
                row->attempt = f->acts.p[i].attempt;
        if (title.n) {
            buffer_clear(&row->title);
            buffer_text(&row->title, title);
        }
    }
    buffer b;
    json_writer w = output_open(&b);
    json_add_text(&w, "path", path);
    json_add_cstr(&w, "state", mark_name(state));
    json_add_text(&w, "title", title);
    json_add_text(&w, "detail", detail);
    json_object_end(&w);
    output_event(m, f, EVENT_MARK, site, &b);
}
