/* Canonical forms: a body in pieces gives what it gives whole; a relaxed field is canonical
 * already when it is made so twice. The first two bytes choose the cuts. */
#include "auth/canon.h"
#include "base/buf.h"
#include "base/rand.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *arg, const char *p, size_t n)
{
    buf_add(arg, slice_of(p, n));
}

static void body(struct buf *b, enum canon c, struct slice raw, uint64_t seed)
{
    struct canon_out o;
    struct canon_body state;
    buf_reset(b);
    canon_out_init(&o, take, b);
    canon_body_begin(&state, c, &o);
    while (raw.n) {
        size_t n = seed ? 1 + rand_next(&seed) % 50 : raw.n;
        canon_body_add(&state, slice_head(raw, n));
        raw = slice_from(raw, n);
    }
    canon_body_end(&state);
    if (o.total != b->n)
        abort();
}

static void field(struct buf *b, enum canon c, struct slice raw)
{
    struct canon_out o;
    buf_reset(b);
    canon_out_init(&o, take, b);
    canon_field(&o, c, raw, false);
    canon_flush(&o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 65536)
        return 0;
    struct slice raw = slice_of((const char *)data + 2, size - 2);
    struct buf one = BUF_INIT(1u << 20), two = BUF_INIT(1u << 20);
    for (int c = 0; c < CANONS; c++) {
        body(&one, (enum canon)c, raw, 0);
        body(&two, (enum canon)c, raw, 1u + data[0] + 256u * data[1]);
        if (!slice_eq(buf_slice(&one), buf_slice(&two)))
            abort();
        body(&two, (enum canon)c, buf_slice(&one), 0); /* canonical stays canonical */
        if (!slice_eq(buf_slice(&one), buf_slice(&two)))
            abort();
        field(&one, (enum canon)c, raw);
        field(&two, (enum canon)c, buf_slice(&one));
        if (!slice_eq(buf_slice(&one), buf_slice(&two)))
            abort();
    }
    buf_fini(&one);
    buf_fini(&two);
    return 0;
}
