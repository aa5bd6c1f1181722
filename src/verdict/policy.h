/* Policy: thresholds, actions and lists; site < domain < group < user. The unnamed `policy`
 * section is the site's; named ones say only what differs:
 *
 *   policy { tag = 5.0  reject = 12.0  phishing = quarantine }
 *   policy "@example.org" { tag = 4.0 }
 *   policy "sales" { members = ann@example.org, bob@example.org  reject = 15.0 }
 *   policy "ann@example.org" { allow = newsletter.example }
 */
#ifndef MUSTER_VERDICT_POLICY_H
#define MUSTER_VERDICT_POLICY_H

#include "base/conf.h"
#include "evidence/finding.h"
#include "mail/envelope.h"

/* From mild to harsh, as in charter/charter.h. */
enum action {
    ACTION_ACCEPT,
    ACTION_TAG,
    ACTION_GREYLIST,
    ACTION_DEFER,
    ACTION_QUARANTINE,
    ACTION_REJECT,
    ACTION_DISCARD,
    ACTIONS
};

enum mail_class {
    CLASS_MALWARE,
    CLASS_PHISHING,
    CLASS_SCAM,
    CLASS_UNSOLICITED,
    CLASS_BULK,
    CLASS_TRANSACTIONAL,
    CLASS_PERSONAL,
    CLASS_OTHER,
    CLASSES
};

const char *action_name(enum action a);

/* The "policy" sections of the configuration (top one unnamed, further ones named by address,
 * "@domain" or group). */
extern const struct conf_section POLICY_SECTIONS[];

struct policy;
/* Compiles the policy blocks of a configuration; lives in the configuration's arena. Fails when
 * thresholds stand in the wrong order, a list holds a word that is no address, domain or
 * network, or a listed network is wider than the charter allows. */
MUST_USE int policy_compile(const struct conf *c, struct err *e, struct policy **out);

/* What holds for one recipient (empty: the site). Filled from all blocks that apply. */
struct policy_view {
    double unsure, tag, greylist, quarantine, reject; /* thresholds; greylist, quarantine: 0 off */
    int by_class[CLASSES]; /* an enum action for spam of that class, -1: by score */
    enum action on_block;  /* quarantine, reject or discard */
    struct slice appeal;   /* address for objections */
    double own_points;     /* how far the recipient's own choice may move tag and quarantine */
    bool own_lists;        /* whether lists of his own count */
    struct slice rule;     /* which block decided: "site", "user ann@example.org" */
    bool is_site;          /* no block of its own */
};
/* policy NULL: the defaults. The rule's text lies in the arena. */
void policy_view(const struct policy *p, struct arena *a, struct slice rcpt,
                 struct policy_view *out);

/* Who a message is from, for lists. */
struct policy_sender {
    struct slice *addresses; /* From, Sender, MAIL FROM: "local@domain" */
    size_t n;
    struct slice *proven; /* domains that authentication has proven */
    size_t n_proven;
    struct slice client_ip;
    bool is_refuted; /* DMARC fails without excuse: names alone help nobody */
};
/* Looks the sender up in the allow and block lists of the site (rcpt empty) or in those that the
 * recipient's own blocks add; adds operator (site) or user findings to `all`. A block entry
 * forces; an allow entry that is not proven counts little, because anyone can write a name. */
void policy_lists(const struct policy *p, struct slice rcpt, const struct policy_sender *s,
                  struct findings *all);

#endif
