/* muster quarantine: held mail, looked through and decided on. */
#include "base/escape.h"
#include "cli/inquiry.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct option_doc options[] = {
    INQUIRY_OPTIONS,
    {0, "kind", "WORD", "list: spam, bulk, phishing, malware or other"},
    {0, "state", "WORD",
     "list: held (default), released, refused, delivered, deleted, expired or all"},
    {0, "user", "ADDRESS", "list: held for this mailbox; acts: with this person's rights alone"},
    {0, "domain", "DOMAIN", "list: held for this domain"},
    {0, "from", "TEXT", "list: whose sender has this in his name or address"},
    {0, "message", "ID", "list: the copies of one message of the history"},
    {'n', "limit", "N", "list: that many at most (default 200)"},
    {0, "before", "PLACE", "list: go on where an answer in JSON says \"next\""},
    {0, "raw", NULL, "show: the message itself on standard output; the log of acts says so"},
    {0, "reason", "TEXT", "acts: why; stands in the log"},
    {0, "allow-once", NULL, "release: the same message comes through once more within a day"},
    {0}};
static const struct inquiry_member members[] = {
    INQUIRY_MEMBERS,        {INQUIRY_TEXT, "kind"},   {INQUIRY_TEXT, "state"},
    {INQUIRY_TEXT, "user"}, {INQUIRY_TEXT, "domain"}, {INQUIRY_TEXT, "from"},
    {INQUIRY_TEXT, "id"},   {INQUIRY_INT, "limit"},   {INQUIRY_TEXT, "before"},
    {INQUIRY_TRUE, "raw"},  {INQUIRY_TEXT, "reason"}, {INQUIRY_TRUE, "allow_once"}};

static const char *const verbs[] = {"list", "show", "release", "refuse", "delete", "learn", NULL};

static void print_hold(const json_t *row)
{
    inquiry_put(row, "hold", 36);
    inquiry_put_head(row, "time", 19);
    inquiry_put(row, "kind", 8);
    inquiry_put(row, "state", 9);
    inquiry_put_score(row, "score");
    inquiry_put(row, "recipient", 24);
    inquiry_put(row, "from", 24);
    inquiry_put(row, "subject", 0);
    putchar('\n');
}

/* The message's bytes, as they are: for a file or a pipe, not for a terminal. */
static int put_raw(const struct inquiry *q, const json_t *answer)
{
    const char *text = json_string_value(json_object_get(answer, "raw"));
    size_t room = text ? strlen(text) : 0, n = 0;
    unsigned char *raw = malloc(room + 1);
    int code = EXIT_FINE;
    if (isatty(STDOUT_FILENO))
        code = command_error(q->command, EXIT_USAGE,
                             "these are a stranger's bytes: send them to a file or a pipe");
    else if (text == NULL || raw == NULL ||
             sodium_base642bin(raw, room + 1, text, room, NULL, &n, NULL,
                               sodium_base64_VARIANT_ORIGINAL) != 0 ||
             command_write(STDOUT_FILENO, slice_of((const char *)raw, n)) < 0)
        code = command_error(q->command, EXIT_FAILED, "the message could not be written out");
    if (code == EXIT_FINE && json_is_true(json_object_get(answer, "raw_is_cut")))
        fprintf(stderr, "muster quarantine: the message is longer; this is its beginning\n");
    free(raw);
    return code;
}

static int show(const struct inquiry *q)
{
    json_t *answer;
    char path[120];
    snprintf(path, sizeof(path), "quarantine/%.40s", q->word[1]);
    int code = inquiry_ask(q, path, &answer);
    if (answer && json_is_true(json_object_get(q->args, "raw")) && !q->as_json)
        code = put_raw(q, answer);
    else if (answer)
        inquiry_print(q, answer, NULL, NULL);
    json_decref(answer);
    return code;
}

/* Each in turn; the first failure's exit code, the others are done all the same. */
static int act_on_all(const struct inquiry *q, const char *verb, int first)
{
    int code = EXIT_FINE;
    for (int i = first; i < q->n; i++) {
        char path[120];
        snprintf(path, sizeof(path), "quarantine/%.40s/%s", q->word[i], verb);
        int one = inquiry_run(q, path, NULL, NULL);
        code = code ? code : one;
    }
    return code;
}

static int act(const struct inquiry *q)
{
    static const char *const labels[] = {"spam", "ham", NULL};
    const char *verb = q->n ? q->word[0] : "list";
    bool learns = strcmp(verb, "learn") == 0;
    int first = learns ? 2 : 1;
    if (!inquiry_is_verb(q, verb, verbs))
        return EXIT_USAGE;
    if (strcmp(verb, "list") == 0)
        return q->n > 1
                   ? command_error(q->command, EXIT_USAGE, "'%s' is not expected here", q->word[1])
                   : inquiry_run(q, "quarantine", "holds", print_hold);
    if (learns && q->n > 1 && !inquiry_is_verb(q, q->word[1], labels))
        return EXIT_USAGE;
    if (q->n <= first)
        return command_error(q->command, EXIT_USAGE, "say which: muster quarantine %s%s ID", verb,
                             learns ? " spam|ham" : "");
    if (strcmp(verb, "show") == 0)
        return q->n == 2 ? show(q)
                         : command_error(q->command, EXIT_USAGE, "one at a time: '%s' is too many",
                                         q->word[2]);
    if (learns)
        json_object_set_new(q->args, "label", json_string(q->word[1]));
    return act_on_all(q, verb, first);
}

static int run(int argc, char **argv)
{
    struct inquiry q;
    bool is_over;
    int code = inquiry_read(&cmd_quarantine, members, argc, argv, &q, &is_over);
    if (code == EXIT_FINE && !is_over)
        code = act(&q);
    inquiry_end(&q);
    return code;
}

const struct command cmd_quarantine = {
    .name = "quarantine",
    .args = "[list] | show ID | release|refuse|delete ID... | learn spam|ham ID...",
    .summary = "held mail: look through it, let it go, or not",
    .about = "Release sends the message on to its recipient and trains nothing. Acts need root or "
             "the node's\naccount on the control socket.",
    .options = options,
    .run = run};
