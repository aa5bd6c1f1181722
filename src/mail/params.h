/* Values with parameters (Content-Type, Content-Disposition): RFC 2045 5.1, RFC 2183,
 * RFC 2231 continuations and charsets, and every other way in which mail programs read them.
 */
#ifndef MUSTER_MAIL_PARAMS_H
#define MUSTER_MAIL_PARAMS_H

#include "mail/message.h"

#define PARAMS_MOST_NAMES 64 /* room of the list given to params_readings */

/* One way to read a value; a list, the likeliest first. */
struct param_reading {
    struct slice value; /* UTF-8 */
    struct param_reading *next;
};

/* One "name=value" as it stands in the field. */
struct param_piece {
    struct slice name;            /* lower case, without *section and * */
    struct slice value;           /* unquoted, comments removed, raw charset */
    int section;                  /* of *0, *1...; -1: none */
    bool is_extended;             /* name ended in "*": percent escapes */
    bool is_token;                /* not quoted */
    struct param_reading *others; /* other readings of the bytes; NULL in clean mail */
    struct param_piece *next;
    struct param_piece *same; /* the next one of this name */
    bool is_first;            /* of its name */
};

struct param_field {
    struct slice first;   /* what stands before the first ";" without comments, as written */
    struct param *params; /* put together, in order of first appearance */
    struct param_piece *pieces, *last;
    size_t steps; /* bytes and pieces looked at: what tests hold against the length */
};

/* Reads an unfolded value. Anomalies go to part number `part` of m. Linear. */
void params_read(struct message *m, uint32_t part, struct slice value, struct param_field *out);
/* The value put together from all pieces of that name in both fields (either may be NULL), in
 * every way that programs do it: added to *list, at most limits->names and PARAMS_MOST_NAMES, none
 * twice. */
void params_readings(struct message *m, uint32_t part, const struct param_field *f,
                     const char *name, struct slice *list, size_t *n);
/* The first put-together parameter of that name, or an empty slice. */
struct slice params_find(const struct param *params, const char *name);

#endif
