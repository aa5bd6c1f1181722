/* Reading mail for the command line: in a child without rights, so that no command parses foreign
 * bytes with the caller's privileges. The caller opens files and passes descriptors; the child
 * answers with what was asked of each message.
 */
#ifndef MUSTER_NODE_PARSER_H
#define MUSTER_NODE_PARSER_H

#include "desk/report.h"
#include "doors/mailbox.h"
#include "node/config.h"
#include "node/lookup.h"
#include "scan/scan.h"

enum parser_mode {
    PARSER_RAW,         /* the bytes of each message, cut out of its mbox */
    PARSER_SCAN,        /* scan_json */
    PARSER_WHY,         /* scan_why */
    PARSER_REPORT,      /* report_intake: for keeper */
    PARSER_REPORT_JSON, /* each report in the file as a line of JSON; {"refused":...} for others */
    PARSER_ORDERS,      /* what is to be signed: see parser_sign.h */
    PARSER_SIGNATURES,  /* DKIM and ARC as JSON, a byte before it: 1 when a signature holds */
    PARSER_DESK,        /* desk_intake_lines: reports as lines of JSON */
    PARSER_FACTS,       /* what the message shows of the facts of law/fact.h, as JSON */
    PARSER_LESSON /* digest (16 bytes), then lesson_pack with label and time still to be set */
};

/* How PARSER_ORDERS signs; set before the start. */
struct parser_orders {
    struct slice domain; /* sign for this one, whoever the author is; empty: the author's */
    bool is_arc;
    struct slice authserv_id; /* ARC: whose results are sealed */
};

/* How PARSER_DESK reads; set before the start. */
struct parser_intake {
    bool is_forward; /* mails to the desk, else the reported messages themselves */
    enum desk_category category;
    struct slice reporter, said;
};

struct parser;

struct parsed {
    uint64_t number; /* of the message within its file, from 1 */
    bool is_cut;
    double score; /* SCAN and WHY */
    enum side side;
    struct slice bytes; /* valid until the next call */
};

/* Forks the child. env (may be NULL) is the envelope of every message; user: whose lesson it is. */
MUST_USE int parser_start(const struct conf *conf, enum parser_mode mode,
                          const struct envelope *env, struct err *e, struct parser **out);
/* As parser_start; messages that need answers get them from l (NULL: nothing is asked), which
 * stays the caller's. */
MUST_USE int parser_start_with(const struct conf *conf, enum parser_mode mode,
                               const struct envelope *env, struct lookup *l, struct err *e,
                               struct parser **out);
/* For the next child: what PARSER_ORDERS does; copied shallowly. */
void parser_set_orders(const struct parser_orders *o);
/* For the next child: what PARSER_DESK does; copied shallowly. */
void parser_set_intake(const struct parser_intake *i);
/* Hands over an open file; answer by answer comes with parser_next. */
MUST_USE int parser_file(struct parser *p, const struct mail_file *file, struct err *e);
/* 1: *out is filled; 0: the file is done; negative: the child could not go on (ERR_CLOSED: it
 * crashed on this message; the next parser_file starts a new one). */
MUST_USE int parser_next(struct parser *p, struct err *e, struct parsed *out);
void parser_stop(struct parser *p);

#endif
