/* The charter on listings and appeals, as pure functions: what may be listed, by whose word, for
 * how long, with what effect; when the one who is hit must be heard; who may decide his appeal;
 * what silence leads to. Nothing here keeps state or asks anybody.
 *
 * A report is a claim with a weight, never a verdict: no number of reports lists anything by
 * itself. Harsher acts need people; milder ones (ending a listing, lowering it) anybody of the desk
 * may do at any time, and the clock does them when nobody does.
 */
#ifndef MUSTER_CHARTER_LISTING_H
#define MUSTER_CHARTER_LISTING_H

#include "charter/actor.h"
#include "charter/charter.h"

#define CHARTER_HOUR_US (INT64_C(3600) * 1000000)
#define CHARTER_DAY_US  (24 * CHARTER_HOUR_US)

/* What the claim is. The first two are live harm: listed at once, notice within 24 hours after. */
enum charter_harm { HARM_PHISHING, HARM_MALWARE, HARM_FRAUD, HARM_SPAM, HARM_NO_OPT_OUT, HARMS };

/* What a listing does to mail, from mild to harsh. */
enum charter_effect { EFFECT_NONE, EFFECT_NOTE, EFFECT_TAG, EFFECT_HOLD, EFFECTS };

#define CHARTER_REPLY_US   (3 * CHARTER_DAY_US)  /* to answer before a listing counts */
#define CHARTER_AFTER_US   CHARTER_DAY_US        /* for the notice after live harm was listed */
#define CHARTER_DECIDE_US  (3 * CHARTER_DAY_US)  /* an appeal's clock; then: at most tag */
#define CHARTER_SILENCE_US (14 * CHARTER_DAY_US) /* then: gone */
#define CHARTER_PROOF_US   (7 * CHARTER_DAY_US)  /* to prove control over what is listed */

bool charter_is_live_harm(enum charter_harm h);
/* The longest life of a listing; a network's is shorter, because addresses change hands. */
int64_t charter_listing_most_us(enum charter_harm h, enum charter_basis b);
/* The harshest effect of a listing: holding mail only for live harm, and never by a network or an
 * address that many may share. */
enum charter_effect charter_listing_effect(enum charter_harm h, enum charter_basis b,
                                           enum charter_effect wanted);

struct charter_listing {
    enum charter_harm harm;
    enum charter_basis basis;
    bool is_ipv6;
    int prefix;            /* CHARTER_BY_NETWORK */
    unsigned decider;      /* roles of the person who decides; 0: nobody, the node itself */
    bool is_shared;        /* a place that many unrelated people use (free mail, free hosting) */
    struct slice reason;   /* for the person hit */
    struct slice evidence; /* a code */
    struct slice appeal;   /* where to object */
    int64_t now_us, ends_us;
};
/* NULL: it may be. Else the first rule that it breaks, as a sentence (message id). */
const char *charter_listing_broken(const struct charter_listing *l);
/* When the listing may begin to count: now for live harm, else after the time to reply. */
int64_t charter_listing_from_us(enum charter_harm h, int64_t now_us);

/* ---- reports as claims ---- */

/* What stands behind a claim about one sender or campaign. */
struct charter_claim {
    unsigned sources;    /* independent of each other: one network or organisation counts once */
    unsigned reporters;  /* distinct reporters */
    unsigned kinds;      /* distinct kinds of source: readers, traps, gateway findings, desk */
    double weight;       /* sum of the reporters' weights, capped per network and organisation */
    bool has_consent;    /* a receipt of consent was shown, or wanted-mail reports outweigh */
    bool is_lawful_bulk; /* signed by its author's domain, says who sends, offers a way out */
    enum charter_harm harm;
};
enum charter_claim_next {
    CLAIM_KEEP,       /* keep and count */
    CLAIM_ASK_SENDER, /* ask the sender for proof of consent */
    CLAIM_LOOK,       /* a person should look */
    CLAIM_PROPOSE     /* a person should look at a proposed listing; never more than that */
};
enum charter_claim_next charter_claim_next(const struct charter_claim *c);
/* Weight of one reporter, 0 to 1, from how many of his reports were confirmed and how many were
 * overturned: it grows slowly and falls fast. */
double charter_reporter_weight(unsigned confirmed, unsigned overturned);
/* What the reporters of one network or organisation count together, however many they are. */
double charter_source_weight(double sum);

/* ---- appeals ---- */

struct charter_voter {
    bool is_lister; /* made or confirmed the listing, or owns a case behind it */
    bool is_appellant;
    bool has_voted;
    unsigned roles;
    enum stakeholder stakeholder;
};
/* NULL: may vote. Else why not (message id). */
const char *charter_vote_broken(const struct charter_voter *v);

enum charter_vote { VOTE_END, VOTE_TAG, VOTE_KEEP, VOTES };
/* Votes so far: bits of 1 << enum stakeholder for each answer. */
struct charter_votes {
    unsigned classes[VOTES];
};
/* True when the votes decide, *out_result then says what: two classes that agree. Where they do
 * not, the milder answer that two classes can live with. */
bool charter_votes_decide(const struct charter_votes *v, enum charter_vote *out_result);

/* What the clock says about an appeal that was proven at proven_us and is not decided. */
enum charter_overdue { OVERDUE_NO, OVERDUE_TAG, OVERDUE_GONE };
enum charter_overdue charter_appeal_overdue(int64_t proven_us, int64_t now_us);

const char *charter_harm_name(enum charter_harm h);     /* "phishing" ... */
const char *charter_effect_name(enum charter_effect f); /* "none" "note" "tag" "hold" */
const char *charter_vote_name(enum charter_vote v);     /* "end" "tag" "keep" */

#endif
