/* yaml.c: any bytes as an inventory in YAML, below a program that reads fields of every type. */
#include "tests/fuzz/compiled.h"

static const char program[] =
    "customers from \"rows.yaml\" { wave number }\n"
    "role lead { members [\"a\"] }\n"
    "field channel.tier: number = 3\n"
    "migration m for acme {\n"
    "  phase p {\n"
    "    require acme.risk.score < 60 and acme.wave > 1 and acme.sla > 9%\n"
    "    for each c in acme.channels where c.kind == edi by c.risk.score {\n"
    "      simulate trial of c { samples \"s/*\" }\n"
    "      if c.volume > 5 per day and c.tier == 3 { notify \"{c.partner} {c.name}\" via lead }\n"
    "    }\n"
    "  }\n"
    "}\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    put("main.ferry", program, sizeof program - 1);
    put("rows.yaml", bytes, n);
    compile_and_check();
    return 0;
}
