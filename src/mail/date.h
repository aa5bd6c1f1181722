/* Dates of mail: RFC 5322 3.3 with the obsolete forms (4.3). */
#ifndef MUSTER_MAIL_DATE_H
#define MUSTER_MAIL_DATE_H

#include "base/slice.h"

struct date {
    int64_t us;       /* microseconds UTC since 1970 */
    int zone_minutes; /* east of UTC as written; 0 for unknown zones */
    bool is_odd;      /* read, but not well formed by the strict grammar */
};

/* False when no date can be made out. */
bool date_parse(struct slice value, struct date *out);

#endif
