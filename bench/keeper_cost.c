/* What one scan costs keeper: events appended, committed, folded into the history, in one process
 * without channels. A commit comes after every EACH messages, as the tick of a busy second.
 *   keeper_cost DIR MESSAGES EACH
 * DIR must be empty. Prints CPU microseconds a message, user and system, and bytes written. For
 * counting instructions run it under callgrind.
 */
#include "base/clock.h"
#include "base/rand.h"
#include "node/keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static const char *const words[] = {"Invoice", "meeting", "Rechnung", "offer",   "photos", "report",
                                    "order",   "ticket",  "holiday",  "welcome", "update", "lunch"};
static const char json[] =
    "{\"id\":\"01a202b7-3340-73be-afd0-d743e519c54c\",\"verdict\":\"spam\",\"score\":7.1,"
    "\"probability\":0.99,\"class\":\"unsolicited-bulk\",\"action\":\"tag\",\"auth\":{\"spf\":null,"
    "\"dkim\":[],\"dmarc\":null,\"arc\":null},\"law\":[],\"incomplete\":[],\"microseconds\":435,"
    "\"findings\":[{\"name\":\"link_text_differs\",\"kind\":\"link\",\"points\":2.5,\"reason\":\"a "
    "link shows another address than it leads to\",\"detail\":\"\",\"source\":\"muster\",\"state\":"
    "\"done\"},{\"name\":\"classifier_text\",\"kind\":\"content\",\"points\":2.6,\"reason\":\"its "
    "wording, compared with mail learned earlier\",\"detail\":\"\",\"source\":\"muster\",\"state\":"
    "\"done\"},{\"name\":\"classifier_headers\",\"kind\":\"content\",\"points\":2.0,\"reason\":"
    "\"its "
    "header lines, compared with mail learned earlier\",\"detail\":\"\",\"source\":\"muster\","
    "\"state\":\"done\"}]}";

static void one(struct keep *k, uint64_t n)
{
    char id[37], from[64], rcpt[64], subject[120];
    uint32_t x = (uint32_t)n * 2654435761u;
    rand_uuid7(id);
    snprintf(from, sizeof(from), "news@host%u.example", x >> 20);
    snprintf(rcpt, sizeof(rcpt), "user%u@domain%u.example", x >> 22 & 1023, x >> 10 & 63);
    snprintf(subject, sizeof(subject), "%s %s %u", words[x % 12], words[(x >> 8) % 12], x >> 18);
    struct record_scan r = {.id = slice_str(id),
                            .at_us = clock_now_us(),
                            .side = (uint8_t)(x >> 30 & 1 ? SIDE_SPAM : SIDE_HAM),
                            .mail_class = CLASS_UNSOLICITED,
                            .action = ACTION_TAG,
                            .score = 7.1,
                            .from = slice_str(from),
                            .subject = slice_str(subject),
                            .rcpts = slice_str(rcpt),
                            .json = slice_str(json)};
    rand_bytes(r.digest, sizeof(r.digest));
    keep_scanned(k, &r);
}

static double us_of(struct timeval t)
{
    return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

int main(int argc, char **argv)
{
    struct keep k;
    struct conf *conf;
    struct err e = {0};
    struct rusage before, after;
    if (argc != 4) {
        fprintf(stderr, "usage: keeper_cost DIR MESSAGES EACH\n");
        return 2;
    }
    uint64_t messages = strtoull(argv[2], NULL, 10), each = strtoull(argv[3], NULL, 10);
    struct arena *a = arena_new(0);
    struct slice text = arena_printf(a, "data = \"%s\"\nbase_model = \"/none\"\n", argv[1]);
    if (conf_parse(a, node_tables(), text, "keeper_cost", NULL, &e, &conf) < 0 ||
        keep_open(a, conf, false, &e, &k) < 0) {
        fprintf(stderr, "keeper_cost: %s\n", e.text);
        return 3;
    }
    getrusage(RUSAGE_SELF, &before);
    for (uint64_t n = 1; n <= messages; n++) {
        one(&k, n);
        if (n % (each ? each : 1) == 0 && store_commit(k.store, true, &e) < 0) {
            fprintf(stderr, "keeper_cost: %s\n", e.text);
            return 3;
        }
    }
    getrusage(RUSAGE_SELF, &after);
    double user = us_of(after.ru_utime) - us_of(before.ru_utime);
    double sys = us_of(after.ru_stime) - us_of(before.ru_stime);
    double count = (double)messages;
    printf("{\"messages\":%llu,\"user_us\":%.1f,\"system_us\":%.1f,\"written_bytes\":%.0f}\n",
           (unsigned long long)messages, user / count, sys / count,
           (double)(after.ru_oublock - before.ru_oublock) * 512 / count);
    keep_close(&k);
    arena_free(a);
    return 0;
}
