/* The desk's intake: whatever somebody hands in, as a mail to the desk, as the message itself and
 * as words. What comes out is valid, within its limits, read back whole, and names no reporter. */
#include "desk/intake.h"

#include <stdlib.h>

static void on_report(void *arg, const struct desk_report *r, const struct err *e)
{
    struct arena *a = arg;
    struct desk_report *back = ARENA_NEW(a, struct desk_report);
    struct buf json = BUF_INIT(1 << 20);
    struct err why = {0};
    (void)e;
    if (r == NULL)
        return;
    desk_report_json(r, false, &json);
    if (json.n > DESK_JSON || desk_report_read(a, buf_slice(&json), &why, back) < 0)
        abort();
    if (slice_ifind(buf_slice(&json), SLICE("qxreporterx@")) != SIZE_MAX)
        abort();
    buf_fini(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[REDACT_KEY] = "fuzz";
    static const struct slice desk = {"spam@desk.example", 17};
    struct arena *a = arena_new(0);
    struct intake_from from = {.source = DESK_MAIL,
                               .is_forward = true,
                               .reporter.mailbox = SLICE("qxreporterx@reporter.example"),
                               .desks = &desk,
                               .n_desks = 1,
                               .key = key,
                               .now_us = 1762164000000000};
    struct slice bytes = slice_of((const char *)data, size);
    if (size == 0 || size > 200000) {
        arena_free(a);
        return 0;
    }
    int mode = data[0] % 3;
    if (mode == 0) {
        desk_intake(a, bytes, &from, on_report, a);
    } else if (mode == 1) {
        from.is_message = true;
        desk_intake(a, slice_from(bytes, 1), &from, on_report, a);
    } else {
        desk_intake_words(a, slice_from(bytes, 1), SLICE("+49 170 1234567"), &from, on_report, a);
    }
    arena_free(a);
    return 0;
}
