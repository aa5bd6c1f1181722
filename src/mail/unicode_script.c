/* Scripts of letters, and words that mix them (UTS 39 section 5, restriction levels).
 *
 * ICU's script data is asked for characters above ASCII only.
 */
#include "mail/unicode.h"

#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

static uint32_t group_of(UScriptCode code)
{
    switch ((int)code) {
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
    case USCRIPT_UNKNOWN:
    case USCRIPT_INVALID_CODE:
        return 0;
    case USCRIPT_LATIN:
        return SCRIPT_LATIN;
    case USCRIPT_CYRILLIC:
        return SCRIPT_CYRILLIC;
    case USCRIPT_GREEK:
        return SCRIPT_GREEK;
    case USCRIPT_HAN:
    case USCRIPT_BOPOMOFO:
        return SCRIPT_HAN;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
        return SCRIPT_KANA;
    case USCRIPT_HANGUL:
        return SCRIPT_HANGUL;
    case USCRIPT_ARABIC:
        return SCRIPT_ARABIC;
    case USCRIPT_HEBREW:
        return SCRIPT_HEBREW;
    case USCRIPT_DEVANAGARI:
    case USCRIPT_BENGALI:
    case USCRIPT_GURMUKHI:
    case USCRIPT_GUJARATI:
    case USCRIPT_ORIYA:
    case USCRIPT_TAMIL:
    case USCRIPT_TELUGU:
    case USCRIPT_KANNADA:
    case USCRIPT_MALAYALAM:
    case USCRIPT_SINHALA:
        return SCRIPT_INDIC;
    case USCRIPT_THAI:
        return SCRIPT_THAI;
    case USCRIPT_ARMENIAN:
        return SCRIPT_ARMENIAN;
    case USCRIPT_GEORGIAN:
        return SCRIPT_GEORGIAN;
    default:
        return SCRIPT_OTHER;
    }
}

static UScriptCode script_of(uint32_t c)
{
    UErrorCode ec = U_ZERO_ERROR;
    UScriptCode code = uscript_getScript((UChar32)c, &ec);
    return U_SUCCESS(ec) ? code : USCRIPT_UNKNOWN;
}

uint32_t unicode_scripts(struct slice s)
{
    uint32_t found = 0;
    while (s.n) {
        if (!(s.p[0] & 0x80)) {
            if (ascii_is_alpha(s.p[0]))
                found |= SCRIPT_LATIN;
            s = slice_from(s, 1);
            continue;
        }
        bool ok;
        uint32_t c = utf8_next(&s, &ok);
        if (!ok)
            continue;
        if (c >= 0xC0 && c < 0x250)
            found |= c == 0xD7 || c == 0xF7 ? 0 : SCRIPT_LATIN;
        else if (c >= 0x400 && c < 0x482)
            found |= SCRIPT_CYRILLIC;
        else if (c >= 0x4E00 && c < 0xA000)
            found |= SCRIPT_HAN;
        else if (c >= 0xAC00 && c < 0xD7A4)
            found |= SCRIPT_HANGUL;
        else if (c > 0x2AF && u_isalpha((UChar32)c))
            found |= group_of(script_of(c));
        else if (c >= 0x250)
            found |= u_isalpha((UChar32)c) ? SCRIPT_LATIN : 0;
    }
    return found;
}

/* The sets that a word's characters may all belong to: one bit per script seen so far, and the
 * three mixtures that UTS 39 allows at "highly restrictive". */
enum mixture { MIX_JAPANESE = 1, MIX_CHINESE = 2, MIX_KOREAN = 4, MIX_ALL = 7 };

static unsigned mixtures_of(UScriptCode code)
{
    switch ((int)code) {
    case USCRIPT_LATIN:
    case USCRIPT_HAN:
        return MIX_ALL;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
        return MIX_JAPANESE;
    case USCRIPT_BOPOMOFO:
        return MIX_CHINESE;
    case USCRIPT_HANGUL:
        return MIX_KOREAN;
    default:
        return 0;
    }
}

#define SCRIPTS_MAX 32

struct resolved {
    UScriptCode common[SCRIPTS_MAX]; /* scripts that hold every character so far */
    int n;
    bool any;
    unsigned mixtures;
};

static void resolve(struct resolved *r, const UScriptCode *codes, int n)
{
    unsigned mixtures = 0;
    int kept = 0;
    for (int i = 0; i < n; i++)
        mixtures |= mixtures_of(codes[i]);
    r->mixtures &= mixtures;
    if (!r->any) {
        memcpy(r->common, codes, (size_t)n * sizeof *codes);
        r->n = n;
        r->any = true;
        return;
    }
    for (int i = 0; i < r->n; i++)
        for (int k = 0; k < n; k++)
            if (r->common[i] == codes[k]) {
                r->common[kept++] = codes[k];
                break;
            }
    r->n = kept;
}

bool unicode_is_mixed_word(struct slice word)
{
    if (utf8_is_ascii(word))
        return false;
    struct resolved r = {.mixtures = MIX_ALL};
    bool latin_done = false;
    while (word.n) {
        UScriptCode codes[SCRIPTS_MAX];
        int n = 0;
        if (!(word.p[0] & 0x80)) {
            bool letter = ascii_is_alpha(word.p[0]);
            word = slice_from(word, 1);
            if (!letter || latin_done)
                continue;
            codes[n++] = USCRIPT_LATIN;
            latin_done = true;
        } else {
            bool ok;
            uint32_t c = utf8_next(&word, &ok);
            UErrorCode ec = U_ZERO_ERROR;
            if (!ok)
                continue;
            n = uscript_getScriptExtensions((UChar32)c, codes, SCRIPTS_MAX, &ec);
            if (U_FAILURE(ec) || n <= 0 || codes[0] == USCRIPT_COMMON ||
                codes[0] == USCRIPT_INHERITED || codes[0] == USCRIPT_UNKNOWN)
                continue;
        }
        resolve(&r, codes, n);
        if (r.n == 0 && !r.mixtures)
            return true;
    }
    return false;
}
