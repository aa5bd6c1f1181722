/* muster journal verify: reads every byte of the journal and says whether all is well. */
#include "cli/command.h"
#include "base/buf.h"
#include "journal/log.h"
#include "node/config.h"

#include <stdio.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"}, {0}};

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_journal, .argc = argc, .argv = argv};
    const char *config = NULL;
    struct err e = {0};
    struct conf *conf;
    uint64_t events = 0;
    int o;
    while ((o = option_next(&r)) >= 0)
        config = r.value;
    if (o != OPTION_END)
        return o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
    if (r.at + 1 != argc || strcmp(argv[r.at], "verify") != 0)
        return command_error(&cmd_journal, EXIT_USAGE, "say: journal verify");
    struct arena *a = arena_new(0);
    if (node_config_read(a, config, &e, &conf) < 0)
        return command_fail(&cmd_journal, &e);
    struct buf report = BUF_INIT(1024 * 1024);
    const char *dir = node_path(a, node_main(conf)->data, "journal");
    int rc = journal_verify(dir, &report, &e, &events);
    fwrite(report.p, 1, report.n, stdout);
    if (rc == 0)
        printf("%s: %llu events, all well\n", dir, (unsigned long long)events);
    int code = rc == 0             ? EXIT_FINE
               : rc == ERR_CORRUPT ? command_error(&cmd_journal, EXIT_NEGATIVE, "%s", e.text)
                                   : command_fail(&cmd_journal, &e);
    buf_fini(&report);
    arena_free(a);
    return code;
}

const struct command cmd_journal = {.name = "journal",
                                    .args = "verify",
                                    .summary = "check the journal, byte by byte",
                                    .options = options,
                                    .run = run};
