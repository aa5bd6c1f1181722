/* What a question to the library costs in CPU among many objects. Usage: library_cost [OBJECTS
 * [TIMES]] (50,000 objects, each question asked 10 times); prints one JSON object a question and
 * one for all. The objects are made of the words of the shipped ones, so that common words are as
 * common as there: a question for "spam" matches most of them. */
#include "base/clock.h"
#include "base/rand.h"
#include "journal/store.h"
#include "library/library.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const vocabulary[] = {
    "spam",           "mail",         "law",      "policy",    "network",     "operator", "sender",
    "consent",        "report",       "abuse",    "filter",    "domain",      "address",  "list",
    "block",          "user",         "message",  "complaint", "authority",   "training", "course",
    "standard",       "tool",         "measure",  "evidence",  "privacy",     "country",  "region",
    "réglementation", "fiscalização", "denuncia", "mensaje",   "signalement", "垃圾邮件", "法规",
    "قانون",          "port",         "infected", "customer",  "botnet",      "phishing", "mobile",
    "voice",          "text",         "review"};
static const char *const topics[] = {"regulation", "enforcement", "industry",    "technology",
                                     "education",  "partnership", "measurement", "outreach"};
static const char *const countries[] = {"BR", "KE", "FR", "IN", "JP", "ZA", "CA", "DE", "NG", "ID"};
static const char *const types[] = {"law",  "best practice", "training",
                                    "tool", "standard",      "report"};

#define N(list) (sizeof(list) / sizeof((list)[0]))

static uint64_t seed = 20261122;

static const char *pick(const char *const *list, size_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    uint64_t r = seed >> 33;
    return list[(r * r >> 31) * n >> 31]; /* the first ones are the common ones */
}

static void words(struct buf *b, int n)
{
    for (int i = 0; i < n; i++) {
        buf_str(b, i ? " " : "");
        buf_str(b, pick(vocabulary, N(vocabulary)));
        if (i % 7 == 6) /* rare words, too */
            buf_printf(b, " w%llu", (unsigned long long)(seed >> 40) % 20000);
    }
}

static void die(const struct err *e)
{
    fprintf(stderr, "library_cost: %s\n", e->text);
    exit(3);
}

static void add(struct store *s, unsigned i)
{
    struct buf b = BUF_INIT(8192);
    struct event ev = {.kind = EVENT_LIBRARY};
    struct err e = {0};
    char id[32];
    snprintf(id, sizeof(id), "object-%u", i);
    buf_printf(&b,
               "{\"id\":\"%s\",\"kind\":\"resource\",\"channel\":\"bench\",\"body\":{\"title\":\"",
               id);
    words(&b, 7);
    buf_str(&b, "\",\"summary\":\"");
    words(&b, 25);
    buf_printf(&b, "\",\"topics\":[\"%s\"],\"kind\":\"%s\",\"country\":\"%s\",\"year\":%u}}",
               pick(topics, N(topics)), pick(types, N(types)), pick(countries, N(countries)),
               1995 + i % 30);
    library_object_of(slice_str(id), ev.object.object);
    ev.object.role = ACTOR_OPERATOR;
    ev.object.verb = SLICE("propose");
    ev.object.body = buf_slice(&b);
    if (store_append(s, &ev, &e, NULL) < 0 || (i % 2000 == 0 && store_commit(s, false, &e) < 0))
        die(&e);
    buf_fini(&b);
}

static const struct {
    const char *words;
    enum library_facet facet;
    const char *value;
} questions[] = {
    {"", FACETS, NULL},
    {"spam", FACETS, NULL},
    {"spam mail law policy", FACETS, NULL},
    {"réglementation", FACETS, NULL},
    {"fiscalizacao", FACETS, NULL},
    {"垃圾邮件", FACETS, NULL},
    {"قانون", FACETS, NULL},
    {"w123", FACETS, NULL},
    {"how to report abuse of a domain", FACETS, NULL},
    {"nosuchword", FACETS, NULL},
    {"nosuchword spam", FACETS, NULL},
    {"operat", FACETS, NULL}, /* beginnings of words */
    {"spa", FACETS, NULL},
    {"how operat", FACETS, NULL},
    {"", FACET_COUNTRY, "KE"},
    {"spam", FACET_COUNTRY, "KE"},
    {"law", FACET_TOPIC, "enforcement"},
    {"mail", FACET_TYPE, "law"},
};

static double ask(struct library *l, size_t i, int times, int64_t *out_total)
{
    int64_t best = INT64_MAX, sum = 0;
    for (int k = 0; k < times; k++) {
        struct arena *a = arena_new(0);
        struct buf b = BUF_INIT(1 << 20);
        struct json j = JSON_INIT(&b);
        struct err e = {0};
        struct library_ask q = {.words = slice_str(questions[i].words),
                                .with_waiting = true,
                                .with_facets = true,
                                .most = 20,
                                .language = SLICE("fr")};
        for (int f = 0; f < FACETS; f++)
            q.value[f] = f == (int)questions[i].facet
                             ? library_value(questions[i].facet, slice_str(questions[i].value))
                             : -1;
        int64_t from = clock_cpu_us();
        jsonw_object(&j, NULL);
        if (library_search(l, &q, a, &j, &e) < 0)
            die(&e);
        jsonw_object_end(&j);
        int64_t took = clock_cpu_us() - from;
        best = took < best ? took : best;
        sum += took;
        json_t *answer = json_loadb(b.p, b.n, 0, NULL);
        *out_total = json_integer_value(json_object_get(answer, "total"));
        json_decref(answer);
        buf_fini(&b);
        arena_free(a);
    }
    (void)best;
    return (double)sum / times / 1000;
}

int main(int argc, char **argv)
{
    unsigned objects = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 50000;
    int times = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 10;
    char dir[] = "/tmp/muster-library-XXXXXX";
    struct library *l = library_new();
    struct folder folders[2] = {{.name = "library",
                                 .into = FOLD_DB,
                                 .kind = EVENT_LIBRARY,
                                 .fn = library_fold,
                                 .arg = l,
                                 .db = library_db(l)}};
    struct store *s;
    struct err e = {0};
    double worst = 0, all = 0;
    if (mkdtemp(dir) == NULL)
        return 3;
    struct store_options o = {.dir = dir, .folders = folders};
    if (store_open(&o, &e, &s) < 0)
        die(&e);
    int64_t from = clock_cpu_us(), total;
    for (unsigned i = 1; i <= objects; i++)
        add(s, i);
    if (store_commit(s, true, &e) < 0)
        die(&e);
    double filling = (double)(clock_cpu_us() - from) / 1e6;
    ask(l, 0, 1, &total); /* the catalogue comes into memory once */
    for (size_t i = 0; i < N(questions); i++) {
        double ms = ask(l, i, times, &total);
        all += ms;
        worst = ms > worst ? ms : worst;
        printf("{\"question\":\"%s%s%s\",\"found\":%lld,\"cpu_ms\":%.3f}\n", questions[i].words,
               questions[i].value ? " in " : "", questions[i].value ? questions[i].value : "",
               (long long)total, ms);
    }
    printf("{\"objects\":%u,\"filling_cpu_s\":%.1f,\"questions\":%zu,\"mean_cpu_ms\":%.3f,"
           "\"worst_cpu_ms\":%.3f}\n",
           objects, filling, N(questions), all / (double)N(questions), worst);
    store_close(s);
    library_free(l);
    fflush(stdout);
    execlp("rm", "rm", "-rf", dir, (char *)NULL);
    return 3;
}
