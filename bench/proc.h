/* What a server's processes cost: CPU time and memory of a process and all its descendants. */
#ifndef MUSTER_BENCH_PROC_H
#define MUSTER_BENCH_PROC_H

#include <stdint.h>
#include <sys/types.h>

#define PROC_ROOTS 8

struct proc_usage {
    double cpu_s;      /* own time of each live process and of the children it has reaped */
    int64_t pss_bytes; /* proportional set sizes added up */
    int processes;
};

/* Adds up the trees below n roots as they are now. A process that is born and reaped between two
 * readings is counted through its parent, so differences of readings are whole. Reading PSS walks
 * page tables and takes milliseconds: read it outside a timed stretch. */
struct proc_usage proc_read(const pid_t *root, int n, int want_pss);
/* 0 when the process has ended, reaped or not. */
int proc_is_alive(pid_t pid);
/* Seconds of CPU since the machine started, all processors together. */
struct proc_machine {
    double busy;   /* not idle, not waiting for disk */
    double stolen; /* that its host gave to others while something here wanted to run */
};
/* All zero where the kernel does not tell. */
struct proc_machine proc_machine(void);
/* Processors that are online. */
int proc_cpus(void);

#endif
