/* What authentication says, part by part. Plain data, made by spf, dkim, arc and dmarc, read by
 * scan, evidence and the writers of header fields and reports. Text in it is foreign unless its
 * comment says otherwise: escape before showing. Everything lies in the message's arena.
 */
#ifndef MUSTER_AUTH_RESULT_H
#define MUSTER_AUTH_RESULT_H

#include "base/slice.h"

/* The words of RFC 8601 2.7, one set for all methods. */
enum auth_value {
    AUTH_NONE, /* nothing to check */
    AUTH_PASS,
    AUTH_FAIL,
    AUTH_SOFTFAIL,  /* spf alone */
    AUTH_NEUTRAL,   /* spf; dkim: a signature that cannot be read */
    AUTH_POLICY,    /* good, but not by our rules: key too short, algorithm refused */
    AUTH_TEMPERROR, /* an answer is missing: never held against anybody */
    AUTH_PERMERROR, /* what was published or written cannot be evaluated */
    AUTH_VALUES
};
const char *auth_value_name(enum auth_value v); /* "pass", "softfail" ... */

/* ---- DKIM and ARC ---- */

/* One signature, in the order of the fields from the top. */
struct dkim_result {
    enum auth_value value;
    const char *reason;     /* ours, a few plain words: "body hash did not verify"; never NULL */
    struct slice domain;    /* d=, lower case, without final dot */
    struct slice identity;  /* i=, as written; empty when missing */
    struct slice selector;  /* s= */
    struct slice algorithm; /* a= */
    struct slice b;         /* b= without white space, for header.b */
    struct slice headers;   /* h= as written, for what a signature must cover (RFC 8058) */
    int64_t signed_at;      /* t=, Unix seconds; 0: none */
    int64_t expires_at;     /* x=; 0: none */
    unsigned key_bits;      /* 0: not known */
    bool is_testing;        /* the key says t=y */
    bool has_length;        /* l= stands in it */
    bool body_grew;         /* text stands behind what l= covers: passes, but never aligns */
    bool is_incomplete;     /* temperror because an answer is missing */
    struct dkim_result *next;
};

struct dkim_results {
    struct dkim_result *first;
    size_t n;
    size_t untried; /* signatures past the limit, not looked at */
    void *state;    /* of dkim.c, kept between replays: hashes, keys, verified signatures */
};

struct arc_result {
    enum auth_value value; /* none, pass, fail; temperror */
    const char *reason;    /* ours; never NULL once done */
    unsigned instance;     /* of the newest set; 0: none */
    unsigned oldest_pass;  /* RFC 8617 5.2; 0: not worked out */
    struct slice sealer;   /* d= of the newest seal */
    struct slice *sealers; /* d= of all seals, oldest first: sealers[0] is instance 1 */
    bool is_trusted;       /* the newest sealer is on the operator's list */
    struct slice aar;      /* what the first of the unbroken row of trusted sealers up to the newest
                              saw: the value of its ARC-Authentication-Results behind "i=N;" */
    bool is_incomplete;
    void *state;
};

/* ---- DMARC ---- */

enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };
const char *dmarc_policy_name(enum dmarc_policy p);

/* Why a policy is not followed (RFC 9990 names, and one of ours for none). */
enum dmarc_override {
    DMARC_OVERRIDE_NONE,
    DMARC_OVERRIDE_TRUSTED_FORWARDER,
    DMARC_OVERRIDE_MAILING_LIST,
    DMARC_OVERRIDE_LOCAL,
    DMARC_OVERRIDE_TEST_MODE, /* t=y */
    DMARC_OVERRIDE_OTHER
};
const char *dmarc_override_name(enum dmarc_override o); /* "trusted_forwarder" ... */

/* A record as read; the tags' defaults are filled in. */
struct dmarc_record {
    struct slice text; /* whole */
    enum dmarc_policy p, sp, np;
    bool has_p, has_sp, has_np;
    bool strict_dkim, strict_spf;
    bool is_test;          /* t=y */
    char psd;              /* 'y', 'n', 'u' */
    struct slice rua, ruf; /* lists as written */
    struct slice fo;       /* "0" when missing */
};

/* What one author domain gets; a message may name several. */
struct dmarc_domain {
    struct slice from;      /* the author domain, A-labels, lower case */
    enum auth_value value;  /* none, pass, fail, temperror, permerror */
    const char *reason;     /* ours; never NULL */
    struct slice record_at; /* the domain whose record applies; empty: none */
    struct slice org;       /* organisational domain: by the DNS walk, or by the list in old mode */
    struct dmarc_record record;
    enum dmarc_policy policy; /* asked for by that record for this domain: p, sp or np */
    char policy_tag[3];       /* "p", "sp", "np" */
    bool dkim_aligned, spf_aligned;
    struct slice dkim_domain; /* of the aligned signature */
    bool is_nonexistent;      /* NXDOMAIN of the author domain */
    bool is_incomplete;
    struct dmarc_domain *next;
};

struct dmarc_result {
    struct dmarc_domain *domains; /* one for each author domain that a mail program may show */
    size_t n;
    enum auth_value value; /* pass only when all pass */
    const char *reason;
    const struct dmarc_domain *worst; /* the one that decided; NULL when there is none */
    enum dmarc_policy policy;         /* strictest that was asked for by a failing domain */
    enum dmarc_policy action;         /* after t= and overrides: what is to be done */
    enum dmarc_override override;
    struct slice override_detail; /* who: the list, the forwarder, the sealer */
    bool is_incomplete;
};

#endif
