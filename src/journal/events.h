/* Events: everything that happened, one table of kinds.
 *
 * State is a fold of events; an event is a fact, pseudonymous: people stand in it as keyed hashes
 * (store_pseudonym), and what names them is sealed under a key that can be destroyed. Each kind
 * has a struct, a list of fields from which packing, unpacking and JSON are made, a version and a
 * retention class. A kind grows by fields at its end with a higher `since`; an older record gives
 * zeros for them, a newer one is read as far as it is known. Numbers of kinds are for ever.
 * Limits: EVENT_MOST bytes packed, each text its own maximum (longer is cut at packing and refused
 * at unpacking).
 */
#ifndef MUSTER_JOURNAL_EVENTS_H
#define MUSTER_JOURNAL_EVENTS_H

#include "base/buf.h"
#include "base/err.h"

#define EVENT_MOST (1u << 20)

enum event_kind {
    EVENT_NODE_STARTED = 1,
    EVENT_NODE_STOPPED = 2,
    EVENT_CONFIG_LOADED = 3,
    EVENT_RECOVERED = 4, /* something was cut, rebuilt or found damaged */
    EVENT_SCANNED = 10,
    EVENT_SET_ASIDE = 11,
    EVENT_LEARNED = 20,
    EVENT_UNLEARNED = 21,
    EVENT_WRITTEN_TO = 22, /* a user of ours wrote to somebody (known.h) */
    EVENT_QUARANTINED = 30,
    EVENT_RELEASED = 31,
    EVENT_RELEASE_REFUSED = 32, /* asked by somebody who may not; nothing changed */
    EVENT_HOLD_REFUSED = 33,    /* an operator decided that it stays where it is */
    EVENT_HOLD_DELETED = 34,
    EVENT_HOLD_EXPIRED = 35,
    EVENT_DELIVERED = 36, /* a released message reached its mailbox's server */
    EVENT_DELIVERY_FAILED = 37,
    EVENT_ALLOW_USED = 38, /* the message that "allow once" let through came */
    EVENT_ACTED = 40,      /* anything else a person did */
    EVENT_ERASED = 41,     /* a key was destroyed */
    EVENT_COUNTED = 50,
    EVENT_REPORT_READ = 60, /* somebody's report about a domain of ours (or part of a long one) */
    EVENT_DMARC_SEEN = 61,  /* a message was authenticated, for the report that its domain gets */
    EVENT_REPORT_SENT = 62, /* our report about a domain's mail of one day is done with */
    EVENT_LIBRARY = 70,     /* a resource, measure, translation or review changed */
    EVENT_DESK = 80,        /* a report, case, listing or appeal changed */
    EVENT_ACCOUNT = 90      /* an account, its roles or a setting of a person changed */
};

/* How long a kind is kept; the times are the operator's. */
enum event_keep {
    KEEP_HISTORY,
    KEEP_QUARANTINE,
    KEEP_FEATURES,
    KEEP_ACTS,
    KEEP_NODE,
    KEEP_REPORTS,
    KEEP_OBJECTS, /* the library, accounts: as long as the node */
    KEEP_CASES,
    KEEP_CLASSES
};

struct event_node {
    uint32_t pid;
    struct slice version, reason;
};
struct event_config {
    unsigned char digest[16]; /* of the file's text */
    struct slice file;
};
struct event_recovered {
    struct slice what, detail;
    uint64_t position;
};
struct event_scanned {
    unsigned char id[16], digest[16];
    uint8_t side, mail_class, action; /* numbers of verdict/verdict.h and policy.h */
    uint8_t door, is_incomplete, is_shadow;
    double score, probability;
    uint64_t size_bytes, microseconds;
    struct slice from_domain, subject; /* subject only when the operator keeps subjects */
    struct slice people;               /* pseudonyms of the recipients, 16 bytes each */
    struct slice findings;             /* JSON, compact */
    struct slice to_domains;           /* of the recipients, lower case, joined by commas */
    struct slice facts;                /* verified about the sender, opaque here; may be empty */
};
struct event_set_aside {
    unsigned char digest[16], object[32];
    struct slice process, reason;
    uint32_t signal;
};
struct event_learned {
    unsigned char digest[16], id[16]; /* id: of the scan, zeros when not known */
    unsigned char person[16];         /* who; zeros for the site */
    uint8_t label, trust, source;     /* numbers of learn/trainer.h; source is the keeper's */
    struct slice lesson;              /* opaque here */
    struct slice facts;               /* of the scans of that message, opaque; may be empty */
};
struct event_unlearned {
    unsigned char digest[16], person[16];
    uint64_t learned_seq; /* the event that this takes back */
    struct slice lesson;  /* opaque here; may be empty */
};
struct event_written_to {
    unsigned char person[16];
    struct slice marks; /* known_pack */
};
struct event_quarantined {
    unsigned char hold[16], id[16], digest[16], person[16], object[32];
    uint8_t kind; /* enum hold_kind */
    double score;
    int64_t expires_us;
    struct slice sealed; /* envelope and words for people, under the hold's key */
    struct slice domain; /* of the recipient, lower case */
};
/* Released, refused, deleted, expired, delivered, failed. */
struct event_hold {
    unsigned char hold[16], digest[16];
    unsigned char person[16]; /* the recipient */
    unsigned char actor[16];  /* who did it; zeros for the node */
    uint8_t role;             /* enum hold_role */
    int64_t allow_until_us;   /* released: allow-once, 0 for none */
    struct slice reason;
};
struct event_acted {
    unsigned char actor[16];
    uint8_t role;
    struct slice verb, target, detail;
};
struct event_erased {
    unsigned char key[32]; /* name of the destroyed key */
    struct slice reason;
};
struct event_counted {
    struct slice name;
    int64_t add;
};
/* How a report came; the number is kept. */
enum report_origin {
    REPORT_HANDED_IN, /* by the operator, or from before there were the others */
    REPORT_MAIL,      /* by mail that proves to come from the reporter */
    REPORT_UNPROVEN   /* by mail that anybody may have written */
};
struct event_report {
    uint8_t kind;  /* of auth/report.h */
    uint32_t part; /* from 0; a long report comes in several */
    struct slice org, id, domain;
    int64_t begin_s, end_s; /* what it covers, seconds since 1970 */
    struct slice packed;    /* opaque here */
    uint8_t origin;         /* enum report_origin */
    struct slice from;      /* the domain that a mail's authentication stands for; may be empty */
};
struct event_dmarc_seen {
    int64_t begin_s;          /* of the time that one report covers */
    uint32_t seconds;         /* how long that is */
    struct slice domain, rua; /* whose record applied, and where it wants reports */
    struct slice policy, row; /* opaque here; equal rows of one time are counted together */
};
struct event_report_sent {
    int64_t begin_s;
    struct slice domain, to, outcome; /* "sent", or why not; to: mailboxes, by commas */
    uint64_t messages;
};
/* One step in the life of an object with versions: its room gives the verb and the body their
 * meaning. What names a person is sealed in the body under the object's key. */
struct event_object {
    unsigned char object[16], actor[16]; /* actor: an account; zeros for the node or a stranger */
    uint32_t role;                       /* bits of charter/actor.h under which he acted */
    struct slice verb;
    struct slice body; /* compact JSON */
};

struct event {
    uint64_t seq;           /* given at append */
    int64_t at_us;          /* 0 at append: now */
    unsigned char node[16]; /* given at append */
    enum event_kind kind;
    uint8_t version; /* as read; at append the table's */
    union {
        struct event_node node_state;
        struct event_config config;
        struct event_recovered recovered;
        struct event_scanned scanned;
        struct event_set_aside set_aside;
        struct event_learned learned;
        struct event_unlearned unlearned;
        struct event_written_to written_to;
        struct event_quarantined quarantined;
        struct event_hold hold;
        struct event_acted acted;
        struct event_erased erased;
        struct event_counted counted;
        struct event_report report;
        struct event_dmarc_seen dmarc_seen;
        struct event_report_sent report_sent;
        struct event_object object;
    };
};

enum event_field_type {
    FIELD_U8,
    FIELD_U32,
    FIELD_U64,
    FIELD_I64,
    FIELD_F64,
    FIELD_RAW,
    FIELD_TEXT,
    FIELD_BYTES
};

struct event_field {
    const char *name;
    enum event_field_type type;
    size_t offset; /* in struct event */
    size_t most;   /* RAW: exact length; TEXT and BYTES: maximum */
    uint8_t since; /* version that brought it */
};

struct event_info {
    enum event_kind kind;
    const char *name; /* "scanned" */
    uint8_t version;
    enum event_keep keep;
    bool durable;                     /* must be on disk before anybody is told */
    const struct event_field *fields; /* ends with name = NULL */
};

/* NULL for a number that is no kind. */
const struct event_info *event_info(unsigned kind);
/* The table, ends with name = NULL. */
const struct event_info *event_table(void);
const char *event_keep_name(enum event_keep keep);

/* The fields of ev's kind, without the frame (sequence, time, node). ERR_LIMIT over EVENT_MOST. */
MUST_USE int event_pack(const struct event *ev, struct buf *out, struct err *e);
/* Fields of a payload into *out, whose kind and version the caller set; texts are views into
 * payload. ERR_CORRUPT when it is not well formed, ERR_NOENT for an unknown kind. */
MUST_USE int event_unpack(struct slice payload, struct event *out, struct err *e);
/* One object: sequence, time, kind and fields; opaque bytes as their length, raw ones as hex. */
struct json;
void event_json(const struct event *ev, struct json *j);

/* UUID text to 16 bytes (false: not one) and back. */
bool event_id_parse(struct slice text, unsigned char out[16]);
void event_id_text(const unsigned char id[16], char out[37]);

#endif
