/* HTML: any bytes. The work done must stay linear, text must be valid UTF-8. */
#include "base/err.h"
#include "base/utf8.h"
#include "mail/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct message m = {.arena = a, .limits = &MAIL_LIMITS};
    struct slice html = slice_of((const char *)data, size);
    struct html_view *v = html_read(&m, 1, html);
    if (v->work > 2000 + 400 * (uint64_t)size)
        BUG("more work than a constant per byte");
    if (!utf8_is_valid(v->text) || !utf8_is_valid(v->hidden) || !utf8_is_valid(v->title))
        BUG("text is not UTF-8");
    for (const struct link *l = v->links; l; l = l->next)
        if (!utf8_is_valid(l->shown) || !utf8_is_valid(l->url.whole))
            BUG("link is not UTF-8");
    (void)html_charset(html);
    arena_free(a);
    return 0;
}
