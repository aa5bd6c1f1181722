/* muster scan: verdict, score and the main reason of each message, as a table or as JSON. Goes to
 * the running node when there is one, else reads the models itself; either way the mail is parsed
 * in a process without rights.
 */
#include "cli/client.h"
#include "cli/mailjob.h"
#include "base/clock.h"
#include "base/escape.h"
#include "node/language.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "one JSON object per message"},
    {0, "ip", "A", "address of the client that brought it"},
    {0, "helo", "H", "what the client called itself"},
    {0, "from", "F", "envelope sender (\"\" for <>)"},
    {0, "rcpt", "R", "envelope recipient; may be given several times"},
    {0, "user", "U", "mailbox whose personal layer applies"},
    {0, "private", NULL, "do not ask a running node"},
    {0, "clock", "UNIXTIME", "fix the clock (and do not ask a running node)"},
    {0, "zone", "FILE", "answers to questions to DNS (JSON), instead of the DNS"},
    {0}};
enum { O_CONFIG, O_JSON, O_IP, O_HELO, O_FROM, O_RCPT, O_USER, O_PRIVATE, O_CLOCK, O_ZONE };

#define RCPTS_MOST 100
#define TELLING    0.5 /* points from which a checkable reason is shown first */

struct scan_job {
    struct arena *arena;
    struct client *node;
    const struct lang *lang;
    const char *const *headers;
    struct buf answer, line;
    bool as_json, colour, had_title;
    unsigned long counts[3]; /* ham, unsure, spam */
    double us;
};

/* ---- one row ---- */

/* A reason that a person can check in the message tells more than a comparison of wordings. */
static bool is_comparison(const char *name)
{
    return name == NULL || strcmp(name, "prior") == 0 || strncmp(name, "classifier_", 11) == 0;
}

/* The strongest reason on the verdict's side: findings come strongest first. */
static json_t *main_finding(json_t *all, bool is_spammy)
{
    size_t i;
    json_t *f, *best = NULL;
    json_array_foreach(all, i, f)
    {
        double points = json_number_value(json_object_get(f, "points"));
        if (is_spammy ? points <= 0 : points >= 0)
            continue;
        if (best == NULL)
            best = f;
        if (!is_comparison(json_string_value(json_object_get(f, "name"))) &&
            fabs(points) >= TELLING)
            return f;
    }
    return best ? best : json_array_get(all, 0);
}

/* Fills the %s of a reason with its detail, made safe for a terminal. */
static void add_reason(struct buf *b, const struct lang *lang, json_t *f)
{
    const char *reason = json_string_value(json_object_get(f, "reason"));
    const char *detail = json_string_value(json_object_get(f, "detail"));
    if (reason == NULL)
        return;
    reason = lang_text(lang, reason);
    const char *gap = strstr(reason, "%s");
    if (gap == NULL) {
        buf_str(b, reason);
        return;
    }
    buf_add(b, slice_of(reason, (size_t)(gap - reason)));
    escape_add(b, ESCAPE_TERM, slice_str(detail ? detail : ""), 60);
    buf_str(b, gap + 2);
}

static void print_row(struct scan_job *job, const char *name, json_t *j)
{
    static const char *const colours[] = {"\033[32m", "\033[33m", "\033[31m"};
    const char *verdict = json_string_value(json_object_get(j, "verdict"));
    int side = verdict && strcmp(verdict, "spam") == 0  ? 2
               : verdict && strcmp(verdict, "ham") == 0 ? 0
                                                        : 1;
    double score = json_number_value(json_object_get(j, "score"));
    job->counts[side]++;
    job->us += json_number_value(json_object_get(j, "microseconds"));
    if (job->as_json)
        return;
    if (!job->had_title)
        printf("%-7s %6s  %-16s %-34s %s\n", "VERDICT", "SCORE", "CLASS", "MESSAGE", "MAIN REASON");
    job->had_title = true;
    struct slice shown = slice_str(name);
    buf_reset(&job->line);
    if (shown.n > 34) { /* the end of a path tells more than its beginning */
        buf_str(&job->line, "...");
        shown = slice_from(shown, shown.n - 31);
    }
    escape_add(&job->line, ESCAPE_TERM, shown, 0);
    while (job->line.n < 34)
        buf_chr(&job->line, ' ');
    buf_chr(&job->line, ' ');
    json_t *f = main_finding(json_object_get(j, "findings"), score >= 0);
    if (f)
        add_reason(&job->line, job->lang, f);
    printf("%s%-7s%s %6.1f  %-16s %s\n", job->colour ? colours[side] : "", verdict ? verdict : "?",
           job->colour ? "\033[0m" : "", score, json_string_value(json_object_get(j, "class")),
           buf_cstr(&job->line));
}

static int show(struct scan_job *job, const char *name, struct slice text, struct err *e)
{
    json_error_t je;
    json_t *j = json_loadb(text.p, text.n, 0, &je);
    if (j == NULL)
        return err_set(e, ERR_PARSE, "the answer for %s is not JSON: %s", name, je.text);
    print_row(job, name, j);
    if (job->as_json) {
        json_object_set_new(j, "file", json_string(name));
        char *line = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(6));
        if (line)
            puts(line);
        free(line);
    }
    json_decref(j);
    return 0;
}

static int each(void *arg, const char *name, const struct parsed *p, struct err *e)
{
    struct scan_job *job = arg;
    if (job->node == NULL)
        return show(job, name, p->bytes, e);
    long status = 0;
    int rc = client_call(job->node, "/v1/scan", job->headers, p->bytes, &job->answer, &status, e);
    if (rc < 0)
        return rc;
    if (status != 200)
        return err_set(e, ERR_IO, "%s: the node answered %ld: %.*s", name, status,
                       SLICE_ARG(slice_head(buf_slice(&job->answer), 200)));
    return show(job, name, buf_slice(&job->answer), e);
}

/* ---- the command ---- */

struct request {
    const char *config, *zone;
    bool as_json, is_private;
    struct envelope env;
    struct slice rcpt[RCPTS_MOST];
};

/* 0, or the exit code to return (-1: help was shown). */
static int read_options(struct option_reader *r, struct request *q)
{
    int o;
    uint64_t clock;
    q->env.rcpt = q->rcpt;
    while ((o = option_next(r)) >= 0) {
        struct slice v = slice_str(r->value);
        if (o == O_CONFIG)
            q->config = r->value;
        else if (o == O_JSON)
            q->as_json = true;
        else if (o == O_PRIVATE)
            q->is_private = true;
        else if (o == O_ZONE)
            q->zone = r->value;
        else if (o == O_IP)
            q->env.client_ip = v;
        else if (o == O_HELO)
            q->env.helo = v;
        else if (o == O_USER)
            q->env.user = v;
        else if (o == O_FROM) {
            q->env.mail_from = v;
            q->env.has_mail_from = true;
        } else if (o == O_RCPT && q->env.n_rcpt < RCPTS_MOST) {
            q->rcpt[q->env.n_rcpt++] = v;
        } else if (o == O_CLOCK) {
            if (!slice_u64(v, &clock) || clock > INT64_MAX / 1000000)
                return command_error(&cmd_scan, EXIT_USAGE,
                                     "--clock takes seconds since 1970, not '%s'", r->value);
            clock_fix((int64_t)clock);
            q->is_private = true;
        }
    }
    if (o == OPTION_HELP)
        return -1;
    return o == OPTION_BAD ? EXIT_USAGE : 0;
}

static void summary(const struct scan_job *job)
{
    unsigned long n = job->counts[0] + job->counts[1] + job->counts[2];
    if (!job->as_json && n > 1)
        printf("\n%lu messages: %lu spam, %lu unsure, %lu ham; %.0f microseconds each\n", n,
               job->counts[2], job->counts[1], job->counts[0], job->us / (double)n);
}

static int run(int argc, char **argv)
{
    static struct request q;
    struct option_reader r = {.command = &cmd_scan, .argc = argc, .argv = argv};
    int code = read_options(&r, &q);
    if (code)
        return code < 0 ? EXIT_FINE : code;
    if (r.at >= argc)
        return command_error(&cmd_scan, EXIT_USAGE,
                             "say which mail: a file, mbox, Maildir, folder or -");
    struct err e = {0};
    struct conf *conf;
    struct scan_job job = {.arena = arena_new(0),
                           .as_json = q.as_json,
                           .colour = command_colour(1),
                           .answer = BUF_INIT(64 * 1024 * 1024),
                           .line = BUF_INIT(4096)};
    if (node_config_read(job.arena, q.config, &e, &conf) < 0)
        return command_fail(&cmd_scan, &e);
    if (!q.is_private && q.zone == NULL && client_open(conf, &e, &job.node) < 0 &&
        e.code != ERR_NOENT)
        return command_fail(&cmd_scan, &e);
    job.lang = language_of_user(job.arena, conf);
    job.headers = client_envelope(job.arena, &q.env);
    struct lookup *lookup = NULL;
    if (job.node == NULL && lookup_open(conf, q.zone, &e, &lookup) < 0)
        return command_fail(&cmd_scan, &e);
    struct mailjob walk = {.command = &cmd_scan,
                           .conf = conf,
                           .env = &q.env,
                           .lookup = lookup,
                           .each = each,
                           .arg = &job,
                           .mode = job.node ? PARSER_RAW : PARSER_SCAN};
    code = mailjob_run(&walk, argv + r.at, argc - r.at);
    lookup_close(lookup);
    summary(&job);
    client_close(job.node);
    buf_fini(&job.answer);
    buf_fini(&job.line);
    arena_free(job.arena);
    return code != EXIT_FINE ? code : job.counts[2] ? EXIT_NEGATIVE : EXIT_FINE;
}

const struct command cmd_scan = {.name = "scan",
                                 .args = "FILE|MBOX|MAILDIR|FOLDER|- ...",
                                 .summary = "judge mail and say why in a line",
                                 .about = "Exit code 1 means that at least one message is spam. "
                                          "'muster why FILE' explains one in full.",
                                 .options = options,
                                 .run = run};
