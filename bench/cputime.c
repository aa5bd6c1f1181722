/* Runs a command and prints what it took, its reaped children included, as one JSON line on
 * descriptor 3 (so that the command keeps its own output).
 *   cputime COMMAND [ARGUMENT]... 3> FILE
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: cputime COMMAND [ARGUMENT]... 3> FILE\n", stderr);
        return 2;
    }
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    pid_t pid = fork();
    if (pid < 0) {
        perror("cputime");
        return 3;
    }
    if (pid == 0) {
        close(3);
        execvp(argv[1], argv + 1);
        fprintf(stderr, "cputime: %s: %s\n", argv[1], strerror(errno));
        _exit(127);
    }
    int status = 0;
    struct rusage u;
    while (wait4(pid, &status, 0, &u) < 0 && errno == EINTR)
        ;
    clock_gettime(CLOCK_MONOTONIC, &b);
    double wall = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    dprintf(3, "{\"cpu_s\":%.6f,\"seconds\":%.3f,\"peak_mb\":%.1f}\n",
            seconds(u.ru_utime) + seconds(u.ru_stime), wall, (double)u.ru_maxrss / 1024);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
