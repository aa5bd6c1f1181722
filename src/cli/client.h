/* The command line as a client of the running node: HTTP over its control socket. */
#ifndef MUSTER_CLI_CLIENT_H
#define MUSTER_CLI_CLIENT_H

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "mail/envelope.h"

struct client;

/* Looks for the node of that configuration; ERR_NOENT when none is running. */
MUST_USE int client_open(const struct conf *conf, struct err *e, struct client **out);
void client_close(struct client *c);
/* GET when body.p is NULL, else POST. path: "/v1/status". headers: NULL-terminated "Name: value"
 * lines, may be NULL. The answer replaces what is in `answer` (maximum as it was made with).
 * *out_status is HTTP's. */
MUST_USE int client_call(struct client *c, const char *path, const char *const *headers,
                         struct slice body, struct buf *answer, long *out_status, struct err *e);
/* As client_call, but any status but 200 becomes an error with the answer's own words. */
MUST_USE int client_ask(struct client *c, const char *path, struct slice body, struct buf *answer,
                        struct err *e);
/* The HTTP header lines of an envelope, in the arena; NULL-terminated. */
const char *const *client_envelope(struct arena *a, const struct envelope *env);

#endif
