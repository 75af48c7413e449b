/* Whatever bytes: xml_read ends with a document or a fault inside the file, every accessor stays in
 * bounds, canonical form is stable, a file matches itself, and two (split at the first 0xff) can be
 * compared, with counts that add up. */
#include "stdlib/compare/compare.h"
#include "stdlib/xml/xml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool held)
{
    if (!held)
        abort();
}

static void visit(arena *a, const xml_document *d)
{
    require(d->root && d->root < d->nodes && d->node[0].next == d->nodes);
    for (uint32_t i = 0; i < d->nodes; i++) {
        const xml_node *n = &d->node[i];
        require(n->next > i && n->next <= d->nodes && n->name < d->names);
        require(n->start <= n->from && n->from <= n->to && n->to <= n->end);
        require(n->end <= d->source.n && xml_offset(d, n->end) <= d->file.n);
        text value = xml_value(a, d, i);
        require(!value.p == (n->kind == XML_DOCUMENT || (n->kind == XML_ELEMENT && !n->leaf)));
        require(text_utf8_prefix(value) == value.n);
        xml_called(a, d, i);
        xml_child(d, i, TEXT("@a"));
    }
    xml_type_of(a, d);
}

static void canonical(arena *a, const xml_document *d)
{
    buffer once = {0}, twice = {0};
    xml_document again;
    xml_fault fault;
    xml_canonical(a, d, &once);
    require(xml_read(a, buffer_view(&once), &again, &fault));
    xml_canonical(a, &again, &twice);
    require(text_equal(buffer_view(&once), buffer_view(&twice)));
    buffer_release(&once);
    buffer_release(&twice);
}

static void compare_two(arena *a, text l, text m, compare_result *out)
{
    compare_file x = {TEXT("x"), l}, y = {TEXT("y"), m};
    compare_input legacy = {&x, 1}, modern = {&y, 1};
    text ignored = TEXT("//b/@c"), key = TEXT("/a/b[*]/@id");
    compare_options o = {.ignore = &ignored, .ignores = 1, .kind = KIND_XML};
    o.key = &key;
    o.keys = l.n % 2;
    compare_run(a, &o, &legacy, &modern, out);
    require(out->compared == out->matched + out->different + out->missing + out->extra +
                                 out->duplicate + out->unreadable);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena a = {0};
    text all = {(const char *)bytes, n};
    xml_document d;
    xml_fault fault = {0};
    compare_result r;
    if (xml_read(&a, all, &d, &fault)) {
        visit(&a, &d);
        canonical(&a, &d);
        xml_follow(&d, 0, all);
        compare_two(&a, all, text_copy(&a, all), &r);
        require(r.matched == r.compared);
    } else {
        require(fault.message.n && fault.offset <= n && fault.line);
    }
    ptrdiff_t at = text_find(all, '\xff');
    if (at >= 0)
        compare_two(&a, text_slice(all, 0, (size_t)at), text_slice(all, (size_t)at + 1, n), &r);
    arena_release(&a);
    return 0;
}
