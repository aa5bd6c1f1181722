/* Anomalies: counting them and their names. See anomaly.h. */
#include "mail/anomaly.h"

#define ANOMALY(name, weight, words) [ANOMALY_##name] = {#name, ANOMALY_##weight, words},
static const struct anomaly_info INFO[ANOMALY_KINDS] = {
#include "mail/anomaly_table.h"
};
#undef ANOMALY

void anomaly_add(struct anomalies *all, enum anomaly_kind kind, uint32_t part, struct slice detail)
{
    struct anomaly *one = &all->of[kind];
    if (one->count == 0) {
        one->part = part;
        one->detail = slice_head(detail, 200);
    }
    if (one->count < UINT32_MAX)
        one->count++;
}

const struct anomaly_info *anomaly_info(enum anomaly_kind kind)
{
    return &INFO[kind];
}
