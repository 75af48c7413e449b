/* Whatever bytes: edifact_read ends with an interchange or a fault inside the file, what it kept
 * lies in the source, trees are well formed, a file matches itself, two files (split at the first
 * 0xff) can be compared, and the CONTRL that a file deserves can be written and read. */
#include "stdlib/compare/compare.h"
#include "stdlib/edifact/edifact_contrl.h"

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

static void check_message(arena *a, const edifact_file *f, const edifact_message *m)
{
    edifact_walk w;
    text t;
    document_tree tree;
    uint32_t segments = 0;
    require(m->whole.p >= f->source.p && m->whole.p + m->whole.n <= f->source.p + f->source.n);
    edifact_walk_message(&w, f, m);
    while (edifact_next(&w, &t))
        segments++;
    require(m->package || segments == m->segments);
    require(edifact_message_header(f, m).n >= 3);
    require(!m->closed || edifact_message_trailer(f, m).n >= 3);
    edifact_tree(a, f, m, &tree);
    check_tree(&tree);
}

static void check_answer(arena *a, edifact_file *f)
{
    contrl_stamp stamp = {TEXT("20270304"), TEXT("2210"), 1};
    contrl_report report;
    edifact_file answer;
    buffer b = {0};
    const char *why = NULL;
    contrl_read(a, f, &report);
    for (uint32_t i = 0; i < report.statements; i++)
        require(contrl_words(a, &report.statement[i]).n > 0);
    if (contrl_write(a, f, &stamp, &b, &why)) {
        edifact_read(a, buffer_view(&b), &answer);
        require(answer.interchanges > 0);
    } else {
        require(why && b.n == 0);
    }
    buffer_release(&b);
}

static void check_read(arena *a, text source)
{
    edifact_file f;
    edifact_read(a, source, &f);
    require(f.interchanges || f.faults);
    for (uint32_t i = 0; i < f.faults; i++)
        require(f.fault[i].offset <= source.n && f.fault[i].message.n && f.fault[i].code.n);
    for (uint32_t i = 0; i < f.messages; i++)
        check_message(a, &f, &f.message[i]);
    check_answer(a, &f);
}

static void compare_two(arena *a, text l, text m, compare_result *out)
{
    compare_file x = {TEXT("x"), l}, y = {TEXT("y"), m};
    compare_input legacy = {&x, 1}, modern = {&y, 1};
    text ignored = TEXT("RFF01-2");
    compare_options o = {.ignore = &ignored, .ignores = 1};
    compare_run(a, &o, &legacy, &modern, out);
    require(out->compared == out->pairs);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena a = {0};
    text all = {(const char *)bytes, n};
    compare_result r;
    check_read(&a, all);
    compare_two(&a, all, text_copy(&a, all), &r);
    require(r.matched + r.unreadable == r.compared);
    ptrdiff_t at = text_find(all, '\xff');
    if (at >= 0)
        compare_two(&a, text_slice(all, 0, (size_t)at), text_slice(all, (size_t)at + 1, n), &r);
    arena_release(&a);
    return 0;
}
