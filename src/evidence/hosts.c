/* Lists of hosts: one open hash table from host to a mask of lists. */
#include "evidence/lists.h"

#include "base/hash.h"

#include <stdlib.h>

struct slot {
    uint64_t key; /* 0: free */
    unsigned lists;
};

struct hosts {
    struct slot *slots;
    size_t n, room;
};

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

static uint64_t key_of(struct slice host)
{
    uint64_t key = hash_bytes(host, 0x686f7374);
    return key ? key : 1;
}

struct hosts *hosts_new(void)
{
    struct hosts *h = must(calloc(1, sizeof *h));
    h->room = 1024;
    h->slots = must(calloc(h->room, sizeof *h->slots));
    return h;
}

void hosts_free(struct hosts *h)
{
    if (!h)
        return;
    free(h->slots);
    free(h);
}

static struct slot *slot_of(const struct hosts *h, uint64_t key)
{
    size_t i = key & (h->room - 1);
    while (h->slots[i].key && h->slots[i].key != key)
        i = (i + 1) & (h->room - 1);
    return &h->slots[i];
}

static void grow(struct hosts *h)
{
    struct hosts old = *h;
    h->room *= 2;
    h->slots = must(calloc(h->room, sizeof *h->slots));
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].key)
            *slot_of(h, old.slots[i].key) = old.slots[i];
    free(old.slots);
}

static unsigned list_of(const char *name)
{
    static const char *const names[] = {"shorteners", "freehosting", "freemail", "images"};
    for (unsigned i = 0; i < 4; i++)
        if (!strcmp(name, names[i]))
            return 1u << i;
    return 0;
}

static bool is_host(struct slice s)
{
    if (s.n > 253 || slice_chr(s, '.') == SIZE_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '.')
            return false;
    return true;
}

int hosts_read(struct hosts *h, const char *name, struct slice text, struct err *e)
{
    unsigned list = list_of(name);
    if (!list)
        return err_set(e, ERR_PARSE, "no list of hosts is called \"%s\"", name);
    struct slice line;
    for (int number = 1; slice_line(&text, &line); number++) {
        line = slice_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (!is_host(line))
            return err_set(e, ERR_PARSE, "%s:%d: not a host: %.*s", name, number,
                           SLICE_ARG(slice_head(line, 60)));
        if (2 * (h->n + 1) > h->room)
            grow(h);
        struct slot *s = slot_of(h, key_of(line));
        h->n += s->key == 0;
        s->key = key_of(line);
        s->lists |= list;
    }
    return 0;
}

unsigned hosts_find(const struct hosts *h, struct slice host)
{
    unsigned lists = 0;
    for (int labels = 0; host.n && labels < 8; labels++) {
        lists |= slot_of(h, key_of(host))->lists;
        size_t dot = slice_chr(host, '.');
        if (dot == SIZE_MAX)
            break;
        host = slice_from(host, dot + 1);
    }
    return lists;
}
