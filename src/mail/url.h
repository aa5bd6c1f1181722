/* URLs as browsers read them (WHATWG URL, UTS 46), and URLs found in running text. */
#ifndef MUSTER_MAIL_URL_H
#define MUSTER_MAIL_URL_H

#include "mail/message.h"

/* Parses input, relative to base when base is not NULL. false: a browser refuses it (raw is
 * set, the rest empty). Everything lies in the arena. */
bool url_parse(struct arena *a, struct slice input, const struct url *base, struct url *out);
/* Host to its ASCII form under UTS 46 (non-transitional, as browsers do); false: invalid. */
bool url_host(struct arena *a, struct slice host, bool is_special, struct slice *out);
/* Organisational (registrable) domain of a host in ASCII form; empty for IPs and suffixes. */
struct slice url_org_domain(struct arena *a, struct slice host);

/* Host to its Unicode form; the host itself when it holds no A-label. Never fails. */
struct slice url_host_unicode(struct arena *a, struct slice host);
/* True when a name ("com", "рф", "co.uk") stands in the public suffix list by itself. */
bool url_is_suffix(struct slice name);
/* Opens the suffix list and IDNA data, before a sandbox closes the file system. */
void url_warm(void);
void url_host_warm(void);

/* One place in running text that a mail program would turn into a link. */
struct url_hit {
    size_t start, end; /* byte offsets */
    bool has_scheme;
    bool is_defanged; /* "hxxp://" or "example[.]com": not a link, but meant as one */
};
/* Finds the next hit at or after *at and moves *at behind it; false: no more. With
 * `bare_hosts` also "example.com/x" and mail addresses are not hits. Linear. */
bool url_find(struct slice text, size_t *at, bool bare_hosts, struct url_hit *out);
/* A defanged hit's text as the URL that is meant: "hxxp://example[.]com" to
 * "http://example.com". */
struct slice url_refang(struct arena *a, struct slice s);

#endif
