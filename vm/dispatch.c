/* dispatch.c: owns the switch: what each instruction without waiting does to the registers.
 *
 * The verifier has established that operands exist and have the types the instruction asks for, so
 * nothing is checked here but what a hostile snapshot can put into registers: rows, handles, codes.
 * Absent operands: value_absent covers not available and none. */
#include "vm/exec_parts.h"

#include "bytecode/vocabulary.h"
#include "vm/assess.h"

#include <string.h>

/* Long lists cost fuel, so that a turn's time is bounded by its fuel. */
static void charge(exec_context *c, uint64_t n)
{
    c->fuel -= n < c->fuel ? n : c->fuel;
}

static int64_t table_rows_list(machine *m, uint32_t first, uint32_t n)
{
    int64_t *e, list = heap_list(m->i, &m->f->heap, n, &e);
    for (uint32_t k = 0; k < n && list != QUANTITY_NA; k++)
        e[k] = first + k;
    charge(m->c, n);
    return list;
}

static int64_t column_list(machine *m, uint32_t table, uint32_t column, uint32_t row)
{
    uint32_t first, n = image_list(m->i, table, column, row, &first);
    if (!image_present(m->i, table, column, row))
        return QUANTITY_NONE;
    int64_t *e, list = heap_list(m->i, &m->f->heap, n, &e);
    for (uint32_t k = 0; k < n && list != QUANTITY_NA; k++)
        e[k] = image_element(m->i, table, column, first + k);
    charge(m->c, n);
    return list;
}

static int64_t load_column(machine *m)
{
    uint32_t table = TYPE_PARAMETER(m->t[m->x->b]), column = m->x->c;
    int64_t row = m->r[m->x->b];
    if (value_absent(row) || row < 0 || row >= m->i->tables[table].rows)
        return row == QUANTITY_NONE ? QUANTITY_NONE : QUANTITY_NA;
    if (m->i->columns[m->i->tables[table].first_column + column].list)
        return column_list(m, table, column, (uint32_t)row);
    return image_value(m->i, table, column, (uint32_t)row);
}

static int64_t load_children(machine *m)
{
    int64_t row = m->r[m->x->b];
    if (row < 0 || row >= m->i->tables[m->i->tables[m->x->c].parent].rows)
        return QUANTITY_NA;
    uint32_t first, n = image_children(m->i, m->x->c, (uint32_t)row, &first);
    return table_rows_list(m, first, n);
}

static int64_t make_list(machine *m)
{
    int64_t *e, list = heap_list(m->i, &m->f->heap, m->x->c, &e);
    if (list != QUANTITY_NA && m->x->c)
        memcpy(e, &m->r[m->x->b], m->x->c * sizeof *e);
    return list;
}

static int64_t element_at(const machine *m)
{
    uint32_t n;
    const int64_t *e = value_list(&m->f->heap, m->r[m->x->b], &n);
    int64_t at = m->r[m->x->c];
    if (at < 0 || at % UNIT_NUMBER || at / UNIT_NUMBER >= n)
        return QUANTITY_NA;
    return e[at / UNIT_NUMBER];
}

static int64_t length_of(const machine *m)
{
    uint32_t n;
    int64_t list = m->r[m->x->b];
    if (value_absent(list))
        return QUANTITY_NA;
    value_list(&m->f->heap, list, &n);
    return n * UNIT_NUMBER;
}

/* True when it is found, else not available if an element is, else false. */
static int64_t is_in(machine *m)
{
    int64_t v = m->r[m->x->b], list = m->r[m->x->c];
    uint32_t n;
    const int64_t *e = value_list(&m->f->heap, list, &n);
    if (value_absent(v) || value_absent(list))
        return QUANTITY_NA;
    charge(m->c, n);
    int64_t answer = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (value_equal(m->i, &m->f->heap, m->t[m->x->b], v, e[k]))
            return 1;
        if (value_absent(e[k]))
            answer = QUANTITY_NA;
    }
    return answer;
}

static int64_t compare_texts(const machine *m)
{
    int64_t b = m->r[m->x->b], c = m->r[m->x->c];
    if (value_absent(b) || value_absent(c))
        return QUANTITY_NA;
    text x = value_text(m->i, &m->f->heap, b), y = value_text(m->i, &m->f->heap, c);
    return m->x->op == OP_TEQ ? text_equal(x, y) : text_compare(x, y) < 0;
}

static int64_t compare_values(uint16_t op, int64_t b, int64_t c)
{
    if (value_absent(b) || value_absent(c))
        return QUANTITY_NA;
    return op == OP_EQ ? b == c : op == OP_NE ? b != c : op == OP_LT ? b < c : b <= c;
}

static int64_t lesser(int64_t b, int64_t c, bool larger)
{
    if (value_absent(b) || value_absent(c))
        return QUANTITY_NA;
    return (b < c) != larger ? b : c;
}

static int64_t negated(int64_t v, bool only_negative)
{
    if (value_absent(v))
        return QUANTITY_NA;
    return only_negative && v >= 0 ? v : decimal_sub(0, v);
}

static int64_t converted(const machine *m)
{
    const conversion_row *row = &conversion_rows[m->x->c];
    return decimal_muldiv(m->r[m->x->b], row->multiply, row->divide);
}

static int64_t kleene(uint16_t op, int64_t b, int64_t c)
{
    int x = truth_of(b), y = truth_of(c);
    return of_truth(op == OP_AND ? (x < y ? x : y) : (x > y ? x : y));
}

static int64_t selected(const machine *m)
{
    int t = truth_of(m->r[m->x->b]);
    return t ? m->r[m->x->c + (t < 0)] : QUANTITY_NA;
}

static exec_status assess(machine *m)
{
    arena a = {0};
    assessment out;
    uint32_t table = TYPE_PARAMETER(m->t[m->x->b]);
    int64_t row = m->r[m->x->b];
    m->r[m->x->a] = QUANTITY_NA;
    if (row < 0 || row >= m->i->tables[table].rows)
        return EXEC_RETURNED;
    exec_status s = assess_row(m->c, table, (uint32_t)row, &a, &out);
    if (s == EXEC_RETURNED)
        m->r[m->x->a] = m->x->c == 0   ? out.score
                        : m->x->c == 1 ? (int64_t)out.level
                        : m->x->c == 2 ? out.readiness
                                       : out.category[m->x->c - 3];
    arena_release(&a);
    return s;
}

static bool call(machine *m)
{
    const image_function *row = &m->i->functions[m->x->b];
    uint32_t base = m->f->frame[m->f->frames - 1].base;
    return exec_push_into(m->f, m->i, m->x->b, &m->r[m->x->c], row->parameters, base + m->x->a);
}

/* Ends the innermost frame; true when it was made by exec_push. Its results go to its caller, or
 * stay where its registers were. */
static bool finish(machine *m)
{
    exec_frame frame = m->f->frame[--m->f->frames];
    m->f->registers = frame.base;
    bool outside = frame.into == NO_INDEX;
    memmove(m->f->reg + (outside ? frame.base : frame.into), &m->r[m->x->a],
            m->x->b * sizeof *m->r);
    return outside;
}

exec_status exec_run(exec_context *c, exec_fiber *f)
{
    const image *i = c->image;
    while (f->frames) {
        exec_frame *frame = &f->frame[f->frames - 1];
        const image_function *row = &i->functions[frame->function];
        const insn *x = &i->code[row->code + frame->pc];
        if (op_rows[x->op].wait)
            return EXEC_WAIT;
        if (!c->fuel)
            return EXEC_FUEL;
        c->fuel--;
        int64_t *r = f->reg + frame->base;
        machine m = {c, f, i, x, r, i->types + row->types};
        exec_status status = EXEC_RETURNED;
        uint32_t skip = 0;
        switch ((opcode)x->op) {
        case OP_LDK: r[x->a] = i->constant[x->b | (uint32_t)x->c << 16]; break;
        case OP_LDI: r[x->a] = (int16_t)x->b; break;
        case OP_LDT: r[x->a] = x->b | (int64_t)x->c << 16; break;
        case OP_LDN: r[x->a] = x->b ? QUANTITY_NONE : QUANTITY_NA; break;
        case OP_MOV: r[x->a] = r[x->b]; break;
        case OP_LDC: r[x->a] = load_column(&m); break;
        case OP_REL: r[x->a] = load_children(&m); break;
        case OP_ALL: r[x->a] = table_rows_list(&m, 0, i->tables[x->b].rows); break;
        case OP_LIST: r[x->a] = make_list(&m); break;
        case OP_IDX: r[x->a] = element_at(&m); break;
        case OP_LEN: r[x->a] = length_of(&m); break;
        case OP_ADD: r[x->a] = decimal_add(r[x->b], r[x->c]); break;
        case OP_SUB: r[x->a] = decimal_sub(r[x->b], r[x->c]); break;
        case OP_MIN: r[x->a] = lesser(r[x->b], r[x->c], false); break;
        case OP_MAX: r[x->a] = lesser(r[x->b], r[x->c], true); break;
        case OP_NEG: r[x->a] = negated(r[x->b], false); break;
        case OP_ABS: r[x->a] = negated(r[x->b], true); break;
        case OP_MULN: r[x->a] = decimal_muldiv(r[x->b], r[x->c], UNIT_NUMBER); break;
        case OP_MULP: r[x->a] = decimal_muldiv(r[x->b], r[x->c], UNIT_PERCENT); break;
        case OP_DIVN: r[x->a] = decimal_muldiv(r[x->b], UNIT_NUMBER, r[x->c]); break;
        case OP_DIVP: r[x->a] = decimal_muldiv(r[x->b], UNIT_PERCENT, r[x->c]); break;
        case OP_RATIO: r[x->a] = decimal_muldiv(r[x->b], UNIT_NUMBER, r[x->c]); break;
        case OP_CVT: r[x->a] = converted(&m); break;
        case OP_RXD: r[x->a] = decimal_muldiv(r[x->b], r[x->c], WEEK); break;
        case OP_NPD: r[x->a] = decimal_muldiv(r[x->b], WEEK, r[x->c]); break;
        case OP_EQ:
        case OP_NE:
        case OP_LT:
        case OP_LE: r[x->a] = compare_values(x->op, r[x->b], r[x->c]); break;
        case OP_TEQ:
        case OP_TLT: r[x->a] = compare_texts(&m); break;
        case OP_IN: r[x->a] = is_in(&m); break;
        case OP_AND:
        case OP_OR: r[x->a] = kleene(x->op, r[x->b], r[x->c]); break;
        case OP_NOT: r[x->a] = of_truth(-truth_of(r[x->b])); break;
        case OP_ISNA: r[x->a] = r[x->b] == QUANTITY_NA; break;
        case OP_ISNONE:
            r[x->a] = r[x->b] == QUANTITY_NA ? QUANTITY_NA : r[x->b] == QUANTITY_NONE;
            break;
        case OP_COAL: r[x->a] = r[x->b] == QUANTITY_NONE ? r[x->c] : r[x->b]; break;
        case OP_SEL: r[x->a] = selected(&m); break;
        case OP_JMP: skip = x->a; break;
        case OP_JN: skip = r[x->a] == 1 || (c->assumes && r[x->a] == QUANTITY_NA) ? 0 : x->b; break;
        case OP_JNA: skip = r[x->a] == QUANTITY_NA ? x->b : 0; break;
        case OP_FMT: exec_format(&m); break;
        case OP_CAT: exec_concatenate(&m); break;
        case OP_REC: exec_record(&m); break;
        case OP_JGET: exec_json_get(&m); break;
        case OP_BI: exec_builtin(&m); break;
        case OP_RANY:
        case OP_RALLOF:
        case OP_RCOUNT:
        case OP_RSUM:
        case OP_RMIN:
        case OP_RMAX:
        case OP_RMEAN:
        case OP_RLIST: status = exec_reduce(&m); break;
        case OP_ORDER: status = exec_order(&m); break;
        case OP_ASSESS: status = assess(&m); break;
        case OP_SGET:
            r[x->a] = c->series && !value_absent(r[x->b])
                          ? c->series(c->self, r[x->b], (statistic_id)x->c)
                          : QUANTITY_NA;
            break;
        case OP_CALL:
            frame->pc++;
            if (!call(&m))
                return EXEC_CORRUPT;
            continue;
        case OP_RET:
            if (finish(&m))
                return EXEC_RETURNED;
            continue;
        default: return EXEC_CORRUPT; /* all others wait */
        }
        if (f->heap.full)
            return EXEC_MEMORY;
        if (status != EXEC_RETURNED)
            return status;
        frame->pc += 1 + skip;
    }
    return EXEC_RETURNED;
}
