/* inspect.c: the frame around what each format says of a file. */
#include "stdlib/inspect/inspect.h"
#include "stdlib/document/mask.h"

static void put_faults(arena *a, json_writer *w, const document_file *f)
{
    json_add_array(w, "faults");
    for (uint32_t k = 0; k < f->faults; k++) {
        json_object(w);
        format_put(a, w, "code", f->fault[k].code);
        format_put(a, w, "message", f->fault[k].message);
        format_put_number(w, "offset", document_offset(f, f->fault[k].offset));
        format_put(a, w, "path", f->fault[k].path);
        json_object_end(w);
    }
    json_array_end(w);
    if (f->faults_omitted)
        format_put_number(w, "faults_omitted", f->faults_omitted);
}

void inspect_write_json(arena *a, json_writer *w, const document_file *f, const comply_report *scan)
{
    json_object(w);
    json_add_text(w, "file", mask_text(a, f->name));
    json_add_cstr(w, "kind", document_kind_word(f->kind));
    if (f->kind != KIND_XML && f->kind != KIND_WSDL && f->kind != KIND_XSD) {
        /* XML says what it declares */
        json_add_cstr(w, "encoding", encoding_word(f->encoding));
    }
    put_faults(a, w, f);
    if (format_of(f->kind)->describe)
        format_of(f->kind)->describe(a, w, f);
    if (scan) {
        json_put_key(w, "compliance");
        comply_write_json(w, scan);
    }
    json_object_end(w);
}
