/* seating.h: whether the votes of an approval can be given by different people.
 *
 * A seat is one vote of one role; who belongs to the role may take it. A person takes one seat.
 * Borrows what it is given.
 */
#ifndef FERRY_BASE_SEATING_H
#define FERRY_BASE_SEATING_H

#include <stdbool.h>
#include <stdint.h>

enum { SEATS = 64 }; /* of one approval, at most */

typedef struct {
    const int64_t *person; /* members of the role: ids of the caller, each person one */
    uint32_t n;
} seat;

/* How many of the n seats, at most SEATS, can be taken at once by people who are not among the
 * `barred`: the size of a maximum bipartite matching. */
uint32_t seating_taken(const seat *seats, uint32_t n, const int64_t *barred, uint32_t barred_count);
bool seating_has(const int64_t *people, uint32_t n, int64_t person);

#endif
