/* A whole request through the engine of pages: the first line is the target, the second the
 * cookies, the third the languages, the fourth "POST" and a Content-Type or nothing, the rest the
 * body. Keeper's answers are the body, too. Whatever comes, the answer is a page whose foreign
 * words are escaped: no script, no event attribute, no header line of the visitor's making. */
#include "web/run.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct page *p)
{
    const struct web_reply *w = &p->run->reply;
    struct slice body = buf_slice(&w->body);
    if (w->status < 200 || w->status > 599)
        abort();
    if (slice_starts(slice_str(w->type), SLICE("text/html")) &&
        (slice_ifind(body, SLICE("<script")) != SIZE_MAX ||
         slice_ifind(body, SLICE("\"javascript:")) != SIZE_MAX))
        abort();
    for (unsigned i = 0; i < w->n_headers; i++)
        for (const char *c = w->header[i].value; *c; c++)
            if (*c == '\r' || *c == '\n')
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct web_site site;
    static struct arena *a;
    struct slice rest = slice_of((const char *)data, size), line[4];
    if (a == NULL) {
        a = arena_new(0);
        site_open(&site, a, NULL, NULL, NULL);
    }
    for (int i = 0; i < 4; i++)
        if (!slice_line(&rest, &line[i]))
            return 0;
    struct web_request r = {.target = line[0],
                            .cookie = line[1],
                            .accept_language = line[2],
                            .host = SLICE("localhost"),
                            .client = SLICE("192.0.2.1"),
                            .body = rest};
    if (slice_starts(line[3], SLICE("POST "))) {
        r.is_post = true;
        r.content_type = slice_from(line[3], 5);
    }
    struct page *p = page_new(&site, &r);
    struct web_question q;
    bool done = page_run(p);
    for (int i = 0; !done && i < 20; i++) {
        while (page_next(p, &q))
            page_answered(p, q.id, 200, rest);
        done = page_run(p);
    }
    if (done)
        check(p);
    page_free(p);
    return 0;
}
