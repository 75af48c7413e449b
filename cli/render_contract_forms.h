/* render_contract_forms.h: the forms of render_contract for machines and pull requests. */
#ifndef FERRY_CLI_RENDER_CONTRACT_FORMS_H
#define FERRY_CLI_RENDER_CONTRACT_FORMS_H

#include "cli/render_contract.h"

void render_contract_json(cli *c, const contract_report *r);
void render_contract_markdown(buffer *out, const contract_report *r, bool all);
void render_contract_junit(buffer *out, const contract_report *r);

#endif
