/* Countries by name, and their clocks. See country.h. */
#include "law/country.h"

#include "base/arena.h"
#include "base/hash.h"
#include "evidence/phrases.h"
#include "law/fact.h"

#include <unicode/uloc.h>
#include <unicode/ustring.h>

#define SLOTS 32768u

/* ---- names ---- */

static const char *const LOCALES[] = {
    "en", "de", "fr", "es", "pt", "it", "nl", "da", "sv", "nb", "fi", "pl",     "cs", "sk",
    "hu", "ro", "hr", "sl", "et", "lv", "lt", "tr", "id", "ms", "vi", "sw",     "af", "ru",
    "uk", "bg", "el", "he", "ar", "fa", "hi", "th", "ko", "ja", "zh", "zh_Hant"};

/* What people write besides. */
static const struct {
    const char *name, *code;
} EXTRA[] = {{"UK", "GB"},
             {"England", "GB"},
             {"Scotland", "GB"},
             {"Great Britain", "GB"},
             {"Northern Ireland", "GB"},
             {"Wales", "GB"},
             {"USA", "US"},
             {"U.S.A.", "US"},
             {"United States of America", "US"},
             {"America", "US"},
             {"Korea", "KR"},
             {"Republic of Korea", "KR"},
             {"Holland", "NL"},
             {"Czech Republic", "CZ"},
             {"Turkey", "TR"},
             {"Viet Nam", "VN"},
             {"Ivory Coast", "CI"},
             {"RSA", "ZA"},
             {"UAE", "AE"},
             {"Russian Federation", "RU"},
             {"P.R. China", "CN"},
             {"BRD", "DE"},
             {"한국", "KR"},
             {"Côte d'Ivoire", "CI"},
             {"Hong Kong", "HK"},
             {"Taiwan R.O.C.", "TW"}};

static struct {
    uint64_t hash; /* of the folded name; 0: free */
    int32_t code;
} slots[SLOTS];
static struct arena *names;
static struct {
    int32_t code;
    const char *name;
} english[300];
static size_t n_english;

static uint64_t key_of(struct slice folded)
{
    return hash_bytes(folded, 7) | 1;
}

/* The first name stays: languages seldom quarrel about one. */
static void put_name(struct arena *a, struct slice name, int32_t code)
{
    struct slice folded = phrases_fold(a, name);
    if (folded.n == 0)
        return;
    uint64_t h = key_of(folded);
    size_t i = (size_t)(h % SLOTS);
    while (slots[i].hash && slots[i].hash != h)
        i = (i + 1) % SLOTS;
    if (slots[i].hash == 0) {
        slots[i].hash = h;
        slots[i].code = code;
    }
}

static struct slice display_name(struct arena *a, const char *code, const char *locale)
{
    char region[8];
    UChar wide[128];
    char text[400];
    int32_t n = 0;
    UErrorCode ec = U_ZERO_ERROR;
    region[0] = '_';
    memcpy(region + 1, code, 2);
    region[3] = '\0';
    int32_t w = uloc_getDisplayCountry(region, locale, wide, 128, &ec);
    if (U_FAILURE(ec))
        return (struct slice){0};
    u_strToUTF8(text, sizeof text, &n, wide, w, &ec);
    return U_FAILURE(ec) ? (struct slice){0} : arena_dup(a, slice_of(text, (size_t)n));
}

void country_name_in(int32_t code, const char *language, struct buf *out)
{
    char text[3];
    struct arena *a = arena_new(4096);
    law_code_text(code, text);
    struct slice name = display_name(a, text, language);
    buf_add(out, name.n ? name : slice_str(text));
    arena_free(a);
}

void country_warm(void)
{
    if (names)
        return;
    names = arena_new(0);
    struct arena *scratch = arena_new(0);
    const char *const *codes = uloc_getISOCountries();
    for (size_t i = 0; i < sizeof EXTRA / sizeof *EXTRA; i++)
        put_name(scratch, slice_str(EXTRA[i].name), law_code(slice_str(EXTRA[i].code)));
    for (size_t i = 0; codes[i]; i++) {
        int32_t code = law_code(slice_str(codes[i]));
        char region[8] = {'_', codes[i][0], codes[i][1]};
        put_name(scratch, slice_str(codes[i]), code);
        put_name(scratch, slice_str(uloc_getISO3Country(region)), code);
        struct slice name = display_name(names, codes[i], "en");
        if (n_english < sizeof english / sizeof *english) {
            english[n_english].code = code;
            english[n_english++].name = arena_cstr(names, name);
        }
        for (size_t l = 0; l < sizeof LOCALES / sizeof *LOCALES; l++)
            put_name(scratch, display_name(scratch, codes[i], LOCALES[l]), code);
    }
    arena_free(scratch);
}

int32_t country_find(struct slice name)
{
    name = slice_trim(name);
    country_warm();
    if (name.n == 0 || name.n > 200)
        return 0;
    static struct arena *scratch;
    if (scratch == NULL)
        scratch = arena_new(0);
    uint64_t h = key_of(phrases_fold(scratch, name));
    arena_reset(scratch);
    for (size_t i = (size_t)(h % SLOTS); slots[i].hash; i = (i + 1) % SLOTS)
        if (slots[i].hash == h)
            return slots[i].code;
    return 0;
}

const char *country_name(int32_t code)
{
    static char text[3];
    country_warm();
    for (size_t i = 0; i < n_english; i++)
        if (english[i].code == code)
            return english[i].name;
    law_code_text(code, text);
    return text;
}

/* ---- clocks ---- */

enum summer { NONE, EU, US, OTHER };

static const struct zone {
    const char *name;
    int low, high;
    enum summer summer;
} ZONES[] = {
#define ZONE(name, low, high, summer) {name, low, high, summer},
#include "law/country_table.h"
#undef ZONE
};

/* Days since 1970 of the nth Sunday (n from 1; 0: the last) of a month. */
static int32_t sunday_of(int year, int month, int n)
{
    char text[16];
    int32_t first = 0;
    int y = n == 0 && month == 12 ? year + 1 : year, m = n == 0 ? month % 12 + 1 : month;
    text[0] = (char)('0' + y / 1000);
    text[1] = (char)('0' + y / 100 % 10);
    text[2] = (char)('0' + y / 10 % 10);
    text[3] = (char)('0' + y % 10);
    text[4] = '-';
    text[5] = (char)('0' + m / 10);
    text[6] = (char)('0' + m % 10);
    memcpy(text + 7, "-01", 4);
    (void)law_date(slice_str(text), &first);
    int32_t sunday = first + (6 - law_weekday(first));
    return n == 0 ? sunday - 7 : sunday + 7 * (n - 1);
}

static int year_of(int64_t unix_seconds)
{
    char text[16];
    law_date_text((int32_t)(unix_seconds / 86400), text);
    return (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
}

static bool is_summer(const struct zone *z, int64_t t)
{
    int year = year_of(t);
    if (z->summer == EU)
        return t >= (int64_t)sunday_of(year, 3, 0) * 86400 + 3600 &&
               t < (int64_t)sunday_of(year, 10, 0) * 86400 + 3600;
    int64_t local = t + (int64_t)z->high * 60;
    return local >= (int64_t)sunday_of(year, 3, 2) * 86400 + 7200 &&
           local < (int64_t)sunday_of(year, 11, 1) * 86400 + 3600;
}

static bool zone_at(const struct zone *z, int64_t t, struct zone_range *out)
{
    *out = (struct zone_range){z->low, z->high};
    if (z->summer == OTHER)
        out->high += 60;
    else if (z->summer == US && z->low != z->high)
        out->high += 60; /* some of its provinces or states stay behind */
    else if (z->summer != NONE && is_summer(z, t)) {
        out->low += 60;
        out->high += 60;
    }
    return true;
}

static const struct zone *find_zone(struct slice name)
{
    for (size_t i = 0; i < sizeof ZONES / sizeof *ZONES; i++)
        if (slice_ieq(name, slice_str(ZONES[i].name)))
            return &ZONES[i];
    return NULL;
}

bool zone_of_country(int32_t code, int64_t unix_seconds, struct zone_range *out)
{
    char text[3];
    law_code_text(code, text);
    const struct zone *z = code ? find_zone(slice_of(text, 2)) : NULL;
    return z && zone_at(z, unix_seconds, out);
}

/* "+2", "+02:00", "-0530". */
static bool offset(struct slice s, struct zone_range *out)
{
    if (s.n < 2 || (s.p[0] != '+' && s.p[0] != '-'))
        return false;
    int sign = s.p[0] == '-' ? -1 : 1, digits = 0, value = 0;
    bool has_colon = false;
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == ':' && !has_colon && digits) {
            has_colon = true;
            continue;
        }
        if (!ascii_is_digit(s.p[i]) || ++digits > 4)
            return false;
        value = value * 10 + (s.p[i] - '0');
    }
    int minutes = digits > 2 ? value / 100 * 60 + value % 100 : value * 60;
    if (minutes > 14 * 60 || (digits > 2 && value % 100 > 59))
        return false;
    out->low = out->high = sign * minutes;
    return true;
}

bool zone_of_name(struct slice name, int64_t unix_seconds, struct zone_range *out)
{
    name = slice_trim(name);
    if (slice_istarts(name, SLICE("UTC")) || slice_istarts(name, SLICE("GMT")))
        if (name.n > 3)
            return offset(slice_trim(slice_from(name, 3)), out);
    if (offset(name, out))
        return true;
    const struct zone *z = name.n > 2 || slice_ieq(name, SLICE("Z")) ? find_zone(name) : NULL;
    return z && zone_at(z, unix_seconds, out);
}
