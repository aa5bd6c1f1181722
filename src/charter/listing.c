/* Listings and appeals. See listing.h. */
#include "charter/listing.h"

#include "base/lang.h"

#include <math.h>

bool charter_is_live_harm(enum charter_harm h)
{
    return h == HARM_PHISHING || h == HARM_MALWARE;
}

int64_t charter_listing_most_us(enum charter_harm h, enum charter_basis b)
{
    if (b == CHARTER_BY_NETWORK || b == CHARTER_BY_ADDRESS)
        return 7 * CHARTER_DAY_US;
    return charter_is_live_harm(h) ? 14 * CHARTER_DAY_US : 30 * CHARTER_DAY_US;
}

enum charter_effect charter_listing_effect(enum charter_harm h, enum charter_basis b,
                                           enum charter_effect wanted)
{
    bool may_hold = charter_is_live_harm(h) && (b == CHARTER_BY_LINK || b == CHARTER_BY_DOMAIN);
    if (wanted == EFFECT_HOLD && !may_hold)
        return EFFECT_TAG;
    return wanted;
}

const char *charter_listing_broken(const struct charter_listing *l)
{
    if (!charter_basis_ok(l->basis) || l->basis == CHARTER_BY_MESSAGE)
        return N_("a listing names a domain, a link, an address or a narrow network");
    if (l->basis == CHARTER_BY_NETWORK && !charter_network_ok(l->is_ipv6, l->prefix))
        return N_("no network wider than /24 or /48 is listed");
    if (l->is_shared && (l->basis == CHARTER_BY_DOMAIN || l->basis == CHARTER_BY_NETWORK))
        return N_("many unrelated people use this place: list the link or the address instead");
    if (!(l->decider & (ACTOR_OPERATOR | ACTOR_REVIEWER | ACTOR_STEWARD)))
        return N_("a listing is decided by a person of the desk, never by a count of reports");
    struct charter_duties d = {.reason = l->reason,
                               .evidence = l->evidence,
                               .appeal = l->appeal,
                               .now_us = l->now_us,
                               .ends_us = l->ends_us};
    const char *missing = charter_missing(&d);
    if (missing == NULL)
        return l->ends_us - l->now_us > charter_listing_most_us(l->harm, l->basis)
                   ? N_("this listing would live longer than the charter allows")
                   : NULL;
    if (missing[0] == 'r')
        return N_("a listing needs a reason that the person hit can read");
    if (missing[0] == 'a')
        return N_("a listing needs a way to object");
    return missing[1] == 'v' ? N_("a listing needs evidence") : N_("a listing needs an end");
}

int64_t charter_listing_from_us(enum charter_harm h, int64_t now_us)
{
    return charter_is_live_harm(h) ? now_us : now_us + CHARTER_REPLY_US;
}

/* ---- reports as claims ---- */

enum charter_claim_next charter_claim_next(const struct charter_claim *c)
{
    if (c->has_consent)
        return CLAIM_KEEP;
    if (c->is_lawful_bulk && !charter_is_live_harm(c->harm))
        return c->reporters >= 2 ? CLAIM_ASK_SENDER : CLAIM_KEEP;
    if (charter_is_live_harm(c->harm))
        return c->sources >= 2 && c->kinds >= 2 ? CLAIM_PROPOSE : CLAIM_LOOK;
    if (c->sources >= 3 && c->kinds >= 2 && c->weight >= 2.0)
        return CLAIM_PROPOSE;
    return c->sources >= 2 && c->weight >= 0.5 ? CLAIM_LOOK : CLAIM_KEEP;
}

double charter_reporter_weight(unsigned confirmed, unsigned overturned)
{
    return (confirmed + 1.0) / (confirmed + 4.0 * overturned + 4.0);
}

double charter_source_weight(double sum)
{
    return fmin(log2(1.0 + fmax(sum, 0.0)), 1.5);
}

/* ---- appeals ---- */

const char *charter_vote_broken(const struct charter_voter *v)
{
    if (!(v->roles & (ACTOR_REVIEWER | ACTOR_OPERATOR | ACTOR_STEWARD)))
        return N_("appeals are decided by reviewers, operators and stewards");
    if (v->is_lister)
        return N_("who took part in the listing does not decide about it");
    if (v->is_appellant)
        return N_("nobody decides his own appeal");
    if (v->has_voted)
        return N_("you have voted on this appeal already");
    if (v->stakeholder <= STAKEHOLDER_NONE || v->stakeholder >= STAKEHOLDERS)
        return N_("say first which part of the community you speak for");
    return NULL;
}

static unsigned count_bits(unsigned v)
{
    unsigned n = 0;
    for (; v; v &= v - 1)
        n++;
    return n;
}

bool charter_votes_decide(const struct charter_votes *v, enum charter_vote *out_result)
{
    /* Who wants it gone can live with a mark; who wants it kept, too: the milder one that two
     * classes support stands. */
    unsigned end = v->classes[VOTE_END], tag = end | v->classes[VOTE_TAG];
    unsigned keep = v->classes[VOTE_KEEP], all = tag | keep;
    if (count_bits(end) >= 2)
        *out_result = VOTE_END;
    else if (count_bits(tag) >= 2 || (end && keep && count_bits(all) >= 3))
        *out_result = VOTE_TAG;
    else if (count_bits(keep) >= 2 && tag == 0)
        *out_result = VOTE_KEEP;
    else if (count_bits(keep) >= 3)
        *out_result = VOTE_KEEP;
    else
        return false;
    return true;
}

enum charter_overdue charter_appeal_overdue(int64_t proven_us, int64_t now_us)
{
    if (proven_us <= 0 || now_us - proven_us < CHARTER_DECIDE_US)
        return OVERDUE_NO;
    return now_us - proven_us < CHARTER_SILENCE_US ? OVERDUE_TAG : OVERDUE_GONE;
}

/* ---- words ---- */

const char *charter_harm_name(enum charter_harm h)
{
    static const char *const names[HARMS] = {"phishing", "malware", "fraud", "spam", "no-opt-out"};
    return h >= 0 && h < HARMS ? names[h] : "?";
}

const char *charter_effect_name(enum charter_effect f)
{
    static const char *const names[EFFECTS] = {"none", "note", "tag", "hold"};
    return f >= 0 && f < EFFECTS ? names[f] : "?";
}

const char *charter_vote_name(enum charter_vote v)
{
    static const char *const names[VOTES] = {"end", "tag", "keep"};
    return v >= 0 && v < VOTES ? names[v] : "?";
}
