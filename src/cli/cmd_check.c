/* muster check: what the laws of the recipients' countries say of a mailing, before it is sent.
 * Opens files, shows progress, keeps checkpoints, writes reports; the reading and judging is done
 * in a process without rights (node/checker.h).
 */
#include "cli/command.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/progress.h"
#include "law/settings.h"
#include "node/checker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'t', "to", "CC,CC", "countries of the recipients, when there is no list"},
    {'r', "recipients", "CSV", "list of recipients (- for standard input)"},
    {'f', "facts", "JSON", "what holds for the sender and the whole mailing"},
    {0, "columns", "TITLE=FACT,...", "what columns mean, where their titles do not say it"},
    {0, "dates", "dmy|mdy", "how 03/04/2025 is to be read"},
    {'a', "at", "DATE",
     "day of sending (2026-11-22), or with time and zone (2026-11-22T10:00+01:00)"},
    {'j', "json", NULL, "print one JSON object"},
    {0, "report", "HTML", "write the report as a page to read and print"},
    {0, "rows", "CSV", "write the recipients to drop, to ask and to mend"},
    {0, "ask", "JSON", "write the open questions as a file of facts to fill in"},
    {0, "resume", NULL, "go on with a check that was stopped (needs --rows)"},
    {0, "zone", "JSON", "answers of the DNS, for SPF, DKIM, DMARC and whether it would arrive"},
    {0, "dns", NULL, "ask DNS whether it would arrive: SPF, DKIM, DMARC, one-click, MX"},
    {0, "clock", "UNIXTIME", "fix the clock"},
    {0}};
enum {
    O_CONFIG,
    O_TO,
    O_LIST,
    O_FACTS,
    O_COLUMNS,
    O_DATES,
    O_AT,
    O_JSON,
    O_REPORT,
    O_ROWS,
    O_ASK,
    O_RESUME,
    O_ZONE,
    O_DNS,
    O_CLOCK
};

#define TEXT_MOST (64u * 1024 * 1024)

struct check {
    struct arena *arena;
    struct checker_job job;
    const char *config, *list, *facts, *zone, *report, *rows, *ask;
    char *state; /* where checkpoints are kept; NULL: nowhere */
    bool as_json, resume, has_at, asks_dns;
    struct progress bar;
    uint64_t list_bytes;
};

/* ---- words of the command line ---- */

static bool two_digits(struct slice s, size_t at, int most, int *out)
{
    if (at + 2 > s.n || !ascii_is_digit(s.p[at]) || !ascii_is_digit(s.p[at + 1]))
        return false;
    *out = (s.p[at] - '0') * 10 + (s.p[at + 1] - '0');
    return *out <= most;
}

/* "2026-11-22" or "2026-11-22T10:00+01:00" (a space instead of T and seconds are fine). */
static bool read_at(struct slice s, struct checker_job *job)
{
    int hour, minute;
    struct zone_range zone;
    int32_t day;
    if (!law_date(slice_head(s, 10), &day))
        return false;
    job->day = day;
    if (s.n == 10)
        return true;
    if (s.n < 17 || (s.p[10] != 'T' && s.p[10] != ' ') || !two_digits(s, 11, 23, &hour) ||
        s.p[13] != ':' || !two_digits(s, 14, 59, &minute))
        return false;
    size_t rest = s.n >= 19 && s.p[16] == ':' ? 19 : 16;
    if (!zone_of_name(slice_from(s, rest), 0, &zone) || zone.low != zone.high)
        return false;
    job->send_at = (int64_t)day * 86400 + hour * 3600 + minute * 60 - zone.low * 60;
    return true;
}

static int read_countries(struct check *k, struct slice list)
{
    struct slice one;
    while (slice_split(&list, ',', &one)) {
        int32_t code = country_find(slice_trim(one));
        if (code == 0)
            return command_error(&cmd_check, EXIT_USAGE, "'%.*s' is no country that is known here",
                                 SLICE_ARG(slice_trim(one)));
        if (k->job.n_to == CHECKER_TO_MAX)
            return command_error(&cmd_check, EXIT_USAGE, "--to takes at most %d countries",
                                 CHECKER_TO_MAX);
        k->job.to[k->job.n_to++] = code;
    }
    return 0;
}

static int read_clock(const char *value)
{
    uint64_t clock;
    if (!slice_u64(slice_str(value), &clock) || clock > INT64_MAX / 1000000)
        return command_error(&cmd_check, EXIT_USAGE, "--clock takes seconds since 1970, not '%s'",
                             value);
    clock_fix((int64_t)clock);
    return 0;
}

static int read_word(struct check *k, int o, const char *value)
{
    struct slice v = slice_str(value);
    switch (o) {
    case O_TO:
        return read_countries(k, v);
    case O_COLUMNS:
        k->job.columns = v;
        return 0;
    case O_DATES:
        k->job.order = slice_eq(v, SLICE("dmy"))   ? DATES_DMY
                       : slice_eq(v, SLICE("mdy")) ? DATES_MDY
                                                   : DATES_UNKNOWN;
        return k->job.order ? 0
                            : command_error(&cmd_check, EXIT_USAGE,
                                            "--dates is dmy or mdy, not '%s'", value);
    case O_AT:
        k->has_at = true;
        return read_at(v, &k->job)
                   ? 0
                   : command_error(&cmd_check, EXIT_USAGE,
                                   "--at takes 2026-11-22 or 2026-11-22T10:00+01:00, not '%s'",
                                   value);
    default:
        return read_clock(value);
    }
}

/* 0, or the exit code to return (-1: help was shown). */
static int read_options(struct option_reader *r, struct check *k)
{
    const char **files[] = {[O_CONFIG] = &k->config, [O_LIST] = &k->list, [O_FACTS] = &k->facts,
                            [O_REPORT] = &k->report, [O_ROWS] = &k->rows, [O_ASK] = &k->ask,
                            [O_ZONE] = &k->zone,     [O_CLOCK] = NULL};
    int o;
    while ((o = option_next(r)) >= 0) {
        if (o == O_JSON)
            k->as_json = true;
        else if (o == O_RESUME)
            k->resume = true;
        else if (o == O_DNS)
            k->asks_dns = true;
        else if (files[o])
            *files[o] = r->value;
        else if (read_word(k, o, r->value))
            return EXIT_USAGE;
    }
    if (o == OPTION_HELP)
        return -1;
    if (o == OPTION_BAD)
        return EXIT_USAGE;
    if (r->at + 1 != r->argc)
        return command_error(&cmd_check, EXIT_USAGE, "say which message: one .eml file");
    if ((k->list != NULL) == (k->job.n_to > 0))
        return command_error(&cmd_check, EXIT_USAGE, "say to whom: --to CC,CC or --recipients CSV");
    if (k->resume && !k->rows)
        return command_error(&cmd_check, EXIT_USAGE,
                             "--resume needs --rows: the checkpoint lies beside it");
    if (k->asks_dns && k->zone)
        return command_error(&cmd_check, EXIT_USAGE, "--dns or --zone, not both");
    return 0;
}

/* ---- files ---- */

static int read_whole(struct arena *a, const char *path, size_t most, struct slice *out,
                      struct err *e)
{
    struct buf b = BUF_INIT(most + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "opening %s", path);
    for (;;) {
        size_t room;
        char *p = buf_reserve(&b, 65536, &room);
        ssize_t n = room ? read(fd, p, room) : 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        buf_wrote(&b, (size_t)n);
    }
    close(fd);
    bool is_long = b.n > most;
    *out = arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return is_long ? err_set(e, ERR_LIMIT, "%s is too long", path) : 0;
}

/* Whole or not at all: written beside it, then put in its place. */
static int write_file(const char *path, struct slice text, struct err *e)
{
    struct buf name = BUF_INIT(4096);
    buf_printf(&name, "%s.new", path);
    int fd = open(buf_cstr(&name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int rc = 0;
    if (fd < 0 || command_write(fd, text) < 0 || fsync(fd) < 0)
        rc = err_errno(e, "writing %s", path);
    if (fd >= 0)
        close(fd);
    if (rc == 0 && rename(buf_cstr(&name), path) < 0)
        rc = err_errno(e, "writing %s", path);
    buf_fini(&name);
    return rc;
}

static int open_rows(struct check *k, struct err *e)
{
    uint64_t keep = 0;
    if (k->rows == NULL)
        return 0;
    k->state = arena_cstr(k->arena, arena_printf(k->arena, "%s.state", k->rows));
    if (k->resume) {
        int rc = read_whole(k->arena, k->state, TEXT_MOST, &k->job.resume, e);
        if (rc < 0)
            return e->code == ERR_NOENT
                       ? err_set(e, ERR_USAGE, "there is no stopped check beside %s", k->rows)
                       : rc;
        if (!checker_resume_at(k->job.resume, &keep))
            return err_set(e, ERR_CORRUPT, "%s is no checkpoint", k->state);
    }
    k->job.rows_fd = open(k->rows, O_WRONLY | O_CREAT | O_CLOEXEC | (k->resume ? 0 : O_TRUNC),
                          0600);
    if (k->job.rows_fd < 0)
        return err_errno(e, "opening %s", k->rows);
    struct stat st;
    if (fstat(k->job.rows_fd, &st) < 0 || (k->resume && (uint64_t)st.st_size < keep))
        return err_set(e, ERR_CORRUPT, "%s is shorter than its checkpoint says", k->rows);
    if (k->resume && (ftruncate(k->job.rows_fd, (off_t)keep) < 0 ||
                      lseek(k->job.rows_fd, (off_t)keep, SEEK_SET) < 0))
        return err_errno(e, "going on with %s", k->rows);
    return 0;
}

static int open_all(struct check *k, const char *mail, struct err *e)
{
    struct stat st;
    k->job.mail_fd = open(mail, O_RDONLY | O_CLOEXEC);
    if (k->job.mail_fd < 0)
        return err_errno(e, "opening %s", mail);
    if (k->list && strcmp(k->list, "-") == 0)
        k->job.list_fd = dup(0);
    else if (k->list)
        k->job.list_fd = open(k->list, O_RDONLY | O_CLOEXEC);
    if (k->list && k->job.list_fd < 0)
        return err_errno(e, "opening %s", k->list);
    if (k->list && fstat(k->job.list_fd, &st) == 0 && S_ISREG(st.st_mode))
        k->list_bytes = (uint64_t)st.st_size;
    if (k->facts && read_whole(k->arena, k->facts, 1024 * 1024, &k->job.facts, e) < 0)
        return e->code;
    if (k->zone && read_whole(k->arena, k->zone, TEXT_MOST, &k->job.zone, e) < 0)
        return e->code;
    return open_rows(k, e);
}

/* ---- what comes back ---- */

static int news(void *arg, const struct checker_news *n, struct err *e)
{
    struct check *k = arg;
    if (n->checkpoint.n) {
        if (k->state == NULL)
            return 0;
        if (fsync(k->job.rows_fd) < 0)
            return err_errno(e, "writing %s", k->rows);
        return write_file(k->state, n->checkpoint, e);
    }
    if (n->report == 0) {
        progress_at(&k->bar, k->list_bytes ? n->bytes : n->rows);
        return 0;
    }
    progress_end(&k->bar);
    if (n->report == CHECKER_HTML)
        return write_file(k->report, n->text, e);
    if (n->report == CHECKER_QUESTIONS)
        return write_file(k->ask, n->text, e);
    fwrite(n->text.p, 1, n->text.n, stdout);
    if (n->report == CHECKER_JSON)
        putchar('\n');
    return fflush(stdout) == 0 ? 0 : err_errno(e, "writing the report");
}

/* The resolver of its own; before the child, which keeps the channel. */
static int open_lookup(struct check *k, const struct conf *conf, struct err *e)
{
    int rc = lookup_open(conf, NULL, e, &k->job.lookup);
    if (rc == 0 && k->job.lookup == NULL)
        rc = err_set(e, ERR_USAGE,
                     "--dns has nobody to ask: the configuration says resolver = none");
    return rc;
}

static int check(struct check *k, const char *mail, struct err *e, bool *out_found)
{
    struct buf errors = BUF_INIT(65536);
    struct law_library *lib;
    struct conf *conf;
    if (node_config_read(k->arena, k->config, e, &conf) < 0 || open_all(k, mail, e) < 0)
        return e->code;
    if (law_library_open_conf(conf, &lib, &errors, e) < 0) {
        fputs(buf_cstr(&errors), stderr);
        return e->code;
    }
    if (k->asks_dns && open_lookup(k, conf, e) < 0) {
        law_library_free(lib);
        return e->code;
    }
    k->job.conf = conf;
    k->job.lib = lib;
    k->job.campaign = slice_str(mail);
    k->job.list = slice_str(k->list);
    k->job.want = (k->as_json ? CHECKER_JSON : CHECKER_TEXT) | (k->report ? CHECKER_HTML : 0u) |
                  (k->ask ? CHECKER_QUESTIONS : 0u);
    k->job.colour = command_colour(1);
    if (!k->has_at)
        k->job.day = law_day_of(clock_now_us());
    if (k->list)
        progress_start(&k->bar, "checking", k->list_bytes);
    int rc = checker_run(&k->job, news, k, e, out_found);
    progress_end(&k->bar);
    if (rc == 0 && k->state && unlink(k->state) < 0 && errno != ENOENT)
        rc = err_errno(e, "removing %s", k->state);
    lookup_close(k->job.lookup);
    law_library_free(lib);
    buf_fini(&errors);
    return rc;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_check, .argc = argc, .argv = argv};
    struct check k = {.arena = arena_new(0),
                      .job = {.mail_fd = -1, .list_fd = -1, .rows_fd = -1, .send_at = INT64_MIN}};
    struct err e = {0};
    bool found = false;
    int code = read_options(&r, &k);
    if (code == 0) {
        code = check(&k, argv[r.at], &e, &found) < 0 ? command_fail(&cmd_check, &e)
               : found                               ? EXIT_NEGATIVE
                                                     : EXIT_FINE;
    } else if (code < 0) {
        code = EXIT_FINE;
    }
    arena_free(k.arena);
    return code;
}

const struct command cmd_check = {
    .name = "check",
    .args = "CAMPAIGN.eml --to CC,CC | --recipients CSV",
    .summary = "check a mailing against the laws of its recipients' countries",
    .about =
        "The answers are: violation found, no violation found, can't tell. A violation comes with "
        "its clause and what repairs it; what can't be told comes with the question that would "
        "settle it. It is not legal advice. Exit code 1 means that a violation was found for at "
        "least one recipient.\n\nA list of recipients is any table with a column for the country; "
        "columns for the basis of consent, its date, customer since, last purchase, company or "
        "person, time zone and more are known by their titles in many languages. With --rows a "
        "check that was killed goes on with --resume.",
    .options = options,
    .run = run};
