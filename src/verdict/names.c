/* The words for sides, classes and actions, as they stand in answers and settings. */
#include "verdict/verdict.h"

#include "charter/charter.h"

_Static_assert((int)ACTION_TAG == (int)CHARTER_TAG, "same order as the charter");
_Static_assert((int)ACTION_QUARANTINE == (int)CHARTER_QUARANTINE, "same order as the charter");
_Static_assert((int)ACTION_DISCARD == (int)CHARTER_DISCARD, "same order as the charter");

const char *action_name(enum action a)
{
    static const char *const names[ACTIONS] = {"accept",     "tag",    "greylist", "defer",
                                               "quarantine", "reject", "discard"};
    return a < ACTIONS ? names[a] : "?";
}

const char *side_name(enum side s)
{
    static const char *const names[] = {"ham", "unsure", "spam"};
    return s <= SIDE_SPAM ? names[s] : "?";
}

const char *class_name(enum mail_class c)
{
    static const char *const names[CLASSES] = {"malware",          "phishing", "scam",
                                               "unsolicited bulk", "bulk",     "transactional",
                                               "personal",         "other"};
    return c < CLASSES ? names[c] : "?";
}
