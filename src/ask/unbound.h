/* The resolver's backend: libunbound in our event loop, recursing or forwarding, validating.
 *
 * Made in a process of its own before its walls close: everything that libunbound reads (hints,
 * anchors, settings) is read when unbound_new returns, and no thread is started.
 */
#ifndef MUSTER_ASK_UNBOUND_H
#define MUSTER_ASK_UNBOUND_H

#include "ask/resolve.h"
#include "base/err.h"

struct event_base;
struct unbound;

enum dnssec_mode {
    DNSSEC_AUTO,    /* recursing: require; forwarding: when the forwarder gives it */
    DNSSEC_REQUIRE, /* what should be signed and is not, is forged */
    DNSSEC_OFFERED, /* validate when there is something to validate */
    DNSSEC_OFF
};

struct unbound_conf {
    const struct slice *forwarders; /* "192.0.2.1", "192.0.2.1@5353", "2001:db8::1" */
    size_t n_forwarders;            /* 0: recurse from the root servers */
    enum dnssec_mode dnssec;
    struct slice anchors; /* DS or DNSKEY records, a line each */
    const char *hints;    /* file with the root servers; NULL: those built in */
    size_t cache_bytes;   /* for what libunbound keeps itself */
};

/* Settings are read here; this may run with rights that are given up before unbound_open. */
MUST_USE int unbound_new(struct event_base *base, const struct unbound_conf *conf, struct err *e,
                         struct unbound **out);
/* Loads everything: the last call that opens files. answers: where the answers go. */
MUST_USE int unbound_open(struct unbound *u, struct resolver *answers, struct err *e);
void unbound_free(struct unbound *u);
/* A resolver_start; arg is the struct unbound. */
bool unbound_start(void *arg, struct slice name, enum dns_type type, void *cookie);
/* ADDRESS or ADDRESS@PORT. */
bool unbound_is_address(struct slice s);
/* The servers named in a resolv.conf, in the arena. */
size_t unbound_system(struct arena *a, const char *path, struct slice **out);

#endif
