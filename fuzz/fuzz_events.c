/* Payloads of events of every kind: unpack, and what unpacks packs to the same bytes again. */
#include "base/json.h"
#include "journal/events.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct event ev = {.kind = (enum event_kind)data[0], .version = data[1]};
    struct slice payload = slice_of((const char *)data + 2, size - 2);
    struct err e = {0};
    if (event_unpack(payload, &ev, &e) < 0)
        return 0;
    struct buf out = BUF_INIT(EVENT_MOST + 1), text = BUF_INIT(8u << 20);
    struct json j = JSON_INIT(&text);
    event_json(&ev, &j);
    if (event_pack(&ev, &out, &e) < 0)
        abort();
    /* Texts may have been cut inside a character by whoever wrote them; else packing is exact. */
    if (ev.version == event_info(ev.kind)->version && out.n > payload.n)
        abort();
    struct event again = {.kind = ev.kind, .version = event_info(ev.kind)->version};
    if (event_unpack(buf_slice(&out), &again, &e) < 0)
        abort();
    buf_fini(&out);
    buf_fini(&text);
    return 0;
}
