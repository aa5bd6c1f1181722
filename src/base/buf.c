/* Growable buffer. See buf.h. */
#include "base/buf.h"
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_fini(struct buf *b)
{
    free(b->p);
    b->p = NULL;
    b->n = b->room = 0;
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->full = false;
}

/* Makes sure of n more bytes plus a NUL, as far as the maximum allows. */
static size_t make_room(struct buf *b, size_t n)
{
    size_t left = b->max - b->n;
    if (n > left) {
        n = left;
        b->full = true;
    }
    size_t need = b->n + n + 1;
    if (need > b->room) {
        size_t room = b->room ? b->room : 64;
        while (room < need)
            room *= 2;
        b->p = realloc(b->p, room);
        if (b->p == NULL)
            BUG("out of memory");
        b->room = room;
    }
    return n;
}

void buf_add_slow(struct buf *b, struct slice s)
{
    size_t n = make_room(b, s.n);
    if (n)
        memcpy(b->p + b->n, s.p, n);
    b->n += n;
}

void buf_str(struct buf *b, const char *s)
{
    buf_add(b, slice_str(s));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    char brief[128]; /* as most are: formatted once */
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(brief, sizeof(brief), fmt, ap);
    va_end(ap);
    if (n <= 0)
        return;
    size_t want = (size_t)n;
    if (want < sizeof(brief)) {
        buf_add(b, slice_of(brief, want));
        return;
    }
    size_t fits = make_room(b, want);
    if (fits < want) { /* cut: format aside, then copy what fits */
        char *whole = malloc(want + 1);
        if (whole == NULL)
            BUG("out of memory");
        va_start(ap, fmt);
        vsnprintf(whole, want + 1, fmt, ap);
        va_end(ap);
        memcpy(b->p + b->n, whole, fits);
        free(whole);
    } else {
        va_start(ap, fmt);
        vsnprintf(b->p + b->n, want + 1, fmt, ap);
        va_end(ap);
    }
    b->n += fits;
}

char *buf_reserve(struct buf *b, size_t n, size_t *out_room)
{
    bool was_full = b->full;
    *out_room = make_room(b, n);
    b->full = was_full;
    return b->p + b->n;
}

void buf_wrote(struct buf *b, size_t n)
{
    if (n > b->max - b->n)
        BUG("buffer overrun");
    b->n += n;
}

void buf_drop(struct buf *b, size_t n)
{
    if (n >= b->n) {
        b->n = 0;
        return;
    }
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}

struct slice buf_slice(const struct buf *b)
{
    return slice_of(b->p, b->n);
}

const char *buf_cstr(struct buf *b)
{
    make_room(b, 0);
    b->p[b->n] = '\0';
    return b->p;
}
