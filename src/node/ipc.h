/* Messages between our processes: typed, length-prefixed, with a version, over a socketpair;
 * a message may carry one file descriptor. A peer that breaks the framing is cut off.
 */
#ifndef MUSTER_NODE_IPC_H
#define MUSTER_NODE_IPC_H

#include "base/pack.h"
#include "base/err.h"

struct event_base;

#define IPC_VERSION 1u
#define IPC_MOST    (96u * 1024 * 1024) /* the largest message: a whole mail and its findings */

enum ipc_type {
    /* master and children */
    IPC_READY = 1, /* child: start-up is over */
    IPC_CHANNEL,   /* master: here is your end of a channel to another process (with fd) */
    IPC_DRAIN,     /* master: take nothing new, finish, exit */
    IPC_CHILDREN,  /* master to keeper: pids and names, for `status` */
    IPC_CONFIG,    /* master to keeper: settings after a reload (node_config_pack) */
    IPC_REFUSED,   /* master to keeper: why a reload kept the old settings, for `status` */
    /* scanners, the command line and keeper; each is answered by IPC_ANSWER with its tag */
    IPC_LEARN,        /* a lesson */
    IPC_UNLEARN,      /* a lesson's digest and fingerprint */
    IPC_SCANNED,      /* what a scan found, for the history; not answered */
    IPC_QUARANTINE,   /* a message to hold */
    IPC_SET_ASIDE,    /* a message that crashed scanners, for study */
    IPC_ASK,          /* a question or act: path and JSON */
    IPC_WEB_KEY,      /* keeper to web: the key of form tokens; not answered */
    IPC_ANSWER,       /* status and JSON */
    IPC_DMARC_SEEN,   /* rows for the reports that are owed (owed.h); not answered */
    IPC_WRITTEN_TO,   /* a user of ours sent this (known_pack); not answered */
    IPC_DMARC_FAILED, /* failure reports to send (failures.h); not answered */
    IPC_REPORT, /* reports that a scanner read (report_intake.h); answered unless its tag is 0 */
    /* keeper and mailer */
    IPC_MAIL,   /* send this */
    IPC_MAILED, /* how it went; also of IPC_PROVE */
    IPC_PROVE,  /* look whether this proof of control stands there (prover.h) */
    /* scanners and resolver (ask/batch.h); the tag is the scanner's own */
    IPC_RESOLVE,  /* a round's questions */
    IPC_RESOLVED, /* answers to some or all of them */
    IPC_FIGURES,  /* resolver to keeper: struct resolver_figures, for `status` */
    /* scanners and signer (node/signer.h) */
    IPC_SIGN,   /* a message's orders */
    IPC_SIGNED, /* the fields made, or why not */
    /* keeper and scanners: a held message is to be learned from, and what it teaches */
    IPC_STUDY,   /* u8 label, raw bytes */
    IPC_STUDIED, /* digest and lesson; empty: it crashed a scanner before */
    /* the command line and its sandboxed parser */
    IPC_PARSE,
    IPC_PARSED
};

struct ipc_message {
    enum ipc_type type;
    uint64_t tag; /* pairs an answer with its question */
    struct slice payload;
    int fd; /* -1, or a descriptor that the receiver now owns */
};

struct ipc;
/* m is NULL when the peer is gone; the channel is then freed by its owner (ipc_free). The payload
 * lives until the handler returns. */
typedef void ipc_handler(void *arg, struct ipc *ch, const struct ipc_message *m);

/* Takes over fd (made non-blocking). */
struct ipc *ipc_new(struct event_base *base, int fd, ipc_handler *handler, void *arg);
/* May be called from the handler. NULL is fine. */
void ipc_free(struct ipc *ch);
/* Queues a message; fd (-1: none) is duplicated by the kernel and may be closed after it was
 * sent, which is when the queue is empty; pass own_fd to have it closed then. */
void ipc_send(struct ipc *ch, enum ipc_type type, uint64_t tag, struct slice payload);
void ipc_send_fd(struct ipc *ch, enum ipc_type type, uint64_t tag, struct slice payload,
                 int own_fd);
/* Only queues: goes out with the next ipc_send or ipc_flush, many messages in one system call. */
void ipc_post(struct ipc *ch, enum ipc_type type, uint64_t tag, struct slice payload);
void ipc_flush(struct ipc *ch);
/* Bytes queued and not yet sent. */
size_t ipc_queued(const struct ipc *ch);
/* The uid of the process at the other end, or -1. */
int64_t ipc_peer_uid(const struct ipc *ch);

/* Blocking forms for the command line. What was read ahead stays in the reader for the next call;
 * the payload of *out lives until then. */
struct ipc_reader {
    struct buf in; /* BUF_INIT(IPC_MOST + 64 KiB or less) */
    size_t used;   /* bytes of it that the last message took */
};

MUST_USE int ipc_write(int fd, enum ipc_type type, uint64_t tag, struct slice payload,
                       struct err *e);
MUST_USE int ipc_read(int fd, struct ipc_reader *r, struct ipc_message *out, int64_t timeout_ms,
                      struct err *e);

#endif
