/* Is a name in the public suffix list by itself? Text is asked about at every dot, so the names
 * without a dot (which is what is asked nearly always) stand in a table of our own, read from the
 * list's text where the distribution brings it: libpsl walks a compressed graph for half a
 * microsecond, and a mail full of dots made a scan twice as dear. Without the text, and for what
 * the text writes otherwise (A-labels), libpsl is asked. */
#include "mail/url.h"

#include "base/hash.h"
#include "mail/url_parts.h"

#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>

#define LIST_TEXT   "/usr/share/publicsuffix/public_suffix_list.dat"
#define LINE_MOST   256
#define LABEL_MOST  63
#define NAMES_BYTES 65536 /* of all names, each with its length before it; today 12 KB */
#define SLOTS       8192u /* well over twice the number of names; today 1,450 */

static struct {
    char bytes[NAMES_BYTES];
    size_t n, names;
    uint16_t slot[SLOTS]; /* where a name's length stands in bytes; 0: none */
} table;

/* The slot that holds the name, or the free one where it would stand. */
static uint16_t *slot_of(struct slice name)
{
    size_t i = hash_bytes(name, 0) & (SLOTS - 1);
    for (; table.slot[i]; i = (i + 1) & (SLOTS - 1)) {
        const char *p = table.bytes + table.slot[i];
        if (slice_eq(name, slice_of(p + 1, (unsigned char)*p)))
            break;
    }
    return &table.slot[i];
}

static void add(struct slice name)
{
    uint16_t *slot = slot_of(name);
    if (*slot || table.n + 1 + name.n > NAMES_BYTES || table.names >= SLOTS / 2)
        return;
    *slot = (uint16_t)table.n;
    table.bytes[table.n++] = (char)name.n;
    memcpy(table.bytes + table.n, name.p, name.n);
    table.n += name.n;
    table.names++;
}

void url_suffix_warm(void)
{
    static bool is_read;
    if (is_read)
        return;
    is_read = true;
    table.n = 1; /* a slot with 0 is free */
    FILE *f = fopen(LIST_TEXT, "re");
    char line[LINE_MOST];
    while (f && fgets(line, sizeof line, f)) {
        struct slice s = slice_trim(slice_str(line));
        if (slice_starts(s, SLICE("// ===END ICANN")))
            break;
        if (slice_starts(s, SLICE("*."))) /* "*.ck" makes "ck" a suffix, too */
            s = slice_from(s, 2);
        if (s.n && s.n <= LABEL_MOST && s.p[0] != '/' && s.p[0] != '!' &&
            slice_chr(s, '.') == SIZE_MAX)
            add(s);
    }
    if (f)
        fclose(f);
}

bool url_is_suffix(struct slice name)
{
    char low[LABEL_MOST + 1];
    if (name.n == 0 || name.n > LABEL_MOST)
        return false;
    for (size_t i = 0; i < name.n; i++)
        low[i] = ascii_lower(name.p[i]);
    low[name.n] = '\0';
    struct slice s = slice_of(low, name.n);
    url_suffix_warm();
    bool is_told = table.names && !slice_starts(s, SLICE("xn--"));
    if (is_told && *slot_of(s))
        return true;
    if (is_told && memchr(low, '.', name.n) == NULL)
        return false;
    const psl_ctx_t *psl = url_suffix_list();
    return psl && psl_is_public_suffix2(psl, low, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}
