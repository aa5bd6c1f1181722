/* Connections of the web server and the time they may take. libmicrohttpd closes those that are
 * silent; one that sends or reads a byte now and then is ours to close. */
#ifndef MUSTER_WEB_SERVER_CONN_H
#define MUSTER_WEB_SERVER_CONN_H

#include "base/conf.h"
#include "web/server.h"

enum conn_phase { CONN_HEAD, CONN_BODY, CONN_WORKING, CONN_WRITING };

struct web_conn {
    int fd;
    enum conn_phase phase;
    int64_t since_us; /* of the phase */
    bool is_proxy, is_cut;
    char address[46];
    struct web_conn *prev, *next;
};

struct web_conns {
    struct web_conn *first;
    const struct conf_list *proxies;
};

void web_conns_init(struct web_conns *c, const struct conf_list *proxies);
/* False when the peer's address has too many connections already. */
bool web_conns_may(const struct web_conns *c, int fd);
struct web_conn *web_conn_new(struct web_conns *c, int fd);
void web_conn_free(struct web_conns *c, struct web_conn *conn);
/* A new phase begins; NULL is fine. */
void web_conn_phase(struct web_conn *conn, enum conn_phase phase);
/* Ends what took too long. */
void web_conns_sweep(struct web_conns *c, int64_t now_us);

#endif
