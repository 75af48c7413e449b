/* compare_x12_units.c: an X12 file as documents: transaction sets under their business numbers, and
 * the references by which rules name places in them.
 */
#include "stdlib/compare/compare_x12.h"

#include <stdlib.h>
#include <string.h>

bool place_read(text ref, place_ref *out)
{
    size_t n = 0;
    while (n < ref.n && n < 3 && ((ref.p[n] >= 'A' && ref.p[n] <= 'Z') || (n && ref.p[n] <= '9')))
        n++;
    /* "N104" is N1 04, "PO102" PO1 02, "N1" a whole segment: two digits at the end are the element.
     */
    size_t end = ref.n;
    ptrdiff_t dash = text_find(ref, '-');
    *out = (place_ref){0};
    if (dash >= 0) {
        text component = text_slice(ref, (size_t)dash + 1, ref.n);
        if (!x12_is_digits(component, 1, 2))
            return false;
        out->component = (uint32_t)strtoul(component.p, NULL, 10);
        end = (size_t)dash;
    }
    text digits = end >= 4 ? text_slice(ref, end - 2, end) : (text){0};
    bool element = x12_is_digits(digits, 2, 2);
    out->tag = text_slice(ref, 0, element ? end - 2 : end);
    out->element = element ? (uint32_t)((digits.p[0] - '0') * 10 + digits.p[1] - '0') : 0;
    return out->tag.n >= 2 && out->tag.n <= 3 && n >= 2 && out->tag.p[0] >= 'A' &&
           out->tag.p[0] <= 'Z' && (out->component == 0 || element);
}

text compare_x12_value(arena *a, const unit *u, text ref)
{
    (void)a;
    place_ref at;
    const x12_file *f = unit_x12(u);
    if (!place_read(ref, &at) || at.element == 0 || u->part == WHOLE)
        return (text){0};
    const x12_set *s = &f->set[u->part];
    const x12_interchange *i = &f->interchange[s->interchange];
    if (text_is(at.tag, "ISA"))
        return at.element <= 16 && i->header.p ? i->isa[at.element] : (text){0};
    text segment = !text_is(at.tag, "GS")    ? x12_find(f, s, at.tag)
                   : s->group == X12_NOWHERE ? (text){0}
                                             : f->group[s->group].header;
    if (segment.n == 0)
        return (text){0};
    text value = x12_set_element(f, s, segment, at.element);
    if (at.component && i->separators.component)
        value = x12_element(value, i->separators.component, at.component - 1);
    return value;
}

text compare_x12_key(const unit *u)
{
    text tag;
    uint32_t element;
    const x12_file *f = unit_x12(u);
    if (u->part == WHOLE || !x12_business_key(u->type, &tag, &element))
        return (text){0};
    text segment = x12_find(f, &f->set[u->part], tag);
    return segment.n ? text_trim(x12_set_element(f, &f->set[u->part], segment, element))
                     : (text){0};
}

enum { SETS_AHEAD = 8, CACHE_LINE = 64 };

/* Sets in order; an interchange without any is a document itself, and so are its TA1. */
bool compare_x12_split(comparison *c, const document_file *f, unit_list *list)
{
    const x12_file *x = f->content;
    uint32_t set = 0;
    if (x->sets > list->room)
        vec_reserve(list, list->n + x->sets);
    for (uint32_t i = 0; i < x->interchanges; i++) {
        if (x->interchange[i].ta1s)
            unit_add(c, list,
                     (unit){.from = f, .type = TEXT("TA1"), .part = WHOLE, .interchange = i});
        uint32_t first = set;
        for (; set < x->sets && x->set[set].interchange == i; set++) {
            /* What is looked at is the first bytes of each: those to come are asked for early, for
             * no processor guesses such steps. In a function of its own, gcc takes it for nothing.
             */
            if (set + SETS_AHEAD < x->sets)
                for (unsigned line = 0; line < 3; line++)
                    __builtin_prefetch(x->set[set + SETS_AHEAD].whole.p + line * CACHE_LINE);
            unit_add(c, list,
                     (unit){.from = f,
                            .type = x12_set_type(x, &x->set[set]),
                            .part = set,
                            .interchange = i});
        }
        if (set == first && !x->interchange[i].ta1s)
            unit_add(c, list,
                     (unit){.from = f, .type = TEXT("ISA"), .part = WHOLE, .interchange = i});
    }
    return x->interchanges > 0;
}

static const struct {
    char tag[4];
    uint8_t element[8];
} money[] = {
#define X12_MONEY(tag, ...) {#tag, {__VA_ARGS__}},
#include "stdlib/compare/compare_x12_money.def"
#undef X12_MONEY
};

bool compare_x12_money(const place_ref *at)
{
    for (size_t i = 0; i < sizeof money / sizeof *money; i++)
        for (size_t k = 0; k < 8 && text_is(at->tag, money[i].tag); k++)
            if (money[i].element[k] && money[i].element[k] == at->element)
                return true;
    return false;
}

bool compare_x12_applies(comparison *c, text ref, const place_ref *at)
{
    place_ref r;
    (void)c;
    return place_read(ref, &r) && text_equal(r.tag, at->tag) &&
           (r.element == 0 || r.element == at->element) &&
           (r.component == 0 || r.component == at->component);
}
