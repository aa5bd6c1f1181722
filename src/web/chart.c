/* Stacked columns. One path per series keeps a chart of a hundred columns under 4 kB. */
#include "web/chart.h"

#define WIDTH  720
#define HEIGHT 160

int64_t chart_most(const struct chart *c)
{
    int64_t most = 0;
    for (size_t i = 0; i < c->n; i++) {
        int64_t sum = 0;
        for (unsigned s = 0; s < c->series; s++)
            sum += c->values[s][i];
        if (sum > most)
            most = sum;
    }
    return most;
}

static void column_path(struct html *h, struct page *p, const struct chart *c, unsigned series,
                        int64_t most)
{
    struct buf d = BUF_INIT(64 * 1024);
    double step = (double)WIDTH / (double)c->n, wide = step > 3 ? step - 1 : step;
    for (size_t i = 0; i < c->n; i++) {
        int64_t below = 0;
        for (unsigned s = 0; s < series; s++)
            below += c->values[s][i];
        double tall = (double)c->values[series][i] * HEIGHT / (double)most;
        double foot = HEIGHT - (double)below * HEIGHT / (double)most;
        if (c->values[series][i] > 0)
            buf_printf(&d, "M%.1f %.1fh%.1fv-%.1fh-%.1fz", (double)i * step, foot, wide, tall,
                       wide);
    }
    if (d.n)
        html_open(h, "path", "class", arena_printf(p->arena, "s%u", series).p, "d",
                  arena_cstr(p->arena, buf_slice(&d)));
    if (d.n)
        html_close(h);
    buf_fini(&d);
}

void chart_columns(struct html *h, struct page *p, const struct chart *c)
{
    int64_t most = chart_most(c);
    if (c->n == 0)
        return;
    html_open(h, "svg", "class", "chart", "viewBox",
              arena_printf(p->arena, "0 0 %d %d", WIDTH, HEIGHT + 1).p, "role", "img", "aria-label",
              c->title, "preserveAspectRatio", "none");
    html_open(h, "path", "class", "axis", "d", arena_printf(p->arena, "M0 %dh%d", HEIGHT, WIDTH).p);
    html_close(h);
    for (unsigned s = 0; s < c->series && most > 0; s++)
        column_path(h, p, c, s, most);
    html_close(h);
    if (c->from == NULL || c->to == NULL)
        return;
    /* below it as text of the page, which keeps its size when the columns are stretched */
    html_open(h, "p", "class", "ends soft", "dir", "ltr");
    html_bdi(h, c->from);
    html_bdi(h, c->to);
    html_close(h);
}
