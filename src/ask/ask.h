/* Questions and answers: what a message makes us ask the world, and how a check waits for it.
 *
 * A check never waits. It asks for a name as if the answer were at hand; when it is not, it gets
 * NULL, goes on with whatever else it can ask, and says that it is not done. All questions of a
 * round go out together; when the answers are in, the check is simply run again from its start
 * and finds them. So SPF, DMARC's tree walk and the rest read like plain functions, and a round
 * trip is paid once per depth, not once per question.
 *
 *     struct ask *q = ask_new(arena, limits);
 *     while (!spf_check(in, q, &out))      // false: something is still waiting
 *         ask_send(q, source, ...);        // resolver process, zone file, ...
 *
 * One question is remembered for the life of the message: it is sent once however often it is
 * asked. Past the limits a question is answered at once with ASK_LIMIT.
 */
#ifndef MUSTER_ASK_ASK_H
#define MUSTER_ASK_ASK_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/slice.h"

enum dns_type { /* RFC 1035 and later: the numbers on the wire */
                DNS_A = 1,
                DNS_NS = 2,
                DNS_CNAME = 5,
                DNS_SOA = 6,
                DNS_PTR = 12,
                DNS_MX = 15,
                DNS_TXT = 16,
                DNS_AAAA = 28,
                DNS_DS = 43,
                DNS_DNSKEY = 48,
                DNS_TLSA = 52
};

enum ask_status {
    ASK_OK,       /* there are records */
    ASK_NODATA,   /* the name exists without such records */
    ASK_NXDOMAIN, /* the name does not exist (RFC 8020: nor anything below it) */
    ASK_FAILED,   /* SERVFAIL, lame, malformed: nobody knows for now */
    ASK_BOGUS,    /* DNSSEC says the answer is forged or broken; its records are withheld */
    ASK_TIMEOUT,  /* no answer before the deadline */
    ASK_LIMIT,    /* more questions than a message may cause, or no name that DNS can carry */
    ASK_STATUSES
};

/* Records stay in the order in which the source gave them. */
struct dns_answer {
    enum ask_status status;
    bool is_secure; /* validated by DNSSEC, also proofs that there is nothing */
    bool is_stale;  /* past its time to live, served because the authority is silent (RFC 8767) */
    uint32_t ttl;   /* seconds */
    size_t n;
    struct slice *rdata; /* on the wire form, names in it uncompressed */
    const char *detail;  /* for people, when there is no answer: "no answer in 5 s"; may be NULL */
};

struct ask_limits {
    unsigned questions;   /* of one message in all; 0: 200 */
    unsigned rdata_bytes; /* of one answer; 0: 65535. A larger one is ASK_FAILED */
};

struct ask;

/* limits may be NULL. The arena is that of the message. */
struct ask *ask_new(struct arena *a, const struct ask_limits *limits);

/* The answer, or NULL: it was noted down and goes out with the round. name: in ASCII or UTF-8
 * (made an A-label), with or without final dot, case kept for nobody. Never NULL for names that
 * DNS cannot carry (a label over 63 bytes, a name over 255, an empty label): these are ASK_LIMIT
 * without a question, see dns_name_is_valid. */
const struct dns_answer *ask_dns(struct ask *q, struct slice name, enum dns_type type);
/* As ask_dns, but a hint only: the answer will probably be wanted in this round or the next. */
void ask_ahead(struct ask *q, struct slice name, enum dns_type type);

/* ---- for the sources of answers ---- */

struct dns_question {
    unsigned id;       /* within this struct ask */
    struct slice name; /* lower case, no final dot; empty for the root */
    enum dns_type type;
};

/* The next question that was not sent yet; false: none. */
bool ask_next(struct ask *q, struct dns_question *out);
/* Copies the answer into the arena. Unknown ids and second answers are left out. */
void ask_answered(struct ask *q, unsigned id, const struct dns_answer *a);
/* Questions sent and not answered. */
unsigned ask_waiting(const struct ask *q);
/* What was sent and not answered is sent again: the resolver was restarted. */
void ask_send_again(struct ask *q);
/* Something still waits for an answer or to be sent. */
bool ask_is_pending(const struct ask *q);
/* Deadline passed or the resolver is gone: all that waits and all that will be asked gets this. */
void ask_give_up(struct ask *q, enum ask_status status, const char *detail);
/* Questions so far, for the answer's "incomplete" and for measurement. */
unsigned ask_count(const struct ask *q);
/* The question with that index (0 to ask_count - 1) and its answer, NULL while it waits. For
 * showing what was asked. */
bool ask_get(const struct ask *q, unsigned index, struct dns_question *out,
             const struct dns_answer **out_answer);

/* ---- reading records; false when the bytes are not well formed ---- */

bool dns_name_is_valid(struct slice name);
/* TXT: the strings joined without a space (RFC 7208 3.3, RFC 6376 3.6.2.2). */
bool dns_txt(struct arena *a, struct slice rdata, struct slice *out);
/* NS, CNAME, PTR: a name in text, lower case as it came, without final dot. */
bool dns_name(struct arena *a, struct slice rdata, struct slice *out);
bool dns_mx(struct arena *a, struct slice rdata, unsigned *out_preference, struct slice *out_name);
/* Puts the reverse name of an address into out: "1.2.0.192.in-addr.arpa"; empty when ip is none. */
struct slice dns_reverse_name(struct arena *a, struct slice ip);
const char *dns_type_name(enum dns_type type);
bool dns_type_of(struct slice name, enum dns_type *out);
const char *ask_status_name(enum ask_status s);

#endif
