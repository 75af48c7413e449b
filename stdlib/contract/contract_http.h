/* contract_http.h: what comparing operations shares between those of OpenAPI and those of WSDL. */
#ifndef FERRY_STDLIB_CONTRACT_HTTP_H
#define FERRY_STDLIB_CONTRACT_HTTP_H

#include "stdlib/contract/contract_compare.h"

typedef struct {
    change_list *changes;
    const openapi *legacy, *modern;
    schema_walk *walk;
} comparison;

/* A change at the path as it is; what stood there and is gone; what came. */
void http_report(comparison *c, contract_rule rule, text legacy, text modern, const spec_node *l,
                 const spec_node *m);
void http_gone(comparison *c, contract_rule rule, text what, const spec_node *l);
void http_come(comparison *c, contract_rule rule, text what, const spec_node *m);
void http_compare_parameters(comparison *c, const openapi_operation *l, const openapi_operation *m);
void http_compare_headers(comparison *c, const openapi_response *l, const openapi_response *m);

/* contract_soap.c: two operations of WSDL; what one is called in reports. */
void soap_compare(comparison *c, const openapi_operation *l, const openapi_operation *m);
/* Two contracts of XML, their operations with keys that pair them: see contract_soap.c. */
void soap_pair(comparison *c);

#endif
