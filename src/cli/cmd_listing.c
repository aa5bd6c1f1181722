/* muster listing: what is listed, decided and corrected from the command line. */
#include "base/escape.h"
#include "cli/desk_job.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void show_listing(const json_t *j)
{
    desk_member(j, "code", "code");
    desk_member(j, "what", "kind");
    desk_member(j, "", "value");
    desk_member(j, "state", "state");
    desk_member(j, "harm", "harm");
    desk_member(j, "effect", "effect");
    desk_member(j, "reason", "reason");
    desk_member(j, "decided by", "decided_by");
    desk_moment(j, "counts from", "from");
    desk_moment(j, "ends", "ends");
    desk_member(j, "last change", "last_change");
    desk_member(j, "reply", "reply");
    desk_member(j, "evidence", "evidence");
    desk_member(j, "told to", "contact");
}

static void show_listings(const json_t *j)
{
    const json_t *l;
    size_t i;
    if (json_array_size(json_object_get(j, "listings")) == 0)
        printf("nothing is listed\n");
    json_array_foreach(json_object_get(j, "listings"), i, l)
    {
        struct buf b = BUF_INIT(2048);
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(json_object_get(l, "value"))), 200);
        printf("%s  %-9s %-8s %s\n", json_string_value(json_object_get(l, "code")),
               json_string_value(json_object_get(l, "state")),
               json_string_value(json_object_get(l, "kind")), buf_cstr(&b));
        buf_fini(&b);
    }
}

#define PAGE 5000 /* rows of one question */

/* Everything behind a sequence as everybody may have it: what leaves the node holds no person's
 * address, also when root asks. The last answer, with the rows of all; NULL: *out_code. */
static json_t *collect(struct desk_job *job, json_int_t since, bool all, int *out_code)
{
    json_error_t je;
    struct err e = {0};
    json_t *rows = json_array(), *page = NULL;
    json_int_t behind;
    char args[128];
    do {
        json_decref(page);
        behind = since;
        snprintf(args, sizeof(args),
                 "{\"_as_stranger\":true,\"all\":%s,\"limit\":%d,\"since\":%lld}",
                 all ? "true" : "false", PAGE, (long long)since);
        if (actor_ask(&job->actor, "listings", slice_str(args), &e) < 0) {
            json_decref(rows);
            *out_code = command_fail(job->command, &e);
            return NULL;
        }
        struct slice s = buf_slice(&job->actor.answer);
        page = json_loadb(s.p, s.n, 0, &je);
        since = json_integer_value(json_object_get(page, "sequence"));
        json_array_extend(rows, json_object_get(page, "listings"));
    } while (since > behind); /* a page may be empty: of rows that are nobody's business */
    json_object_set_new(page, "listings", rows);
    return page;
}

static int export(struct desk_job *job)
{
    int code = EXIT_FINE;
    json_t *whole = collect(job, 0, false, &code);
    if (whole == NULL)
        return code;
    json_dumpf(whole, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(whole);
    return EXIT_FINE;
}

static bool is_over(const json_t *listing, const char *now)
{
    const char *ends = json_string_value(json_object_get(listing, "ends"));
    const char *state = json_string_value(json_object_get(listing, "state"));
    return (state && strcmp(state, "ended") == 0) || (ends && strcmp(ends, now) <= 0);
}

/* What a copy holds once these changes reached it: what was corrected is changed or taken out, what
 * ran out meanwhile, too, what is new is added. */
static json_t *merged(const json_t *copy, const json_t *fresh)
{
    const char *now = json_string_value(json_object_get(fresh, "made"));
    json_t *kept = json_array(), *by_code = json_object(), *one;
    const char *code;
    size_t i;
    json_array_foreach(json_object_get(copy, "listings"), i, one)
    {
        if ((code = json_string_value(json_object_get(one, "code"))) != NULL)
            json_object_set(by_code, code, one);
    }
    json_array_foreach(json_object_get(fresh, "listings"), i, one)
    {
        if ((code = json_string_value(json_object_get(one, "code"))) != NULL)
            json_object_set(by_code, code, one);
    }
    json_object_foreach(by_code, code, one)
    {
        if (!is_over(one, now ? now : ""))
            json_array_append(kept, one);
    }
    json_decref(by_code);
    return kept;
}

/* The file is whole at any time: the old one or the new one. */
static int replace(struct desk_job *job, const char *path, struct slice text)
{
    const char *fresh = arena_printf(job->actor.arena, "%s.new", path).p;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool good = fd >= 0 && command_write(fd, text) == 0;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    if (good && rename(fresh, path) == 0)
        return EXIT_FINE;
    unlink(fresh);
    return command_error(job->command, EXIT_FAILED, "%s cannot be written", path);
}

/* A copy that was exported earlier is brought up to date. */
static int refresh(struct desk_job *job, const char *path)
{
    json_error_t je;
    int code = EXIT_FINE;
    json_t *copy = json_load_file(path, 0, &je);
    if (!json_is_array(json_object_get(copy, "listings"))) {
        json_decref(copy);
        return command_error(job->command, EXIT_USAGE, "%s is no export of listings", path);
    }
    json_t *fresh = collect(job, json_integer_value(json_object_get(copy, "sequence")), true,
                            &code);
    if (fresh == NULL) {
        json_decref(copy);
        return code;
    }
    size_t n = json_array_size(json_object_get(fresh, "listings"));
    json_object_set_new(fresh, "listings", merged(copy, fresh));
    char *text = json_dumps(fresh, JSON_INDENT(1));
    code = replace(job, path, slice_str(text));
    if (job->as_json && code == EXIT_FINE)
        printf("{\"changes\":%zu}\n", n);
    else if (code == EXIT_FINE)
        printf("%zu changes\n", n);
    free(text);
    json_decref(copy);
    json_decref(fresh);
    return code;
}

static const struct option_doc listing_options[] = {
    {0, "kind", "WORD", "add: domain, link, mailbox, address or network"},
    {0, "harm", "WORD", "add: phishing, malware, fraud, spam or no-opt-out"},
    {0, "effect", "WORD", "add: note, tag or hold (live harm alone)"},
    {0, "reason", "TEXT", "add: for the person hit"},
    {0, "evidence", "CODE", "add: the case that shows it"},
    {0, "contact", "MAILBOX", "add: who is told; default postmaster of the domain"},
    {0, "days", "N", "add: how long (default 7)"},
    {0, "why", "TEXT", "confirm, lower, end: the reason"},
    {0, "all", NULL, "list: also what has ended"},
    {0, "since", "N", "list: changes behind this sequence"},
    {'n', "limit", "N", "so many at most"},
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

static int run_listing(int argc, char **argv)
{
    struct desk_job job;
    struct option_reader r = {.command = &cmd_listing, .argc = argc, .argv = argv};
    int code = desk_begin(&job, &cmd_listing, &r);
    if (code >= 0)
        return desk_end(&job, code);
    static const char *const words[] = {"list", "export", "refresh", "find", "add", "show", NULL};
    r.at += r.at + 1 < argc && strcmp(argv[r.at], "show") == 0;
    const char *first = r.at < argc ? argv[r.at] : "list";
    const char *second = r.at + 1 < argc ? argv[r.at + 1] : NULL;
    bool takes_one = strcmp(first, "add") == 0 || strcmp(first, "find") == 0 ||
                     strcmp(first, "refresh") == 0;
    bool is_change = second && (strcmp(second, "confirm") == 0 || strcmp(second, "lower") == 0 ||
                                strcmp(second, "end") == 0);
    if (second && !takes_one && !is_change && strcmp(first, "list") && strcmp(first, "export"))
        return desk_end(&job, command_error(&cmd_listing, EXIT_USAGE,
                                            "'%s' is nothing to do with a listing", second));
    code = desk_operands(&job, &r, first, takes_one || is_change ? 2 : r.at < argc);
    if (code < 0 && !takes_one && strcmp(first, "list") != 0 && strcmp(first, "export") != 0)
        code = desk_is_code(&job, first, words);
    if (code >= 0)
        return desk_end(&job, code);
    if (takes_one)
        json_object_set_new(job.args, "value", json_string(second));
    if (strcmp(first, "list") == 0)
        code = desk_ask(&job, "listings", show_listings);
    else if (strcmp(first, "export") == 0)
        code = export(&job);
    else if (strcmp(first, "refresh") == 0)
        code = refresh(&job, second);
    else if (strcmp(first, "add") == 0)
        code = desk_ask(&job, "listing/add", show_listing);
    else if (strcmp(first, "find") == 0)
        code = desk_ask(&job, "listing/find", show_listings);
    else if (is_change)
        code = desk_ask(
            &job,
            arena_printf(job.actor.arena, "%s/%s", desk_path(&job, "listing", first, ""), second).p,
            show_listing);
    else
        code = desk_ask(&job, desk_path(&job, "listing", first, ""), show_listing);
    return desk_end(&job, code);
}

const struct command cmd_listing = {
    .name = "listing",
    .args = "[list|export|refresh FILE|find VALUE|add VALUE|[show] CODE [confirm|lower|end]]",
    .summary = "see and decide what is listed, and correct it",
    .about =
        "A listing marks mail of a domain, link, address or narrow network. It is decided by a "
        "person on the evidence of a case, has an end, and is told to the named sender, who "
        "has 72 hours to reply before it counts (phishing and malware count at once). "
        "'refresh' brings a copy that was exported earlier up to date: corrections reach "
        "it.",
    .options = listing_options,
    .run = run_listing};
