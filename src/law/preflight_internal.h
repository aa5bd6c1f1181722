/* What the parts of the check of a mailing share: counting (preflight.c), packing, reports. */
#ifndef MUSTER_LAW_PREFLIGHT_INTERNAL_H
#define MUSTER_LAW_PREFLIGHT_INTERNAL_H

#include "base/buf.h"
#include "law/preflight.h"

#define PLACES     677u /* two letters, and one for "not known" */
#define PLACE_LAWS 2    /* of the recipient's country and of the sender's */
#define KINDS_MOST 96
#define NOTE_BYTES 120

/* One kind of finding under one law in one country. */
struct kind {
    struct law_finding finding; /* missing: of all rows of the kind */
    uint64_t rows, first_line;
    struct law_facts sample; /* of the first row, for its sentence; subject and body not kept */
};

struct place_law {
    struct law_plan plan;
    uint64_t rows[3];      /* by enum law_answer */
    bool is_reach_unknown; /* of the sender's law: whether it follows mail abroad */
    struct kind *kinds;
    size_t n_kinds, room;
};

struct place {
    int32_t country; /* LAW_UNKNOWN: not known */
    uint64_t rows[3];
    struct place_law laws[PLACE_LAWS];
    size_t n_laws;
    bool is_without_law; /* nobody has written a profile for it */
};

#define OUTCOME_KINDS 64
#define MEMO_SLOTS    4096u
#define ASKINGS       64u

/* What was found for one recipient. */
struct outcome {
    uint8_t answers[PLACE_LAWS], answer;
    uint8_t n, law[OUTCOME_KINDS], kind[OUTCOME_KINDS]; /* kinds that hold for it */
    bool has_violation;                                 /* of a rule about the recipient */
    uint8_t worst_force, worst;                         /* index in law and kind */
    struct law_set missing, row_missing;                /* of all; of facts of the recipient */
};

struct memo_key {
    int32_t v[LAW_FACTS + 1]; /* the row's facts, then is_date_least */
};

struct memo {
    bool is_used;
    struct memo_key key;
    struct outcome outcome;
};

struct asking {
    struct law_set set;
    struct buf text;
};

struct note {
    uint64_t line;
    char why[NOTE_BYTES];
};

struct preflight {
    struct preflight_in in;
    struct place *places[PLACES];
    uint64_t rows[3], broken, dropped, asked;
    uint64_t missing[LAW_FACTS]; /* rows that each fact would help */
    struct note notes[PREFLIGHT_NOTES];
    size_t n_notes;
    const struct columns *columns;
    enum law_fact row_facts[LAW_FACTS];
    size_t n_row_facts;
    struct memo *memo;
    struct asking askings[ASKINGS];
    struct buf scratch;
};

/* The place of a country, made at the first call. */
struct place *preflight_place_of(struct preflight *p, int32_t country);
/* Places in order of their codes; *at is moved on. NULL at the end. */
const struct place *preflight_place(const struct preflight *p, size_t *at);
uint64_t place_rows(const struct place *pl);
/* What is fixed for all rows of the country, then the kinds found in rows, worst first. */
struct shown {
    const struct law *law;
    const struct law_finding *finding;
    const struct law_facts *facts;
    uint64_t rows, first_line; /* first_line 0: all rows of the country */
};
/* At most `most`; returns how many. */
size_t preflight_shown(const struct preflight *p, const struct place *pl, struct shown *out,
                       size_t most);
/* "consent lapsed ..." escaped for the use, from law_say. */
void shown_say(const struct preflight *p, const struct shown *s, struct buf *out);
/* "yes", "no", "can't tell" or the fact's word. */
void fact_word(enum law_fact fact, int32_t value, struct buf *out);
/* A sentence of message_facts with its %s filled by escaped bytes. */
void fact_seen(const struct message_fact *f, struct buf *out);
void number_text(uint64_t n, struct buf *out); /* "1,000,000" */
/* What a profile's code of a mailbox provider or standard says of this message. */
size_t preflight_terms(const struct preflight *p, const struct law **out, size_t most);

bool preflight_is_message_rule(unsigned rule);

/* How a finding is shown. */
enum shown_group { SHOWN_VIOLATION, SHOWN_NOTE, SHOWN_MISSING, SHOWN_LAW_UNKNOWN };
enum shown_group shown_group(const struct shown *s);
void shown_unknown_rules(const struct shown *all, size_t n, const struct law *law, struct buf *out);
void missing_text(const struct law_set *s, struct buf *out);

#define TODO_MOST  40
#define TODO_CODES 64
#define TODO_BYTES 400

/* One repair, put together over all countries. */
struct todo {
    char text[TODO_BYTES];
    uint64_t rows;
    bool is_message, is_sure; /* is_sure: for at least one law of high confidence */
    const char *codes[TODO_CODES];
    size_t n_codes;
};
size_t preflight_todo(const struct preflight *p, struct todo *out, size_t most);
void todo_codes(const struct todo *t, struct buf *out);

/* The part "Will it arrive?"; in text without its title and not wrapped, records behind
 * ARRIVE_RECORD spaces. */
#define ARRIVE_RECORD 9
void preflight_arrive_text(const struct preflight *p, struct buf *out);
void preflight_arrive_json(const struct preflight *p, struct json *j);
void preflight_arrive_html(const struct preflight *p, struct buf *out);

extern const char PREFLIGHT_NOT_ASKED[];
extern const char PREFLIGHT_NO_ADVICE[];
extern const char PREFLIGHT_ZONES[];

#endif
