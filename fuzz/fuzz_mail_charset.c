/* Charsets: the first line is the label, the rest the bytes. Output is valid and within bounds. */
#include "base/utf8.h"
#include "mail/unicode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_of((const char *)data, size), label;
    if (size > 16384 || !slice_line(&rest, &label))
        return 0;
    if (rest.p == NULL)
        rest = SLICE("");
    struct arena *a = arena_new(0);
    size_t bad;
    struct slice out = charset_to_utf8(a, rest, label, rest.n * 3 + 4, &bad);
    if (!utf8_is_valid(out))
        abort();
    out = charset_to_utf8(a, rest, label, 10, &bad);
    if (out.n > 10 || !utf8_is_valid(out))
        abort();
    arena_free(a);
    return 0;
}
