/* The public pages as files. See export.h. */
#include "web/export.h"

#include "base/hash.h"
#include "web/routes.h"
#include "web/run.h"

#include <stdlib.h>

#define PLACES    (2 * EXPORT_PAGES)
#define ROUNDS    50 /* of questions for one page */
#define LEAF      "?from="
#define OFFLINE   "offline.html"
#define FILE_MOST (64u * 1024 * 1024)

struct exporter {
    const struct export_job *job;
    struct arena *arena;
    const char **target; /* paths to do, in the order in which they were met */
    unsigned n;
    uint32_t *place;     /* index + 1 of a target by its hash */
    const char *current; /* name of the file that is being made */
    struct buf whole;    /* of one file */
    struct export_sum sum;
};

/* ---- names ---- */

/* "/library/x" becomes "library/x.html", "/" "index.html", the second leaf of a list
 * "library-20.html". Two feeds are no HTML. */
static const char *file_of(struct exporter *x, const char *path)
{
    struct slice s = slice_str(path[0] == '/' ? path + 1 : path);
    size_t leaf = slice_find(s, SLICE(LEAF));
    if (leaf != SIZE_MAX)
        return arena_printf(x->arena, "%.*s-%.*s.html", SLICE_ARG(slice_head(s, leaf)),
                            SLICE_ARG(slice_from(s, leaf + sizeof(LEAF) - 1)))
            .p;
    while (s.n && s.p[s.n - 1] == '/')
        s.n--;
    if (s.n == 0)
        return "index.html";
    const char *ext = slice_ends(s, SLICE("/atom"))   ? ".xml"
                      : slice_ends(s, SLICE("/feed")) ? ".json"
                                                      : ".html";
    return arena_printf(x->arena, "%.*s%s", SLICE_ARG(s), ext).p;
}

static const char *anchor_of(struct exporter *x, const char *file)
{
    char *out = arena_cstr(x->arena, slice_str(file));
    for (char *c = out; *c; c++)
        if (!ascii_is_alnum(*c))
            *c = '-';
    return out;
}

/* From the file that is being made to another of the copy. */
static const char *relative(struct exporter *x, const char *file)
{
    struct buf b = BUF_INIT(8192);
    for (const char *c = x->current; *c; c++)
        if (*c == '/')
            buf_str(&b, "../");
    for (struct slice rest = slice_str(file), part; slice_split(&rest, '/', &part);) {
        query_encode(&b, part);
        if (rest.n)
            buf_chr(&b, '/');
    }
    const char *out = arena_cstr(x->arena, buf_slice(&b));
    buf_fini(&b);
    return out;
}

/* ---- which pages ---- */

static bool is_public(const struct route *r)
{
    const unsigned no = PAGE_API | PAGE_NOINDEX | PAGE_COSTLY;
    return r && (r->flags & PAGE_GET) && !(r->flags & no) && r->needs == 0;
}

static bool is_wanted(struct exporter *x, struct slice path)
{
    const char *part[PAGE_PARTS];
    struct slice rest = slice_from(path, 1), piece;
    unsigned n = 0;
    while (slice_split(&rest, '/', &piece)) {
        if (n == PAGE_PARTS || piece.n == 0)
            return false;
        part[n++] = query_decode(x->arena, piece, false);
        if (strchr(part[n - 1], '/') || strcmp(part[n - 1], "..") == 0 || part[n - 1][0] == '.')
            return false;
    }
    return (n == 0 || strcmp(part[0], "static") != 0) && is_public(route_find(part, n));
}

/* Notes a page to do, once. */
static void note(struct exporter *x, const char *path)
{
    uint64_t hash = hash_bytes(slice_str(path), 7);
    for (uint32_t i = (uint32_t)(hash % PLACES);; i = (i + 1) % PLACES) {
        if (x->place[i] == 0) {
            if (x->n < EXPORT_PAGES) {
                x->target[x->n++] = path;
                x->place[i] = x->n;
            }
            return;
        }
        if (strcmp(x->target[x->place[i] - 1], path) == 0)
            return;
    }
}

/* The path of a link without what only chooses the language; false: it asks for more than a leaf
 * of a list, which a copy cannot answer. */
static bool is_plain(struct exporter *x, struct slice url, const char **out)
{
    size_t at = slice_chr(url, '?');
    struct slice query = at == SIZE_MAX ? SLICE("") : slice_from(url, at + 1), part;
    uint64_t from = 0;
    while (slice_split(&query, '&', &part)) {
        if (slice_starts(part, SLICE("lang=")))
            continue;
        if (!slice_starts(part, SLICE("from=")) || !slice_u64(slice_from(part, 5), &from))
            return false;
    }
    const char *path = query_decode(x->arena, slice_head(url, at), false);
    *out = from ? arena_printf(x->arena, "%s" LEAF "%llu", path, (unsigned long long)from).p : path;
    return true;
}

/* What stands in a link of the copy. */
static const char *link_of(void *arg, const char *url)
{
    struct exporter *x = arg;
    struct slice s = slice_str(url), fragment = SLICE("");
    if (s.n == 0 || s.p[0] != '/')
        return url; /* another site, or within the page */
    size_t at = slice_chr(s, '#');
    if (at != SIZE_MAX) {
        fragment = slice_from(s, at);
        s = slice_head(s, at);
    }
    if (slice_starts(s, SLICE("/static/"))) {
        const char *file = arena_cstr(x->arena,
                                      slice_head(slice_from(s, 1), slice_chr(s, '?') - 1));
        return relative(x, file);
    }
    const char *path;
    if (is_plain(x, s, &path) && is_wanted(x, slice_head(s, slice_chr(s, '?')))) {
        note(x, path);
        const char *file = file_of(x, path);
        if (x->job->is_one_file)
            return arena_printf(x->arena, "#%s", anchor_of(x, file)).p;
        return arena_printf(x->arena, "%s%.*s", relative(x, file), SLICE_ARG(fragment)).p;
    }
    struct slice site = x->job->site->conf->url;
    while (site.n && site.p[site.n - 1] == '/')
        site.n--;
    if (site.n)
        return arena_printf(x->arena, "%.*s%s", SLICE_ARG(site), url).p;
    return x->job->is_one_file ? "#offline-html" : relative(x, OFFLINE);
}

/* ---- making ---- */

static void answer_all(struct exporter *x, struct page *p)
{
    struct web_question q;
    struct buf answer = BUF_INIT(FILE_MOST);
    while (page_next(p, &q)) {
        buf_reset(&answer);
        int status = x->job->ask(x->job->arg, q.path, q.json, &answer);
        page_answered(p, q.id, status, buf_slice(&answer));
    }
    buf_fini(&answer);
}

static int put(struct exporter *x, const char *name, struct slice bytes, struct err *e)
{
    x->sum.bytes += bytes.n;
    x->sum.files++;
    if (x->sum.bytes > EXPORT_BYTES)
        return err_set(e, ERR_LIMIT, "the copy would be larger than %llu bytes",
                       (unsigned long long)EXPORT_BYTES);
    return x->job->write(x->job->arg, name, bytes, e);
}

static int make(struct exporter *x, const char *path, struct err *e)
{
    struct buf target = BUF_INIT(8192);
    struct slice all = slice_str(path), part;
    size_t leaf = slice_find(all, SLICE(LEAF));
    struct slice rest = slice_from(slice_head(all, leaf), 1);
    while (slice_split(&rest, '/', &part)) {
        buf_chr(&target, '/');
        query_encode(&target, part);
    }
    if (target.n == 0)
        buf_chr(&target, '/');
    buf_printf(&target, "?lang=%s", x->job->lang);
    if (leaf != SIZE_MAX)
        buf_printf(&target, "&from=%.*s", SLICE_ARG(slice_from(all, leaf + sizeof(LEAF) - 1)));
    struct web_request r = {.target = buf_slice(&target),
                            .host = SLICE("localhost"),
                            .export = x->job->is_one_file ? EXPORT_PART : EXPORT_PAGE};
    struct page *p = page_new(x->job->site, &r);
    int rc = 0, rounds = 0;
    x->current = file_of(x, path);
    p->run->html.link = link_of;
    p->run->html.link_arg = x;
    r.anchor = slice_str(anchor_of(x, x->current));
    while (!page_run(p) && rounds++ < ROUNDS)
        answer_all(x, p);
    bool ok = p->run->reply.status == 200 && rounds < ROUNDS;
    if (!ok)
        x->sum.failed++;
    else if (x->job->is_one_file && !p->run->is_whole)
        buf_add(&x->whole, buf_slice(&p->run->reply.body));
    else if (!x->job->is_one_file)
        rc = put(x, x->current, buf_slice(&p->run->reply.body), e);
    x->sum.pages += ok;
    page_free(p);
    buf_fini(&target);
    return rc;
}

/* The page behind links that need a node. */
static void offline(struct page *p)
{
    page_title(p, page_tr(p, N_("This is a copy")));
    page_elem(p, "p",
              N_("What you followed needs the site itself: searching, reporting, following a case "
                 "or objecting. This copy has what can be read without it."));
}

static int make_offline(struct exporter *x, struct err *e)
{
    struct web_request r = {.target = SLICE("/"),
                            .export = x->job->is_one_file ? EXPORT_PART : EXPORT_PAGE,
                            .anchor = SLICE("offline-html")};
    static const struct route route = {"", PAGE_GET, 0, offline};
    r.target = arena_printf(x->arena, "/?lang=%s", x->job->lang);
    struct page *p = page_new(x->job->site, &r);
    x->current = OFFLINE;
    p->run->route = &route;
    p->run->html.link = link_of;
    p->run->html.link_arg = x;
    bool done = page_run(p);
    int rc = 0;
    if (done && x->job->is_one_file)
        buf_add(&x->whole, buf_slice(&p->run->reply.body));
    else if (done)
        rc = put(x, OFFLINE, buf_slice(&p->run->reply.body), e);
    page_free(p);
    return rc;
}

static int make_assets(struct exporter *x, struct err *e)
{
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < x->job->site->n_assets; i++) {
        const struct web_asset *as = &x->job->site->asset[i];
        rc = put(x, arena_printf(x->arena, "static/%s", as->name).p, as->bytes, e);
    }
    return rc;
}

/* Head of the one file: its style sheet is part of it. */
static void begin_whole(struct exporter *x)
{
    const struct web_asset *css = site_asset(x->job->site, "style.css");
    struct html h = HTML_INIT(&x->whole);
    const struct tongue *t = &SITE_TONGUE[0];
    for (unsigned i = 0; i < SITE_TONGUES; i++)
        if (strcmp(SITE_TONGUE[i].code, x->job->lang) == 0)
            t = &SITE_TONGUE[i];
    html_raw(&h, "<!doctype html>\n");
    html_open(&h, "html", "lang", t->code, "dir", t->is_rtl ? "rtl" : "ltr");
    html_raw(&h, "<head><meta charset=\"utf-8\">"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html_elem(&h, "title", x->job->site->title);
    html_raw(&h, "<style>");
    buf_add(&x->whole, css ? css->bytes : SLICE(""));
    html_raw(&h, "</style></head><body><main class=\"wide\">\n");
}

int export_run(const struct export_job *job, struct err *e, struct export_sum *out)
{
    struct exporter x = {.job = job, .arena = arena_new(0)};
    const struct route *r;
    int rc = 0;
    x.target = ARENA_ARRAY(x.arena, const char *, EXPORT_PAGES);
    x.place = calloc(PLACES, sizeof(*x.place));
    if (x.place == NULL)
        BUG("out of memory");
    x.whole = BUF_INIT(FILE_MOST);
    if (job->is_one_file)
        begin_whole(&x);
    for (unsigned i = 0; (r = route_nth(i)) != NULL; i++)
        if ((r->flags & PAGE_EXPORT) && is_public(r) && strchr(r->path, '*') == NULL)
            note(&x, arena_printf(x.arena, "/%s", r->path).p);
    for (unsigned i = 0; rc == 0 && i < x.n; i++)
        rc = make(&x, x.target[i], e);
    if (rc == 0 && x.n == EXPORT_PAGES)
        rc = err_set(e, ERR_LIMIT, "there are more than %u pages", EXPORT_PAGES);
    if (rc == 0)
        rc = make_offline(&x, e);
    if (job->is_one_file) {
        buf_str(&x.whole, "</main></body></html>\n");
        if (rc == 0)
            rc = put(&x, "index.html", buf_slice(&x.whole), e);
    } else if (rc == 0) {
        rc = make_assets(&x, e);
    }
    *out = x.sum;
    free(x.place);
    buf_fini(&x.whole);
    arena_free(x.arena);
    return rc;
}
