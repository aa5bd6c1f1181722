/* Progress bar. See progress.h. */
#include "base/progress.h"
#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

#define WIDTH 30

void progress_start(struct progress *p, const char *what, uint64_t total)
{
    *p = (struct progress){.what = what, .total = total, .started_us = clock_mono_us()};
    p->shown = isatty(STDERR_FILENO) != 0;
}

void progress_at(struct progress *p, uint64_t done)
{
    int64_t now = clock_mono_us();
    if (!p->shown || now - p->drawn_us < 100000)
        return;
    p->drawn_us = now;
    double seconds = (double)(now - p->started_us) / 1e6;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    if (p->total == 0) {
        fprintf(stderr, "\r%s: %llu, %.0f/s \033[K", p->what, (unsigned long long)done, rate);
        return;
    }
    int filled = (int)(done * WIDTH / p->total);
    char bar[WIDTH + 1];
    for (int i = 0; i < WIDTH; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[WIDTH] = '\0';
    double left = rate > 0 ? (double)(p->total - done) / rate : 0;
    fprintf(stderr, "\r%s [%s] %llu/%llu, %.0f/s, %.0f s left \033[K", p->what, bar,
            (unsigned long long)done, (unsigned long long)p->total, rate, left);
}

void progress_end(struct progress *p)
{
    if (p->shown && p->drawn_us)
        fputs("\r\033[K", stderr);
}
