/* TNEF containers: names are valid UTF-8, data lies inside, the walk ends. */
#include "base/utf8.h"
#include "mail/tnef.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice s = slice_of((const char *)data, size);
    if (size > 65536)
        return 0;
    struct arena *a = arena_new(0);
    struct tnef_file f;
    size_t n = 0;
    for (size_t at = 0; tnef_next(a, s, &at, &f);) {
        if (!utf8_is_valid(f.name) || !utf8_is_valid(f.title) || ++n > size)
            abort();
        if (f.data.n && (f.data.p < s.p || f.data.p + f.data.n > s.p + s.n))
            abort();
    }
    arena_free(a);
    return 0;
}
