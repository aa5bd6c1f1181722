/* What a request line and its fields say: the path's pieces, name=value pairs, cookies.
 *
 * Linear in the input, bounded; percent escapes and "+" are decoded, what is no UTF-8 then becomes
 * U+FFFD and a NUL is taken out, so that everything behind may be a C string.
 */
#ifndef MUSTER_WEB_QUERY_H
#define MUSTER_WEB_QUERY_H

#include "base/arena.h"

#define QUERY_PAIRS 1000u

struct query_pair {
    const char *name, *value;
};

struct query {
    struct query_pair *pair;
    unsigned n, room;
};

/* Adds the pairs of "a=1&b=2" (application/x-www-form-urlencoded); past QUERY_PAIRS they are left
 * out and this is false. */
bool query_add(struct query *q, struct arena *a, struct slice text);
void query_put(struct query *q, struct arena *a, const char *name, const char *value);
/* The i-th value of that name, or NULL. */
const char *query_nth(const struct query *q, const char *name, unsigned i);
/* Percent escapes decoded, made UTF-8; plus: "+" is a space. */
const char *query_decode(struct arena *a, struct slice s, bool plus);
/* The value of a cookie in a Cookie field; empty when it is not there. Nothing is decoded. */
struct slice query_cookie(struct slice field, const char *name);
/* Adds what may stand in a query or a piece of a path as it is, the rest as %XX. */
struct buf;
void query_encode(struct buf *out, struct slice s);

#endif
