/* The milter machine under any bytes: fed whole and in pieces it must behave the same, answer
 * every message, and never pass its limits. */
#include "base/err.h"
#include "doors/edits.h"
#include "doors/milter.h"

#include <stdlib.h>

static const struct milter_limits limits = {
    .message_bytes = 16384, .packet_bytes = 8192, .envelope_bytes = 2048, .recipients = 16};

/* Runs a whole conversation; step: bytes per feed, 0 for all. Output goes to *out. */
static void converse(struct slice in, size_t step, struct buf *out)
{
    struct milter *m = milter_new(&limits, 0x1ff);
    struct buf edits = BUF_INIT(4096), kept = BUF_INIT(1 << 22);
    size_t drop[] = {0, 3}, at = 0;
    edit_remove(&edits, "Subject", SLICE(""));
    edit_remove(&edits, "Authentication-Results", SLICE("mx.example"));
    edit_add(&edits, "X-Muster-Score", SLICE("1"));
    struct milter_reply reply = {.act = MILTER_HOLD,
                                 .text = SLICE("why %"),
                                 .edits = buf_slice(&edits),
                                 .drop_rcpt = drop,
                                 .n_drop = 2};
    enum milter_event event = MILTER_MORE;
    while (event != MILTER_BAD && event != MILTER_QUIT) {
        size_t used;
        event = milter_feed(m, buf_slice(&kept), &used, out);
        if (used > kept.n)
            BUG("took more than there was");
        buf_drop(&kept, used);
        if (event == MILTER_MESSAGE) {
            if (milter_raw(m).n > limits.message_bytes ||
                milter_envelope(m)->n_rcpt > limits.recipients)
                BUG("past the limits");
            buf_add(out, milter_raw(m));
            milter_answer(m, &reply, out);
        } else if (event == MILTER_MORE) {
            if (at == in.n)
                break;
            struct slice piece = slice_head(slice_from(in, at), step ? step : in.n);
            buf_add(&kept, piece);
            at += piece.n;
        }
    }
    buf_fini(&edits);
    buf_fini(&kept);
    milter_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = slice_of((const char *)data, size);
    struct buf whole = BUF_INIT(1 << 24), pieces = BUF_INIT(1 << 24);
    converse(in, 0, &whole);
    converse(in, 7, &pieces);
    if (!slice_eq(buf_slice(&whole), buf_slice(&pieces)))
        BUG("pieces give another answer");
    buf_fini(&whole);
    buf_fini(&pieces);
    return 0;
}
