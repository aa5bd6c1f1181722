/* SPF: the bytes are a sender, a HELO name and the answers of a small DNS, one TXT record each.
 * Whatever is published, the evaluation ends within the rounds of a scan and its limits, and a
 * replay gives the same. */
#include "ask/zone.h"
#include "auth/spf.h"

#include <stdlib.h>

#define ROUNDS 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool run(struct arena *a, const struct zone *z, const struct spf_in *in,
                struct spf_result *out)
{
    struct ask *q = ask_new(a, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        if (spf_check(in, q, out))
            return true;
        zone_answer(z, q);
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a.example", "b.example", "c.example", "*.x.example"};
    if (size > 16384)
        return 0;
    struct arena *a = arena_new(0);
    struct slice rest = slice_of((const char *)data, size), line = {0};
    struct spf_in in = {.arena = a,
                        .client_ip = size % 2 ? SLICE("192.0.2.1") : SLICE("2001:db8::1"),
                        .now = 1,
                        .want_explanation = true,
                        .want_trace = true};
    struct zone *z = zone_new(a);
    slice_split(&rest, '\n', &in.sender);
    slice_split(&rest, '\n', &in.helo);
    for (size_t i = 0; i < sizeof names / sizeof *names && slice_split(&rest, '\n', &line); i++)
        zone_add(z, slice_str(names[i]), DNS_TXT, line);
    zone_add(z, SLICE("b.example"), DNS_A, SLICE("192.0.2.1"));
    zone_add(z, SLICE("b.example"), DNS_MX, SLICE("10 b.example"));
    zone_add_status(z, SLICE("slow.example"), 0, ASK_TIMEOUT);
    zone_add(z, SLICE("1.2.0.192.in-addr.arpa"), DNS_PTR, SLICE("b.example"));
    struct spf_result one, two;
    in.domain = size % 3 ? SLICE("a.example") : (struct slice){0};
    if (!run(a, z, &in, &one) || !run(a, z, &in, &two))
        abort();
    if (one.value != two.value || !one.reason || one.lookups > SPF_LOOKUPS + 1 ||
        one.voids > SPF_VOIDS + 1)
        abort();
    struct buf out = BUF_INIT(65536);
    spf_received(&in, &one, "mailfrom", &out);
    for (size_t i = 0; i < out.n; i++)
        if ((unsigned char)out.p[i] < ' ' || (unsigned char)out.p[i] > '~')
            abort();
    buf_fini(&out);
    arena_free(a);
    return 0;
}
