/* Connections and listeners on the loop: non-blocking sockets, buffers with maxima, idle timers.
 *
 * The only place that reads from or writes to a door's sockets. A protocol machine gets bytes
 * through `bytes` and answers with io_send. Back-pressure: while io_pause is on, or more than
 * out_high bytes wait to be written, nothing is read, so the peer's own socket buffer fills.
 * Bytes are read into one block that all connections of the process share; a connection owns
 * memory only for what its machine left over or its peer has not taken yet. A connection past
 * its limits or timers is closed. Nothing here opens files or sockets: descriptors come from
 * outside, before the sandbox closes.
 */
#ifndef MUSTER_DOORS_IO_H
#define MUSTER_DOORS_IO_H

#include "base/buf.h"
#include "base/err.h"

struct event_base;
struct io;
struct io_listener;

struct io_limits {
    size_t in_max;      /* bytes kept that the machine has not taken; more closes */
    size_t out_high;    /* stop reading while more than this waits to be written */
    size_t out_max;     /* waiting bytes beyond this close the connection */
    int idle_seconds;   /* no byte from the peer for so long closes (not while paused) */
    int write_seconds;  /* the peer takes nothing for so long */
    unsigned max_conns; /* per listener; further peers wait in the listen queue */
};

enum io_end { IO_END_PEER, IO_END_TIMEOUT, IO_END_LIMIT, IO_END_ERROR, IO_END_OURS };

struct io_calls {
    /* Bytes from the peer; returns how many were taken from the front. The rest comes again
     * with more behind it, or after io_resume. May call io_send, io_pause, io_finish; must not
     * call io_free. */
    size_t (*bytes)(void *arg, struct io *io, struct slice in);
    /* The peer has sent its last byte and may still read. NULL: the connection ends. */
    void (*last)(void *arg, struct io *io);
    /* The connection is over; io is freed after this returns and never calls again. */
    void (*ended)(void *arg, enum io_end why);
};

/* Takes over a connected, stream-like descriptor. */
struct io *io_new(struct event_base *base, int fd, const struct io_limits *limits,
                  const struct io_calls *calls, void *arg);
/* Queues bytes and writes what the socket takes at once. */
void io_send(struct io *io, struct slice bytes);
void io_pause(struct io *io);
/* Reading goes on; bytes left over are handed to the machine again before this returns, unless
 * it runs inside `bytes`. The connection may end inside. */
void io_resume(struct io *io);
/* Closes once everything queued is written, which may be at once; what the peer still sends is
 * thrown away. */
void io_finish(struct io *io);
/* Closes now, without calling `ended`. Not from inside `bytes` or `last`. */
void io_free(struct io *io);
int io_fd(const struct io *io);

/* A new connection: make its machine, then io_new; the descriptor is the callee's. */
typedef void io_accepted(void *arg, int fd);

/* Accepts on a listening descriptor (made non-blocking here, not closed at the end). One
 * connection is taken per wake, so that workers that share the socket share the load. */
struct io_listener *io_listen(struct event_base *base, int fd, unsigned max_conns,
                              io_accepted *accepted, void *arg);
/* Each accepted connection that ended must be reported once. */
void io_listener_done(struct io_listener *l);
unsigned io_listener_conns(const struct io_listener *l);
/* No more accepts; open connections go on. */
void io_listener_stop(struct io_listener *l);
/* Takes them again. */
void io_listener_start(struct io_listener *l);
void io_listener_free(struct io_listener *l);

#endif
