/* Load generator for scan servers: sends mail over HTTP or spamc's protocol and prints one JSON
 * line with rate, latency, the CPU time and memory of the server's processes, and how much of the
 * machine others took meanwhile.
 */
#include "base/clock.h"
#include "base/json.h"
#include "client.h"
#include "proc.h"

#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct options {
    struct client_job job;
    const char *list;
    const char *scores; /* file to write, NULL for none */
    uint64_t seed;
    pid_t server[PROC_ROOTS], side[PROC_ROOTS];
    int servers, sides;
    int64_t first_since_ns; /* -1: not asked; else wall clock when the server was started */
    bool goes_first;
    char target[256];
    struct buf headers;
};

static const char usage[] =
    "load --http HOST:PORT/PATH | --spamc HOST:PORT   where to, and which protocol\n"
    "     --list FILE|FOLDER                          messages; FILE has a path or \"spam PATH\" a "
    "line\n"
    "     [--messages N] [--conns N] [--keep] [--seed S] [--timeout SECONDS]\n"
    "     [--header 'Name: value']...                 further HTTP header lines\n"
    "     [--pid P,P] [--side P,P]                    process trees to measure: server, helpers\n"
    "     [--scores FILE]                             write label, score and path of each message\n"
    "     [--first NANOSECONDS]                       only wait for the first answer; prints the\n"
    "                                                 time since this wall-clock moment\n";

static int die(const char *text)
{
    fprintf(stderr, "load: %s\n", text);
    exit(2);
}

static uint64_t number(const char *text, uint64_t max)
{
    uint64_t v;
    if (!slice_u64(slice_str(text), &v) || v > max) {
        fprintf(stderr, "load: \"%s\" is no number up to %llu\n", text, (unsigned long long)max);
        exit(2);
    }
    return v;
}

static int pids(const char *text, pid_t out[PROC_ROOTS])
{
    struct slice rest = slice_str(text), part;
    int n = 0;
    while (slice_split(&rest, ',', &part)) {
        uint64_t v = 0;
        if (n == PROC_ROOTS || !slice_u64(part, &v) || v > INT32_MAX)
            die("--pid and --side take process numbers with commas between, at most 8");
        out[n++] = (pid_t)v;
    }
    return n;
}

/* "HOST:PORT/PATH" in place: cuts it into its parts. */
static void target(struct options *o, enum client_protocol protocol, const char *text)
{
    if (strlen(text) >= sizeof o->target)
        die("the address is too long");
    memcpy(o->target, text, strlen(text) + 1);
    char *slash = strchr(o->target, '/');
    o->job.path = slash ? text + (slash - o->target) : "/";
    if (slash)
        *slash = '\0';
    char *colon = strrchr(o->target, ':');
    if (!colon)
        die("the address is HOST:PORT");
    *colon = '\0';
    o->job.protocol = protocol;
    o->job.host = o->target;
    o->job.port = colon + 1;
}

/* Takes one option; false when it is unknown. */
static bool take_option(struct options *o, int c)
{
    switch (c) {
    case 'h':
        target(o, CLIENT_HTTP, optarg);
        break;
    case 'c':
        target(o, CLIENT_SPAMC, optarg);
        break;
    case 'l':
        o->list = optarg;
        break;
    case 'n':
        o->job.conns = (int)number(optarg, CLIENT_CONNS);
        break;
    case 'm':
        o->job.messages = number(optarg, 100000000);
        break;
    case 'k':
        o->job.keep = true;
        break;
    case 's':
        o->seed = number(optarg, UINT64_MAX - 1);
        break;
    case 't':
        o->job.timeout_ms = (int)number(optarg, 3600) * 1000;
        break;
    case 'H':
        buf_printf(&o->headers, "%s\r\n", optarg);
        break;
    case 'p':
        o->servers = pids(optarg, o->server);
        break;
    case 'q':
        o->sides = pids(optarg, o->side);
        break;
    case 'o':
        o->scores = optarg;
        break;
    case 'f':
        o->first_since_ns = (int64_t)number(optarg, INT64_MAX);
        break;
    default:
        return false;
    }
    return true;
}

static void read_options(struct options *o, int argc, char **argv)
{
    static const struct option known[] = {
        {"http", 1, NULL, 'h'},  {"spamc", 1, NULL, 'c'},    {"list", 1, NULL, 'l'},
        {"conns", 1, NULL, 'n'}, {"messages", 1, NULL, 'm'}, {"keep", 0, NULL, 'k'},
        {"seed", 1, NULL, 's'},  {"timeout", 1, NULL, 't'},  {"header", 1, NULL, 'H'},
        {"pid", 1, NULL, 'p'},   {"side", 1, NULL, 'q'},     {"scores", 1, NULL, 'o'},
        {"first", 1, NULL, 'f'}, {NULL, 0, NULL, 0}};
    int c;
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (!take_option(o, c)) {
            fputs(usage, stderr);
            exit(2);
        }
    }
    if (optind < argc || !o->job.host || !o->list || o->job.conns < 1) {
        fputs(usage, stderr);
        exit(2);
    }
    o->job.headers = buf_cstr(&o->headers);
}

/* Tries until one message is answered, for two minutes at most. */
static int first_answer(struct options *o, struct err *e)
{
    int64_t until = clock_mono_us() + 120 * (int64_t)1000000;
    o->job.messages = 1;
    o->job.conns = 1;
    while (clock_mono_us() < until) {
        if (o->servers > 0 && !proc_is_alive(o->server[0]))
            return err_set(e, ERR_CLOSED, "the server has ended");
        struct client_result r;
        int rc = client_run(&o->job, &r, e);
        size_t done = r.done;
        client_fini(&r);
        if (rc == 0 && done == 1) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            int64_t ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - o->first_since_ns;
            printf("{\"first_answer_ms\":%.1f}\n", (double)ns / 1e6);
            return 0;
        }
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    return err_set(e, ERR_TIMEOUT, "no answer within two minutes");
}

static int write_scores(const struct options *o, const struct client_result *r, struct err *e)
{
    FILE *f = fopen(o->scores, "we");
    if (!f)
        return err_errno(e, "%s", o->scores);
    const struct set *s = o->job.set;
    for (size_t i = 0; i < s->n; i++)
        if (r->score[i] > NO_SCORE)
            fprintf(f, "%s\t%.6f\t%s\n", s->item[i].label, r->score[i], s->item[i].path);
    return fclose(f) == 0 ? 0 : err_errno(e, "%s", o->scores);
}

/* The q-quantile of sorted values, by the nearest rank. */
static double quantile(const double *v, size_t n, double q)
{
    size_t i = (size_t)(q * (double)n);
    return n == 0 ? 0 : v[i < n ? i : n - 1];
}

struct reading {
    struct proc_usage server, side;
    struct proc_machine machine;
    double own;
};

static struct reading take(const struct options *o, int want_pss)
{
    return (struct reading){proc_read(o->server, o->servers, want_pss),
                            proc_read(o->side, o->sides, want_pss), proc_machine(),
                            (double)clock_cpu_us() / 1e6};
}

static void print_result(const struct options *o, const struct client_result *r,
                         const struct reading *a, const struct reading *b)
{
    struct buf text = BUF_INIT(65536);
    struct json j = JSON_INIT(&text);
    double n = r->done ? (double)r->done : 1, seconds = r->seconds > 0 ? r->seconds : 1e-9;
    double server = b->server.cpu_s - a->server.cpu_s, side = b->side.cpu_s - a->side.cpu_s;
    double own = b->own - a->own, busy = b->machine.busy - a->machine.busy;
    double stolen = b->machine.stolen - a->machine.stolen;
    double mean = (double)o->job.set->bytes / (double)o->job.set->n;
    jsonw_object(&j, NULL);
    jsonw_int(&j, "messages", (int64_t)r->done);
    jsonw_int(&j, "errors", (int64_t)r->errors);
    jsonw_int(&j, "conns", o->job.conns);
    jsonw_num(&j, "seconds", r->seconds, 3);
    jsonw_num(&j, "per_second", (double)r->done / seconds, 1);
    jsonw_num(&j, "mean_bytes", mean, 0);
    jsonw_num(&j, "p50_ms", quantile(r->latency_ms, r->done, 0.5), 3);
    jsonw_num(&j, "p99_ms", quantile(r->latency_ms, r->done, 0.99), 3);
    jsonw_num(&j, "cpu_ms", server * 1e3 / n, 4);
    jsonw_num(&j, "side_cpu_ms", side * 1e3 / n, 4);
    jsonw_num(&j, "client_cpu_ms", own * 1e3 / n, 4);
    jsonw_bool(&j, "client_first", o->goes_first);
    jsonw_num(&j, "foreign", (busy - server - side - own) / seconds / proc_cpus(), 3);
    jsonw_num(&j, "stolen", stolen / seconds / proc_cpus(), 3);
    jsonw_num(&j, "pss_before_mb", (double)a->server.pss_bytes / 1048576, 1);
    jsonw_num(&j, "pss_mb", (double)b->server.pss_bytes / 1048576, 1);
    jsonw_num(&j, "side_pss_mb", (double)b->side.pss_bytes / 1048576, 1);
    jsonw_int(&j, "processes", b->server.processes);
    if (r->first_error[0])
        jsonw_cstr(&j, "first_error", r->first_error);
    jsonw_object_end(&j);
    puts(buf_cstr(&text));
    buf_fini(&text);
}

/* What is measured is how long the server takes, not how long the client then waits for a processor
 * behind that server: on two cores that was most of the slowest percent. The client takes little,
 * and goes first, whichever server it asks; who may not do that measures with its own waits. */
static bool go_first(void)
{
    const struct sched_param p = {.sched_priority = 1};
    return sched_setscheduler(0, SCHED_RR, &p) == 0;
}

int main(int argc, char **argv)
{
    struct options o = {.job = {.conns = 1, .timeout_ms = 120000},
                        .first_since_ns = -1,
                        .headers = BUF_INIT(16384)};
    struct err e = {0};
    struct set set = {0};
    signal(SIGPIPE, SIG_IGN);
    o.job.messages = SIZE_MAX;
    read_options(&o, argc, argv);
    int rc = set_read(&set, o.list, &e);
    if (rc == 0) {
        set_shuffle(&set, o.seed);
        o.job.set = &set;
        if (o.job.messages == SIZE_MAX)
            o.job.messages = set.n;
    }
    if (rc == 0 && o.first_since_ns >= 0) {
        rc = first_answer(&o, &e);
    } else if (rc == 0) {
        struct client_result r;
        struct reading before = take(&o, 1);
        before.own = (double)clock_cpu_us() / 1e6;
        before.machine = proc_machine();
        o.goes_first = go_first();
        rc = client_run(&o.job, &r, &e);
        struct reading after = take(&o, 0), memory = take(&o, 1);
        after.server.pss_bytes = memory.server.pss_bytes;
        after.side.pss_bytes = memory.side.pss_bytes;
        if (rc == 0)
            print_result(&o, &r, &before, &after);
        if (rc == 0 && o.scores)
            rc = write_scores(&o, &r, &e);
        client_fini(&r);
    }
    set_fini(&set);
    buf_fini(&o.headers);
    if (rc < 0)
        fprintf(stderr, "load: %s\n", e.text);
    return rc < 0 ? 3 : 0;
}
