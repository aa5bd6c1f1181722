/* What a page costs, asked at the front of the page engine and answered by a real store: no HTTP,
 * no processes, one thread, so that what is measured is ours.
 *   web_cost DIR MESSAGES PAGES [CASES]
 * Fills DIR with a history of that many messages and with CASES reports, each handed in as people
 * do (a POST, read, kept durably); then runs each kind of page PAGES times with a different place
 * or word each time. A line of JSON per kind: pages a second, p50 and p99. Run with MUSTER_SHARE's
 * library at hand it asks that, too.
 */
#include "base/clock.h"
#include "base/rand.h"
#include "node/keep_verb.h"
#include "web/desk_intake.h"
#include "web/run.h"

#include <stdio.h>
#include <stdlib.h>

#define RUNS_MOST  10000u
#define CASES_MOST 200000u
#define CODE_MOST  40u

static struct web_site site;

struct measured {
    struct keep keep;
    struct buf answer;
    uint64_t messages, cases;
    char (*code)[CODE_MOST]; /* of the cases */
};

/* ---- filling ---- */

static const char *const words[] = {"Invoice", "meeting", "Rechnung", "offer",   "photos", "report",
                                    "order",   "ticket",  "holiday",  "welcome", "update", "lunch"};
static const char json[] =
    "{\"verdict\":\"spam\",\"score\":7.1,\"findings\":[{\"name\":\"link_text_differs\",\"kind\":"
    "\"link\",\"points\":2.5,\"reason\":\"a link shows another address than it leads to\"},"
    "{\"name\":\"classifier\",\"kind\":\"content\",\"points\":4.6,\"reason\":\"its words are those "
    "of mail that was reported\"}]}";

static int fill(struct measured *m, struct err *e)
{
    int64_t first = clock_now_us() - (int64_t)m->messages * 2000000;
    for (uint64_t n = 1; n <= m->messages; n++) {
        char id[37], from[64], rcpt[64], subject[120];
        uint32_t x = (uint32_t)n * 2654435761u;
        bool is_rare = n % 20011 == 0;
        snprintf(id, sizeof(id), "%08x-0000-7000-8000-000000000000", (unsigned)n);
        snprintf(from, sizeof(from), "news@host%u.example", x >> 20);
        snprintf(rcpt, sizeof(rcpt), "user%u@domain%u.example", x >> 22 & 1023, x >> 10 & 63);
        snprintf(subject, sizeof(subject), "%s %s %u", words[x % 12],
                 is_rare ? "rhubarb" : words[(x >> 8) % 12], (unsigned)n);
        struct record_scan r = {.id = slice_str(id),
                                .at_us = first + (int64_t)n * 2000000,
                                .side = (uint8_t)(x >> 30 & 1 ? SIDE_SPAM : SIDE_HAM),
                                .mail_class = is_rare ? CLASS_MALWARE : CLASS_UNSOLICITED,
                                .action = is_rare ? ACTION_REJECT : ACTION_TAG,
                                .score = 7.1,
                                .from = slice_str(from),
                                .subject = slice_str(subject),
                                .rcpts = slice_str(rcpt),
                                .json = slice_str(json)};
        memcpy(r.digest, &n, sizeof(n));
        keep_scanned(&m->keep, &r);
        if (n % 5000 == 0 && store_commit(m->keep.store, false, e) < 0)
            return -1;
    }
    return store_commit(m->keep.store, true, e);
}

/* ---- asking ---- */

static const char me[] = "{\"known\":true,\"roles\":63,\"name\":\"bench\",\"mailbox\":\"\"}";

/* A page from request to reply, with keeper's answers to whoever asks. */
static struct page *run(struct measured *m, const struct web_request *r)
{
    struct web_question q;
    struct page *p = page_new(&site, r);
    while (!page_run(p)) {
        while (page_next(p, &q)) {
            uint32_t status = 200;
            struct record_ask a = {.who = {.is_local_peer = true}, .path = q.path, .json = q.json};
            buf_reset(&m->answer);
            if (slice_eq(q.path, SLICE("account/me")))
                buf_str(&m->answer, me);
            else
                keep_ask(&m->keep, &a, &status, &m->answer);
            page_answered(p, q.id, (int)status, buf_slice(&m->answer));
        }
    }
    return p;
}

/* Microseconds of one page, or -1 when it failed. A stranger's has no cookie. */
static int64_t one(struct measured *m, const char *target, bool is_stranger)
{
    static const char cookie[] =
        "muster=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    struct web_request r = {.target = slice_str(target),
                            .host = SLICE("127.0.0.1:8025"),
                            .client = SLICE("127.0.0.1"),
                            .cookie = is_stranger ? SLICE("") : slice_str(cookie)};
    int64_t begun = clock_mono_us();
    struct page *p = run(m, &r);
    int64_t us = clock_mono_us() - begun;
    if (p->run->reply.status != 200) {
        fprintf(stderr, "%s: %d\n", target, p->run->reply.status);
        us = -1;
    }
    page_free(p);
    return us;
}

static int rising(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

/* Reports from as many networks, a tenth of them about the same thing. */
static bool fill_cases(struct measured *m)
{
    int64_t begun = clock_cpu_us();
    m->code = calloc(m->cases + 1, sizeof(*m->code));
    for (uint64_t i = 0; m->code && i < m->cases; i++) {
        char client[32], body[400];
        snprintf(client, sizeof(client), "10.%u.%u.7", (unsigned)(i >> 8 & 255), (unsigned)i & 255);
        int n = snprintf(body, sizeof(body),
                         "{\"text\":\"Buy watches of kind %u now at http://shop%u.example/offer, "
                         "only today, number %u.\",\"category\":\"fraud\"}",
                         (unsigned)(i % 10), (unsigned)(i / 10), (unsigned)i);
        struct web_request r = {.target = SLICE("/v1/report"),
                                .host = SLICE("127.0.0.1:8025"),
                                .client = slice_str(client),
                                .is_post = true,
                                .content_type = SLICE("application/json"),
                                .body = slice_of(body, (size_t)n)};
        struct page *p = run(m, &r);
        const char *at = strstr(buf_cstr(&p->run->reply.body), "\"code\":\"");
        if (p->run->reply.status != 200 || at == NULL) {
            fprintf(stderr, "report %u: %d %s\n", (unsigned)i, p->run->reply.status,
                    buf_cstr(&p->run->reply.body));
            page_free(p);
            return false;
        }
        snprintf(m->code[i], CODE_MOST, "%.*s", (int)strcspn(at + 8, "\""), at + 8);
        page_free(p);
    }
    fprintf(stderr, "handed in: %.1f microseconds of CPU a report\n",
            (double)(clock_cpu_us() - begun) / (double)(m->cases ? m->cases : 1));
    return m->code != NULL;
}

static const struct {
    const char *name, *target; /* %llu: a number that differs each time, up to `most`; %s: a code */
    uint64_t most;             /* 0: the number of messages */
    bool is_stranger;
} kinds[] = {
    {"history, newest", "/console/history", 1, false},
    {"history, anywhere", "/console/history?before=%llu", 0, false},
    {"history, rare class", "/console/history?class=malware&before=%llu", 0, false},
    {"history, rare action and verdict", "/console/history?action=reject&verdict=spam", 1, false},
    {"history, common word", "/console/history?words=invoice&before=%llu", 0, false},
    {"history, rare word", "/console/history?words=rhubarb", 1, false},
    {"history, one recipient", "/console/history?user=user%llu%%40domain3.example", 1000, false},
    {"history, one domain", "/console/history?domain=domain%llu.example", 60, false},
    {"history, word and rare class", "/console/history?words=order&class=malware", 1, false},
    {"history, a check", "/console/history?rule=link_text_differs", 1, false},
    {"history, one sender", "/console/history?from=host%llu.example", 4000, false},
    {"why of one message", "/console/message/%08llx-0000-7000-8000-000000000000", 0, false},
    {"traffic, hour", "/console", 1, false},
    {"traffic, month", "/console?span=month", 1, false},
    {"library search", "/library?q=spam+%llu", 9, true},
    {"case, its reporter", "/case/%s", 1, true},
    {"case, the desk", "/case/%s", 1, false},
    {"the desk's work", "/desk", 1, false},
};

static bool measure(struct measured *m, size_t kind, unsigned runs)
{
    int64_t *us = calloc(runs, sizeof(*us)), sum = 0;
    if (us == NULL)
        return false;
    bool ok = true;
    for (unsigned i = 0; i < runs && ok; i++) {
        char target[200];
        uint64_t most = kinds[kind].most ? kinds[kind].most : m->messages;
        uint64_t at = 1 + (uint64_t)(i * UINT64_C(2654435761)) % most;
        /* the formats stand in the table above */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        if (strstr(kinds[kind].target, "%s"))
            snprintf(target, sizeof(target), kinds[kind].target,
                     m->code[i * UINT64_C(2654435761) % (m->cases ? m->cases : 1)]);
        else
            snprintf(target, sizeof(target), kinds[kind].target, (unsigned long long)at);
#pragma GCC diagnostic pop
        us[i] = one(m, target, kinds[kind].is_stranger);
        ok = us[i] >= 0;
        sum += us[i];
    }
    qsort(us, runs, sizeof(*us), rising);
    if (ok)
        printf("{\"part\":\"web\",\"what\":\"%s\",\"messages\":%llu,\"pages_per_s\":%.0f,"
               "\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n",
               kinds[kind].name, (unsigned long long)m->messages,
               (double)runs * 1e6 / (double)(sum ? sum : 1), (double)us[runs / 2] / 1000,
               (double)us[runs * 99 / 100] / 1000);
    free(us);
    return ok;
}

int main(int argc, char **argv)
{
    static struct measured m;
    struct err e = {0};
    struct conf *conf;
    struct arena *a = arena_new(0);
    unsigned runs = argc == 4 || argc == 5 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    m.cases = argc == 5 ? strtoull(argv[4], NULL, 10) : 1000;
    if (runs == 0 || runs > RUNS_MOST || m.cases == 0 || m.cases > CASES_MOST) {
        fputs("usage: web_cost DIR MESSAGES PAGES [CASES]\n", stderr);
        return 2;
    }
    m.messages = strtoull(argv[2], NULL, 10);
    m.answer = BUF_INIT((size_t)64 << 20);
    struct slice text = arena_printf(a, "data = \"%s/data\"\n", argv[1]);
    if (conf_parse(a, node_tables(), text, "bench", NULL, &e, &conf) < 0 ||
        keep_open(a, conf, false, &e, &m.keep) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 3;
    }
    site_open(&site, a, conf_data(conf, "web"), "web", "/none");
    site.all = conf;
    desk_intake_open(desk_settings(conf));
    int64_t begun = clock_cpu_us();
    if (fill(&m, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 3;
    }
    fprintf(stderr, "filled: %.1f microseconds a message\n",
            (double)(clock_cpu_us() - begun) / (double)(m.messages ? m.messages : 1));
    bool ok = fill_cases(&m);
    for (size_t i = 0; ok && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        ok &= measure(&m, i, runs);
    free(m.code);
    keep_close(&m.keep);
    arena_free(a);
    return ok ? 0 : 1;
}
