/* Any bytes as a file of stated facts, and as a receipt of consent. */
#include "law/facts_file.h"
#include "law/receipt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct slice s = slice_of((const char *)data, size);
    struct law_facts f;
    struct sender_record sender = {0};
    struct receipt r;
    struct receipt_key k;
    struct err e;
    law_facts_init(&f);
    if (facts_file_read(a, s, &e, &f, &sender) == 0 && sender.name.n > 1000)
        abort();
    if (receipt_read(a, s, &e, &r) == 0) {
        (void)receipt_is_signed(s, &r, NULL);
        (void)receipt_is_about(&r, SLICE("ann@example.org"));
    }
    if (receipt_key_read(s, &e, &k) == 0 && size < 32)
        abort();
    arena_free(a);
    return 0;
}
