/* Canonical forms of header fields and bodies (RFC 6376 3.4), as a stream into a taker.
 *
 * Line ends inside mail are CRLF or LF and both mean CRLF (milter folds with LF, files on disk
 * have LF); a CR without LF is a byte like any other. Bodies may come in pieces cut anywhere:
 * the result is the same as in one piece. Nothing is kept but a few counters. Pure.
 */
#ifndef MUSTER_AUTH_CANON_H
#define MUSTER_AUTH_CANON_H

#include "base/slice.h"

enum canon { CANON_SIMPLE, CANON_RELAXED, CANONS };

const char *canon_name(enum canon c);

/* Where canonical bytes go; small pieces are gathered first. */
struct canon_out {
    void (*take)(void *arg, const char *p, size_t n);
    void *arg;
    uint64_t total; /* bytes so far, those gathered included */
    size_t used;
    char room[4096];
};

void canon_out_init(struct canon_out *o, void (*take)(void *arg, const char *p, size_t n),
                    void *arg);
void canon_put(struct canon_out *o, const char *p, size_t n);
/* Hands over what was gathered; call it at the end. */
void canon_flush(struct canon_out *o);

/* One field as `struct header` has it raw: name, colon, value with folding, no final line end.
 * with_end adds the CRLF, which only the signature's own field lacks (RFC 6376 3.7). */
void canon_field(struct canon_out *o, enum canon c, struct slice raw, bool with_end);

struct canon_body {
    enum canon mode;
    struct canon_out *out;
    uint64_t ends;  /* line ends seen and not written: those at the end of the body are not */
    bool has_blank; /* relaxed: white space seen and not written */
    bool has_cr;    /* a CR at the very end of the last piece */
    bool has_any;   /* something was written */
};

void canon_body_begin(struct canon_body *b, enum canon mode, struct canon_out *out);
void canon_body_add(struct canon_body *b, struct slice piece);
/* The final line end as the mode wants it; flushes. */
void canon_body_end(struct canon_body *b);

#endif
