/* The engine behind pages: one request from its fields to its answer, without HTTP and without
 * keeper. The server (server.h), the export and the tests drive it:
 *
 *     struct page *p = page_new(site, &request);
 *     while (!page_run(p))                       // something waits for keeper
 *         while (page_next(p, &q)) ...           // send it; later page_answered(p, q.id, ...)
 *     ... p->run->reply ...
 *     page_free(p);
 */
#ifndef MUSTER_WEB_RUN_H
#define MUSTER_WEB_RUN_H

#include "web/form.h"
#include "web/page.h"
#include "web/query.h"
#include "web/site.h"

#define PAGE_ASKS  64u                /* questions of one request */
#define PAGE_BYTES (8u * 1024 * 1024) /* of an answer */
#define PAGE_BODY  (256u * 1024)      /* of a request without PAGE_UPLOAD */

/* EXPORT_PART: a section of one file instead of a page. */
enum web_export { EXPORT_NOT, EXPORT_PAGE, EXPORT_PART };

/* A request as its transport read it. All slices outlive the page. */
struct web_request {
    bool is_post;
    struct slice target; /* path and query, as sent */
    struct slice host, cookie, accept, accept_language, content_type, origin, fetch_site,
        authorization, none_match;
    struct slice client; /* address */
    struct slice body;
    enum web_export export; /* no menu and no forms that need a node behind them */
    struct slice anchor;    /* EXPORT_PART: id of its section */
};

struct web_question {
    unsigned id;
    struct slice session, token; /* whose rights are asked for; both empty: nobody's */
    struct slice path, json;
};

struct page_header {
    const char *name, *value;
};

struct web_reply {
    int status;
    const char *type;
    struct buf body;
    struct page_header header[16];
    unsigned n_headers;
    const struct web_asset *asset; /* its body instead, when it is a file of ours */
    bool is_private; /* somebody's own, or with a form's token: not to be kept or compressed */
};

struct page_asked {
    struct slice path, json;
    bool is_sent, is_answered;
    struct page_answer answer;
};

struct page_run {
    struct web_site *site;
    const struct web_request *request;
    const struct route *route;
    struct query query;
    struct form form;     /* of a POST */
    int form_refused;     /* status of a body that is no form, or 0 */
    struct slice session; /* from the cookie, well formed; empty: none */
    bool is_over;         /* nobody is logged in by it (any more) */
    struct slice bearer;
    const char *visitor; /* cookie that binds forms before log-in; "": none */
    bool is_visitor_new;
    bool method_ok;
    struct page_asked asked[PAGE_ASKS];
    unsigned n_asked;
    bool is_waiting; /* something asked in this run is not answered */
    /* what the page says of itself in this run */
    const char *title, *heading, *about;
    const char *feed_type, *feed_href, *feed_title;
    bool has_heading, is_noindex, is_wide, is_whole, is_failed;
    unsigned refresh;
    const char *said; /* a sentence from the page before */
    unsigned next_id; /* of controls in forms */
    struct html html;
    struct json json;
    struct web_reply reply;
};

/* request and site must outlive it. */
struct page *page_new(struct web_site *site, const struct web_request *request);
/* Runs the page; true when its reply is complete. */
bool page_run(struct page *p);
bool page_next(struct page *p, struct web_question *out);
/* status 0: keeper is not there. Unknown ids are left out. */
void page_answered(struct page *p, unsigned id, int status, struct slice json);
void page_free(struct page *p);
/* Flags of the route of a request whose body has not come yet; 0: none. */
unsigned page_flags(struct slice target);

/* ---- between the engine's files ---- */

void page_header_add(struct page *p, const char *name, const char *value);
/* Sets a cookie of ours; seconds 0: until the browser closes, -1: gone. */
void page_cookie(struct page *p, const char *name, const char *value, long seconds);
/* The token that a form carries. */
const char *page_form_token(struct page *p);
bool page_form_token_ok(struct page *p);
/* Before a log-in form: a cookie that its token is bound to. */
void page_bind_visitor(struct page *p);
bool page_is_bound(const struct page *p);
/* Before the frame: shows once what the page before said, remembers a language that was chosen. */
void page_cookies_out(struct page *p);
/* Puts the frame around what the page wrote. */
void layout_write(struct page *p, struct buf *out);

#endif
