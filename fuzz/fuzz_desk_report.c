/* Reports as JSON, which keeper reads. */
#include "desk/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct desk_report *r = ARENA_NEW(a, struct desk_report);
    struct buf out = BUF_INIT(1 << 20);
    if (desk_report_read(a, slice_of((const char *)data, size), &e, r) == 0)
        desk_report_json(r, true, &out);
    buf_fini(&out);
    arena_free(a);
    return 0;
}
