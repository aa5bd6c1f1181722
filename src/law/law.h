/* Many definitions of spam, side by side: profiles of laws, of mailbox providers, of networks and
 * of persons, and one question to all of them: does this message, sent from here to there under
 * these facts on this day, break a rule?
 *
 * An answer is one of three words and no other: violation found, no violation found, can't tell.
 * Evaluation is pure and total: no clock, no files, no allocation, the same answer for the same
 * facts. Adding a fact never turns "violation found" into "no violation found" or back.
 *
 * A library holds profiles; it owns all their texts, is read-only once filled and may be shared
 * by processes after fork. docs/law.md tells how to write a profile and how to read an answer.
 */
#ifndef MUSTER_LAW_LAW_H
#define MUSTER_LAW_LAW_H

#include "law/fact.h"

struct law;         /* one version of one profile */
struct law_library; /* all versions of all profiles */

enum law_answer { LAW_CANT_TELL, LAW_NO_VIOLATION, LAW_VIOLATION };
/* What a violation may do: a low field only informs, a medium one warns, a high one may fail. */
enum law_force { LAW_INFORM, LAW_WARN, LAW_FAIL };
enum law_confidence { LAW_LOW, LAW_MEDIUM, LAW_HIGH };
enum law_kind {
    LAW_KIND_LAW,
    LAW_KIND_FLOOR, /* binds through the law of its members (EU) */
    LAW_KIND_PROVIDER,
    LAW_KIND_STANDARD,
    LAW_KIND_CERTIFICATION,
    LAW_KIND_CODE,
    LAW_KIND_OPERATOR, /* a network's acceptable use */
    LAW_KIND_PERSON    /* somebody's own wishes */
};

/* The rules every law is asked for; a profile's own `rule` blocks follow from LAW_RULE_OWN on. */
enum law_rule {
    LAW_RULE_CONSENT,
    LAW_RULE_REFUSAL,
    LAW_RULE_PROOF,
    LAW_RULE_REGISTER,
    LAW_RULE_IDENTITY,
    LAW_RULE_POSTAL,
    LAW_RULE_CONTACT,
    LAW_RULE_LABEL,
    LAW_RULE_ADVERTISEMENT,
    LAW_RULE_UNSUBSCRIBE,
    LAW_RULE_UNSUBSCRIBE_FREE,
    LAW_RULE_UNSUBSCRIBE_ELECTRONIC,
    LAW_RULE_UNSUBSCRIBE_MEDIUM,
    LAW_RULE_UNSUBSCRIBE_DAYS,
    LAW_RULE_ONE_CLICK,
    LAW_RULE_HONOUR,
    LAW_RULE_HEADER,
    LAW_RULE_SUBJECT,
    LAW_RULE_HARVESTING,
    LAW_RULE_DICTIONARY,
    LAW_RULE_HOURS,
    LAW_RULE_FREQUENCY,
    LAW_RULE_OWN,
    LAW_RULES_MAX = LAW_RULE_OWN + 16
};

/* Why a rule answered so; law_say_* make sentences of it. */
enum law_why {
    LAW_WHY_MET,         /* the duty is met */
    LAW_WHY_BROKEN,      /* it is not */
    LAW_WHY_MISSING,     /* facts are missing */
    LAW_WHY_LAW_UNKNOWN, /* the profile does not know what the law asks here */
    LAW_WHY_NOT_ASKED,   /* the law does not ask for it */
    LAW_WHY_OUTSIDE,     /* the law does not reach this message */
    LAW_WHY_LAPSED,      /* consent or basis is too old */
    LAW_WHY_NOT_YET,     /* consent is dated after the mailing */
    LAW_WHY_NO_BASIS,    /* what the mailing rests on is no basis under this law */
    LAW_WHY_CONDITION,   /* a condition of the customer exception is not met */
    LAW_WHY_FIRST_FREE,  /* a first message may be sent without consent */
    LAW_WHY_EXCEPTION,   /* an exception holds */
    LAW_WHY_WITHIN,      /* refusal is still within the time for carrying it out */
    LAW_WHY_LATE,        /* that time is over, or promised too long */
    LAW_WHY_LISTED,      /* stands in a register */
    LAW_WHY_PLACE,       /* label is there but in the wrong place or form */
    LAW_WHY_MIXED,       /* the law weighs circumstances: a person must look */
    LAW_WHYS
};

/* How the message comes under the law. */
enum law_link {
    LAW_LINK_UNKNOWN,   /* not known whether it does */
    LAW_LINK_NONE,      /* it does not */
    LAW_LINK_RECIPIENT, /* the law names recipients in the country */
    LAW_LINK_PRESUMED,  /* recipient in the country; that the law reaches it is usual but unread */
    LAW_LINK_SENDER,
    LAW_LINK_ACCESS,
    LAW_LINK_CHOSEN /* not a law of a place: whoever picks it */
};

struct law_finding {
    uint8_t rule;   /* enum law_rule, or LAW_RULE_OWN + n of law_own_rule */
    uint8_t answer; /* enum law_answer */
    uint8_t why;    /* enum law_why */
    uint8_t force;  /* enum law_force: what a violation of this rule may do */
    int16_t detail; /* a field of the profile (enum law_field) or a fact that decided; -1 none */
    int16_t fact;
    struct law_set missing; /* facts that would settle it; empty unless LAW_CANT_TELL */
};

struct law_result {
    /* Worst answer: a violation that warns or fails; else can't tell, when facts are missing, only
     * an informing rule is broken or the law of consent is not known; else no violation found. */
    enum law_answer answer;
    enum law_force force; /* of the worst violation */
    enum law_link link;
    int32_t day;
    struct law_set missing; /* of all rules */
    uint32_t n;
    struct law_finding findings[LAW_RULES_MAX];
};

/* ---- the library ---- */

/* An empty library. */
struct law_library *law_library_new(void);
void law_library_free(struct law_library *lib);
/* Adds the profiles of one text. Every error is one line "FILE:LINE: FIELD: WHAT" in `errors`
 * (may be NULL); a text with errors adds nothing and gives ERR_PARSE. */
MUST_USE int law_library_add(struct law_library *lib, struct slice text, const char *file,
                             struct buf *errors, struct err *e);
/* Adds every *.law file below a folder, in byte order of their paths. */
MUST_USE int law_library_add_dir(struct law_library *lib, const char *dir, struct buf *errors,
                                 struct err *e);
/* The profiles that the node ships: $MUSTER_LAW when set, else the installed share/law, else law/
 * of the source tree. */
MUST_USE int law_library_open(struct law_library **out, struct buf *errors, struct err *e);
/* Versions in order of code, then date. */
size_t law_count(const struct law_library *lib);
const struct law *law_get(const struct law_library *lib, size_t i);
/* The version in force that day, by code ("CA", "gmail"; ASCII case ignored), or NULL. */
const struct law *law_at(const struct law_library *lib, struct slice code, int32_t day);
/* As law_at, and when the country has no profile of its own the floor that counts it as a member
 * (PT gives EU), or NULL. */
const struct law *law_for_country(const struct law_library *lib, int32_t country, int32_t day);
/* Any version of that code (the newest), or NULL; for "was there ever one?". */
const struct law *law_any(const struct law_library *lib, struct slice code);
/* The code nearest to a mistyped one, or NULL. */
const char *law_nearest(const struct law_library *lib, struct slice code);

/* ---- one profile ---- */

const char *law_code_of(const struct law *law);    /* "CA" */
const char *law_name_of(const struct law *law);    /* "Canada" */
const char *law_version_of(const struct law *law); /* "casl-2014" */
enum law_kind law_kind_of(const struct law *law);
enum law_confidence law_confidence_of(const struct law *law);
/* First day and the day after the last; LAW_UNKNOWN when not known or open. */
int32_t law_from(const struct law *law);
int32_t law_until(const struct law *law);
/* True when the text binds (not draft, not struck down, not a provider's rule). */
bool law_in_force(const struct law *law);
/* Name of a rule ("unsubscribe_days", or the profile's own). */
const char *law_rule_name(const struct law *law, unsigned rule);
/* What the rule asks, one line. */
const char *law_rule_doc(const struct law *law, unsigned rule);
/* Title and citation of the text that a rule rests on ("Canada's Anti-Spam Legislation (CASL), S.C.
 * 2010, c. 23, ss. 6, 10-13"), and the address of a source; empty when the profile has none. */
void law_clause(const struct law *law, unsigned rule, struct buf *out);
struct slice law_source(const struct law *law, unsigned rule);

/* ---- asking ---- */

/* All rules of one profile for these facts on this day. */
void law_eval(const struct law *law, const struct law_facts *facts, int32_t day,
              struct law_result *out);

/* The same for many recipients of one message: what depends on message and sender alone is
 * answered once. `facts` of a row must hold the same message and sender facts as the plan's. */
struct law_plan {
    const struct law *law;
    int32_t day;
    uint64_t fixed; /* rules already answered in `base` */
    struct law_result base;
};
void law_plan_init(struct law_plan *plan, const struct law *law, const struct law_facts *facts,
                   int32_t day);
void law_plan_row(const struct law_plan *plan, const struct law_facts *row, struct law_result *out);

/* ---- words ---- */

const char *law_answer_text(enum law_answer a); /* "violation found" */
const char *law_force_text(enum law_force f);   /* "fails", "warns", "informs" */
const char *law_confidence_text(enum law_confidence c);
const char *law_link_text(enum law_link l);
/* One sentence of what was found ("consent rests on a purchase of 2023-01-05; under this law it
 * lapses after 24 months"). */
void law_say(const struct law *law, const struct law_finding *f, const struct law_facts *facts,
             int32_t day, struct buf *out);
/* One sentence of what repairs it; empty when nothing is to be repaired. */
void law_repair(const struct law *law, const struct law_finding *f, struct buf *out);
/* A result as one JSON object, findings with clause, evidence and repair. */
struct json;
void law_result_json(const struct law *law, const struct law_result *r,
                     const struct law_facts *facts, const char *name, struct json *j);

#endif
