/* Pseudonyms. See pseudonym.h. */
#include "journal/pseudonym.h"

#include <sodium.h>

struct slice mailbox_canonical(struct arena *a, struct slice mailbox)
{
    struct slice s = arena_lower(a, slice_trim(mailbox));
    size_t at = slice_rchr(s, '@');
    struct slice local = at == SIZE_MAX ? s : slice_head(s, at);
    size_t plus = slice_chr(local, '+');
    if (plus == SIZE_MAX || plus == 0)
        return s;
    struct slice domain = at == SIZE_MAX ? SLICE("") : slice_from(s, at);
    return arena_printf(a, "%.*s%.*s", SLICE_ARG(slice_head(s, plus)), SLICE_ARG(domain));
}

void pseudonym_of(const unsigned char key[32], struct slice canonical, unsigned char out[16])
{
    memset(out, 0, 16);
    if (canonical.n)
        crypto_generichash(out, 16, (const unsigned char *)canonical.p, canonical.n, key, 32);
}
