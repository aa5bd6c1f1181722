/* What we read of HTTP ourselves: header fields (one "Name: value" per line up to an empty line),
 * the path (first line), the body as zstd and as figures for Prometheus. */
#include "base/err.h"
#include "doors/http_answer.h"
#include "doors/http_head.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_of((const char *)data, size), line, path_rest = SLICE("");
    struct slice names[] = {SLICE("mail.example")};
    struct conf_list hosts = {names, 1};
    struct http_head h = {0};
    const char *why;
    int label = 0;
    if (slice_line(&rest, &line))
        for (int control = 0; control < 2; control++) {
            enum http_route route = http_route(line, control != 0, &label, &path_rest);
            if (route == HTTP_ASK && slice_find(path_rest, SLICE("..")) != SIZE_MAX)
                BUG("a path that climbs");
            (void)http_needs_post(route, path_rest);
        }
    while (slice_line(&rest, &line) && line.n) {
        size_t colon = slice_chr(line, ':');
        if (colon != SIZE_MAX)
            http_head_add(&h, slice_head(line, colon), slice_from(line, colon + 1));
    }
    http_head_done(&h);
    if (http_head_refusal(&h, 1 << 20, &hosts, &why) && why == NULL)
        BUG("refused without a reason");
    if (h.env.n_rcpt > HTTP_RCPT_MAX)
        BUG("too many recipients");
    http_head_fini(&h);
    struct buf out = BUF_INIT(1 << 20);
    (void)http_answer_metrics(rest, &out);
    buf_fini(&out);
    (void)http_unpack_zstd(rest, 65536, &out);
    if (out.n > 65536)
        BUG("past the limit");
    buf_fini(&out);
    return 0;
}
