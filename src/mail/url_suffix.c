/* Is a name in the public suffix list by itself? Text is asked about at every dot, so the names
 * without a dot (which is what is asked nearly always) stand in a table of our own, read from the
 * list's text where the distribution brings it: libpsl walks a compressed graph for half a
 * microsecond, and a mail full of dots made a scan twice as dear. Names beyond ASCII stand there
 * with their A-labels, too. Without the text libpsl is asked; of A-labels also when one of them
 * could not be worked out (a script younger than ICU's tables).
 *
 * Of the names with a dot only bits are kept, by hash: whose bit is clear has no rule, and libpsl
 * need not be asked for nearly any part of a host (it is asked for all of them else). */
#include "mail/url.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "mail/url_parts.h"

#include <libpsl.h>
#include <stdio.h>

#define LIST_TEXT   "/usr/share/publicsuffix/public_suffix_list.dat"
#define LINE_MOST   256
#define LABEL_MOST  63
#define NAMES_BYTES 65536      /* of all names, each with its length before it; today 14 KB */
#define SLOTS       8192u      /* well over twice the number of names; today 1,600 */
#define RULE_BITS   (1u << 18) /* 32 KB; today 9,500 rules: 1 of 28 other names is asked about */
#define STAR_BITS   (1u << 12) /* today 120 */

static struct {
    char bytes[NAMES_BYTES];
    size_t n, names;
    bool lacks_alabel;
    uint16_t slot[SLOTS];           /* where a name's length stands in bytes; 0: none */
    uint64_t rules[RULE_BITS / 64]; /* that are this name, or an exception of it */
    uint64_t stars[STAR_BITS / 64]; /* of all names below this one */
} table;

static void bit_set(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << i % 64;
}

static bool bit_has(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> i % 64 & 1;
}

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

/* The name, and its A-label when it is beyond ASCII. */
static void add_both(struct arena *a, struct slice name)
{
    struct slice ascii;
    add(name);
    if (utf8_is_ascii(name))
        return;
    if (url_host_to_ascii(a, name, &ascii))
        add(ascii);
    else
        table.lacks_alabel = true;
}

static void add_rule(struct slice rule)
{
    bool is_star = slice_starts(rule, SLICE("*."));
    if (is_star)
        bit_set(table.stars, hash_bytes(slice_from(rule, 2), 0) % STAR_BITS);
    /* "*.ck" makes "ck" a suffix, too */
    rule = slice_from(rule, is_star ? 2 : slice_starts(rule, SLICE("!")) ? 1 : 0);
    bit_set(table.rules, hash_bytes(rule, 0) % RULE_BITS);
}

void url_suffix_warm(void)
{
    static bool is_read;
    if (is_read)
        return;
    is_read = true;
    table.n = 1; /* a slot with 0 is free */
    FILE *f = fopen(LIST_TEXT, "re");
    struct arena *a = arena_new(0);
    char line[LINE_MOST];
    bool is_private = false; /* domains of firms that give out names below them */
    while (f && fgets(line, sizeof line, f)) {
        struct slice s = slice_trim(slice_str(line));
        is_private |= slice_starts(s, SLICE("// ===END ICANN"));
        if (s.n == 0 || s.p[0] == '/')
            continue;
        add_rule(s);
        if (slice_starts(s, SLICE("*.")))
            s = slice_from(s, 2);
        if (!is_private && s.n && s.n <= LABEL_MOST && s.p[0] != '!' &&
            slice_chr(s, '.') == SIZE_MAX)
            add_both(a, s);
    }
    if (f)
        fclose(f);
    arena_free(a);
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
    bool is_told = table.names && !(table.lacks_alabel && slice_starts(s, SLICE("xn--")));
    if (is_told && *slot_of(s))
        return true;
    if (is_told && memchr(low, '.', name.n) == NULL)
        return false;
    const psl_ctx_t *psl = url_suffix_list();
    return psl && psl_is_public_suffix2(psl, low, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}

/* May `name` (with a dot in it, `hash` of it, `above` of what follows its first dot) be a suffix?
 */
static bool may_have_rule(uint64_t hash, uint64_t above)
{
    return bit_has(table.rules, hash % RULE_BITS) || bit_has(table.stars, above % STAR_BITS);
}

/* ASCII, no A-label, no empty label: what our reading of the list's text speaks about. libpsl 0.21
 * sees a rule's beginning in a last label of one letter ("m" of "*.mm"); that stays its own. */
static bool is_plain(const char *name)
{
    size_t label = 0; /* bytes of it so far */
    for (const char *p = name; *p; p++) {
        if ((unsigned char)*p >= 0x80 || (label == 0 && strncmp(p, "xn--", 4) == 0) ||
            (*p == '.' && label == 0))
            return false;
        label = *p == '.' ? 0 : label + 1;
    }
    return label > 1;
}

const char *url_suffix_registrable(const char *name)
{
    const psl_ctx_t *psl = url_suffix_list();
    if (psl == NULL)
        return NULL;
    url_suffix_warm();
    if (table.names == 0 || !is_plain(name))
        return psl_registrable_domain(psl, name);
    const char *found = NULL, *dot, *at = name;
    uint64_t hash = hash_bytes(slice_str(at), 0);
    while ((dot = strchr(at, '.')) != NULL) { /* a name without a dot is a suffix always */
        uint64_t above = hash_bytes(slice_str(dot + 1), 0);
        if (may_have_rule(hash, above) && psl_is_public_suffix(psl, at))
            break;
        found = at;
        at = dot + 1;
        hash = above;
    }
    return found;
}
