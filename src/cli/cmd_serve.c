/* muster serve: the node itself, in the foreground (a service manager or & puts it behind). */
#include "cli/command.h"
#include "node/process.h"

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"}, {0}};

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_serve, .argc = argc, .argv = argv};
    const char *path = NULL;
    int o;
    while ((o = option_next(&r)) >= 0)
        path = r.value;
    if (o != OPTION_END)
        return o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
    if (r.at < argc)
        return command_error(&cmd_serve, EXIT_USAGE, "'%s' is not expected here", argv[r.at]);
    struct err e = {0};
    return master_run(path, &e) < 0 ? command_fail(&cmd_serve, &e) : EXIT_FINE;
}

const struct command cmd_serve = {
    .name = "serve",
    .args = "",
    .summary = "run the node",
    .about = "Runs in the foreground and logs to stderr. SIGHUP reloads the configuration without "
             "losing a\n"
             "connection; SIGTERM finishes what is at hand and stops.",
    .options = options,
    .run = run};
