/* Facts of any shape as JSON: what is read is written and reads again to the same. */
#include "base/arena.h"
#include "base/json.h"
#include "law/fact.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(64u << 20);
    struct law_facts f, again;
    struct err e = {0};
    struct buf out = BUF_INIT(1 << 20);
    law_facts_init(&f);
    if (law_facts_read(a, slice_of((const char *)data, size), &f, &e) == 0) {
        struct json j = JSON_INIT(&out);
        jsonw_object(&j, NULL);
        law_facts_json(&f, &j);
        jsonw_object_end(&j);
        law_facts_init(&again);
        if (!out.full && law_facts_read(a, buf_slice(&out), &again, &e) < 0)
            abort();
        if (!out.full && memcmp(f.v, again.v, sizeof f.v) != 0)
            abort();
    }
    buf_fini(&out);
    arena_free(a);
    return 0;
}
