/* A key record, NUL, a message: its DKIM signatures and its ARC chain with that record as every
 * key. Whatever stands there, the work is bounded and each signature gets a word and a reason. */
#include "ask/zone.h"
#include "auth/arc.h"
#include "auth/dkim.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct signed_mail *mail, const struct dkim_set *set,
                  const struct arc_chain *chain)
{
    if (mail->cost.verifications > DKIM_TRIED + ARC_SETS + 1 || mail->cost.body_passes > 4)
        abort();
    for (size_t i = 0; i < set->n; i++) {
        const struct signature *s = &set->sig[i];
        if (s->status == DKIM_NONE || (s->status != DKIM_PASS && s->reason == NULL))
            abort();
        if (dkim_may_align(s) && (s->status != DKIM_PASS || dkim_body_grew(s)))
            abort();
    }
    if (!chain->is_done || (chain->status != DKIM_PASS && chain->reason == NULL))
        abort();
}

/* Answers every question with the record. */
static void answer(struct arena *a, struct ask *q, struct slice record)
{
    struct dns_question one;
    char *rdata = arena_bytes(a, record.n + record.n / 255 + 2);
    size_t n = 0;
    for (size_t at = 0; at < record.n || at == 0; at += 255) {
        struct slice part = slice_head(slice_from(record, at), 255);
        rdata[n++] = (char)part.n;
        memcpy(rdata + n, part.p, part.n);
        n += part.n;
    }
    struct slice wire = slice_of(rdata, n);
    struct dns_answer got = {.status = ASK_OK, .n = 1, .rdata = &wire};
    while (ask_next(q, &one))
        ask_answered(q, one.id, &got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_of((const char *)data, size);
    size_t nul = slice_chr(all, '\0');
    if (nul == SIZE_MAX || size > 65536)
        return 0;
    struct arena *a = arena_new(0);
    struct slice record = slice_head(all, nul);
    struct message *m = message_parse(a, slice_from(all, nul + 1), NULL);
    struct signed_mail mail;
    struct dkim_set set = {0};
    struct arc_chain chain = {0};
    struct ask *q = ask_new(a, NULL);
    unsigned rounds = 0;
    signed_init(&mail, m, INT64_C(1767225600000000), false);
    for (;;) {
        bool done = dkim_verify(&mail, NULL, q, &set);
        done = arc_verify(&mail, q, &chain) && done;
        if (done)
            break;
        if (++rounds > 3)
            abort();
        answer(a, q, record);
    }
    check(&mail, &set, &chain);
    arena_free(a);
    return 0;
}
