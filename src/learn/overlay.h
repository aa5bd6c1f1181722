/* A user's layer: a small table of weights on top of the site's model, as bytes that live in
 * a view. It looks at channel TAGS and the words of channel TEXT only. It starts with 2^10
 * slots and doubles with the lessons up to 2^13 (64 KiB); doubling copies each weight to both
 * of its new places, so no score moves.
 */
#ifndef MUSTER_LEARN_OVERLAY_H
#define MUSTER_LEARN_OVERLAY_H

#include "base/buf.h"
#include "learn/model.h"

#define OVERLAY_SLOTS_MIN (1u << 10)
#define OVERLAY_SLOTS_MAX (1u << 13)
#define OVERLAY_BYTES_MAX (16 + OVERLAY_SLOTS_MAX * sizeof(struct model_cell))

/* A layer to read; slots 0: none. */
struct overlay_view {
    const char *cells;
    uint32_t slots;
};

/* Checks the bytes; empty or foreign bytes give a view with 0 slots. */
struct overlay_view overlay_read(struct slice bytes);
/* Sum over the features it looks at, 1/sqrt(their number) applied. m gives the salt. */
double overlay_sum(const struct overlay_view *v, const struct model *m, enum channel c,
                   const struct features *f);
/* Weight of one feature. */
double overlay_weight(const struct overlay_view *v, const struct model *m, enum channel c,
                      uint32_t feature);
/* How many features of the channel, from the first on, it looks at. */
uint32_t overlay_n(enum channel c, const struct features *f);

/* The stored layer opened for writing: makes it when empty or foreign, counts one more lesson
 * and doubles it when due. *out_slots: its size. */
struct model_cell *overlay_grow(struct buf *bytes, uint32_t *out_slots);
/* The cells as they are, or NULL when there is no valid layer. */
struct model_cell *overlay_cells(struct buf *bytes, uint32_t *out_slots);

#endif
