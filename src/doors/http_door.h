/* The HTTP doors: scan port (native and rspamd-compatible), control port, control socket.
 *
 * libmicrohttpd speaks HTTP, driven from our loop; here requests become scans, lessons and
 * questions for the node. A request whose answer is not there yet is suspended, the others go
 * on. Bodies are capped: a scan keeps the head of a longer message, anything over four times the
 * cap is refused. Who may do what is the node's to say: this door only passes on the token or
 * the peer's credentials, and keeps browsers out that were sent here by another site (Host,
 * Origin).
 */
#ifndef MUSTER_DOORS_HTTP_DOOR_H
#define MUSTER_DOORS_HTTP_DOOR_H

#include "base/conf.h"
#include "doors/door.h"

struct event_base;
struct http_door;

struct http_setup {
    bool is_control;         /* serves everything, not only scans */
    bool is_shadow;          /* rspamd's answer says "no action" */
    bool accepts_on_failure; /* a message that cannot be scanned: skipped, else 503 */
    size_t max_size;
    unsigned max_conns;
    const struct conf_list *hosts; /* further names in Host; may be NULL; must outlive the door */
};

MUST_USE int http_door_new(struct event_base *base, int listen_fd, const struct door_ops *ops,
                           const struct http_setup *setup, struct err *e, struct http_door **out);
void http_door_drain(struct http_door *d);
/* Requests under way. */
unsigned http_door_busy(const struct http_door *d);
/* Requests that wait for the node are dropped: it must not answer them any more. */
void http_door_free(struct http_door *d);

#endif
