/* The shapes of countries, for maps that the server draws. worldmap_table.h holds them; tools/map
 * makes it from public-domain data. What the lines say is geography for a small picture, no claim.
 */
#ifndef MUSTER_WEB_WORLDMAP_H
#define MUSTER_WEB_WORLDMAP_H

#include "web/html.h"

struct worldmap_shape {
    const char *code; /* two letters */
    short x, y;       /* the middle of its largest part */
    const char *path; /* of SVG; "": too small for this map, draw a point */
};

/* Sorted by code. */
const struct worldmap_shape *worldmap_shapes(size_t *out_n);
/* Opens <svg> with the map's coordinates and draws land that belongs to no code, as class "land".
 * Close it with html_close. The map is a picture beside a table: hidden from screen readers. */
void worldmap_open(struct html *h);
/* One country: its shape, or a point where it has none. class of the style sheet; title: shown
 * when one points at it. */
void worldmap_draw(struct html *h, const struct worldmap_shape *s, const char *class,
                   const char *title);

#endif
