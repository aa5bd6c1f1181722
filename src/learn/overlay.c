/* A user's layer. See overlay.h. */
#include "learn/overlay.h"

#include <math.h>

#define LESSONS_PER_DOUBLING 12 /* 1,024 slots for 12 lessons, 2,048 for 24 ... */

struct overlay_header {
    char magic[4];
    uint32_t features_version, slots, lessons;
};

_Static_assert(sizeof(struct overlay_header) == 16, "packed");

static const char MAGIC[4] = {'M', 'U', 'O', '1'};

static bool read_header(struct slice bytes, struct overlay_header *out)
{
    if (bytes.n < sizeof *out)
        return false;
    memcpy(out, bytes.p, sizeof *out);
    return memcmp(out->magic, MAGIC, sizeof MAGIC) == 0 &&
           out->features_version == FEATURES_VERSION && out->slots >= OVERLAY_SLOTS_MIN &&
           out->slots <= OVERLAY_SLOTS_MAX && (out->slots & (out->slots - 1)) == 0 &&
           bytes.n == sizeof *out + out->slots * sizeof(struct model_cell);
}

struct overlay_view overlay_read(struct slice bytes)
{
    struct overlay_header h;
    if (!read_header(bytes, &h))
        return (struct overlay_view){0};
    return (struct overlay_view){bytes.p + sizeof h, h.slots};
}

static int32_t weight_at(const struct overlay_view *v, uint32_t slot)
{
    int32_t w; /* the view's bytes may stand at any address */
    memcpy(&w, v->cells + (size_t)slot * sizeof(struct model_cell), sizeof w);
    return w > MODEL_WEIGHT_MAX || w < -MODEL_WEIGHT_MAX ? 0 : w;
}

uint32_t overlay_n(enum channel c, const struct features *f)
{
    if (c == CHANNEL_TAGS)
        return f->n[c];
    return c == CHANNEL_TEXT ? f->n_first[c] : 0;
}

double overlay_sum(const struct overlay_view *v, const struct model *m, enum channel c,
                   const struct features *f)
{
    uint32_t n = v->slots ? overlay_n(c, f) : 0;
    if (n == 0)
        return 0.0;
    int64_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += weight_at(v, model_slot(m, c, f->of[c][i]) & (v->slots - 1));
    return (double)sum / MODEL_ONE / sqrt(n);
}

double overlay_weight(const struct overlay_view *v, const struct model *m, enum channel c,
                      uint32_t feature)
{
    if (v->slots == 0)
        return 0.0;
    return (double)weight_at(v, model_slot(m, c, feature) & (v->slots - 1)) / MODEL_ONE;
}

/* Puts a second copy of the cells behind the first. */
static void double_up(struct buf *bytes, struct overlay_header *h)
{
    size_t n = h->slots * sizeof(struct model_cell), room;
    char *to = buf_reserve(bytes, n, &room);
    if (room < n)
        return;
    memcpy(to, bytes->p + sizeof *h, n);
    buf_wrote(bytes, n);
    h->slots *= 2;
}

struct model_cell *overlay_cells(struct buf *bytes, uint32_t *out_slots)
{
    struct overlay_header h;
    if (!read_header(buf_slice(bytes), &h))
        return NULL;
    *out_slots = h.slots;
    return (struct model_cell *)(void *)(bytes->p + sizeof h);
}

struct model_cell *overlay_grow(struct buf *bytes, uint32_t *out_slots)
{
    struct overlay_header h;
    if (!read_header(buf_slice(bytes), &h)) {
        h = (struct overlay_header){.features_version = FEATURES_VERSION,
                                    .slots = OVERLAY_SLOTS_MIN};
        memcpy(h.magic, MAGIC, sizeof MAGIC);
        size_t n = sizeof h + h.slots * sizeof(struct model_cell), room;
        buf_reset(bytes);
        char *to = buf_reserve(bytes, n, &room);
        if (room < n)
            return NULL;
        memset(to, 0, n);
        buf_wrote(bytes, n);
    }
    h.lessons++;
    if (h.slots < OVERLAY_SLOTS_MAX &&
        h.lessons > LESSONS_PER_DOUBLING * (h.slots / OVERLAY_SLOTS_MIN))
        double_up(bytes, &h);
    memcpy(bytes->p, &h, sizeof h);
    return overlay_cells(bytes, out_slots);
}
