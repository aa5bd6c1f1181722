/* Reader of GNU .mo files (gettext manual, "The Format of GNU MO Files"): a header of seven
 * 32-bit words, two tables of (length, offset) sorted by the original string, the strings. Both
 * byte orders. Everything is checked once when the file is opened, so a look-up is a binary
 * search over memory known to be good. Plural forms and contexts are not used. */
#include "base/lang.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MO_MAGIC     0x950412deu
#define MO_SWAPPED   0xde120495u
#define MO_MAX_BYTES (8u << 20)

struct lang {
    const unsigned char *p;
    size_t n;
    bool is_swapped;
    bool is_mapped;
    uint32_t count, ids, texts; /* number of strings; offsets of the two tables */
};

static uint32_t word_at(const struct lang *l, size_t at)
{
    uint32_t v;
    memcpy(&v, l->p + at, sizeof v);
    return l->is_swapped ? __builtin_bswap32(v) : v;
}

/* The i-th string of a table; its NUL is inside the file (checked). */
static const char *string_at(const struct lang *l, uint32_t table, uint32_t i)
{
    return (const char *)l->p + word_at(l, table + 8u * (size_t)i + 4);
}

static bool table_is_good(const struct lang *l, uint32_t table)
{
    if (table % 4 || table > l->n || (l->n - table) / 8 < l->count)
        return false;
    for (uint32_t i = 0; i < l->count; i++) {
        size_t len = word_at(l, table + 8u * (size_t)i);
        size_t at = word_at(l, table + 8u * (size_t)i + 4);
        if (at >= l->n || len >= l->n - at || l->p[at + len] != 0)
            return false;
    }
    return true;
}

static bool check(struct lang *l)
{
    if (l->n < 28)
        return false;
    uint32_t magic = word_at(l, 0);
    l->is_swapped = magic == MO_SWAPPED;
    if (magic != MO_MAGIC && magic != MO_SWAPPED)
        return false;
    if (word_at(l, 4) >> 16 > 1) /* major revision */
        return false;
    l->count = word_at(l, 8);
    l->ids = word_at(l, 12);
    l->texts = word_at(l, 16);
    if (l->count > l->n / 16 || !table_is_good(l, l->ids) || !table_is_good(l, l->texts))
        return false;
    for (uint32_t i = 1; i < l->count; i++)
        if (strcmp(string_at(l, l->ids, i - 1), string_at(l, l->ids, i)) > 0)
            return false; /* a binary search needs order */
    return true;
}

int lang_of_bytes(struct slice bytes, struct err *e, struct lang **out)
{
    struct lang *l = calloc(1, sizeof *l);
    if (!l)
        abort();
    l->p = (const unsigned char *)bytes.p;
    l->n = bytes.n;
    if (!check(l)) {
        free(l);
        return err_set(e, ERR_CORRUPT, "not a message catalogue (.mo)");
    }
    *out = l;
    return 0;
}

int lang_open(const char *path, struct err *e, struct lang **out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "%s", path);
    struct stat st;
    if (fstat(fd, &st) < 0) {
        int err = err_errno(e, "%s", path);
        close(fd);
        return err;
    }
    if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > MO_MAX_BYTES) {
        close(fd);
        return err_set(e, ERR_CORRUPT, "%s: not a message catalogue (.mo)", path);
    }
    size_t n = (size_t)st.st_size;
    void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return err_errno(e, "%s", path);
    int err = lang_of_bytes(slice_of(p, n), e, out);
    if (err) {
        munmap(p, n);
        err_prefix(e, "%s: ", path);
        return err;
    }
    (*out)->is_mapped = true;
    return 0;
}

void lang_close(struct lang *l)
{
    if (!l)
        return;
    if (l->is_mapped)
        munmap((void *)(uintptr_t)l->p, l->n);
    free(l);
}

const char *lang_text(const struct lang *l, const char *msgid)
{
    uint32_t low = 0, high = l && msgid && *msgid ? l->count : 0;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int order = strcmp(msgid, string_at(l, l->ids, mid));
        if (order == 0) {
            const char *text = string_at(l, l->texts, mid);
            return *text ? text : msgid;
        }
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return msgid;
}

/* The first conversion in s: 0 none, 1 exactly one %s and nothing else, -1 anything else. */
static int conversions(const char *s)
{
    int n = 0;
    for (; *s; s++) {
        if (*s != '%')
            continue;
        if (s[1] == '%') {
            s++;
            continue;
        }
        if (s[1] != 's' || n)
            return -1;
        n = 1;
    }
    return n;
}

void lang_fill(const struct lang *l, const char *msgid, struct slice filling, struct buf *out)
{
    const char *text = lang_text(l, msgid);
    if (text != msgid && conversions(text) != conversions(msgid))
        text = msgid; /* a translation that lost its place holder tells half the truth */
    for (;;) {
        const char *mark = strchrnul(text, '%');
        buf_add(out, slice_of(text, (size_t)(mark - text)));
        if (*mark == '\0')
            return;
        if (mark[1] == 's')
            buf_add(out, filling);
        else
            buf_chr(out, '%');
        text = mark + (mark[1] == 's' || mark[1] == '%' ? 2 : 1);
    }
}
