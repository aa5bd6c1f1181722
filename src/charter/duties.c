/* What must stand behind every act. */
#include "charter/charter.h"

const char *charter_missing(const struct charter_duties *d)
{
    if (slice_is_empty(slice_trim(d->reason)))
        return "reason";
    if (slice_is_empty(slice_trim(d->evidence)))
        return "evidence";
    if (slice_is_empty(slice_trim(d->appeal)))
        return "appeal";
    if (d->ends_us <= d->now_us)
        return "end";
    return NULL;
}
