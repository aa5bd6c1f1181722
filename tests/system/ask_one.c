/* Asks one resolver process of its own, for the system tests:
 *
 *     ask_one CONFIG TYPE:NAME...     all in one round
 *
 * prints per question: TYPE NAME STATUS secure|insecure fresh|stale RECORDS BYTES DETAIL; then
 * "milliseconds N". Exit code 3 when the resolver does not start. */
#include "base/clock.h"
#include "node/lookup.h"

#include <stdio.h>
#include <string.h>

static void print(const struct dns_question *q, const struct dns_answer *a)
{
    size_t bytes = 0;
    for (size_t i = 0; i < a->n; i++)
        bytes += a->rdata[i].n;
    printf("%s %.*s %s %s %s %zu %zu %s\n", dns_type_name(q->type), SLICE_ARG(q->name),
           ask_status_name(a->status), a->is_secure ? "secure" : "insecure",
           a->is_stale ? "stale" : "fresh", a->n, bytes, a->detail ? a->detail : "-");
}

static int ask_all(struct lookup *l, struct ask *q, int n, char **words)
{
    for (int i = 0; i < n; i++) {
        struct slice name = slice_str(words[i]), type;
        enum dns_type t;
        if (!slice_split(&name, ':', &type) || !dns_type_of(type, &t)) {
            fprintf(stderr, "ask_one: TYPE:NAME, not '%s'\n", words[i]);
            return 2;
        }
        (void)ask_dns(q, name, t);
    }
    int64_t begun = clock_mono_us();
    lookup_round(l, q, 0);
    struct dns_question x;
    const struct dns_answer *a;
    int64_t took = (clock_mono_us() - begun) / 1000;
    for (unsigned i = 0; ask_get(q, i, &x, &a); i++)
        print(&x, a);
    printf("milliseconds %lld\n", (long long)took);
    return 0;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct conf *conf;
    struct lookup *l;
    if (argc < 3)
        return 2;
    if (node_config_read(a, argv[1], &e, &conf) < 0 || lookup_open(conf, NULL, &e, &l) < 0) {
        fprintf(stderr, "ask_one: %s\n", e.text);
        return 3;
    }
    int code = ask_all(l, ask_new(a, NULL), argc - 2, argv + 2);
    lookup_close(l);
    arena_free(a);
    return code;
}
