/* x12_envelope.c: faults with their paths, and what trailers must agree with. */
#include "stdlib/x12/x12_read.h"

#include <string.h>

static const struct {
    const char *code, *what;
} faults[FAULT_COUNT] = {
#define X12_FAULT(name, c, w) {c, w},
#include "stdlib/x12/x12_faults.def"
#undef X12_FAULT
};

void x12_fault(x12_reader *r, x12_fault_kind kind, size_t offset, text path, const char *detail,
               ...)
{
    if (r->faults.n == X12_FAULTS_MOST) {
        r->faults_omitted++;
        return;
    }
    buffer b;
    buffer_init(&b);
    buffer_cstr(&b, faults[kind].what);
    if (detail) {
        va_list args;
        va_start(args, detail);
        buffer_cstr(&b, ": ");
        buffer_vprintf(&b, detail, args);
        va_end(args);
    }
    document_fault f = {text_of(faults[kind].code), text_copy(r->memory, buffer_view(&b)), offset,
                        path};
    buffer_release(&b);
    vec_push(&r->faults, f);
}

text x12_path(x12_reader *r, bool group, bool set, const char *tail)
{
    if (r->faults.n == X12_FAULTS_MOST)
        return (text){0};
    const x12_interchange *i = &vec_last(&r->interchanges);
    buffer b;
    buffer_init(&b);
    buffer_printf(&b, "ISA[%zu]", r->interchanges.n);
    if (group && i->groups)
        buffer_printf(&b, ".GS[%u]", i->groups);
    if (set && r->sets.n)
        buffer_printf(&b, ".ST[%u]", i->groups ? vec_last(&r->groups).sets : (uint32_t)r->sets.n);
    buffer_cstr(&b, tail);
    text path = text_copy(r->memory, buffer_view(&b));
    buffer_release(&b);
    return path;
}

/* Counts and control numbers are numbers: leading zeros do not count. */
static text significant(text t)
{
    t = text_trim(t);
    if (!x12_is_digits(t, 1, SIZE_MAX))
        return t;
    while (t.n > 1 && t.p[0] == '0')
        t = text_slice(t, 1, t.n);
    return t;
}

static bool count_is(text t, size_t count)
{
    size_t value = 0;
    t = significant(t);
    for (size_t i = 0; i < t.n; i++)
        value = value * 10 + (size_t)(t.p[i] - '0');
    return x12_is_digits(t, 1, 18) && value == count;
}

static text element_of(const x12_reader *r, text segment, uint32_t n)
{
    return x12_element(segment, r->walk.by.element, n);
}

static void count_fault(x12_reader *r, x12_fault_kind kind, text trailer, text path, size_t count)
{
    text said = element_of(r, trailer, 1);
    x12_fault(r, kind, (size_t)(trailer.p - r->source.p), path, "%.*s01 says %.*s, there are %zu",
              trailer.p[0] == 'I' ? 3 : 2, trailer.p, (int)(said.n < 20 ? said.n : 20), said.p,
              count);
}

void x12_close_set(x12_reader *r, text se)
{
    x12_set *s = &vec_last(&r->sets);
    s->closed = true;
    s->segments++;
    s->whole.n = (size_t)(se.p + se.n - s->whole.p);
    if (!count_is(element_of(r, se, 1), s->segments))
        count_fault(r, FAULT_SEGMENT_COUNT, se, x12_path(r, true, true, ".SE.01"), s->segments);
    if (!text_equal(text_trim(element_of(r, se, 2)), r->control))
        x12_fault(r, FAULT_SET_CONTROL, (size_t)(se.p - r->source.p),
                  x12_path(r, true, true, ".SE.02"), NULL);
    r->in_set = false;
}

void x12_close_group(x12_reader *r, text ge)
{
    x12_group *g = &vec_last(&r->groups);
    g->trailer = ge;
    if (!count_is(element_of(r, ge, 1), g->sets))
        count_fault(r, FAULT_SET_COUNT, ge, x12_path(r, true, false, ".GE.01"), g->sets);
    if (!text_equal(significant(element_of(r, ge, 2)), significant(element_of(r, g->header, 6))))
        x12_fault(r, FAULT_GROUP_CONTROL, (size_t)(ge.p - r->source.p),
                  x12_path(r, true, false, ".GE.02"), NULL);
    x12_check_sets(r);
    r->in_group = false;
}

void x12_close_interchange(x12_reader *r, text iea)
{
    x12_interchange *i = &vec_last(&r->interchanges);
    i->trailer = iea;
    i->end = r->at;
    if (!count_is(element_of(r, iea, 1), i->groups))
        count_fault(r, FAULT_GROUP_COUNT, iea, x12_path(r, false, false, ".IEA.01"), i->groups);
    if (i->header.p && !text_equal(significant(element_of(r, iea, 2)), significant(i->isa[13])))
        x12_fault(r, FAULT_CONTROL_MISMATCH, (size_t)(iea.p - r->source.p),
                  x12_path(r, false, false, ".IEA.02"), NULL);
}
