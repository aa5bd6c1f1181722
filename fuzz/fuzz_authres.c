/* Authentication-Results: reading ends, and a value whose first word is ours is always claimed,
 * however it is dressed up. */
#include "auth/authres.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536)
        return 0;
    struct arena *a = arena_new(0);
    struct slice value = slice_of((const char *)data, size), ours = SLICE("mx.example.org");
    struct authres r;
    const char *why = authres_parse(a, value, &r);
    size_t n = 0;
    for (const struct authres_method *m = r.methods; m; m = m->next)
        n++;
    if (n != r.n || n > AUTHRES_METHODS)
        abort();
    bool is_ours = authres_claims(value, ours);
    if (!why && size < 4096 && slice_ieq(r.authserv_id, ours) && !is_ours)
        abort();
    arena_free(a);
    return 0;
}
