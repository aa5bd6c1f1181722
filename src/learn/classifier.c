/* Scoring: sums of the layers by channel, fused. See classifier.h. */
#include "learn/classifier_internal.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#define HALF_EXPERIENCE 20.0 /* lessons of the rarer label for half belief */

static int open_site(const char *path, struct err *e, struct model *out)
{
    char live[PATH_MAX];
    model_live_path(path, live, sizeof live);
    if (model_map(live, NULL, out) == 0)
        return 0;
    int rc = model_map(path, e, out);
    return rc == ERR_NOENT ? 0 : rc;
}

int classifier_open(const char *base_path, const char *site_path, struct err *e,
                    struct classifier **out)
{
    struct classifier c = {.site = {.fd = -1}};
    int rc = base_path ? base_model_map(base_path, e, &c.base) : 0;
    if (rc == 0 && site_path)
        rc = open_site(site_path, e, &c.site);
    if (rc < 0) {
        base_model_close(&c.base);
        return rc;
    }
    *out = malloc(sizeof c);
    if (!*out)
        BUG("out of memory");
    **out = c;
    return 0;
}

void classifier_close(struct classifier *c)
{
    if (!c)
        return;
    base_model_close(&c->base);
    model_close(&c->site);
    free(c);
}

void classifier_fusion(const struct classifier *c, struct fusion *out)
{
    if (c->site.head)
        model_fusion(&c->site, out);
    else
        fusion_init(out);
}

/* Text that was only ever seen on one side says nothing about the other: the longer a message,
 * the more it resembles whatever was learned. Until a few lessons of both sides are there the
 * site's text counts less; the base model's and the other channels' sums count in full. */
double classifier_site_share(const struct model *m, enum channel c)
{
    uint64_t ham = m->head->state.learned[0], spam = m->head->state.learned[1];
    double least = (double)(ham < spam ? ham : spam);
    return c == CHANNEL_TEXT ? (least + 2.0) / (least + 10.0) : 1.0;
}

/* All weights of a model without lessons are 0: looking them up was 8 % of a new node's scan. */
static bool has_learned(const struct model *m)
{
    return (m->head->state.learned[0] | m->head->state.learned[1]) != 0;
}

double classifier_facts_sum(const struct classifier *c, const struct features *f, double *out_cut)
{
    const enum channel ch = CHANNEL_FACTS;
    uint32_t n = f->n[ch], first = f->n_first[ch];
    *out_cut = 0.0;
    if (n == 0 || !c->site.head || !has_learned(&c->site))
        return 0.0;
    double network = model_sum(&c->site, ch, f->of[ch], first) / sqrt(n);
    double rest = model_sum(&c->site, ch, f->of[ch] + first, n - first) / sqrt(n);
    double bounded = fmin(fmax(network, -FUSION_NETWORK), FUSION_NETWORK);
    *out_cut = network - bounded;
    return bounded + rest;
}

void classifier_sums(const struct classifier *c, const struct features *f,
                     const struct overlay_view *user, struct layer_sums *out)
{
    for (int k = 0; k < CHANNEL_FACTS; k++) {
        enum channel ch = (enum channel)k;
        double z = 0.0;
        out->user[k] = out->base[k] = 0.0;
        if (f->n[k]) {
            if (c->site.head && has_learned(&c->site))
                z = model_sum(&c->site, ch, f->of[k], f->n[k]) / sqrt(f->n[k]) *
                    classifier_site_share(&c->site, ch);
            out->base[k] = base_model_sum(&c->base, ch, f);
            z += out->base[k];
            if (user->slots && c->site.head)
                out->user[k] = overlay_sum(user, &c->site, ch, f);
        }
        out->z[k] = z + out->user[k];
    }
    /* Neither the base model nor a user's layer knows facts. */
    out->base[CHANNEL_FACTS] = out->user[CHANNEL_FACTS] = 0.0;
    out->z[CHANNEL_FACTS] = classifier_facts_sum(c, f, &out->network_cut);
}

/* A site that was told only of spam has learned what mail looks like, not what spam looks like. */
static double experience(uint64_t spam, uint64_t ham)
{
    double n = (double)(spam < ham ? spam : ham);
    return n / (n + HALF_EXPERIENCE);
}

void classifier_score(const struct classifier *c, const struct features *f,
                      const struct overlay *user, struct class_score *out)
{
    struct overlay_view view = overlay_read(user ? user->bytes : SLICE(""));
    struct layer_sums sums;
    struct fusion fusion;
    classifier_sums(c, f, &view, &sums);
    classifier_fusion(c, &fusion);
    *out = (struct class_score){.bias = fusion.b, .logit = fusion.b};
    for (int k = 0; k < CHANNELS; k++) {
        enum channel ch = (enum channel)k;
        out->z[k] = sums.z[k];
        out->points[k] = fusion.a[k] * fusion_evidence(ch, sums.z[k], &out->floored[k]);
        out->logit += out->points[k];
        out->base_points[k] = fusion.a[k] * fusion_evidence(ch, sums.base[k], NULL);
        double without = fusion.a[k] * fusion_evidence(ch, sums.z[k] - sums.user[k], NULL);
        out->user_points += out->points[k] - without;
    }
    out->probability = fusion_probability(&fusion, out->logit);
    if (c->site.head) {
        out->learned_ham = c->site.head->state.learned[0];
        out->learned_spam = c->site.head->state.learned[1];
        out->experience = experience(out->learned_spam, out->learned_ham);
    }
}

void classifier_add_facts(const struct classifier *c, const struct features *f,
                          struct class_score *io)
{
    const enum channel ch = CHANNEL_FACTS;
    struct fusion fusion;
    double cut;
    if (f->n[ch] == 0)
        return;
    classifier_fusion(c, &fusion);
    io->logit -= io->points[ch];
    io->z[ch] = classifier_facts_sum(c, f, &cut);
    io->points[ch] = fusion.a[ch] * fusion_evidence(ch, io->z[ch], &io->floored[ch]);
    io->logit += io->points[ch];
    io->probability = fusion_probability(&fusion, io->logit);
}
