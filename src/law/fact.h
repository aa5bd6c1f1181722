/* Facts: what a law's answer depends on. Each is known or not known; nothing is assumed.
 *
 * A struct of plain numbers, so that a million recipients cost no allocation: the message's and
 * the sender's facts are set once, a row's facts are copied over them. Texts (subject, body) are
 * views; the owner of the bytes keeps them alive. fact_table.h lists the facts.
 */
#ifndef MUSTER_LAW_FACT_H
#define MUSTER_LAW_FACT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/lang.h"

enum law_fact {
#define FACT(id, name, type, words, group, question) LAW_FACT_##id,
#include "law/fact_table.h"
#undef FACT
    LAW_FACTS
};

enum law_fact_type { LAW_TRI, LAW_WORD, LAW_INT, LAW_DATE, LAW_TIME, LAW_CODE };
enum law_fact_group { LAW_GROUP_M, LAW_GROUP_S, LAW_GROUP_R };

#define LAW_UNKNOWN INT32_MIN

/* Words of the facts that code looks at. The numbers follow fact_table.h (a test compares). */
enum law_medium { LAW_EMAIL, LAW_SMS, LAW_IM, LAW_FAX, LAW_VOICE };
enum law_purpose {
    LAW_COMMERCIAL,
    LAW_TRANSACTIONAL,
    LAW_CHARITY,
    LAW_POLITICAL,
    LAW_CONSENT_REQUEST,
    LAW_PERSONAL
};
enum law_recipient { LAW_PERSON, LAW_SOLE_TRADER, LAW_EMPLOYEE, LAW_COMPANY, LAW_IMPERSONAL };
enum law_basis {
    LAW_BASIS_NONE,
    LAW_BASIS_EXPRESS,
    LAW_BASIS_CUSTOMER,
    LAW_BASIS_INQUIRY,
    LAW_BASIS_MEMBER,
    LAW_BASIS_RELATIONSHIP,
    LAW_BASIS_PUBLISHED,
    LAW_BASIS_GIVEN
};
enum law_register { LAW_REG_CLEAR, LAW_REG_LISTED, LAW_REG_NOT_CHECKED };
enum law_source_word {
    LAW_SRC_FORM,
    LAW_SRC_SALE,
    LAW_SRC_PUBLISHED,
    LAW_SRC_BOUGHT,
    LAW_SRC_HARVESTED,
    LAW_SRC_GENERATED
};

/* v[fact]: LAW_UNKNOWN; TRI 0 or 1; WORD the word's place; INT as is; DATE days since 1970-01-01;
 * TIME minutes of the day; CODE law_code(). subject and body are UTF-8 (the subject decoded and in
 * NFC, the body as text); p = NULL means not known, an empty text with p set is known to be
 * empty. */
struct law_facts {
    int32_t v[LAW_FACTS];
    struct slice subject, body;
};

/* A set of facts, one bit each. */
struct law_set {
    uint64_t w[2];
};

struct law_fact_info {
    const char *name, *words, *question;
    enum law_fact_type type;
    enum law_fact_group group;
};

static inline void law_set_add(struct law_set *s, enum law_fact f)
{
    s->w[f / 64] |= UINT64_C(1) << (f % 64);
}
static inline bool law_set_has(const struct law_set *s, enum law_fact f)
{
    return s->w[f / 64] >> (f % 64) & 1;
}
static inline bool law_set_empty(const struct law_set *s)
{
    return !(s->w[0] | s->w[1]);
}
static inline void law_set_join(struct law_set *s, const struct law_set *more)
{
    s->w[0] |= more->w[0];
    s->w[1] |= more->w[1];
}

/* "DE" as one number (upper-cased); 0 when it is not two letters. And back. */
int32_t law_code(struct slice two_letters);
void law_code_text(int32_t code, char out[3]);
/* Days since 1970 of "2026-11-21" (a real day, year 1900 to 2199); false when it is none. */
bool law_date(struct slice text, int32_t *out_day);
/* "2026-11-21"; out holds 11 bytes. Returns out. */
char *law_date_text(int32_t day, char out[16]);
/* The day so many months later or earlier (2024-08-31 plus 6 is 2025-02-28: the last day of a
 * shorter month). */
int32_t law_add_months(int32_t day, int32_t months);
/* The day n business days later (Monday to Friday; public holidays are not known here, so a
 * deadline found so is never later than the law's). n = 0 is the day itself. */
int32_t law_add_business_days(int32_t day, int32_t n);
/* 0 is Monday. */
int law_weekday(int32_t day);
/* Days since 1970 in UTC of a time in microseconds. */
int32_t law_day_of(int64_t us);

/* Everything not known. */
void law_facts_init(struct law_facts *f);
const struct law_fact_info *law_fact_info(enum law_fact fact);
/* The fact of this name, or -1. */
int law_fact_find(struct slice name);
/* Sets one fact from text ("consent_date", "2024-05-01"; "unknown" or "" forgets it; "subject"
 * and "body" are taken as views). Error ERR_PARSE says what is wrong with the nearest word. */
MUST_USE int law_fact_set(struct law_facts *f, struct slice name, struct slice value,
                          struct err *e);
/* Parses one value of a known fact; for columns of a table. */
MUST_USE int law_fact_value(enum law_fact fact, struct slice value, int32_t *out, struct err *e);
/* The value as text ("yes", "2024-05-01", "unknown"). */
void law_fact_text(enum law_fact fact, int32_t value, struct buf *out);
/* Reads a flat JSON object of facts: {"consent": "express", "volume_day": 500, "adult": false};
 * null is unknown. Texts are copied into the arena. At most 1 MiB; unknown names, wrong types and
 * doubled names are ERR_PARSE with the name and the nearest word. */
struct arena;
MUST_USE int law_facts_read(struct arena *a, struct slice json, struct law_facts *f, struct err *e);
/* The facts known, as members of an open JSON object. */
struct json;
void law_facts_json(const struct law_facts *f, struct json *j);

#endif
