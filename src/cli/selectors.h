/* The selectors with which a domain's mail is signed, as far as this site knows: its own signing
 * settings, and what reports in its archive tell. For `muster dns check`.
 */
#ifndef MUSTER_CLI_SELECTORS_H
#define MUSTER_CLI_SELECTORS_H

#include "auth/dnscheck.h"
#include "base/conf.h"

struct selectors {
    struct slice named[DNSCHECK_SELECTORS];
    struct dnscheck_seen seen[DNSCHECK_SELECTORS];
    size_t n_named, n_seen;
};

/* Adds the site's own behind those that are there already. */
void selectors_own(const struct conf *conf, struct slice domain, struct selectors *s);
/* Asks the running node, else the archive if this user may open it; without either there are none
 * and nobody is told. */
void selectors_seen(const struct conf *conf, struct arena *a, struct slice domain,
                    struct selectors *s);

#endif
