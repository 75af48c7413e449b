/* verify.c: owns the outside of an image: directory, hashes and the views, made section by section
 * with exact lengths; then calls the other parts. Nothing is read before its bounds are known. */
#include "bytecode/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool refuse(verifier *v, const void *where, const char *format, ...)
{
    uintptr_t at = (uintptr_t)where, start = (uintptr_t)v->i->bytes.p;
    v->fault->offset = at >= start && at < start + v->i->bytes.n ? at - start : 0;
    va_list args;
    va_start(args, format);
    vsnprintf(v->fault->message, sizeof v->fault->message, format, args);
    va_end(args);
    return false;
}

bool text_ok(verifier *v, uint32_t id)
{
    if (id >= v->i->texts)
        return false;
    v->text_used[id] = 1;
    return true;
}

bool text_or_none(verifier *v, uint32_t id)
{
    return id == NO_INDEX || text_ok(v, id);
}

/* What is left of a section while views are taken from its front. */
typedef struct {
    const char *p;
    uint64_t n;
    bool bad;
} slice;

static const void *take(slice *s, uint64_t count, uint64_t size)
{
    if (s->bad || count > s->n / size) {
        s->bad = true;
        return NULL;
    }
    const void *p = s->p;
    s->p += count * size;
    s->n -= count * size;
    return p;
}

static bool take_strings(slice *s, uint32_t n, const uint32_t **offset, const char **bytes)
{
    *offset = take(s, (uint64_t)n + 1, sizeof **offset);
    if (!*offset || (*offset)[0] || (*offset)[n] != s->n)
        return false;
    for (uint32_t k = 0; k < n; k++)
        if ((*offset)[k] > (*offset)[k + 1])
            return false;
    *bytes = take(s, s->n, 1);
    for (uint32_t k = 1; k < n; k++) {
        text before = {*bytes + (*offset)[k - 1], (*offset)[k] - (*offset)[k - 1]};
        text here = {*bytes + (*offset)[k], (*offset)[k + 1] - (*offset)[k]};
        if (text_compare(before, here) >= 0)
            return false;
    }
    return true;
}

static void view_types(image *i, slice *s, uint32_t count)
{
    const uint32_t *head = take(s, 4, sizeof *head);
    if (!head)
        return;
    i->list_type_count = head[0];
    i->record_count = head[1];
    i->leaf_count = head[2];
    i->word_count = head[3];
    i->enum_count = count;
    i->enums = take(s, count, sizeof *i->enums);
    i->list_types = take(s, i->list_type_count, sizeof *i->list_types);
    i->records = take(s, i->record_count, sizeof *i->records);
    i->leaves = take(s, i->leaf_count, sizeof *i->leaves);
    i->words = take(s, i->word_count, sizeof *i->words);
}

static void view_tables(image *i, slice *s, uint32_t count)
{
    const uint32_t *head = take(s, 4, sizeof *head);
    if (!head || head[1]) {
        s->bad = true;
        return;
    }
    i->column_count = head[0];
    i->data_size = head[2] | (uint64_t)head[3] << 32;
    i->table_count = count;
    i->tables = take(s, count, sizeof *i->tables);
    i->columns = take(s, i->column_count, sizeof *i->columns);
    i->data = take(s, i->data_size, 1);
}

static void view_functions(image *i, slice *s, uint32_t count)
{
    i->function_count = count;
    i->functions = take(s, count, sizeof *i->functions);
    i->type_count = (uint32_t)(s->n / sizeof *i->types);
    i->types = take(s, i->type_count, sizeof *i->types);
}

static void view_debug(image *i, slice *s, uint32_t count)
{
    static const uint32_t nothing[1] = {0};
    i->file_offset = nothing;
    i->file_bytes = "";
    if (!s->n && !count)
        return;
    const uint32_t *head = take(s, 2, sizeof *head);
    i->place_runs = count;
    i->place_end = take(s, count, sizeof *i->place_end);
    i->places = take(s, head ? head[1] : 0, 1);
    const char *padding = take(s, head ? -head[1] & 3 : 0, 1);
    for (uint32_t k = 0; !s->bad && k < (-head[1] & 3); k++)
        s->bad |= padding[k] != 0;
    for (uint32_t k = 0; !s->bad && k < count; k++)
        s->bad |= i->place_end[k] > head[1] || (k && i->place_end[k] < i->place_end[k - 1]);
    s->bad |= !count || s->bad || i->place_end[count - 1] != head[1];
    if (!s->bad)
        i->files = head[0];
    s->bad |= !take_strings(s, i->files, &i->file_offset, &i->file_bytes);
}

static void view_section(image *i, slice *s, const image_section *d)
{
    uint32_t n = d->count;
    switch ((section_id)d->id) {
    case SECTION_TEXT:
        i->texts = n;
        s->bad = !take_strings(s, n, &i->text_offset, &i->text_bytes);
        break;
    case SECTION_CONST: i->constant = take(s, i->constants = n, sizeof *i->constant); break;
    case SECTION_TYPE: view_types(i, s, n); break;
    case SECTION_TABLE: view_tables(i, s, n); break;
    case SECTION_SHAPE: i->fields = take(s, i->field_count = n, sizeof *i->fields); break;
    case SECTION_SITE: i->sites = take(s, i->site_count = n, sizeof *i->sites); break;
    case SECTION_RULE: i->factors = take(s, i->factor_count = n, sizeof *i->factors); break;
    case SECTION_ENTRY: i->entries = take(s, i->entry_count = n, sizeof *i->entries); break;
    case SECTION_FUNC: view_functions(i, s, n); break;
    case SECTION_CODE: i->code = take(s, i->code_count = n, sizeof *i->code); break;
    case SECTION_LIMIT: i->limits = take(s, n, sizeof *i->limits); break;
    case SECTION_DEBUG: view_debug(i, s, n); break;
    case SECTION_END: s->bad = true; break;
    }
}

/* The directory's entry k: where it must stand, zeros behind it. Advances *at. */
static bool verify_extent(verifier *v, const image_section *d, uint32_t k, uint64_t *at)
{
    text all = v->i->bytes;
    if (d->id != k + 1)
        return refuse(v, d, "section %u stands where %u belongs", d->id, k + 1);
    if (d->offset != *at || d->length > all.n - *at)
        return refuse(v, d, "section %u does not lie where the one before ends", d->id);
    uint64_t end = *at + d->length;
    for (; end & 7; end++)
        if (end >= all.n || all.p[end])
            return refuse(v, d, "section %u is not padded with zeros", d->id);
    *at = end;
    return true;
}

static bool verify_sections(verifier *v, const image_section directory[SECTIONS])
{
    text all = v->i->bytes;
    sha256 hash[SECTIONS];
    image_section_hashes(all, directory, hash);
    for (uint32_t k = 0; k < SECTIONS; k++) {
        const image_section *d = &directory[k];
        if (!sha256_equal(&hash[k], &d->hash))
            return refuse(v, d, "section %u has another hash than the directory says", d->id);
        slice s = {all.p + d->offset, d->length, false};
        view_section(v->i, &s, d);
        if (s.bad || s.n)
            return refuse(v, all.p + d->offset, "section %u is malformed or has another length", d->id);
    }
    return true;
}

static bool verify_outside(verifier *v)
{
    image *i = v->i;
    const image_header *head = (const void *)i->bytes.p;
    const image_section *directory = (const void *)(head + 1);
    uint64_t at = sizeof *head + SECTIONS * sizeof *directory;
    if (i->bytes.n < sizeof *head || memcmp(head->magic, IMAGE_MAGIC, sizeof head->magic))
        return refuse(v, head, "not a program image");
    if (head->isa != IMAGE_ISA)
        return refuse(v, head, "the image has instruction set %u, this ferry has %u", head->isa,
                      IMAGE_ISA);
    if (head->sections != SECTIONS || i->bytes.n < at || i->bytes.n > IMAGE_BYTES)
        return refuse(v, head, "the image is cut off or has another number of sections");
    for (uint32_t k = 0; k < SECTIONS; k++)
        if (!verify_extent(v, &directory[k], k, &at))
            return false;
    if (at != i->bytes.n)
        return refuse(v, i->bytes.p + at, "bytes follow the last section");
    if (!verify_sections(v, directory))
        return false;
    if (directory[SECTION_LIMIT - 1].count != 1)
        return refuse(v, &directory[SECTION_LIMIT - 1], "there must be one row of limits");
    i->hash = image_program_hash(head->isa, directory);
    i->debug_hash = directory[SECTION_DEBUG - 1].hash;
    return true;
}

static bool verify_constants(verifier *v)
{
    const int64_t *c = v->i->constant;
    for (uint32_t k = 0; k < v->i->constants; k++)
        if (c[k] < QUANTITY_MIN || (k && c[k] <= c[k - 1]))
            return refuse(v, &c[k], "constant %u is out of order or out of range", k);
    return true;
}

static bool verify_counts(verifier *v)
{
    const image *i = v->i;
    const uint32_t count[] = {i->function_count, i->site_count,   i->table_count,  i->column_count,
                              i->enum_count,     i->record_count, i->factor_count, i->entry_count};
    for (size_t k = 0; k < sizeof count / sizeof *count; k++)
        if (count[k] > IMAGE_INDEX_LIMIT)
            return refuse(v, i->bytes.p, "more than 65,535 rows of one kind");
    return true;
}

/* Marks and memory; SHAPE's first part is what the sites leave over. */
static bool prepare(verifier *v)
{
    image *i = v->i;
    uint64_t of_sites = 0;
    for (uint32_t s = 0; s < i->site_count; s++)
        of_sites += i->sites[s].shape_count;
    if (of_sites > i->field_count || i->field_count - of_sites > IMAGE_INDEX_LIMIT)
        return refuse(v, i->fields, "sites have more fields than there are");
    v->getters = i->field_count - (uint32_t)of_sites;
    v->limits = i->limits;
    v->text_used = arena_array(&v->memory, uint8_t, i->texts);
    v->constant_used = arena_array(&v->memory, uint8_t, i->constants);
    v->list_used = arena_array(&v->memory, uint8_t, i->list_type_count);
    v->record_used = arena_array(&v->memory, uint8_t, i->record_count);
    v->getter_used = arena_array(&v->memory, uint8_t, v->getters);
    v->measure = arena_array(&v->memory, measure, i->function_count);
    return verify_counts(v);
}

static bool verify_used(verifier *v, const uint8_t *used, uint32_t n, const char *what)
{
    for (uint32_t k = 0; k < n; k++)
        if (!used[k])
            return refuse(v, v->i->bytes.p, "nothing refers to %s %u", what, k);
    return true;
}

static bool verify_references(verifier *v)
{
    const image *i = v->i;
    if (v->next_word != i->word_count)
        return refuse(v, i->words, "nothing refers to word %u", v->next_word);
    if (v->next_site != i->site_count)
        return refuse(v, i->sites, "no instruction names site %u", v->next_site);
    return verify_used(v, v->text_used, i->texts, "text") &&
           verify_used(v, v->constant_used, i->constants, "constant") &&
           verify_used(v, v->list_used, i->list_type_count, "list type") &&
           verify_used(v, v->record_used, i->record_count, "record") &&
           verify_used(v, v->getter_used, v->getters, "field");
}

static bool verify_all(verifier *v)
{
    return verify_outside(v) && prepare(v) && verify_limits(v) && verify_constants(v) &&
           verify_types(v) && verify_tables(v) && verify_sites(v) && verify_functions(v) &&
           verify_roots(v) && verify_debug(v) && verify_references(v);
}

static void keep_fact_types(verifier *v)
{
    uint32_t n = v->limits->facts;
    v->i->fact_types = calloc((size_t)n + 1, sizeof *v->i->fact_types);
    if (!v->i->fact_types)
        memory_exhausted();
    for (uint32_t k = 0; k < n; k++)
        v->i->fact_types[k] = v->fact[k];
}

bool image_verify(image **out, const void *bytes, size_t n, image_fault *fault)
{
    char *copy = malloc(n + 1);
    if (!copy)
        memory_exhausted();
    if (n)
        memcpy(copy, bytes, n);
    bool ok = image_verify_held(out, copy, n, fault);
    if (ok)
        (*out)->memory = copy;
    else
        free(copy);
    return ok;
}

bool image_verify_held(image **out, const void *bytes, size_t n, image_fault *fault)
{
    image *i = calloc(1, sizeof *i);
    if (!i)
        memory_exhausted();
    i->bytes = (text){bytes, n};
    *fault = (image_fault){0};
    verifier v = {.i = i, .fault = fault};
    bool ok = verify_all(&v);
    if (ok)
        keep_fact_types(&v);
    arena_release(&v.memory);
    if (!ok) {
        image_free(i);
        i = NULL;
    }
    *out = i;
    return ok;
}
