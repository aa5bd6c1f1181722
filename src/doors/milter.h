/* The milter protocol, versions 2 to 6, from the filter's side: bytes in, bytes out, no sockets.
 *
 * One machine per connection from an MTA. Feed it what arrives; it answers what needs an answer
 * at once and reports MILTER_MESSAGE at the end of each body, with an envelope and the message
 * rebuilt with CRLF. Then it takes nothing more until milter_answer. Only flags that the MTA
 * offered are asked for; where it can, it asks the MTA not to wait for replies before the end of
 * the message, so a transaction costs one round trip. Memory is bounded by the limits: a longer
 * message keeps its head (envelope.is_cut), too many recipients or headers past the size limit
 * are refused at the end of the message by the machine itself.
 *
 * Dialects: Postfix and Sendmail; a "[192.0.2.1]" or "unknown" client name is no name; a
 * "IPv6:" prefix is dropped; Sendmail's {client_resolve} other than OK takes the name away.
 */
#ifndef MUSTER_DOORS_MILTER_H
#define MUSTER_DOORS_MILTER_H

#include "base/buf.h"
#include "mail/envelope.h"

enum { /* what a filter may do; SMFIF_* */
       MILTER_ADD_HEADERS = 0x01,
       MILTER_DEL_RCPT = 0x08,
       MILTER_CHANGE_HEADERS = 0x10,
       MILTER_QUARANTINE = 0x20,
       MILTER_SET_MACROS = 0x100
};

struct milter_limits {
    size_t message_bytes;  /* kept of one message */
    size_t packet_bytes;   /* longest packet that is taken whole (all but body chunks) */
    size_t envelope_bytes; /* addresses of one transaction, in bytes */
    size_t recipients;
};

enum milter_event {
    MILTER_MORE,    /* feed more */
    MILTER_MESSAGE, /* a message is whole: look at it, then milter_answer */
    MILTER_QUIT,    /* the MTA is done with this connection */
    MILTER_BAD      /* broken protocol: close */
};

enum milter_act { MILTER_ACCEPT, MILTER_REJECT, MILTER_TEMPFAIL, MILTER_DISCARD, MILTER_HOLD };

struct milter_reply {
    enum milter_act act;
    const char *code;        /* "550 5.7.1", for REJECT and TEMPFAIL; NULL: the MTA's own words */
    struct slice text;       /* of the reply or of the hold; escaped here */
    struct slice edits;      /* header edits (doors/edits.h), for ACCEPT and HOLD */
    const size_t *drop_rcpt; /* indices in envelope.rcpt to take out, for ACCEPT and HOLD */
    size_t n_drop;
};

struct milter;

/* actions: the MILTER_* bits that may be needed. */
struct milter *milter_new(const struct milter_limits *limits, uint32_t actions);
void milter_free(struct milter *m);
/* Takes packets from `in` until one needs the caller; *out_used says how many bytes were taken
 * (0 when a packet is not whole yet). Replies are added to `out`. */
MUST_USE enum milter_event milter_feed(struct milter *m, struct slice in, size_t *out_used,
                                       struct buf *out);
/* Of the message at hand; valid until milter_answer. The envelope may be completed by the caller
 * (received_us, user). */
struct envelope *milter_envelope(struct milter *m);
struct slice milter_raw(const struct milter *m);
/* Whether the MTA granted an action. */
bool milter_may(const struct milter *m, uint32_t action);
/* True between MILTER_MESSAGE and milter_answer. */
bool milter_is_waiting(const struct milter *m);
/* True between MAIL and the end of the message. */
bool milter_is_busy(const struct milter *m);
/* Answers the end of the message: removals of headers last to first, additions, recipients,
 * hold, then the one final word. What was not granted is left out. */
void milter_answer(struct milter *m, const struct milter_reply *r, struct buf *out);

#endif
