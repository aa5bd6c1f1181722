/* People as hashes. See known_mark.h. */
#include "scan/known_mark.h"
#include "base/hash.h"
#include "mail/unicode.h"
#include "mail/url.h"

#define NAME_LEAST 6u /* bytes of a name of two words */

static uint64_t hash(struct arena *a, char kind, struct slice s, const unsigned char key[16])
{
    return hash_sip(arena_printf(a, "known %c %.*s", kind, SLICE_ARG(slice_head(s, 1024))), key) |
           1;
}

/* A name that tells people apart: two words, and no address of its own. */
static bool is_telling(struct slice name)
{
    return name.n >= NAME_LEAST && slice_chr(name, ' ') != SIZE_MAX &&
           slice_chr(name, '@') == SIZE_MAX;
}

void known_mark(struct arena *a, const struct address *x, const unsigned char key[16],
                struct known_mark *out)
{
    struct slice domain = arena_lower(a, slice_head(x->domain, 255));
    struct slice whole = arena_printf(a, "%.*s@%.*s", SLICE_ARG(slice_head(x->local, 128)),
                                      SLICE_ARG(domain));
    struct slice org = url_org_domain(a, domain), name = slice_trim(slice_head(x->display, 200));
    struct slice shown = url_host_unicode(a, org.n ? org : domain);
    *out = (struct known_mark){
        .address = hash(a, 'a', arena_lower(a, whole), key),
        .domain = hash(a, 'd', org.n ? org : domain, key),
        .shape = hash(a, 's', unicode_skeleton(a, arena_lower(a, shown)), key)};
    if (is_telling(name))
        out->name = hash(a, 'n', unicode_skeleton(a, unicode_fold(a, name)), key);
}
