/* What the parts of dnscheck share: asking, and adding items. */
#ifndef MUSTER_AUTH_DNSCHECK_INTERNAL_H
#define MUSTER_AUTH_DNSCHECK_INTERNAL_H

#include "auth/dnscheck.h"
#include "base/lang.h"

struct check {
    const struct dnscheck_in *in;
    struct arena *arena;
    struct ask *q;
    struct dnscheck *out;
    struct slice domain;
    bool is_waiting;
};

/* The answer, or NULL while it waits. */
const struct dns_answer *check_ask(struct check *c, struct slice name, enum dns_type type);
/* True when nobody could answer; adds an item that says so. */
bool check_unknown(struct check *c, enum dnscheck_topic topic, const struct dns_answer *a,
                   struct slice name);
/* A new item; the fields behind `filling` are the caller's to set. */
struct dnscheck_item *check_add(struct check *c, enum dnscheck_topic topic,
                                enum dnscheck_state state, int rank, const char *text,
                                struct slice filling);
/* Sets what to publish: a TXT record. */
void check_publish(struct check *c, struct dnscheck_item *i, struct slice name, struct slice text);
/* "PREFIX.DOMAIN". */
struct slice check_below(struct check *c, const char *prefix);
/* TXT records that begin with the prefix (no case), at most `most`; how many there are in all. */
size_t check_txt(struct check *c, const struct dns_answer *a, const char *prefix, struct slice *out,
                 size_t most);

/* Fills out->mx; false while the answer waits or cannot be had. */
bool check_read_mx(struct check *c, const struct dns_answer **out_answer);

/* The topics; each adds its items or sets is_waiting. */
void check_domain(struct check *c);
void check_mx(struct check *c);
void check_reverse(struct check *c);
void check_spf(struct check *c);
void check_dkim(struct check *c);
void check_dmarc(struct check *c);
void check_arc(struct check *c);
void check_sts(struct check *c);
void check_tlsrpt(struct check *c);
void check_dane(struct check *c);
void check_security(struct check *c);

#endif
