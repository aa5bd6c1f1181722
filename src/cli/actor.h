/* Acts of the command line: through the running node when there is one, else under the store's lock
 * by this process itself. The same records and answers either way. */
#ifndef MUSTER_CLI_ACTOR_H
#define MUSTER_CLI_ACTOR_H

#include "cli/client.h"
#include "cli/command.h"
#include "node/keep.h"

struct actor {
    struct arena *arena;
    struct conf *conf;
    struct client *node; /* NULL: privately */
    struct keep keep;
    struct buf answer;
};

/* config may be NULL. Errors are printed; returns an exit code, EXIT_FINE when it is open. */
int actor_open(const struct command *c, const char *config, struct actor *out);
void actor_close(struct actor *a);
/* Asks "status", "history", "quarantine/ID/release" ...; args is JSON text or empty. The answer is
 * in a->answer. */
MUST_USE int actor_ask(struct actor *a, const char *path, struct slice args, struct err *e);

#endif
