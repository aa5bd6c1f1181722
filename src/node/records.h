/* What scanners, the command line and keeper say to each other beyond the framing: the fields of
 * each message, packed and unpacked in one place so that both sides agree.
 */
#ifndef MUSTER_NODE_RECORDS_H
#define MUSTER_NODE_RECORDS_H

#include "base/arena.h"
#include "base/pack.h"
#include "doors/door.h"
#include "learn/trainer.h"

/* Who asks; keeper decides what that allows. */
struct record_caller {
    struct slice token;
    bool is_local_peer;
    uint32_t uid;
    struct slice session; /* the capability of a person's session, raw; from the web process */
    struct slice client;  /* the address from which he asks; from the web process */
};

/* IPC_LEARN and IPC_UNLEARN: label -1 takes the lesson back. */
struct record_lesson {
    struct record_caller who;
    int label;
    struct slice user;
    unsigned char digest[16];
    struct slice lesson; /* lesson_pack */
};

/* IPC_SCANNED: one line of history. */
struct record_scan {
    struct slice id;
    unsigned char digest[16];
    int64_t at_us, microseconds, size;
    uint8_t side, action, mail_class, is_incomplete;
    double score, probability;
    struct slice from, subject, client_ip, queue_id, rcpts; /* rcpts: joined by commas */
    struct slice json;                                      /* the whole answer */
    struct slice facts;                                     /* facts_pack */
};

/* IPC_QUARANTINE. */
struct record_hold {
    struct record_scan scan;
    struct slice mail_from;
    struct slice *rcpt;
    size_t n_rcpt;
    struct slice raw;
};

/* IPC_ASK. */
struct record_ask {
    struct record_caller who;
    struct slice path, json;
};

/* IPC_ANSWER. */
struct record_answer {
    uint32_t status;
    struct slice json;
};

void record_pack_lesson(struct buf *b, const struct record_lesson *r);
bool record_unpack_lesson(struct slice bytes, struct record_lesson *out);
/* A line of history from a scan; the JSON is made into `scratch`, which the record points to. */
void record_of_scan(const struct scan *s, bool with_subject, struct buf *scratch,
                    struct record_scan *out);
void record_pack_scan(struct buf *b, const struct record_scan *r);
bool record_unpack_scan(struct slice bytes, struct record_scan *out);
void record_pack_hold(struct buf *b, const struct record_hold *r);
bool record_unpack_hold(struct arena *a, struct slice bytes, struct record_hold *out);
/* IPC_REPORT: who hands it in (all zero: a scanner, for mail to a report mailbox), and what
 * report_intake made. */
void record_pack_report(struct buf *b, const struct record_caller *who, struct slice intake);
bool record_unpack_report(struct slice bytes, struct record_caller *out_who,
                          struct slice *out_intake);
void record_pack_ask(struct buf *b, const struct record_ask *r);
bool record_unpack_ask(struct slice bytes, struct record_ask *out);
void record_pack_answer(struct buf *b, const struct record_answer *r);
bool record_unpack_answer(struct slice bytes, struct record_answer *out);

#endif
