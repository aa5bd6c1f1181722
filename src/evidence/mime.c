/* Mail that mail programs read in different ways, so that a filter may look at another message
 * than the person. Sloppy software makes some of it, so each counts a little and all together
 * are capped; hiding the name of an attachment is no accident. */
#include "evidence/families.h"

#define TOGETHER 3.2

static bool hides_name(enum anomaly_kind k)
{
    return k == ANOMALY_name_differs || k == ANOMALY_name_control || k == ANOMALY_param_mixed ||
           k == ANOMALY_param_order;
}

static bool has_attachment(const struct message *m)
{
    for (size_t i = 0; i < m->n_parts; i++)
        if (m->parts[i]->n_names)
            return true;
    return false;
}

void family_mime(struct evidence *e)
{
    double budget = TOGETHER;
    bool has_names = has_attachment(e->m), is_hiding = false;
    const struct anomalies *all = &e->m->anomalies;
    for (int k = 0; k < ANOMALY_KINDS; k++) {
        enum anomaly_kind kind = (enum anomaly_kind)k;
        const struct anomaly_info *info = anomaly_info(kind);
        if (!anomaly_has(all, kind))
            continue;
        struct slice words = slice_str(info->words);
        if (has_names && hides_name(kind) && !is_hiding) {
            check_hit(e, CHECK_mime_hides_name, words);
            is_hiding = true;
        } else if (info->weight == ANOMALY_AMBIGUOUS && kind != ANOMALY_from_twice &&
                   kind != ANOMALY_from_many) {
            check_hit_scaled(e, CHECK_mime_ambiguous, words, 1.0, &budget);
        } else if (info->weight == ANOMALY_LIMIT) {
            check_hit(e, CHECK_mime_limit, words);
        }
    }
}
