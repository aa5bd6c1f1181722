/* Bodies of forms: application/x-www-form-urlencoded and multipart/form-data (RFC 7578).
 *
 * A body is read whole or refused with a reason; it is never read in two ways, so what browsers
 * do not send (a preamble, a part without a name, a boundary that goes on, a doubled parameter) is
 * an error. Linear in the body, and every count has a limit. Files are views into the body: they
 * cost no memory of their own and live as long as it does. Names and texts lie in the arena, are
 * UTF-8 (a byte that is none becomes U+FFFD) and without NUL, so that they may be C strings.
 */
#ifndef MUSTER_WEB_FORM_H
#define MUSTER_WEB_FORM_H

#include "base/arena.h"
#include "base/err.h"

struct form_limits {
    size_t body;   /* bytes in all */
    size_t text;   /* bytes of one value that is no file, decoded */
    size_t name;   /* bytes of a field's name */
    size_t head;   /* bytes of the header lines of one part */
    size_t fields; /* with the files */
    size_t files;
};

/* 1 MiB, values of 256 KiB, names of 128 bytes, heads of 4 KiB, 512 fields, no file. */
extern const struct form_limits form_limits_default;

struct form_field {
    struct slice name;
    struct slice value;     /* text; or the bytes of a file, as they came */
    struct slice file_name; /* as the browser says, its last piece: for showing only */
    struct slice type;      /* the same: "message/rfc822", lower case, without parameters */
    bool is_file;
};

struct form {
    struct form_field *fields; /* in the order of the body */
    size_t n;
};

/* Reads a body of this Content-Type. ERR_USAGE: no type of a form; ERR_LIMIT: too large or too
 * much of something; ERR_PARSE: not well formed. A NULL limits means the default. */
MUST_USE int form_read(struct slice content_type, struct slice body,
                       const struct form_limits *limits, struct arena *a, struct form *out,
                       struct err *e);
/* The i-th field of that name that is no file (from 0), or NULL. */
const struct form_field *form_field(const struct form *f, const char *name, size_t i);
/* Its text; empty when there is none. */
struct slice form_text(const struct form *f, const char *name);
/* The i-th file of that name; a file box that was left empty counts as none. */
const struct form_field *form_file(const struct form *f, const char *name, size_t i);

#endif
