/* Zone files (--zone), names as people and records write them, look-ups in what was read. */
#include "ask/name.h"
#include "ask/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = slice_of((const char *)data, size), folded, again;
    char room[DNS_NAME_BYTES], other[DNS_NAME_BYTES], back[DNS_NAME_BYTES];
    unsigned char wire[DNS_NAME_BYTES];
    size_t used;
    if (dns_name_fold(in, room, &folded)) {
        if (!dns_name_fold(folded, other, &again) || !slice_eq(folded, again))
            BUG("a folded name folds otherwise");
        size_t n = dns_name_wire(folded, wire);
        if (n > 255 || !dns_name_read(slice_of((char *)wire, n), back, &again, &used) ||
            used != n || !slice_eq(folded, again))
            BUG("a name reads otherwise from the wire");
    }
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct zone *z;
    if (zone_parse(a, in, &e, &z) == 0) {
        static const char *const names[] = {"example.org", "a.example.org", "x.wild.example", ""};
        static const enum dns_type types[] = {DNS_TXT, DNS_A, DNS_MX};
        struct ask *q = ask_new(a, NULL);
        for (size_t i = 0; i < 12; i++)
            (void)ask_dns(q, slice_str(names[i / 3]), types[i % 3]);
        (void)zone_answer(z, q);
        if (ask_is_pending(q))
            BUG("a zone left a question open");
    } else if (e.text[0] == '\0') {
        BUG("refused without a reason");
    }
    arena_free(a);
    return 0;
}
