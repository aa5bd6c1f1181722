/* Folding, skeletons, scripts: output is valid UTF-8, folding twice changes nothing. */
#include "base/err.h"
#include "base/utf8.h"
#include "mail/unicode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct slice s = slice_of((const char *)data, size);
    struct slice fold = unicode_fold(a, s), skeleton = unicode_skeleton(a, s);
    if (!utf8_is_valid(fold) || !utf8_is_valid(skeleton))
        BUG("not UTF-8");
    if (!slice_eq(unicode_fold(a, fold), fold))
        BUG("folding is not stable");
    (void)unicode_scripts(s);
    (void)unicode_is_mixed_word(s);
    arena_free(a);
    return 0;
}
