/* The verdict: findings weighed into a score, a calibrated probability, a class, and an action
 * per recipient under policy (design section 1). */
#ifndef MUSTER_VERDICT_VERDICT_H
#define MUSTER_VERDICT_VERDICT_H

#include "evidence/finding.h"
#include "mail/envelope.h"
#include "verdict/policy.h"

enum side { SIDE_HAM, SIDE_UNSURE, SIDE_SPAM };
enum mail_class {
    CLASS_MALWARE, CLASS_PHISHING, CLASS_SCAM, CLASS_UNSOLICITED, CLASS_BULK,
    CLASS_TRANSACTIONAL, CLASS_PERSONAL, CLASS_OTHER, CLASSES
};

struct rcpt_verdict {
    struct slice rcpt;
    enum side side;
    enum action action;
    const char *limited_by; /* why a harsher action was not taken, or NULL */
    struct slice rule;      /* which policy block decided ("site", "domain example.org" ...) */
};

struct verdict {
    enum side side;      /* the site's */
    double score;        /* sum of all points */
    double probability;  /* calibrated */
    enum mail_class class;
    enum action action;  /* the site's */
    const char *limited_by;
    struct rcpt_verdict *rcpt; /* one per recipient of the envelope */
    size_t n_rcpt;
    const struct finding *main_reason;
    bool is_incomplete;
};

const char *side_name(enum side s);       /* "spam" "unsure" "ham" */
const char *class_name(enum mail_class c); /* "unsolicited bulk" ... */

/* Decides. Everything lies in the findings' arena. */
void verdict_make(const struct findings *all, const struct envelope *env,
                  const struct policy *policy, struct verdict *out);

#endif
