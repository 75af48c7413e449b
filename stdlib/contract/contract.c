/* contract.c: reading a contract; the list of changes: places, what is ignored, the
 * order in which they are told. */
#include "stdlib/contract/contract_parts.h"
#include "stdlib/contract/contract_xsd.h"

#include <stdlib.h>

#define LEVEL_OF(level) CHANGE_##level

const contract_rule_entry contract_rule_table[CONTRACT_RULES] = {
#define RULE(id, code, level, reason) [RULE_##id] = {code, LEVEL_OF(level), reason},
#define FACT(id, code, level, reason, response_level, response_reason)                             \
    [RULE_##id] = {"request." code, LEVEL_OF(level), reason},                                      \
    [RULE_RESPONSE_##id] = {"response." code, LEVEL_OF(response_level), response_reason},
#include "stdlib/contract/contract_rules.def"
#undef RULE
#undef FACT
};

const char *contract_level_word(contract_level l)
{
    static const char *const words[CHANGE_LEVELS] = {"breaking", "risky", "harmless"};
    return words[l];
}

/* --- reading --- */

uint32_t contract_line(const contract *c, uint32_t at, text *file)
{
    const contract_file *f = contract_files_at(&c->files, at);
    *file = f && f->referrer ? f->source->name : (text){0};
    return source_place(&c->files.map, (span){at, at}).line;
}

contract *contract_read(arena *a, document_kind kind, text bytes, const char *path,
                        document_fault *fault)
{
    contract *c = arena_new(a, contract);
    c->kind = kind;
    contract_files_init(&c->files, a, path);
    if (!contract_files_first(&c->files, bytes)) {
        *fault = (document_fault){text_of(document_kind_word(kind)),
                                  text_format(a, "larger than %d MiB", SOURCE_LARGEST >> 20),
                                  0,
                                  {0}};
        return NULL;
    }
    c->openapi = kind == KIND_WSDL  ? wsdl_read(a, &c->files, fault)
                 : kind == KIND_XSD ? xsd_read(a, &c->files, fault)
                                    : openapi_read(a, &c->files, fault);
    contract_files_keep(&c->files);
    return c->openapi ? c : NULL;
}

uint32_t contract_ports(const contract *c, const contract_port **out)
{
    *out = c->openapi->port;
    return c->openapi->ports;
}

uint32_t contract_parts(const contract *c)
{
    return c->files.files;
}

text contract_part(const contract *c, uint32_t i)
{
    return c->files.file[i]->source->name;
}

contract_summary contract_summarise(const contract *c)
{
    const openapi *o = c->openapi;
    const spec_node *info = spec_get(o->root, "info");
    if (o->xml)
        return (contract_summary){.language = c->kind == KIND_XSD ? "XML Schema" : "WSDL",
                                  .version = o->version,
                                  .title = o->title,
                                  .operations = o->operations,
                                  .types = o->types,
                                  .elements = o->elements};
    return (contract_summary){.language = o->level == 20 ? "Swagger" : "OpenAPI",
                              .version = o->version,
                              .title = spec_text(info, "title"),
                              .release = spec_text(info, "version"),
                              .operations = o->operations};
}

uint32_t contract_operations(arena *a, const contract *c, contract_operation **out)
{
    const openapi *o = c->openapi;
    *out = arena_array(a, contract_operation, o->operations);
    for (uint32_t i = 0; i < o->operations; i++)
        (*out)[i] = (contract_operation){o->operation[i].name, openapi_id(&o->operation[i])};
    return o->operations;
}

/* --- changes --- */

enum { PUSH_LONGEST = 400 }; /* bytes of one part of a path: each change has a copy */

size_t path_push(change_list *c, const char *format, ...)
{
    size_t length = c->path.n;
    va_list args;
    va_start(args, format);
    buffer_vprintf(&c->path, format, args);
    va_end(args);
    if (c->path.n > length + PUSH_LONGEST)
        c->path.n = length + PUSH_LONGEST;
    return length;
}

void path_pop(change_list *c, size_t length)
{
    c->path.n = length;
}

/* Adds a change at the path as it is. Places are positions in the files of the two contracts. */
static contract_change *change_add(change_list *c, contract_rule rule, text legacy, text modern,
                                   uint32_t legacy_at, uint32_t modern_at)
{
    contract_change one = {.rule = rule,
                           .path = text_copy(c->memory, buffer_view(&c->path)),
                           .legacy = legacy,
                           .modern = modern};
    if (legacy_at != CONTRACT_NOWHERE)
        one.legacy_line = contract_line(c->legacy, legacy_at, &one.legacy_file);
    if (modern_at != CONTRACT_NOWHERE)
        one.modern_line = contract_line(c->modern, modern_at, &one.modern_file);
    vec_push(&c->list, one);
    return &vec_last(&c->list);
}

contract_change *change_nodes(change_list *c, contract_rule rule, text legacy, text modern,
                              const spec_node *legacy_at, const spec_node *modern_at)
{
    return change_add(c, rule, legacy, modern, legacy_at ? legacy_at->at : CONTRACT_NOWHERE,
                      modern_at ? modern_at->at : CONTRACT_NOWHERE);
}

/* A code, or a path: then what lies below it as well. */
static bool takes(text ignore, const contract_change *c)
{
    if (text_is(ignore, contract_rule_table[c->rule].code) || text_equal(ignore, c->path))
        return true;
    return c->path.n > ignore.n && text_starts(c->path, ignore) &&
           strchr(" .[(", c->path.p[ignore.n]) != NULL;
}

static void ignore(const contract_options *o, contract_result *out)
{
    for (size_t i = 0; i < out->changes; i++)
        for (size_t k = 0; k < o->ignores; k++)
            if (takes(o->ignore[k], &out->change[i])) {
                out->change[i].ignored = true;
                out->ignore_used[k]++;
            }
}

/* Worst first; stable, for the rest is in the order of the contract. */
static void order(arena *a, change_list *c, contract_result *out)
{
    out->changes = c->list.n;
    out->change = arena_array(a, contract_change, c->list.n);
    size_t n = 0;
    for (contract_level l = 0; l < CHANGE_LEVELS; l++)
        for (size_t i = 0; i < c->list.n; i++)
            if (contract_rule_table[c->list.p[i].rule].level == l)
                out->change[n++] = c->list.p[i];
}

bool contract_compare(arena *a, const contract *legacy, const contract *modern,
                      const contract_options *o, contract_result *out, document_fault *fault)
{
    change_list c = {.memory = a, .legacy = legacy, .modern = modern};
    openapi_compare(&c, legacy->openapi, modern->openapi);
    *out = (contract_result){.ignore_used = arena_array(a, size_t, o->ignores)};
    order(a, &c, out);
    ignore(o, out);
    for (size_t i = 0; i < out->changes; i++)
        if (out->change[i].ignored)
            out->ignored++;
        else
            out->count[contract_rule_table[out->change[i].rule].level]++;
    if (c.fault)
        *fault =
            (document_fault){text_of(document_kind_word(legacy->kind)), text_of(c.fault), 0, {0}};
    vec_release(&c.list);
    buffer_release(&c.path);
    return c.fault == NULL;
}
