/* gate.c: decisions, and the gate that makes one over values that were read before: a requirement,
 * or which side of a branch is taken. Neither is ever decided by what is not available. */
#include "vm/state.h"

static json_writer decision_open(vm *m, buffer *b, uint32_t site, const char *what,
                                 const char *verdict, text path, text why)
{
    const image_site *s = site < m->image->site_count ? &m->image->sites[site] : NULL;
    json_writer w = output_open(b);
    json_add_text(&w, "path", path);
    json_add_cstr(&w, "what", what);
    json_add_cstr(&w, "verdict", verdict);
    json_add_text(&w, "wanted",
                  s && s->wanted != NO_INDEX ? image_text(m->image, s->wanted) : TEXT(""));
    json_add_text(&w, "why", why);
    return w;
}

void decision(vm *m, fiber *f, uint32_t site, const char *what, const char *verdict, text path,
              const int64_t *args, const heap *h, text why)
{
    buffer b;
    json_writer w = decision_open(m, &b, site, what, verdict, path, why);
    json_put_key(&w, "values");
    if (site < m->image->site_count && args) {
        put_values(m, f, &w, &m->image->sites[site], args, h);
    } else {
        json_object(&w);
        json_object_end(&w);
    }
    json_object_end(&w);
    output_event(m, f, EVENT_DECISION, site, &b);
}

static void put_member(vm *m, json_writer *w, const char *key, const char *name, instant otherwise)
{
    uint32_t node = json_member(&m->command, 0, text_of(name));
    json_put_key(w, key);
    if (node)
        json_put_raw(w, json_raw(&m->command, node));
    else if (otherwise != QUANTITY_NONE)
        json_put_int(w, otherwise);
    else
        json_put_null(w);
}

/* Who did it and when, and who wrote it down and when, are four facts. Done and written down at
 * once, unless it was said otherwise. */
void decision_said(vm *m, fiber *f, uint32_t site, const char *what, const char *verdict, text path,
                   text why)
{
    buffer b;
    json_writer w = decision_open(m, &b, site, what, verdict, path, why);
    json_add_object(&w, "values");
    json_object_end(&w);
    json_add_object(&w, "performed");
    put_member(m, &w, "at", "performed_at", m->now);
    put_member(m, &w, "by", "by", QUANTITY_NONE);
    json_object_end(&w);
    json_add_object(&w, "recorded");
    json_add_int(&w, "at", m->now);
    put_member(m, &w, "uid", "uid", QUANTITY_NONE);
    json_object_end(&w);
    put_member(m, &w, "evidence", "evidence", QUANTITY_NONE);
    json_object_end(&w);
    output_event(m, f, EVENT_DECISION, site, &b);
}

static go gate_decide(vm *m, fiber *f, activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    int64_t args[ARGUMENTS], verdict = QUANTITY_NA;
    act_args(m, f, a, 0, args);
    if (exec_pure(&m->exec, s->check, args, s->captures, &verdict, &f->x.heap) != EXEC_RETURNED)
        verdict = QUANTITY_NA;
    bool assumed = verdict == QUANTITY_NA && untold(m, f);
    verdict = untold_else(m, f, verdict, true);
    text path = site_path(m, f, a->site), title = site_title(m, f, s, args);
    static const char *const names[2][2] = {{"fail", "pass"}, {"not taken", "taken"}};
    bool branch = s->action == GATE_BRANCH, known = verdict == 0 || verdict == 1;
    text why = assumed ? TEXT("assumed: nobody tells what it reads") : title;
    decision(m, f, a->site, branch ? "branch" : "gate",
             known ? names[branch][verdict] : "not available", path, args, &f->x.heap,
             verdict == 1 && !assumed ? TEXT("") : why);
    if (verdict == 1 || (branch && known))
        return GO_POP;
    fiber_why(f, "%.*s",
              TEXT_ARG(title.n  ? title
                       : branch ? TEXT("what a branch hangs on is not available")
                                : TEXT("a requirement does not hold")));
    if (verdict == 0)
        return GO_FAIL;
    a->phase = 1;
    return question_ask(m, f, a->site, ANSWER(REPLY_RETRY) | ANSWER(REPLY_ROLLBACK), "gate",
                        branch ? TEXT("what a branch hangs on is not available")
                               : TEXT("what a requirement needs is not available"));
}

go act_gate(vm *m, fiber *f, activity *a, cause c)
{
    if (a->phase == 0 && fiber_held(m, f)) {
        a->awaits = AWAIT_RESUME;
        return GO_WAIT;
    }
    if (a->phase == 1 && f->reply != REPLY_RETRY)
        return GO_FAIL;
    return gate_decide(m, f, a);
}
