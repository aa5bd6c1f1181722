/* What doors and the node agree on. A door turns a protocol's bytes into an envelope and raw
 * mail, hands them over, and turns the answer back into bytes; it knows nothing else of mail.
 * The node gives each door this table of calls; all may answer before they return or later, on
 * the same loop, and answer exactly once.
 */
#ifndef MUSTER_DOORS_DOOR_H
#define MUSTER_DOORS_DOOR_H

#include "base/buf.h"
#include "mail/envelope.h"
#include "scan/scan.h"

/* The scan lives until the callback returns. s is NULL when the message could not be scanned
 * (set aside after two crashes, out of time): the door then defers, or accepts as configured. */
typedef void door_scan_done(void *arg, const struct scan *s);
/* status: HTTP-like: 200, 202, 400, 401, 403, 404, 500, 503, 507; json: the answer's text. */
typedef void door_answer(void *arg, int status, struct slice json);

enum door_act { /* what a token or peer must be allowed */
                ACT_SCAN,
                ACT_LEARN,
                ACT_READ /* status, history, why */,
                ACT_ADMIN /* release, backup ... */
};

struct door_caller {
    struct slice token; /* bearer token or rspamd password header, empty for none */
    bool is_local_peer; /* came over the unix socket */
    uint32_t uid;       /* of that peer */
};

struct door_ops {
    void *node;
    void (*scan)(void *node, const struct envelope *env, struct slice raw, door_scan_done *done,
                 void *arg);
    /* label: 1 spam, 0 ham, -1 forget. user: empty for the site. */
    void (*learn)(void *node, const struct door_caller *who, int label, struct slice user,
                  struct slice raw, door_answer *done, void *arg);
    /* A file that holds reports about mail (DMARC, TLS), to be read into the archive. */
    void (*report)(void *node, const struct door_caller *who, struct slice raw, door_answer *done,
                   void *arg);
    /* Stores a copy for the recipients in `rcpt` (of s's envelope) before the door removes them
     * from the transaction; status 200 once it is safe on disk. s and rcpt are only lent until
     * this call returns, even when the answer comes later. */
    void (*quarantine)(void *node, const struct scan *s, const struct slice *rcpt, size_t n_rcpt,
                       door_answer *done, void *arg);
    /* Any other question or act: a path such as "status", "stat", "metrics", "why/ID",
     * "history", "quarantine", "quarantine/ID/release" and its JSON arguments (an object). The
     * answer of "stat" has rspamd's shape; that of "metrics" is {"muster_scans_total": {"type":
     * "counter", "help": "...", "values": [{"labels": {"verdict": "spam"}, "value": 3}]}, ...},
     * which the door writes in Prometheus' format ("value" alone where there are no labels). */
    void (*ask)(void *node, const struct door_caller *who, const char *path, struct slice json,
                door_answer *done, void *arg);
    /* The header lines a verdict puts on mail (X-Muster-*, Authentication-Results, X-Spam-*) and
     * those to remove first, as edits of doors/edits.h, in the order they shall stand. */
    void (*headers)(void *node, const struct scan *s, struct buf *out);
    /* The signatures and seals made for it (envelope.wants_signature), as edits; NULL: none. */
    void (*signatures)(void *node, const struct scan *s, struct buf *out);
};

#endif
