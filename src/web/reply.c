/* What a page says about its answer: title, status, redirects, cookies, form tokens. See page.h. */
#include "web/run.h"

#include "base/escape.h"
#include "base/rand.h"

#include <sodium.h>
#include <stdio.h>

#define HOUR_US    3600000000LL
#define TOKEN_HEX  32
#define FORM_HOURS 24 /* a form without a session may be open so long */

void page_title(struct page *p, const char *title)
{
    p->run->title = title;
}

void page_heading(struct page *p, const char *heading)
{
    p->run->heading = heading;
    p->run->has_heading = true;
}

void page_status(struct page *p, int status)
{
    p->run->reply.status = status;
}

void page_describe(struct page *p, const char *text)
{
    p->run->about = text;
}

void page_refresh(struct page *p, unsigned seconds)
{
    p->run->refresh = seconds;
}

void page_noindex(struct page *p)
{
    p->run->is_noindex = true;
}

void page_feed(struct page *p, const char *type, const char *href, const char *title)
{
    p->run->feed_type = type;
    p->run->feed_href = href;
    p->run->feed_title = title;
}

void page_wide(struct page *p)
{
    p->run->is_wide = true;
}

void page_header_add(struct page *p, const char *name, const char *value)
{
    struct web_reply *r = &p->run->reply;
    if (r->n_headers == sizeof(r->header) / sizeof(r->header[0]))
        BUG("too many header fields");
    for (const char *c = value; *c; c++) /* no line of an answer is made by a visitor */
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            value = "";
    r->header[r->n_headers++] = (struct page_header){name, value};
}

void page_cookie(struct page *p, const char *name, const char *value, long seconds)
{
    bool is_secure = p->run->site->is_secure;
    struct buf b = BUF_INIT(4096);
    buf_printf(&b, "%s%s=%s; Path=/; HttpOnly; SameSite=Strict%s", is_secure ? "__Host-" : "", name,
               value, is_secure ? "; Secure" : "");
    if (seconds)
        buf_printf(&b, "; Max-Age=%ld", seconds < 0 ? 0 : seconds);
    page_header_add(p, "Set-Cookie", arena_cstr(p->arena, buf_slice(&b)));
    buf_fini(&b);
}

static void mac_of(const struct page *p, struct slice text, char out[TOKEN_HEX + 1])
{
    unsigned char mac[TOKEN_HEX / 2];
    const struct web_site *s = p->run->site;
    crypto_generichash(mac, sizeof(mac), (const unsigned char *)text.p, text.n, s->key,
                       sizeof(s->key));
    sodium_bin2hex(out, TOKEN_HEX + 1, mac, sizeof(mac));
}

/* The sentence that the page before left; only what we wrote ourselves is shown. */
static const char *said(struct page *p)
{
    char mac[TOKEN_HEX + 1];
    const char *name = p->run->site->is_secure ? "__Host-muster-said" : "muster-said";
    struct slice value = query_cookie(p->run->request->cookie, name);
    if (value.n <= TOKEN_HEX)
        return NULL;
    const char *text = query_decode(p->arena, slice_from(value, TOKEN_HEX), false);
    mac_of(p, arena_printf(p->arena, "said %s", text), mac);
    return sodium_memcmp(mac, value.p, TOKEN_HEX) == 0 ? text : NULL;
}

void page_cookies_out(struct page *p)
{
    struct page_run *r = p->run;
    if (r->is_whole)
        return;
    if ((r->said = said(p)) != NULL) {
        page_cookie(p, "muster-said", "", -1);
        r->reply.is_private = true;
    }
    const char *want = query_nth(&r->query, "lang", 0);
    if (want && strcmp(want, p->tongue->code) == 0)
        page_cookie(p, "muster-lang", p->tongue->code, 365L * 24 * 3600);
}

/* Starts the body anew. */
static void drop(struct page *p)
{
    buf_reset(&p->run->reply.body);
    p->html->depth = 0;
}

void page_redirect(struct page *p, const char *path, const char *done_msgid)
{
    struct page_run *r = p->run;
    bool is_ours = path[0] == '/' && path[1] != '/' && html_url_ok(path);
    drop(p);
    r->is_whole = r->is_failed = true;
    r->reply.status = 303;
    r->reply.is_private = true;
    page_header_add(p, "Location", is_ours ? path : "/");
    if (done_msgid) {
        char mac[TOKEN_HEX + 1];
        struct buf b = BUF_INIT(2000);
        mac_of(p, arena_printf(p->arena, "said %s", done_msgid), mac);
        buf_str(&b, mac);
        query_encode(&b, slice_str(done_msgid));
        page_cookie(p, "muster-said", arena_cstr(p->arena, buf_slice(&b)), 60);
        buf_fini(&b);
    }
}

void page_fail(struct page *p, int status, const char *msgid)
{
    struct page_run *r = p->run;
    drop(p);
    r->is_failed = true; /* what it may still wait for does not matter */
    r->is_whole = false;
    r->refresh = 0;
    r->is_noindex = true;
    page_status(p, status);
    if (p->wants_json) {
        struct json *j = page_json(p);
        jsonw_object(j, NULL);
        jsonw_cstr(j, "error", msgid);
        jsonw_object_end(j);
        return;
    }
    page_title(p, page_tr(p, status == 404   ? N_("Not found")
                             : status == 403 ? N_("Not allowed")
                             : status == 503 ? N_("Not now")
                                             : N_("That did not work")));
    page_heading(p, p->run->title);
    page_elem(p, "p", msgid);
    html_open(p->html, "p");
    page_link(p, "/", N_("To the front page"));
    html_close(p->html);
}

void page_send(struct page *p, const char *type, struct slice body, const char *file)
{
    struct page_run *r = p->run;
    if (strstr(type, "html") || strstr(type, "svg"))
        BUG("active types are made by the page alone");
    drop(p);
    r->is_whole = true;
    r->reply.type = type;
    buf_add(&r->reply.body, body);
    if (file) {
        struct buf b = BUF_INIT(300);
        buf_str(&b, "attachment; filename=\"");
        for (size_t i = 0; file[i] && i < 120; i++)
            buf_chr(&b, ascii_is_alnum(file[i]) || strchr("-_.", file[i]) ? file[i] : '-');
        buf_chr(&b, '"');
        page_header_add(p, "Content-Disposition", arena_cstr(p->arena, buf_slice(&b)));
        buf_fini(&b);
    }
}

struct json *page_json(struct page *p)
{
    struct page_run *r = p->run;
    drop(p);
    r->is_whole = true;
    r->reply.type = "application/json";
    r->json = JSON_INIT(&r->reply.body);
    return &r->json;
}

static int add_json(const char *text, size_t n, void *arg)
{
    buf_add(arg, slice_of(text, n));
    return 0;
}

void page_send_json(struct page *p, const json_t *j)
{
    page_json(p);
    json_dump_callback(j, add_json, &p->run->reply.body, JSON_COMPACT);
}

/* ---- form tokens ----
 *
 * With a session the token is made from it. Without one, from the visitor's cookie where a page
 * set it (log-in), else from the hour alone: such a form changes nothing that is somebody's, and
 * the request must not come from another site's page. */

static void token_of(const struct page *p, bool by_session, int64_t hour, char out[TOKEN_HEX + 1])
{
    const struct page_run *r = p->run;
    struct slice text;
    if (by_session)
        text = arena_printf(p->arena, "session %.*s", SLICE_ARG(r->session));
    else if (*r->visitor)
        text = arena_printf(p->arena, "visitor %s", r->visitor);
    else
        text = arena_printf(p->arena, "hour %lld", (long long)hour);
    mac_of(p, text, out);
}

/* A session that is over loses its cookie with this answer: the next form cannot lean on it. */
const char *page_form_token(struct page *p)
{
    char token[TOKEN_HEX + 1];
    token_of(p, p->run->session.n && !p->run->is_over, p->now_us / HOUR_US, token);
    p->run->reply.is_private = true;
    return arena_cstr(p->arena, slice_str(token));
}

/* A browser that says where the request comes from must say: from here. */
static bool is_from_here(const struct web_request *q, struct slice url)
{
    if (q->fetch_site.n && !slice_ieq(q->fetch_site, SLICE("same-origin")) &&
        !slice_ieq(q->fetch_site, SLICE("none")))
        return false;
    if (q->origin.n == 0)
        return true;
    size_t at = slice_find(q->origin, SLICE("://"));
    while (url.n && url.p[url.n - 1] == '/')
        url.n--;
    return (at != SIZE_MAX && slice_ieq(slice_from(q->origin, at + 3), q->host)) ||
           (url.n && slice_ieq(q->origin, url));
}

bool page_form_token_ok(struct page *p)
{
    char token[TOKEN_HEX + 1];
    struct slice got = slice_str(page_arg(p, "_form"));
    const struct page_run *r = p->run;
    if (got.n != TOKEN_HEX || !is_from_here(r->request, r->site->conf->url))
        return false;
    bool by_hour = r->session.n == 0 && *r->visitor == '\0';
    for (int64_t back = 0; back <= (by_hour ? FORM_HOURS : 0); back++) {
        token_of(p, r->session.n > 0, p->now_us / HOUR_US - back, token);
        if (sodium_memcmp(token, got.p, TOKEN_HEX) == 0)
            return true;
    }
    return false;
}

void page_bind_visitor(struct page *p)
{
    struct page_run *r = p->run;
    if (*r->visitor && !r->is_visitor_new)
        return;
    if (!r->is_visitor_new) {
        unsigned char raw[16];
        char hex[33];
        rand_bytes(raw, sizeof(raw));
        sodium_bin2hex(hex, sizeof(hex), raw, sizeof(raw));
        r->visitor = arena_cstr(p->arena, slice_str(hex));
        r->is_visitor_new = true;
    }
    page_cookie(p, "muster-form", r->visitor, 0);
}

bool page_is_bound(const struct page *p)
{
    return p->run->session.n > 0 || (*p->run->visitor && !p->run->is_visitor_new);
}
