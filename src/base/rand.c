/* Random numbers. See rand.h. */
#include "base/rand.h"
#include "base/clock.h"
#include "base/err.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

void rand_bytes(void *p, size_t n)
{
    unsigned char *at = p;
    while (n) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            BUG("getrandom failed");
        }
        at += got;
        n -= (size_t)got;
    }
}

/* For ids alone: the kernel is asked once for as many as one call gives at once for sure. What was
 * taken is wiped, and what is left is not a child's. */
static struct {
    unsigned char bytes[250];
    size_t left;
    bool is_watched;
} batch;

static void forget(void)
{
    batch.left = 0;
    memset(batch.bytes, 0, sizeof batch.bytes);
}

static void rand_of_batch(unsigned char *p, size_t n)
{
    if (!batch.is_watched) {
        if (pthread_atfork(NULL, NULL, forget) != 0)
            BUG("out of memory");
        batch.is_watched = true;
    }
    if (batch.left < n) {
        rand_bytes(batch.bytes, sizeof batch.bytes);
        batch.left = sizeof batch.bytes;
    }
    batch.left -= n;
    memcpy(p, batch.bytes + batch.left, n);
    memset(batch.bytes + batch.left, 0, n);
}

uint64_t rand_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void rand_uuid7(char out[37])
{
    unsigned char u[16];
    uint64_t ms = (uint64_t)clock_now_us() / 1000;
    rand_of_batch(u + 6, 10);
    for (int i = 0; i < 6; i++)
        u[i] = (unsigned char)(ms >> (40 - 8 * i));
    u[6] = (unsigned char)(0x70 | (u[6] & 0x0F));
    u[8] = (unsigned char)(0x80 | (u[8] & 0x3F));
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[n++] = '-';
        out[n++] = hex[u[i] >> 4];
        out[n++] = hex[u[i] & 15];
    }
    out[n] = '\0';
}
