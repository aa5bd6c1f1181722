/* When a text counts as reviewed, and who may speak in whose name. Pure; see charter.h. */
#ifndef MUSTER_CHARTER_REVIEW_H
#define MUSTER_CHARTER_REVIEW_H

#include "charter/actor.h"

struct charter_review {
    unsigned char actor[16];
    enum stakeholder stakeholder;
    bool is_for; /* else an objection */
};

/* True when at least two people of different stakeholder classes are for it, none of them the
 * one who proposed it (zeros: a stranger, who cannot review), and those for it are more by two
 * than those against. Nobody counts twice; who speaks for no class counts as an objection only. */
bool charter_reviewed(const struct charter_review *reviews, size_t n,
                      const unsigned char proposer[16]);

enum charter_speaks { CHARTER_PERSON, CHARTER_ORGANISATION, CHARTER_AGREED };
/* In whose name a text may be shown: an organisation's only when the account has proved it, what
 * was agreed only when a process of this site says so; else it is the person's own. */
enum charter_speaks charter_speaks_as(enum charter_speaks claimed, bool has_proof,
                                      bool is_by_process);

#endif
