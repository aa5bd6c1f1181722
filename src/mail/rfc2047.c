/* Encoded words. See rfc2047.h. */
#include "mail/rfc2047.h"
#include "mail/decode.h"
#include "mail/unicode.h"
#include "base/bytes16.h"
#include "base/utf8.h"

struct word {
    struct slice charset;
    char encoding; /* 'q' or 'b' */
    struct slice text;
    size_t n; /* bytes it takes in the value */
};

/* Output text, and the bytes of the words that wait for their charset conversion. */
struct decoder {
    struct arena *a;
    char *out;
    size_t n, room;
    char *bytes; /* decoded, not yet converted */
    size_t bytes_n;
    struct slice charset;
    struct rfc2047_result *seen;
};

/* Reads "=?charset?E?text?=" at the front of s. *out_no_end: no word can end in the rest, so
 * that looking further would only cost time. */
static bool word_read(struct slice s, struct word *w, bool *out_no_end)
{
    size_t i = 2;
    while (i < s.n && s.p[i] != '?' && s.p[i] > ' ' && i < 80)
        i++;
    if (i + 3 >= s.n || s.p[i] != '?' || s.p[i + 2] != '?')
        return false;
    w->charset = slice_of(s.p + 2, i - 2);
    size_t star = slice_chr(w->charset, '*');
    if (star != SIZE_MAX)
        w->charset.n = star;
    w->encoding = ascii_lower(s.p[i + 1]);
    if (w->encoding != 'q' && w->encoding != 'b')
        return false;
    struct slice rest = slice_from(s, i + 3);
    /* B text ends at the first "?"; Q text may hold stray ones, against the rule but seen. */
    size_t end = w->encoding == 'b' ? slice_chr(rest, '?') : slice_find(rest, SLICE("?="));
    if (end == SIZE_MAX) {
        *out_no_end = true;
        return false;
    }
    if (end + 1 >= rest.n || rest.p[end + 1] != '=')
        return false;
    w->text = slice_head(rest, end);
    w->n = i + 3 + end + 2;
    return true;
}

static void put(struct decoder *d, struct slice s)
{
    s = slice_head(s, d->room - d->n);
    if (s.n)
        memcpy(d->out + d->n, s.p, s.n);
    d->n += s.n;
}

/* Text outside of words. */
static void put_plain(struct decoder *d, struct slice s)
{
    if (!utf8_is_ascii(s)) {
        d->seen->is_8bit = true;
        s = charset_to_utf8(d->a, s, SLICE(""), s.n * 3, NULL);
    }
    put(d, s);
}

static void flush(struct decoder *d)
{
    if (d->bytes_n == 0)
        return;
    struct slice text = slice_of(d->bytes, d->bytes_n);
    size_t bad = 0;
    if (charset_name(d->charset) == NULL)
        d->seen->bad++;
    put(d, charset_to_utf8(d->a, text, d->charset, text.n * 3, &bad));
    if (bad)
        d->seen->bad++;
    d->bytes += d->bytes_n;
    d->bytes_n = 0;
}

static void take_word(struct decoder *d, const struct word *w)
{
    if (d->bytes_n && !slice_ieq(d->charset, w->charset))
        flush(d);
    d->charset = w->charset;
    struct decode_result r = {0};
    char *to = d->bytes + d->bytes_n;
    d->bytes_n += w->encoding == 'q' ? decode_q_word(w->text, to)
                                     : decode_base64(w->text, to, w->text.n, &r);
    if (r.junk || r.inner_padding)
        d->seen->bad++;
    d->seen->words++;
}

static bool is_white(struct slice s)
{
    return slice_trim(s).n == 0;
}

/* Does the text hold "=?"? *out_high: it holds bytes outside ASCII. In one pass, since most fields
 * have neither. */
static bool may_have_words(struct slice s, bool *out_high)
{
    unsigned words = 0, high = 0, after_sign = 0;
    for (size_t i = 0; i < s.n; i += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(s, i));
        unsigned signs = bytes16_is(&b, '=') << 1 | after_sign;
        words |= signs & bytes16_is(&b, '?');
        high |= bytes16_high(&b);
        after_sign = signs >> BYTES16;
    }
    *out_high = high != 0;
    return words != 0;
}

struct slice rfc2047_decode(struct arena *a, struct slice value, size_t max_words,
                            struct rfc2047_result *out_result)
{
    bool is_high;
    if (!may_have_words(value, &is_high)) {
        if (!is_high)
            return value;
        out_result->is_8bit = true;
        return charset_to_utf8(a, value, SLICE(""), value.n * 3, NULL);
    }
    size_t room = value.n * 3 + 16;
    struct decoder d = {.a = a,
                        .out = arena_bytes(a, room),
                        .room = room,
                        .bytes = arena_bytes(a, value.n + 1),
                        .seen = out_result};
    size_t plain = 0, at = 0, words = 0; /* plain: start of text not yet put out */
    bool after_word = false;
    for (;;) {
        size_t hit = slice_find(slice_from(value, at), SLICE("=?"));
        if (hit == SIZE_MAX)
            break;
        at += hit;
        struct word w;
        if (words >= max_words) {
            out_result->hit_limit = true;
            break;
        }
        bool no_end = false;
        if (!word_read(slice_from(value, at), &w, &no_end)) {
            out_result->bad++;
            if (no_end)
                break;
            at += 2;
            continue;
        }
        struct slice between = slice_of(value.p + plain, at - plain);
        if (!(after_word && is_white(between))) {
            flush(&d);
            put_plain(&d, between);
        }
        take_word(&d, &w);
        words++;
        at += w.n;
        plain = at;
        after_word = true;
    }
    flush(&d);
    put_plain(&d, slice_from(value, plain));
    return utf8_clean(a, slice_of(d.out, d.n));
}
