/* The verdict: findings weighed into a score, a calibrated probability, a class, and an action
 * per recipient under policy (design section 1) and charter. */
#ifndef MUSTER_VERDICT_VERDICT_H
#define MUSTER_VERDICT_VERDICT_H

#include "evidence/finding.h"
#include "mail/envelope.h"
#include "verdict/choice.h"

enum side { SIDE_HAM, SIDE_UNSURE, SIDE_SPAM };

struct rcpt_verdict {
    struct slice rcpt;
    enum side side;
    enum action action;
    double score;           /* the message's, with the recipient's own lists */
    const char *limited_by; /* why a harsher action was not taken (message id), or NULL */
    struct slice rule;      /* which policy block decided ("site", "user ann@example.org" ...) */
};

struct verdict {
    enum side side;     /* the site's */
    double score;       /* sum of all points */
    double probability; /* calibrated */
    enum mail_class class;
    enum action action; /* the site's */
    const char *limited_by;
    struct slice appeal;       /* where to object */
    double tag, reject;        /* the site's thresholds that were applied */
    struct rcpt_verdict *rcpt; /* one per recipient of the envelope */
    size_t n_rcpt;
    const struct finding *main_reason; /* NULL when nothing was found */
    bool is_incomplete;
};

const char *side_name(enum side s);        /* "spam" "unsure" "ham" */
const char *class_name(enum mail_class c); /* "unsolicited bulk" ... */

/* Probability that a message with this score is unwanted: monotone (see calibrate.c). */
double verdict_probability(double score);
/* The class alone. */
enum mail_class verdict_class(const struct findings *all, enum side side);

/* The sender, and what each recipient chose for himself. */
struct verdict_people {
    const struct policy_sender *sender;  /* for recipients' own lists; may be NULL */
    const struct choice *const *choices; /* one per recipient, NULL for none; or NULL */
    int64_t now_us;
};
/* Decides. Everything lies in the findings' arena. The site's lists are findings already
 * (policy_lists, choice_lists). policy NULL: defaults. */
void verdict_make(const struct findings *all, const struct envelope *env,
                  const struct policy *policy, const struct verdict_people *people,
                  struct verdict *out);

#endif
