/* What scan, learn and why share: walking over the PATHs of the command line, message by message,
 * through the sandboxed reader. */
#ifndef MUSTER_CLI_MAILJOB_H
#define MUSTER_CLI_MAILJOB_H

#include "cli/command.h"
#include "node/parser.h"

struct mailjob {
    const struct command *command;
    const struct conf *conf;
    enum parser_mode mode;
    const struct envelope *env;
    struct lookup *lookup; /* who answers questions to DNS; NULL: nobody is asked */
    /* One message. name: "path" or "path#3" within an mbox. Negative stops all (*e is set). */
    int (*each)(void *arg, const char *name, const struct parsed *p, struct err *e);
    void *arg;
};

/* Does all paths; what cannot be read is named on stderr and passed over. Returns EXIT_FINE, or
 * EXIT_FAILED when something was passed over or stopped. */
int mailjob_run(const struct mailjob *job, char **paths, int n);

#endif
