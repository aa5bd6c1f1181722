/* All doors of one process: opened together before the sandbox closes, stopped together.
 *
 * Descriptors are listening sockets; -1 leaves a door out. They stay the caller's. Everything
 * runs on the given loop; door_ops must outlive the doors.
 */
#ifndef MUSTER_DOORS_DOORS_H
#define MUSTER_DOORS_DOORS_H

#include "base/conf.h"
#include "doors/door.h"

struct event_base;
struct doors;

/* The "doors" section of the configuration. */
struct doors_conf {
    bool hold;              /* milter: quarantine by the MTA's hold queue */
    bool shadow_headers;    /* milter: header lines in shadow mode too */
    int64_t max_conns;      /* per door and process */
    int64_t idle_us;        /* milter: silence that closes a connection */
    bool spamd_tell;        /* spamd: TELL over TCP needs no token */
    struct conf_list hosts; /* control HTTP: further names allowed in Host */
};

/* The uid in door_caller of whoever sends TELL over TCP while spamd_tell allows that. */
#define SPAMD_TELL_UID 65534u

/* Ends with name = NULL. */
extern const struct conf_section DOORS_SECTIONS[];

struct doors_config {
    int milter_fd, spamd_fd, http_fd, control_fd, socket_fd;
    size_t max_size;               /* scan.max_size: of one message */
    bool is_shadow;                /* mode = shadow: scan and answer, never act */
    bool accept_on_failure;        /* a message that cannot be scanned passes instead of waiting */
    const struct doors_conf *conf; /* NULL: defaults; must outlive the doors */
};

MUST_USE int doors_open(struct event_base *base, const struct door_ops *ops,
                        const struct doors_config *config, struct err *e, struct doors **out);
/* Takes no new connections; messages that are under way get their answer. */
void doors_stop(struct doors *d);
/* Connections still open (milter, spamd) and requests under way (HTTP). */
unsigned doors_busy(const struct doors *d);
void doors_free(struct doors *d);

#endif
