/* Laws beside each other: what each asks, what a set of laws has in common, what is disputed, the
 * smallest set of changes that makes one agree with another, and what can never be met or broken.
 *
 * All of it is decided by asking the evaluator over the whole of an abstracted, finite space of
 * facts: every medium, purpose, recipient and ground with each age, each broken condition and each
 * link to the country; and duties kept and broken with each number, label, hour and source at which
 * laws differ. No clock, no files.
 */
#ifndef MUSTER_LAW_COMPARE_H
#define MUSTER_LAW_COMPARE_H

#include "law/profile.h"

/* Situations in the space. */
size_t law_space_size(void);
/* The i-th, seen from a law's country. */
void law_space_at(size_t i, const struct law *law, int32_t day, struct law_facts *out);
/* One line for people: "email, commercial, to a person, no ground". */
void law_space_text(size_t i, struct buf *out);

/* How a rule stands in one profile. */
enum law_stance {
    LAW_STANCE_UNKNOWN, /* the profile does not know */
    LAW_STANCE_FREE,    /* not asked for */
    LAW_STANCE_ASKED    /* asked for: breaking it is a violation */
};
enum law_stance law_stance(const struct law *law, enum law_rule rule);

struct law_overlap {
    size_t situations;
    size_t all_violate; /* the common core: a violation under each of them */
    size_t none;        /* no violation found under any */
    size_t disputed;    /* a violation under some, none found under others */
    size_t open;        /* the rest: somebody can't tell */
    size_t example;     /* a disputed situation, when there is one */
};
/* Counts over the space; laws with different rules are compared by their results in all. */
void law_overlap(const struct law *const *laws, size_t n, int32_t day, struct law_overlap *out);

/* A change of one field: `law` would say what `other` says. */
struct law_change {
    enum law_field field;
};
/* The changes to `from` after which it asks for what is known of `to`, over the whole space; none
 * of them can be left out. Where `to` is unknown nothing is changed. out holds LAW_FIELDS entries;
 * returns how many. */
size_t law_changes(const struct law *from, const struct law *to, int32_t day,
                   struct law_change *out);
/* Fields that differ in value at all (for two versions of one law); returns how many. */
size_t law_differences(const struct law *a, const struct law *b, enum law_field *out);

/* Two laws that no subject can satisfy at once: both ask for a label at its start, with no token in
 * common. */
bool law_labels_clash(const struct law *a, const struct law *b);

/* What an author should look at: fields that are written but change no answer, rules that can
 * never be met or never be broken. One line each "FILE:LINE: ..."; returns how many. */
size_t law_lint(const struct law *law, int32_t day, struct buf *out);

#endif
