/* What may be done to a message, and on which grounds. */
#include "charter/charter.h"

#include "base/lang.h"

enum charter_act charter_limit(enum charter_act wanted, const struct charter_grounds *g,
                               const char **out_why)
{
    const char *why = NULL;
    enum charter_act act = wanted;
    bool has_own_word = g->has_operator_rule || g->has_antivirus_name;

    if (act == CHARTER_DISCARD && !(g->has_operator_rule && g->operator_says_discard)) {
        act = CHARTER_REJECT;
        why = N_("mail is thrown away only by an explicit rule of this site's operator");
    }
    if (act > CHARTER_TAG && g->is_partner_alone && !has_own_word) {
        act = CHARTER_TAG;
        why = N_("what partners say alone never does more than mark a message");
    }
    if (act == CHARTER_REJECT && g->kinds_against < 2 && !has_own_word) {
        act = CHARTER_QUARANTINE;
        why = N_("refusing a message needs reasons of two kinds, and here there is one kind");
    }
    if (out_why)
        *out_why = why;
    return act;
}

double charter_points(double points, bool is_complete)
{
    return is_complete ? points : 0.0;
}

bool charter_prevails(enum charter_voice first, enum charter_act first_act,
                      enum charter_voice second, enum charter_act second_act)
{
    if (first == CHARTER_LOCAL || second == CHARTER_LOCAL)
        return first == CHARTER_LOCAL;
    if (first == CHARTER_NOBODY || second == CHARTER_NOBODY)
        return second == CHARTER_NOBODY;
    return first_act <= second_act;
}
