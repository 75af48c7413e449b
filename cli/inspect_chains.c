/* inspect_chains.c: see inspect_chains.h. */
#include "cli/inspect_chains.h"

#include "stdlib/document/mask.h"

static void part(buffer *out, bool any, size_t n, const char *words)
{
    if (any)
        buffer_printf(out, ", %zu %s", n, words);
}

static void sums(cli *c, const chain_result *r)
{
    buffer *out = &c->result;
    buffer_printf(out, "%zu order%s", r->orders, r->orders == 1 ? "" : "s");
    if (r->orders) {
        part(out, r->any[CHAIN_RESPONSE], r->answered[CHAIN_RESPONSE], "acknowledged");
        part(out, r->any[CHAIN_SHIPMENT], r->answered[CHAIN_SHIPMENT], "shipped");
        part(out, r->any[CHAIN_INVOICE], r->answered[CHAIN_INVOICE], "invoiced");
    }
    buffer_printf(out, "; %zu invoice%s", r->invoices, r->invoices == 1 ? "" : "s");
    part(out, r->any[CHAIN_REMITTANCE] && r->invoices, r->paid, "paid in full");
    buffer_char(out, '\n');
}

exit_code inspect_chains(cli *c, json_writer *w, const chain *links)
{
    chain_result r;
    chain_check(&c->memory, links, &r);
    if (c->json)
        chain_write_json(&c->memory, w, &r);
    else
        sums(c, &r);
    for (size_t i = 0; i < r.breaks && !c->json; i++) {
        const chain_break *b = &r.found[i];
        term_styled(&c->result, &c->out, STYLE_BOLD, mask_text(&c->memory, b->link->file));
        buffer_printf(&c->result, "  byte %zu  ", b->link->offset);
        term_styled(&c->result, &c->out, STYLE_ERROR, chain_break_words(&c->memory, b));
        buffer_char(&c->result, '\n');
    }
    return r.breaks ? CODE_ERRORS : CODE_DONE;
}
