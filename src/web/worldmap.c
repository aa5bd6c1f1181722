/* Maps of the world. See worldmap.h. */
#include "web/worldmap.h"

#include <stdio.h>

#define WORLD(code, x, y, path) {code, x, y, path},
static const struct worldmap_shape shapes[] = {
#include "web/worldmap_table.h"
};
#undef WORLD

const struct worldmap_shape *worldmap_shapes(size_t *out_n)
{
    *out_n = sizeof shapes / sizeof *shapes;
    return shapes;
}

void worldmap_open(struct html *h)
{
    char box[64];
    snprintf(box, sizeof box, "0 0 %d %d", WORLD_WIDTH, WORLD_HEIGHT);
    html_open(h, "svg", "class", "map", "viewBox", box, "aria-hidden", "true", "focusable",
              "false");
    html_elem(h, "path", "", "class", "land", "d", WORLD_REST);
}

void worldmap_draw(struct html *h, const struct worldmap_shape *s, const char *class,
                   const char *title)
{
    char x[8], y[8];
    if (*s->path) {
        html_open(h, "path", "class", class, "d", s->path);
    } else {
        snprintf(x, sizeof x, "%d", s->x);
        snprintf(y, sizeof y, "%d", s->y);
        html_open(h, "circle", "class", class, "cx", x, "cy", y, "r", "3.5");
    }
    html_elem(h, "title", title);
    html_close(h);
}
