/* TNEF containers. See tnef.h.
 *
 * A container is a signature, a key, and attributes {level, id, length, data, checksum}, all
 * little-endian. A new file begins with attAttachRendData; its title, data and MAPI properties
 * (which hold the long name) follow until the next one.
 */
#include "mail/tnef.h"
#include "mail/unicode.h"
#include "base/utf8.h"

#define SIGNATURE        0x223E9F78u
#define ATTACH_REND_DATA 0x9002u
#define ATTACH_TITLE     0x8010u
#define ATTACH_DATA      0x800Fu
#define ATTACH_PROPS     0x9005u
#define PROP_LONG_NAME   0x3707u
#define TYPE_STRING8     0x001Eu
#define TYPE_UNICODE     0x001Fu
#define NAME_MOST        1024u
#define PROPS_MOST       2000u

static uint32_t u32(struct slice s, size_t at)
{
    uint32_t v = 0;
    for (size_t i = 4; i-- > 0;)
        v = v << 8 | (unsigned char)s.p[at + i];
    return v;
}

static uint32_t u16(struct slice s, size_t at)
{
    return (uint32_t)(unsigned char)s.p[at] | (uint32_t)(unsigned char)s.p[at + 1] << 8;
}

static struct slice name_text(struct arena *a, struct slice raw, bool is_unicode)
{
    raw = slice_head(raw, NAME_MOST);
    if (is_unicode) {
        while (raw.n >= 2 && raw.p[raw.n - 1] == 0 && raw.p[raw.n - 2] == 0)
            raw.n -= 2;
        return charset_to_utf8(a, raw, SLICE("utf-16le"), raw.n * 3 + 4, NULL);
    }
    size_t nul = slice_chr(raw, '\0');
    raw = slice_head(raw, nul == SIZE_MAX ? raw.n : nul);
    return utf8_clean(a, charset_to_utf8(a, raw, SLICE(""), raw.n * 3 + 4, NULL));
}

/* Bytes of one value of a fixed-size MAPI type; 0: it is of variable size. */
static size_t fixed_size(uint32_t type)
{
    switch (type & 0xFFF) {
    case 0x0002: /* short, boolean: padded to four */
    case 0x000B:
    case 0x0003:
    case 0x0004:
    case 0x000A:
        return 4;
    case 0x0005:
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case 0x0040:
        return 8;
    case 0x0048:
        return 16;
    default:
        return 0;
    }
}

/* Skips the name of a named property (id 0x8000 and up). False when it does not fit. */
static bool skip_named(struct slice s, size_t *at)
{
    if (s.n - *at < 24)
        return false;
    uint32_t kind = u32(s, *at + 16), value = u32(s, *at + 20);
    *at += 24;
    if (kind == 0)
        return true;
    size_t n = ((size_t)value + 3) & ~(size_t)3;
    if (n > s.n - *at)
        return false;
    *at += n;
    return true;
}

/* The long file name among MAPI properties, or an empty slice. */
static struct slice long_name(struct arena *a, struct slice s)
{
    struct slice none = {NULL, 0};
    if (s.n < 4)
        return none;
    uint32_t count = u32(s, 0);
    size_t at = 4;
    for (uint32_t i = 0; i < count && i < PROPS_MOST && s.n - at >= 4; i++) {
        uint32_t type = u16(s, at), id = u16(s, at + 2);
        at += 4;
        if (id >= 0x8000 && !skip_named(s, &at))
            return none;
        size_t size = fixed_size(type);
        uint32_t values = 1;
        if (size == 0 || (type & 0x1000)) {
            if (s.n - at < 4)
                return none;
            values = u32(s, at);
            at += 4;
        }
        for (uint32_t v = 0; v < values; v++) {
            size_t n = size;
            if (size == 0) {
                if (s.n - at < 4)
                    return none;
                n = u32(s, at);
                at += 4;
            }
            if (n > s.n - at)
                return none;
            if (id == PROP_LONG_NAME &&
                ((type & 0xFFF) == TYPE_STRING8 || (type & 0xFFF) == TYPE_UNICODE))
                return name_text(a, slice_of(s.p + at, n), (type & 0xFFF) == TYPE_UNICODE);
            n = size ? n : (n + 3) & ~(size_t)3;
            at += n < s.n - at ? n : s.n - at;
            if (at == s.n)
                return none;
        }
    }
    return none;
}

bool tnef_next(struct arena *a, struct slice bytes, size_t *at, struct tnef_file *out)
{
    if (*at == 0) {
        if (bytes.n < 6 || u32(bytes, 0) != SIGNATURE)
            return false;
        *at = 6;
    }
    bool has_file = false;
    *out = (struct tnef_file){{NULL, 0}, {NULL, 0}, {NULL, 0}};
    while (bytes.n - *at >= 11) {
        uint32_t id = u32(bytes, *at + 1) & 0xFFFF;
        size_t n = u32(bytes, *at + 5), start = *at + 9;
        if (n > bytes.n - start)
            n = bytes.n - start;
        struct slice data = slice_of(bytes.p + start, n);
        if (id == ATTACH_REND_DATA) {
            if (has_file)
                return true; /* the next file begins here */
            has_file = true;
        } else if (id == ATTACH_TITLE) {
            out->title = name_text(a, data, false);
            has_file = true;
        } else if (id == ATTACH_DATA) {
            out->data = data;
            has_file = true;
        } else if (id == ATTACH_PROPS) {
            out->name = long_name(a, data);
            has_file = true;
        }
        *at = start + n + (bytes.n - start - n < 2 ? bytes.n - start - n : 2);
    }
    *at = bytes.n;
    return has_file;
}
