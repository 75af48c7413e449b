/* signature.c: owns the reading of builtins.def's signatures, by recursive descent over a text that
 * this program itself was compiled with: malformed is a bug. */
#include "bytecode/signature.h"

#include "bytecode/vocabulary.h"

#include <assert.h>
#include <string.h>

static void skip_blanks(const char **s)
{
    while (**s == ' ')
        ++*s;
}

static text read_word(const char **s)
{
    skip_blanks(s);
    text t = {*s, 0};
    for (char c = **s; (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';)
        c = t.p[++t.n];
    assert(t.n > 0);
    *s += t.n;
    return t;
}

static type_id find_type(text name)
{
    for (int id = 0; id < TYPE_COUNT; id++)
        if (strncmp(type_rows[id].name, name.p, name.n) == 0 && !type_rows[id].name[name.n])
            return id;
    assert(!"a type of builtins.def stands in types.def");
    return TYPE_COUNT;
}

static void read_type(const char **s, signature_parameter *p)
{
    skip_blanks(s);
    p->list = **s == '[';
    *s += p->list;
    p->type = find_type(read_word(s));
    assert(!p->list || **s == ']');
    *s += p->list;
    p->optional = **s == '?';
    *s += p->optional;
    skip_blanks(s);
}

signature signature_read(const char *s)
{
    signature g = {0};
    for (skip_blanks(&s); *s && *s != '-';) {
        assert(g.parameters < SIGNATURE_PARAMETERS);
        signature_parameter *p = &g.parameter[g.parameters++];
        p->name = read_word(&s);
        assert(*s == ':');
        s++;
        read_type(&s, p);
        s += *s == ',';
        skip_blanks(&s);
    }
    if (*s == '-') {
        assert(s[1] == '>');
        s += 2;
        read_type(&s, &g.result);
        g.has_result = true;
    }
    assert(!*s);
    return g;
}

bool signature_fits(const signature_parameter *p, type_word word, const type_word *list_types,
                    uint32_t list_type_count)
{
    if (p->list) {
        if (TYPE_ID(word) != TYPE_LIST || TYPE_PARAMETER(word) >= list_type_count)
            return false;
        word = list_types[TYPE_PARAMETER(word)];
    }
    return word == TYPE_WORD(p->type, 0);
}

const signature_parameter *signature_field(const signature *result, text path, bool *below)
{
    *below = false;
    const signature_parameter *json = NULL;
    for (uint32_t k = 0; k < result->parameters; k++) {
        const signature_parameter *p = &result->parameter[k];
        if (text_equal(p->name, path))
            return p;
        bool starts = path.n > p->name.n && text_starts(path, p->name);
        if (p->type == TYPE_JSON && starts && strchr(".[", path.p[p->name.n]))
            json = p;
    }
    *below = json != NULL;
    return json;
}

uint32_t signature_places(const signature *arguments, text operation)
{
    static const char *const places[] = {"path", "from", "to"};
    uint32_t bits = 0;
    for (uint32_t i = 0; i < arguments->parameters && !text_is(operation, "post"); i++)
        for (size_t k = 0; k < sizeof places / sizeof *places; k++)
            bits |= (uint32_t)text_is(arguments->parameter[i].name, places[k]) << i;
    return bits;
}
