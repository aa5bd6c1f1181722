/* Where a change of DKIM keys stands, as a pure function of what is known. */
#ifndef MUSTER_CLI_DKIM_ROTATION_H
#define MUSTER_CLI_DKIM_ROTATION_H

#include <stddef.h>
#include <stdint.h>

enum rotation_kind {
    ROTATION_PUBLISH, /* new records are to be published, or are spreading */
    ROTATION_SWITCH,  /* the configuration may name the new keys now */
    ROTATION_MIXED,   /* it names some of both */
    ROTATION_KEEP,    /* the old records must stay */
    ROTATION_REVOKE   /* the old records may be emptied */
};

struct rotation {
    int64_t since_s;    /* when the new keys were made */
    int64_t switched_s; /* when the configuration was first seen with them; 0: not yet */
    size_t n_new, new_in_use, old_in_use;
    size_t n_unseen; /* of the new records, those that the DNS does not have */
    int64_t wait_s, keep_s;
};

struct rotation_stage {
    enum rotation_kind stage;
    int64_t next_s; /* when the next step may be done; 0: now */
};

struct rotation_stage rotation_look(const struct rotation *r, int64_t now_s);
const char *rotation_name(enum rotation_kind k);

#endif
