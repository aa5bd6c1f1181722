/* What an HTTP request's headers say, read field by field: the envelope in rspamd's words (IP,
 * Helo, Hostname, From, Rcpt, User, Deliver-To, Queue-Id, TLS-Version), the token, and whether
 * the request may be served at all. Nothing is copied: values must outlive the head.
 */
#ifndef MUSTER_DOORS_HTTP_HEAD_H
#define MUSTER_DOORS_HTTP_HEAD_H

#include "base/conf.h"
#include "mail/envelope.h"

#define HTTP_RCPT_MAX 10000u

struct http_head {
    struct envelope env; /* User is the authenticated user, Deliver-To the mailbox */
    size_t rcpt_room;
    struct slice token; /* Password, or Authorization: Bearer */
    struct slice host, origin;
    uint64_t length;
    unsigned n_lengths;                   /* Content-Length fields; more than one is refused */
    bool is_chunked, is_zstd, is_strange; /* strange: an encoding that is not spoken here */
    bool is_too_much, is_bad_length;
};

void http_head_add(struct http_head *h, struct slice name, struct slice value);
/* After the last field: the single recipient is the mailbox when none was named. */
void http_head_done(struct http_head *h);
void http_head_fini(struct http_head *h);

/* 0, or the status to refuse with and in *out_why our words for it. names: allowed in Host
 * besides localhost and plain addresses (a foreign name means that somebody's DNS points a
 * browser here). */
int http_head_refusal(const struct http_head *h, uint64_t body_max, const struct conf_list *names,
                      const char **out_why);

enum http_route {
    HTTP_NONE,
    HTTP_PING,
    HTTP_SCAN,  /* native answer */
    HTTP_CHECK, /* rspamd's answer */
    HTTP_LEARN, /* label in *out_label */
    HTTP_ASK,   /* a question for the node: path in *out_rest */
    HTTP_METRICS,
    HTTP_REPORT, /* reports about mail, to be read */
    HTTP_FUZZY   /* known to rspamc, not offered here */
};

/* Which thing a path means. control: the control port or socket, where everything is served;
 * the scan port has only scans and ping. */
enum http_route http_route(struct slice path, bool control, int *out_label, struct slice *out_rest);
/* True for what may change or cost something; only known questions may be asked by GET. */
bool http_needs_post(enum http_route route, struct slice rest);

#endif
