/* muster config check|show|why: what the node would be told. */
#include "cli/command.h"
#include "base/buf.h"
#include "node/config.h"

#include <stdio.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {0, "docs", NULL, "show: a line of explanation per setting"},
    {0}};

static int answer(const char *verb, const char *key, bool docs, const char *path)
{
    struct err e = {0};
    struct arena *a = arena_new(0);
    struct conf *c;
    struct buf b = BUF_INIT(4 * 1024 * 1024);
    int rc = node_config_read(a, path, &e, &c);
    if (rc == 0 && strcmp(verb, "check") == 0)
        buf_printf(&b, "%.*s: fine\n", SLICE_ARG(c->file));
    else if (rc == 0 && strcmp(verb, "show") == 0)
        conf_show(c, &b, docs);
    else if (rc == 0)
        rc = conf_why(c, key, &b, &e);
    if (b.n)
        fwrite(b.p, 1, b.n, stdout);
    buf_fini(&b);
    arena_free(a);
    return rc < 0 ? command_fail(&cmd_config, &e) : EXIT_FINE;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_config, .argc = argc, .argv = argv};
    const char *path = NULL;
    bool docs = false;
    const char *words[2] = {NULL, NULL};
    size_t n = 0;
    for (;;) {
        int o = option_next(&r);
        if (o == OPTION_HELP)
            return EXIT_FINE;
        if (o == OPTION_BAD)
            return EXIT_USAGE;
        if (o == 0)
            path = r.value;
        if (o == 1)
            docs = true;
        if (o != OPTION_END)
            continue;
        if (r.at >= argc)
            break;
        if (n == 2)
            return command_error(&cmd_config, EXIT_USAGE, "'%s' is not expected here", argv[r.at]);
        words[n++] = argv[r.at++];
    }
    static const char *const verbs[] = {"check", "show", "why", NULL};
    if (n == 0)
        return command_error(&cmd_config, EXIT_USAGE, "say what: check, show or why KEY");
    bool is_why = strcmp(words[0], "why") == 0;
    if (!is_why && strcmp(words[0], "check") != 0 && strcmp(words[0], "show") != 0) {
        const char *near = conf_nearest(slice_str(words[0]), verbs);
        return command_error(&cmd_config, EXIT_USAGE, "unknown word '%s'; %s%s", words[0],
                             near ? "did you mean " : "say check, show or why KEY",
                             near ? near : "");
    }
    if (is_why && n != 2)
        return command_error(&cmd_config, EXIT_USAGE,
                             "say which setting: muster config why scan.max_size");
    if (!is_why && n == 2)
        path = words[1]; /* muster config check FILE */
    return answer(words[0], words[1], docs, path);
}

const struct command cmd_config = {.name = "config",
                                   .args = "check|show|why [KEY|FILE]",
                                   .summary = "check the configuration, show it, explain a setting",
                                   .options = options,
                                   .run = run};
