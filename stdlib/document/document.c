/* document.c: the words for kinds, lists of faults, prints. */
#include "stdlib/document/document.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[KIND_COUNT] = {
#define X(name, word) [KIND_##name] = word,
    DOCUMENT_KINDS(X)
#undef X
};

const char *document_kind_word(document_kind k)
{
    return words[k];
}

bool document_kind_read(text word, document_kind *out)
{
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++)
        if (text_is(word, words[k])) {
            *out = (document_kind)k;
            return true;
        }
    return false;
}

bool document_is_contract(document_kind k)
{
    return k == KIND_OPENAPI || k == KIND_WSDL || k == KIND_XSD;
}

uint64_t print_add(uint64_t print, text t)
{
    uint64_t h = (print ^ text_hash(t)) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 29);
}

/* Ties in the order they were found, which qsort alone does not keep. */
static int by_offset(const void *a, const void *b)
{
    const document_fault *x = *(const document_fault *const *)a;
    const document_fault *y = *(const document_fault *const *)b;
    if (x->offset != y->offset)
        return x->offset > y->offset ? 1 : -1;
    return (x > y) - (x < y);
}

uint32_t document_faults_keep(arena *a, document_faults *list, const document_fault **out,
                              uint32_t *omitted)
{
    size_t kept = list->n < DOCUMENT_FAULTS_MOST ? list->n : DOCUMENT_FAULTS_MOST;
    document_fault *copy = arena_array(a, document_fault, kept);
    VEC(const document_fault *) order = {0};
    for (size_t i = 0; i < list->n; i++)
        vec_push(&order, &list->p[i]);
    if (order.n)
        qsort(order.p, order.n, sizeof *order.p, by_offset);
    for (size_t i = 0; i < kept; i++)
        copy[i] = *order.p[i];
    *out = copy;
    *omitted = (uint32_t)(list->n - kept);
    vec_release(&order);
    vec_release(list);
    return (uint32_t)kept;
}

bool document_separates(char c)
{
    return !isalnum((unsigned char)c) && c != ' ' && c != 0;
}

document_pieces document_pieces_of(text t, char separator, char release)
{
    return (document_pieces){t.p, t.n ? t.p + t.n : t.p, separator, release};
}

/* Without a release character, as X12 has none, memchr looks for the separator. */
static const char *piece_end(const document_pieces *w)
{
    const char *p = w->at, *end = w->end;
    if (!w->separator || p == end)
        return end;
    if (!w->release) {
        p = memchr(p, w->separator, (size_t)(end - p));
        return p ? p : end;
    }
    for (; p < end && *p != w->separator; p++)
        if (*p == w->release && ++p == end)
            break;
    return p;
}

text document_piece(document_pieces *w)
{
    if (!w->at)
        return (text){w->end, 0};
    const char *end = piece_end(w);
    text piece = {w->at, (size_t)(end - w->at)};
    w->at = end < w->end ? end + 1 : NULL;
    return piece;
}

bool document_is_text(text t)
{
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c < 0x20 && !strchr("\t\r\n\f\x1a", c))
            return false;
        if (c == 0 || c == 0x7f)
            return false;
    }
    return true;
}

void document_tree_push(document_tree *t, document_node n)
{
    if (t->nodes == t->room) {
        size_t room = t->room;
        t->node = vec_grow(t->node, &room, sizeof *t->node);
        t->room = (uint32_t)room;
    }
    n.next = t->nodes + 1;
    t->node[t->nodes++] = n;
}

void document_tree_release(document_tree *t)
{
    free(t->node);
    *t = (document_tree){0};
}
