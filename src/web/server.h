/* The web server: HTTP on one side (libmicrohttpd on our loop), pages in the middle, keeper's
 * answers on the other. Knows nothing of processes: whoever runs it hands in the table of calls.
 *
 * Refused before a page is run: other methods than GET, HEAD and POST; a Host that is not ours;
 * unclear lengths (RFC 9112 section 6.3); bodies over the page's limit; addresses that ask too
 * much. Connections that take too long for their head, their body or for reading our answer are
 * closed.
 */
#ifndef MUSTER_WEB_SERVER_H
#define MUSTER_WEB_SERVER_H

#include "web/site.h"

struct event_base;
struct web_server;

/* Who asks, as far as web knows: the capability that came with the request, and from where. */
struct web_caller {
    struct slice session, token, client;
};

typedef void web_answer(void *arg, int status, struct slice json);

struct web_ops {
    void *node;
    /* Calls done exactly once, maybe at once; status 0: keeper is not there. The slices live until
     * this returns. */
    void (*ask)(void *node, const struct web_caller *who, struct slice path, struct slice json,
                web_answer *done, void *arg);
};

/* site, ops: must outlive it; the descriptor stays the caller's. Takes nobody in before
 * web_server_open. */
MUST_USE int web_server_new(struct event_base *base, int listen_fd, struct web_site *site,
                            const struct web_ops *ops, struct err *e, struct web_server **out);
/* From now on visitors are let in; those who came earlier waited. */
void web_server_open(struct web_server *s);
/* Takes no new connections. */
void web_server_drain(struct web_server *s);
/* Requests under way. */
unsigned web_server_busy(const struct web_server *s);
/* Requests that wait for keeper are dropped: it must not answer them any more. */
void web_server_free(struct web_server *s);

#endif
