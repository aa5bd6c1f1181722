/* The commands of `muster`: one file and one table entry each. --help, man page and shell
 * completion are all made from this table, so they cannot drift from the code.
 */
#ifndef MUSTER_CLI_COMMAND_H
#define MUSTER_CLI_COMMAND_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

/* Exit codes (design section 5). */
enum { EXIT_FINE = 0, EXIT_NEGATIVE = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

struct option_doc {
    char letter;      /* short form, 0 for none */
    const char *name; /* long form without dashes */
    const char *arg;  /* what it takes ("FILE"), NULL for a flag */
    const char *doc;  /* one line */
};

struct command {
    const char *name;
    const char *args;                  /* behind the options: "spam|ham PATH..." */
    const char *summary;               /* one line */
    const char *about;                 /* paragraphs for the man page; may be NULL */
    const struct option_doc *options;  /* ends with name = NULL; may be NULL */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

extern const struct command *const COMMANDS[]; /* NULL at the end */
/* All of main: picks the command by argv[1]. Returns the exit code. */
int command_run(int argc, char **argv);

/* Reads options one after the other, as getopt_long would: long and short forms, "--x=y",
 * values apart or joined, "--" ends them; `--help` is handled here. */
struct option_reader {
    const struct command *command;
    int argc, at;
    char **argv;
    const char *value;  /* of the option just read */
    const char *bundle; /* rest of a bundle of short flags */
    int operands;       /* set aside at the end of argv so far */
};

/* Returns the option's table index, OPTION_END when only operands are left (argv[at] on),
 * OPTION_HELP after help was printed (exit EXIT_FINE), or OPTION_BAD after one clear line with
 * the nearest valid word (exit EXIT_USAGE). */
enum { OPTION_END = -1, OPTION_HELP = -2, OPTION_BAD = -3 };
int option_next(struct option_reader *r);

void command_help(const struct command *c);
/* "muster scan: TEXT" on stderr. Returns `code`, so that a command can return it. */
PRINTF_LIKE(3, 4) int command_error(const struct command *c, int code, const char *fmt, ...);
/* Exit code for a library's error, and its text printed. */
int command_fail(const struct command *c, const struct err *e);
/* All of it; 0, or -1 with errno. */
int command_write(int fd, struct slice s);
/* Colour only on a terminal that wants it (NO_COLOR, TERM=dumb); fd is 1 or 2. */
bool command_colour(int fd);

extern const struct command cmd_scan, cmd_learn, cmd_unlearn, cmd_why, cmd_serve, cmd_config,
    cmd_status, cmd_check, cmd_receipt, cmd_eval, cmd_train, cmd_help, cmd_backup, cmd_restore,
    cmd_quarantine, cmd_history, cmd_journal, cmd_dmarc, cmd_dns, cmd_rules, cmd_law, cmd_token,
    cmd_completion, cmd_man;
extern const struct command cmd_dkim;
extern const struct command cmd_library;
extern const struct command cmd_report;
extern const struct command cmd_case;
extern const struct command cmd_listing;
extern const struct command cmd_appeal;
extern const struct command cmd_account;
extern const struct command cmd_export;
extern const struct command cmd_traffic, cmd_acts, cmd_choice, cmd_lists, cmd_whatif;

#endif
