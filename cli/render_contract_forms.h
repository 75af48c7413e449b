/* render_contract_forms.h: the forms of render_contract for machines and pull requests. */
#ifndef FERRY_CLI_RENDER_CONTRACT_FORMS_H
#define FERRY_CLI_RENDER_CONTRACT_FORMS_H

#include "cli/render_contract.h"

/* Of a change in a form that shows some: is it shown, or only counted. */
bool contract_shown(const contract_change *c, bool all);
/* "1 breaking, 2 risky, 0 harmless, 1 ignored". */
void contract_sums(buffer *out, const contract_report *r);

void render_contract_json(cli *c, const contract_report *r);
void render_contract_markdown(buffer *out, const contract_report *r, bool all);
void render_contract_junit(buffer *out, const contract_report *r);
/* render_contract_proof.c */
void contract_proof_text(buffer *out, const terminal *t, const contract_proof *p);
void contract_proof_markdown(buffer *out, const contract_proof *p);
void contract_proof_html(buffer *out, const contract_proof *p);
void contract_proof_junit(buffer *out, const contract_proof *p);
void contract_proof_json(json_writer *w, const contract_proof *p); /* a member */
/* render_contract_page.c */
void render_contract_html(cli *c, const contract_report *r, bool all);

#endif
