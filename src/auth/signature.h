/* One signature field: what DKIM-Signature, ARC-Message-Signature and ARC-Seal have in common.
 *
 * signature_read takes the tags apart and judges what needs no question; signature_verify takes
 * the answer for the key and does the arithmetic. RFC 6376 3.5, 6.1; RFC 8617 4.1.
 */
#ifndef MUSTER_AUTH_SIGNATURE_H
#define MUSTER_AUTH_SIGNATURE_H

#include "ask/ask.h"
#include "auth/dkim_key.h"
#include "auth/signed.h"
#include "auth/tags.h"

#define SIGNATURE_BYTES (64 * 1024) /* a longer field is refused */
#define SIGNATURE_NAMES 500         /* names in h= */

/* The words of RFC 8601 2.7.1. */
enum dkim_status {
    DKIM_NONE,
    DKIM_PASS,
    DKIM_FAIL,    /* the signature does not fit the message, or its time is over */
    DKIM_POLICY,  /* it may fit, but we do not take such: weak key, old algorithm, too many */
    DKIM_NEUTRAL, /* it is not well formed */
    DKIM_TEMPERROR,
    DKIM_PERMERROR, /* no usable key, or something required is missing */
    DKIM_STATUSES
};

const char *dkim_status_name(enum dkim_status s);

enum signature_form { SIGNATURE_DKIM, SIGNATURE_AMS, SIGNATURE_SEAL };

struct signature {
    enum signature_form form;
    const struct header *field;
    enum dkim_status status; /* DKIM_NONE while nothing is known */
    const char *reason;      /* one clause in English; NULL for a pass without a remark */
    struct slice domain, selector, algorithm;
    struct slice identity; /* i=, or "@" and the domain; empty in ARC */
    struct slice b;        /* base64 as it stands there, squeezed */
    struct slice names;    /* h=, squeezed: names with colons between */
    struct slice cv;       /* ARC-Seal */
    unsigned instance;     /* ARC */
    enum crypt_kind kind;
    enum canon header_canon, body_canon;
    bool has_length;
    uint64_t length;            /* l= */
    uint64_t body_bytes;        /* canonical length of the body, once it was hashed */
    int64_t signed_at, expires; /* seconds since 1970; -1: not said */
    unsigned key_bits;
    bool is_testing;         /* the key says t=y */
    bool is_secure;          /* the key came validated by DNSSEC */
    struct slice b_span, bh; /* where b= stands in the raw field; 32 bytes */
};

/* False: status and reason are set and nothing more can be done. */
bool signature_read(struct signed_mail *s, const struct header *field, enum signature_form form,
                    struct signature *out);
/* The name under which the key stands. */
struct slice signature_key_name(struct arena *a, const struct signature *sig);
/* Looks at the key, and if it can be used, at the body (not for a seal). False: status and reason
 * are set. The key is usable until the next one is read. */
bool signature_key(struct signed_mail *s, const struct dns_answer *answer, struct signature *sig,
                   struct crypt_public **out_key);
bool signature_body(struct signed_mail *s, struct signature *sig);
/* Hashes the fields of h= and the signature's own (RFC 6376 3.7). */
void signature_hash(struct signed_mail *s, const struct signature *sig,
                    unsigned char out[CRYPT_SHA256]);
/* Adds the signature's own field with an empty b=, without line end. */
void signature_own(struct signed_mail *s, const struct signature *sig, struct canon_out *out);
/* The last step; sets status. */
void signature_check(struct signed_mail *s, struct signature *sig, struct crypt_public *key,
                     const unsigned char hash[CRYPT_SHA256]);
/* All of it for a field with h=: key, body, hash, check. */
void signature_verify(struct signed_mail *s, const struct dns_answer *answer,
                      struct signature *sig);
/* True when h= names that field (one-click's rule of RFC 8058 asks this). */
bool signature_covers(const struct signature *sig, const char *name);
/* True when the domain is `other` or stands below it. */
bool domain_is_below(struct slice domain, struct slice other);

#endif
