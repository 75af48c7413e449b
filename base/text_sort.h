/* text_sort.h: putting very many texts in order. */
#ifndef FERRY_BASE_TEXT_SORT_H
#define FERRY_BASE_TEXT_SORT_H

#include "base/text.h"

/* Sorts `order`, n indices into `texts`, by the bytes of the texts (as text_compare) and keeps one
 * index of each group of equal texts. Returns how many remain; rank[i] becomes the place among them
 * of every text i that was named. Time grows with the bytes that have to be looked at and not with
 * n log n; beside the arena nothing is allocated. */
uint32_t texts_rank(const text *texts, uint32_t *order, uint32_t n, uint32_t *rank, arena *scratch);

#endif
