/* Charts as SVG without script: columns that are stacked, a column per span of time. Colours come
 * from the style sheet by class (s0, s1, s2 and by pattern of grey in print); numbers stand in a
 * table beside it, which is the page's to write.
 */
#ifndef MUSTER_WEB_CHART_H
#define MUSTER_WEB_CHART_H

#include "web/page.h"

#define CHART_SERIES 4

struct chart {
    const char *title; /* any text: what it shows, for those who do not see it */
    size_t n;          /* columns, at most 400 */
    unsigned series;   /* from the bottom up */
    const int64_t *values[CHART_SERIES];
    const char *from, *to; /* words at both ends of the axis; may be NULL */
};

/* Highest sum of a column. */
int64_t chart_most(const struct chart *c);
void chart_columns(struct html *h, struct page *p, const struct chart *c);

#endif
