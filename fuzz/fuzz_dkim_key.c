/* Key records: judged the same from the cache; and DER that claims to be a key. */
#include "auth/dkim_key.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice s = slice_of((const char *)data, size);
    struct arena *a = arena_new(0);
    struct dkim_key one, two;
    dkim_key_read(a, s, &one);
    dkim_key_read(a, s, &two);
    if ((one.why == NULL) != (two.why == NULL) || (one.why == NULL) != (one.key != NULL) ||
        one.bits != two.bits || one.is_testing != two.is_testing)
        abort();
    struct crypt_public *k = NULL;
    struct err e = {0};
    unsigned bits = 0;
    if (crypt_public_rsa(s, &bits, &e, &k) == 0) {
        if (bits < CRYPT_RSA_LEAST || bits > CRYPT_RSA_MOST)
            abort();
        crypt_public_unref(k);
    }
    arena_free(a);
    return 0;
}
