/* Canonical order of a message's features: each group ascending. */
#ifndef MUSTER_LEARN_ORDER_H
#define MUSTER_LEARN_ORDER_H

#include "learn/features.h"

/* Sorts the first n_first and the other n - n_first hashes apart into out (room for
 * FEATURES_MAX); n at most FEATURES_MAX. */
void order_groups(const uint32_t *features, uint32_t n_first, uint32_t n, uint32_t *out);

#endif
