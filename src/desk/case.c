/* States of a case. See case.h. */
#include "desk/case.h"

#include "base/lang.h"

static const struct case_clock clocks[CASE_STATES] = {
    [CASE_RECEIVED] = {0, CHARTER_HOUR_US, N_("The desk compares it with other reports."),
                       CASE_OVERDUE},
    [CASE_ROUTED] = {ACTOR_OPERATOR | ACTOR_REVIEWER, 3 * CHARTER_DAY_US,
                     N_("The desk decides whom to tell."), CASE_OVERDUE},
    [CASE_ACTING] = {ACTOR_OPERATOR | ACTOR_REVIEWER, 7 * CHARTER_DAY_US,
                     N_("Somebody at the desk works on it."), CASE_OVERDUE},
    [CASE_WAITING] = {ACTOR_OPERATOR | ACTOR_REVIEWER, 14 * CHARTER_DAY_US,
                      N_("The desk waits for an answer of those who can stop it."), CASE_CLOSED},
    [CASE_OVERDUE] = {ACTOR_STEWARD, 7 * CHARTER_DAY_US,
                      N_("It took too long: a steward looks after it now."), CASE_CLOSED},
    [CASE_CLOSED] = {0, 0, N_("Nothing: the case is closed."), CASE_CLOSED},
};

const struct case_clock *case_clock(enum case_state s)
{
    return &clocks[s];
}

bool case_may_go(enum case_state from, enum case_state to)
{
    static const unsigned next[CASE_STATES] = {
        [CASE_RECEIVED] = 1u << CASE_ROUTED | 1u << CASE_ACTING | 1u << CASE_OVERDUE |
                          1u << CASE_CLOSED,
        [CASE_ROUTED] = 1u << CASE_ACTING | 1u << CASE_WAITING | 1u << CASE_OVERDUE |
                        1u << CASE_CLOSED,
        [CASE_ACTING] = 1u << CASE_ROUTED | 1u << CASE_WAITING | 1u << CASE_OVERDUE |
                        1u << CASE_CLOSED,
        [CASE_WAITING] = 1u << CASE_ACTING | 1u << CASE_OVERDUE | 1u << CASE_CLOSED,
        [CASE_OVERDUE] = 1u << CASE_ACTING | 1u << CASE_WAITING | 1u << CASE_CLOSED,
        [CASE_CLOSED] = 1u << CASE_ACTING,
    };
    return from < CASE_STATES && to < CASE_STATES && (next[from] >> to & 1u);
}

int case_outcome_sign(enum case_outcome o)
{
    switch (o) {
    case OUTCOME_STOPPED:
    case OUTCOME_LISTED:
        return 1;
    case OUTCOME_CONSENT:
    case OUTCOME_NOT_SHOWN:
        return -1;
    default:
        return 0;
    }
}

static const struct {
    const char *name, *words;
} states[CASE_STATES] =
    {
        [CASE_RECEIVED] = {"received", N_("received")},
        [CASE_ROUTED] = {"routed", N_("sorted")},
        [CASE_ACTING] = {"acting", N_("in work")},
        [CASE_WAITING] = {"waiting", N_("waiting for an answer")},
        [CASE_OVERDUE] = {"overdue", N_("overdue")},
        [CASE_CLOSED] = {"closed", N_("closed")},
},
  outcomes[OUTCOMES] = {
      [OUTCOME_NONE] = {"none", N_("There is no outcome yet.")},
      [OUTCOME_STOPPED] = {"stopped", N_("The source was stopped.")},
      [OUTCOME_LISTED] = {"listed", N_("What was used for it is listed here and marks mail.")},
      [OUTCOME_REFERRED] = {"referred", N_("It was handed to those who can act.")},
      [OUTCOME_CONSENT] = {"consent",
                           N_("The sender showed that the recipient had agreed to this mail.")},
      [OUTCOME_NOT_SHOWN] = {"not-shown",
                             N_("The desk looked, and could not show what was reported.")},
      [OUTCOME_NO_ANSWER] = {"no-answer",
                             N_("Those who could stop it did not answer. Your report is kept with "
                                "the others about the same sender.")},
      [OUTCOME_COUNTED] = {"counted", N_("It was counted with the other reports about the same "
                                         "sender; the filter learns from them.")},
      [OUTCOME_WITHDRAWN] = {"withdrawn", N_("The report was withdrawn.")},
};

const char *case_state_name(enum case_state s)
{
    return s >= 0 && s < CASE_STATES ? states[s].name : "?";
}

const char *case_state_words(enum case_state s)
{
    return s >= 0 && s < CASE_STATES ? states[s].words : "?";
}

const char *case_outcome_name(enum case_outcome o)
{
    return o >= 0 && o < OUTCOMES ? outcomes[o].name : "?";
}

const char *case_outcome_words(enum case_outcome o)
{
    return o >= 0 && o < OUTCOMES ? outcomes[o].words : "?";
}

bool case_state_parse(struct slice word, enum case_state *out)
{
    for (int i = 0; i < CASE_STATES; i++) {
        if (slice_eq(word, slice_str(states[i].name))) {
            *out = (enum case_state)i;
            return true;
        }
    }
    return false;
}

bool case_outcome_parse(struct slice word, enum case_outcome *out)
{
    for (int i = 0; i < OUTCOMES; i++) {
        if (slice_eq(word, slice_str(outcomes[i].name))) {
            *out = (enum case_outcome)i;
            return true;
        }
    }
    return false;
}

bool case_harm(enum desk_category c, enum charter_harm *out)
{
    static const int harm[DESK_CATEGORIES] = {
        [DESK_SPAM] = HARM_SPAM,   [DESK_PHISHING] = HARM_PHISHING,  [DESK_MALWARE] = HARM_MALWARE,
        [DESK_FRAUD] = HARM_FRAUD, [DESK_OPT_OUT] = HARM_NO_OPT_OUT, [DESK_NOT_SPAM] = -1,
        [DESK_OTHER] = -1};
    if (c < 0 || c >= DESK_CATEGORIES || harm[c] < 0)
        return false;
    *out = (enum charter_harm)harm[c];
    return true;
}
