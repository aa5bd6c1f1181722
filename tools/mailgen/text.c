/* Growable text and random numbers. A short-lived tool: when memory is short it ends. */
#include "gen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("mailgen: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(code);
}

void *must_alloc(void *old, size_t n)
{
    void *p = realloc(old, n ? n : 1);
    if (!p)
        die(EXIT_FAILED, "out of memory");
    return p;
}

char *must_copy(const char *s, size_t n)
{
    char *p = must_alloc(NULL, n + 1);
    memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

void text_add(text *t, const char *s, size_t n)
{
    if (t->n + n + 1 > t->cap) {
        t->cap = (t->n + n + 1) * 2;
        t->p = must_alloc(t->p, t->cap);
    }
    if (n)
        memcpy(t->p + t->n, s, n);
    t->n += n;
    t->p[t->n] = '\0';
}

void text_str(text *t, const char *s)
{
    text_add(t, s, strlen(s));
}

void text_char(text *t, char c)
{
    text_add(t, &c, 1);
}

void text_fmt(text *t, const char *fmt, ...)
{
    char buf[2048];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof buf)
        die(EXIT_FAILED, "internal: formatted text too long");
    text_add(t, buf, (size_t)n);
}

const char *text_c(text *t)
{
    if (!t->p)
        text_add(t, "", 0);
    return t->p;
}

void text_free(text *t)
{
    free(t->p);
    *t = (text){0};
}

uint64_t rng_next(rng *r)
{
    uint64_t z = (r->s += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* The modulo bias is below 2^-32 and does not matter for choosing words. */
unsigned rng_below(rng *r, unsigned n)
{
    return n ? (unsigned)(rng_next(r) % n) : 0;
}

bool rng_chance(rng *r, unsigned percent)
{
    return rng_below(r, 100) < percent;
}
