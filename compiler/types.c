/* types.c: what types.def says of each type, and currencies. */
#include "compiler/types.h"
#include "bytecode/vocabulary.h"

char type_family(type t)
{
    return type_id_of(t) < TYPE_COUNT ? type_rows[type_id_of(t)].family : 0;
}

uint32_t currency_code(text letters)
{
    if (letters.n != 3)
        return 0;
    uint32_t code = 0;
    for (int i = 0; i < 3; i++) {
        if (letters.p[i] < 'A' || letters.p[i] > 'Z')
            return 0;
        code = code << 5 | (uint32_t)(letters.p[i] - 'A' + 1);
    }
    return code;
}

void currency_text(uint32_t code, char out[4])
{
    for (int i = 2; i >= 0; i--, code >>= 5)
        out[i] = (char)('A' + (code & 31) - 1);
    out[3] = 0;
}
