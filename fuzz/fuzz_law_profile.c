/* Profiles of any shape: read, and what is printed reads again to the same; whatever was read
 * answers any facts. */
#include "law/profile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct law *law)
{
    struct law_facts f;
    struct law_result r;
    struct buf text = BUF_INIT(65536);
    law_facts_init(&f);
    law_eval(law, &f, 20778, &r);
    for (int i = 0; i < LAW_FACTS; i++)
        f.v[i] = 1;
    f.v[LAW_FACT_COUNTRY] = law->country;
    f.v[LAW_FACT_MEDIUM] = f.v[LAW_FACT_PURPOSE] = 0;
    f.subject = f.body = SLICE("AD News");
    law_eval(law, &f, 20778, &r);
    for (uint32_t i = 0; i < r.n; i++) {
        buf_reset(&text);
        law_say(law, &r.findings[i], &f, r.day, &text);
        law_repair(law, &r.findings[i], &text);
        law_clause(law, r.findings[i].rule, &text);
        law_source(law, r.findings[i].rule);
    }
    buf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(256u << 20);
    struct buf one = BUF_INIT(8u << 20), two = BUF_INIT(8u << 20), errors = BUF_INIT(1 << 20);
    struct law **laws, **again;
    size_t n, m;
    if (size <= 65536 &&
        law_parse(a, slice_of((const char *)data, size), "f", &errors, &laws, &n) == 0) {
        for (size_t i = 0; i < n; i++) {
            ask(laws[i]);
            buf_reset(&one);
            buf_reset(&two);
            law_print(laws[i], &one);
            if (one.full)
                continue;
            if (law_parse(a, buf_slice(&one), "f", &errors, &again, &m) < 0 || m != 1)
                abort();
            law_print(again[0], &two);
            if (!slice_eq(buf_slice(&one), buf_slice(&two)))
                abort();
        }
    }
    buf_fini(&one);
    buf_fini(&two);
    buf_fini(&errors);
    arena_free(a);
    return 0;
}
