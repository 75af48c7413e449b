/* edifact_stand.c: where in the structure of its message a segment may stand. */
#include "stdlib/edifact/edifact_structure.h"

#include <string.h>

enum { WAYS_MOST = 64 };

bool edifact_item_is(const edifact_item *i, text tag)
{
    return tag.n == 3 && memcmp(i->tag, tag.p, 3) == 0;
}

typedef struct {
    const edifact_structure *is;
    const edifact_stand *at;
    text tag;
    bool (*found)(void *closure, const edifact_spot *spot);
    void *closure;
} search;

/* One open group: true when a spot was taken, or too much would be passed over. */
static bool look_into(const search *s, unsigned depth, edifact_spot *spot)
{
    const edifact_open_group *g = &s->at->open[depth];
    const edifact_item *item = s->is->item;
    uint16_t first = g->at ? g->at : (uint16_t)(g->group + 1), last = item[g->group].next;
    spot->depth = depth;
    for (uint16_t i = first; i < last; i = item[i].next) {
        bool again = i == g->at;
        if (edifact_item_is(&item[i], s->tag)) {
            spot->item = i;
            spot->over = again && g->times >= item[i].most;
            if (s->found(s->closure, spot))
                return true;
        }
        if (!again && item[i].needed) {
            if (spot->skips == EDIFACT_SKIPPED_MOST)
                return true;
            spot->skipped[spot->skips++] = i;
        }
    }
    return false;
}

edifact_spot edifact_each_spot(const edifact_structure *is, const edifact_stand *at, text tag,
                               bool (*found)(void *closure, const edifact_spot *spot),
                               void *closure)
{
    search s = {is, at, tag, found, closure};
    edifact_spot spot;
    spot.skips = 0;
    for (unsigned depth = at->depth; depth-- > 0 && !look_into(&s, depth, &spot);)
        if (at->open[depth].astray)
            spot.skips = 0;
    spot.item = 0;
    return spot;
}

void edifact_stand_open(const edifact_structure *is, edifact_stand *at, uint16_t item, bool astray)
{
    if (!is->item[item].group || at->depth == EDIFACT_OPEN_MOST)
        return;
    at->open[at->depth++] = (edifact_open_group){.group = item, .astray = astray};
    at->astray += astray;
}

void edifact_stand_on(const edifact_structure *is, edifact_stand *at, const edifact_spot *spot)
{
    edifact_open_group *g = &at->open[spot->depth];
    for (; at->depth > spot->depth + 1; at->depth--)
        at->astray -= at->open[at->depth - 1].astray;
    g->times = g->at == spot->item ? g->times + 1 : 1;
    g->at = spot->item;
    edifact_stand_open(is, at, spot->item, false);
}

/* All ways through a message at once. */
typedef struct {
    const edifact_structure *is;
    const edifact_stand *from;
    edifact_stand way[WAYS_MOST];
    size_t ways;
    bool too_many;
} ways;

static bool same_stand(const edifact_stand *a, const edifact_stand *b)
{
    if (a->depth != b->depth)
        return false;
    for (unsigned i = 0; i < a->depth; i++)
        if (a->open[i].group != b->open[i].group || a->open[i].at != b->open[i].at ||
            a->open[i].times != b->open[i].times)
            return false;
    return true;
}

static bool add_way(void *closure, const edifact_spot *spot)
{
    ways *w = closure;
    if (spot->skips || spot->over)
        return false;
    edifact_stand next = *w->from;
    edifact_stand_on(w->is, &next, spot);
    for (size_t i = 0; i < w->ways; i++)
        if (same_stand(&next, &w->way[i]))
            return false;
    w->too_many = w->ways == WAYS_MOST;
    if (!w->too_many)
        w->way[w->ways++] = next;
    return w->too_many;
}

static bool nowhere(void *closure, const edifact_spot *spot)
{
    (void)closure;
    (void)spot;
    return false;
}

static bool can_end(const ways *w)
{
    for (size_t i = 0; i < w->ways; i++)
        if (!edifact_each_spot(w->is, &w->way[i], (text){0}, nowhere, NULL).skips)
            return true;
    return false;
}

bool edifact_fits(const edifact_structure *is, edifact_walk walk, uint32_t segments, bool ends)
{
    text segment;
    ways pair[2];
    ways *now = &pair[0], *next = &pair[1];
    *now = (ways){.is = is, .way = {{.depth = 1}}, .ways = 1};
    *next = (ways){.is = is};
    for (uint32_t n = 0; n < segments && edifact_next(&walk, &segment); n++) {
        text tag = edifact_tag(segment, &walk.by);
        if (edifact_is_security(tag))
            continue;
        next->ways = 0;
        for (size_t i = 0; i < now->ways && !next->too_many; i++) {
            next->from = &now->way[i];
            edifact_each_spot(is, next->from, tag, add_way, next);
        }
        if (next->too_many || !next->ways)
            return next->too_many;
        ways *last = now;
        now = next;
        next = last;
    }
    return !ends || can_end(now);
}
