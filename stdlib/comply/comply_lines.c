/* comply_lines.c: text line by line, and what could not be read as its kind. */
#include "stdlib/comply/comply_parts.h"

typedef struct {
    text whole;
    size_t counted; /* bytes whose lines are counted */
    uint32_t line;
} lines;

/* Findings come in order, so each byte is counted once. */
static text path(comply *s, void *self, size_t at)
{
    lines *l = self;
    for (; l->counted < at; l->counted++)
        l->line += l->whole.p[l->counted] == '\n';
    return text_format(s->memory, "line[%u]", l->line);
}

void comply_lines(comply *s)
{
    lines l = {s->file->bytes, 0, 1};
    const comply_place nothing = {0};
    comply_where w = {.path = path, .self = &l, .prose = true};
    comply_text(s, &nothing, l.whole, &w);
}
