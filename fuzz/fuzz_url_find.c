/* URLs in running text: hits are in order, not empty and inside the text. */
#include "base/err.h"
#include "mail/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of((const char *)data, size);
    struct arena *a = arena_new(0);
    for (int bare = 0; bare < 2; bare++) {
        size_t at = 0, last = 0;
        struct url_hit hit;
        while (url_find(text, &at, bare, &hit)) {
            if (hit.start < last || hit.end <= hit.start || hit.end > size || at < hit.end)
                BUG("a hit out of place");
            last = hit.end;
            if (hit.is_defanged)
                (void)url_refang(a, slice_of(text.p + hit.start, hit.end - hit.start));
        }
        if (at != size)
            BUG("the search did not reach the end");
    }
    arena_free(a);
    return 0;
}
