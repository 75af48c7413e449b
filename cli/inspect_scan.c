/* inspect_scan.c: see inspect_scan.h. */
#include "cli/inspect_scan.h"

enum { FINDINGS_SHOWN = 20 };

static void finding(cli *c, const comply_finding *f)
{
    bool certain = f->evidence == EVIDENCE_CERTAIN;
    buffer_cstr(&c->result, "    ");
    term_styled(&c->result, &c->out, certain ? STYLE_ERROR : STYLE_DIM,
                text_of(identifier_of(f->id)->code));
    buffer_printf(&c->result, "  %s  byte %zu  ", comply_evidence_word(f->evidence), f->offset);
    term_put(&c->result, &c->out, f->path);
    buffer_cstr(&c->result, "  ");
    term_put(&c->result, &c->out, f->shown);
    buffer_char(&c->result, '\n');
}

static void counts(cli *c, const comply_report *r)
{
    for (int id = 0; id < ID_COUNT; id++)
        if (r->certain[id] + r->likely[id])
            buffer_printf(&c->result, "    %s: %u × %s\n", identifier_of((identifier)id)->title,
                          r->certain[id] + r->likely[id], identifier_of((identifier)id)->code);
}

static void verdicts(cli *c, const comply_report *r)
{
    buffer *out = &c->result;
    for (int v = COMPLY_FAIL; v >= COMPLY_PASS; v--) {
        unsigned n = 0;
        for (unsigned i = 0; i < REGIME_COUNT; i++) {
            if (r->verdict[i] != (comply_verdict)v)
                continue;
            if (n++ == 0)
                term_printf(out, &c->out, v == COMPLY_PASS ? STYLE_DIM : STYLE_ERROR, "    %s",
                            comply_verdict_word((comply_verdict)v));
            buffer_printf(out, "%s%s", n == 1 ? "  " : ", ", identifier_regime_word(i));
        }
        if (n)
            buffer_char(out, '\n');
    }
}

/* The certain ones first: they decide. Returns how many it has shown. */
static uint32_t findings(cli *c, const comply_report *r, identifier_evidence of, uint32_t most)
{
    uint32_t shown = 0;
    for (uint32_t i = 0; i < r->findings && shown < most; i++)
        if (r->finding[i].evidence == of) {
            finding(c, &r->finding[i]);
            shown++;
        }
    return shown;
}

void inspect_scan_text(cli *c, const comply_report *r)
{
    uint32_t shown = findings(c, r, EVIDENCE_CERTAIN, FINDINGS_SHOWN);
    shown += findings(c, r, EVIDENCE_LIKELY, FINDINGS_SHOWN - shown);
    if (r->findings + r->omitted > shown) {
        buffer_printf(&c->result, "    and %u more; in all\n", r->findings + r->omitted - shown);
        counts(c, r);
    }
    for (uint32_t i = 0; i < r->unseens; i++) {
        buffer_cstr(&c->result, "    not looked into  ");
        term_put(&c->result, &c->out, r->unseen[i]);
        buffer_char(&c->result, '\n');
    }
    verdicts(c, r);
}
