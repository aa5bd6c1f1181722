/* The inside of SPF: records as read, macros, and one run of check_host(). */
#ifndef MUSTER_AUTH_SPF_INTERNAL_H
#define MUSTER_AUTH_SPF_INTERNAL_H

#include "auth/spf.h"
#include "base/ip.h"
#include "base/lang.h"

/* More than any name that DNS can carry needs; what expands to more matches nothing. */
#define SPF_EXPANDED 4096

enum spf_kind {
    SPF_ALL,
    SPF_INCLUDE,
    SPF_A,
    SPF_MX,
    SPF_PTR,
    SPF_IP4,
    SPF_IP6,
    SPF_EXISTS,
    SPF_REDIRECT,
    SPF_EXP,
    SPF_UNKNOWN /* a modifier that means nothing to us */
};

struct spf_term {
    enum spf_kind kind;
    enum auth_value result; /* of its qualifier */
    struct slice text;      /* as written */
    struct slice spec;      /* domain-spec; empty: the current domain */
    unsigned bits4, bits6;  /* prefix lengths of a and mx */
    struct net net;         /* of ip4 and ip6 */
};

struct spf_record {
    struct spf_term *terms;
    size_t n;
    const struct spf_term *redirect, *exp; /* NULL: none */
};

/* Reads one record behind its version. NULL when all is well, else what is wrong (ours); *out_bad
 * is then the term. Section 4.6.1: an error anywhere spoils all. Linear. */
const char *spf_parse(struct arena *a, struct slice text, struct spf_record *out,
                      struct slice *out_bad);
/* True for "v=spf1" followed by a space or the end (section 4.5). */
bool spf_is_record(struct slice txt);
/* Macro syntax of section 7.1. is_name: must also end as a domain-spec does. is_exp: c, r and t
 * and spaces are allowed. */
bool spf_macro_ok(struct slice s, bool is_name, bool is_exp);

/* What one evaluation carries along. */
struct spf_run {
    const struct spf_in *in;
    struct ask *ask;
    struct spf_result *out;
    struct ip ip;
    struct slice sender, local, sender_domain; /* the last in A-labels */
    bool is_foreign_local; /* RFC 8616: non-ASCII, no DNS name may be made of it */
    unsigned lookups, voids;
    bool is_limited;    /* a limit was passed: what follows is permerror */
    const char *reason; /* of the error that ends the evaluation */
    struct slice where; /* the term of it */
    struct spf_step **tail;
    unsigned depth;
};

/* Expands a macro-string for the record of `domain`. false: an answer is missing (p). What cannot
 * become a name (too long, foreign local part) gives an empty text. */
bool spf_expand(struct spf_run *r, struct slice text, struct slice domain, bool is_exp,
                struct slice *out);
/* Expands a domain-spec and cuts it to 253 bytes from the left (section 7.3). */
bool spf_target(struct spf_run *r, struct slice spec, struct slice domain, struct slice *out);

/* A name of the client that points back at it (section 5.5), preferring `domain` itself, then one
 * below it, then (any) any. Empty: none. false: an answer is missing. */
bool spf_validated(struct spf_run *r, struct slice domain, bool any, struct slice *out);
/* The client's address in an A or AAAA answer, by prefix lengths. */
bool spf_in_answer(const struct spf_run *r, const struct dns_answer *a, unsigned bits4,
                   unsigned bits6);
/* True for answers that nobody knows for now. */
bool spf_is_missing(const struct dns_answer *a);

#endif
