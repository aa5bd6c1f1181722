/* Written cases of law: text triples of facts, country and date, and the result that a lawyer
 * expects; tests/law/README.md tells how they are written. Used by the test that runs them and by
 * the one that changes profiles to see whether a case notices. */
#ifndef MUSTER_TESTS_LAW_CASES_H
#define MUSTER_TESTS_LAW_CASES_H

#include "law/profile.h"

/* What is expected of one rule; EXPECT_NONE: nothing is said. */
enum expect {
    EXPECT_NONE,
    EXPECT_VIOLATION,
    EXPECT_OK,
    EXPECT_OUTSIDE, /* no violation, because the law does not reach it */
    EXPECT_ASK,     /* can't tell: facts are missing */
    EXPECT_UNKNOWN, /* can't tell: the profile does not know the law */
    EXPECT_MIXED,   /* can't tell: a person must look */
    EXPECT_FREE     /* no violation, because a first message may be sent without consent */
};

struct law_case {
    const char *file;
    uint32_t line;
    struct slice code, head; /* the law asked, the line's left side */
    int32_t day;
    struct law_facts facts;
    uint8_t rules[LAW_RULES_MAX];
    struct slice own[LAW_RULES_MAX]; /* names of own rules, by order of mention */
    uint8_t own_expect[LAW_RULES_MAX];
    uint32_t n_own;
    bool rest_unknown;    /* every rule not named is unknown to the profile */
    bool no_law;          /* no version holds that day */
    struct slice version; /* the version that holds that day */
    int overall;          /* enum law_answer or -1 */
    int force;            /* enum law_force of a violation, -1 nothing said */
    int link;             /* enum law_link or -1 */
    int label_why;        /* -1, or the law_why of the first violation named */
};

struct case_list {
    struct arena *arena;
    struct law_case *items;
    size_t n, room;
};

/* Reads sets.case and then every other *.case of a folder; exits with a message on a broken one. */
void cases_read(const char *dir, struct case_list *out);
/* True when the law answers as the case says; `law` is NULL when none holds. What differs goes to
 * `why` (may be NULL). */
bool case_holds(const struct law_case *c, const struct law *law, struct buf *why);

#endif
