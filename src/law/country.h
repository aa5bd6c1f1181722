/* Countries by code and by name, and the clocks that they keep.
 *
 * Names come from the CLDR data in ICU, in the languages that address lists are written in, and are
 * compared folded (case, accents). Zones follow a fixed rule of our own (country_table.h), so that
 * a report does not depend on the machine: where a country keeps several clocks, or summer time by
 * a rule that is not known here, the offset is a range.
 */
#ifndef MUSTER_LAW_COUNTRY_H
#define MUSTER_LAW_COUNTRY_H

#include "base/slice.h"

/* Loads the names; before a sandbox closes the file system. */
void country_warm(void);
/* "DE", "DEU", "Germany", "Deutschland", "deutschland" to law_code("DE"); 0: not known. */
int32_t country_find(struct slice name);
/* English name of a code, or the code itself. The text is static. */
const char *country_name(int32_t code);
/* Adds the name in a language ("fr"), from ICU; the code itself where it has none. */
struct buf;
void country_name_in(int32_t code, const char *language, struct buf *out);

/* Minutes east of UTC that clocks may show; low = high when it is certain. */
struct zone_range {
    int low, high;
};
/* What clocks in a country show at a moment (seconds since 1970). False: not known. */
bool zone_of_country(int32_t code, int64_t unix_seconds, struct zone_range *out);
/* "+02:00", "UTC+2", "Z", "CET", "Europe/Berlin". False: not known. */
bool zone_of_name(struct slice name, int64_t unix_seconds, struct zone_range *out);

#endif
