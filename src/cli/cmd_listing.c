/* muster listing: what is listed, decided and corrected from the command line. */
#include "base/escape.h"
#include "cli/desk_job.h"

#include <stdio.h>
#include <string.h>

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
    desk_member(j, "counts from", "from");
    desk_member(j, "ends", "ends");
    desk_member(j, "reply", "reply");
}

static void show_listings(const json_t *j)
{
    const json_t *l;
    size_t i;
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

/* A copy that was exported earlier is brought up to date: what was corrected since is changed or
 * taken out, what is new is added. */
static int refresh(struct desk_job *job, const char *path)
{
    json_error_t je;
    struct err e = {0};
    json_t *copy = json_load_file(path, 0, &je), *one, *old;
    json_t *rows = json_object_get(copy, "listings"), *kept = json_array();
    char args[128];
    size_t i, k;
    if (!json_is_array(rows)) {
        json_decref(copy);
        json_decref(kept);
        return command_error(job->command, EXIT_USAGE, "%s is no export of listings", path);
    }
    snprintf(args, sizeof(args), "{\"all\":true,\"limit\":10000,\"since\":%lld}",
             (long long)json_integer_value(json_object_get(copy, "sequence")));
    if (actor_ask(&job->actor, "listings", slice_str(args), &e) < 0) {
        json_decref(copy);
        json_decref(kept);
        return command_fail(job->command, &e);
    }
    struct slice s = buf_slice(&job->actor.answer);
    json_t *fresh = json_loadb(s.p, s.n, 0, &je), *changes = json_object_get(fresh, "listings");
    json_array_foreach(rows, i, old)
    {
        bool is_changed = false;
        json_array_foreach(changes, k, one)
            is_changed = is_changed ||
                         json_equal(json_object_get(one, "code"), json_object_get(old, "code"));
        if (!is_changed)
            json_array_append(kept, old);
    }
    json_array_foreach(changes, k, one)
    {
        const char *state = json_string_value(json_object_get(one, "state"));
        if (state && strcmp(state, "ended") != 0)
            json_array_append(kept, one);
    }
    printf("%zu changes\n", json_array_size(changes));
    json_object_set_new(copy, "listings", kept);
    json_object_set(copy, "sequence", json_object_get(fresh, "sequence"));
    json_object_set(copy, "made", json_object_get(fresh, "made"));
    int failed = json_dump_file(copy, path, JSON_INDENT(1));
    json_decref(copy);
    json_decref(fresh);
    return failed ? command_error(job->command, EXIT_FAILED, "%s cannot be written", path)
                  : EXIT_FINE;
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
    const char *first = r.at < argc ? argv[r.at] : "list";
    const char *second = r.at + 1 < argc ? argv[r.at + 1] : NULL;
    bool is_change = second && (strcmp(second, "confirm") == 0 || strcmp(second, "lower") == 0 ||
                                strcmp(second, "end") == 0);
    if (second && (strcmp(first, "add") == 0 || strcmp(first, "find") == 0))
        json_object_set_new(job.args, "value", json_string(second));
    if (strcmp(first, "list") == 0)
        code = desk_ask(&job, "listings", show_listings);
    else if (strcmp(first, "export") == 0) {
        job.as_json = true;
        code = desk_ask(&job, "listings", NULL);
    } else if (strcmp(first, "refresh") == 0 && second)
        code = refresh(&job, second);
    else if (strcmp(first, "add") == 0 && second)
        code = desk_ask(&job, "listing/add", show_listing);
    else if (strcmp(first, "find") == 0 && second)
        code = desk_ask(&job, "listing/find", show_listings);
    else if (is_change)
        code = desk_ask(
            &job,
            arena_printf(job.actor.arena, "%s/%s", desk_path(&job, "listing", first, ""), second).p,
            show_listing);
    else if (second == NULL)
        code = desk_ask(&job, desk_path(&job, "listing", first, ""), show_listing);
    else
        code = command_error(&cmd_listing, EXIT_USAGE, "'%s' is nothing to do with a listing",
                             second);
    return desk_end(&job, code);
}

const struct command cmd_listing = {
    .name = "listing",
    .args = "[list|export|refresh FILE|find VALUE|add VALUE|CODE [confirm|lower|end]]",
    .summary = "see and decide what is listed, and correct it",
    .about =
        "A listing marks mail of a domain, link, address or narrow network. It is decided by a "
        "person on the evidence of a case, has an end, and is told to the named sender, who "
        "has 72 hours to reply before it counts (phishing and malware count at once). "
        "'refresh' brings a copy that was exported earlier up to date: corrections reach "
        "it.",
    .options = listing_options,
    .run = run_listing};
