/* The sending side: N connections that each keep one message in flight, over HTTP or spamc's
 * protocol, in one process on epoll. Cheap on purpose (some 20 µs a message), so that the servers
 * are measured and not the client.
 */
#ifndef MUSTER_BENCH_CLIENT_H
#define MUSTER_BENCH_CLIENT_H

#include "set.h"

enum client_protocol { CLIENT_HTTP, CLIENT_SPAMC };

struct client_job {
    enum client_protocol protocol;
    const char *host;
    const char *port;
    const char *path;    /* HTTP: the path that is posted to */
    const char *headers; /* HTTP: further header lines, each with CRLF; "" when none */
    bool keep;           /* HTTP: many messages on one connection */
    int conns;           /* connections at once, 1 to CLIENT_CONNS */
    size_t messages;     /* how many to send; goes round the set when it is larger */
    const struct set *set;
    int timeout_ms; /* for one message */
};

#define CLIENT_CONNS 1024
#define NO_SCORE     -1e9

struct client_result {
    size_t done; /* answered well */
    size_t errors;
    double seconds;
    double *latency_ms; /* of each message that was answered, sorted */
    double *score;      /* by place in the set; NO_SCORE when unknown */
    char first_error[256];
};

/* Sends all messages. Errors of single messages are counted, not returned; gives up with ERR_IO
 * when 50 in a row failed. The caller frees with client_fini. */
int client_run(const struct client_job *job, struct client_result *out, struct err *e);
void client_fini(struct client_result *r);

#endif
