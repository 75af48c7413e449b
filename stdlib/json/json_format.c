/* json_format.c: what JSON is to those who ask of any file: telling it, reading it, describing it.
 */
#include "stdlib/document/format.h"

#include <stdlib.h>
#include <string.h>

static bool is_json(text head, bool whole)
{
    (void)whole;
    text t = text_trim(head);
    if (t.n == 0 || (t.p[0] != '{' && t.p[0] != '['))
        return false;
    text rest = text_trim(text_slice(t, 1, t.n));
    if (rest.n == 0)
        return true;
    return t.p[0] == '{' ? rest.p[0] == '"' || rest.p[0] == '}'
                         : strchr("{[\"]-0123456789tfn", rest.p[0]) != NULL;
}

/* A key that is there twice is no fault of grammar, but two readers may take two values. */
static void tell_twice(const json_repeats *twice, document_faults *list)
{
    for (size_t i = 0; i < twice->n; i++)
        vec_push(list, (document_fault){TEXT("json"), TEXT("duplicate key"), twice->p[i].offset,
                                        twice->p[i].key});
}

/* Of less, all nodes are kept: to read what differs again would save little. */
enum { FOLDED_FROM = 8 << 20 };

static void read_file(arena *a, document_file *f)
{
    document_faults list = {0};
    json_repeats twice = {0};
    json_fault fault;
    json_document *d = arena_new(a, json_document);
    bool fold = f->outlined && f->bytes.n > FOLDED_FROM;
    bool sound = json_read_prints(a, f->bytes, fold, &twice, d, &fault);
    if (sound) {
        f->content = d;
        tell_twice(&twice, &list);
    } else {
        vec_push(&list, (document_fault){TEXT("json"), text_of(fault.message), fault.offset, {0}});
    }
    f->faults = document_faults_keep(a, &list, &f->fault, &f->faults_omitted);
    f->broken = sound ? NULL : &f->fault[0];
    vec_release(&twice);
}

static void summarise(const document_file *f, buffer *out)
{
    const json_document *d = f->content;
    if (d)
        buffer_printf(out, "%u value%s", d->values, d->values == 1 ? "" : "s");
}

static void describe(arena *a, json_writer *w, const document_file *f)
{
    static const char *const words[] = {"null",   "boolean", "boolean", "number",
                                        "string", "array",   "object"};
    const json_document *d = f->content;
    (void)a;
    if (!d)
        return;
    json_put_key(w, "root");
    json_put_cstr(w, words[d->node[0].kind]);
    format_put_number(w, "values", d->values);
}

const document_format json_format = {
    .is = is_json, .read = read_file, .summarise = summarise, .describe = describe};
