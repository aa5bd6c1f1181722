/* Message catalogues (.mo) of any shape: opened or refused, and looked up. */
#include "base/lang.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    static const char *const ids[] = {"", "Spam", "It has %s points", "zzz", "\377"};
    struct err e = {0};
    struct lang *l;
    /* A mapped file is aligned; a copy of its own size lets the sanitizer see each overrun. */
    char *copy = malloc(n ? n : 1);
    if (!copy)
        abort();
    memcpy(copy, data, n);
    if (lang_of_bytes(slice_of(copy, n), &e, &l) == 0) {
        for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
            struct buf b = BUF_INIT(4096);
            lang_fill(l, ids[i], SLICE("filling"), &b);
            if (strlen(lang_text(l, ids[i])) > n + 32)
                abort();
            buf_fini(&b);
        }
        lang_close(l);
    }
    free(copy);
    return 0;
}
