/* Any bytes as mail on a page: the page's elements stay balanced, and no address survives. */
#include "web/mailview.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf out = BUF_INIT((size_t)8 << 20);
    struct html h = HTML_INIT(&out);
    struct page p = {.arena = arena_new(0), .html = &h};
    mailview_show(&p, slice_of((const char *)data, size), false);
    struct slice html = buf_slice(&out);
    if (h.depth != 0 || slice_ifind(html, SLICE("<script")) != SIZE_MAX ||
        slice_ifind(html, SLICE("http://")) != SIZE_MAX)
        abort();
    arena_free(p.arena);
    buf_fini(&out);
    return 0;
}
