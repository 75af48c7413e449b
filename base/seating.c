/* seating.c: see seating.h. One person after the other is given a seat, and moves others where that
 * helps (augmenting paths). One for whom there is no seat now finds none later. */
#include "base/seating.h"

#include <string.h>

typedef struct {
    const seat *seat;
    uint32_t n;
    int64_t by[SEATS];
    bool taken[SEATS], tried[SEATS];
} seating;

bool seating_has(const int64_t *people, uint32_t n, int64_t person)
{
    for (uint32_t i = 0; i < n; i++)
        if (people[i] == person)
            return true;
    return false;
}

static bool seat_find(seating *s, int64_t person)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->tried[i] || !seating_has(s->seat[i].person, s->seat[i].n, person))
            continue;
        s->tried[i] = true;
        if (!s->taken[i] || seat_find(s, s->by[i])) {
            s->by[i] = person;
            s->taken[i] = true;
            return true;
        }
    }
    return false;
}

static bool sits(const seating *s, int64_t person)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (s->taken[i] && s->by[i] == person)
            return true;
    return false;
}

uint32_t seating_taken(const seat *seats, uint32_t n, const int64_t *barred, uint32_t barred_count)
{
    seating s = {.seat = seats, .n = n};
    uint32_t taken = 0;
    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t m = 0; m < seats[k].n && taken < n; m++) {
            int64_t person = seats[k].person[m];
            if (sits(&s, person) || seating_has(barred, barred_count, person))
                continue;
            memset(s.tried, 0, sizeof s.tried);
            taken += seat_find(&s, person);
        }
    }
    return taken;
}
