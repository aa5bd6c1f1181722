/* The engine: from a request to the page that answers it, and its questions. See run.h. */
#include "web/run.h"

#include "base/clock.h"
#include "base/hash.h"
#include "web/routes.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TARGET_MOST 4096
#define FILES_MOST  20

/* ---- the request ---- */

/* Cuts a path into decoded pieces; false: more of them, or one that could climb. */
static bool cut_path(struct page *p, struct slice path)
{
    struct slice piece;
    bool ok = path.n > 0 && path.p[0] == '/';
    path = slice_from(path, 1);
    for (unsigned i = 0; i < PAGE_PARTS; i++)
        p->part[i] = "";
    while (ok && slice_split(&path, '/', &piece)) {
        if (piece.n == 0 && path.n == 0)
            break; /* a slash at the end */
        if (p->n_parts == PAGE_PARTS)
            return false;
        const char *word = query_decode(p->arena, piece, false);
        ok = *word != '\0' && strcmp(word, ".") != 0 && strcmp(word, "..") != 0 &&
             strchr(word, '/') == NULL && strchr(word, '\\') == NULL;
        p->part[p->n_parts++] = word;
    }
    return ok;
}

static void take_json_suffix(struct page *p)
{
    if (p->n_parts == 0)
        return;
    struct slice last = slice_str(p->part[p->n_parts - 1]);
    if (last.n > 5 && slice_ends(last, SLICE(".json"))) {
        p->part[p->n_parts - 1] = arena_cstr(p->arena, slice_head(last, last.n - 5));
        p->wants_json = true;
    }
}

static bool is_hex(struct slice s, size_t n)
{
    bool ok = s.n == n;
    for (size_t i = 0; i < s.n && ok; i++)
        ok = ascii_hex(s.p[i]) >= 0;
    return ok;
}

static const char *cookie_name(const struct page *p, const char *name)
{
    return p->run->site->is_secure ? arena_printf(p->arena, "__Host-%s", name).p : name;
}

static void read_cookies(struct page *p)
{
    struct page_run *r = p->run;
    struct slice field = r->request->cookie;
    struct slice session = query_cookie(field, cookie_name(p, "muster"));
    struct slice visitor = query_cookie(field, cookie_name(p, "muster-form"));
    if (is_hex(session, 64))
        r->session = session;
    r->visitor = is_hex(visitor, 32) ? arena_cstr(p->arena, visitor) : "";
}

/* The fields of a body; programs may send other bodies, which their page reads itself. */
static void read_form(struct page *p)
{
    struct page_run *r = p->run;
    const struct web_request *q = r->request;
    unsigned flags = r->route ? r->route->flags : 0;
    struct form_limits limits = form_limits_default;
    struct err e = {0};
    limits.body = flags & PAGE_UPLOAD ? (size_t)r->site->conf->max_upload : PAGE_BODY;
    limits.files = flags & PAGE_UPLOAD ? FILES_MOST : 0;
    int rc = form_read(q->content_type, q->body, &limits, p->arena, &r->form, &e);
    if (rc < 0 && !(rc == ERR_USAGE && flags & PAGE_API))
        r->form_refused = rc == ERR_LIMIT ? 413 : 400;
}

/* "why/CODE.json": the ending belongs to no code; a page spelled out ("library/feed.json") and our
 * own files are asked for by their whole names. */
static bool takes_any(const struct route *r)
{
    struct slice path = slice_str(r->path);
    return slice_ends(path, SLICE("*")) && !slice_starts(path, SLICE("static/"));
}

static void read_target(struct page *p)
{
    struct page_run *r = p->run;
    struct slice target = r->request->target, query = SLICE("");
    size_t at = slice_chr(target, '?');
    if (at != SIZE_MAX) {
        query = slice_from(target, at + 1);
        target = slice_head(target, at);
    }
    bool ok = r->request->target.n <= TARGET_MOST && cut_path(p, target);
    r->route = ok ? route_find(p->part, p->n_parts) : NULL;
    if (ok && (r->route == NULL || takes_any(r->route))) {
        take_json_suffix(p);
        r->route = route_find(p->part, p->n_parts);
    }
    p->path = query_decode(p->arena, target, false);
    if (r->request->is_post)
        read_form(p);
    if (!query_add(&r->query, p->arena, query) || !ok)
        r->route = NULL;
}

struct page *page_new(struct web_site *site, const struct web_request *request)
{
    struct arena *a = arena_new(0);
    struct page *p = ARENA_NEW(a, struct page);
    struct page_run *r = ARENA_NEW(a, struct page_run);
    p->arena = a;
    p->run = r;
    *r = (struct page_run){.site = site, .request = request, .visitor = ""};
    r->reply.body = BUF_INIT(PAGE_BYTES);
    r->html = HTML_INIT(&r->reply.body);
    p->html = &r->html;
    p->is_post = request->is_post;
    p->now_us = clock_now_us();
    p->client = arena_cstr(a, request->client);
    p->user = (struct page_user){.name = "", .mailbox = ""};
    read_target(p);
    unsigned flags = r->route ? r->route->flags : 0;
    if (!(flags & PAGE_API))
        read_cookies(p);
    else if (slice_istarts(request->authorization, SLICE("Bearer ")))
        r->bearer = slice_trim(slice_from(request->authorization, 7));
    p->wants_json |= slice_istarts(request->accept, SLICE("application/json")) ||
                     (flags & PAGE_API) != 0;
    r->method_ok = (flags & (p->is_post ? PAGE_POST : PAGE_GET)) != 0;
    const char *want = query_nth(&r->query, "lang", 0);
    unsigned i = site_choose(site, slice_str(want),
                             query_cookie(request->cookie, cookie_name(p, "muster-lang")),
                             request->accept_language);
    p->tongue = &SITE_TONGUE[i];
    p->lang = site->lang[i];
    return p;
}

unsigned page_flags(struct slice target)
{
    struct arena *a = arena_new(0);
    struct page p = {.arena = a};
    unsigned flags = 0;
    size_t at = slice_chr(target, '?');
    if (target.n <= TARGET_MOST && cut_path(&p, slice_head(target, at))) {
        const struct route *r = route_find(p.part, p.n_parts);
        flags = r ? r->flags : 0;
    }
    arena_free(a);
    return flags;
}

void page_free(struct page *p)
{
    if (p == NULL)
        return;
    for (unsigned i = 0; i < p->run->n_asked; i++)
        json_decref((json_t *)(uintptr_t)p->run->asked[i].answer.json);
    buf_fini(&p->run->reply.body);
    arena_free(p->arena);
}

const char *page_arg_nth(const struct page *p, const char *name, unsigned i)
{
    const struct page_run *r = p->run;
    if (form_field(&r->form, name, 0) == NULL)
        return query_nth(&r->query, name, i);
    const struct form_field *f = form_field(&r->form, name, i);
    return f ? arena_cstr(p->arena, f->value) : NULL;
}

const char *page_arg(const struct page *p, const char *name)
{
    const char *v = page_arg_nth(p, name, 0);
    return v ? v : "";
}

bool page_file(const struct page *p, const char *name, struct page_file *out)
{
    const struct form_field *f = form_file(&p->run->form, name, 0);
    if (f == NULL)
        return false;
    *out = (struct page_file){arena_cstr(p->arena, f->file_name), arena_cstr(p->arena, f->type),
                              f->value};
    return true;
}

int64_t page_arg_int(const struct page *p, const char *name, int64_t def, int64_t min, int64_t max)
{
    uint64_t n;
    struct slice s = slice_str(page_arg(p, name));
    bool is_minus = s.n > 1 && s.p[0] == '-';
    if (!slice_u64(slice_from(s, is_minus), &n) || n > INT64_MAX)
        return def;
    int64_t v = is_minus ? -(int64_t)n : (int64_t)n;
    return v < min || v > max ? def : v;
}

struct slice page_body(const struct page *p)
{
    return p->run->request->body;
}

const char *page_body_type(const struct page *p)
{
    struct slice rest = p->run->request->content_type, type = SLICE("");
    (void)!slice_split(&rest, ';', &type);
    return arena_lower(p->arena, arena_dup(p->arena, slice_trim(type))).p;
}

/* ---- asking ---- */

static struct page_asked *find(struct page_run *r, struct slice path, struct slice json)
{
    for (unsigned i = 0; i < r->n_asked; i++)
        if (slice_eq(r->asked[i].path, path) && slice_eq(r->asked[i].json, json))
            return &r->asked[i];
    return NULL;
}

const struct page_answer *page_ask(struct page *p, const char *path, json_t *args)
{
    struct page_run *r = p->run;
    char *text = args ? json_dumps(args, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    struct slice json = arena_dup(p->arena, slice_str(text ? text : "{}"));
    free(text);
    json_decref(args);
    struct page_asked *q = find(r, slice_str(path), json);
    if (q == NULL) {
        if (r->n_asked == PAGE_ASKS)
            BUG("a page asks too much");
        q = &r->asked[r->n_asked++];
        *q = (struct page_asked){.path = arena_dup(p->arena, slice_str(path)), .json = json};
    }
    if (q->is_answered)
        return &q->answer;
    r->is_waiting = true;
    return NULL;
}

static void log_in_first(struct page *p)
{
    struct buf b = BUF_INIT(8192);
    buf_str(&b, "/account/login");
    if (!p->is_post) {
        buf_str(&b, "?next=");
        query_encode(&b, p->run->request->target);
    }
    page_redirect(p, arena_cstr(p->arena, buf_slice(&b)), NULL);
    buf_fini(&b);
}

const json_t *page_get(struct page *p, const char *path, json_t *args)
{
    const struct page_answer *a = page_ask(p, path, args);
    if (a == NULL)
        return NULL;
    if (a->status == 200)
        return a->json;
    if (p->wants_json) {
        page_send_json(p, a->json);
        page_status(p, a->status ? a->status : 503);
    } else if (a->status == 401 || (a->status == 403 && !p->user.is_known)) {
        log_in_first(p);
    } else if (a->status == 404) {
        page_fail(p, 404, N_("There is nothing here, or not any more."));
    } else if (a->status == 403) {
        page_fail(p, 403, N_("Your account may not see or do this."));
    } else if (a->status == 0 || a->status == 503) {
        page_fail(p, 503, N_("The node is busy or just starting. Please try again in a moment."));
    } else {
        const char *words = page_text(a->json, "error");
        page_fail(p, a->status, *words ? words : N_("This could not be done."));
    }
    return NULL;
}

const char *page_path(struct page *p, const char *fmt, ...)
{
    char number[24];
    struct buf b = BUF_INIT(2048);
    bool is_link = fmt[0] == '/'; /* keeper's paths have none in front */
    va_list ap;
    va_start(ap, fmt);
    for (; *fmt; fmt++) {
        if (fmt[0] != '%' || (fmt[1] != 's' && fmt[1] != 'd')) {
            buf_chr(&b, *fmt);
            continue;
        }
        const char *word = number;
        if (*++fmt == 's')
            word = va_arg(ap, const char *);
        else
            snprintf(number, sizeof(number), "%d", va_arg(ap, int));
        struct slice s = slice_str(word);
        if (s.n == 0 || s.n > 512 || slice_chr(s, '/') != SIZE_MAX)
            s = SLICE("-");
        if (is_link)
            query_encode(&b, s);
        else
            buf_add(&b, s);
    }
    va_end(ap);
    const char *out = arena_cstr(p->arena, buf_slice(&b));
    buf_fini(&b);
    return out;
}

const char *page_text(const json_t *j, const char *name)
{
    const char *s = json_string_value(json_object_get(j, name));
    return s ? s : "";
}

int64_t page_int(const json_t *j, const char *name)
{
    return json_integer_value(json_object_get(j, name));
}

bool page_next(struct page *p, struct web_question *out)
{
    struct page_run *r = p->run;
    for (unsigned i = 0; i < r->n_asked; i++) {
        if (r->asked[i].is_sent)
            continue;
        r->asked[i].is_sent = true;
        *out = (struct web_question){.id = i,
                                     .session = r->session,
                                     .token = r->bearer,
                                     .path = r->asked[i].path,
                                     .json = r->asked[i].json};
        return true;
    }
    return false;
}

void page_answered(struct page *p, unsigned id, int status, struct slice json)
{
    struct page_run *r = p->run;
    if (id >= r->n_asked || r->asked[id].is_answered)
        return;
    json_t *j = json_loadb(json.p ? json.p : "", json.n, 0, NULL);
    if (!json_is_object(j)) {
        json_decref(j);
        j = json_object();
    }
    r->asked[id].is_answered = true;
    r->asked[id].answer = (struct page_answer){status, j};
}

/* ---- running ---- */

/* Who is logged in; false: not known yet. */
static bool know_user(struct page *p)
{
    struct page_run *r = p->run;
    if (r->session.n == 0)
        return true;
    const struct page_answer *a = page_ask(p, "account/me", NULL);
    if (a == NULL)
        return false;
    if (a->status != 200 || !json_is_true(json_object_get(a->json, "known"))) {
        r->is_over = a->status == 200 || a->status == 401;
        if (r->is_over)
            page_cookie(p, "muster", "", -1);
        return true;
    }
    p->user = (struct page_user){.is_known = true,
                                 .roles = (unsigned)page_int(a->json, "roles"),
                                 .withheld = (unsigned)page_int(a->json, "withheld"),
                                 .name = page_text(a->json, "name"),
                                 .mailbox = page_text(a->json, "mailbox")};
    return true;
}

static void reset(struct page *p)
{
    struct page_run *r = p->run;
    buf_reset(&r->reply.body);
    r->html.depth = 0;
    r->reply.status = 200;
    r->reply.type = "text/html; charset=utf-8";
    r->reply.n_headers = 0;
    r->reply.asset = NULL;
    r->reply.is_private = r->session.n > 0 || p->is_post;
    r->title = r->heading = r->about = r->feed_href = r->said = NULL;
    r->has_heading = r->is_noindex = r->is_wide = r->is_whole = r->is_failed = false;
    r->is_waiting = false;
    r->refresh = r->next_id = 0;
}

static void run_route(struct page *p)
{
    const struct route *route = p->run->route;
    if (route == NULL) {
        page_fail(p, 404, N_("There is no page at this address."));
    } else if (!p->run->method_ok) {
        page_fail(p, 405, N_("This page does not take that kind of request."));
    } else if (p->run->form_refused) {
        page_fail(p, p->run->form_refused,
                  N_("What was sent is too much, or it is not a form that this site reads."));
    } else if (route->needs && !(p->user.roles & route->needs) && !(route->flags & PAGE_API)) {
        if (p->user.is_known)
            page_fail(
                p, 403,
                p->user.withheld & route->needs
                    ? N_("This role waits for your second factor: switch it on in your account.")
                    : N_("Your account may not see or do this."));
        else
            log_in_first(p);
    } else if (p->is_post && !(route->flags & PAGE_API) && !page_form_token_ok(p)) {
        page_fail(p, 403,
                  N_("This form is too old or came from elsewhere. Please go back, load the page "
                     "again and send it once more."));
    } else {
        if (route->flags & PAGE_NOINDEX)
            page_noindex(p);
        route->fn(p);
    }
}

bool page_run(struct page *p)
{
    struct page_run *r = p->run;
    reset(p);
    if (know_user(p) && !r->is_waiting)
        run_route(p);
    if (r->is_waiting && !r->is_failed)
        return false;
    html_close_to(p->html, 0);
    page_cookies_out(p);
    if (!r->is_whole) {
        struct buf whole = BUF_INIT(PAGE_BYTES);
        layout_write(p, &whole);
        buf_fini(&r->reply.body);
        r->reply.body = whole;
    }
    if (r->is_noindex)
        page_header_add(p, "X-Robots-Tag", "noindex, nofollow");
    return true;
}
