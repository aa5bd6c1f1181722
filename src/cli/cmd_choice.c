/* muster choice, lists: what a person chose for his own mail, and what the operator put on the
 * site's lists beside the configuration. */
#include "base/clock.h"
#include "cli/inquiry.h"

#include <stdio.h>

static void print_entry(const json_t *row)
{
    char when[32];
    int64_t until = json_integer_value(json_object_get(row, "until_us"));
    inquiry_put(row, "list", 6);
    inquiry_put(row, "word", 32);
    printf("%-19.19s  ", until ? clock_rfc3339(until, when) : "no end");
    inquiry_put(row, "reason", 0);
    putchar('\n');
}

/* ---- a person's ---- */

static const struct option_doc choice_options[] = {
    INQUIRY_OPTIONS,
    {0, "strength", "N", "set: -2 (mildest) to 2 (strictest); 0: as the site"},
    {0, "digest", "WORD", "set: site, none, day or week"},
    {0, "lang", "CODE", "set: language of mail to this person; \"\": the site's"},
    {0, "days", "N", "block, allow: for so long; 0: no end"},
    {0, "reason", "TEXT", "block, allow: for people"},
    {0}};
static const struct inquiry_member choice_members[] = {
    INQUIRY_MEMBERS,        {INQUIRY_INT, "strength"}, {INQUIRY_TEXT, "digest"},
    {INQUIRY_TEXT, "lang"}, {INQUIRY_INT, "days"},     {INQUIRY_TEXT, "reason"}};

static const char *const choice_verbs[] = {"show", "set", "block", "allow", "remove", NULL};

/* Points with their sign, as in "why". */
static void print_choice(const json_t *answer)
{
    const json_t *bounds = json_object_get(answer, "bounds"), *row;
    size_t i;
    printf("mailbox: ");
    inquiry_put(answer, "mailbox", 0);
    printf("\nstrength: %lld  (spam from %.1f; the site: %.1f; may move by %.1f)\n",
           (long long)json_integer_value(json_object_get(answer, "strength")),
           json_number_value(json_object_get(bounds, "own_tag")),
           json_number_value(json_object_get(bounds, "tag")),
           json_number_value(json_object_get(bounds, "points")));
    printf("digest: ");
    inquiry_put(answer, "digest", 0);
    printf("\nown lists: %s\n",
           json_is_true(json_object_get(bounds, "lists")) ? "yes" : "not on this site");
    json_array_foreach(json_object_get(answer, "entries"), i, row) print_entry(row);
}

static int choose(struct inquiry *q)
{
    const char *verb = q->n ? q->word[0] : "show";
    bool is_list = strcmp(verb, "block") == 0 || strcmp(verb, "allow") == 0;
    bool has_word = is_list || strcmp(verb, "remove") == 0;
    char path[40];
    json_t *answer;
    if (!inquiry_is_verb(q, verb, choice_verbs))
        return EXIT_USAGE;
    if (q->n != (has_word ? 3 : 2))
        return command_error(q->command, EXIT_USAGE,
                             has_word ? "say whose and whom: muster choice %s ADDRESS SENDER"
                                      : "say whose: muster choice %s ADDRESS",
                             verb);
    json_object_set_new(q->args, "user", json_string(q->word[1]));
    if (has_word)
        json_object_set_new(q->args, "word", json_string(q->word[2]));
    if (is_list)
        json_object_set_new(q->args, "list", json_string(verb));
    snprintf(path, sizeof(path), "choice%s%s", strcmp(verb, "show") ? "/" : "",
             is_list                ? "add"
             : strcmp(verb, "show") ? verb
                                    : "");
    int code = inquiry_ask(q, path, &answer);
    if (answer && q->as_json)
        inquiry_print(q, answer, NULL, NULL);
    else if (answer)
        print_choice(answer);
    json_decref(answer);
    return code;
}

static int run_choice(int argc, char **argv)
{
    struct inquiry q;
    bool is_over;
    int code = inquiry_read(&cmd_choice, choice_members, argc, argv, &q, &is_over);
    if (code == EXIT_FINE && !is_over)
        code = choose(&q);
    inquiry_end(&q);
    return code;
}

const struct command cmd_choice = {
    .name = "choice",
    .args = "show|set ADDRESS | block|allow|remove ADDRESS SENDER",
    .summary = "what a person chose for his own mail: strength, lists, digest",
    .about = "People do this themselves on their page (/me). SENDER is an address, a domain or a "
             "network. How far\na choice reaches is policy's own_points and own_lists; it never "
             "touches anybody else's mail.",
    .options = choice_options,
    .run = run_choice};

/* ---- the site's ---- */

static const struct option_doc list_options[] = {
    INQUIRY_OPTIONS,
    {0, "reason", "TEXT", "block, allow: why; stands in the log"},
    {0, "days", "N", "block, allow: for so long, 1 to 365 (default 90)"},
    {0}};
static const struct inquiry_member list_members[] = {
    INQUIRY_MEMBERS, {INQUIRY_TEXT, "reason"}, {INQUIRY_INT, "days"}};

static const char *const list_verbs[] = {"show", "block", "allow", "remove", NULL};

static int list(struct inquiry *q)
{
    const char *verb = q->n ? q->word[0] : "show";
    if (!inquiry_is_verb(q, verb, list_verbs))
        return EXIT_USAGE;
    bool shows = strcmp(verb, "show") == 0, removes = strcmp(verb, "remove") == 0;
    if (shows ? q->n > 1 : q->n != 2)
        return command_error(q->command, EXIT_USAGE,
                             shows ? "'%s' takes no word" : "say whom: muster lists %s SENDER",
                             verb);
    if (!shows)
        json_object_set_new(q->args, "word", json_string(q->word[1]));
    if (!shows && !removes)
        json_object_set_new(q->args, "list", json_string(verb));
    return inquiry_run(q,
                       shows     ? "lists"
                       : removes ? "lists/remove"
                                 : "lists/add",
                       "entries", print_entry);
}

static int run_lists(int argc, char **argv)
{
    struct inquiry q;
    bool is_over;
    int code = inquiry_read(&cmd_lists, list_members, argc, argv, &q, &is_over);
    if (code == EXIT_FINE && !is_over)
        code = list(&q);
    inquiry_end(&q);
    return code;
}

const struct command cmd_lists = {
    .name = "lists",
    .args = "[show] | block|allow|remove SENDER",
    .summary = "senders the site keeps out or lets through for a time",
    .about =
        "SENDER is an address, a domain or a network no wider than /24 or /48. Each entry has a "
        "--reason and\nan end. Lists without end stand in the configuration (policy).",
    .options = list_options,
    .run = run_lists};
