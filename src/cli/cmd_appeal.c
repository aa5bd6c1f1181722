/* muster appeal: objecting to a listing, and deciding about it. */
#include "base/clock.h"
#include "cli/desk_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void show_appeal(const json_t *j)
{
    desk_member(j, "code", "code");
    desk_member(j, "state", "state");
    desk_member(j, "sent to", "proof_sent_to");
    desk_member(j, "or TXT", "proof_dns");
    desk_member(j, "or at", "proof_web");
    desk_member(j, "saying", "proof_words");
    desk_member(j, "looked", "checked");
    desk_member(j, "found", "found");
    desk_member(j, "statement", "statement");
    desk_moment(j, "prove until", "prove_until");
    desk_moment(j, "lowered at", "lowered_at");
    desk_moment(j, "gone at", "gone_at");
    desk_member(j, "result", "result");
    desk_member(j, "reason", "reason");
}

static void show_appeals(const json_t *j)
{
    const json_t *a;
    size_t i;
    if (json_array_size(json_object_get(j, "appeals")) == 0)
        printf("no appeal\n");
    json_array_foreach(json_object_get(j, "appeals"), i, a)
    {
        char since[DESK_CLOCK];
        printf("%s  %-8s %s\n", json_string_value(json_object_get(a, "code")),
               json_string_value(json_object_get(a, "state")),
               desk_clock(json_string_value(json_object_get(a, "time")), since));
    }
}

static const struct option_doc appeal_options[] = {
    {0, "statement", "TEXT", "new: why the listing is wrong"},
    {0, "contact", "MAILBOX", "new: where the decision is sent"},
    {0, "proof", "CODE", "prove: what was sent to the mailbox of what is listed"},
    {0, "method", "WORD", "prove: mail (default); dns or web, where the words were published"},
    {0, "vote", "WORD", "vote: end, tag or keep"},
    {0, "reason", "TEXT", "vote: why"},
    {0, "all", NULL, "list: also those that are decided or not proven"},
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

#define LOOK_US INT64_C(45000000) /* longer than the mailer looks */

static bool is_checking(const struct desk_job *job)
{
    json_error_t je;
    struct slice s = buf_slice(&job->actor.answer);
    json_t *j = json_loadb(s.p, s.n, 0, &je);
    bool is = json_is_true(json_object_get(j, "checking"));
    json_decref(j);
    return is;
}

/* The node looks where the words were published; that takes a moment. Exit 1: they are not there.
 */
static int look(struct desk_job *job, const char *code)
{
    struct err e = {0};
    const char *path = desk_path(job, "appeal", code, "");
    static const struct timespec nap = {0, 300000000};
    char *args = json_dumps(job->args, JSON_COMPACT);
    if (job->actor.node == NULL) {
        free(args);
        return command_error(job->command, EXIT_FAILED, "this needs the running node");
    }
    int rc = actor_ask(&job->actor, desk_path(job, "appeal", code, "/prove"), slice_str(args), &e);
    free(args);
    int64_t until = clock_mono_us() + LOOK_US; /* by the clock: asking may be slow, too */
    while (rc == 0 && is_checking(job) && clock_mono_us() < until) {
        nanosleep(&nap, NULL);
        rc = actor_ask(&job->actor, path, SLICE("{}"), &e);
    }
    if (rc < 0)
        return command_fail(job->command, &e);
    struct slice s = buf_slice(&job->actor.answer);
    bool is_open = slice_find(s, SLICE("\"state\":\"proof\"")) == SIZE_MAX;
    int shown = desk_ask(job, path, show_appeal);
    return shown != EXIT_FINE ? shown : is_open ? EXIT_FINE : EXIT_NEGATIVE;
}

static int run_appeal(int argc, char **argv)
{
    struct desk_job job;
    struct option_reader r = {.command = &cmd_appeal, .argc = argc, .argv = argv};
    int code = desk_begin(&job, &cmd_appeal, &r);
    if (code >= 0)
        return desk_end(&job, code);
    static const char *const words[] = {"list", "new", "show", NULL};
    r.at += r.at + 1 < argc && strcmp(argv[r.at], "show") == 0;
    const char *first = r.at < argc ? argv[r.at] : "list";
    const char *second = r.at + 1 < argc ? argv[r.at + 1] : NULL;
    bool is_act = second && (strcmp(second, "prove") == 0 || strcmp(second, "vote") == 0);
    code = desk_operands(&job, &r, first, strcmp(first, "new") == 0 || is_act ? 2 : r.at < argc);
    if (code < 0 && strcmp(first, "list") != 0 && strcmp(first, "new") != 0)
        code = desk_is_code(&job, first, words);
    if (code >= 0)
        return desk_end(&job, code);
    if (strcmp(first, "list") == 0)
        code = desk_ask(&job, "appeals", show_appeals);
    else if (strcmp(first, "new") == 0)
        code = desk_ask(&job, desk_path(&job, "listing", second, "/appeal"), show_appeal);
    else if (second && strcmp(second, "prove") == 0 && json_object_get(job.args, "method"))
        code = look(&job, first);
    else if (second && strcmp(second, "prove") == 0)
        code = desk_ask(&job, desk_path(&job, "appeal", first, "/prove"), show_appeal);
    else if (second && strcmp(second, "vote") == 0)
        code = desk_ask(&job, desk_path(&job, "appeal", first, "/vote"), show_appeal);
    else
        code = desk_ask(&job, desk_path(&job, "appeal", first, ""), show_appeal);
    return desk_end(&job, code);
}

const struct command cmd_appeal = {
    .name = "appeal",
    .args = "[list|new LISTING|[show] CODE [prove|vote]]",
    .summary = "object to a listing, and decide about it",
    .about =
        "Objecting is free and needs no account. Control is proven with a code that is sent to "
        "the role mailbox of what is listed, or by publishing the words that are shown: as a TXT "
        "record, or as a file on the web server. People of two classes who had no part in the "
        "listing decide within 72 hours; after that it falls to a mark, after 14 days it is "
        "gone.",
    .options = appeal_options,
    .run = run_appeal};
