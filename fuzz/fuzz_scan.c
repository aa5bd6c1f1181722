/* A whole scan of any bytes: points add up, the answer is written, nobody crashes. */
#include "base/buf.h"
#include "mail/unicode.h"
#include "scan/headers.h"
#include "scan/scan.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    unicode_warm();
    struct arena *a = arena_new(0);
    struct scan_world w = {0};
    struct slice rcpt = SLICE("ann@example.org");
    struct envelope env = {
        .rcpt = &rcpt, .n_rcpt = 1, .helo = SLICE("x"), .client_ip = SLICE("192.0.2.1")};
    struct scan *s = scan_begin(a, &w, &env, slice_of((const char *)data, n));
    while (scan_step(s, &w) != SCAN_DONE)
        continue;
    double sum = 0;
    for (const struct finding *f = s->findings.first; f; f = f->next)
        sum += f->points;
    if (fabs(sum - s->verdict.score) > 1e-6 || s->verdict.action > ACTION_REJECT)
        abort();
    struct buf b = BUF_INIT(1 << 20);
    struct json j = JSON_INIT(&b);
    scan_json(s, NULL, &j);
    scan_why(s, &w, NULL, &b);
    scan_headers(s, &w, true, &b);
    buf_fini(&b);
    arena_free(a);
    return 0;
}
