/* Progress bar on stderr for long work: only on a terminal, at most ten times a second. */
#ifndef MUSTER_BASE_PROGRESS_H
#define MUSTER_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* "learning" */
    uint64_t total;   /* 0: not known */
    int64_t started_us, drawn_us;
    bool shown;
};

/* `what` must outlive the bar. */
void progress_start(struct progress *p, const char *what, uint64_t total);
void progress_at(struct progress *p, uint64_t done);
/* Wipes the bar. */
void progress_end(struct progress *p);

#endif
