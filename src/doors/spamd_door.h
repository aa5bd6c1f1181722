/* The spamd door: spamc and its relatives on the loop, one request per connection. */
#ifndef MUSTER_DOORS_SPAMD_DOOR_H
#define MUSTER_DOORS_SPAMD_DOOR_H

#include "doors/door.h"

struct event_base;
struct spamd_door;

struct spamd_setup {
    size_t max_size; /* scan.max_size */
    unsigned max_conns;
    /* Scores are told, but nothing is called spam and no header is added. */
    bool is_shadow;
    /* TELL from TCP counts as a local peer without a user of its own. Without it TELL works over
     * a unix socket alone: spamc has no way to send a token. */
    bool tell_over_tcp;
};

struct spamd_door *spamd_door_new(struct event_base *base, int listen_fd,
                                  const struct door_ops *ops, const struct spamd_setup *setup);
void spamd_door_drain(struct spamd_door *d);
unsigned spamd_door_conns(const struct spamd_door *d);
void spamd_door_free(struct spamd_door *d);

#endif
