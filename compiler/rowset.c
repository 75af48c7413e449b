/* rowset.c: see rowset.h.
 *
 * A condition is decided by the one evaluator there is: the walk that types it and writes its code,
 * with the row as a constant and `folding` on. The code goes into a function that nothing calls.
 * Names that stand for values of the run are unknown there, and so is what is made of them.
 */
#include "compiler/rowset.h"
#include "compiler/data.h"

enum { DECIDED_MOST = 4096 /* rows; of larger sets nothing is said */ };

bool rowset_has(const rowset *s, const row *r)
{
    return (s->only < 0 || r->final == (uint32_t)s->only) &&
           (s->parent < 0 || r->parent == s->parent) && kind_among(s->kinds, r->kind) &&
           (!s->keep || s->keep[r->final - s->keep_from]);
}

static row_range channels_of(const compiler *c, int64_t customer)
{
    const row *r = row_by_final(c, TABLE_CUSTOMER, (uint32_t)customer);
    return r ? (row_range){r->first, r->first + r->count} : (row_range){0, 0};
}

row_range rowset_siblings(const compiler *c, const row *channel)
{
    return channels_of(c, channel->parent);
}

row_range rowset_range(const compiler *c, const rowset *s)
{
    if (s->only >= 0)
        return (row_range){(size_t)s->only, (size_t)s->only + 1};
    if (s->table == TABLE_CHANNEL && s->parent >= 0)
        return channels_of(c, s->parent);
    return (row_range){0, c->rows[s->table].n};
}

static int64_t count_within(const compiler *c, const rowset *s, row_range in)
{
    int64_t n = 0;
    for (size_t i = in.from; i < in.to; i++)
        n += rowset_has(s, c->rows[s->table].p[i]);
    return n;
}

int64_t rowset_count(const compiler *c, const rowset *s)
{
    int64_t most = 0;
    if (!s->known)
        return s->listed ? (int64_t)s->listed : -1;
    if (!s->each)
        return count_within(c, s, rowset_range(c, s));
    for (size_t i = 0; i < c->rows[TABLE_CUSTOMER].n; i++) {
        int64_t n = count_within(c, s, channels_of(c, (int64_t)i));
        most = n > most ? n : most;
    }
    return most;
}

value rowset_value(const row *r, uint32_t table)
{
    value v = value_const(type_of_row(table, table == TABLE_CHANNEL ? r->kind : -1), r->final);
    v.rows = (rowset){.known = true, .table = table, .parent = -1, .only = r->final};
    return v;
}

/* --- deciding ----------------------------------------------------------------------------------
 */

typedef struct {
    silence quiet;
    func *fn;
    local *locals; /* as they were */
    size_t n;
    bool folding;
    code_mark mark;
} trial;

static void trial_begin(compiler *c, trial *t)
{
    t->fn = c->fn;
    t->folding = c->folding;
    t->n = c->locals.n;
    t->locals = arena_array(c->memory, local, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        t->locals[i] = c->locals.p[i];
        if (t->locals[i].v.kind != V_CONST || t->locals[i].v.unknown)
            c->locals.p[i].v = value_error();
    }
    t->mark = code_now(c);
    silence_begin(c, &t->quiet);
    c->fn = func_new(c, TEXT("trial"), NULL, NULL, EFFECT_PURE);
    c->folding = true;
}

static void trial_end(compiler *c, trial *t)
{
    silence_end(c, &t->quiet);
    c->locals.n = t->n;
    for (size_t i = 0; i < t->n; i++)
        c->locals.p[i] = t->locals[i];
    code_discard(c, t->mark);
    c->fn = t->fn;
    c->folding = t->folding;
}

/* The expression for this row; V_ERROR or V_REG where it is not known now. */
static value decide(compiler *c, node loop, node n, value row_value)
{
    size_t mark = c->locals.n;
    vec_push(&c->locals, (local){.name = ast_name(tree(c), loop), .v = row_value});
    value v = expr(c, n, T_ANY);
    c->locals.n = mark;
    c->fn->code.n = c->fn->where.n = c->fn->regs.n = 0;
    return v;
}

void rowset_filter(compiler *c, node loop, rowset *s)
{
    node where = ast_where(tree(c), loop);
    s->some |= where && s->listed;
    if (!where || c->generic || !s->known)
        return;
    if (rowset_count(c, s) > DECIDED_MOST) {
        s->some = true;
        return;
    }
    trial t;
    row_range in = rowset_range(c, s);
    bool *keep = arena_array(c->memory, bool, in.to - in.from + 1);
    trial_begin(c, &t);
    for (size_t i = in.from; i < in.to; i++) {
        const row *r = c->rows[s->table].p[i];
        if (!rowset_has(s, r))
            continue;
        value v = decide(c, loop, where, rowset_value(r, s->table));
        bool known = v.kind == V_CONST && v.t == TYPE_BOOL && !v.unknown;
        keep[i - in.from] = !known || v.constant == 1;
        s->some |= !known;
    }
    trial_end(c, &t);
    s->keep = keep;
    s->keep_from = in.from;
}

/* --- branches
 * --------------------------------------------------------------------------------- */

/* The innermost row of data whose possible rows are known: index among the locals, or none. */
static size_t row_local(const compiler *c)
{
    for (size_t i = c->locals.n; i > c->visible; i--) {
        const local *l = &c->locals.p[i - 1];
        bool data = type_is_row(l->v.t, TABLE_CHANNEL) || type_is_row(l->v.t, TABLE_CUSTOMER);
        if (!l->gone && l->v.kind == V_REG && data && l->v.rows.known)
            return i - 1;
    }
    return c->locals.n;
}

static int decided(compiler *c, node condition)
{
    value v = expr(c, condition, TYPE_BOOL);
    c->fn->code.n = c->fn->where.n = c->fn->regs.n = 0;
    return v.kind == V_CONST && v.t == TYPE_BOOL && !v.unknown ? v.constant == 1 : -1;
}

static int decided_for_rows(compiler *c, node condition, local *l, const rowset *s, uint32_t kinds)
{
    int all = -1;
    bool first = true;
    for (size_t i = 0; i < c->rows[s->table].n; i++) {
        const row *r = c->rows[s->table].p[i];
        if (!rowset_has(s, r) || !kind_among(kinds, r->kind))
            continue;
        l->v = rowset_value(r, s->table);
        int own = decided(c, condition);
        if (own < 0 || (!first && own != all))
            return -1;
        all = own;
        first = false;
    }
    return first ? 0 : all;
}

int condition_known(compiler *c, node condition)
{
    size_t at = row_local(c);
    rowset rows = at < c->locals.n ? c->locals.p[at].v.rows : (rowset){0};
    uint32_t kinds = 0;
    trial t;
    if (c->generic || rowset_count(c, &rows) > DECIDED_MOST)
        return -1;
    if (rows.known)
        narrowed(c, name_text(c, c->locals.p[at].name), &kinds);
    trial_begin(c, &t);
    int known = rows.known ? decided_for_rows(c, condition, &c->locals.p[at], &rows, kinds)
                           : decided(c, condition);
    trial_end(c, &t);
    return known;
}

/* --- order
 * ------------------------------------------------------------------------------------ */

typedef struct {
    const row *of;
    int64_t key;
    text word;
    size_t at;
} ordered_row;

static int by_key(const void *a, const void *b)
{
    const ordered_row *x = a, *y = b;
    int words = text_compare(x->word, y->word);
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return words ? words : x->at < y->at ? -1 : 1;
}

/* Whether the order of the loop is known by them. What is absent or not available comes last. */
static bool keys_take(compiler *c, node loop, const rowset *s, ordered_row *o, size_t n)
{
    node by = ast_by(tree(c), loop);
    bool known = by != 0;
    trial t;
    trial_begin(c, &t);
    for (size_t i = 0; i < n && known; i++) {
        value v = decide(c, loop, by, rowset_value(o[i].of, s->table));
        known = v.kind == V_CONST && !v.unknown;
        bool last = v.constant == QUANTITY_NONE || v.constant == QUANTITY_NA;
        o[i].key = last ? INT64_MAX : v.constant;
        o[i].word = v.string;
    }
    trial_end(c, &t);
    for (size_t i = 0; i < n && !known; i++) {
        o[i].key = 0;
        o[i].word = TEXT("");
    }
    return known || !by || n < 2;
}

static bool follows(const compiler *c, const row *r, const row *other)
{
    for (size_t i = 0; i < r->cells.n; i++) {
        const cell *x = &r->cells.p[i];
        for (uint32_t k = 0; x->column == COLUMN_CHANNEL_FOLLOWS && k < x->n; k++)
            if (text_equal(text_kept(c, x->values[k]), other->name) && r->parent == other->parent)
                return true;
    }
    return false;
}

/* `memo`, by sibling: one more than the rank, 0 where it is not known yet. In a circle, which was
 * reported, the rank is anything. */
static unsigned rank_within(const compiler *c, const rowset *s, const row *r, unsigned *memo)
{
    unsigned most = 0;
    row_range in = rowset_siblings(c, r);
    if (memo[r->final - in.from])
        return memo[r->final - in.from] - 1;
    memo[r->final - in.from] = 1;
    if (!cell_given(r, COLUMN_CHANNEL_FOLLOWS))
        return 0;
    for (size_t i = in.from; i < in.to; i++) {
        const row *other = c->rows[TABLE_CHANNEL].p[i];
        if (other == r || !follows(c, r, other))
            continue;
        /* Who follows one that is not here follows those whom that one follows. */
        unsigned before = rank_within(c, s, other, memo) + rowset_has(s, other);
        most = before > most ? before : most;
    }
    memo[r->final - in.from] = most + 1;
    return most;
}

unsigned rowset_rank(const compiler *c, const rowset *s, const row *r)
{
    if (!s->known || s->table != TABLE_CHANNEL || !cell_given(r, COLUMN_CHANNEL_FOLLOWS))
        return 0;
    row_range in = rowset_siblings(c, r);
    return rank_within(c, s, r, arena_array(c->memory, unsigned, in.to - in.from));
}

size_t rowset_order(compiler *c, node loop, const rowset *s, const row **out, size_t room,
                    bool *known)
{
    size_t n = 0, taken = 0;
    unsigned highest = 0;
    ordered_row *o = arena_array(c->memory, ordered_row, room);
    row_range in = rowset_range(c, s);
    for (size_t i = in.from; i < in.to && n < room; i++)
        if (rowset_has(s, c->rows[s->table].p[i])) {
            o[n] = (ordered_row){.of = c->rows[s->table].p[i], .at = n};
            n++;
        }
    *known = keys_take(c, loop, s, o, n);
    if (n)
        qsort(o, n, sizeof *o, by_key);
    for (unsigned rank = 0; rank <= highest; rank++)
        for (size_t i = 0; i < n; i++) {
            unsigned own = rowset_rank(c, s, o[i].of);
            highest = own > highest ? own : highest;
            if (own == rank)
                out[taken++] = o[i].of;
        }
    return taken;
}
