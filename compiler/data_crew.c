/* data_crew.c: owns reading customers by a crew (crew.h): very many of them, one behind the other. Each
 * reads a stretch, so that rows come in the order in which they are written. */
#include "compiler/crew.h"
#include "compiler/data.h"

enum { CUSTOMERS_EACH = 1000 /* that are worth a thread: four microseconds each */ };
static const uint32_t tables[] = {TABLE_CUSTOMER, TABLE_CHANNEL};
enum { TABLES = sizeof tables / sizeof *tables };

typedef struct {
    crew *by;
    decl **customers;
    size_t n;
    uint32_t last;             /* text of the builder before the crew */
    uint32_t *text[WORKERS_MOST]; /* where those of each went */
    const bool *is_text[TABLES];  /* by column */
} readers;

static void read_stretch(void *of, unsigned index)
{
    readers *r = of;
    size_t from = r->n * index / r->by->n, to = r->n * (index + 1) / r->by->n;
    while (from < to && crew_goes_on(r->by, index))
        customer_block(&r->by->each[index], r->customers[from++]);
    crew_goes_on(r->by, index);
}

static void own_rows(crew *by)
{
    for (unsigned k = 0; k < by->n; k++)
        for (int t = 0; t < TABLES; t++) {
            by->each[k].rows[tables[t]].p = NULL;
            by->each[k].rows[tables[t]].n = by->each[k].rows[tables[t]].room = 0;
        }
}

static const bool *text_columns(compiler *c, uint32_t table)
{
    bool *is = arena_array(c->memory, bool, c->columns.n);
    for (size_t i = 0; i < c->columns.n; i++)
        if (c->columns.p[i].table == table)
            is[c->columns.p[i].index] = type_family(c->columns.p[i].t) == 't';
    return is;
}

static void cell_move(const readers *r, unsigned index, cell *x)
{
    int64_t *v = x->list ? (int64_t *)(uintptr_t)x->values : &x->value;
    for (uint32_t i = 0; i < (x->list ? x->n : 1); i++)
        if (v[i] > r->last)
            v[i] = r->text[index][v[i] - r->last];
}

static void move_texts(void *of, unsigned index)
{
    const readers *r = of;
    for (int t = 0; t < TABLES; t++) {
        compiler *own = &r->by->each[index];
        for (size_t i = 0; i < own->rows[tables[t]].n; i++) {
            row *x = own->rows[tables[t]].p[i];
            for (size_t k = 0; k < x->cells.n; k++)
                if (r->is_text[t][x->cells.p[k].column])
                    cell_move(r, index, &x->cells.p[k]);
        }
    }
}

static void take_over(compiler *c, readers *r)
{
    r->last = build_texts(c->b);
    for (int t = 0; t < TABLES; t++)
        r->is_text[t] = text_columns(c, tables[t]);
    for (unsigned k = 0; k < r->by->n; k++)
        r->text[k] = build_join_texts(c->b, r->by->each[k].b, c->memory);
    workers_run(move_texts, r, r->by->n);
    for (unsigned k = 0; k < r->by->n; k++)
        for (int t = 0; t < TABLES; t++)
            for (size_t i = 0; i < r->by->each[k].rows[tables[t]].n; i++)
                vec_push(&c->rows[tables[t]], r->by->each[k].rows[tables[t]].p[i]);
}

bool customers_by_crew(compiler *c, decl **customers, size_t n)
{
    unsigned wanted = n ? crew_wanted(c, n, CUSTOMERS_EACH) : 1;
    if (wanted < 2)
        return false;
    readers r = {.by = crew_begin(c, wanted), .customers = customers, .n = n};
    own_rows(r.by);
    workers_run(read_stretch, &r, wanted);
    if (!atomic_load(&r.by->over))
        take_over(c, &r);
    for (unsigned k = 0; k < wanted; k++)
        for (int t = 0; t < TABLES; t++)
            vec_release(&r.by->each[k].rows[tables[t]]);
    return crew_join(c, r.by);
}
