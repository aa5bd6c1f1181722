/* Who acts: the roles that a person, a program or the node's own keeper of the machine may have.
 * A role is a right to ask for an act; whether the act is right is charter.h's to say. Keeper
 * alone makes actors, from a session, a token or the peer of the control socket.
 */
#ifndef MUSTER_CHARTER_ACTOR_H
#define MUSTER_CHARTER_ACTOR_H

#include "base/slice.h"

/* Bits. A reader needs none. */
enum actor_role {
    ACTOR_MEMBER = 1,       /* has an account: proposes, follows his cases, own quarantine */
    ACTOR_REVIEWER = 2,     /* reviews resources, measures, translations; works on cases */
    ACTOR_OPERATOR = 4,     /* runs the node: quarantine, lists, learning, listings */
    ACTOR_DOMAIN_ADMIN = 8, /* as operator for the mail of his domains alone */
    ACTOR_AUDITOR = 16,     /* reads everything that operators read, changes nothing */
    ACTOR_STEWARD = 32,     /* gives and takes roles; decides appeals with others */
    ACTOR_ROLES = 6         /* how many bits */
};
#define ACTOR_ALL 63u

/* Which part of the community an actor speaks for: two reviews of different classes make a
 * resource reviewed, and an appeal is decided by two classes. */
enum stakeholder {
    STAKEHOLDER_NONE,
    STAKEHOLDER_USER,       /* people who get mail */
    STAKEHOLDER_OPERATOR,   /* who runs networks and mail servers */
    STAKEHOLDER_SENDER,     /* who sends bulk mail */
    STAKEHOLDER_GOVERNMENT, /* policy makers, regulators, CSIRTs of states */
    STAKEHOLDER_CIVIL,      /* civil society */
    STAKEHOLDER_RESEARCH,   /* research, teaching */
    STAKEHOLDERS
};

struct actor {
    bool is_known;     /* an account, or the local administrator */
    bool is_local;     /* root or the node's own account on this machine: has all roles */
    bool is_token;     /* a program with a token */
    unsigned roles;    /* of enum actor_role */
    unsigned withheld; /* roles that the account has, and that wait for its second factor */
    enum stakeholder stakeholder;
    unsigned char account[16]; /* zeros without an account */
    struct slice name;         /* shown to others; a pseudonym is fine */
    struct slice mailbox;      /* canonical, verified; empty: none */
    const struct slice *domains;
    size_t n_domains; /* of a domain admin */
};

/* True when the actor has any of the roles; needs 0 is for everybody. */
bool actor_may(const struct actor *a, unsigned needs);
/* True when he administers the domain (an operator: any). */
bool actor_has_domain(const struct actor *a, struct slice domain);
/* "domain-admin" and back; NULL and 0 for what is none. */
const char *actor_role_name(enum actor_role r);
unsigned actor_role_of(struct slice name);
const char *stakeholder_name(enum stakeholder s);
/* STAKEHOLDERS for a word that is none. */
enum stakeholder stakeholder_of(struct slice name);

#endif
