/* csv.c: any bytes as inventories in CSV: customers up to the first empty line, channels behind it. */
#include "tests/fuzz/compiled.h"

static const char program[] =
    "customers from \"customers.csv\" { wave number }\n"
    "channels from \"channels.csv\"\n"
    "role lead { members [\"a\"] }\n"
    "migration m for acme {\n"
    "  phase p {\n"
    "    require acme.risk.score < 60 and (acme.wave ?? 1) > 1\n"
    "    for each c in acme.channels where c.kind == edi by c.risk.score {\n"
    "      if c.volume > 5 per day { notify \"{c.partner} {c.name}\" via lead }\n"
    "    }\n"
    "  }\n"
    "}\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const uint8_t *cut = n ? memmem(bytes, n, "\n\n", 2) : NULL;
    size_t first = cut ? (size_t)(cut - bytes) + 1 : n;
    put("main.ferry", program, sizeof program - 1);
    put("customers.csv", bytes, first);
    put("channels.csv", bytes + (cut ? first + 1 : n), cut ? n - first - 1 : 0);
    compile_and_check();
    return 0;
}
