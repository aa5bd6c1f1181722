/* The rules of quarantine. See quarantine.h. */
#include "journal/quarantine.h"

#include <string.h>

const char *hold_kind_name(enum hold_kind k)
{
    static const char *const names[HOLD_KINDS] = {"spam", "bulk", "phishing", "malware", "other"};
    return k < HOLD_KINDS ? names[k] : "unknown";
}

const char *hold_state_name(enum hold_state s)
{
    static const char *const names[HOLD_STATES] = {"held",      "released", "refused",
                                                   "delivered", "deleted",  "expired"};
    return s < HOLD_STATES ? names[s] : "unknown";
}

bool hold_needs_object(enum hold_state s)
{
    return s == HOLD_HELD || s == HOLD_RELEASED || s == HOLD_REFUSED;
}

/* From a state by an act to the next state; HOLD_STATES: not a way there is. */
static enum hold_state next_state(enum hold_state s, enum hold_act act)
{
    static const enum hold_state ways[HOLD_ACTS][3] = {
        /*                 from held       released         refused */
        [HOLD_RELEASE] = {HOLD_RELEASED, HOLD_STATES, HOLD_RELEASED},
        [HOLD_REFUSE] = {HOLD_REFUSED, HOLD_STATES, HOLD_STATES},
        [HOLD_DELETE] = {HOLD_DELETED, HOLD_STATES, HOLD_DELETED},
        [HOLD_EXPIRE] = {HOLD_EXPIRED, HOLD_STATES, HOLD_EXPIRED},
        [HOLD_DELIVER] = {HOLD_STATES, HOLD_DELIVERED, HOLD_STATES},
        [HOLD_FAIL] = {HOLD_STATES, HOLD_HELD, HOLD_STATES},
    };
    return s <= HOLD_REFUSED ? ways[act][s] : HOLD_STATES;
}

static int deny(const char **out_why, int code, const char *why)
{
    *out_why = why;
    return code;
}

/* Acts of a person on a hold that is there. */
static int person_may(const struct hold *h, enum hold_act act, const struct hold_actor *who,
                      const char **out_why)
{
    if (who->role == HOLD_BY_OPERATOR)
        return 0;
    if (memcmp(who->person, h->person, sizeof(h->person)) != 0)
        return deny(out_why, ERR_DENIED, "This message was not addressed to you.");
    if (act == HOLD_REFUSE)
        return deny(out_why, ERR_DENIED, "Only an operator can refuse a message.");
    if (act == HOLD_DELETE)
        return 0;
    if (h->state == HOLD_REFUSED)
        return deny(out_why, ERR_DENIED, "An operator decided that this message stays here.");
    if (h->kind != HOLD_OF_SPAM && h->kind != HOLD_OF_BULK)
        return deny(out_why, ERR_DENIED, "Only an operator can release this kind of message.");
    return 0;
}

int hold_decide(const struct hold *h, enum hold_act act, const struct hold_actor *who,
                int64_t now_us, enum hold_state *out_next, const char **out_why)
{
    bool by_person = act == HOLD_RELEASE || act == HOLD_REFUSE || act == HOLD_DELETE;
    if (by_person == (who->role == HOLD_BY_NODE))
        return deny(out_why, ERR_DENIED, "That is not theirs to do.");
    /* Strangers learn nothing about the state. */
    if (by_person) {
        int r = person_may(h, act, who, out_why);
        if (r < 0)
            return r;
    }
    if (!hold_needs_object(h->state))
        return deny(out_why, ERR_NOENT, "This message is no longer here.");
    bool is_over = now_us >= h->expires_us;
    if (act == HOLD_EXPIRE && !is_over)
        return deny(out_why, ERR_DENIED, "Its time is not over.");
    if ((act == HOLD_RELEASE || act == HOLD_REFUSE) && is_over)
        return deny(out_why, ERR_NOENT, "The time to act on this message is over.");
    enum hold_state next = next_state(h->state, act);
    if (next == HOLD_STATES)
        return deny(out_why, ERR_EXISTS,
                    h->state == HOLD_RELEASED  ? "This message is released already."
                    : h->state == HOLD_REFUSED ? "This message is refused already."
                                               : "This message was not released.");
    *out_next = next;
    return 0;
}
