/* What the node has learned, as findings: one per channel, so that the points add up. */
#include "evidence/families.h"

/* The base model is learned as half a prior (research on warm starts); while it is all there is, it
 * may say more. One number, chosen on mixed old and new mail: below 2 old spam gets through, 3.5
 * and more cost ham. */
#define DAY_ONE 3.0

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
        double base = s->base_points[c] * (DAY_ONE + s->experience * (1.0 - DAY_ONE));
        double points = base + s->experience * (s->points[c] - s->base_points[c]);
        if (points != 0.0)
            check_hit_scaled(e, of[c], c == CHANNEL_FACTS ? e->facts : none, points, NULL);
    }
    if (e->user_points != 0.0)
        check_hit_scaled(e, CHECK_classifier_user, none, e->user_points, NULL);
}
