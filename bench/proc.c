/* CPU time and PSS of process trees from /proc and the processes' CPU clocks.
 *
 * utime and stime in /proc/PID/stat count in ticks of 10 ms, too coarse for a server that spends
 * 0.1 ms a message. The process CPU clock (clock_getcpuclockid) is exact and includes threads that
 * have ended; ticks are used only for children that were reaped.
 */
#include "proc.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES_MAX 65536

struct entry {
    pid_t pid, parent;
    double reaped_s;
    bool in;
};

static bool stat_read(pid_t pid, struct entry *out)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    /* The name in brackets may hold anything: start behind its last bracket. */
    char *p = strrchr(text, ')');
    int parent;
    long cutime, cstime;
    if (!p || sscanf(p + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %ld %ld", &parent,
                     &cutime, &cstime) != 3)
        return false;
    *out = (struct entry){pid, parent, (double)(cutime + cstime) / (double)sysconf(_SC_CLK_TCK),
                          false};
    return true;
}

static double cpu_of(pid_t pid)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return 0;
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t pss_of(pid_t pid)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *f = fopen(path, "re");
    long kb = 0;
    if (!f)
        return 0;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "Pss: %ld", &kb) == 1)
            break;
    fclose(f);
    return (int64_t)kb * 1024;
}

static size_t list_read(struct entry *list, size_t room)
{
    DIR *d = opendir("/proc");
    size_t n = 0;
    struct dirent *e;
    while (d && n < room && (e = readdir(d))) {
        long pid = strtol(e->d_name, NULL, 10);
        if (pid > 0 && stat_read((pid_t)pid, &list[n]))
            n++;
    }
    if (d)
        closedir(d);
    return n;
}

struct proc_usage proc_read(const pid_t *root, int n, int want_pss)
{
    struct proc_usage u = {0};
    struct entry *list = calloc(PROCESSES_MAX, sizeof *list);
    if (!list || n == 0) {
        free(list);
        return u;
    }
    size_t count = list_read(list, PROCESSES_MAX);
    for (size_t i = 0; i < count; i++)
        for (int r = 0; r < n; r++)
            list[i].in = list[i].in || list[i].pid == root[r];
    /* Children join their parents until nobody joins any more. */
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < count && !list[i].in; k++)
                if (list[k].in && list[k].pid == list[i].parent)
                    list[i].in = grew = true;
    }
    for (size_t i = 0; i < count; i++) {
        if (!list[i].in)
            continue;
        u.processes++;
        u.cpu_s += list[i].reaped_s + cpu_of(list[i].pid);
        if (want_pss)
            u.pss_bytes += pss_of(list[i].pid);
    }
    free(list);
    return u;
}

int proc_is_alive(pid_t pid)
{
    char path[64], state = 'Z';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    if (fscanf(f, "%*d %*[^)]) %c", &state) != 1)
        state = 'Z';
    fclose(f);
    return state != 'Z' && state != 'X';
}

struct proc_machine proc_machine(void)
{
    FILE *f = fopen("/proc/stat", "re");
    unsigned long long v[8] = {0};
    if (!f)
        return (struct proc_machine){0};
    int got = fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3],
                     &v[4], &v[5], &v[6], &v[7]);
    fclose(f);
    if (got < 7)
        return (struct proc_machine){0};
    double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
    /* user, nice, system, irq, softirq; not idle, iowait */
    return (struct proc_machine){.busy = (double)(v[0] + v[1] + v[2] + v[5] + v[6]) * tick,
                                 .stolen = (double)v[7] * tick};
}

int proc_cpus(void)
{
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}
