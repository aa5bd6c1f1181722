/* What the node has learned, as findings: one per channel, so that the points add up. */
#include "evidence/families.h"

void family_classifier(struct evidence *e)
{
    static const enum check_id of[CHANNELS] = {
        [CHANNEL_TAGS] = CHECK_classifier_tags,
        [CHANNEL_HEADERS] = CHECK_classifier_headers,
        [CHANNEL_TEXT] = CHECK_classifier_text,
        [CHANNEL_FACTS] = CHECK_classifier_facts,
    };
    const struct class_score *s = e->classified;
    if (!s)
        return;
    struct slice none = {0};
    if (s->bias != 0.0)
        check_hit_scaled(e, CHECK_classifier_prior, none, s->bias * s->experience, NULL);
    for (int c = 0; c < CHANNELS; c++) {
        /* what the site taught counts as far as it knows both sides */
        double points = s->base_points[c] + s->experience * (s->points[c] - s->base_points[c]);
        if (points != 0.0)
            check_hit_scaled(e, of[c], none, points, NULL);
    }
    if (e->user_points != 0.0)
        check_hit_scaled(e, CHECK_classifier_user, none, e->user_points, NULL);
}
