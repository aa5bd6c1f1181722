/* Arena: a list of blocks, the newest first. See arena.h. */
#include "base/arena.h"
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_FIRST (64u * 1024)
#define BLOCK_KEEP  (1024u * 1024)
#define BLOCK_MOST  (4u * 1024 * 1024)
#define ALIGN       16u

struct block {
    struct block *next;
    size_t size; /* payload bytes */
    size_t used;
    size_t pad; /* keeps the payload aligned to 16 */
};

struct arena {
    struct block *head;
    size_t max_bytes;
    size_t taken;     /* bytes handed out */
    size_t next_size; /* of the next block */
};

static char *payload(struct block *b)
{
    return (char *)(b + 1);
}

static struct block *block_new(size_t size, struct block *next)
{
    struct block *b = malloc(sizeof(*b) + size);
    if (b == NULL)
        BUG("out of memory");
    b->next = next;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *arena_new(size_t max_bytes)
{
    struct arena *a = calloc(1, sizeof(*a));
    if (a == NULL)
        BUG("out of memory");
    a->max_bytes = max_bytes ? max_bytes : (size_t)1 << 30;
    a->next_size = BLOCK_FIRST;
    return a;
}

void arena_reset(struct arena *a)
{
    struct block *keep = NULL;
    while (a->head) {
        struct block *b = a->head;
        a->head = b->next;
        if (b->size <= BLOCK_KEEP && (keep == NULL || b->size > keep->size)) {
            free(keep);
            keep = b;
        } else {
            free(b);
        }
    }
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
    }
    a->head = keep;
    a->taken = 0;
    a->next_size = keep ? keep->size : BLOCK_FIRST;
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    while (a->head) {
        struct block *b = a->head;
        a->head = b->next;
        free(b);
    }
    free(a);
}

size_t arena_used(const struct arena *a)
{
    return a->taken;
}

static char *take(struct arena *a, size_t n, size_t align)
{
    struct block *b = a->head;
    size_t start = b ? (b->used + align - 1) & ~(align - 1) : 0;
    if (n > a->max_bytes || a->taken > a->max_bytes - n)
        BUG("arena over its maximum");
    if (b == NULL || start > b->size || n > b->size - start) {
        size_t size = n > a->next_size ? n + ALIGN : a->next_size;
        b = block_new(size, a->head);
        a->head = b;
        start = 0;
        if (a->next_size < BLOCK_MOST)
            a->next_size *= 2;
    }
    b->used = start + n;
    a->taken += n;
    return payload(b) + start;
}

void *arena_alloc(struct arena *a, size_t n)
{
    char *p = take(a, n, ALIGN);
    memset(p, 0, n);
    return p;
}

char *arena_bytes(struct arena *a, size_t n)
{
    return take(a, n, 1);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        BUG("array size overflow");
    return arena_alloc(a, count * size);
}

void *arena_grow(struct arena *a, void *old, size_t old_count, size_t new_count, size_t size)
{
    void *p = arena_array(a, new_count, size);
    if (old_count)
        memcpy(p, old, (old_count < new_count ? old_count : new_count) * size);
    return p;
}

struct slice arena_dup(struct arena *a, struct slice s)
{
    char *p = arena_bytes(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return slice_of(p, s.n);
}

char *arena_cstr(struct arena *a, struct slice s)
{
    char *p = arena_bytes(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

struct slice arena_join(struct arena *a, struct slice front, struct slice back)
{
    char *p = arena_bytes(a, front.n + back.n + 1);
    if (front.n)
        memcpy(p, front.p, front.n);
    if (back.n)
        memcpy(p + front.n, back.p, back.n);
    p[front.n + back.n] = '\0';
    return slice_of(p, front.n + back.n);
}

struct slice arena_lower(struct arena *a, struct slice s)
{
    char *p = arena_bytes(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = ascii_lower(s.p[i]);
    p[s.n] = '\0';
    return slice_of(p, s.n);
}

struct slice arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    if (fmt == NULL) /* gcc's sanitized build believes that it may be */
        BUG("no format");
    char brief[128]; /* as most are: formatted once */
    va_start(ap, fmt);
    int n = vsnprintf(brief, sizeof(brief), fmt, ap);
    va_end(ap);
    if (n < 0)
        BUG("format error");
    char *p = arena_bytes(a, (size_t)n + 1);
    if ((size_t)n < sizeof(brief)) {
        memcpy(p, brief, (size_t)n + 1);
        return slice_of(p, (size_t)n);
    }
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return slice_of(p, (size_t)n);
}
