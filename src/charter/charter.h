/* The openness charter as pure functions. Every act on mail or on a person passes through here,
 * whoever wants it: a score, a rule, a partner, an operator. Nothing here reads mail, keeps state
 * or asks anybody; the same input gives the same answer on every node, and tests/charter/ holds
 * the cases in words.
 *
 * The rules: a partner's claim alone never goes above tag. A refusal by score needs reasons of
 * two kinds; an operator's explicit rule or a named antivirus signature suffices alone. Mail is
 * discarded only by an operator's explicit rule. No collective guilt: nobody is judged by a
 * network wider than /24 or /48, a provider, a country, a language or a script. Every act has a
 * reason, evidence, an end and a way to object. Local choice is final. An answer that is
 * missing never makes a verdict harsher.
 */
#ifndef MUSTER_CHARTER_CHARTER_H
#define MUSTER_CHARTER_CHARTER_H

#include "base/slice.h"

/* From mild to harsh; verdict/policy.h has the same order. */
enum charter_act {
    CHARTER_ACCEPT,
    CHARTER_TAG,
    CHARTER_GREYLIST,
    CHARTER_DEFER,
    CHARTER_QUARANTINE,
    CHARTER_REJECT,
    CHARTER_DISCARD,
    CHARTER_ACTS
};

/* A kind of reason counts only when its points against the message come to this much (natural
 * log-odds), so that a trifle is no second reason. */
#define CHARTER_KIND_POINTS 0.7

/* What an act would stand on. */
struct charter_grounds {
    unsigned kinds_against;     /* kinds of findings that count against the message */
    bool has_operator_rule;     /* an explicit rule or list of this site's operator hit */
    bool operator_says_discard; /* that rule names "discard" as its action */
    bool has_antivirus_name;    /* a named antivirus signature hit */
    bool is_partner_alone;      /* without what partners say it would not even be tagged */
};

/* The harshest act that the charter allows, at most `wanted`. *out_why (may be NULL) receives a
 * plain sentence (message id) when it is milder than wanted, else NULL. */
enum charter_act charter_limit(enum charter_act wanted, const struct charter_grounds *g,
                               const char **out_why);

/* Points of a finding: what is incomplete counts nothing, whatever it would have said. */
double charter_points(double points, bool is_complete);

/* What a judgement may be bound to. */
enum charter_basis {
    CHARTER_BY_MESSAGE,
    CHARTER_BY_LINK,
    CHARTER_BY_ADDRESS,
    CHARTER_BY_DOMAIN,
    CHARTER_BY_NETWORK, /* see charter_network_ok for its width */
    CHARTER_BY_PROVIDER /* an autonomous system, a mail or hosting provider as such */,
    CHARTER_BY_COUNTRY,
    CHARTER_BY_LANGUAGE,
    CHARTER_BY_SCRIPT,
    CHARTER_BASES
};

/* Longest life of an operator's explicit override of the rule against collective guilt. */
#define CHARTER_OVERRIDE_US (7LL * 24 * 3600 * 1000000)

/* True when points may be given on this basis. */
bool charter_basis_ok(enum charter_basis b);
/* True when a network of that prefix length is narrow enough: /24 to /32, /48 to /128. */
bool charter_network_ok(bool is_ipv6, int prefix);
/* An operator may override the rule above for his own site when he says so, it is logged and it
 * ends within CHARTER_OVERRIDE_US. */
bool charter_override_ok(bool is_explicit, bool is_logged, int64_t now_us, int64_t ends_us);

/* What must stand behind every act. */
struct charter_duties {
    struct slice reason;   /* readable by the person hit */
    struct slice evidence; /* a code under which the evidence is found */
    struct slice appeal;   /* where to object, without an account */
    int64_t now_us, ends_us;
};

/* NULL when all is there, else what is missing: "reason", "evidence", "appeal", "end". */
const char *charter_missing(const struct charter_duties *d);

enum charter_voice { CHARTER_NOBODY, CHARTER_PARTNER, CHARTER_COMMONS, CHARTER_LOCAL };
/* Whose word stands when two disagree: the local one against any, else the milder act. Returns
 * true when the first prevails. */
bool charter_prevails(enum charter_voice first, enum charter_act first_act,
                      enum charter_voice second, enum charter_act second_act);

#endif
