/* Header sections: fields lie inside the bytes, values hold no line ends. */
#include "base/utf8.h"
#include "mail/header.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536)
        return 0;
    struct arena *a = arena_new(0);
    struct message m = {.arena = a, .limits = &MAIL_LIMITS};
    struct slice all = slice_of((const char *)data, size);
    struct header_list list = {.n = 0};
    if (header_read(&m, 0, all, NULL, &list) > size)
        abort();
    for (const struct header *h = list.first; h; h = h->next) {
        if (h->raw.p < all.p || h->raw.p + h->raw.n > all.p + all.n || h->name.n == 0)
            abort();
        if (slice_chr(h->value, '\n') != SIZE_MAX || !utf8_is_valid(h->text))
            abort();
    }
    arena_free(a);
    return 0;
}
