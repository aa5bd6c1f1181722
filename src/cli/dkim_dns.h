/* Can the record of a key be seen in the DNS, and is it this key's? */
#ifndef MUSTER_CLI_DKIM_DNS_H
#define MUSTER_CLI_DKIM_DNS_H

#include "node/config.h"

enum dkim_dns {
    DKIM_DNS_UNASKED, /* `resolver = none` and no zone file */
    DKIM_DNS_SEEN,
    DKIM_DNS_MISSING,
    DKIM_DNS_OTHER,   /* a record of another key */
    DKIM_DNS_SEVERAL, /* nobody knows which counts */
    DKIM_DNS_REVOKED, /* an empty p= */
    DKIM_DNS_UNKNOWN  /* no answer */
};

struct dkim_wanted {
    struct slice name, record; /* as key_record_name and key_record make them */
    enum dkim_dns state;       /* filled in */
};

/* Asks for all of them at once: in the zone file when there is one, else by the setting
 * `resolver`. Errors: the file, or no resolver process. */
MUST_USE int dkim_dns_look(const struct conf *conf, const char *zone, struct dkim_wanted *list,
                           size_t n, struct err *e);
/* For programs, and a message id for people. */
const char *dkim_dns_name(enum dkim_dns s);
const char *dkim_dns_words(enum dkim_dns s);
/* Signatures with the key cannot be verified. */
bool dkim_dns_is_bad(enum dkim_dns s);

#endif
