/* Parameters and content fields: a part's Content-* header in every reading. */
#include "base/utf8.h"
#include "mail/content.h"
#include "mail/header.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 16384)
        return 0;
    struct arena *a = arena_new(0);
    struct message m = {.arena = a, .limits = &MAIL_LIMITS};
    struct part p = {0};
    struct content c = {0};
    header_read(&m, 0, slice_of((const char *)data, size), NULL, &p.headers);
    content_read(&m, &p, false, &c);
    for (size_t i = 0; i < p.n_names; i++) {
        if (!utf8_is_valid(p.names[i]))
            abort();
    }
    if (p.n_names > MAIL_LIMITS.names || p.type.n == 0)
        abort();
    arena_free(a);
    return 0;
}
