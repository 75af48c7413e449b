/* compare_edifact_units.c: a file of EDIFACT or TRADACOMS as documents: messages under their
 * business numbers, and the references by which rules name places in them.
 */
#include "stdlib/compare/compare_edifact.h"

text compare_edifact_group(const unit *u)
{
    const edifact_file *f = unit_edifact(u);
    uint32_t group = u->part == WHOLE ? EDIFACT_NOWHERE : f->message[u->part].group;
    return group == EDIFACT_NOWHERE ? (text){0} : f->group[group].header;
}

/* The segment that a reference means: of the envelopes this message came in, or its first. */
static text segment_of(const unit *u, text tag)
{
    const edifact_interchange *i = unit_interchange(u);
    if (text_is(tag, edifact_header_tag(i->dialect, EDIFACT_INTERCHANGE)))
        return i->header;
    if (text_is(tag, edifact_header_tag(i->dialect, EDIFACT_GROUP)))
        return compare_edifact_group(u);
    return u->part == WHOLE
               ? (text){0}
               : edifact_find(unit_edifact(u), &unit_edifact(u)->message[u->part], tag);
}

static text value_in(text segment, const edifact_separators *by, uint32_t element,
                     uint32_t component)
{
    text e = edifact_element(segment, by, element);
    return component ? edifact_component(edifact_repeat(e, by, 1), by, component) : e;
}

text compare_edifact_value(arena *a, const unit *u, text ref)
{
    place_ref at;
    if (!place_read(ref, &at) || at.element == 0)
        return (text){0};
    text segment = segment_of(u, at.tag);
    if (segment.n == 0)
        return (text){0};
    const edifact_separators *by = unit_separators(u);
    return edifact_value(a, value_in(segment, by, at.element, at.component), by);
}

/* As it stands: a release character in a business number is a release character on both sides, or
 * the pair is found by its file. */
text compare_edifact_key(const unit *u)
{
    text tag;
    uint32_t element, component;
    if (u->part == WHOLE)
        return (text){0};
    for (uint32_t n = 0; edifact_business_key(u->type, n, &tag, &element, &component); n++) {
        text segment = segment_of(u, tag);
        if (segment.n)
            return text_trim(value_in(segment, unit_separators(u), element, component));
    }
    return (text){0};
}

/* Messages in order; an interchange without any is a document itself. */
bool compare_edifact_split(comparison *c, const document_file *f, unit_list *list)
{
    const edifact_file *e = f->content;
    for (uint32_t k = 0; k < e->interchanges; k++) {
        const edifact_interchange *i = &e->interchange[k];
        for (uint32_t m = i->message; m < i->message + i->messages; m++)
            unit_add(c, list,
                     (unit){.from = f,
                            .type = edifact_type(e, &e->message[m]),
                            .part = m,
                            .interchange = k});
        text tag = text_of(edifact_header_tag(i->dialect, EDIFACT_INTERCHANGE));
        if (!i->messages)
            unit_add(c, list, (unit){.from = f, .type = tag, .part = WHOLE, .interchange = k});
    }
    return e->interchanges > 0;
}

bool compare_edifact_applies(comparison *c, text ref, const place_ref *at)
{
    place_ref r;
    (void)c;
    return place_read(ref, &r) && text_equal(r.tag, at->tag) &&
           (r.element == 0 || r.element == at->element) &&
           (r.component == 0 || r.component == at->component);
}

/* 5004 and 5118. */
bool compare_edifact_money(const place_ref *at)
{
    bool amount = text_is(at->tag, "MOA") || text_is(at->tag, "PRI");
    return amount && at->element == 1 && at->component == 2;
}
