/* What a domain publishes about its mail, what is wrong with it, and what to publish instead.
 *
 * Replayed as all of auth (ask/ask.h): run it again until it says true. Bounded: DNSCHECK_MX hosts,
 * DNSCHECK_SELECTORS selectors, and the limits of `ask`. It fetches nothing: what stands on web
 * servers (the MTA-STS policy, security.txt) is handed in by the caller, if he fetched it.
 * Sentences are message ids with at most one %s, filled with `filling`, which may be foreign.
 */
#ifndef MUSTER_AUTH_DNSCHECK_H
#define MUSTER_AUTH_DNSCHECK_H

#include "ask/ask.h"
#include "auth/auth.h"
#include "auth/dmarc.h"

#define DNSCHECK_MX        8
#define DNSCHECK_SELECTORS 16

enum dnscheck_state {
    DNSCHECK_OK,
    DNSCHECK_NOTE,    /* worth knowing, nothing to do */
    DNSCHECK_MISSING, /* not there, and it could be */
    DNSCHECK_WARNING,
    DNSCHECK_PROBLEM,
    DNSCHECK_UNKNOWN, /* the answer could not be had */
    DNSCHECK_STATES
};
/* Names are message ids, too. */
const char *dnscheck_state_name(enum dnscheck_state s);

/* Bits of what to look at. */
enum dnscheck_topic {
    DNSCHECK_DOMAIN = 1 << 0, /* exists, DNSSEC */
    DNSCHECK_MX_HOSTS = 1 << 1,
    DNSCHECK_REVERSE = 1 << 2,
    DNSCHECK_SPF = 1 << 3,
    DNSCHECK_DKIM = 1 << 4,
    DNSCHECK_DMARC = 1 << 5,
    DNSCHECK_ARC = 1 << 6,
    DNSCHECK_MTA_STS = 1 << 7,
    DNSCHECK_TLSRPT = 1 << 8,
    DNSCHECK_DANE = 1 << 9,
    DNSCHECK_SECURITY = 1 << 10,
    DNSCHECK_MESSAGE = 1 << 11,   /* of dnscheck_message alone */
    DNSCHECK_ONE_CLICK = 1 << 12, /* of the check of a mailing alone */
    DNSCHECK_ALL = (1 << 11) - 1,
    DNSCHECK_SENDER = DNSCHECK_SPF | DNSCHECK_DKIM | DNSCHECK_DMARC
};
const char *dnscheck_topic_name(enum dnscheck_topic t); /* "spf", "mta-sts" */

struct dnscheck_item {
    enum dnscheck_topic topic;
    enum dnscheck_state state;
    int rank;                           /* 1: do this first ... 9; 0: nothing to do */
    const char *text;                   /* msgid: what was found */
    struct slice filling;               /* of its %s */
    const char *advice;                 /* msgid: what to do, without %s; or NULL */
    struct slice name, seen;            /* DNS name, and the record as it is; may be empty */
    struct slice publish_name, publish; /* "TXT ..." to publish instead; may be empty */
    struct dnscheck_item *next;
};

/* Something fetched from a web server. */
struct dnscheck_page {
    bool was_tried;
    bool is_there;     /* answered with 200 over verified TLS, without redirects */
    const char *error; /* why not */
    struct slice type, body;
};

/* A selector that others saw in use: from reports about the domain's mail. */
struct dnscheck_seen {
    struct slice selector;
    uint64_t passed, failed; /* messages */
    int64_t newest_s;        /* Unix seconds */
};

struct dnscheck_in {
    struct arena *arena;
    struct slice domain;
    const struct slice *selectors;
    size_t n_selectors;
    const struct dnscheck_seen *seen; /* besides; those named are not looked at twice */
    size_t n_seen;
    unsigned topics; /* of enum dnscheck_topic; 0: DNSCHECK_ALL */
    int64_t now;     /* Unix seconds */
    struct dnscheck_page sts, security;
};

struct dnscheck {
    struct slice domain; /* folded */
    struct dnscheck_item *items, **tail;
    size_t n, counts[DNSCHECK_STATES];
    struct spf_result spf;  /* with its trace; zero when SPF was not looked at or there is none */
    struct dmarc_walk walk; /* its steps; n = 0 when DMARC was not looked at */
    struct dnscheck_mx {
        unsigned preference;
        struct slice name;
    } mx[DNSCHECK_MX];
    size_t n_mx;
    bool is_null_mx, has_sts; /* has_sts: the policy file is worth fetching */
};

/* true: done. ERR-less: a name that DNS cannot carry is an item, too. */
bool dnscheck_run(const struct dnscheck_in *in, struct ask *q, struct dnscheck *out);
/* Would this message arrive? What auth_check found, as items: for the preview of a mailing. */
void dnscheck_message(struct arena *a, const struct auth_result *r, struct dnscheck *out);
/* Items by urgency: rank 1 first, rank 0 last; the order of topics within. */
void dnscheck_sort(struct dnscheck *d);
/* True when there is a problem or something that could not be asked. */
bool dnscheck_is_bad(const struct dnscheck *d);
/* Where the pages lie; in the arena. */
const char *dnscheck_sts_url(struct arena *a, const struct dnscheck *d);
const char *dnscheck_security_url(struct arena *a, const struct dnscheck *d);
/* What a step of the DMARC walk found: a name for programs, and a message id for people. */
const char *dnscheck_found_name(enum dmarc_found f);
const char *dnscheck_found_words(enum dmarc_found f);
/* One JSON object; and that of one item. */
struct json;
void dnscheck_item_json(const struct dnscheck_item *i, struct json *j);
void dnscheck_json(const struct dnscheck *d, struct json *j);

#endif
