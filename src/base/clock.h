/* Time: microseconds since 1970 in UTC, a monotonic clock for deadlines, and a fixed clock
 * for tests (`--clock`). Formats: RFC 3339 for logs and JSON, RFC 5322 for mail. */
#ifndef MUSTER_BASE_CLOCK_H
#define MUSTER_BASE_CLOCK_H

#include "base/slice.h"

/* Wall clock in microseconds UTC, or the fixed time. */
int64_t clock_now_us(void);
/* Monotonic microseconds, for deadlines and durations; never fixed. */
int64_t clock_mono_us(void);
/* CPU microseconds of this process. */
int64_t clock_cpu_us(void);
/* Fixes clock_now_us at this number of seconds since 1970; negative lets it run again. */
void clock_fix(int64_t unix_seconds);
/* "2026-11-22T00:37:40.123456Z"; out holds at least 32 bytes. Returns out. */
char *clock_rfc3339(int64_t us, char out[32]);
/* "Sun, 22 Nov 2026 00:37:40 +0000"; out holds at least 40 bytes. Returns out. */
char *clock_rfc5322(int64_t us, char out[40]);

#endif
