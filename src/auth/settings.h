/* The operator's words about authentication: section `auth` of the configuration. Compiled once,
 * read-only while scanning. */
#ifndef MUSTER_AUTH_SETTINGS_H
#define MUSTER_AUTH_SETTINGS_H

#include "base/conf.h"
#include "base/ip.h"

enum dmarc_mode { DMARC_MODE_WALK, DMARC_MODE_LIST };

struct auth_settings {
    struct slice authserv_id; /* in Authentication-Results; empty: the host's name */
    struct net *relays;       /* our own servers in front of this one: look behind them */
    size_t n_relays;
    struct net *forwarders; /* that users of ours have chosen: look behind them, too */
    size_t n_forwarders;
    struct net *own; /* clients of ours, whose mail is not authenticated */
    size_t n_own;
    struct conf_list lists;   /* domains whose List-Id excuses a failing DMARC when proven */
    struct conf_list sealers; /* d= of ARC sealers that are believed */
    struct conf_list local;   /* author domains whose DMARC failure is excused */
    struct conf_list domains; /* of this site, from the top of the configuration */
    bool is_old_mode;         /* organisational domains by the public suffix list (RFC 7489) */
    bool follows_dmarc;       /* do what a failing domain asks for, rather than weigh it */
    bool explains;            /* follow exp= of SPF */
    bool writes_received_spf;
};

/* The section's table; ends with name = NULL. */
extern const struct conf_section AUTH_SECTIONS[];

/* Compiles the section; lives in the configuration's arena. hostname is the default of
 * authserv_id, domains are the site's. ERR_PARSE names a word that is no network. */
MUST_USE int auth_settings_compile(const struct conf *c, struct slice hostname,
                                   const struct conf_list *domains, struct err *e,
                                   struct auth_settings **out);
/* What holds without a configuration. */
const struct auth_settings *auth_settings_default(void);

#endif
