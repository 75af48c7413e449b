/* window.c: WINDOW_NEXT: the window that holds or follows an instant, freezes taken out.
 *
 * Rule: {"kind":"weekly","from":[weekday, minute],"to":[weekday, minute],"zone":"Europe/Berlin"}
 * with weekday 0 = Monday; {"kind":"daily","from":[minute],"to":[minute],…}; {"kind":"dated",
 * "from":"2027-03-13 22:00","to":"…",…}. Further openings stand in "or":[{…}…]. Freezes:
 * [{"from":"2026-12-15","to":"2027-01-06","zone":…}], whole civil days, the last one included. A
 * freeze cuts a window: what is left of it are windows.
 */
#include "stdlib/connect/window.h"

#include "stdlib/connect/connect_parts.h"

#include "base/decimal.h"

enum { FREEZES = 256, WINDOWS_TRIED = 1000 };

typedef struct {
    window_rule rule;
    const zone *zone;
    interval freeze[FREEZES];
    size_t freezes;
} schedule;

static text member(arena *memory, const json_document *d, uint32_t object, const char *name)
{
    uint32_t node = json_member(d, object, text_of(name));
    return node == 0                         ? TEXT("")
           : d->node[node].kind == JSON_TEXT ? json_text(memory, d, node)
                                             : json_raw(d, node);
}

static bool whole(const json_document *d, uint32_t node, int most, int *out)
{
    int64_t v;
    if (node == 0 || !decimal_read(json_raw(d, node), 0, false, &v, NULL) || v < 0 || v > most)
        return false;
    *out = (int)v;
    return true;
}

static bool read_edge(arena *memory, const json_document *d, uint32_t rule, const char *name,
                      window_kind kind, int *weekday, int *minute, civil *date)
{
    uint32_t node = json_member(d, rule, text_of(name));
    if (kind == WINDOW_DATED)
        return date_time_read(member(memory, d, rule, name), date);
    if (kind == WINDOW_DAILY)
        return node != 0 && whole(d, json_element(d, node, 0), 1440, minute);
    if (node != 0 && d->node[node].kind == JSON_ARRAY)
        return whole(d, json_element(d, node, 0), 6, weekday) &&
               whole(d, json_element(d, node, 1), 1440, minute);
    return false;
}

static bool read_rule(arena *memory, const json_document *d, uint32_t rule, schedule *s)
{
    window_rule *w = &s->rule;
    text kind = member(memory, d, rule, "kind");
    w->kind = text_is(kind, "weekly")  ? WINDOW_WEEKLY
              : text_is(kind, "daily") ? WINDOW_DAILY
                                       : WINDOW_DATED;
    return zone_load(memory, member(memory, d, rule, "zone"), &s->zone) == ZONE_OK &&
           read_edge(memory, d, rule, "from", w->kind, &w->from_weekday, &w->from_minute,
                     &w->from) &&
           read_edge(memory, d, rule, "to", w->kind, &w->to_weekday, &w->to_minute, &w->to);
}

static bool read_freeze(arena *memory, const json_document *d, uint32_t node, interval *out)
{
    civil from, to;
    const zone *z;
    if (!date_read(member(memory, d, node, "from"), &from) ||
        !date_read(member(memory, d, node, "to"), &to) ||
        zone_load(memory, member(memory, d, node, "zone"), &z) != ZONE_OK)
        return false;
    /* The day after the last, by the calendar: noon of the last plus a day is always in it. */
    to.hour = 12;
    civil next = zone_civil(zone_utc(), zone_instant(zone_utc(), &to) + DAY);
    next.hour = 0;
    *out = (interval){zone_instant(z, &from), zone_instant(z, &next)};
    return true;
}

/* The first piece of a window that ends after t; false when the freezes leave none. */
static bool piece(const schedule *s, interval window, instant t, interval *out)
{
    instant start = window.start;
    while (start < window.end) {
        instant end = window.end;
        bool frozen = false;
        for (size_t i = 0; i < s->freezes && !frozen; i++) {
            frozen = s->freeze[i].start <= start && start < s->freeze[i].end;
            if (frozen)
                start = s->freeze[i].end;
            else if (s->freeze[i].start > start && s->freeze[i].start < end)
                end = s->freeze[i].start;
        }
        if (frozen)
            continue;
        *out = (interval){start, end};
        if (end > t)
            return true;
        start = end;
    }
    return false;
}

static bool read_schedule(arena *memory, const json_document *d, uint32_t rule, uint32_t freezes,
                          schedule *s)
{
    bool ok = rule != 0 && read_rule(memory, d, rule, s);
    for (uint32_t i = 0; ok && freezes != 0 && i < d->node[freezes].count; i++)
        ok = i < FREEZES &&
             read_freeze(memory, d, json_element(d, freezes, i), &s->freeze[s->freezes++]);
    return ok;
}

/* The next piece of one opening. */
static bool opening_next(const schedule *s, instant after, interval *out)
{
    interval window;
    instant from = after;
    for (int i = 0; i < WINDOWS_TRIED; i++) {
        if (!window_next(&s->rule, s->zone, from, &window))
            return false;
        if (piece(s, window, after, out))
            return true;
        from = window.end;
    }
    return false;
}

/* UTC's clocks never change. */
static duration written_length(const window_rule *w)
{
    interval plain;
    return window_next(w, zone_utc(), 0, &plain) ? plain.end - plain.start : 0;
}

/* Of several openings the one that comes first; of two at once the longer one. */
window_answer window_opening(arena *memory, const json_document *d, uint32_t rule, uint32_t freezes,
                             instant after, interval *out, duration *written)
{
    uint32_t others = rule != 0 ? json_member(d, rule, TEXT("or")) : 0;
    uint32_t n = 1 + (others != 0 ? d->node[others].count : 0);
    bool found = false;
    for (uint32_t i = 0; i < n; i++) {
        schedule s = {0};
        interval next;
        uint32_t one = i == 0 ? rule : json_element(d, others, i - 1);
        if (!read_schedule(memory, d, one, freezes, &s))
            return WINDOW_UNREADABLE;
        if (!opening_next(&s, after, &next))
            continue;
        if (found && (next.start > out->start ||
                      (next.start == out->start && next.end <= out->end)))
            continue;
        *out = next;
        if (written != NULL)
            *written = written_length(&s.rule);
        found = true;
    }
    return found ? WINDOW_FOUND : WINDOW_OVER;
}

operation_job *window_perform_next(const operation_request *q, arena *memory, operation_result *r)
{
    const json_document *d = q->arguments;
    interval found;
    int64_t after;
    text when = argument_text(q, memory, "after");
    window_answer answer = WINDOW_UNREADABLE;
    if (when.p != NULL &&
        (instant_read_iso(when, &after) || decimal_read(when, 0, false, &after, NULL)))
        answer = window_opening(memory, d, json_member(d, 0, TEXT("window")),
                                json_member(d, 0, TEXT("freezes")), after, &found, NULL);
    if (answer == WINDOW_FOUND)
        *r =
            (operation_result){.status = OUTCOME_OK,
                               .result = text_format(memory, "{\"end\":%lld,\"start\":%lld}",
                                                     (long long)found.end, (long long)found.start)};
    else
        refused(r, memory,
                answer == WINDOW_OVER ? "no window is left"
                                      : "the rule of the window cannot be read");
    return NULL;
}
