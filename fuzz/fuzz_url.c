/* URLs: the first line relative to the second. What was read and written must read the same. */
#include "base/err.h"
#include "mail/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct slice in = slice_of((const char *)data, size), base_text = {0};
    size_t nul = slice_chr(in, '\0');
    if (nul != SIZE_MAX) {
        base_text = slice_from(in, nul + 1);
        in.n = nul;
    }
    struct url base, u, again;
    bool has_base = base_text.n && url_parse(a, base_text, NULL, &base);
    if (url_parse(a, in, has_base ? &base : NULL, &u)) {
        if (!url_parse(a, u.whole, NULL, &again) || !slice_eq(u.whole, again.whole))
            BUG("a serialised URL reads otherwise");
        if (u.domain.n > u.host.n)
            BUG("the domain is longer than the host");
    }
    struct slice host;
    (void)url_host(a, in, size & 1, &host);
    (void)url_org_domain(a, in);
    arena_free(a);
    return 0;
}
