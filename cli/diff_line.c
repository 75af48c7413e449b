/* diff_line.c: two lines that are one and the same, and lines that came or went. */
#include "cli/diff.h"
#include "cli/plan_rows.h"

#include <ctype.h>
#include <string.h>

static diff_verdict opposite(diff_verdict v)
{
    return v == DIFF_WEAKER ? DIFF_SAFER : v == DIFF_SAFER ? DIFF_WEAKER : v;
}

static const char *kind_word(plan_kind k)
{
    static const char *const words[] = {[PLAN_STEP] = "step",
                                        [PLAN_TASK] = "task",
                                        [PLAN_APPROVE] = "approval",
                                        [PLAN_REQUIRE] = "gate",
                                        [PLAN_SIMULATE] = "simulation",
                                        [PLAN_OBSERVE] = "watch",
                                        [PLAN_WAIT] = "wait",
                                        [PLAN_NOTIFY] = "message",
                                        [PLAN_TRIGGER] = "trigger",
                                        [PLAN_PHASE] = "phase",
                                        [PLAN_READ] = "read"};
    return (size_t)k < sizeof words / sizeof *words && words[k] ? words[k] : "block";
}

/* What a line is, in a few words, where it came or went. */
static text shown(cli *c, const plan_line *l)
{
    text words = l->kind == PLAN_REQUIRE ? l->what : plan_words(l);
    if (l->kind != PLAN_TRIGGER)
        return words;
    return text_format(&c->memory, "%.*s when %.*s%.*s", TEXT_ARG(l->name), TEXT_ARG(l->what),
                       TEXT_ARG(plan_length(c, " for ", l->low ? l->low : QUANTITY_NONE)));
}

void diff_alone(diff_list *d, const program *p, const plan_line *l, bool came)
{
    bool guard = l->kind == PLAN_REQUIRE || l->kind == PLAN_APPROVE || l->kind == PLAN_SIMULATE ||
                 l->kind == PLAN_OBSERVE || l->kind == PLAN_TRIGGER;
    diff_verdict v = !guard ? DIFF_CHANGED : came ? DIFF_SAFER : DIFF_WEAKER;
    text words = shown(d->c, l);
    diff_add(d, v, p, l, kind_word(l->kind), came ? TEXT("") : words, came ? words : TEXT(""));
}

/* --- conditions ----------------------------------------------------------------------------------
 */

static bool joined_by(text t, const char *word)
{
    text mark = text_of(word);
    for (size_t i = 0; i + mark.n <= t.n; i++)
        if (text_equal(text_slice(t, i, i + mark.n), mark))
            return true;
    return false;
}

/* One more part that must hold, too, or that may hold instead: the direction for a gate. False
 * where both joints occur, since one binds tighter. */
static bool part_added(text was, text is, diff_verdict *for_gate)
{
    const char *joint = joined_by(is, " and ") ? " and " : " or ";
    if (joined_by(is, " and ") && joined_by(is, " or "))
        return false;
    text rest = text_starts(is, was) ? text_slice(is, was.n, is.n) : (text){0};
    *for_gate = joint[1] == 'a' ? DIFF_SAFER : DIFF_WEAKER;
    return text_starts(rest, text_of(joint));
}

/* `fires`: it is a trigger, whose condition is weaker where a gate's would be safer. */
static void condition(diff_list *d, const program *p, const plan_line *a, const plan_line *b,
                      const char *what, bool fires)
{
    diff_verdict v;
    text was, is;
    if (text_equal(a->what, b->what))
        return;
    if (!diff_limit(a->what, b->what, &v, &was, &is)) {
        if (part_added(b->what, a->what, &v))
            v = opposite(v);
        else if (!part_added(a->what, b->what, &v))
            v = DIFF_CHANGED;
        diff_add(d, fires ? opposite(v) : v, p, b, what, a->what, b->what);
        return;
    }
    text about = text_format(&d->c->memory, "%s %.*s", what, TEXT_ARG(b->what));
    diff_add(d, fires ? opposite(v) : v, p, b, about.p, was, is);
}

static int verb_rank(text verb)
{
    return text_is(verb, "rollback") ? 2 : text_is(verb, "pause") ? 1 : 0;
}

static void span_of(diff_list *d, const program *p, const plan_line *a, const plan_line *b,
                    const char *what, duration was, duration is, diff_verdict longer)
{
    if (was == is)
        return;
    bool told = was != QUANTITY_NONE && is != QUANTITY_NONE;
    (void)a;
    diff_add(d,
             !told      ? DIFF_CHANGED
             : is > was ? longer
                        : opposite(longer),
             p, b, what, plan_length(d->c, "", was), plan_length(d->c, "", is));
}

static void trigger(diff_list *d, const program *p, const plan_line *a, const plan_line *b)
{
    int was = verb_rank(a->name), is = verb_rank(b->name);
    if (was != is)
        diff_add(d, is < was ? DIFF_WEAKER : DIFF_SAFER, p, b, "what a trigger does", a->name,
                 b->name);
    text head = text_format(&d->c->memory, "%.*s when", TEXT_ARG(b->name));
    condition(d, p, a, b, head.p, true);
    span_of(d, p, a, b, "for how long it must hold", a->low, b->low, DIFF_WEAKER);
}

/* --- fields --------------------------------------------------------------------------------------
 */

static size_t elements(text list)
{
    size_t n = 0, depth = 0;
    for (size_t i = 0; i < list.n; i++) {
        depth += strchr("([{", list.p[i]) != NULL;
        depth -= strchr(")]}", list.p[i]) != NULL;
        n += depth == 1 &&
             (list.p[i] == ',' || (list.p[i] == '[' && list.n > i + 1 && list.p[i + 1] != ']'));
    }
    return n;
}

/* Whether it matters that a field came or went, or how a length has changed. */
typedef enum {
    FIELD_PLAIN,
    FIELD_GUARD,
    FIELD_LONGER_SAFER,
    FIELD_MORE_WEAKER,
    FIELD_TIME
} field_role;

static field_role role_of(text name)
{
    static const struct {
        const char *name;
        field_role role;
    } known[] = {
        {"check", FIELD_GUARD},     {"find", FIELD_GUARD},         {"evidence", FIELD_GUARD},
        {"constrain", FIELD_PLAIN}, {"ignore", FIELD_MORE_WEAKER}, {"holding", FIELD_LONGER_SAFER},
        {"every", FIELD_PLAIN},     {"timeout", FIELD_TIME},       {"retry", FIELD_TIME},
        {"estimate", FIELD_TIME},   {"deadline", FIELD_TIME},      {"interval", FIELD_TIME},
        {"due", FIELD_TIME},        {"remind", FIELD_TIME}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_is(name, known[i].name))
            return known[i].role;
    return FIELD_PLAIN;
}

static diff_verdict field_verdict(text name, text was, text is)
{
    int64_t x, y;
    switch (role_of(name)) {
    case FIELD_TIME: return DIFF_TIME;
    case FIELD_GUARD: return !is.n ? DIFF_WEAKER : !was.n ? DIFF_SAFER : DIFF_CHANGED;
    case FIELD_MORE_WEAKER:
        return elements(is) > elements(was)   ? DIFF_WEAKER
               : elements(is) < elements(was) ? DIFF_SAFER
                                              : DIFF_CHANGED;
    case FIELD_LONGER_SAFER:
        x = y = 0;
        if ((was.n && !duration_read(was, &x)) || (is.n && !duration_read(is, &y)))
            return DIFF_CHANGED;
        return y > x ? DIFF_SAFER : DIFF_WEAKER;
    case FIELD_PLAIN: break;
    }
    if (!text_is(name, "on failure"))
        return DIFF_CHANGED;
    return text_is(is, "skip") ? DIFF_WEAKER : text_is(was, "skip") ? DIFF_SAFER : DIFF_CHANGED;
}

/* The way back is told by itself, with the kinds it can be of. */
static bool told_apart(const plan_line *l, text name)
{
    bool back = text_is(name, "undo") || text_is(name, "irreversible") || text_is(name, "expires");
    return (back && (l->kind == PLAN_STEP || l->kind == PLAN_TASK)) ||
           (text_is(name, "condition") && l->kind == PLAN_WAIT);
}

static void fields(diff_list *d, const program *p, const plan_line *a, const plan_line *b)
{
    for (size_t i = 0; i < b->field_count; i++) {
        text name = b->fields[i].name, was = plan_field_of(a, text_copy(&d->c->memory, name).p);
        if (!told_apart(b, name) && !text_equal(was, b->fields[i].value))
            diff_add(d, field_verdict(name, was, b->fields[i].value), p, b,
                     text_copy(&d->c->memory, name).p, was, b->fields[i].value);
    }
    for (size_t i = 0; i < a->field_count; i++) {
        text name = text_copy(&d->c->memory, a->fields[i].name);
        if (!told_apart(a, name) && !plan_field_of(b, name.p).n)
            diff_add(d, field_verdict(name, a->fields[i].value, TEXT("")), p, b, name.p,
                     a->fields[i].value, TEXT(""));
    }
}

/* --- the way back --------------------------------------------------------------------------------
 */

static text back_text(cli *c, const plan_line *l)
{
    switch (l->back_kind) {
    case BACK_NONE: return text_format(&c->memory, "none: %.*s", TEXT_ARG(l->back));
    case BACK_SEALED: return text_format(&c->memory, "irreversible: %.*s", TEXT_ARG(l->back));
    case BACK_PEOPLE: return text_format(&c->memory, "by hand: %.*s", TEXT_ARG(l->back));
    default: return l->back;
    }
}

static int back_rank(plan_back k)
{
    return k == BACK_UNDO ? 3 : k == BACK_PEOPLE ? 2 : k == BACK_NONE ? 1 : 0;
}

static void way_back(diff_list *d, const program *p, const plan_line *a, const plan_line *b)
{
    int was = back_rank(a->back_kind), is = back_rank(b->back_kind);
    if (was != is || !text_equal(a->back, b->back))
        diff_add(d,
                 is < was   ? DIFF_WEAKER
                 : is > was ? DIFF_SAFER
                            : DIFF_CHANGED,
                 p, b, "way back", back_text(d->c, a), back_text(d->c, b));
    if (a->expires == b->expires)
        return;
    bool shorter =
        a->expires == QUANTITY_NONE || (b->expires != QUANTITY_NONE && b->expires < a->expires);
    diff_add(d, shorter ? DIFF_WEAKER : DIFF_SAFER, p, b, "how long the way back lasts",
             plan_length(d->c, "", a->expires), plan_length(d->c, "", b->expires));
}

/* --- votes ---------------------------------------------------------------------------------------
 */

/* "2 of change_board, lead": 3. */
static long votes_of(text who)
{
    long n = 0;
    for (size_t i = 0; i < who.n;) {
        while (i < who.n && who.p[i] == ' ')
            i++;
        long own = 0;
        while (i < who.n && isdigit((unsigned char)who.p[i]))
            own = own * 10 + (who.p[i++] - '0');
        n += own ? own : 1;
        while (i < who.n && who.p[i++] != ',')
            continue;
    }
    return n;
}

static void who(diff_list *d, const program *p, const plan_line *a, const plan_line *b)
{
    if (text_equal(a->who, b->who))
        return;
    long was = votes_of(a->who), is = votes_of(b->who);
    bool votes = b->kind == PLAN_APPROVE && was != is;
    diff_add(d,
             !votes     ? DIFF_CHANGED
             : is < was ? DIFF_WEAKER
                        : DIFF_SAFER,
             p, b, votes ? "votes" : "who", a->who, b->who);
}

/* --- a line --------------------------------------------------------------------------------------
 */

static void phase(diff_list *d, const program *p, const plan_line *a, const plan_line *b)
{
    if (!text_equal(a->window, b->window))
        diff_add(d,
                 !b->window.n   ? DIFF_WEAKER
                 : !a->window.n ? DIFF_SAFER
                                : DIFF_CHANGED,
                 p, b, "window it waits for", a->window, b->window);
}

void diff_line(diff_list *d, const program *p, const plan_line *a, const plan_line *b)
{
    size_t before = d->changes.n;
    if (!text_equal(a->title, b->title))
        diff_add(d, DIFF_CHANGED, p, b, "title", a->title, b->title);
    who(d, p, a, b);
    if (a->kind != b->kind)
        return;
    switch (b->kind) {
    case PLAN_REQUIRE: condition(d, p, a, b, "require", false); break;
    case PLAN_TRIGGER: trigger(d, p, a, b); break;
    case PLAN_OBSERVE:
        condition(d, p, a, b, "what is watched", false);
        span_of(d, p, a, b, "how long it is watched", a->low, b->low, DIFF_SAFER);
        break;
    case PLAN_WAIT: condition(d, p, a, b, "wait until", false); break;
    case PLAN_APPROVE:
        span_of(d, p, a, b, "time for the answer", a->worst, b->worst, DIFF_TIME);
        break;
    case PLAN_PHASE: phase(d, p, a, b); break;
    case PLAN_STEP:
    case PLAN_TASK: way_back(d, p, a, b); break;
    default: break;
    }
    fields(d, p, a, b);
    if (d->changes.n != before)
        return;
    d->steps += b->kind == PLAN_STEP;
    d->tasks += b->kind == PLAN_TASK;
    d->gates += b->kind == PLAN_REQUIRE || b->kind == PLAN_SIMULATE;
    d->votes += b->kind == PLAN_APPROVE;
    d->watches += b->kind == PLAN_OBSERVE || b->kind == PLAN_TRIGGER;
}
