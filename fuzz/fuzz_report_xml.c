/* Aggregate reports: what is read comes back from the journal's form, and what we write of it can
 * be read again. */
#include "auth/report_make.h"
#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct report r, again;
    struct buf b = BUF_INIT(16u << 20);
    if (report_read_aggregate(a, slice_of((const char *)data, n), &e, &r) == 0) {
        struct json j = JSON_INIT(&b);
        size_t row = 0;
        report_json(&r, &j);
        buf_reset(&b);
        report_pack(&r, b.max, &row, &b);
        if (row != r.aggregate.n_rows || report_unpack(a, buf_slice(&b), &e, &again) < 0 ||
            again.aggregate.n_rows != r.aggregate.n_rows ||
            again.aggregate.messages != r.aggregate.messages)
            abort();
        buf_reset(&b);
        report_write_xml(&r, &b);
        struct buf copy = BUF_INIT(16u << 20);
        buf_add(&copy, buf_slice(&b));
        if (!b.full && report_read_aggregate(a, buf_slice(&copy), &e, &again) < 0 &&
            r.aggregate.policy.domain.n)
            abort();
        buf_fini(&copy);
    } else if (e.text[0] == '\0') {
        abort(); /* refused without a reason */
    }
    buf_fini(&b);
    arena_free(a);
    return 0;
}
