/* edifact_order.c: messages against how they are built (edifact_messages.def).
 *
 * A segment stands at the innermost place that is not behind us and for which nothing that must be
 * there is passed over. Where it has no such place, a look ahead decides: what still comes was not
 * left out, so the segment stands wrongly; what does not come any more is missing. A group that
 * stands wrongly is followed where it stands, or each of its segments would be one more fault.
 *
 * A row speaks for all releases, so the first place is not always the right one. A message that
 * seems wrong is therefore tried on every way through its row before a word is said.
 */
#include "stdlib/edifact/edifact_inside.h"

#include <string.h>

enum {
    AHEAD_MOST = 10000, /* segments that one look ahead goes over */
    LOOKS_MOST = 1000   /* looks ahead in one message */
};

/* Whether the message is wrong indeed. Once it turned out that it can be built so, nothing more is
 * said of it. */
static bool is_wrong(edifact_order *o)
{
    const edifact_message *m = &o->in->file->message[o->in->message];
    if (!o->doubted && o->is &&
        edifact_fits(o->is, o->start, m->segments - m->closed - 1, m->closed))
        o->is = NULL;
    o->doubted = true;
    return o->is != NULL;
}

static void missing(edifact_order *o, uint16_t item, text segment)
{
    const edifact_item *i = &o->is->item[item];
    edifact_place at = edifact_inside_at(o->in, text_of(i->tag));
    at.absent = true;
    at.segment--;
    edifact_fault(&o->in->reader, FAULT_MISSING, edifact_place_of(&o->in->reader, segment), at,
                  "%s%s, behind %s@%u", i->group ? "a group of " : "", i->tag, o->before,
                  at.segment);
}

static bool choose(void *closure, const edifact_spot *spot)
{
    edifact_spot *best = closure;
    if (!best->item || spot->skips < best->skips ||
        (spot->skips == best->skips && spot->over < best->over))
        *best = *spot;
    return !best->skips && !best->over;
}

/* Whether to pass over what must be there would be wrong: because it still comes, or because a
 * group that would be closed by it does; asked up to where the group that stays open is opened
 * again. */
static bool still_comes(edifact_order *o, const edifact_spot *spot)
{
    edifact_walk ahead = o->in->walk;
    text segment;
    if (o->looks++ >= LOOKS_MOST)
        return true;
    for (unsigned n = 0; n < AHEAD_MOST && edifact_next(&ahead, &segment); n++) {
        text tag = edifact_tag(segment, &ahead.by);
        for (unsigned i = 0; i < spot->skips; i++)
            if (edifact_item_is(&o->is->item[spot->skipped[i]], tag))
                return true;
        for (unsigned d = o->stand.depth; d-- > 1;)
            if (edifact_item_is(&o->is->item[o->stand.open[d].group], tag))
                return d > spot->depth;
    }
    return false;
}

static void too_often(edifact_order *o, const edifact_item *item, text segment)
{
    edifact_fault(&o->in->reader, item->group ? FAULT_GROUP_REPEATS : FAULT_SEGMENT_REPEATS,
                  edifact_place_of(&o->in->reader, segment),
                  edifact_inside_at(o->in, text_of(item->tag)), "%s can be there %u time%s here",
                  item->tag, item->most, item->most == 1 ? "" : "s");
}

static void take(edifact_order *o, const edifact_spot *spot, text segment)
{
    const edifact_item *item = &o->is->item[spot->item];
    bool first_over = spot->over && o->stand.open[spot->depth].times == item->most;
    if ((spot->skips || first_over) && !is_wrong(o))
        return;
    for (unsigned i = 0; i < spot->skips; i++)
        missing(o, spot->skipped[i], segment);
    if (first_over)
        too_often(o, item, segment);
    edifact_stand_on(o->is, &o->stand, spot);
}

/* An item of that tag anywhere in the message, one that opens a group for choice; 0: none. */
static uint16_t anywhere(const edifact_order *o, text tag)
{
    uint16_t found = 0;
    for (uint16_t i = 1; i < o->is->items; i++)
        if (edifact_item_is(&o->is->item[i], tag)) {
            found = i;
            if (o->is->item[i].group)
                break;
        }
    return found;
}

static void misplaced(edifact_order *o, text tag, text segment)
{
    if (!is_wrong(o))
        return;
    size_t offset = edifact_place_of(&o->in->reader, segment);
    edifact_place at = edifact_inside_at(o->in, tag);
    uint16_t item = anywhere(o, tag);
    if (!item)
        edifact_fault(&o->in->reader, FAULT_PLACE, offset, at, "%s has no segment %.*s",
                      o->is->type, TEXT_ARG(tag));
    else
        edifact_fault(&o->in->reader, FAULT_PLACE, offset, at, "%.*s cannot stand behind %s@%u",
                      TEXT_ARG(tag), o->before, at.segment - 1);
    edifact_stand_open(o->is, &o->stand, item, true);
}

/* The item at which the innermost open group stands; 0 where a group stands wrongly, because then
 * the item does not tell which groups are open. */
static uint16_t item_of(const edifact_stand *s)
{
    const edifact_open_group *g = &s->open[s->depth - 1];
    return s->astray ? 0 : g->at ? g->at : g->group;
}

/* As the last time; false: it has not been there, or is there too often now. */
static bool step_again(edifact_order *o, const edifact_step *step, uint32_t tag, uint16_t behind)
{
    if (step->tag != tag || step->behind != behind || !step->item)
        return false;
    edifact_open_group *g = &o->stand.open[step->depth];
    bool again = g->at == step->item;
    if (again && g->times >= o->is->item[step->item].most)
        return false;
    g->times = again ? g->times + 1 : 1;
    g->at = step->item;
    o->stand.depth = step->depth + 1u;
    edifact_stand_open(o->is, &o->stand, step->item, false);
    return true;
}

static void check_segment(edifact_order *o, text tag, text segment)
{
    uint32_t number = edifact_tag_number(tag.p);
    uint16_t behind = item_of(&o->stand);
    edifact_step *step = &o->step[(number ^ number >> 9 ^ behind * 37u) & (EDIFACT_STEPS - 1)];
    if ((behind || o->stand.depth == 1) && !o->stand.astray && step_again(o, step, number, behind))
        return;
    edifact_spot best;
    best.item = 0;
    edifact_each_spot(o->is, &o->stand, tag, choose, &best);
    if (!best.item || (best.skips && still_comes(o, &best))) {
        misplaced(o, tag, segment);
        return;
    }
    if (!best.skips && !best.over && !o->stand.astray)
        *step = (edifact_step){number, behind, best.item, (uint16_t)best.depth};
    take(o, &best, segment);
}

void edifact_order_start(edifact_inside *in, edifact_order *o)
{
    arena *a = in->reader.memory;
    size_t row = edifact_structure_row(edifact_type(in->file, &in->file->message[in->message]));
    *o = (edifact_order){.in = in, .stand = {.depth = 1}, .start = in->walk, .before = "UNH"};
    if (row == EDIFACT_STRUCTURES)
        return;
    edifact_type_known *type = &in->type[row];
    if (!type->is)
        *type = (edifact_type_known){edifact_structure_of(a, row),
                                     arena_array(a, edifact_step, EDIFACT_STEPS)};
    o->is = type->is;
    o->step = type->step;
}

void edifact_order_take(edifact_order *o, text tag, text segment)
{
    if (o->is && tag.n == 3 && !edifact_is_security(tag))
        check_segment(o, tag, segment);
    if (tag.n >= 3)
        memcpy(o->before, tag.p, 3);
}

static bool nowhere(void *closure, const edifact_spot *spot)
{
    (void)closure;
    (void)spot;
    return false;
}

void edifact_order_end(edifact_order *o, text trailer)
{
    if (!o->is)
        return;
    edifact_spot end = edifact_each_spot(o->is, &o->stand, (text){0}, nowhere, NULL);
    for (unsigned i = 0; i < end.skips && is_wrong(o); i++)
        missing(o, end.skipped[i], trailer);
}
