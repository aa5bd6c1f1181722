/* Encoded words, format=flowed, files in text and transfer decodings on the same bytes. */
#include "base/utf8.h"
#include "mail/decode.h"
#include "mail/flowed.h"
#include "mail/rfc2047.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice s = slice_of((const char *)data, size);
    if (size > 16384)
        return 0;
    struct arena *a = arena_new(0);
    struct rfc2047_result seen = {0};
    if (!utf8_is_valid(rfc2047_decode(a, s, 100, &seen)))
        abort();
    if (flowed_join(a, s, false).n > size + 1 || flowed_join(a, s, true).n > size + 1)
        abort();
    char *out = malloc(size + 6); /* of its own, so that a write behind it is seen */
    struct decode_result r = {0};
    struct decode_file f;
    size_t n = decode_base64(s, out, size / 4 * 3 + 6, &r) + decode_qp(s, out, size, &r) +
               decode_q_word(s, out);
    for (size_t at = 0; decode_find_file(s, &at, &f);)
        n += f.is_yenc ? decode_yenc(f.content, out, f.content.n, &r)
                       : decode_uu(f.content, out, f.content.n, &r);
    free(out);
    arena_free(a);
    return n > size * 4 + 16 ? (abort(), 0) : 0;
}
