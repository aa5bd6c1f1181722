/* Zip archives: the directory at the end, or the headers before each file. */
#include "base/zip.h"

#define LOCAL_BYTES   30
#define CENTRAL_BYTES 46
#define END_BYTES     22
#define COMMENT_MAX   65535

static uint32_t get16(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] | (uint32_t)u[1] << 8;
}

static uint32_t get32(const char *p)
{
    return get16(p) | get16(p + 2) << 16;
}

bool zip_is(struct slice b)
{
    return b.n >= LOCAL_BYTES && (!memcmp(b.p, "PK\3\4", 4) || !memcmp(b.p, "PK\5\6", 4));
}

/* Offset of the central directory from the end record, or SIZE_MAX. */
static size_t find_directory(struct slice b)
{
    if (b.n < END_BYTES)
        return SIZE_MAX;
    size_t least = b.n > END_BYTES + COMMENT_MAX ? b.n - END_BYTES - COMMENT_MAX : 0;
    for (size_t at = b.n - END_BYTES + 1; at-- > least;) {
        if (b.p[at] != 'P' || memcmp(b.p + at, "PK\5\6", 4) != 0)
            continue;
        size_t from = get32(b.p + at + 16);
        return from < at ? from : SIZE_MAX;
    }
    return SIZE_MAX;
}

/* Where an entry's bytes lie: its local header has a name and extra field of its own. */
static struct slice local_bytes(struct slice b, size_t at, size_t packed)
{
    if (at >= b.n || b.n - at < LOCAL_BYTES || memcmp(b.p + at, "PK\3\4", 4) != 0)
        return (struct slice){0};
    size_t from = at + LOCAL_BYTES + get16(b.p + at + 26) + get16(b.p + at + 28);
    if (from > b.n || packed > b.n - from)
        return (struct slice){0};
    return slice_of(b.p + from, packed);
}

static size_t list_directory(struct slice b, size_t at, struct zip_entry *out)
{
    size_t n = 0;
    while (n < ZIP_ENTRIES && at < b.n && b.n - at >= CENTRAL_BYTES &&
           !memcmp(b.p + at, "PK\1\2", 4)) {
        size_t name = get16(b.p + at + 28);
        size_t behind = get16(b.p + at + 30) + get16(b.p + at + 32);
        if (name > b.n - at - CENTRAL_BYTES)
            break;
        out[n++] = (struct zip_entry){
            .name = slice_of(b.p + at + CENTRAL_BYTES, name),
            .is_encrypted = (get16(b.p + at + 8) & 1) != 0,
            .method = get16(b.p + at + 10),
            .bytes = local_bytes(b, get32(b.p + at + 42), get32(b.p + at + 20))};
        at += CENTRAL_BYTES + name + behind;
    }
    return n;
}

static size_t list_local(struct slice b, struct zip_entry *out)
{
    size_t n = 0, at = 0;
    while (n < ZIP_ENTRIES && at < b.n && b.n - at >= LOCAL_BYTES &&
           !memcmp(b.p + at, "PK\3\4", 4)) {
        size_t flags = get16(b.p + at + 6), packed = get32(b.p + at + 18);
        size_t name = get16(b.p + at + 26), extra = get16(b.p + at + 28);
        if (name > b.n - at - LOCAL_BYTES)
            break;
        struct zip_entry *e = &out[n++];
        *e = (struct zip_entry){.name = slice_of(b.p + at + LOCAL_BYTES, name),
                                .is_encrypted = (flags & 1) != 0,
                                .method = get16(b.p + at + 8)};
        if (flags & 8)
            break; /* the length stands behind the data: only the directory could tell */
        e->bytes = local_bytes(b, at, packed);
        at += LOCAL_BYTES + name + extra + packed;
    }
    return n;
}

size_t zip_list(struct slice b, struct zip_entry out[ZIP_ENTRIES])
{
    size_t at = find_directory(b);
    size_t n = at == SIZE_MAX ? 0 : list_directory(b, at, out);
    return n ? n : list_local(b, out);
}
