/* Inside of the room: what a profile holds, field by field, and the schema that describes it.
 *
 * Values lie in arrays by field number, so that parser, comparison, display and the mutation test
 * are loops over one table. Other rooms use law.h; tests and `muster law` may look in here.
 */
#ifndef MUSTER_LAW_PROFILE_H
#define MUSTER_LAW_PROFILE_H

#include "base/arena.h"
#include "law/law.h"

enum law_field {
#define FIELD(id, section, key, type, words, use, doc) LAW_F_##id,
#include "law/field_table.h"
#undef FIELD
    LAW_FIELDS
};

enum law_type {
    LAW_T_TRI,
    LAW_T_WORD,
    LAW_T_WORDS, /* v holds a bit per word */
    LAW_T_NUM,
    LAW_T_DATE,
    LAW_T_CLOCK, /* minutes of the day */
    LAW_T_TEXT,
    LAW_T_TEXTS
};
enum law_use { LAW_USE_EVAL, LAW_USE_INFO, LAW_USE_FREE };

#define LAW_ABSENT      (INT32_MIN + 1) /* not written: only in terms that are no law */
#define LAW_SECTION_MAX 16

struct law_field_info {
    const char *section, *key, *words, *doc;
    enum law_type type;
    enum law_use use;
    int section_no;
};

/* Words of fields that the evaluator looks at; the order is the table's. */
enum law_status { LAW_ST_ACT, LAW_ST_PROVISION, LAW_ST_GENERAL, LAW_ST_NOT_YET, LAW_ST_NONE };
enum law_model { LAW_M_OPT_IN, LAW_M_OPT_OUT, LAW_M_MIXED, LAW_M_NONE };
enum law_as { LAW_AS_PERSON, LAW_AS_COMPANY };
enum law_soft {
    LAW_SOFT_COLLECTED,
    LAW_SOFT_SIMILAR,
    LAW_SOFT_OFFERED,
    LAW_SOFT_EVERY,
    LAW_SOFT_NO_REFUSAL,
    LAW_SOFT_TOLD
};
enum law_work { LAW_WORK_NO, LAW_WORK_RELATED };
enum law_double { LAW_D_REQUIRED, LAW_D_DE_FACTO, LAW_D_RECOMMENDED, LAW_D_NOT_REQUIRED };
enum law_reg_kind { LAW_RK_NONE, LAW_RK_REFUSALS, LAW_RK_CONSENTS };
enum law_postal { LAW_P_IN, LAW_P_IN_OR_LINK, LAW_P_SITE, LAW_P_NOT };
enum law_position { LAW_POS_START, LAW_POS_SUBJECT, LAW_POS_BODY, LAW_POS_ANY };
enum law_scope { LAW_SC_ALWAYS, LAW_SC_UNSOLICITED, LAW_SC_ADULT };
enum law_unit { LAW_U_BUSINESS, LAW_U_CALENDAR, LAW_U_IMMEDIATE };

struct law_texts {
    struct slice *items;
    uint32_t n;
};

struct law_instrument {
    struct slice title, citation, regulator, url; /* p = NULL: not known */
    int32_t year;
};

struct law_source_entry {
    struct slice kind, title, url, date;
};

enum law_op { LAW_OP_EQ, LAW_OP_NE, LAW_OP_LT, LAW_OP_LE, LAW_OP_GT, LAW_OP_GE };

/* "complaints < 300" */
struct law_cond {
    int16_t fact;
    uint8_t op;
    int32_t value;
};

struct law_conds {
    struct law_cond *items;
    uint32_t n;
};

/* A rule of the profile's own: when all of `when` hold, all of `need` and one of `any` must. A rule
 * without need and any is a question to a person: can't tell. */
struct law_own {
    struct slice name, text, from, repair, clause, since;
    struct law_conds when, need, any;
    int32_t confidence; /* LAW_UNKNOWN: the profile's */
    int32_t source;
    uint32_t line;
};

/* What a section says of its own grounds. */
struct law_grounds {
    struct slice clause;
    int32_t source;     /* number of a source, or LAW_UNKNOWN */
    int32_t confidence; /* LAW_UNKNOWN: the profile's */
};

struct law {
    const char *code, *version, *file;
    int32_t country; /* law_code of the code, 0 when it is no country */
    uint32_t line;
    int32_t v[LAW_FIELDS]; /* number, LAW_UNKNOWN or LAW_ABSENT; TEXT and TEXTS: 0 when known */
    bool low[LAW_FIELDS];  /* rests on general knowledge */
    uint32_t lines[LAW_FIELDS];
    struct slice t[LAW_FIELDS];
    struct law_texts l[LAW_FIELDS];
    struct law_grounds grounds[LAW_SECTION_MAX];
    struct law_instrument *instruments;
    struct law_source_entry *sources;
    struct law_own *own;
    uint32_t n_instruments, n_sources, n_own;
    int32_t *members; /* law_codes */
    uint32_t n_members;
};

const struct law_field_info *law_field_info(enum law_field f);
/* The field of a section and key, or -1. */
int law_field_find(struct slice section, struct slice key);
/* "content.postal_address" */
void law_field_name(enum law_field f, struct buf *out);
/* The number of a section's name, or -1; and its name. */
int law_section_find(struct slice name);
const char *law_section_name(int n);
/* The word at a place of a word list. */
struct slice law_word(const char *words, int32_t place);
/* The value of a field in the file's own grammar. */
void law_field_text(const struct law *law, enum law_field f, struct buf *out);
/* A whole profile in the file's grammar: what it prints can be read again. */
void law_print(const struct law *law, struct buf *out);
/* The reference page of the language, from the tables; Markdown. */
void law_reference(struct buf *out);

/* Reads all profiles of a text into the arena; see law_library_add. *out_laws is an array. */
MUST_USE int law_parse(struct arena *a, struct slice text, const char *file, struct buf *errors,
                       struct law ***out_laws, size_t *out_n);
/* Parses "complaints < 300"; false with words in `e`. */
bool law_cond_parse(struct slice text, struct law_cond *out, struct err *e);
void law_cond_text(const struct law_cond *c, struct buf *out);

/* The field that a rule mainly rests on, or -1 for own rules. */
int law_rule_field(unsigned rule);
/* Confidence of a rule: of the profile or section, low when its main field is low, at most medium
 * when another field it reads is. */
enum law_confidence law_rule_confidence(const struct law *law, unsigned rule);

#endif
