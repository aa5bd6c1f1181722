/* muster history, traffic, acts: what came, how much of it, and what was done about it. */
#include "base/clock.h"
#include "cli/inquiry.h"

#include <stdio.h>

/* ---- history ---- */

#define ROWS       50
#define ROWS_MOST  100000
#define PAGE_MOST  1000
#define PAGES_MOST 5000 /* each looks at 2,000 messages at most */

static const struct option_doc history_options[] = {
    INQUIRY_OPTIONS,
    {0, "verdict", "WORD", "ham, unsure or spam"},
    {0, "class", "WORD",
     "malware, phishing, scam, \"unsolicited bulk\", bulk, transactional, personal or other"},
    {0, "action", "WORD", "accept, tag, greylist, defer, quarantine, reject or discard"},
    {0, "from", "DOMAIN", "the sender's domain, or one above it"},
    {0, "to", "DOMAIN", "a recipient's domain"},
    {0, "user", "ADDRESS", "a recipient's mailbox"},
    {0, "rule", "NAME", "a check that spoke, as 'muster rules list' names it"},
    {0, "since", "WHEN", "not before: 45m, 3h, 2d, 1w ago, or a day 2026-11-22 (UTC)"},
    {0, "until", "WHEN", "not after; a day counts whole"},
    {0, "incomplete", NULL, "those where an answer never came"},
    {'n', "limit", "N", "that many at most (default 50)"},
    {0, "before", "N", "go on where an answer in JSON says \"next\""},
    {0}};
static const struct inquiry_member history_members[] = {
    INQUIRY_MEMBERS,          {INQUIRY_TEXT, "verdict"},    {INQUIRY_TEXT, "class"},
    {INQUIRY_TEXT, "action"}, {INQUIRY_TEXT, "from"},       {INQUIRY_TEXT, "domain"},
    {INQUIRY_TEXT, "user"},   {INQUIRY_TEXT, "rule"},       {INQUIRY_SINCE, "since"},
    {INQUIRY_UNTIL, "until"}, {INQUIRY_TRUE, "incomplete"}, {INQUIRY_INT, "limit"},
    {INQUIRY_INT, "before"}};

static void print_message(const json_t *row)
{
    inquiry_put_head(row, "time", 19);
    inquiry_put(row, "verdict", 6);
    inquiry_put_score(row, "score");
    inquiry_put(row, "class", 16);
    inquiry_put(row, "action", 10);
    inquiry_put(row, "from_domain", 24);
    inquiry_put(row, "id", 36);
    inquiry_put(row, "subject", 0);
    putchar('\n');
}

/* A page may be short with more behind it (what no index decides is tried one by one): asks until
 * there are enough. *out: the first answer with all rows in it, NULL after an error. */
static int gather(struct inquiry *q, int64_t want, json_t **out)
{
    int code = EXIT_FINE;
    json_t *rows = NULL;
    *out = NULL;
    for (int page = 0; page < PAGES_MOST; page++) {
        int64_t missing = want - (int64_t)json_array_size(rows);
        json_t *answer;
        json_object_set_new(q->args, "limit",
                            json_integer(missing < PAGE_MOST ? missing : PAGE_MOST));
        if ((code = inquiry_ask(q, "history", &answer)) != EXIT_FINE)
            break;
        json_t *next = json_object_get(answer, "next");
        if (*out == NULL) {
            *out = json_incref(answer);
            rows = json_object_get(answer, "messages");
        } else {
            json_array_extend(rows, json_object_get(answer, "messages"));
            json_object_set(*out, "next", next);
        }
        bool is_over = json_integer_value(next) == 0 || (int64_t)json_array_size(rows) >= want;
        json_object_set(q->args, "before", next);
        json_decref(answer);
        if (is_over)
            return EXIT_FINE;
    }
    if (code != EXIT_FINE) {
        json_decref(*out);
        *out = NULL;
    }
    return code;
}

static int run_history(int argc, char **argv)
{
    struct inquiry q;
    bool is_over;
    json_t *answer = NULL;
    int code = inquiry_read(&cmd_history, history_members, argc, argv, &q, &is_over);
    if (code == EXIT_FINE && !is_over) {
        const json_t *limit = json_object_get(q.args, "limit");
        int64_t want = limit ? json_integer_value(limit) : ROWS;
        if (q.n)
            inquiry_rest(&q, 0, "words");
        if (want < 1 || want > ROWS_MOST)
            code = command_error(&cmd_history, EXIT_USAGE, "--limit is 1 to %d", ROWS_MOST);
        else
            code = gather(&q, want, &answer);
        if (answer)
            inquiry_print(&q, answer, "messages", print_message);
        json_decref(answer);
    }
    inquiry_end(&q);
    return code;
}

const struct command cmd_history = {
    .name = "history",
    .args = "[WORDS]",
    .summary = "the latest verdicts, or those that fit",
    .about = "WORDS stand in the sender's domain or the subject. All that is said must hold:\n"
             "muster history --class phishing --from example.net --since 2d --rule listed_link",
    .options = history_options,
    .run = run_history};

/* ---- traffic ---- */

static const struct option_doc traffic_options[] = {
    INQUIRY_OPTIONS,
    {0, "domain", "DOMAIN", "mail to this domain alone (counted by the hour)"},
    {0}};
static const struct inquiry_member traffic_members[] = {INQUIRY_MEMBERS, {INQUIRY_TEXT, "domain"}};
static const char *const spans[] = {"hour", "day", "week", "month", NULL};

static void print_counts(const json_t *answer, const char *name)
{
    const char *word;
    const json_t *v;
    printf("%s:", name);
    json_object_foreach(json_object_get(answer, name), word, v)
        printf("  %s %lld", word, (long long)json_integer_value(v));
    putchar('\n');
}

/* A line for each span of time in which anything came. */
static void print_traffic(const json_t *answer)
{
    static const char *const sides[] = {"ham", "unsure", "spam"};
    size_t n = json_array_size(json_object_get(answer, "ham"));
    int64_t from = json_integer_value(json_object_get(answer, "from_us"));
    int64_t each = json_integer_value(json_object_get(answer, "each_seconds")) * 1000000;
    printf("%-20s %10s %10s %10s\n", "from (UTC)", sides[0], sides[1], sides[2]);
    for (size_t i = 0; i < n; i++) {
        char when[32];
        long long count[3], sum = 0;
        for (int s = 0; s < 3; s++)
            sum += count[s] = json_integer_value(
                json_array_get(json_object_get(answer, sides[s]), i));
        if (sum)
            printf("%-20.19s %10lld %10lld %10lld\n", clock_rfc3339(from + (int64_t)i * each, when),
                   count[0], count[1], count[2]);
    }
    long long all = json_integer_value(json_object_get(answer, "messages"));
    long long us = json_integer_value(json_object_get(answer, "microseconds"));
    printf("messages: %lld  bytes: %lld  milliseconds each: %.1f\n", all,
           (long long)json_integer_value(json_object_get(answer, "bytes")),
           all ? (double)us / 1000 / (double)all : 0.0);
    print_counts(answer, "classes");
    print_counts(answer, "actions");
}

static int run_traffic(int argc, char **argv)
{
    struct inquiry q;
    bool is_over;
    json_t *answer = NULL;
    int code = inquiry_read(&cmd_traffic, traffic_members, argc, argv, &q, &is_over);
    if (code == EXIT_FINE && !is_over) {
        const char *span = q.n ? q.word[0] : "day";
        if (q.n > 1)
            code = command_error(&cmd_traffic, EXIT_USAGE, "'%s' is not expected here", q.word[1]);
        else if (!inquiry_is_verb(&q, span, spans))
            code = EXIT_USAGE;
        if (code == EXIT_FINE) {
            json_object_set_new(q.args, "span", json_string(span));
            code = inquiry_ask(&q, "console/traffic", &answer);
        }
        if (answer && q.as_json)
            inquiry_print(&q, answer, NULL, NULL);
        else if (answer)
            print_traffic(answer);
        json_decref(answer);
    }
    inquiry_end(&q);
    return code;
}

const struct command cmd_traffic = {.name = "traffic",
                                    .args = "[hour|day|week|month]",
                                    .summary = "how much came, by time, class and action",
                                    .options = traffic_options,
                                    .run = run_traffic};

/* ---- acts ---- */

static const struct option_doc acts_options[] = {
    INQUIRY_OPTIONS,
    {'n', "limit", "N", "that many at most (default 50)"},
    {0, "before", "N", "go on where an answer in JSON says \"next\""},
    {0}};
static const struct inquiry_member acts_members[] = {
    INQUIRY_MEMBERS, {INQUIRY_INT, "limit"}, {INQUIRY_INT, "before"}};

static void print_act(const json_t *row)
{
    const char *verb = json_string_value(json_object_get(row, "verb"));
    inquiry_put_head(row, "time", 19);
    inquiry_put(row, "role", 8);
    inquiry_put(row, verb && *verb ? "verb" : "kind", 24);
    inquiry_put(row, "target", 36);
    inquiry_put(row, "detail", 0);
    putchar('\n');
}

static int run_acts(int argc, char **argv)
{
    struct inquiry q;
    bool is_over;
    int code = inquiry_read(&cmd_acts, acts_members, argc, argv, &q, &is_over);
    if (code == EXIT_FINE && !is_over)
        code = q.n ? command_error(&cmd_acts, EXIT_USAGE, "'%s' is not expected here", q.word[0])
                   : inquiry_run(&q, "console/acts", "acts", print_act);
    inquiry_end(&q);
    return code;
}

const struct command cmd_acts = {
    .name = "acts",
    .args = "",
    .summary = "what was done: releases, lists, lessons; by which role, and why",
    .options = acts_options,
    .run = run_acts};
