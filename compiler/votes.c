/* votes.c: whether the people of a program can give an approval: each has one vote, in one role. */
#include "compiler/votes.h"
#include "compiler/data.h"

void votes_proof(compiler *c, node n, value role, uint32_t count)
{
    const row *r = role.unknown || role.constant < 0
                       ? NULL
                       : row_by_final(c, TABLE_ROLE, (uint32_t)role.constant);
    if (!r || r->unread || r->number >= (int64_t)count)
        return;
    diagnostic *g = fault_at(c, E0504, n,
                             "nobody can give this approval: %u vote%s of `%.*s`, which "
                             "has %lld member%s",
                             count, count == 1 ? "" : "s", TEXT_ARG(r->name), (long long)r->number,
                             r->number == 1 ? "" : "s");
    diag_label_add(c->d, g, r->at, "its members stand here");
}

enum { VOTES = 64 };

typedef struct {
    const row *seat[VOTES]; /* a vote of each role that is still to be given */
    int64_t taken[VOTES];   /* by whom: text; -1 */
    bool tried[VOTES];
    uint32_t n;
} seating;

static const cell *members_of(const row *r)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == COLUMN_ROLE_MEMBERS)
            return &r->cells.p[i];
    return NULL;
}

static bool is_member(const row *r, int64_t person)
{
    const cell *x = members_of(r);
    for (uint32_t i = 0; x && i < x->n; i++)
        if (x->values[i] == person)
            return true;
    return false;
}

/* Finds a seat for the person, moving others where that helps (a matching, grown by one). */
static bool seat_find(seating *s, int64_t person)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->tried[i] || !is_member(s->seat[i], person))
            continue;
        s->tried[i] = true;
        if (s->taken[i] < 0 || seat_find(s, s->taken[i])) {
            s->taken[i] = person;
            return true;
        }
    }
    return false;
}

static bool is_among(const int64_t *people, uint32_t n, int64_t person)
{
    for (uint32_t i = 0; i < n; i++)
        if (people[i] == person)
            return true;
    return false;
}

/* A person has one vote: how many of the seats people can take. One for whom there is no seat now
 * finds none later. */
static uint32_t seats_taken(seating *s)
{
    uint32_t taken = 0;
    for (uint32_t i = 0; i < s->n; i++)
        s->taken[i] = -1;
    for (uint32_t k = 0; k < s->n; k++) {
        const cell *x = members_of(s->seat[k]);
        for (uint32_t m = 0; x && m < x->n && taken < s->n; m++) {
            for (uint32_t i = 0; i < s->n; i++)
                s->tried[i] = false;
            taken += !is_among(s->taken, s->n, x->values[m]) && seat_find(s, x->values[m]);
        }
    }
    return taken;
}

/* Everybody whom some role names; more than VOTES count as one more. */
static uint32_t people_named(const compiler *c)
{
    int64_t people[VOTES + 1];
    uint32_t n = 0;
    for (size_t i = 0; i < c->rows[TABLE_ROLE].n; i++) {
        const cell *x = members_of(c->rows[TABLE_ROLE].p[i]);
        for (uint32_t m = 0; x && m < x->n && n <= VOTES; m++)
            if (!is_among(people, n, x->values[m]))
                people[n++] = x->values[m];
    }
    return n;
}

void people_proof(compiler *c, node n, const value *roles, const uint32_t *counts, uint32_t k)
{
    seating s = {.n = 0};
    for (uint32_t i = 0; i < k; i++) {
        const row *r = roles[i].unknown || roles[i].constant < 0
                           ? NULL
                           : row_by_final(c, TABLE_ROLE, (uint32_t)roles[i].constant);
        if (!r || r->unread || r->number == INT32_MAX || r->number < (int64_t)counts[i] ||
            s.n + counts[i] > VOTES)
            return; /* not known, or said already */
        for (uint32_t v = 0; v < counts[i]; v++)
            s.seat[s.n++] = r;
    }
    uint32_t taken = seats_taken(&s);
    span at = ast_name_span(tree(c), n);
    if (taken < s.n)
        fault(c, DIAG_E0504, at,
              "nobody can give this approval: it wants %u people, and its roles have %u, since "
              "each has one vote",
              s.n, taken);
    else if (s.n > 1 && people_named(c) == s.n) {
        diagnostic *g = fault(c, DIAG_W0502, at,
                              "this approval needs everybody whom the program "
                              "names");
        diag_note(c->d, g, "who wrote it and who starts the run cannot approve");
    }
}
