/* render_plan_json.c: a plan as JSON. Durations are written as the language writes them ("1h30m"),
 * null where nothing is known; `likely` and `latest` are instants inside a window, else durations
 * since the start of the run. */
#include "cli/render_plan.h"

static const char *const kinds[] = {
    [PLAN_PHASE] = "phase",     [PLAN_APPLY] = "apply",     [PLAN_EACH] = "each",
    [PLAN_ELEMENT] = "element", [PLAN_STEP] = "step",       [PLAN_TASK] = "task",
    [PLAN_APPROVE] = "approve", [PLAN_REQUIRE] = "require", [PLAN_SIMULATE] = "simulate",
    [PLAN_OBSERVE] = "observe", [PLAN_WAIT] = "wait",       [PLAN_NOTIFY] = "notify",
    [PLAN_TRIGGER] = "trigger", [PLAN_READ] = "read",       [PLAN_BRANCH] = "branch"};
static const char *const backs[] = {[BACK_NOTHING] = "nothing",
                                    [BACK_UNDO] = "undo",
                                    [BACK_NONE] = "none",
                                    [BACK_SEALED] = "irreversible",
                                    [BACK_PEOPLE] = "people"};

static void put_duration(json_writer *w, const char *key, duration d)
{
    json_put_key(w, key);
    if (d == QUANTITY_NONE || d == QUANTITY_NA) {
        json_put_null(w);
        return;
    }
    buffer b = {0};
    if (d < 0)
        buffer_char(&b, '-');
    duration_write(&b, d < 0 ? -d : d);
    json_put_text(w, buffer_view(&b));
    buffer_release(&b);
}

static void put_instant(json_writer *w, const char *key, bool known, instant t)
{
    json_put_key(w, key);
    if (!known) {
        json_put_null(w);
        return;
    }
    buffer b = {0};
    instant_write_iso(&b, t);
    json_put_text(w, buffer_view(&b));
    buffer_release(&b);
}

static void put_window(json_writer *w, const planned_window *p)
{
    json_object(w);
    json_add_text(w, "name", p->window->name);
    json_add_text(w, "rule", p->window->rule);
    json_add_text(w, "zone", p->window->zone);
    put_instant(w, "start", p->known, p->span.start);
    put_instant(w, "end", p->known, p->span.end);
    put_duration(w, "length", p->known ? p->span.end - p->span.start : QUANTITY_NONE);
    put_duration(w, "shortest", p->window->shortest);
    put_duration(w, "forward", p->forward);
    put_duration(w, "watch", p->watch);
    put_duration(w, "back", p->back);
    put_duration(w, "spare", p->spare);
    json_add_bool(w, "used", p->used);
    json_add_bool(w, "fits", p->fits);
    put_instant(w, "turn_back_by", p->known && p->used, p->turn_back_by);
    put_instant(w, "no_return_after", p->expiring != NULL, p->no_return);
    json_object_end(w);
}

static void put_time(json_writer *w, const char *key, const planned_line *p, duration since)
{
    if (!p->timed)
        put_duration(w, key, QUANTITY_NONE);
    else if (p->window && p->window->known)
        put_instant(w, key, true, p->window->span.start + since);
    else
        put_duration(w, key, since);
}

static void put_fields(json_writer *w, const plan_field *f, size_t n)
{
    json_add_object(w, "fields");
    for (size_t i = 0; i < n; i++) {
        json_put_key_text(w, f[i].name);
        json_put_text(w, f[i].value);
    }
    json_object_end(w);
}

static void put_line(json_writer *w, const program *p, const plan_migration *m, const plan_line *l,
                     const planned_line *at)
{
    place where = source_place(&p->sources, l->at);
    json_object(w);
    json_add_cstr(w, "kind", kinds[l->kind]);
    json_add_int(w, "depth", l->depth);
    json_add_text(w, "path", l->path);
    json_add_text(w, "name", l->name);
    json_add_text(w, "title", l->title);
    json_add_text(w, "what", l->what);
    put_fields(w, l->fields, l->field_count);
    json_add_text(w, "who", l->who);
    json_add_text(w, "window", l->window);
    if (l->beside) { /* then it has others beside it, and these before it */
        json_add_array(w, "after");
        for (size_t i = 0; i < l->wait_count; i++)
            json_put_text(w, m->lines[l->waits[i]].name);
        json_array_end(w);
    }
    json_add_cstr(w, "back", backs[l->back_kind]);
    json_add_text(w, "back_text", l->back);
    put_duration(w, "low", l->low);
    put_duration(w, "high", l->high);
    put_duration(w, "worst", l->worst);
    put_duration(w, "worst_back", l->worst_back);
    put_duration(w, "expires", l->expires);
    if (at->due != QUANTITY_NONE)
        put_instant(w, "due", true, at->due);
    json_put_key(w, "count");
    if (l->count < 0)
        json_put_null(w);
    else
        json_put_int(w, l->count);
    json_add_int(w, "lanes", l->lanes);
    json_add_text(w, "by", l->by);
    json_add_bool(w, "alternative", l->alternative);
    json_add_bool(w, "uncertain", l->uncertain);
    put_time(w, "likely", at, at->likely);
    put_time(w, "latest", at, at->latest);
    json_add_text(w, "file", where.file ? where.file->name : (text){0});
    json_add_int(w, "line", where.file ? where.line : 0);
    json_object_end(w);
}

static void put_person(json_writer *w, const plan_person *p)
{
    json_object(w);
    json_add_text(w, "role", p->role);
    json_add_text(w, "title", p->title);
    json_add_text(w, "phone", p->phone);
    json_add_array(w, "members");
    for (size_t i = 0; i < p->member_count; i++)
        json_put_text(w, p->members[i]);
    json_array_end(w);
    json_add_bool(w, "alarm", p->alarmed);
    json_add_text(w, "hours", p->hours);
    json_add_text(w, "deputy", p->deputy);
    put_duration(w, "page", p->page);
    json_add_text(w, "reached", p->reached);
    json_add_bool(w, "outside", p->outside);
    json_object_end(w);
}

#define EACH(w, key, count, put)                                                                   \
    json_put_key(w, key);                                                                          \
    json_array(w);                                                                                 \
    for (size_t i = 0; i < (count); i++)                                                           \
        put;                                                                                       \
    json_array_end(w)

static void put_freeze(json_writer *w, const plan_freeze *f)
{
    json_object(w);
    json_add_text(w, "from", f->from);
    json_add_text(w, "to", f->to);
    json_add_text(w, "zone", f->zone);
    json_add_text(w, "why", f->why);
    json_object_end(w);
}

static void put_resource(json_writer *w, const plan_resource *r)
{
    json_object(w);
    json_add_text(w, "name", r->name);
    json_add_text(w, "title", r->title);
    json_add_int(w, "capacity", r->capacity);
    json_object_end(w);
}

void render_plan_json(json_writer *w, const plan_page *page)
{
    const program *p = page->of;
    const planned *plan = page->plan;
    char hex[65 + 7] = "sha256:";
    const plan_migration *m = plan->migration;
    sha256_hex(&p->image->hash, hex + 7);
    json_object(w);
    json_add_text(w, "name", m->name);
    json_add_text(w, "title", m->title);
    json_add_text(w, "customer", m->customer);
    json_add_cstr(w, "program", hex);
    json_add_text(w, "git", page->git);
    put_fields(w, m->fields, m->field_count);
    put_duration(w, "worst", m->worst);
    put_duration(w, "worst_back", m->worst_back);
    json_add_bool(w, "fits", plan->fits);
    EACH(w, "windows", m->window_count, put_window(w, &plan->window[i]));
    EACH(w, "lines", m->line_count, put_line(w, p, m, &m->lines[i], &plan->line[i]));
    EACH(w, "freezes", m->freeze_count, put_freeze(w, &m->freezes[i]));
    EACH(w, "resources", m->resource_count, put_resource(w, &m->resources[i]));
    EACH(w, "people", m->person_count, put_person(w, &m->people[i]));
    EACH(w, "left_out", m->lost_count, json_put_text(w, m->lost[i]));
    EACH(w, "not_proved", m->not_proved_count, json_put_text(w, m->not_proved[i]));
    json_object_end(w);
}
