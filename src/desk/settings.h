/* The desk's settings: section `desk` of the configuration.
 *
 *   desk { mailbox = spam@example.org }
 */
#ifndef MUSTER_DESK_SETTINGS_H
#define MUSTER_DESK_SETTINGS_H

#include "base/conf.h"

struct desk_settings {
    struct conf_list mailbox; /* mail to these is taken in as reports */
    bool api;                 /* POST /v1/report is answered to everybody */
    struct slice sms_token;   /* secret of the gateway; empty: no text messages */
    struct slice sms_from, sms_text, sms_secret; /* names of its form's fields */
    struct slice name, from, url;                /* in letters: who writes, and the pages */
    struct slice language;                       /* of letters to others; empty: English */
    bool receipts, send_notices;
    int64_t receipts_per_day, receipts_per_hour; /* to one address; in all */
    int64_t source_cases, source_most;           /* an hour */
    struct slice authority, csirt, registrar;    /* mailboxes; empty: none */
    struct conf_list own_networks;
    struct conf_list public_mail;    /* domains whose mailboxes are sources of their own */
    struct conf_list partners;       /* "NODE=KEY": whose bundles are taken in */
    struct conf_list proof_networks; /* not public, yet a proof may be fetched from there */
};

/* The section's table; ends with name = NULL. */
extern const struct conf_section DESK_SECTIONS[];
/* The section as read; never NULL. */
const struct desk_settings *desk_settings(const struct conf *c);
/* Is this one of the desk's mailboxes? Any case. */
bool desk_is_mailbox(const struct desk_settings *s, struct slice address);

#endif
