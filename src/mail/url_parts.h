/* Inner parts of the URL reader, shared by its files: the percent-encode sets and the hosts. */
#ifndef MUSTER_MAIL_URL_PARTS_H
#define MUSTER_MAIL_URL_PARTS_H

#include "base/arena.h"

/* Bits of url_set[byte]: the byte belongs to that set (WHATWG URL 1.3, 3.1). */
enum url_set_bit {
    URL_SET_C0 = 1,
    URL_SET_FRAGMENT = 2,
    URL_SET_QUERY = 4,
    URL_SET_SPECIAL_QUERY = 8,
    URL_SET_PATH = 16,
    URL_SET_USERINFO = 32,
    URL_SET_FORBIDDEN_HOST = 64,
    URL_SET_FORBIDDEN_DOMAIN = 128
};
extern const unsigned char url_set[256];

/* Writes s with the bytes of `set` percent-encoded; out has room for 3 * s.n. Returns bytes. */
size_t url_encode(char *out, struct slice s, unsigned set);
/* Percent-decodes; s itself when it holds no '%'. */
struct slice url_decode(struct arena *a, struct slice s);

/* Host in brackets without them to "[::1]" (WHATWG 3.5); false: not an address. */
bool url_ipv6(struct arena *a, struct slice s, struct slice *out);
/* An ASCII domain that ends in a number to "1.2.3.4". 1: done, 0: no number at the end,
 * -1: a number that is no address. */
int url_ipv4(struct arena *a, struct slice s, struct slice *out);
/* A domain in UTF-8 with A-labels for its labels (UTS 46, non-transitional); false: it is none. */
bool url_host_to_ascii(struct arena *a, struct slice s, struct slice *out);
/* libpsl's list, opened once; NULL: there is none. */
const struct psl_ctx_st *url_suffix_list(void);
/* What psl_registrable_domain says of a name in lower case, of that list: a part of `name` (of at
 * most 253 bytes), or NULL. */
const char *url_suffix_registrable(const char *name);
/* Reads the tables behind it and url_is_suffix, once. */
void url_suffix_warm(void);
/* True when a serialised host is an IPv4 or IPv6 address. */
bool url_host_is_ip(struct slice host);

#endif
