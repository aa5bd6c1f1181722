/* Batches between scanner and resolver, as a process that was taken over might send them. What is
 * taken apart must be the same when it is packed again. */
#include "ask/batch.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_of((const char *)data, size);
    struct arena *a = arena_new(0);
    struct batch batch;
    if (batch_unpack(a, bytes, &batch)) {
        struct ask *q = ask_new(a, &(struct ask_limits){.questions = BATCH_MOST});
        for (unsigned i = 0; i < batch.n; i++)
            if (ask_dns(q, batch.questions[i].name, batch.questions[i].type))
                BUG("a question that could not be asked");
        if (ask_count(q) > batch.n)
            BUG("more questions than were read");
    }
    struct ask *q = ask_new(a, &(struct ask_limits){.questions = 8, .rdata_bytes = 4096});
    struct dns_question x;
    static const struct slice names[] = {{"a.example", 9}, {"b.example", 9}, {"", 0}};
    for (size_t i = 0; i < 3; i++)
        (void)ask_dns(q, names[i], DNS_TXT);
    while (ask_next(q, &x))
        continue;
    (void)batch_take(q, bytes);
    for (size_t i = 0; i < 3; i++) {
        const struct dns_answer *got = ask_dns(q, names[i], DNS_TXT);
        if (got && (got->status >= ASK_STATUSES || (got->status != ASK_OK && got->n)))
            BUG("an answer that cannot be");
    }
    arena_free(a);
    return 0;
}
