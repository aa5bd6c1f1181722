/* A finding: one reason, in words, with its points. Points are natural log-odds and always add
 * up to the score. A missing answer is a finding with 0 points and state incomplete. */
#ifndef MUSTER_EVIDENCE_FINDING_H
#define MUSTER_EVIDENCE_FINDING_H

#include "base/arena.h"

enum finding_kind {
    FINDING_AUTH,
    FINDING_NETWORK,
    FINDING_CONTENT,
    FINDING_LINK,
    FINDING_ATTACHMENT,
    FINDING_LIST,
    FINDING_REPUTATION,
    FINDING_USER,
    FINDING_PARTNER,
    FINDING_OPERATOR,
    FINDING_KINDS
};

enum finding_state { FINDING_DONE, FINDING_INCOMPLETE };

/* What a finding says about the class of the mail, besides its points. */
enum finding_hint {
    HINT_MALWARE = 1,
    HINT_PHISHING = 2,
    HINT_SCAM = 4,
    HINT_BULK = 8,
    HINT_TRANSACTIONAL = 16,
    HINT_PERSONAL = 32
};

struct finding {
    const char *name; /* stable, lower case with underscores: "link_text_differs" */
    enum finding_kind kind;
    double points;
    const char *reason;  /* message id of a plain sentence, translatable; may hold one %s */
    struct slice detail; /* foreign bytes that fill the %s; escape before showing */
    const char *source;  /* "muster", "site", the name of a list or partner */
    enum finding_state state;
    unsigned hints; /* of enum finding_hint */
    bool forces;    /* operator's rule, named antivirus signature: may reject alone */
    struct finding *next;
};

struct findings {
    struct arena *arena;
    struct finding *first, *last;
    size_t n;
    double sum; /* of the points */
};

/* Appends a copy of *f (detail must live as long as the arena). Returns it. An incomplete
 * finding gets 0 points, whatever it brings (charter); points are rounded to 0.001, so that what
 * is shown adds up to the score. */
struct finding *finding_add(struct findings *all, const struct finding *f);
const struct finding *finding_find(const struct findings *all, const char *name);
const char *finding_kind_name(enum finding_kind kind);
/* Sorted by absolute points, strongest first, into an array in the arena. */
const struct finding **finding_sorted(const struct findings *all, struct arena *a);

#endif
