/* Commands that need little more than a question: status, token. */
#include "cli/inquiry.h"

#include <stdio.h>

static const struct option_doc options[] = {INQUIRY_OPTIONS, {0}};
static const struct inquiry_member members[] = {INQUIRY_MEMBERS};

/* ---- status ---- */

/* Only a running node has one. */
static int is_running(const struct inquiry *q)
{
    struct err e = {0};
    struct arena *a = arena_new(0);
    struct conf *conf;
    struct client *node;
    int code = EXIT_FINE;
    if (node_config_read(a, q->config, &e, &conf) < 0 || client_open(conf, &e, &node) < 0)
        code = command_error(q->command, EXIT_FAILED, "%s", e.text);
    else
        client_close(node);
    arena_free(a);
    return code;
}

static int run_status(int argc, char **argv)
{
    struct inquiry q;
    bool is_over;
    int code = inquiry_read(&cmd_status, members, argc, argv, &q, &is_over);
    if (code == EXIT_FINE && !is_over)
        code = q.n ? command_error(&cmd_status, EXIT_USAGE, "'%s' is not expected here", q.word[0])
                   : is_running(&q);
    if (code == EXIT_FINE && !is_over)
        code = inquiry_run(&q, "status", NULL, NULL);
    inquiry_end(&q);
    return code;
}

const struct command cmd_status = {.name = "status",
                                   .args = "",
                                   .summary = "what the running node does, with memory per process",
                                   .options = options,
                                   .run = run_status};

/* ---- token ---- */

static const char *const verbs[] = {"list", "add", "remove", NULL};

static void print_token(const json_t *row)
{
    inquiry_put(row, "name", 24);
    inquiry_put(row, "scope", 0);
    putchar('\n');
}

static int token(struct inquiry *q)
{
    const char *verb = q->n ? q->word[0] : "list";
    if (!inquiry_is_verb(q, verb, verbs))
        return EXIT_USAGE;
    bool lists = strcmp(verb, "list") == 0, adds = strcmp(verb, "add") == 0;
    if (q->n > 0 && q->n != (lists ? 1 : adds ? 3 : 2))
        return command_error(q->command, EXIT_USAGE,
                             "say: list, add NAME SCOPE,... or remove NAME");
    if (!lists)
        json_object_set_new(q->args, "name", json_string(q->word[1]));
    if (adds)
        json_object_set_new(q->args, "scope", json_string(q->word[2]));
    return lists ? inquiry_run(q, "tokens/list", "tokens", print_token)
                 : inquiry_run(q, adds ? "tokens/add" : "tokens/remove", NULL, NULL);
}

static int run_token(int argc, char **argv)
{
    struct inquiry q;
    bool is_over;
    int code = inquiry_read(&cmd_token, members, argc, argv, &q, &is_over);
    if (code == EXIT_FINE && !is_over)
        code = token(&q);
    inquiry_end(&q);
    return code;
}

const struct command cmd_token = {
    .name = "token",
    .args = "[list] | add NAME SCOPE[,SCOPE] | remove NAME",
    .summary = "who may learn, read or act over HTTP",
    .about = "Scopes: scan, learn, read, admin. A token is shown once and stored as a hash. "
             "Programs send it as\n"
             "'Authorization: Bearer TOKEN' or, like rspamc, as 'Password: TOKEN'.",
    .options = options,
    .run = run_token};
