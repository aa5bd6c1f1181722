/* Ambiguities and oddities of a message: what another mail program may read otherwise, what
 * breaks a rule, which limit was hit. One table (anomaly_table.h) names them all; a message
 * carries a count per kind and the first place where each was seen. */
#ifndef MUSTER_MAIL_ANOMALY_H
#define MUSTER_MAIL_ANOMALY_H

#include "base/arena.h"

#define ANOMALY(name, weight, words) ANOMALY_##name,
enum anomaly_kind {
#include "mail/anomaly_table.h"
    ANOMALY_KINDS
};
#undef ANOMALY

enum anomaly_weight {
    ANOMALY_NOTE,      /* common in honest mail; a fact, no more */
    ANOMALY_ODD,       /* against a rule, seen in sloppy honest mail */
    ANOMALY_AMBIGUOUS, /* mail programs differ on what the message says */
    ANOMALY_LIMIT      /* a limit was hit: the reading is incomplete */
};

struct anomaly_info {
    const char *name; /* "content_type_twice" */
    enum anomaly_weight weight;
    const char *words; /* one plain English sentence, translatable */
};

struct anomaly {
    uint32_t count;
    uint32_t part;       /* index of the part where it was first seen */
    struct slice detail; /* foreign bytes; escape before showing */
};

/* Lives in the message; zeroed is empty. */
struct anomalies {
    struct anomaly of[ANOMALY_KINDS];
};

void anomaly_add(struct anomalies *all, enum anomaly_kind kind, uint32_t part, struct slice detail);
const struct anomaly_info *anomaly_info(enum anomaly_kind kind);
static inline bool anomaly_has(const struct anomalies *all, enum anomaly_kind kind)
{
    return all->of[kind].count != 0;
}

#endif
