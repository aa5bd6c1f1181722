/* SPF (RFC 7208 with its errata): may this client send in the name of this domain?
 *
 * Replayed as all of auth (see ask/ask.h). While one look-up waits, later terms are asked ahead,
 * as far as they could still be reached, so that rounds stay few. Limits of section 4.6.4: 10
 * terms that ask, 2 void answers, 10 names of an MX or PTR answer.
 */
#ifndef MUSTER_AUTH_SPF_H
#define MUSTER_AUTH_SPF_H

#include "ask/ask.h"
#include "auth/result.h"
#include "base/buf.h"

#define SPF_LOOKUPS 10
#define SPF_VOIDS   2

struct spf_in {
    struct arena *arena;
    struct slice client_ip; /* text; IPv4-mapped counts as IPv4 */
    struct slice sender;    /* MAIL FROM without brackets; empty: postmaster@helo */
    struct slice helo;
    struct slice domain;   /* the domain to check; empty: the sender's */
    struct slice receiver; /* our name, for %{r}; empty: "unknown" */
    int64_t now;           /* Unix seconds, for %{t} */
    bool want_explanation; /* follow exp= when it fails */
    bool want_trace;
};

/* One term that was looked at, in order, for people. */
struct spf_step {
    unsigned depth;      /* 0: the domain's own record */
    struct slice domain; /* whose record it stands in */
    struct slice term;   /* as written; empty: the record as a whole */
    struct slice target; /* what was asked for; may be empty */
    unsigned lookups;    /* counted so far, this one included */
    bool is_match;
    const char *note; /* ours: "no such name", "9 addresses"; may be NULL */
    struct spf_step *next;
};

struct spf_result {
    enum auth_value value;
    const char *reason;       /* ours; never NULL once done */
    struct slice domain;      /* that was checked */
    struct slice identity;    /* sender or HELO, as checked */
    struct slice mechanism;   /* the term that decided, as written; empty: none */
    struct slice explanation; /* printable ASCII; empty: none */
    unsigned lookups, voids;
    bool is_incomplete; /* temperror because an answer is missing */
    struct spf_step *steps;
};

/* true: done. */
bool spf_check(const struct spf_in *in, struct ask *q, struct spf_result *out);
/* The value of a Received-SPF field (section 9.1), to be folded by the caller. */
void spf_received(const struct spf_in *in, const struct spf_result *r, const char *identity,
                  struct buf *out);

#endif
