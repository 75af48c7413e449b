/* run_state.c: see run_state.h. */
#include "cli/run_state.h"

#include "base/decimal.h"

state_elements state_list(const json_document *d, uint32_t object, const char *key)
{
    uint32_t list = d->nodes ? json_member(d, object, text_of(key)) : 0;
    if (!list || d->node[list].kind != JSON_ARRAY)
        return (state_elements){d, 0, 0};
    return (state_elements){d, list + 1, d->node[list].count};
}

void state_next(state_elements *e)
{
    e->node = e->d->node[e->node].next;
    e->left--;
}

text state_member(cli *c, const json_document *d, uint32_t object, const char *key)
{
    uint32_t n = d->nodes ? json_member(d, object, text_of(key)) : 0;
    if (!n || d->node[n].kind == JSON_NULL)
        return (text){0};
    return d->node[n].kind == JSON_TEXT ? json_text(&c->memory, d, n) : json_raw(d, n);
}

instant state_instant(cli *c, const json_document *d, uint32_t object, const char *key)
{
    int64_t v;
    text t = state_member(c, d, object, key);
    return t.n && decimal_read(t, 0, false, &v, NULL) ? v : QUANTITY_NONE;
}

bool state_is(cli *c, const json_document *d, uint32_t object, const char *key, const char *word)
{
    return text_is(state_member(c, d, object, key), word);
}
