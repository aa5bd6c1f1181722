/* Time. See clock.h. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t fixed_us = -1;

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    return fixed_us >= 0 ? fixed_us : read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_cpu_us(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

void clock_fix(int64_t unix_seconds)
{
    fixed_us = unix_seconds < 0 ? -1 : unix_seconds * 1000000;
}

static struct tm split(int64_t us)
{
    time_t t = (time_t)(us / 1000000);
    struct tm tm = {0};
    gmtime_r(&t, &tm);
    return tm;
}

char *clock_rfc3339(int64_t us, char out[32])
{
    struct tm tm = split(us);
    size_t n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, 32 - n, ".%06dZ", (int)(us % 1000000));
    return out;
}

char *clock_rfc5322(int64_t us, char out[40])
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm = split(us);
    snprintf(out, 40, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[(tm.tm_wday % 7 + 7) % 7],
             tm.tm_mday % 100, months[(tm.tm_mon % 12 + 12) % 12], (tm.tm_year + 1900) % 10000,
             tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100);
    return out;
}
