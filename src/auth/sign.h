/* Signing, in two halves (RFC 6376 5, RFC 8463, RFC 8617 5.1).
 *
 * The half that reads mail makes an *order*: canonical fields and the body's hash, no key in
 * sight. The half that holds the key makes the field's text of the order and signs that: it never
 * signs a digest that somebody hands it, and a DKIM order cannot become a seal or anything else.
 * An order travels between our processes (sign_order_pack).
 *
 * What is signed is what the MTA will send: Postfix breaks lines longer than its limit with
 * CRLF and a blank (smtp_line_length_limit), so lines are broken so before they are hashed;
 * fields that do not survive (NUL or a bare CR in them) are not signed.
 */
#ifndef MUSTER_AUTH_SIGN_H
#define MUSTER_AUTH_SIGN_H

#include "auth/arc.h"
#include "base/buf.h"
#include "base/pack.h"

#define SIGN_LINE        998   /* bytes of a line that pass any SMTP server (RFC 5321 4.5.3.1.6) */
#define SIGN_FIELD_BYTES 16384 /* the text of one field that we make, at most */

struct sign_spec {
    struct slice domain, selector;
    enum canon header_canon, body_canon;
    int64_t now, expires; /* Unix seconds; expires 0: no x= */
    /* Names to sign when they are there, and names to sign once more than they are there, so
     * that none can be added; NULL: SIGN_NAMES and SIGN_OVERSIGN. */
    const struct slice *names, *oversign;
    size_t n_names, n_oversign;
    unsigned line_limit; /* 0: lines stay as they are */
};

/* Defaults, ended by NULL. */
extern const char *const SIGN_NAMES[];
extern const char *const SIGN_OVERSIGN[];

enum sign_purpose { SIGN_DKIM = 1, SIGN_ARC = 2 };

struct sign_order {
    enum sign_purpose purpose;
    struct slice domain, selector;
    enum canon header_canon, body_canon;
    int64_t now, expires;
    struct slice names;  /* the text of h= */
    struct slice fields; /* canonical, each with its CRLF, in the order of names */
    unsigned char body[CRYPT_SHA256];
    /* ARC alone */
    unsigned instance;
    struct slice cv;      /* "none", "pass", "fail" */
    struct slice results; /* AUTHSERV-ID; results: the AAR's value behind "i=N; " */
    struct slice sets;    /* the canonical fields of the sets before; empty when cv=fail */
};

/* What a DKIM key signs of this message. ERR_PARSE: there is not exactly one From field, or it
 * would not survive; ERR_LIMIT: too much to sign. */
MUST_USE int sign_order_dkim(struct signed_mail *s, const struct sign_spec *spec, struct err *e,
                             struct sign_order *out);
/* What a seal signs. results: "AUTHSERV-ID; spf=pass ..." on one line or folded. ERR_EXISTS: the
 * chain must not be sealed again (it had failed before, has 50 sets, or could not be judged). */
MUST_USE int sign_order_arc(struct signed_mail *s, const struct sign_spec *spec,
                            const struct arc_chain *chain, struct slice results, struct err *e,
                            struct sign_order *out);

/* One field that was made; its value has LF and a blank where it is folded. */
struct sign_field {
    const char *name;
    struct slice value;
};

/* Signs. DKIM gives one field; ARC three: AAR, AMS, seal, to be put on top in that order, the
 * seal uppermost. ERR_DENIED: the order does not hold together (the author's domain is not the
 * signer's or below it, fields and names differ). */
MUST_USE int sign_make(struct arena *a, const struct sign_order *o, struct crypt_private *key,
                       struct err *e, struct sign_field out[3], size_t *out_n);

void sign_order_pack(struct buf *b, const struct sign_order *o);
bool sign_order_unpack(struct unpack *u, struct sign_order *out);

/* The message's own Authentication-Results fields of that server, joined as an AAR wants them:
 * "authserv_id; a; b; c". Empty: there are none. */
struct slice sign_results_of(struct arena *a, const struct header_list *headers,
                             struct slice authserv_id);

#endif
