/* A form that somebody who is logged in sends, with its right token, to any page: the first line is
 * the target, the second the Content-Type, the rest the body up to a line "--answer--"; each such
 * line is followed by one of keeper's answers, in turn. So each page's reading of its fields is
 * reached, which a request without a token (web_page) never sees. The answer must be whole, and
 * foreign words in it escaped. */
#include "law/law.h"
#include "web/law_pages.h"
#include "web/desk_intake.h"
#include "web/run.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SESSION "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ANSWERS 8u
#define MARK    "\n--answer--\n"

static struct web_site site;
static struct desk_settings desk = {.api = true};

static void check(struct page *p)
{
    const struct web_reply *w = &p->run->reply;
    struct slice body = buf_slice(&w->body);
    if (w->status < 200 || w->status > 599)
        abort();
    if (slice_starts(slice_str(w->type), SLICE("text/html"))) {
        if (slice_ifind(body, SLICE("<script")) != SIZE_MAX ||
            slice_ifind(body, SLICE("\"javascript:")) != SIZE_MAX)
            abort();
        if (w->status != 303 && !slice_ends(slice_trim(body), SLICE("</html>")))
            abort();
    }
    for (unsigned i = 0; i < w->n_headers; i++)
        for (const char *c = w->header[i].value; *c; c++)
            if (*c == '\r' || *c == '\n')
                abort();
}

static void open_site(void)
{
    static struct law_library *lib;
    struct buf errors = BUF_INIT(1 << 20);
    struct err e = {0};
    site_open(&site, arena_new(0), NULL, NULL, NULL);
    desk_intake_open(&desk);
    if (law_library_open(&lib, &errors, &e) == 0)
        law_pages_open(lib);
    buf_fini(&errors);
}

/* "/account?_form=TOKEN", as the page with the form would have it. */
static const char *with_token(struct arena *a, struct web_request r, struct slice target)
{
    r.target = SLICE("/");
    struct page *p = page_new(&site, &r);
    const char *out = arena_printf(a, "%.*s%c_form=%s", SLICE_ARG(slice_head(target, 4000)),
                                   slice_chr(target, '?') == SIZE_MAX ? '?' : '&',
                                   page_form_token(p))
                          .p;
    page_free(p);
    return out;
}

static void run(struct page *p, const struct slice *answer, unsigned n)
{
    static const char me[] =
        "{\"known\":true,\"roles\":63,\"name\":\"ann\",\"mailbox\":\"ann@one.example\"}";
    struct web_question q;
    unsigned at = 0;
    bool done = page_run(p);
    for (int i = 0; !done && i < 30; i++) {
        while (page_next(p, &q)) {
            bool is_me = slice_eq(q.path, SLICE("account/me"));
            struct slice json = is_me || n == 0 ? slice_str(is_me ? me : "{}") : answer[at++ % n];
            page_answered(p, q.id, 200, json);
        }
        done = page_run(p);
    }
    if (done)
        check(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_of((const char *)data, size), target, type, answer[ANSWERS];
    unsigned n = 0;
    if (site.conf == NULL)
        open_site();
    if (!slice_line(&rest, &target) || !slice_line(&rest, &type))
        return 0;
    size_t at = slice_find(rest, SLICE(MARK));
    struct slice body = slice_head(rest, at);
    while (at != SIZE_MAX && n < ANSWERS) {
        rest = slice_from(rest, at + sizeof(MARK) - 1);
        at = slice_find(rest, SLICE(MARK));
        answer[n++] = slice_head(rest, at);
    }
    struct arena *a = arena_new(0);
    struct web_request r = {.cookie = SLICE("muster=" SESSION),
                            .host = SLICE("localhost"),
                            .client = SLICE("192.0.2.1"),
                            .content_type = type.n ? type
                                                   : SLICE("application/x-www-form-urlencoded"),
                            .body = body,
                            .is_post = true};
    r.target = slice_str(with_token(a, r, target));
    struct page *p = page_new(&site, &r);
    run(p, answer, n);
    page_free(p);
    arena_free(a);
    return 0;
}
