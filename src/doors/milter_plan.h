/* From a verdict to the one answer that a milter transaction has.
 *
 * Recipients may differ, the answer cannot: the mildest action decides it, and recipients with a
 * harsher one are taken out after a copy of the message is safe in quarantine. One recipient to
 * defer defers all (nothing is lost, nothing is done twice); greylisting gives way when another
 * recipient gets the message now. Discard alone takes a recipient out without a copy, because
 * only an operator's explicit rule says so.
 */
#ifndef MUSTER_DOORS_MILTER_PLAN_H
#define MUSTER_DOORS_MILTER_PLAN_H

#include "doors/milter.h"
#include "verdict/verdict.h"

struct milter_rules {
    bool is_shadow;    /* never act: every message goes on */
    bool adds_headers; /* also in shadow mode when that is asked for */
    bool holds;        /* quarantine means the MTA's hold queue when all recipients agree */
    bool may_drop;     /* the MTA lets us take recipients out */
    bool may_hold;     /* the MTA has a hold queue for us */
};

struct milter_plan {
    enum milter_act act;
    const char *code, *text; /* for REJECT, TEMPFAIL and HOLD */
    size_t *drop, n_drop;    /* recipients to take out */
    size_t *copy, n_copy;    /* recipients whose copy must be safe first */
    bool is_softened;        /* harsher recipients get it: the MTA takes no recipients out */
};

/* The arrays are allocated; give them back with milter_plan_fini. */
void milter_plan_make(const struct verdict *v, size_t n_rcpt, const struct milter_rules *rules,
                      struct milter_plan *out);
void milter_plan_fini(struct milter_plan *p);

#endif
