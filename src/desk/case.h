/* A case: what becomes of one report. Pure: states, owners, clocks, steps.
 *
 *   received -> routed -> acting -> waiting -> closed
 *        every step may also lead straight to closed; closed opens again on new facts
 *
 * Each state has an owner (a role, not a person), a next step and a clock; when the clock runs out
 * the case moves by itself: it goes to a steward, or is closed with the honest word "no answer".
 * A case is never without one of these.
 */
#ifndef MUSTER_DESK_CASE_H
#define MUSTER_DESK_CASE_H

#include "charter/listing.h"
#include "desk/report.h"

enum case_state {
    CASE_RECEIVED, /* taken in, not looked at by anything yet */
    CASE_ROUTED,   /* grouped and routed; notices are drafted or sent */
    CASE_ACTING,   /* somebody works on it */
    CASE_WAITING,  /* for an answer from outside */
    CASE_OVERDUE,  /* nobody did the next step in time: a steward's now */
    CASE_CLOSED,
    CASE_STATES
};

enum case_outcome {
    OUTCOME_NONE,
    OUTCOME_STOPPED,   /* the source was stopped or cleaned */
    OUTCOME_LISTED,    /* what was used for it is listed here */
    OUTCOME_REFERRED,  /* handed to who can act; they answer the reporter or nobody */
    OUTCOME_CONSENT,   /* the sender showed that the reporter had agreed */
    OUTCOME_NOT_SHOWN, /* looked at; what was reported could not be shown */
    OUTCOME_NO_ANSWER, /* who could act did not answer */
    OUTCOME_COUNTED,   /* counted for the statistics and the filter, no more could be done */
    OUTCOME_WITHDRAWN, /* by the reporter */
    OUTCOMES
};

struct case_clock {
    unsigned owner;     /* roles; 0: the node itself */
    int64_t us;         /* from the change; 0: none */
    const char *next;   /* the next step, for the reporter (message id) */
    enum case_state to; /* when the clock runs out */
};
const struct case_clock *case_clock(enum case_state s);
/* May a case go from one state to the other? */
bool case_may_go(enum case_state from, enum case_state to);
/* Does this outcome speak for the report (confirmed), against it, or neither: 1, -1, 0. */
int case_outcome_sign(enum case_outcome o);

const char *case_state_name(enum case_state s);
const char *case_state_words(enum case_state s); /* message id */
const char *case_outcome_name(enum case_outcome o);
const char *case_outcome_words(enum case_outcome o); /* message id */
bool case_state_parse(struct slice word, enum case_state *out);
bool case_outcome_parse(struct slice word, enum case_outcome *out);
/* Which harm a report's category claims; false: none (not spam, other). */
bool case_harm(enum desk_category c, enum charter_harm *out);

#endif
