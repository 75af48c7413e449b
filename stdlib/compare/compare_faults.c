/* compare_faults.c: faults of envelopes and documents, which one side may have and the other not.
 *
 * Both sides' are put in order of what they say and walked side by side: a thousand are kept of a
 * file (DOCUMENT_FAULTS_MOST), and to look for each among all, for each of its documents, would let
 * large broken files take hours. */
#include "stdlib/compare/compare_parts.h"

typedef struct {
    const document_fault **p;
    size_t n;
} fault_list;

/* The same fault says the same: a count that is wrong in another way is another fault. */
static int by_meaning(const document_fault *a, const document_fault *b)
{
    int order = text_compare(a->code, b->code);
    return order ? order : text_compare(a->message, b->message);
}

static int by_place(const void *a, const void *b)
{
    const document_fault *x = *(const document_fault *const *)a;
    const document_fault *y = *(const document_fault *const *)b;
    return (x > y) - (x < y);
}

static int by_meaning_and_place(const void *a, const void *b)
{
    int order = by_meaning(*(const document_fault *const *)a, *(const document_fault *const *)b);
    return order ? order : by_place(a, b);
}

static fault_list faults_there(arena *a, const unit_faults *of, fault_lies *lies)
{
    fault_list out = {0};
    for (uint32_t i = 0; i < of->n; i++) {
        if (!lies(of->unit, i))
            continue;
        if (!out.p)
            out.p = arena_array(a, const document_fault *, of->n - i);
        out.p[out.n++] = &of->fault[i];
    }
    if (out.n)
        qsort(out.p, out.n, sizeof *out.p, by_meaning_and_place);
    return out;
}

/* Those of `a` beyond as many of the same in `b`, by place. */
static fault_list faults_beyond(arena *memory, fault_list a, fault_list b)
{
    fault_list out = {0};
    size_t k = 0;
    if (a.n)
        out.p = arena_array(memory, const document_fault *, a.n);
    for (size_t i = 0; i < a.n; i++) {
        while (k < b.n && by_meaning(b.p[k], a.p[i]) < 0)
            k++;
        if (k < b.n && by_meaning(b.p[k], a.p[i]) == 0)
            k++;
        else
            out.p[out.n++] = a.p[i];
    }
    if (out.n)
        qsort(out.p, out.n, sizeof *out.p, by_place);
    return out;
}

static void fault_differs(comparison *c, const document_fault *f, const char *of_legacy)
{
    place_ref nowhere = {0};
    size_t back = path_add(c, "%.*s", TEXT_ARG(f->path));
    if (of_legacy)
        judge(c, &nowhere, f->message, (text){0}, CLASS_NOISE, of_legacy);
    else
        judge(c, &nowhere, (text){0}, f->message, CLASS_DEFECT,
              text_format(c->kept, "fault %.*s", TEXT_ARG(f->code)).p);
    path_cut(c, back);
}

void compare_faults(comparison *c, const unit_faults *legacy, const unit_faults *modern,
                    fault_lies *lies, const char *of_legacy)
{
    fault_list l = faults_there(c->scratch, legacy, lies);
    fault_list m = faults_there(c->scratch, modern, lies);
    fault_list added = faults_beyond(c->scratch, m, l), gone = faults_beyond(c->scratch, l, m);
    for (size_t i = 0; i < added.n; i++)
        fault_differs(c, added.p[i], NULL);
    for (size_t i = 0; i < gone.n; i++)
        fault_differs(c, gone.p[i], of_legacy);
}
