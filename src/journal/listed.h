/* Listings as scanners see them: a view from what is listed to what that does.
 *
 * The desk's folder writes it; a scan looks up domains, links, addresses and narrow networks while
 * a message waits. Keys are a kind and the thing in its plain form. A listing that ended is not
 * here; one that has run out is passed over by its own time, so that nothing depends on a clock
 * having ticked.
 */
#ifndef MUSTER_JOURNAL_LISTED_H
#define MUSTER_JOURNAL_LISTED_H

#include "base/ip.h"
#include "journal/views.h"

/* Numbers are for ever: they stand in events and views. */
enum listed_kind {
    LISTED_DOMAIN,  /* lower case, A-labels */
    LISTED_LINK,    /* host and path: "shop.example/offer" */
    LISTED_MAILBOX, /* a sender's address, lower case */
    LISTED_ADDRESS, /* of a machine */
    LISTED_NETWORK, /* "192.0.2.0/24", "2001:db8::/48" */
    LISTED_KINDS
};

struct listed {
    enum listed_kind kind;
    unsigned char listing[16];
    uint8_t effect; /* enum charter_effect */
    uint8_t harm;   /* enum charter_harm */
    int64_t from_us, ends_us;
};

const char *listed_kind_name(enum listed_kind k);
bool listed_kind_parse(struct slice word, enum listed_kind *out);
/* The plain form of what somebody wrote, in buf (at least 400 bytes); false: it is none of that
 * kind. Networks become their base address. *out_net may be NULL; filled for networks. */
bool listed_plain(enum listed_kind k, struct slice text, char *buf, size_t room, struct slice *out,
                  struct net *out_net);

/* Writer, within a batch. */
MUST_USE int listed_put(struct views *v, enum listed_kind k, struct slice plain,
                        const struct listed *l, struct err *e);
MUST_USE int listed_del(struct views *v, enum listed_kind k, struct slice plain, struct err *e);
/* false: not listed, or not now. plain as listed_plain gives it. */
bool listed_find(struct views *v, enum listed_kind k, struct slice plain, int64_t now_us,
                 struct listed *out);
/* A machine's address: itself, then its /24 or /48. */
bool listed_find_ip(struct views *v, const struct ip *ip, int64_t now_us, struct listed *out);
/* A domain or one above it, up to its organisation's own (`top`, itself a suffix of host). */
bool listed_find_domain(struct views *v, struct slice host, struct slice top, int64_t now_us,
                        struct listed *out);

#endif
