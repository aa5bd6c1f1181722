/* Questions of `muster export`: as a stranger, to the node or to the store. Apart from the command
 * because "actor" means two things on both sides. */
#ifndef MUSTER_CLI_EXPORT_ASK_H
#define MUSTER_CLI_EXPORT_ASK_H

#include "base/buf.h"
#include "base/conf.h"
#include "cli/command.h"

struct export_ask;

/* Errors are printed; returns an exit code. */
int export_ask_open(const struct command *c, const char *config, struct export_ask **out);
const struct conf *export_ask_conf(const struct export_ask *x);
/* HTTP-like status; the JSON goes into *answer. */
int export_ask(struct export_ask *x, struct slice path, struct slice json, struct buf *answer);
void export_ask_close(struct export_ask *x);

#endif
