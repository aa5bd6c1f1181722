/* The ROC curve as a drawing: ham lost against spam missed, both logarithmic, as filters that
 * are worth comparing differ only in the corner. */
#include "learn/metrics.h"

#include <math.h>

#define SIDE   420.0
#define LEFT   70.0
#define TOP    40.0
#define LEAST  0.01 /* percent at the axes' ends */
#define DECADE 4.0

static double place(double percent)
{
    double v = percent < LEAST ? LEAST : percent > 100.0 ? 100.0 : percent;
    return SIDE * log10(v / LEAST) / DECADE;
}

static void axes(struct buf *out)
{
    static const char *const names[] = {"0.01", "0.1", "1", "10", "100"};
    for (int k = 0; k <= 4; k++) {
        double at = SIDE * k / DECADE;
        buf_printf(out,
                   "<path d='M%.0f %.0fv%.0fM%.0f %.0fh%.0f' stroke='#ccc'/>\n"
                   "<text x='%.0f' y='%.0f' text-anchor='middle'>%s</text>\n"
                   "<text x='%.0f' y='%.0f' text-anchor='end'>%s</text>\n",
                   LEFT + at, TOP, SIDE, LEFT, TOP + SIDE - at, SIDE, LEFT + at, TOP + SIDE + 18,
                   names[k], LEFT - 6, TOP + SIDE - at + 4, names[k]);
    }
    buf_printf(out,
               "<text x='%.0f' y='%.0f' text-anchor='middle'>ham blocked, %%</text>\n"
               "<text x='18' y='%.0f' text-anchor='middle' transform='rotate(-90 18 %.0f)'>"
               "spam missed, %%</text>\n",
               LEFT + SIDE / 2, TOP + SIDE + 40, TOP + SIDE / 2, TOP + SIDE / 2);
}

static void curve(const struct metric_point *p, size_t n, struct buf *out)
{
    size_t spam = 0, ham = 0, above_spam = 0, above_ham = 0;
    for (size_t i = 0; i < n; i++) {
        spam += p[i].is_spam;
        ham += !p[i].is_spam;
    }
    double last_x = -9.0, last_y = -9.0;
    buf_str(out, "<polyline fill='none' stroke='#06c' stroke-width='2' points='");
    for (size_t i = 0; i < n; i++) {
        above_spam += p[i].is_spam;
        above_ham += !p[i].is_spam;
        double x = place(ham ? 100.0 * (double)above_ham / (double)ham : 0.0);
        double y = place(spam ? 100.0 - 100.0 * (double)above_spam / (double)spam : 0.0);
        if (fabs(x - last_x) + fabs(y - last_y) < 0.5)
            continue;
        buf_printf(out, "%.1f,%.1f ", LEFT + x, TOP + SIDE - y);
        last_x = x;
        last_y = y;
    }
    buf_str(out, "'/>\n");
}

static void escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            buf_str(out, "&lt;");
        else if (*text == '&')
            buf_str(out, "&amp;");
        else
            buf_chr(out, *text);
    }
}

void metrics_plot(const struct metric_point *sorted, size_t n, const char *title, struct buf *out)
{
    buf_printf(out,
               "<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%.0f' "
               "font-family='sans-serif' font-size='12' role='img'>\n<title>",
               LEFT + SIDE + 30, TOP + SIDE + 60);
    escaped(out, title);
    buf_str(out, "</title>\n<rect width='100%' height='100%' fill='#fff'/>\n");
    buf_printf(out, "<text x='%.0f' y='24' font-size='14'>", LEFT);
    escaped(out, title);
    buf_str(out, "</text>\n");
    axes(out);
    curve(sorted, n, out);
    buf_str(out, "</svg>\n");
}
