/* Address lists and the strict check; one grammar must not trip over the other. */
#include "base/utf8.h"
#include "mail/address.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice s = slice_of((const char *)data, size);
    if (size > 16384)
        return 0;
    struct arena *a = arena_new(0);
    struct message m = {.arena = a, .limits = &MAIL_LIMITS};
    for (const struct address *one = address_list(&m, 0, s); one; one = one->next) {
        if (!utf8_is_valid(one->display) || !utf8_is_valid(one->local) ||
            !utf8_is_valid(one->domain))
            abort();
    }
    if (address_check(s, true).why == NULL || address_check(s, false).why == NULL)
        abort();
    arena_free(a);
    return 0;
}
