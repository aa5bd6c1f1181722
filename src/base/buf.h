/* Growable byte buffer with a hard maximum.
 *
 * Every buffer names its maximum when it is made. What does not fit is cut, and the
 * sticky flag `full` says so; nothing fails half-way. Own the storage: buf_fini.
 */
#ifndef MUSTER_BASE_BUF_H
#define MUSTER_BASE_BUF_H

#include "base/attr.h"
#include "base/slice.h"

struct buf {
    char *p;
    size_t n;
    size_t room;
    size_t max;
    bool full; /* something was cut */
};

#define BUF_INIT(maximum) ((struct buf){.max = (maximum)})

void buf_fini(struct buf *b);
/* Empties it and clears `full`; keeps the storage. */
void buf_reset(struct buf *b);
/* The way of what does not fit as the buffer is: grows it, or cuts. */
void buf_add_slow(struct buf *b, struct slice s);
/* Inline, since most calls add a few bytes to a buffer that has room. */
static inline void buf_add(struct buf *b, struct slice s)
{
    if (s.n >= b->room - b->n || s.n > b->max - b->n) {
        buf_add_slow(b, s);
        return;
    }
    if (s.n)
        memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

static inline void buf_chr(struct buf *b, char c)
{
    buf_add(b, slice_of(&c, 1));
}

void buf_str(struct buf *b, const char *s);
PRINTF_LIKE(2, 3) void buf_printf(struct buf *b, const char *fmt, ...);
/* Room for n more bytes at the end (fewer when the maximum is near): the place to write to and
 * in *out_room how many fit. Follow with buf_wrote. */
char *buf_reserve(struct buf *b, size_t n, size_t *out_room);
void buf_wrote(struct buf *b, size_t n);
/* Drops n bytes at the front. */
void buf_drop(struct buf *b, size_t n);
struct slice buf_slice(const struct buf *b);
/* The bytes as a C string (a NUL is put behind; not counted). Never NULL. */
const char *buf_cstr(struct buf *b);

#endif
