/* The spamd machine under any bytes, whole and in pieces: same request, one answer. */
#include "base/err.h"
#include "doors/edits.h"
#include "doors/spamd.h"

#include <stdlib.h>

#define MAX 8192

static void converse(struct slice in, size_t step, struct buf *out)
{
    struct spamd *sd = spamd_new(MAX);
    struct buf kept = BUF_INIT(1 << 22), edits = BUF_INIT(1024);
    struct finding f = {.name = "a_b", .points = 1, .reason = "r %s", .detail = in};
    struct findings all = {.first = &f, .last = &f, .n = 1};
    edit_remove(&edits, "Subject", SLICE(""));
    edit_add(&edits, "X-A", SLICE("1\n 2"));
    struct spamd_result result = {.is_spam = true,
                                  .score = 9,
                                  .threshold = 5,
                                  .reject = 12,
                                  .action = "reject",
                                  .findings = &all,
                                  .edits = buf_slice(&edits)};
    enum spamd_event event = SPAMD_MORE;
    size_t at = 0;
    while (event == SPAMD_MORE && at < in.n) {
        struct slice piece = slice_head(slice_from(in, at), step);
        size_t used;
        at += piece.n;
        buf_add(&kept, piece);
        event = spamd_feed(sd, buf_slice(&kept), &used, out);
        if (used > kept.n)
            BUG("took more than there was");
        buf_drop(&kept, used);
    }
    if (event == SPAMD_MORE)
        event = spamd_last(sd, out);
    if (event == SPAMD_MORE)
        BUG("no end");
    if (event == SPAMD_REQUEST) {
        const struct spamd_request *r = spamd_request(sd);
        if (r->raw.n > MAX)
            BUG("past the limit");
        if (r->command == SPAMD_TELL)
            spamd_answer_tell(sd, r->set, r->remove, out);
        else
            spamd_answer(sd, &result, out);
    }
    buf_fini(&kept);
    buf_fini(&edits);
    spamd_free(sd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = slice_of((const char *)data, size);
    struct buf out = BUF_INIT(1 << 24);
    converse(in, size ? size : 1, &out);
    converse(in, 5, &out);
    buf_fini(&out);
    return 0;
}
