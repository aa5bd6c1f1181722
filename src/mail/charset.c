/* Charsets: an allow-list on top of ICU. See unicode.h.
 *
 * ASCII, UTF-8 and the single-byte sets go through tables of our own (filled from ICU once);
 * only multi-byte sets use an ICU converter per call, reset before each use. glibc's iconv is
 * not used: its modules are loaded from disk and have been holes before. Labels follow the
 * WHATWG Encoding list where mail and web agree: ISO-8859-1 and US-ASCII are read as
 * windows-1252, which is what mail programs show.
 */
#include "mail/unicode.h"
#include "mail/url.h"
#include "base/utf8.h"

#include <unicode/ucnv.h>

enum set_kind { SET_UTF8, SET_BYTE, SET_ICU, SET_UTF16, SET_UTF32 };

struct set {
    const char *name; /* canonical */
    const char *icu;  /* ICU's name; NULL: not needed */
    enum set_kind kind;
};

static const struct set SETS[] = {
    {"utf-8", NULL, SET_UTF8},
    {"windows-1252", "ibm-5348", SET_BYTE},
    {"windows-1250", "ibm-5346", SET_BYTE},
    {"windows-1251", "ibm-5347", SET_BYTE},
    {"windows-1253", "ibm-5349", SET_BYTE},
    {"windows-1254", "ibm-5350", SET_BYTE},
    {"windows-1255", "ibm-9447", SET_BYTE},
    {"windows-1256", "ibm-9448", SET_BYTE},
    {"windows-1257", "ibm-9449", SET_BYTE},
    {"windows-1258", "ibm-5354", SET_BYTE},
    {"windows-874", "windows-874", SET_BYTE},
    {"iso-8859-2", "iso-8859-2", SET_BYTE},
    {"iso-8859-3", "iso-8859-3", SET_BYTE},
    {"iso-8859-4", "iso-8859-4", SET_BYTE},
    {"iso-8859-5", "iso-8859-5", SET_BYTE},
    {"iso-8859-6", "iso-8859-6", SET_BYTE},
    {"iso-8859-7", "iso-8859-7", SET_BYTE},
    {"iso-8859-8", "iso-8859-8", SET_BYTE},
    {"iso-8859-10", "iso-8859-10", SET_BYTE},
    {"iso-8859-13", "iso-8859-13", SET_BYTE},
    {"iso-8859-14", "iso-8859-14", SET_BYTE},
    {"iso-8859-15", "iso-8859-15", SET_BYTE},
    {"koi8-r", "koi8-r", SET_BYTE},
    {"koi8-u", "koi8-u", SET_BYTE},
    {"ibm437", "ibm-437", SET_BYTE},
    {"ibm850", "ibm-850", SET_BYTE},
    {"ibm852", "ibm-852", SET_BYTE},
    {"ibm866", "ibm-866", SET_BYTE},
    {"macintosh", "macintosh", SET_BYTE},
    {"x-mac-cyrillic", "x-mac-cyrillic", SET_BYTE},
    {"tis-620", "tis-620", SET_BYTE},
    {"gb18030", "gb18030", SET_ICU},
    {"hz-gb-2312", "hz-gb-2312", SET_ICU},
    {"big5", "big5-hkscs", SET_ICU},
    {"euc-jp", "euc-jp", SET_ICU},
    {"iso-2022-jp", "iso-2022-jp-2", SET_ICU},
    {"shift_jis", "ibm-943_P15A-2003", SET_ICU},
    {"euc-kr", "windows-949", SET_ICU},
    {"iso-2022-kr", "iso-2022-kr", SET_ICU},
    {"iso-2022-cn", "iso-2022-cn", SET_ICU},
    {"utf-7", "utf-7", SET_ICU},
    {"utf-16", NULL, SET_UTF16},
    {"utf-16be", NULL, SET_UTF16},
    {"utf-16le", NULL, SET_UTF16},
    {"utf-32", NULL, SET_UTF32},
};
#define N_SETS (sizeof(SETS) / sizeof(SETS[0]))

/* Other labels seen in mail, with the canonical name. Canonical names need no row. */
static const char *const LABELS[][2] = {
    {"ascii", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"ansi_x3.4-1968", "windows-1252"},
    {"iso646-us", "windows-1252"},
    {"us", "windows-1252"},
    {"ibm367", "windows-1252"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"iso88591", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin-1", "windows-1252"},
    {"l1", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"x-cp1252", "windows-1252"},
    {"ansi", "windows-1252"},
    {"8859-1", "windows-1252"},
    {"iso_8859-1:1987", "windows-1252"},
    {"cp819", "windows-1252"},
    {"ibm819", "windows-1252"},
    {"iso-8859-1-windows-3.1-latin-1", "windows-1252"},
    {"windows-1252http-equivcontent-type", "windows-1252"},
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"utf_8", "utf-8"},
    {"utf-8-sig", "utf-8"},
    {"cesu-8", "utf-8"},
    {"utf8mb4", "utf-8"},
    {"x-utf-8", "utf-8"},
    {"cp1250", "windows-1250"},
    {"x-cp1250", "windows-1250"},
    {"win-1250", "windows-1250"},
    {"cp1251", "windows-1251"},
    {"x-cp1251", "windows-1251"},
    {"win-1251", "windows-1251"},
    {"cp1253", "windows-1253"},
    {"cp1254", "windows-1254"},
    {"iso-8859-9", "windows-1254"},
    {"iso8859-9", "windows-1254"},
    {"iso_8859-9", "windows-1254"},
    {"latin5", "windows-1254"},
    {"cp1255", "windows-1255"},
    {"cp1256", "windows-1256"},
    {"cp1257", "windows-1257"},
    {"cp1258", "windows-1258"},
    {"cp874", "windows-874"},
    {"iso-8859-11", "windows-874"},
    {"iso8859-2", "iso-8859-2"},
    {"iso_8859-2", "iso-8859-2"},
    {"latin2", "iso-8859-2"},
    {"iso8859-3", "iso-8859-3"},
    {"iso8859-4", "iso-8859-4"},
    {"iso8859-5", "iso-8859-5"},
    {"iso8859-6", "iso-8859-6"},
    {"iso-8859-6-i", "iso-8859-6"},
    {"iso8859-7", "iso-8859-7"},
    {"iso_8859-7", "iso-8859-7"},
    {"iso8859-8", "iso-8859-8"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-8-e", "iso-8859-8"},
    {"iso8859-10", "iso-8859-10"},
    {"iso8859-13", "iso-8859-13"},
    {"iso8859-14", "iso-8859-14"},
    {"iso8859-15", "iso-8859-15"},
    {"iso_8859-15", "iso-8859-15"},
    {"latin9", "iso-8859-15"},
    {"latin-9", "iso-8859-15"},
    {"koi8", "koi8-r"},
    {"koi", "koi8-r"},
    {"koi8r", "koi8-r"},
    {"koi8-ru", "koi8-u"},
    {"cp437", "ibm437"},
    {"cp850", "ibm850"},
    {"cp852", "ibm852"},
    {"cp866", "ibm866"},
    {"866", "ibm866"},
    {"mac", "macintosh"},
    {"x-mac-roman", "macintosh"},
    {"macroman", "macintosh"},
    {"x-mac-ukrainian", "x-mac-cyrillic"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"cp936", "gb18030"},
    {"windows-936", "gb18030"},
    {"x-gbk", "gb18030"},
    {"chinese", "gb18030"},
    {"euc-cn", "gb18030"},
    {"hz", "hz-gb-2312"},
    {"big5-hkscs", "big5"},
    {"cp950", "big5"},
    {"windows-950", "big5"},
    {"x-x-big5", "big5"},
    {"cn-big5", "big5"},
    {"eucjp", "euc-jp"},
    {"x-euc-jp", "euc-jp"},
    {"iso-2022-jp-1", "iso-2022-jp"},
    {"iso-2022-jp-2", "iso-2022-jp"},
    {"iso-2022-jp-3", "iso-2022-jp"},
    {"csiso2022jp", "iso-2022-jp"},
    {"cp50220", "iso-2022-jp"},
    {"sjis", "shift_jis"},
    {"shift-jis", "shift_jis"},
    {"x-sjis", "shift_jis"},
    {"ms_kanji", "shift_jis"},
    {"windows-31j", "shift_jis"},
    {"cp932", "shift_jis"},
    {"ms932", "shift_jis"},
    {"euckr", "euc-kr"},
    {"cp949", "euc-kr"},
    {"windows-949", "euc-kr"},
    {"ks_c_5601-1987", "euc-kr"},
    {"ks_c_5601-1989", "euc-kr"},
    {"ks_c_5601", "euc-kr"},
    {"ksc5601", "euc-kr"},
    {"ksc_5601", "euc-kr"},
    {"korean", "euc-kr"},
    {"uhc", "euc-kr"},
    {"iso-2022-cn-ext", "iso-2022-cn"},
    {"unicode-1-1-utf-7", "utf-7"},
    {"utf7", "utf-7"},
    {"x-unicode-2-0-utf-7", "utf-7"},
    {"utf16", "utf-16"},
    {"ucs-2", "utf-16"},
    {"iso-10646-ucs-2", "utf-16"},
    {"unicode", "utf-16le"},
    {"unicodefffe", "utf-16be"},
    {"utf16le", "utf-16le"},
    {"utf16be", "utf-16be"},
    {"utf32", "utf-32"},
    {"utf-32be", "utf-32"},
    {"utf-32le", "utf-32"},
    {"ucs-4", "utf-32"},
};
#define N_LABELS (sizeof(LABELS) / sizeof(LABELS[0]))

/* One process, one thread: converters and tables are kept for its life. */
static UConverter *converters[N_SETS];
/* A byte of the upper half as UTF-8. */
struct byte_char {
    char p[3];
    uint8_t n;
};
static struct byte_char *byte_tables[N_SETS];

static UConverter *converter_of(size_t i)
{
    if (converters[i] == NULL) {
        UErrorCode status = U_ZERO_ERROR;
        converters[i] = ucnv_open(SETS[i].icu, &status);
        if (U_FAILURE(status))
            converters[i] = NULL;
    }
    return converters[i];
}

static const struct byte_char *table_of(size_t i)
{
    static struct byte_char rows[N_SETS][128]; /* the upper half; the lower is ASCII */
    if (byte_tables[i] || SETS[i].kind != SET_BYTE)
        return byte_tables[i];
    UErrorCode status = U_ZERO_ERROR;
    UConverter *c = ucnv_open(SETS[i].icu, &status);
    for (unsigned b = 0; b < 128; b++) {
        char byte = (char)(b + 128);
        UChar out[4] = {0xFFFD};
        status = U_ZERO_ERROR;
        int32_t n = c ? ucnv_toUChars(c, out, 4, &byte, 1, &status) : 0;
        uint32_t v = n == 1 && U_SUCCESS(status) ? out[0] : UTF8_BAD;
        if (v == UTF8_BAD && strncmp(SETS[i].name, "windows-", 8) == 0 && b < 32)
            v = b + 128; /* unassigned C1, as browsers read it */
        char text[4];
        rows[i][b].n = (uint8_t)utf8_put(text, v); /* at most three: no unit is a surrogate */
        memcpy(rows[i][b].p, text, 3);
    }
    if (c)
        ucnv_close(c);
    byte_tables[i] = rows[i];
    return byte_tables[i];
}

/* Labels by hash of their lower-case form, filled at the first use; SLOTS is well over twice the
 * number of labels, so that a walk over taken slots is short. */
#define SLOTS 1024u
static uint16_t slots[SLOTS]; /* 1 + index: below N_SETS of SETS, else of LABELS */
static uint8_t set_of_row[N_LABELS];

static size_t slot_of(struct slice label)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < label.n; i++)
        h = (h ^ (unsigned char)ascii_lower(label.p[i])) * 16777619u;
    return (h ^ h >> 15) & (SLOTS - 1);
}

static struct slice slot_label(uint16_t v)
{
    return slice_str(v <= N_SETS ? SETS[v - 1].name : LABELS[v - 1 - N_SETS][0]);
}

static void slot_add(size_t index)
{
    uint16_t v = (uint16_t)(index + 1);
    size_t at = slot_of(slot_label(v));
    while (slots[at])
        at = (at + 1) & (SLOTS - 1);
    slots[at] = v;
}

/* Index in SETS, or N_SETS. */
static size_t slot_find(struct slice label)
{
    for (size_t at = slot_of(label); slots[at]; at = (at + 1) & (SLOTS - 1)) {
        if (slice_ieq(label, slot_label(slots[at])))
            return slots[at] <= N_SETS ? slots[at] - 1u : set_of_row[slots[at] - 1 - N_SETS];
    }
    return N_SETS;
}

static void fill_slots(void)
{
    for (size_t i = 0; i < N_SETS; i++)
        slot_add(i);
    for (size_t i = 0; i < N_LABELS; i++) {
        set_of_row[i] = (uint8_t)slot_find(slice_str(LABELS[i][1]));
        slot_add(N_SETS + i);
    }
}

static size_t set_of_label(struct slice label)
{
    label = slice_trim(label);
    while (label.n && (label.p[0] == '"' || label.p[0] == '\''))
        label = slice_from(label, 1);
    while (label.n && (label.p[label.n - 1] == '"' || label.p[label.n - 1] == '\''))
        label.n--;
    if (label.n == 0 || label.n > 40)
        return N_SETS;
    static bool is_filled;
    if (!is_filled)
        fill_slots();
    is_filled = true;
    return slot_find(label);
}

const char *charset_name(struct slice label)
{
    size_t i = set_of_label(label);
    return i < N_SETS ? SETS[i].name : NULL;
}

/* Output of one conversion: at most max bytes, whole characters only. */
struct sink {
    char *p;
    size_t n, max;
    size_t bad;
};

static bool sink_put(struct sink *k, uint32_t c)
{
    char last[4];
    if (c == UTF8_BAD)
        k->bad++;
    if (k->n + 4 <= k->max) {
        k->n += utf8_put(k->p + k->n, c);
        return true;
    }
    size_t n = utf8_put(last, c);
    if (k->n + n > k->max)
        return false;
    memcpy(k->p + k->n, last, n);
    k->n += n;
    return true;
}

/* A byte above ASCII; false: no room. */
static inline bool sink_byte(struct sink *k, struct byte_char c)
{
    if (k->max - k->n < sizeof c.p) {
        if (k->max - k->n < c.n)
            return false;
        memcpy(k->p + k->n, c.p, c.n);
    } else {
        memcpy(k->p + k->n, c.p, sizeof c.p);
    }
    k->n += c.n;
    k->bad += c.n == 3 && memcmp(c.p, "\xef\xbf\xbd", 3) == 0;
    return true;
}

static void from_bytes(struct sink *k, struct slice s, const struct byte_char *table)
{
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        uint64_t eight = 0;
        if (c < 128 && i + 8 <= s.n && k->n + 8 <= k->max) {
            memcpy(&eight, s.p + i, 8);
            if ((eight & 0x8080808080808080u) == 0) {
                memcpy(k->p + k->n, &eight, 8);
                k->n += 8;
                i += 8;
                continue;
            }
        }
        if (c >= 128 ? !sink_byte(k, table[c - 128]) : k->n == k->max)
            return;
        if (c < 128)
            k->p[k->n++] = (char)c;
        i++;
    }
}

/* UTF-16 without a mark: the side on which most zero bytes stand is the high one. */
static bool is_little(struct slice s, const char *name)
{
    if (s.n >= 2 && (unsigned char)s.p[0] == 0xFF && (unsigned char)s.p[1] == 0xFE)
        return true;
    if (s.n >= 2 && (unsigned char)s.p[0] == 0xFE && (unsigned char)s.p[1] == 0xFF)
        return false;
    if (strcmp(name, "utf-16") != 0)
        return strcmp(name, "utf-16le") == 0;
    size_t even = 0, odd = 0;
    for (size_t i = 0; i + 1 < s.n && i < 2000; i += 2) {
        even += s.p[i] == 0;
        odd += s.p[i + 1] == 0;
    }
    return odd > even;
}

static void from_utf16(struct sink *k, struct slice s, bool little)
{
    for (size_t i = 0; i + 1 < s.n; i += 2) {
        uint32_t a = (unsigned char)s.p[i + little], b = (unsigned char)s.p[i + !little];
        uint32_t c = a << 8 | b;
        if (i == 0 && c == 0xFEFF)
            continue;
        if (c >= 0xD800 && c < 0xDC00 && i + 3 < s.n) {
            uint32_t d = (uint32_t)(unsigned char)s.p[i + 2 + little] << 8 |
                         (unsigned char)s.p[i + 2 + !little];
            if (d >= 0xDC00 && d < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (d - 0xDC00);
                i += 2;
            }
        }
        if (c >= 0xD800 && c < 0xE000)
            c = UTF8_BAD;
        if (!sink_put(k, c))
            return;
    }
    if (s.n % 2)
        sink_put(k, UTF8_BAD);
}

static void from_utf32(struct sink *k, struct slice s)
{
    bool little = s.n >= 4 && s.p[0] != 0;
    for (size_t i = 0; i + 3 < s.n; i += 4) {
        uint32_t c = 0;
        for (size_t b = 0; b < 4; b++)
            c = c << 8 | (unsigned char)s.p[i + (little ? 3 - b : b)];
        if (i == 0 && c == 0xFEFF)
            continue;
        if (!sink_put(k, c > 0x10FFFF ? UTF8_BAD : c))
            return;
    }
}

static void from_icu(struct sink *k, struct slice s, UConverter *c)
{
    UChar units[1024];
    const char *in = s.p, *end = s.p + s.n;
    uint32_t high = 0;
    UErrorCode status = U_BUFFER_OVERFLOW_ERROR;
    ucnv_reset(c);
    while (status == U_BUFFER_OVERFLOW_ERROR) {
        UChar *out = units;
        status = U_ZERO_ERROR;
        ucnv_toUnicode(c, &out, units + 1024, &in, end, NULL, true, &status);
        for (const UChar *u = units; u < out; u++) {
            uint32_t v = *u;
            if (high && v >= 0xDC00 && v < 0xE000)
                v = 0x10000 + ((high - 0xD800) << 10) + (v - 0xDC00);
            high = v >= 0xD800 && v < 0xDC00 ? v : 0;
            if (high == 0 && !sink_put(k, v))
                return;
        }
    }
}

/* Well-formed stretches go over in one piece; what is between them byte by byte. */
static void from_utf8(struct sink *k, struct slice s)
{
    while (s.n) {
        bool ok;
        size_t good = utf8_valid_head(slice_head(s, k->max - k->n));
        if (good) {
            /* Between bad bytes stretches are short: a copy of fixed size needs no call. */
            if (good <= 16 && s.n >= 16 && k->max - k->n >= 16)
                memcpy(k->p + k->n, s.p, 16);
            else
                memcpy(k->p + k->n, s.p, good);
            k->n += good;
            s = slice_from(s, good);
            continue;
        }
        uint32_t c = utf8_next(&s, &ok);
        if (!sink_put(k, c))
            return;
        k->bad -= ok && c == UTF8_BAD; /* the sender's own U+FFFD */
    }
}

/* Sets whose bytes below 128 are not always ASCII. */
static bool is_ascii_based(size_t i)
{
    if (SETS[i].kind == SET_UTF16 || SETS[i].kind == SET_UTF32)
        return false;
    return SETS[i].icu == NULL ||
           (strncmp(SETS[i].name, "iso-2022", 8) != 0 && strcmp(SETS[i].name, "utf-7") != 0 &&
            strcmp(SETS[i].name, "hz-gb-2312") != 0);
}

struct slice charset_to_utf8(struct arena *a, struct slice bytes, struct slice charset,
                             size_t max_out, size_t *out_bad)
{
    size_t set = set_of_label(charset);
    if (out_bad)
        *out_bad = 0;
    if (bytes.n <= max_out && (set == N_SETS || is_ascii_based(set))) {
        bool is_utf8 = set == N_SETS || SETS[set].kind == SET_UTF8;
        if (is_utf8 ? utf8_is_valid(bytes) : utf8_is_ascii(bytes))
            return bytes;
    }
    if (set == N_SETS)
        set = utf8_is_valid(bytes) ? 0 : 1;
    /* A byte gives at most three bytes of UTF-8 in every set here; four spare for sink_put. */
    size_t room = bytes.n > SIZE_MAX / 3 - 4 ? SIZE_MAX : bytes.n * 3 + 4;
    if (room > max_out)
        room = max_out;
    struct sink k = {arena_bytes(a, room), 0, room, 0};
    UConverter *icu = SETS[set].kind == SET_ICU ? converter_of(set) : NULL;
    if (SETS[set].kind == SET_UTF16)
        from_utf16(&k, bytes, is_little(bytes, SETS[set].name));
    else if (SETS[set].kind == SET_UTF32)
        from_utf32(&k, bytes);
    else if (SETS[set].kind == SET_BYTE)
        from_bytes(&k, bytes, table_of(set));
    else if (icu)
        from_icu(&k, bytes, icu);
    else
        from_utf8(&k, bytes);
    if (out_bad)
        *out_bad = k.bad;
    return slice_of(k.p, k.n);
}

void unicode_warm(void)
{
    unicode_text_warm();
    url_warm();
    for (size_t i = 0; i < N_SETS; i++) {
        if (SETS[i].kind == SET_ICU)
            converter_of(i);
        else
            table_of(i);
    }
}
