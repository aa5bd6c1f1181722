/* What this site signs: sections `sign` of the configuration, and what they mean for a message.
 *
 *     sign "example.org" { selector = r2026, e2026  key = /etc/muster/r2026.pem, ... }
 *     arc { seal_as = example.org }
 *
 * Only mail of our own people is signed (they logged in, or came from own_networks), and only
 * for domains that have a section; what comes in from outside is never signed, though it may be
 * sealed (ARC). The private keys are no business of this file: orders go to the signer.
 */
#ifndef MUSTER_AUTH_SIGNING_H
#define MUSTER_AUTH_SIGNING_H

#include "auth/auth.h"
#include "auth/sign.h"

#define SIGN_SELECTORS 8 /* keys of one domain that sign at the same time */

enum sign_failure { SIGN_FAILURE_DEFER, SIGN_FAILURE_SEND };
enum arc_when { ARC_FORWARDED, ARC_INBOUND };

/* One `sign "DOMAIN"` section. */
struct sign_domain {
    struct conf_list selector, key; /* as many of one as of the other */
    bool subdomains;
    int canon; /* relaxed/relaxed, relaxed/simple, simple/relaxed, simple/simple */
    int64_t expires;
    struct conf_list names, oversign;
    struct slice domain; /* no setting: the section's name */
};

struct signing {
    struct sign_domain **domain;
    size_t n;
    const struct sign_domain *seal; /* NULL: nothing is sealed */
    int seal_when;                  /* enum arc_when */
    int on_failure;                 /* enum sign_failure */
    int64_t per_minute;
    int64_t line_limit;
};

/* Ends with name = NULL. */
extern const struct conf_section SIGNING_SECTIONS[];

/* Reads the sections; lives in the configuration's arena. ERR_PARSE: selectors and keys differ in
 * number, or arc.seal_as names no domain that signs. */
MUST_USE int signing_compile(const struct conf *c, struct err *e, struct signing **out);
/* The section for mail of this author domain, or NULL. */
const struct sign_domain *signing_for(const struct signing *s, struct slice domain);

struct sign_plan {
    struct sign_order *order; /* in the arena of the message */
    size_t n;
};

/* True when the message is one that our people send. */
bool signing_is_ours(const struct message *m, const struct envelope *env,
                     const struct auth_settings *settings);
/* The DKIM orders for a message of ours; none when its domain is not signed for. Error: it
 * should be signed and cannot be. now: Unix seconds. */
MUST_USE int signing_plan(const struct signing *s, struct message *m, bool is_cut, int64_t now,
                          struct err *e, struct sign_plan *out);
/* True when this message from outside is to be sealed: domains are the site's own. */
bool signing_seals(const struct signing *s, const struct envelope *env,
                   const struct conf_list *domains);

#endif
