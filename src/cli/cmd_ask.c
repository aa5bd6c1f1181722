/* Commands that put one question to the node: status, history, quarantine, token. */
#include "cli/actor.h"
#include "base/escape.h"
#include "base/json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static const struct option_doc plain_options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

struct words {
    const char *config;
    bool as_json;
    const char *word[3];
    int n;
};

/* Options and at most three words. EXIT_FINE, or -1 after help, or an exit code. */
static int read_words(const struct command *c, int argc, char **argv, struct words *out)
{
    struct option_reader r = {.command = c, .argc = argc, .argv = argv};
    *out = (struct words){0};
    for (;;) {
        int o = option_next(&r);
        if (o == OPTION_HELP)
            return -1;
        if (o == OPTION_BAD)
            return EXIT_USAGE;
        if (o == 0)
            out->config = r.value;
        else if (o == 1)
            out->as_json = true;
        if (o != OPTION_END)
            continue;
        if (r.at >= argc)
            return EXIT_FINE;
        if (out->n == 3)
            return command_error(c, EXIT_USAGE, "'%s' is not expected here", argv[r.at]);
        out->word[out->n++] = argv[r.at++];
    }
}

static void put(json_t *j, const char *key, int width)
{
    struct buf b = BUF_INIT(4096);
    json_t *v = json_object_get(j, key);
    if (json_is_string(v))
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(v)), 200);
    else if (json_is_integer(v))
        buf_printf(&b, "%lld", (long long)json_integer_value(v));
    else if (json_is_real(v))
        buf_printf(&b, "%.1f", json_real_value(v));
    printf("%-*s  ", width, buf_cstr(&b));
    buf_fini(&b);
}

/* Objects as indented "name: value" lines. */
static void print_tree(json_t *j, int depth)
{
    const char *key;
    json_t *v;
    size_t i;
    json_object_foreach(j, key, v)
    {
        printf("%*s%s:", depth * 2, "", key);
        if (json_is_object(v)) {
            putchar('\n');
            print_tree(v, depth + 1);
        } else if (json_is_array(v)) {
            json_t *item;
            putchar('\n');
            json_array_foreach(v, i, item)
            {
                const char *k;
                json_t *x;
                printf("%*s-", depth * 2 + 1, "");
                json_object_foreach(item, k, x)
                {
                    printf(" %s=", k);
                    put(item, k, 0);
                }
                putchar('\n');
            }
        } else {
            putchar(' ');
            if (json_is_boolean(v))
                printf("%s", json_is_true(v) ? "yes" : "no");
            else
                put(j, key, 0);
            putchar('\n');
        }
    }
}

/* Asks and prints; rows NULL: as a tree, else the array of that name by print_row. */
static int ask(const struct command *c, const struct words *w, const char *path, struct slice args,
               const char *rows, void (*print_row)(json_t *))
{
    struct err e = {0};
    struct actor a;
    int code = actor_open(c, w->config, &a);
    if (code != EXIT_FINE)
        return code;
    if (actor_ask(&a, path, args, &e) < 0) {
        code = command_fail(c, &e);
    } else if (w->as_json) {
        printf("%.*s\n", SLICE_ARG(buf_slice(&a.answer)));
    } else {
        json_error_t je;
        json_t *j = json_loadb(a.answer.p, a.answer.n, 0, &je), *row;
        size_t i;
        if (rows == NULL)
            print_tree(j, 0);
        json_array_foreach(rows ? json_object_get(j, rows) : NULL, i, row) print_row(row);
        if (rows && json_array_size(json_object_get(j, rows)) == 0)
            printf("none\n");
        json_decref(j);
    }
    actor_close(&a);
    return code;
}

/* ---- status ---- */

static int run_status(int argc, char **argv)
{
    struct words w;
    int code = read_words(&cmd_status, argc, argv, &w);
    if (code != EXIT_FINE)
        return code < 0 ? EXIT_FINE : code;
    struct err e = {0};
    struct arena *a = arena_new(0);
    struct conf *conf;
    struct client *node;
    if (node_config_read(a, w.config, &e, &conf) < 0 || client_open(conf, &e, &node) < 0) {
        code = command_error(&cmd_status, EXIT_FAILED, "%s", e.text);
    } else {
        client_close(node);
        code = ask(&cmd_status, &w, "status", (struct slice){0}, NULL, NULL);
    }
    arena_free(a);
    return code;
}

const struct command cmd_status = {.name = "status",
                                   .args = "",
                                   .summary = "what the running node does, with memory per process",
                                   .options = plain_options,
                                   .run = run_status};

/* ---- history ---- */

static void print_history(json_t *row)
{
    put(row, "time", 27);
    put(row, "verdict", 6);
    put(row, "score", 6);
    put(row, "class", 16);
    put(row, "from_domain", 24);
    put(row, "id", 36);
    put(row, "subject", 0);
    putchar('\n');
}

static int run_history(int argc, char **argv)
{
    struct words w;
    int code = read_words(&cmd_history, argc, argv, &w);
    if (code != EXIT_FINE)
        return code < 0 ? EXIT_FINE : code;
    struct buf args = BUF_INIT(4096);
    struct json j = JSON_INIT(&args);
    jsonw_object(&j, NULL);
    if (w.n)
        jsonw_cstr(&j, "words", w.word[0]);
    jsonw_object_end(&j);
    code = ask(&cmd_history, &w, "history", buf_slice(&args), "messages", print_history);
    buf_fini(&args);
    return code;
}

const struct command cmd_history = {
    .name = "history",
    .args = "[WORDS]",
    .summary = "the latest verdicts, or those whose sender or subject has WORDS",
    .options = plain_options,
    .run = run_history};

/* ---- quarantine ---- */

static const struct option_doc hold_options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

static void print_hold(json_t *row)
{
    put(row, "hold", 36);
    put(row, "kind", 8);
    put(row, "state", 9);
    put(row, "score", 6);
    put(row, "recipient", 24);
    put(row, "from", 24);
    put(row, "subject", 0);
    putchar('\n');
}

static int run_quarantine(int argc, char **argv)
{
    static const char *const verbs[] = {"list", "release", "refuse", "delete", NULL};
    struct words w;
    int code = read_words(&cmd_quarantine, argc, argv, &w);
    if (code != EXIT_FINE)
        return code < 0 ? EXIT_FINE : code;
    const char *verb = w.n ? w.word[0] : "list";
    if (strcmp(verb, "list") == 0)
        return ask(&cmd_quarantine, &w, "quarantine", SLICE("{}"), "holds", print_hold);
    const char *near = conf_nearest(slice_str(verb), verbs);
    if (near == NULL || strcmp(near, verb) != 0)
        return command_error(&cmd_quarantine, EXIT_USAGE, "unknown word '%s'; %s%s", verb,
                             near ? "did you mean " : "say list, release, refuse or delete",
                             near ? near : "");
    if (w.n != 2)
        return command_error(&cmd_quarantine, EXIT_USAGE, "say which: muster quarantine %s ID",
                             verb);
    char path[120];
    snprintf(path, sizeof(path), "quarantine/%.40s/%s", w.word[1], verb);
    return ask(&cmd_quarantine, &w, path, SLICE("{}"), NULL, NULL);
}

const struct command cmd_quarantine = {.name = "quarantine",
                                       .args = "[list] | release|refuse|delete ID",
                                       .summary = "held mail: list it, let it go, or not",
                                       .about = "Release sends the message on to its recipient and "
                                                "trains nothing. Acts need root or the node's\n"
                                                "account on the control socket.",
                                       .options = hold_options,
                                       .run = run_quarantine};

/* ---- token ---- */

static void print_token(json_t *row)
{
    put(row, "name", 24);
    put(row, "scope", 0);
    putchar('\n');
}

static int run_token(int argc, char **argv)
{
    struct words w;
    int code = read_words(&cmd_token, argc, argv, &w);
    if (code != EXIT_FINE)
        return code < 0 ? EXIT_FINE : code;
    const char *verb = w.n ? w.word[0] : "list";
    if (strcmp(verb, "list") == 0)
        return ask(&cmd_token, &w, "tokens/list", SLICE("{}"), "tokens", print_token);
    bool is_add = strcmp(verb, "add") == 0;
    if ((!is_add && strcmp(verb, "remove") != 0) || w.n != (is_add ? 3 : 2))
        return command_error(&cmd_token, EXIT_USAGE,
                             "say: list, add NAME SCOPE,... or remove NAME");
    struct buf args = BUF_INIT(4096);
    struct json j = JSON_INIT(&args);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "name", w.word[1]);
    if (is_add)
        jsonw_cstr(&j, "scope", w.word[2]);
    jsonw_object_end(&j);
    code = ask(&cmd_token, &w, is_add ? "tokens/add" : "tokens/remove", buf_slice(&args), NULL,
               NULL);
    buf_fini(&args);
    return code;
}

const struct command cmd_token = {
    .name = "token",
    .args = "[list] | add NAME SCOPE[,SCOPE] | remove NAME",
    .summary = "who may learn, read or act over HTTP",
    .about = "Scopes: scan, learn, read, admin. A token is shown once and stored as a hash. "
             "Programs send it as\n"
             "'Authorization: Bearer TOKEN' or, like rspamc, as 'Password: TOKEN'.",
    .options = plain_options,
    .run = run_token};
