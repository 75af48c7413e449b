/* edifact_structure.c: reads a row of edifact_messages.def into a table of items. */
#include "stdlib/edifact/edifact_structure.h"

#include <string.h>

static const struct {
    const char *type, *items;
} messages[] = {
#define EDIFACT_MESSAGE(type, items) {#type, items},
#include "stdlib/edifact/edifact_messages.def"
#undef EDIFACT_MESSAGE
};

enum { GROUPS_DEEPEST = 16 };

static const char *read_most(const char *p, uint32_t *most)
{
    uint32_t n = 0;
    while (*p >= '0' && *p <= '9')
        n = n * 10 + (uint32_t)(*p++ - '0');
    *most = n ? n : 1;
    return p;
}

/* What stands behind a tag, or behind the bracket that closes its group. */
static const char *read_limits(const char *p, edifact_item *item)
{
    item->needed = *p == '!';
    return read_most(p + item->needed, &item->most);
}

static void read_items(const char *p, edifact_structure *out)
{
    uint16_t open[GROUPS_DEEPEST] = {0};
    unsigned depth = 1;
    out->item[0] = (edifact_item){.group = true, .needed = true, .most = 1};
    out->items = 1;
    while (*p) {
        if (*p == ')') {
            edifact_item *group = &out->item[open[--depth]];
            group->next = out->items;
            p = read_limits(p + 1, group);
        } else if (*p == ' ') {
            p++;
        } else {
            edifact_item *item = &out->item[out->items];
            memcpy(item->tag, p, 3);
            item->group = p[3] == '(';
            if (item->group)
                open[depth++] = out->items;
            item->next = ++out->items;
            p = item->group ? p + 4 : read_limits(p + 3, item);
        }
    }
    out->item[0].next = out->items;
}

size_t edifact_structure_row(text type)
{
    size_t row = 0;
    while (row < EDIFACT_STRUCTURES && !text_is(type, messages[row].type))
        row++;
    return row;
}

const edifact_structure *edifact_structure_of(arena *a, size_t row)
{
    edifact_structure *s = arena_new(a, edifact_structure);
    s->type = messages[row].type;
    s->item = arena_array(a, edifact_item, strlen(messages[row].items) / 4 + 2);
    read_items(messages[row].items, s);
    return s;
}
