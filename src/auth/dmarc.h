/* DMARC (RFC 9989): does what SPF and DKIM prove stand for the domain that people see?
 *
 * Replayed as all of auth. The organisational domain comes from a walk up the DNS; in old mode
 * (RFC 7489) from the public suffix list. A message may show several author domains, because it
 * has several addresses or because mail programs read its From differently: each is evaluated,
 * and the message passes only when all do.
 *
 * Where the RFC leaves room: two records at one name are both discarded and the walk goes on, so
 * that the parent's record applies (4.10 step 2 as written). A tag that stands twice spoils its
 * record. A bad sp or np counts as missing. No valid p: p=none when rua names a URI, else there is
 * no policy, though psd still counts for the walk.
 */
#ifndef MUSTER_AUTH_DMARC_H
#define MUSTER_AUTH_DMARC_H

#include "ask/ask.h"
#include "auth/result.h"
#include "auth/settings.h"
#include "auth/spf.h"
#include "mail/message.h"

#define DMARC_QUERIES 8 /* of one walk */
#define DMARC_AUTHORS 8 /* author domains of one message */

/* True for "v=DMARC1" and the end or ";". */
bool dmarc_is_record(struct slice txt);
/* Reads one record; false: not a valid one (it counts as not there). *out is filled with
 * defaults. Linear. */
bool dmarc_record_parse(struct slice txt, struct dmarc_record *out);

enum dmarc_found {
    DMARC_FOUND_NOTHING,
    DMARC_FOUND_RECORD,
    DMARC_FOUND_SEVERAL, /* all discarded */
    DMARC_FOUND_BAD,     /* one that is not valid */
    DMARC_FOUND_MISSING  /* no answer */
};

/* One step of a walk, from the domain itself upwards. */
struct dmarc_step {
    struct slice domain;
    enum dmarc_found found;
    struct dmarc_record record;
};

struct dmarc_walk {
    struct dmarc_step step[DMARC_QUERIES];
    size_t n;
    bool is_incomplete; /* a step is missing: org is not known */
    struct slice org;   /* organisational domain; the domain itself when no record was found */
    const struct dmarc_step *policy; /* whose record applies to the domain; NULL: none */
};

/* Walks up from a domain (folded: lower case A-labels). false: answers are missing yet; all
 * questions of the walk go out in one round. */
bool dmarc_walk(struct arena *a, struct ask *q, struct slice domain, struct dmarc_walk *out);
/* The same by the public suffix list: at most two questions. */
bool dmarc_by_list(struct arena *a, struct ask *q, struct slice domain, struct dmarc_walk *out);

/* The author domains that a mail program may show, each once, folded. A domain that DNS cannot
 * carry comes as it stands, with is_bad. */
struct dmarc_author {
    struct slice domain;
    bool is_bad;
    const char *reading; /* ours: how a program comes to show it; NULL: by the grammar */
    struct dmarc_author *next;
};
struct dmarc_authors {
    struct dmarc_author *first;
    size_t n;
    bool is_cut; /* there are more than DMARC_AUTHORS */
};
void dmarc_authors(struct arena *a, const struct message *m, struct dmarc_authors *out);

struct dmarc_in {
    struct arena *arena;
    const struct dmarc_authors *authors;
    const struct auth_settings *settings;
    const struct spf_result *spf; /* of MAIL FROM; NULL: not checked */
    const struct dkim_results *dkim;
    const struct arc_result *arc;
    struct slice forwarder; /* trusted one that was looked behind; empty: none */
};
/* true: done. The parts that it is given may still be waiting: then it only asks ahead (is_ready
 * false) and says false. */
bool dmarc_check(const struct dmarc_in *in, bool is_ready, struct ask *q, struct dmarc_result *out);

/* May reports about `domain` go to `target` (RFC 9990 section 4: a record at
 * DOMAIN._report._dmarc.TARGET)? Not needed within one organisation. false: waits. */
bool dmarc_report_allowed(struct arena *a, struct ask *q, struct slice domain, struct slice target,
                          bool *out_allowed);

#endif
