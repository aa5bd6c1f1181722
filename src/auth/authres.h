/* Authentication-Results (RFC 8601): read those of others, write ours, know forged ones.
 *
 * The reader takes what real senders write (a version, comments anywhere, values with "/", "@" or
 * "=" bare, an empty result) and refuses what has no reading. Nothing that it reads is believed:
 * that is the caller's decision, by authserv-id and place.
 */
#ifndef MUSTER_AUTH_AUTHRES_H
#define MUSTER_AUTH_AUTHRES_H

#include "auth/auth.h"
#include "base/buf.h"

#define AUTHRES_METHODS    64
#define AUTHRES_PROPERTIES 32 /* of one method */

struct authres_property {
    struct slice name; /* "header.d"; lower case */
    struct slice value;
    struct authres_property *next;
};

struct authres_method {
    struct slice name;   /* "dkim"; lower case, without version */
    struct slice result; /* "pass"; lower case; may be empty */
    struct slice reason;
    struct authres_property *properties;
    struct authres_method *next;
};

struct authres {
    struct slice authserv_id; /* as written, unquoted */
    struct slice version;     /* "1"; empty: none */
    bool is_none;             /* "none" alone */
    struct authres_method *methods;
    size_t n;
};

/* Reads an unfolded value. NULL: well enough, else what is wrong (ours). Linear. */
const char *authres_parse(struct arena *a, struct slice value, struct authres *out);
/* First property of that name, or an empty slice. */
struct slice authres_property(const struct authres_method *m, const char *name);

/* Does this field claim to be of authserv_id (section 5)? Also when it is no well formed field:
 * what comes first in it, in any case, quoted or not, behind comments, with a version. */
bool authres_claims(struct slice value, struct slice authserv_id);

/* The value of our field, folded with LF and a blank: one line per method. r NULL or not done:
 * "none" is written where nothing was checked. */
void authres_write(const struct auth_result *r, struct slice authserv_id, struct buf *out);

#endif
