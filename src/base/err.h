/* Errors: 0 or a negative code; the words go into an error struct.
 *
 * A function that can fail returns int and takes `struct err *` last or before its
 * out-parameters; out-parameters stay untouched on failure. Libraries never print.
 * Bad mail is never an error: it is data with anomalies.
 */
#ifndef MUSTER_BASE_ERR_H
#define MUSTER_BASE_ERR_H

#include "base/attr.h"

enum err_code {
    ERR_NONE = 0,
    ERR_USAGE = -1,   /* the caller's words are off */
    ERR_PARSE = -2,   /* a file of ours (config, journal, model) is not well formed */
    ERR_IO = -3,      /* reading, writing, connecting */
    ERR_NOENT = -4,   /* not there */
    ERR_EXISTS = -5,  /* there already */
    ERR_DENIED = -6,  /* not allowed */
    ERR_LIMIT = -7,   /* a limit was met */
    ERR_FULL = -8,    /* disk full or read-only */
    ERR_TIMEOUT = -9, /* deadline passed */
    ERR_CLOSED = -10, /* peer went away */
    ERR_CORRUPT = -11 /* checksum or shape is wrong */
};

struct err {
    int code;
    char text[512];
};

/* Writes code and text (cut to fit) and returns the code, so that a caller can say
 * `return err_set(e, ERR_IO, ...)`. e may be NULL. */
PRINTF_LIKE(3, 4) int err_set(struct err *e, int code, const char *fmt, ...);
/* As err_set with ": strerror(errno)" behind; ENOSPC, EDQUOT, EFBIG and EROFS become ERR_FULL,
 * ENOENT ERR_NOENT, EACCES and EPERM ERR_DENIED, others ERR_IO. */
PRINTF_LIKE(2, 3) int err_errno(struct err *e, const char *fmt, ...);
/* Puts words in front of what stands there ("FILE:LINE: "), keeps the code. */
PRINTF_LIKE(2, 3) int err_prefix(struct err *e, const char *fmt, ...);
const char *err_name(int code);

/* A broken invariant: says where and aborts. */
#define BUG(why) err_bug(__FILE__, __LINE__, why)
_Noreturn void err_bug(const char *file, int line, const char *why);

#endif
