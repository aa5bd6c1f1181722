/* The spamd protocol, SPAMC/1.0 to 1.5, from the server's side: bytes in, bytes out, no sockets.
 * Its dialect RSPAMC/1.3, which Exim speaks as "variant=rspamd", brings the envelope along.
 *
 * One request per connection. Feed what arrives and tell spamd_last when the peer sent its last
 * byte; SPAMD_REQUEST says that a request is whole and wants an answer, SPAMD_DONE that the
 * connection can be closed once the output is written. Errors that SpamAssassin's spamd answers
 * (bad line, Content-length that does not fit) are answered here in its words. A body longer
 * than the limit keeps its head; `Compress: zlib` bodies are unpacked under the same limit.
 */
#ifndef MUSTER_DOORS_SPAMD_H
#define MUSTER_DOORS_SPAMD_H

#include "base/buf.h"
#include "scan/scan.h"

enum spamd_command {
    SPAMD_CHECK,
    SPAMD_SYMBOLS,
    SPAMD_REPORT,
    SPAMD_REPORT_IFSPAM,
    SPAMD_PROCESS,
    SPAMD_HEADERS,
    SPAMD_TELL,
    SPAMD_PING,
    SPAMD_SKIP,
    SPAMD_COMMANDS
};

enum { SPAMD_LOCAL = 1, SPAMD_REMOTE = 2 };

struct spamd_request {
    enum spamd_command command;
    unsigned minor; /* of SPAMC/1.minor */
    bool is_rspamc; /* the dialect: env is filled, user is not */
    struct envelope env;
    struct slice user; /* empty when not given */
    struct slice raw;  /* the message, unpacked */
    bool is_cut;
    int class;            /* TELL: 1 spam, 0 ham, -1 not given */
    unsigned set, remove; /* TELL: SPAMD_LOCAL, SPAMD_REMOTE */
};

enum spamd_event { SPAMD_MORE, SPAMD_REQUEST, SPAMD_DONE };

/* What the answer to all but TELL is made of. */
struct spamd_result {
    bool is_spam;
    double score, threshold, reject;
    const char *action; /* rspamd's word, for RSPAMC alone */
    const struct findings *findings;
    struct slice edits; /* header edits, for PROCESS and HEADERS */
};

struct spamd;

struct spamd *spamd_new(size_t max_bytes);
void spamd_free(struct spamd *sd);
MUST_USE enum spamd_event spamd_feed(struct spamd *sd, struct slice in, size_t *out_used,
                                     struct buf *out);
MUST_USE enum spamd_event spamd_last(struct spamd *sd, struct buf *out);
const struct spamd_request *spamd_request(const struct spamd *sd);
void spamd_answer(const struct spamd *sd, const struct spamd_result *r, struct buf *out);
/* TELL was done. */
void spamd_answer_tell(const struct spamd *sd, unsigned did_set, unsigned did_remove,
                       struct buf *out);
/* It could not be done: a code of sysexits.h and words of ours (RSPAMC's clients defer on it). */
void spamd_answer_error(int code, const char *words, struct buf *out);

#endif
