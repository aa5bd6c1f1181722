/* The milter door: MTAs' connections on the loop, one milter machine each.
 *
 * Listens on a descriptor opened before the sandbox. Each message is handed to door_ops.scan;
 * what the verdict means for the transaction is milter_plan.h's business. A message that could
 * not be scanned, or whose quarantine copy could not be stored, is deferred, or accepted when
 * accepts_on_failure says so. Works in one process on one loop.
 */
#ifndef MUSTER_DOORS_MILTER_DOOR_H
#define MUSTER_DOORS_MILTER_DOOR_H

#include "doors/door.h"
#include "doors/milter_plan.h"

struct event_base;
struct milter_door;

struct milter_setup {
    size_t max_size;         /* scan.max_size */
    bool is_shadow;          /* mode = shadow */
    bool accepts_on_failure; /* else defers */
    bool holds;              /* quarantine by the MTA's hold queue */
    bool shadow_headers;     /* header lines in shadow mode too */
    unsigned max_conns;
    int idle_seconds;
};

struct milter_door *milter_door_new(struct event_base *base, int listen_fd,
                                    const struct door_ops *ops, const struct milter_setup *setup);
/* Takes no new connections; open ones go on until their SMTP session ends. */
void milter_door_drain(struct milter_door *d);
unsigned milter_door_conns(const struct milter_door *d);
/* Closes all connections. Scans that are out must have been answered before, or never be. */
void milter_door_free(struct milter_door *d);

#endif
