/* TLS reports: what is read comes back from the journal's form. */
#include "auth/report.h"
#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct report r, again;
    struct buf b = BUF_INIT(64u << 20);
    if (report_read_tls(a, slice_of((const char *)data, n), &e, &r) == 0) {
        size_t row = 0;
        report_pack(&r, b.max, &row, &b);
        if (report_unpack(a, buf_slice(&b), &e, &again) < 0 ||
            again.tls.n_policies != r.tls.n_policies)
            abort();
        struct buf text = BUF_INIT(64u << 20);
        struct json j = JSON_INIT(&text);
        report_json(&again, &j);
        buf_fini(&text);
    } else if (e.text[0] == '\0') {
        abort();
    }
    (void)!report_unpack(a, slice_of((const char *)data, n), &e, &again);
    buf_fini(&b);
    arena_free(a);
    return 0;
}
