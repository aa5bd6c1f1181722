/* Learning: one lesson's steps on the site's weights and the user's layer, and taking them
 * back. The rule is research/classifier.md 3.2. All of it is a pure function of the sequence of
 * lessons (and of salt and base model), so a rebuild gives the same bytes. */
#include "learn/trainer.h"

#include "base/pack.h"
#include "learn/classifier_internal.h"
#include "learn/order.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <limits.h>

#define RATE_TRUSTED    0.3
#define RATE_USER       0.2
#define SKIP_BELOW      0.05 /* a lesson that is known already teaches nothing */
#define REDESCEND_ABOVE 0.9  /* a report against a sure verdict is most often a wrong report */
#define REDESCEND_BY    0.1
#define REDESCEND_AFTER 300 /* lessons of the channel: before that no verdict is sure */

/* Forgetting: by half in 180 days, in 20 steps. */
#define EPOCH_US       (9ll * 86400 * 1000000)
#define EPOCH_FACTOR   0.9659363289248456
#define EPOCHS_AT_ONCE 60
#define UNDO_VERSION   1

struct trainer {
    struct classifier layers; /* site is the live model */
    char path[PATH_MAX];      /* of the snapshot; empty: in memory only */
};

/* One channel's part of a lesson. */
struct part_step {
    uint32_t n, n_user; /* 0: nothing was changed */
    struct model_step site, user;
    const uint32_t *features;
};

int trainer_open(const char *base_path, const char *site_path, uint32_t slots, struct err *e,
                 struct trainer **out)
{
    if (slots < MODEL_SLOTS_MIN || slots > MODEL_SLOTS_MAX || (slots & (slots - 1)))
        return err_set(e, ERR_USAGE, "%u weights: must be a power of two from %u to %u", slots,
                       MODEL_SLOTS_MIN, MODEL_SLOTS_MAX);
    struct classifier c = {.site = {.fd = -1}};
    int rc = base_path ? base_model_map(base_path, e, &c.base) : 0;
    if (rc == 0 && site_path)
        rc = model_open_live(site_path, slots, e, &c.site);
    else if (rc == 0)
        model_new(slots, NULL, &c.site);
    if (rc < 0) {
        base_model_close(&c.base);
        return rc;
    }
    struct trainer *t = calloc(1, sizeof *t);
    if (!t)
        BUG("out of memory");
    t->layers = c;
    snprintf(t->path, sizeof t->path, "%s", site_path ? site_path : "");
    struct model_state *s = &c.site.head->state;
    if (s->learned[0] + s->learned[1] == 0)
        s->base_hash = base_model_hash(&c.base);
    *out = t;
    return 0;
}

int trainer_load(struct trainer *t, const char *path, struct err *e)
{
    struct model from;
    int rc = model_map(path, e, &from);
    if (rc < 0)
        return rc;
    struct model fresh;
    model_new(from.mask + 1, from.head->salt, &fresh);
    fresh.head->state = from.head->state;
    memcpy(fresh.cells, from.cells, ((size_t)from.mask + 1) * sizeof *from.cells);
    model_brief_all(&fresh);
    model_close(&t->layers.site);
    model_close(&from);
    t->layers.site = fresh;
    return 0;
}

void trainer_close(struct trainer *t)
{
    if (!t)
        return;
    base_model_close(&t->layers.base);
    model_close(&t->layers.site);
    free(t);
}

void trainer_reset(struct trainer *t)
{
    model_reset(&t->layers.site);
    t->layers.site.head->state.base_hash = base_model_hash(&t->layers.base);
}

bool trainer_is_stale(const struct trainer *t)
{
    return t->layers.site.head->state.base_hash != base_model_hash(&t->layers.base);
}

const struct classifier *trainer_classifier(const struct trainer *t)
{
    return &t->layers;
}

/* ---- learning ---- */

/* Time moves the decay on; a clock that jumps far does not wipe the model. */
static void pass_time(struct model *m, int64_t at_us)
{
    struct model_state *s = &m->head->state;
    int64_t epoch = at_us > 0 ? at_us / EPOCH_US : 0;
    if (epoch <= s->epoch)
        return;
    int64_t steps = s->epoch == 0 ? 0 : epoch - s->epoch;
    if (steps > EPOCHS_AT_ONCE)
        steps = EPOCHS_AT_ONCE;
    if (steps > 0) {
        model_decay(m->cells, m->mask + 1, pow(EPOCH_FACTOR, (double)steps));
        model_brief_all(m);
    }
    s->epoch = epoch;
}

/* How far, and whether, a channel learns from its own error. */
static bool choose_step(const struct lesson *l, double z, uint64_t seen, double *out_rate,
                        double *out_error)
{
    double error = fusion_sigmoid(z) - (l->label == LABEL_SPAM ? 1.0 : 0.0);
    if (l->trust == TRUST_ADMIN) {
        *out_rate = RATE_TRUSTED;
        *out_error = error;
        return fabs(error) >= SKIP_BELOW;
    }
    *out_rate = RATE_USER;
    *out_error = seen > REDESCEND_AFTER && fabs(error) > REDESCEND_ABOVE ? error * REDESCEND_BY
                                                                         : error;
    /* Where labels are often wrong, pushing on with what is known drives the wrong ones up, too. */
    return fabs(*out_error) >= SKIP_BELOW;
}

static void slots_of(const struct model *m, enum channel c, const uint32_t *features, uint32_t n,
                     uint32_t mask, uint32_t *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = model_slot(m, c, features[i]) & mask;
}

static struct model_step step_for(double rate, double error, uint32_t n)
{
    double x = n ? 1.0 / sqrt(n) : 0.0;
    return (struct model_step){.rate = rate, .gradient = error * x, .x = x};
}

static void pack_deltas(struct buf *undo, const struct model_step *s, const int32_t *deltas,
                        uint32_t n)
{
    pack_u32(undo, n);
    pack_f64(undo, s->gradient);
    buf_add(undo, slice_of((const char *)deltas, n * sizeof deltas[0]));
}

/* Applies a step to the site's cells and to the user's. */
static void learn_channel(struct trainer *t, const struct lesson *l, enum channel c, double z,
                          struct model_cell *user, uint32_t user_slots, struct buf *undo)
{
    struct model *m = &t->layers.site;
    uint32_t order[FEATURES_MAX], slots[FEATURES_MAX];
    int32_t deltas[FEATURES_MAX];
    uint32_t n = l->features.n[c], n_user = user ? overlay_n(c, &l->features) : 0;
    double rate, error;
    if (n == 0 || !choose_step(l, z, m->head->state.seen[c], &rate, &error)) {
        n = 0;
        n_user = 0;
        rate = error = 0.0;
    }
    const uint32_t *features = l->features.of[c];
    if (undo) { /* its deltas need an order; sums and steps do not */
        order_groups(features, n ? l->features.n_first[c] : 0, n, order);
        features = order;
    }
    struct model_step step = step_for(rate, error, n);
    slots_of(m, c, features, n, m->mask, slots);
    model_step(m->cells, slots, n, &step, deltas);
    model_brief(m, slots, n);
    if (undo)
        pack_deltas(undo, &step, deltas, n);

    step = step_for(rate, error, n_user);
    slots_of(m, c, features, n_user, user_slots - 1, slots);
    model_step(user, slots, n_user, &step, deltas);
    if (undo)
        pack_deltas(undo, &step, deltas, n_user);
}

/* How much the fusion moved; small, but taken back too. */
static void pack_fusion(struct buf *undo, const struct fusion *before, const struct fusion *after)
{
    const double *x = (const double *)before, *y = (const double *)after;
    for (size_t i = 0; i < sizeof *before / sizeof *x; i++)
        pack_f64(undo, y[i] - x[i]);
}

void trainer_learn(struct trainer *t, const struct lesson *l, struct buf *overlay, struct buf *undo)
{
    struct model *m = &t->layers.site;
    struct model_state *s = &m->head->state;
    pass_time(m, l->at_us);

    uint32_t user_slots = 0;
    struct model_cell *user = overlay && l->user.n ? overlay_grow(overlay, &user_slots) : NULL;
    struct overlay_view view = overlay_read(user ? buf_slice(overlay) : SLICE(""));
    struct layer_sums sums;
    classifier_sums(&t->layers, &l->features, &view, &sums);

    struct fusion fusion = s->fusion;
    if (l->trust == TRUST_ADMIN)
        fusion_learn(&fusion, sums.z, l->label == LABEL_SPAM);
    if (undo) {
        pack_u8(undo, UNDO_VERSION);
        pack_i64(undo, s->epoch);
        pack_u32(undo, user_slots);
        pack_fusion(undo, &s->fusion, &fusion);
    }
    s->fusion = fusion;
    /* A weight is moved by what it says, not by what is left of it: else it would grow for ever. */
    sums.z[CHANNEL_FACTS] += sums.network_cut;
    for (int c = 0; c < CHANNELS; c++) {
        learn_channel(t, l, (enum channel)c, sums.z[c], user, user_slots, undo);
        s->seen[c] += l->features.n[c] > 0;
    }
    s->learned[l->label == LABEL_SPAM]++;
    s->trusted[l->label == LABEL_SPAM] += l->trust == TRUST_ADMIN;
}

/* ---- taking back ---- */

struct undo_part {
    uint32_t n;
    double gradient;
    struct slice deltas;
};

struct undo {
    int64_t epoch;
    uint32_t user_slots;
    double fusion[sizeof(struct fusion) / sizeof(double)];
    struct undo_part site[CHANNELS], user[CHANNELS];
};

static void unpack_part(struct unpack *u, uint32_t expected, struct undo_part *out)
{
    out->n = unpack_u32(u);
    out->gradient = unpack_f64(u);
    if (out->n > FEATURES_MAX || (out->n != 0 && out->n != expected) || !isfinite(out->gradient))
        u->bad = true;
    if (!u->bad)
        out->deltas = unpack_fixed(u, out->n * sizeof(int32_t));
}

static int unpack_undo(const struct lesson *l, struct slice bytes, struct err *e, struct undo *out)
{
    struct unpack u = {.rest = bytes};
    bool is_version = unpack_u8(&u) == UNDO_VERSION;
    out->epoch = unpack_i64(&u);
    out->user_slots = unpack_u32(&u);
    for (size_t i = 0; i < sizeof out->fusion / sizeof out->fusion[0]; i++) {
        out->fusion[i] = unpack_f64(&u);
        if (!isfinite(out->fusion[i]))
            u.bad = true;
    }
    for (int c = 0; c < CHANNELS && !u.bad; c++) {
        unpack_part(&u, l->features.n[c], &out->site[c]);
        unpack_part(&u, overlay_n((enum channel)c, &l->features), &out->user[c]);
    }
    if (!is_version || !unpack_done(&u))
        return err_set(e, ERR_CORRUPT, "what was kept to take a lesson back is damaged");
    return 0;
}

/* images: a layer that doubled since holds each of the old slots several times. */
static void unlearn_cells(struct model_cell *cells, uint32_t images, uint32_t stride,
                          uint32_t *slots, const struct undo_part *p, double factor)
{
    int32_t deltas[FEATURES_MAX];
    struct model_step step = {.gradient = p->gradient};
    if (p->n)
        memcpy(deltas, p->deltas.p, p->deltas.n);
    for (uint32_t k = 0; k < images; k++) {
        model_unstep(cells, slots, p->n, &step, deltas, factor);
        for (uint32_t i = 0; i < p->n; i++)
            slots[i] += stride;
    }
}

static void unlearn_fusion(struct fusion *f, const double *moved)
{
    struct fusion fresh;
    fusion_init(&fresh);
    double *v = (double *)f;
    for (size_t i = 0; i < sizeof *f / sizeof *v; i++)
        v[i] -= moved[i];
    double *sums[] = {&f->a_grad[0], &f->a_grad[1],  &f->a_grad[2],  &f->a_grad[3],
                      &f->b_grad,    &f->slope_grad, &f->offset_grad};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        *sums[i] = fmax(*sums[i], 0.0);
    if (f->slope <= 0.0)
        f->slope = fresh.slope;
}

static void count_down(uint64_t *n)
{
    *n -= *n > 0;
}

int trainer_unlearn(struct trainer *t, const struct lesson *l, struct slice undo,
                    struct buf *overlay, struct err *e)
{
    struct undo u = {0};
    int rc = unpack_undo(l, undo, e, &u);
    if (rc < 0)
        return rc;
    struct model *m = &t->layers.site;
    struct model_state *s = &m->head->state;
    int64_t since = u.epoch > 0 && s->epoch > u.epoch ? s->epoch - u.epoch : 0;
    double factor = pow(EPOCH_FACTOR, (double)(since < EPOCHS_AT_ONCE ? since : EPOCHS_AT_ONCE));
    uint32_t user_slots = 0, order[FEATURES_MAX], slots[FEATURES_MAX];
    struct model_cell *user = overlay && l->user.n ? overlay_cells(overlay, &user_slots) : NULL;
    if (u.user_slots < OVERLAY_SLOTS_MIN || u.user_slots > user_slots ||
        (u.user_slots & (u.user_slots - 1)))
        user = NULL;

    for (int k = 0; k < CHANNELS; k++) {
        enum channel c = (enum channel)k;
        order_groups(l->features.of[c], l->features.n_first[c], l->features.n[c], order);
        slots_of(m, c, order, u.site[c].n, m->mask, slots);
        unlearn_cells(m->cells, 1, 0, slots, &u.site[c], factor);
        model_brief(m, slots, u.site[c].n);
        if (user) {
            slots_of(m, c, order, u.user[c].n, u.user_slots - 1, slots);
            unlearn_cells(user, user_slots / u.user_slots, u.user_slots, slots, &u.user[c], 1.0);
        }
        if (l->features.n[c])
            count_down(&s->seen[c]);
    }
    unlearn_fusion(&s->fusion, u.fusion);
    count_down(&s->learned[l->label == LABEL_SPAM]);
    if (l->trust == TRUST_ADMIN)
        count_down(&s->trusted[l->label == LABEL_SPAM]);
    return 0;
}

/* ---- keeping ---- */

int trainer_sync(struct trainer *t, uint64_t upto, struct err *e)
{
    t->layers.site.head->state.upto = upto;
    return t->path[0] ? model_save(&t->layers.site, t->path, e) : 0;
}

int trainer_save(const struct trainer *t, const char *path, struct err *e)
{
    return model_save(&t->layers.site, path, e);
}

uint64_t trainer_upto(const struct trainer *t)
{
    return t->layers.site.head->state.upto;
}

uint64_t trainer_hash(const struct trainer *t)
{
    return model_hash(&t->layers.site);
}
