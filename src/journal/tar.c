/* ustar headers. See tar.h. */
#include "journal/tar.h"

#include <stdio.h>

void tar_header(char out[TAR_BLOCK], const char *name, uint64_t size, int64_t at_us)
{
    memset(out, 0, TAR_BLOCK);
    snprintf(out, 100, "%s", name);
    snprintf(out + 100, 8, "%07o", 0600u);
    snprintf(out + 108, 8, "%07o", 0u);
    snprintf(out + 116, 8, "%07o", 0u);
    snprintf(out + 124, 12, "%011llo", (unsigned long long)(size & TAR_SIZE_MOST));
    snprintf(out + 136, 12, "%011llo", (unsigned long long)(at_us / 1000000) & TAR_SIZE_MOST);
    out[156] = '0';
    memcpy(out + 257, "ustar\00000", 8);
    memset(out + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += (unsigned char)out[i];
    snprintf(out + 148, 7, "%06o", sum & 0777777u);
}

/* Digits of an octal field, ended by a blank or NUL; false when there are none or too many. */
static bool octal(const char *p, size_t n, uint64_t *out)
{
    uint64_t v = 0;
    size_t i = 0;
    while (i < n && p[i] >= '0' && p[i] <= '7')
        v = v << 3 | (uint64_t)(p[i++] - '0');
    *out = v;
    return i > 0 && i < n && (p[i] == '\0' || p[i] == ' ');
}

static bool is_safe(struct slice name)
{
    struct slice rest = name, part;
    if (name.n == 0 || name.p[name.n - 1] == '/')
        return false;
    while (slice_split(&rest, '/', &part)) {
        if (part.n == 0 || part.p[0] == '.')
            return false;
        for (size_t i = 0; i < part.n; i++)
            if (!ascii_is_alnum(part.p[i]) && part.p[i] != '.' && part.p[i] != '_' &&
                part.p[i] != '-')
                return false;
    }
    return true;
}

enum tar_found tar_read(const char block[TAR_BLOCK], char out_name[TAR_NAME_MOST + 1],
                        uint64_t *out_size)
{
    uint64_t sum, size;
    unsigned real = 8 * ' ';
    bool is_zero = true;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        is_zero = is_zero && block[i] == '\0';
        real += i >= 148 && i < 156 ? 0u : (unsigned char)block[i];
    }
    if (is_zero)
        return TAR_END;
    size_t n = strnlen(block, 100);
    if (!octal(block + 148, 8, &sum) || sum != real || memcmp(block + 257, "ustar", 5) != 0 ||
        block[156] != '0' || n > TAR_NAME_MOST || block[345] != '\0' ||
        !octal(block + 124, 12, &size) || !is_safe(slice_of(block, n)))
        return TAR_BAD;
    memcpy(out_name, block, n);
    out_name[n] = '\0';
    *out_size = size;
    return TAR_FILE;
}

size_t tar_padding(uint64_t size)
{
    return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}
