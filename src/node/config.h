/* The node's configuration: the tables of all rooms put together, read from one file.
 *
 * `profile` sets defaults for a kind of site; the file's own words win. Without a file the
 * defaults stand, which serve loopback alone.
 */
#ifndef MUSTER_NODE_CONFIG_H
#define MUSTER_NODE_CONFIG_H

#include "base/conf.h"
#include "base/pack.h"
#include "journal/pseudonym.h"
#include "verdict/policy.h"

enum node_mode { MODE_ACT, MODE_SHADOW };
enum on_failure { ON_FAILURE_ACCEPT, ON_FAILURE_TAG, ON_FAILURE_DEFER };

struct conf_main {
    int profile;
    int mode; /* enum node_mode */
    int log_level;
    struct conf_list domains;
    struct slice data, run, user, hostname;
    struct slice listen_milter, listen_spamd, listen_http, listen_control, listen_web;
    struct slice catalogues, base_model;
    struct conf_list resolver; /* see node/resolver.h */
    struct slice recipient_delimiter;
    /* no settings: the path under which master's descriptor is seen; the file's name and text */
    struct slice base_opened, file, text;
};

/* mailbox "anna@example.org" { aliases = ... } */
struct conf_mailbox {
    struct conf_list aliases;
};

struct conf_scan {
    int64_t max_size, deadline, workers; /* workers -1: one per core */
    int on_failure;                      /* enum on_failure: what an unscanned message gets */
    bool spam_headers, trusted_headers;
};

struct conf_keep {
    int64_t history, quarantine, features, cases;
    bool subjects;
};

struct conf_dmarc {
    bool report;          /* send aggregate reports */
    bool failure_reports; /* and failure reports */
    struct slice org_name, email, contact, submitter, bounces;
    struct conf_list report_mailbox; /* addresses whose mail is read for reports */
    struct conf_list never;          /* domains that get none */
    int64_t keep, period;
    int64_t most_reports, most_bytes, failure_most;
};

struct conf_dns {
    int64_t cache, wait, stale, silence, lookups;
    int dnssec; /* enum dnssec_mode */
    struct slice trust_anchor;
};

struct conf_mailer {
    struct slice relay; /* "127.0.0.1:10026" or "lmtp:unix:/path" */
    struct slice from;
    int64_t timeout;
};

/* Path that is read when none is named: /etc/muster/muster.conf. */
extern const char NODE_CONFIG_PATH[];

/* All tables; ends with name = NULL. */
const struct conf_section *node_tables(void);
/* Reads a file (NULL: NODE_CONFIG_PATH when it is there, else defaults alone). */
MUST_USE int node_config_read(struct arena *a, const char *path, struct err *e, struct conf **out);
const struct conf_main *node_main(const struct conf *c);
/* This host's name as set, else as the machine calls itself. */
struct slice node_hostname(struct arena *a, const struct conf *c);
const struct conf_scan *node_scan(const struct conf *c);
const struct conf_keep *node_keep(const struct conf *c);
const struct conf_mailer *node_mailer(const struct conf *c);
const struct conf_dmarc *node_dmarc(const struct conf *c);
const struct conf_dns *node_dns(const struct conf *c);
/* The roles that an account has only while its second factor is on (charter/actor.h). */
unsigned node_second_factor(const struct conf *c);
/* Which addresses are one mailbox; texts lie in the arena. Errors: mailboxes_sort. */
MUST_USE int node_mailboxes(struct arena *a, const struct conf *c, struct err *e,
                            struct mailboxes *out);
/* What keeper takes over at a reload (it may not open the file itself): packed by master, who read
 * it, and read again by keeper, what needs a restart as in `old`. */
void node_config_pack(const struct conf *c, struct buf *out);
MUST_USE int node_config_unpack(struct arena *a, const struct conf *old, struct slice bytes,
                                struct err *e, struct conf **out);
/* DIR/NAME in the arena, as a C string. */
const char *node_path(struct arena *a, struct slice dir, const char *name);
/* Where a data file that the project ships lies: an explicit setting, else the build tree's when
 * the program runs from there, else the installed place. */
const char *node_shipped(struct arena *a, struct slice setting, const char *name);

/* The day-one model's path: what master opened, a setting, or the shipped one. */
const char *node_base_model(struct arena *a, const struct conf *c);

#endif
