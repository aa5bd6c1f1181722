/* What the node has learned, as findings: one per channel, so that the points add up. */
#include "evidence/families.h"

#include <math.h>

/* The base model is learned as half a prior (research on warm starts); while it is all there is, it
 * may say more, times DAY_ONE. But it knows texts only, and no text alone carries a verdict: what
 * it says against a message levels off at DAY_ONE_MOST. And honest words are free for whoever sends
 * spam, whose padding is full of them: for a message it says little. Chosen on half of the mail of
 * 2007 to 2024 and judged on the other half. */
#define DAY_ONE      3.0
#define DAY_ONE_MOST 3.0
#define DAY_ONE_FOR  0.3

static double on_day_one(double base)
{
    double points = base * DAY_ONE;
    return points > 0 ? DAY_ONE_MOST * tanh(points / DAY_ONE_MOST) : points * DAY_ONE_FOR;
}

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
        double points = (1.0 - s->experience) * on_day_one(s->base_points[c]) +
                        s->experience * s->points[c];
        if (points != 0.0)
            check_hit_scaled(e, of[c], c == CHANNEL_FACTS ? e->facts : none, points, NULL);
    }
    if (e->user_points != 0.0)
        check_hit_scaled(e, CHECK_classifier_user, none, e->user_points, NULL);
}
