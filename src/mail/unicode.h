/* Unicode services on top of ICU: charset conversion with an allow-list, NFKC, UTS 39. */
#ifndef MUSTER_MAIL_UNICODE_H
#define MUSTER_MAIL_UNICODE_H

#include "base/arena.h"

/* Opens ICU converters and normalisers, IDNA data and the public suffix list once, before a
 * sandbox closes the file system. Safe to call again. */
void unicode_warm(void);
/* The part of it that fold and skeleton need. */
void unicode_text_warm(void);
/* Canonical name of an allowed charset ("windows-1251"), or NULL when unknown or refused. */
const char *charset_name(struct slice label);
/* Bytes to UTF-8. An empty or unknown charset falls back to UTF-8 when valid, then to
 * windows-1252. At most max_out bytes. *out_bad (may be NULL) counts bytes that did not fit. */
struct slice charset_to_utf8(struct arena *a, struct slice bytes, struct slice charset,
                             size_t max_out, size_t *out_bad);
/* NFKC with case folding (for comparing); invalid UTF-8 is cleaned first. */
struct slice unicode_fold(struct arena *a, struct slice s);
/* NFC: the composed form of the same text; invalid UTF-8 is cleaned first. */
struct slice unicode_nfc(struct arena *a, struct slice s);
/* UTS 39 skeleton: two texts that look alike have the same one. */
struct slice unicode_skeleton(struct arena *a, struct slice s);
/* Scripts of the letters of s: a bit per script group, for mixed-script tests. */
enum unicode_script {
    SCRIPT_LATIN = 1,
    SCRIPT_CYRILLIC = 2,
    SCRIPT_GREEK = 4,
    SCRIPT_HAN = 8,
    SCRIPT_KANA = 16,
    SCRIPT_HANGUL = 32,
    SCRIPT_ARABIC = 64,
    SCRIPT_HEBREW = 128,
    SCRIPT_INDIC = 256,
    SCRIPT_THAI = 512,
    SCRIPT_ARMENIAN = 1024,
    SCRIPT_GEORGIAN = 2048,
    SCRIPT_OTHER = 4096
};
uint32_t unicode_scripts(struct slice s);
/* True when one word mixes scripts that honest words do not mix (UTS 39 restriction level
 * below "highly restrictive"). */
bool unicode_is_mixed_word(struct slice word);

#endif
