/* DMARC records and author domains: the first line is a record, the rest a header section. */
#include "ask/zone.h"
#include "auth/dmarc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_record(struct slice txt)
{
    struct dmarc_record r;
    if (!dmarc_record_parse(txt, &r))
        return;
    if (!dmarc_is_record(txt) || r.p > DMARC_REJECT || r.sp > DMARC_REJECT || r.np > DMARC_REJECT ||
        !strchr("ynu", r.psd) || (!r.has_sp && r.sp != r.p))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536)
        return 0;
    struct arena *a = arena_new(0);
    struct slice rest = slice_of((const char *)data, size), record = {0};
    slice_split(&rest, '\n', &record);
    check_record(record);
    struct dmarc_authors authors;
    struct message *m = message_parse(a, rest, NULL);
    dmarc_authors(a, m, &authors);
    if (authors.n > DMARC_AUTHORS)
        abort();
    /* every address that our own reader finds is among them */
    for (const struct address *x = m->from; x && !authors.is_cut; x = x->next)
        if (x->domain.n && authors.n == 0)
            abort();
    struct zone *z = zone_new(a);
    zone_add(z, SLICE("*.example"), DNS_TXT, record);
    struct auth_settings settings = *auth_settings_default();
    struct spf_result spf = {.value = AUTH_PASS, .domain = SLICE("evil.example")};
    struct dmarc_in in = {.arena = a, .authors = &authors, .settings = &settings, .spf = &spf};
    struct dmarc_result r;
    struct ask *q = ask_new(a, NULL);
    for (int i = 0; !dmarc_check(&in, true, q, &r); i++) {
        if (i > 8)
            abort();
        zone_answer(z, q);
    }
    if (r.value == AUTH_PASS)
        for (const struct dmarc_domain *d = r.domains; d; d = d->next)
            if (d->value != AUTH_PASS)
                abort();
    arena_free(a);
    return 0;
}
