/* Whatever bytes: x12_read ends with an interchange or a fault inside the file, its trees are well
 * formed, any file of any kind matches itself, and two files (split at the first 0xff) can be
 * compared, with counts that add up. */
#include "base/decimal.h"
#include "stdlib/compare/compare.h"
#include "stdlib/x12/x12_ack.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool held)
{
    if (!held)
        abort();
}

static void check_tree(const document_tree *t)
{
    for (uint32_t i = 0; i < t->nodes; i++) {
        uint32_t children = 0;
        require(t->node[i].next > i && t->node[i].next <= t->nodes);
        for (uint32_t k = i + 1; k < t->node[i].next; k = t->node[k].next)
            children++;
        require(children == t->node[i].count);
    }
}

/* Whatever is wrong with a file, counts and control numbers of what answers it are right. */
static void check_acknowledged(arena *a, const x12_file *f)
{
    x12_ack_stamp stamp = {TEXT("20260301"), TEXT("2210"), 1};
    const char *why;
    for (int kind = ACK_TA1; kind <= ACK_999; kind++) {
        buffer b = {0};
        x12_file g;
        if (x12_ack_write(a, f, (x12_ack_kind)kind, &stamp, &b, &why)) {
            x12_read(a, buffer_view(&b), &g);
            for (uint32_t i = 0; i < g.faults; i++)
                require(!text_is(g.fault[i].code, "AK5-4") && !text_is(g.fault[i].code, "AK9-5") &&
                        !text_is(g.fault[i].code, "021"));
        }
        buffer_release(&b);
    }
}

static void check_read(arena *a, text source)
{
    x12_file f;
    x12_notes notes;
    x12_acks acks;
    x12_read(a, source, &f);
    x12_check(a, &f, 0, f.sets, &notes);
    x12_ack_read(a, &f, &acks);
    for (uint32_t i = 0; i < notes.notes; i++)
        require(x12_note_fault(a, &f, &notes.note[i]).offset <= source.n);
    for (uint32_t i = 0; i < acks.acks; i++)
        require(x12_ack_words(a, &acks.ack[i]).n > 0);
    check_acknowledged(a, &f);
    require(f.interchanges || f.faults);
    for (uint32_t i = 0; i < f.faults; i++)
        require(f.fault[i].offset <= source.n && f.fault[i].message.n && f.fault[i].code.n);
    for (uint32_t i = 0; i < f.sets; i++) {
        document_tree t;
        text whole = f.set[i].whole;
        x12_walk w;
        size_t segments = 0;
        require(x12_offset(&f, whole) + whole.n <= source.n);
        x12_walk_set(&w, &f, &f.set[i]);
        for (text one; x12_next(&w, &one); segments++)
            require(one.n && one.p >= whole.p && one.p + one.n <= whole.p + whole.n);
        require(segments == f.set[i].segments);
        x12_tree(a, &f, &f.set[i], &t);
        check_tree(&t);
    }
}

static void compare_two(arena *a, text l, text m, compare_result *out)
{
    compare_file x = {TEXT("x"), l}, y = {TEXT("y"), m};
    compare_input legacy = {&x, 1}, modern = {&y, 1};
    compare_constraint rising = {.ref = TEXT("ISA13"), .bound = BOUND_INCREASING};
    text ignored = TEXT("REF02");
    compare_options o = {.ignore = &ignored, .ignores = 1};
    if (l.n % 2) {
        o.constrain = &rising;
        o.constraints = 1;
    }
    compare_run(a, &o, &legacy, &modern, out);
    require(out->compared == out->pairs);
    require(out->compared == out->matched + out->different + out->missing + out->extra +
                                 out->duplicate + out->unreadable);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena a = {0};
    text all = {(const char *)bytes, n};
    compare_result r;
    check_read(&a, all);
    compare_two(&a, all, text_copy(&a, all), &r);
    /* A rule on control numbers is judged on modern alone, so a file may break it by itself. */
    if (n % 2 == 0)
        require(r.matched + r.unreadable == r.compared);
    ptrdiff_t at = text_find(all, '\xff');
    if (at >= 0)
        compare_two(&a, text_slice(all, 0, (size_t)at), text_slice(all, (size_t)at + 1, n), &r);
    arena_release(&a);
    return 0;
}
