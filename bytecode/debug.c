/* debug.c: owns the entries of DEBUG; see debug.h. */
#include "bytecode/debug.h"

static void write_number(buffer *out, uint64_t v)
{
    char bytes[10];
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        bytes[n++] = (char)(v | 0x80);
    bytes[n++] = (char)v;
    buffer_add(out, bytes, n);
}

static void write_signed(buffer *out, int64_t v)
{
    write_number(out, v < 0 ? ~(uint64_t)v << 1 | 1 : (uint64_t)v << 1);
}

void debug_write(buffer *out, const image_debug *before, const image_debug *at, uint32_t instructions)
{
    bool moved = at->file != before->file;
    write_number(out, (uint64_t)instructions << 1 | moved);
    if (moved)
        write_number(out, at->file);
    write_signed(out, (int64_t)at->line - before->line);
    write_signed(out, (int64_t)at->column - before->column);
    write_signed(out, (int64_t)at->end_line - at->line);
    write_signed(out, (int64_t)at->end_column - at->column);
}

/* At most 34 bits: more has no place in an entry. */
static uint64_t read_number(debug_reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 35 && r->p < r->end; shift += 7) {
        uint8_t byte = *r->p++;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            r->bad |= shift && !byte;
            return v;
        }
    }
    r->bad = true;
    return 0;
}

/* base + a signed number, as a u32. */
static uint32_t read_from(debug_reader *r, uint32_t base)
{
    uint64_t v = read_number(r);
    int64_t sum = (int64_t)base + (v & 1 ? -(int64_t)(v >> 1) - 1 : (int64_t)(v >> 1));
    r->bad |= sum < 0 || sum > UINT32_MAX;
    return (uint32_t)sum;
}

bool debug_next(debug_reader *r)
{
    if (r->bad || r->p == r->end)
        return false;
    uint64_t head = read_number(r), file = head & 1 ? read_number(r) : r->at.file;
    r->instructions = (uint32_t)(head >> 1);
    r->at.line = read_from(r, r->at.line);
    r->at.column = read_from(r, r->at.column);
    r->at.end_line = read_from(r, r->at.line);
    r->at.end_column = read_from(r, r->at.column);
    r->at.file = (uint32_t)file;
    r->bad |= !r->instructions || head >> 1 > UINT32_MAX || file > UINT32_MAX;
    return !r->bad;
}

debug_reader debug_run(const image *i, uint32_t k)
{
    uint32_t from = k ? i->place_end[k - 1] : 0;
    return (debug_reader){.p = i->places + from, .end = i->places + i->place_end[k]};
}

static bool place_find(const image *i, uint32_t run, uint32_t instruction, image_debug *out)
{
    if (!i->place_runs)
        return false;
    debug_reader r = debug_run(i, run);
    while (debug_next(&r)) {
        if (instruction < r.instructions) {
            *out = r.at;
            return r.at.line != 0;
        }
        instruction -= r.instructions;
    }
    return false;
}

bool image_place(const image *i, uint32_t function, uint32_t instruction, image_debug *out)
{
    return place_find(i, function, instruction, out);
}

bool image_site_place(const image *i, uint32_t site, image_debug *out)
{
    return place_find(i, i->function_count + site, 0, out);
}
