/* Inside of the classifier: the layers, and the sums that scorer, trainer and explainer share. */
#ifndef MUSTER_LEARN_CLASSIFIER_INTERNAL_H
#define MUSTER_LEARN_CLASSIFIER_INTERNAL_H

#include "learn/base_model.h"
#include "learn/classifier.h"
#include "learn/model.h"
#include "learn/overlay.h"

struct classifier {
    struct base_model base; /* head NULL: none */
    struct model site;      /* head NULL: none */
};

/* Sums of a message by channel: all layers, and the user's share of it. */
struct layer_sums {
    double z[CHANNELS];    /* base, site and user together */
    double user[CHANNELS]; /* of that */
    double base[CHANNELS]; /* of that */
    double network_cut;    /* what the bound of the network took from z[CHANNEL_FACTS] */
};

void classifier_sums(const struct classifier *c, const struct features *f,
                     const struct overlay_view *user, struct layer_sums *out);
/* The same sum of the verified facts alone; *out_cut: what the network's bound took from it. */
double classifier_facts_sum(const struct classifier *c, const struct features *f, double *out_cut);
/* What the site's sum of a channel counts for, 0 to 1. */
double classifier_site_share(const struct model *m, enum channel c);
/* Fusion of the site, or a fresh one. */
void classifier_fusion(const struct classifier *c, struct fusion *out);

#endif
