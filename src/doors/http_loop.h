/* libmicrohttpd on our loop: its epoll descriptor and its timer become events. */
#ifndef MUSTER_DOORS_HTTP_LOOP_H
#define MUSTER_DOORS_HTTP_LOOP_H

struct event_base;
struct MHD_Daemon;
struct http_loop;

/* Watches a daemon that was started with MHD_USE_EPOLL and without a thread of its own. */
struct http_loop *http_loop_new(struct event_base *base, struct MHD_Daemon *daemon);
/* Lets the daemon run now: after MHD_add_connection. Not from inside its calls. */
void http_loop_run(struct http_loop *l);
/* Lets the daemon run soon: after MHD_resume_connection. */
void http_loop_kick(struct http_loop *l);
void http_loop_free(struct http_loop *l);

#endif
