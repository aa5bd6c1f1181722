/* Checks: what evidence looks for. One table (check_table.h) names every check with its kind,
 * points, words and documentation; a family of checks is one small file with one function that
 * looks at a message and reports hits. The points are natural log-odds measured on mail
 * (tools/profile_checks), shrunk, and can be set by the operator:
 *
 *   check "link_text_differs" { points = 2.0 }
 *
 * No check may count a country, a language, a script, a network or a provider by itself
 * (charter).
 */
#ifndef MUSTER_EVIDENCE_CHECK_H
#define MUSTER_EVIDENCE_CHECK_H

#include "base/conf.h"
#include "evidence/finding.h"
#include "learn/classifier.h"
#include "mail/envelope.h"
#include "mail/message.h"

#define CHECK(name, kind, points, hints, reason, doc) CHECK_##name,
enum check_id {
#include "evidence/check_table.h"
    CHECKS
};
#undef CHECK

struct check {
    const char *name; /* "link_text_differs" */
    enum finding_kind kind;
    double points;      /* default */
    unsigned hints;     /* of enum finding_hint */
    const char *reason; /* message id; may hold one %s */
    const char *doc;    /* message id: what it looks at, what honest mail may hit it */
};

const struct check *check_info(enum check_id id);

/* What all scans of a process share: points after configuration. Read-only while scanning. */
struct rules;
struct phrase_hits;
struct brand;
struct near_hit;      /* learn/near.h */
struct auth_result;   /* auth/auth.h */
struct auth_settings; /* auth/settings.h */
struct own_names;     /* evidence/own.h */
struct known_sender;  /* journal/known.h */
struct listed_hits;   /* evidence/listed.h */
/* conf may be NULL: defaults. Lives until rules_close. ERR_PARSE names an unknown check and the
 * nearest known one. */
MUST_USE int rules_open(const struct conf *conf, struct err *e, struct rules **out);
void rules_close(struct rules *r);
double rules_points(const struct rules *r, enum check_id id);
/* The rules as shipped, made at the first call; for scans without a configuration. */
const struct rules *rules_default(void);
/* The `check "NAME" { }` sections; ends with name = NULL. */
extern const struct conf_section CHECK_SECTIONS[];
/* The reference of all checks as Markdown, by family. */
struct buf;
void check_reference(struct buf *out);

/* A message together with the messages attached to it, and what is known of both as one. */
struct evidence_carried {
    const struct message *m;
    const struct class_score *classified;
    const struct listed_hits *listed;
};

/* One message under inspection. The caller fills the first part, evidence_run the rest. */
struct evidence {
    struct arena *arena;
    const struct rules *rules;              /* never NULL */
    const struct message *m;                /* what the sender says himself (message_own) */
    const struct evidence_carried *carried; /* with what is attached to it; NULL: nothing is */
    const struct envelope *env;             /* never NULL; fields may be empty */
    const struct class_score *classified;   /* of base and site model; NULL: none */
    double user_points;                     /* what the personal layer adds to that */
    struct slice facts;                     /* names of the verified facts behind it, for people */
    const struct near_hit *near;            /* the learned message most like it; NULL: none */
    const struct auth_result *auth;         /* done; NULL: DNS was not asked */
    const struct auth_settings *site;       /* may be NULL */
    const struct own_names *own;            /* the site's domains; may be NULL */
    const struct known_sender *known; /* what the recipient knows of the author; may be NULL */
    const struct listed_hits *listed; /* what of it is listed here; may be NULL */
    struct findings *all;

    /* Worked out once for all families. */
    const struct address *from; /* the first author with an address, or NULL */
    bool is_from_malformed;     /* something without an address stands before it */
    struct slice shown_name;    /* what a mail program shows as the sender's name */
    struct slice from_host;     /* domain of that address */
    struct slice from_domain;   /* its organisational domain */
    struct slice reply_domain;
    struct slice shown_address; /* host of a mail address that the sender's name shows */
    struct slice name;          /* folded display name of From */
    struct slice subject;       /* folded */
    struct slice rcpt;          /* the address that the message seems to be for; may be empty */
    bool is_list;               /* came through a mailing list or says that it is a bulk sending */
    bool is_answer;             /* has In-Reply-To or References */
    bool has_html, has_plain;
    struct phrase_hits *phrases;
    const struct brand *from_brand; /* named in the sender's name */
    size_t n_web;                   /* http(s) links in href, form or text */
    size_t n_foreign;               /* of these, to other organisations than the sender's */
};

/* Runs all families; findings go to e->all. Linear in the size of the message. */
void evidence_run(struct evidence *e);

/* For families: reports a hit with the check's points. detail lies in the arena or the mail. */
void check_hit(struct evidence *e, enum check_id id, struct slice detail);
/* The same with points times `factor`; within *budget, which is lowered (NULL: no budget). */
void check_hit_scaled(struct evidence *e, enum check_id id, struct slice detail, double factor,
                      double *budget);

/* One family: a file of this folder. */
struct check_family {
    const char *name;
    void (*run)(struct evidence *e);
    enum check_id first, last; /* its rows in the table */
    const char *doc;
};
extern const struct check_family CHECK_FAMILIES[];
extern const size_t CHECK_N_FAMILIES;

#endif
