/* Connections and their time. See server_conn.h. */
#include "web/server_conn.h"

#include "base/clock.h"
#include "base/ip.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#define SAME_MOST 64 /* connections of one address; browsers use six to ten */

/* Seconds: head (also the pause between two requests), body, keeper's work, our answer. */
static const int64_t patience[] = {
    [CONN_HEAD] = 15, [CONN_BODY] = 90, [CONN_WORKING] = INT32_MAX, [CONN_WRITING] = 120};

static void address_of(int fd, char out[46])
{
    union {
        struct sockaddr sa;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } at;
    socklen_t n = sizeof(at);
    struct ip ip = {.byte = {[10] = 0xff, [11] = 0xff}, .is_v4 = true};
    out[0] = '\0';
    if (getpeername(fd, &at.sa, &n) < 0)
        return;
    if (at.sa.sa_family == AF_INET) {
        memcpy(ip.byte + 12, &at.in.sin_addr, 4);
    } else if (at.sa.sa_family == AF_INET6) {
        memcpy(ip.byte, &at.in6.sin6_addr, 16);
        ip.is_v4 = IN6_IS_ADDR_V4MAPPED(&at.in6.sin6_addr);
    } else {
        return; /* a socket of this machine: no address */
    }
    ip_format(&ip, out);
}

/* A unix socket is a proxy's, too. */
static bool is_proxy(const struct web_conns *c, const char *address)
{
    struct ip ip;
    struct net net;
    if (*address == '\0')
        return true;
    if (!ip_parse(slice_str(address), &ip))
        return false;
    for (size_t i = 0; i < c->proxies->n; i++)
        if (net_parse(c->proxies->items[i], &net) && net_has(&net, &ip))
            return true;
    return false;
}

void web_conns_init(struct web_conns *c, const struct conf_list *proxies)
{
    *c = (struct web_conns){.proxies = proxies};
}

bool web_conns_may(const struct web_conns *c, int fd)
{
    char address[46];
    unsigned n = 0;
    address_of(fd, address);
    if (is_proxy(c, address))
        return true;
    for (const struct web_conn *x = c->first; x; x = x->next)
        n += strcmp(x->address, address) == 0;
    return n < SAME_MOST;
}

struct web_conn *web_conn_new(struct web_conns *c, int fd)
{
    struct web_conn *conn = calloc(1, sizeof(*conn));
    if (conn == NULL)
        BUG("out of memory");
    conn->fd = fd;
    conn->since_us = clock_mono_us();
    address_of(fd, conn->address);
    conn->is_proxy = is_proxy(c, conn->address);
    conn->next = c->first;
    if (conn->next)
        conn->next->prev = conn;
    c->first = conn;
    return conn;
}

void web_conn_free(struct web_conns *c, struct web_conn *conn)
{
    if (conn == NULL)
        return;
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        c->first = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    free(conn);
}

void web_conn_phase(struct web_conn *conn, enum conn_phase phase)
{
    if (conn == NULL)
        return;
    conn->phase = phase;
    conn->since_us = clock_mono_us();
}

void web_conns_sweep(struct web_conns *c, int64_t now_us)
{
    for (struct web_conn *x = c->first; x; x = x->next) {
        if (x->is_cut || now_us - x->since_us < patience[x->phase] * 1000000)
            continue;
        x->is_cut = true;
        shutdown(x->fd, SHUT_RDWR); /* libmicrohttpd sees the end and closes it */
    }
}
