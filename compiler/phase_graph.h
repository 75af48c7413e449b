/* phase_graph.h: in which order the phases of a block run, and which may run at the same time. */
#ifndef FERRY_COMPILER_PHASE_GRAPH_H
#define FERRY_COMPILER_PHASE_GRAPH_H

#include "compiler/lower.h"

typedef struct {
    node at;
    size_t segment;   /* phases between two other statements are of one segment */
    bool named;       /* it has an `after` that was understood */
    uint64_t *waits;  /* bits of phases: that it waits for */
    uint64_t *before; /* all that have surely ended when it begins */
    func *fn;         /* of one in a fiber of its own; while it is walked, its block's otherwise */
    csite *window;    /* where it waits for one */
    int64_t window_row;
    duration forward, back;     /* of itself */
    duration turns;             /* more, where elements of a loop hold its resources beside it */
    duration until, until_back; /* longest paths that end with it */
    size_t line;                /* of the plan */
    back_state in, out;
    span failing; /* of its first step that can fail and go back */
} phase;

typedef struct {
    phase *p;
    size_t n, words;
    size_t *order; /* in which they can run; of those in a circle as they are written */
    node body;
} phases;

/* The phases of a block, without circles: those that had one, which was reported, run as they are
 * written. Only what the source says of them is filled in. */
void phases_read(compiler *c, node body, phases *all);
/* Whether one of them is surely over when the other begins. */
bool phases_in_order(const phases *all, size_t i, size_t k);
/* Whether it stands in an order with every other one of its block. */
bool phase_is_alone(const phases *all, size_t i);

static inline bool bit(const uint64_t *set, size_t i)
{
    return set[i / 64] >> i % 64 & 1;
}

static inline text phase_name(const compiler *c, const phase *p)
{
    return ast_name_text(&c->mod->tree, p->at);
}

static inline span phase_span(const compiler *c, const phase *p)
{
    return ast_name_span(&c->mod->tree, p->at);
}

#endif
