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

const char *plan_kind_word(plan_kind k)
{
    return kinds[k];
}

const char *plan_back_word(plan_back k)
{
    return backs[k];
}

static void put_text(json_writer *w, const char *key, text t)
{
    json_put_key(w, key);
    json_put_text(w, t);
}

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
    put_text(w, "name", p->window->name);
    put_text(w, "rule", p->window->rule);
    put_text(w, "zone", p->window->zone);
    put_instant(w, "start", p->known, p->span.start);
    put_instant(w, "end", p->known, p->span.end);
    put_duration(w, "length", p->known ? p->span.end - p->span.start : QUANTITY_NONE);
    put_duration(w, "shortest", p->window->shortest);
    put_duration(w, "forward", p->forward);
    put_duration(w, "watch", p->watch);
    put_duration(w, "back", p->back);
    put_duration(w, "spare", p->spare);
    json_put_key(w, "used");
    json_put_bool(w, p->used);
    json_put_key(w, "fits");
    json_put_bool(w, p->fits);
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
    json_put_key(w, "fields");
    json_object(w);
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
    put_text(w, "kind", text_of(kinds[l->kind]));
    json_put_key(w, "depth");
    json_put_int(w, l->depth);
    put_text(w, "path", l->path);
    put_text(w, "name", l->name);
    put_text(w, "title", l->title);
    put_text(w, "what", l->what);
    put_fields(w, l->fields, l->field_count);
    put_text(w, "who", l->who);
    put_text(w, "window", l->window);
    if (l->beside) { /* then it has others beside it, and these before it */
        json_put_key(w, "after");
        json_array(w);
        for (size_t i = 0; i < l->wait_count; i++)
            json_put_text(w, m->lines[l->waits[i]].name);
        json_array_end(w);
    }
    put_text(w, "back", text_of(backs[l->back_kind]));
    put_text(w, "back_text", l->back);
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
    json_put_key(w, "lanes");
    json_put_int(w, l->lanes);
    put_text(w, "by", l->by);
    json_put_key(w, "alternative");
    json_put_bool(w, l->alternative);
    json_put_key(w, "uncertain");
    json_put_bool(w, l->uncertain);
    put_time(w, "likely", at, at->likely);
    put_time(w, "latest", at, at->latest);
    put_text(w, "file", where.file ? where.file->name : (text){0});
    json_put_key(w, "line");
    json_put_int(w, where.file ? where.line : 0);
    json_object_end(w);
}

static void put_person(json_writer *w, const plan_person *p)
{
    json_object(w);
    put_text(w, "role", p->role);
    put_text(w, "title", p->title);
    put_text(w, "phone", p->phone);
    json_put_key(w, "members");
    json_array(w);
    for (size_t i = 0; i < p->member_count; i++)
        json_put_text(w, p->members[i]);
    json_array_end(w);
    json_put_key(w, "alarm");
    json_put_bool(w, p->alarmed);
    put_text(w, "hours", p->hours);
    put_text(w, "deputy", p->deputy);
    put_duration(w, "page", p->page);
    put_text(w, "reached", p->reached);
    json_put_key(w, "outside");
    json_put_bool(w, p->outside);
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
    put_text(w, "from", f->from);
    put_text(w, "to", f->to);
    put_text(w, "zone", f->zone);
    put_text(w, "why", f->why);
    json_object_end(w);
}

static void put_resource(json_writer *w, const plan_resource *r)
{
    json_object(w);
    put_text(w, "name", r->name);
    put_text(w, "title", r->title);
    json_put_key(w, "capacity");
    json_put_int(w, r->capacity);
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
    put_text(w, "name", m->name);
    put_text(w, "title", m->title);
    put_text(w, "customer", m->customer);
    put_text(w, "program", text_of(hex));
    put_text(w, "git", page->git);
    put_fields(w, m->fields, m->field_count);
    put_duration(w, "worst", m->worst);
    put_duration(w, "worst_back", m->worst_back);
    json_put_key(w, "fits");
    json_put_bool(w, plan->fits);
    EACH(w, "windows", m->window_count, put_window(w, &plan->window[i]));
    EACH(w, "lines", m->line_count, put_line(w, p, m, &m->lines[i], &plan->line[i]));
    EACH(w, "freezes", m->freeze_count, put_freeze(w, &m->freezes[i]));
    EACH(w, "resources", m->resource_count, put_resource(w, &m->resources[i]));
    EACH(w, "people", m->person_count, put_person(w, &m->people[i]));
    EACH(w, "left_out", m->lost_count, json_put_text(w, m->lost[i]));
    EACH(w, "not_proved", m->not_proved_count, json_put_text(w, m->not_proved[i]));
    json_object_end(w);
}
