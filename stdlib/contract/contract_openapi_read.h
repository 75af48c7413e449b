/* contract_openapi_read.h: what the parts of the OpenAPI reader share. */
#ifndef FERRY_STDLIB_CONTRACT_OPENAPI_READ_H
#define FERRY_STDLIB_CONTRACT_OPENAPI_READ_H

#include "base/vec.h"
#include "stdlib/contract/contract_files.h"
#include "stdlib/contract/contract_openapi.h"

/* OPENAPI_MOST: parameters, media types, responses, headers, servers, ways in, each of one holder.
 * They are paired by looking through them. */
enum { OPENAPI_LEVELS = 8, OPENAPI_HOPS = 64, OPENAPI_MOST = 512 };

typedef struct {
    arena *memory;
    openapi *api;
    contract_files *files;
    document_fault *fault; /* the first one */
    bool failed;
    unsigned levels; /* of callbacks within callbacks */
    VEC(openapi_operation) operations;
    VEC(text) servers;
} openapi_reader;

/* Records the first fault; always false. */
bool openapi_fault(openapi_reader *r, const spec_node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Whether it is of that kind; else a fault that says what it is: "an operation", "`content`". */
bool openapi_need(openapi_reader *r, const spec_node *n, spec_kind kind, const char *what);
/* As openapi_member for what has at most OPENAPI_MOST members. */
const spec_node *openapi_few(openapi_reader *r, const spec_node *map, const char *key,
                             spec_kind kind);
/* What the node's `$ref` leads to in the end, or itself; NULL after a fault. */
const spec_node *openapi_follow(openapi_reader *r, const spec_node *node);
/* A file as values, once; NULL after a fault. */
const spec_node *openapi_read_file(openapi_reader *r, contract_file *f);
/* Every `$ref` leads to a place of this document or of one beside it, and bears that. */
bool openapi_check_references(openapi_reader *r);
/* Fills in parameters, body and responses of an operation; `item` is its path item. */
bool openapi_read_parts(openapi_reader *r, const spec_node *item, text path, openapi_operation *o);

#endif
