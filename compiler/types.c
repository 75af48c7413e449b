/* types.c: what types.def says of each type, and currencies. */
#include "compiler/types.h"

char type_family(type t)
{
    static const char family[TYPE_COUNT] = {
#define TYPE(id, name, scale, letter) [TYPE_##id] = (letter),
#include "bytecode/types.def"
#undef TYPE
    };
    return type_id_of(t) < TYPE_COUNT ? family[type_id_of(t)] : 0;
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
