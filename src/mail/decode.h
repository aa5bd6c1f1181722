/* Transfer decodings: base64, quoted-printable, Q of encoded words, uuencode, yEnc.
 *
 * All are tolerant, linear, and write no more than they are given room for. They count what
 * did not fit the rules; nothing is an error.
 */
#ifndef MUSTER_MAIL_DECODE_H
#define MUSTER_MAIL_DECODE_H

#include "base/arena.h"

struct decode_result {
    size_t junk;          /* bytes that do not belong there */
    size_t inner_padding; /* groups that came behind a padding (base64) */
    size_t padded_at;     /* output bytes before the first of those groups */
    bool bad_length;      /* base64 ended inside a group */
    size_t bad_escapes;   /* quoted-printable */
    bool has_long_lines;  /* quoted-printable lines over 76 characters */
    bool hit_limit;       /* output cut at the room given */
};

/* Base64 (RFC 2045 6.8). out must have room for s.n * 3 / 4 + 3 bytes or `room`, whichever is
 * less. Returns the bytes written. */
size_t decode_base64(struct slice s, char *out, size_t room, struct decode_result *out_result);
/* Quoted-printable (RFC 2045 6.7). Writes at most min(s.n, room). */
size_t decode_qp(struct slice s, char *out, size_t room, struct decode_result *out_result);
/* The Q encoding of RFC 2047 4.2. Writes at most s.n bytes. */
size_t decode_q_word(struct slice s, char *out);

/* A file inside text: uuencode ("begin 644 NAME") or yEnc ("=ybegin ... name=NAME"). */
struct decode_file {
    struct slice name;    /* as written */
    struct slice content; /* the encoded lines */
    size_t start, end;    /* from the begin line to behind the end line */
    bool is_yenc;
};
/* Finds the next such file at or after *at and moves *at behind it; false: no more. A "begin"
 * counts only when a line that can be uuencoded follows. Linear over all calls. */
bool decode_find_file(struct slice text, size_t *at, struct decode_file *out);
/* Their contents; write at most min(content.n, room) bytes. */
size_t decode_uu(struct slice content, char *out, size_t room, struct decode_result *out_result);
size_t decode_yenc(struct slice content, char *out, size_t room, struct decode_result *out_result);

#endif
