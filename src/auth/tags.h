/* Tag lists: "name=value; name=value", the form of DKIM signatures, key records and ARC's fields
 * (RFC 6376 3.2; RFC 8616 lets values hold UTF-8).
 *
 * Values are views into what was read, folding and all; a value whose white space means nothing
 * (b=, bh=, h=, p=) goes through tag_squeeze. Bounded: TAGS_MOST tags. Pure.
 */
#ifndef MUSTER_AUTH_TAGS_H
#define MUSTER_AUTH_TAGS_H

#include "base/arena.h"

#define TAGS_MOST 64

struct tag {
    struct slice name;
    struct slice value; /* without white space around it */
    struct slice span;  /* all between "=" and ";": what an empty b= leaves out (RFC 6376 3.5) */
};

struct tags {
    struct tag tag[TAGS_MOST];
    size_t n;
};

/* False, with the reason in words in *out_why, when the list is not well formed, a tag stands
 * twice, or there are too many. */
bool tags_parse(struct slice text, struct tags *out, const char **out_why);
/* Names are compared with case. NULL: not there. */
const struct tag *tags_find(const struct tags *t, const char *name);
/* The value, or an empty slice with p NULL. */
struct slice tags_value(const struct tags *t, const char *name);
/* The value without any white space. */
struct slice tag_squeeze(struct arena *a, struct slice value);
/* Strict base64 (RFC 4648 4) of a squeezed value; false: not base64, or empty. */
bool tag_base64(struct arena *a, struct slice squeezed, struct slice *out);
/* Decimal digits alone, at most `digits` of them; what passes 63 bits becomes INT64_MAX. */
bool tag_number(struct slice value, size_t digits, int64_t *out);

#endif
