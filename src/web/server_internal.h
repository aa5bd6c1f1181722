/* Shared by the files of the web server: a request under way, and the server itself. */
#ifndef MUSTER_WEB_SERVER_INTERNAL_H
#define MUSTER_WEB_SERVER_INTERNAL_H

#include "web/rate.h"
#include "web/run.h"
#include "web/server_conn.h"

#include <microhttpd.h>

struct request {
    struct web_server *server;
    struct MHD_Connection *conn;
    struct web_conn *on;
    char *target;
    struct request *prev, *next;
    struct web_request in;
    struct page *page;
    struct buf body;
    unsigned n_asked; /* questions that are out */
    bool is_suspended, is_running, is_head, has_begun, takes_gzip;
    unsigned n_hosts, n_lengths;
    bool is_chunked, is_bad_length, is_bad_name, is_strange;
    uint64_t length, over;
    int refused; /* status, or 0 */
    const char *why;
};

struct web_server {
    struct MHD_Daemon *daemon;
    struct http_loop *loop;
    struct io_listener *listener;
    struct event *sweep;
    struct web_site *site;
    const struct web_ops *ops;
    struct web_conns conns;
    struct rate rate;
    struct request *requests;
    unsigned n_requests;
    bool is_draining;
};

/* Fields of the head into r->in and what check looks at. */
void request_read_head(struct request *r);
/* What can be said before the body is there: a status to refuse it with (r->refused, r->why), or 0:
 * go on. Fixes the most that the body may have. */
int request_check(struct request *r, const char *method, const char *version);
/* Hands the page's answer to libmicrohttpd. */
enum MHD_Result request_reply(struct request *r);
/* Without a page: the request is not one that gets one. */
enum MHD_Result request_refuse(struct request *r);

#endif
