/* muster why: the whole explanation of one verdict, in plain sentences. For a file it is worked
 * out now; for an ID it is what the node remembers of that scan.
 */
#include "cli/client.h"
#include "cli/mailjob.h"
#include "base/clock.h"
#include "base/escape.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the JSON as stored (with an ID)"},
    {0, "user", "U", "mailbox whose personal layer applies"},
    {0, "clock", "UNIXTIME", "fix the clock (with a file)"},
    {0, "zone", "FILE", "answers to questions to DNS (JSON), instead of the DNS (with a file)"},
    {0}};
enum { O_CONFIG, O_JSON, O_USER, O_CLOCK, O_ZONE };

static int each(void *arg, const char *name, const struct parsed *p, struct err *e)
{
    enum side *worst = arg;
    (void)e;
    printf("%s\n%.*s\n", name, SLICE_ARG(p->bytes));
    if (p->side > *worst)
        *worst = p->side;
    return 0;
}

static bool is_id(struct slice s)
{
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.p[i] != '-' : ascii_hex(s.p[i]) < 0)
            return false;
    }
    return true;
}

static void print_finding(json_t *f)
{
    struct buf b = BUF_INIT(8192);
    const char *reason = json_string_value(json_object_get(f, "reason"));
    const char *detail = json_string_value(json_object_get(f, "detail"));
    const char *gap = reason ? strstr(reason, "%s") : NULL;
    if (gap) {
        buf_add(&b, slice_of(reason, (size_t)(gap - reason)));
        escape_add(&b, ESCAPE_TERM, slice_str(detail ? detail : ""), 200);
        buf_str(&b, gap + 2);
    } else {
        buf_str(&b, reason ? reason : "");
    }
    printf("  %+6.2f  %s\n", json_number_value(json_object_get(f, "points")), buf_cstr(&b));
    buf_fini(&b);
}

static int print_stored(struct slice text, bool as_json)
{
    if (as_json) {
        printf("%.*s\n", SLICE_ARG(text));
        return EXIT_FINE;
    }
    json_error_t je;
    json_t *j = json_loadb(text.p, text.n, 0, &je), *f;
    if (j == NULL)
        return command_error(&cmd_why, EXIT_FAILED, "the node's answer is not JSON");
    const char *verdict = json_string_value(json_object_get(j, "verdict"));
    printf("Verdict: %s, score %.1f, class %s, action %s\n", verdict ? verdict : "?",
           json_number_value(json_object_get(j, "score")),
           json_string_value(json_object_get(j, "class")),
           json_string_value(json_object_get(j, "action")));
    size_t i;
    json_array_foreach(json_object_get(j, "findings"), i, f) print_finding(f);
    int code = verdict && strcmp(verdict, "spam") == 0 ? EXIT_NEGATIVE : EXIT_FINE;
    json_decref(j);
    return code;
}

static int by_id(const struct conf *conf, const char *id, bool as_json)
{
    struct err e = {0};
    struct client *node;
    if (client_open(conf, &e, &node) < 0)
        return command_fail(&cmd_why, &e);
    char path[80];
    snprintf(path, sizeof(path), "/v1/why/%s", id);
    struct buf answer = BUF_INIT(16 * 1024 * 1024);
    int rc = client_ask(node, path, (struct slice){0}, &answer, &e);
    int code = rc < 0 ? command_fail(&cmd_why, &e) : print_stored(buf_slice(&answer), as_json);
    buf_fini(&answer);
    client_close(node);
    return code;
}

static int by_file(const struct conf *conf, struct envelope *env, const char *zone, char **path)
{
    struct err e = {0};
    struct lookup *lookup;
    enum side worst = SIDE_HAM;
    if (lookup_open(conf, zone, &e, &lookup) < 0)
        return command_fail(&cmd_why, &e);
    struct mailjob job = {.command = &cmd_why,
                          .conf = conf,
                          .mode = PARSER_WHY,
                          .env = env,
                          .lookup = lookup,
                          .each = each,
                          .arg = &worst};
    int code = mailjob_run(&job, path, 1);
    lookup_close(lookup);
    return code == EXIT_FINE && worst == SIDE_SPAM ? EXIT_NEGATIVE : code;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_why, .argc = argc, .argv = argv};
    const char *config = NULL, *zone = NULL;
    struct envelope env = {0};
    uint64_t clock;
    bool as_json = false;
    int o;
    while ((o = option_next(&r)) >= 0) {
        if (o == O_CONFIG)
            config = r.value;
        else if (o == O_USER)
            env.user = slice_str(r.value);
        else if (o == O_ZONE)
            zone = r.value;
        else if (o == O_JSON)
            as_json = true;
        else if (!slice_u64(slice_str(r.value), &clock) || clock > INT64_MAX / 1000000)
            return command_error(&cmd_why, EXIT_USAGE, "--clock takes seconds since 1970, not '%s'",
                                 r.value);
        else
            clock_fix((int64_t)clock);
    }
    if (o != OPTION_END)
        return o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
    if (r.at + 1 != argc)
        return command_error(&cmd_why, EXIT_USAGE, "say which message: an ID or a file");
    struct err e = {0};
    struct arena *a = arena_new(0);
    struct conf *conf;
    int code;
    if (node_config_read(a, config, &e, &conf) < 0)
        code = command_fail(&cmd_why, &e);
    else if (is_id(slice_str(argv[r.at])) && access(argv[r.at], F_OK) != 0)
        code = by_id(conf, argv[r.at], as_json);
    else
        code = by_file(conf, &env, zone, argv + r.at);
    arena_free(a);
    return code;
}

const struct command cmd_why = {.name = "why",
                                .args = "ID|FILE",
                                .summary = "explain a verdict in plain sentences",
                                .options = options,
                                .run = run};
