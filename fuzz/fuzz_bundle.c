/* Bundles of cases from other nodes: the bytes as a bundle, and as what stands in a signed one. */
#include "desk/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char seed[32] = {1};
    unsigned char key[BUNDLE_KEY], secret[64];
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct bundle b, in = {.from = SLICE("a.example"),
                           .terms = SLICE("none"),
                           .report = slice_of((const char *)data, size)};
    struct buf out = BUF_INIT(1 << 20);
    if (bundle_read(a, in.report, &e, &b) == 0 && (b.from.n == 0 || b.terms.n == 0))
        BUG("a bundle of nobody was taken");
    bundle_keys(seed, key, secret);
    bundle_write(&in, secret, &out);
    if (bundle_read(a, buf_slice(&out), &e, &b) == 0 && memcmp(b.key, key, sizeof(key)) != 0)
        BUG("another key than the one it was signed with");
    buf_fini(&out);
    arena_free(a);
    return 0;
}
