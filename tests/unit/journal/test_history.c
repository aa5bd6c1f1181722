/* Pages of the history: whatever is asked, the pages together are what a plain look at every scan
 * gives; and the counts are what adding up gives. */
#include "helpers.h"
#include "journal/store.h"

#define SCANS 3000u

static const char *const domains[] = {"one.example", "two.example", "three.example"};

struct plain {
    uint64_t seq;
    int64_t at_us;
    int side, mail_class, action;
    unsigned person, to; /* to: bits of domains */
    bool is_incomplete, has_word;
    unsigned from; /* index of senders */
    bool has_rule;
};

static const char *const senders[] = {"shop.example", "mail.shop.example", "workshop.example",
                                      "other.example"};

static struct plain plain_of(unsigned n)
{
    uint32_t x = n * 2654435761u;
    struct plain p = {.at_us = INT64_C(1700000000000000) + (int64_t)n * 1000000,
                      .side = n % 97 == 5 ? 1 : (int)(x >> 8 & 2),
                      .mail_class = (int)(x >> 12 & 7),
                      .person = x >> 16 & 3,
                      .to = 1u << (x >> 20) % 3,
                      .is_incomplete = n % 101 == 0,
                      .has_word = (x >> 24 & 7) == 0,
                      .from = x >> 5 & 3,
                      .has_rule = (x >> 14 & 15) == 3};
    p.action = p.side == 2 ? (n % 211 == 0 ? 4 : 1) : 0;
    if (n % 7 == 0)
        p.to |= 2;
    return p;
}

static struct event event_of(const struct plain *p, unsigned n)
{
    static unsigned char person[16];
    static struct buf to;
    struct event ev = {.kind = EVENT_SCANNED, .at_us = p->at_us};
    memcpy(ev.scanned.id, &n, sizeof(n));
    ev.scanned.side = (uint8_t)p->side;
    ev.scanned.mail_class = (uint8_t)p->mail_class;
    ev.scanned.action = (uint8_t)p->action;
    ev.scanned.is_incomplete = p->is_incomplete;
    ev.scanned.size_bytes = 10;
    ev.scanned.microseconds = 7;
    ev.scanned.subject = p->has_word ? SLICE("Alpha beta") : SLICE("gamma");
    person[0] = (unsigned char)(p->person + 1);
    ev.scanned.people = slice_of((const char *)person, 16);
    to.max = 64;
    buf_reset(&to);
    for (unsigned i = 0; i < 3; i++) {
        if (p->to >> i & 1)
            buf_printf(&to, "%s%s", to.n ? "," : "", domains[i]);
    }
    ev.scanned.to_domains = buf_slice(&to);
    ev.scanned.from_domain = slice_str(senders[p->from]);
    /* a sender who writes a rule's name into what is quoted of him has not that rule */
    ev.scanned.findings = p->has_rule
                              ? SLICE("{\"findings\":[{\"name\":\"bad_link\",\"points\":1}]}")
                              : SLICE("{\"findings\":[{\"name\":\"bad_link2\",\"detail\":"
                                      "\"\\\"name\\\":\\\"bad_link\\\"\"}]}");
    return ev;
}

struct asked {
    int side, mail_class, action;
    unsigned person; /* 0: any */
    unsigned to;     /* bits; 0: any */
    bool words, incomplete;
    unsigned since, until; /* seconds after the first; 0: none */
    bool from, rule;       /* of shop.example; with bad_link */
};

static bool is_wanted(const struct plain *p, const struct asked *q)
{
    int64_t second = (p->at_us - INT64_C(1700000000000000)) / 1000000;
    return (q->side < 0 || q->side == p->side) &&
           (q->mail_class < 0 || q->mail_class == p->mail_class) &&
           (q->action < 0 || q->action == p->action) &&
           (q->person == 0 || q->person == p->person + 1) && (q->to == 0 || (q->to & p->to)) &&
           (!q->words || p->has_word) && (!q->incomplete || p->is_incomplete) &&
           (!q->from || p->from < 2) && (!q->rule || p->has_rule) &&
           (q->since == 0 || second >= q->since) && (q->until == 0 || second <= q->until);
}

static void check(struct archive *ar, const struct asked *c, size_t limit)
{
    unsigned char person[16] = {(unsigned char)c->person};
    struct slice to[3];
    struct history_query q = {.side = c->side,
                              .mail_class = c->mail_class,
                              .action = c->action,
                              .person = c->person ? person : NULL,
                              .words = c->words ? SLICE("alpha") : SLICE(""),
                              .from = c->from ? SLICE("shop.example") : SLICE(""),
                              .rule = c->rule ? SLICE("bad_link") : SLICE(""),
                              .incomplete = c->incomplete,
                              .limit = limit};
    int64_t first = INT64_C(1700000000000000);
    q.since_us = c->since ? first + (int64_t)c->since * 1000000 : 0;
    q.until_us = c->until ? first + (int64_t)c->until * 1000000 : 0;
    for (unsigned i = 0; i < 3; i++) {
        if (c->to >> i & 1) {
            to[q.n_to_domains++] = slice_str(domains[i]);
            q.to_domains = to;
        }
    }
    unsigned at = SCANS;
    do {
        struct arena *a = arena_new(0);
        struct scan_row *rows;
        size_t n;
        OK(archive_history(ar, &q, a, &test_err, &rows, &n, &q.before_seq));
        assert_true(n <= limit);
        for (size_t i = 0; i < n; i++) {
            struct plain p = {0};
            while (at > 0 && (p = plain_of(at), !is_wanted(&p, c)))
                at--;
            if (at == 0 || rows[i].seq != at)
                fail_msg("row %llu, want %u", (unsigned long long)rows[i].seq, at);
            at--;
        }
        arena_free(a);
    } while (q.before_seq);
    for (; at > 0; at--) {
        struct plain p = plain_of(at);
        if (is_wanted(&p, c))
            fail_msg("%u is missing", at);
    }
}

static void pages(void **state)
{
    static const struct asked asked[] = {
        {-1, -1, -1, 0, 0, false, false, 0, 0, false, false},
        {2, -1, -1, 0, 0, false, false, 0, 0, false, false},
        {1, -1, -1, 0, 0, false, false, 0, 0, false, false},
        {-1, 3, -1, 0, 0, false, false, 0, 0, false, false},
        {-1, -1, 4, 0, 0, false, false, 0, 0, false, false},
        {2, 3, 1, 0, 0, false, false, 0, 0, false, false},
        {0, 3, 4, 0, 0, false, false, 0, 0, false, false},
        {-1, -1, -1, 2, 0, false, false, 0, 0, false, false},
        {2, -1, -1, 4, 0, false, false, 0, 0, false, false},
        {-1, -1, -1, 0, 2, false, false, 0, 0, false, false},
        {-1, -1, -1, 0, 6, false, false, 0, 0, false, false},
        {2, 5, -1, 0, 3, false, false, 0, 0, false, false},
        {-1, -1, -1, 0, 0, true, false, 0, 0, false, false},
        {2, -1, -1, 3, 5, true, false, 0, 0, false, false},
        {-1, -1, -1, 0, 0, false, true, 0, 0, false, false},
        {-1, -1, -1, 0, 0, false, false, 500, 0, false, false},
        {-1, -1, -1, 0, 0, false, false, 0, 900, false, false},
        {2, -1, -1, 0, 2, true, false, 400, 2000, false, false},
        {-1, -1, -1, 9, 0, false, false, 0, 0, false, false},
        {-1, -1, -1, 1, 4, false, true, 100, 2900, false, false},
        {-1, -1, -1, 0, 7, false, false, 2999, 0, false, false},
        {.side = -1, .mail_class = -1, .action = -1, .from = true},
        {.side = -1, .mail_class = -1, .action = -1, .rule = true},
        {.side = 2, .mail_class = -1, .action = -1, .rule = true, .to = 2},
        {.side = 2, .mail_class = 3, .action = -1, .from = true, .rule = true},
        {.side = -1, .mail_class = -1, .action = -1, .words = true, .from = true, .person = 2},
    };
    struct store_options o = {.dir = in_dir(*state, "pages")};
    struct store *s;
    OK(store_open(&o, &test_err, &s));
    for (unsigned n = 1; n <= SCANS; n++) {
        struct plain p = plain_of(n);
        struct event ev = event_of(&p, n);
        OK(store_append(s, &ev, &test_err, NULL));
        if (n % 1000 == 0)
            OK(store_commit(s, true, &test_err));
    }
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        check(store_archive(s), &asked[i], 7);
        check(store_archive(s), &asked[i], 50);
        check(store_archive(s), &asked[i], 1000);
    }
    store_close(s);
}

static void counts(void **state)
{
    struct store_options o = {.dir = in_dir(*state, "counts")};
    struct store *s;
    uint64_t want[3] = {0}, got[3] = {0}, of_two = 0, two = 0;
    OK(store_open(&o, &test_err, &s));
    for (unsigned n = 1; n <= SCANS; n++) {
        struct plain p = plain_of(n);
        struct event ev = event_of(&p, n);
        OK(store_append(s, &ev, &test_err, NULL));
        want[p.side]++;
        two += p.to >> 1 & 1;
        if (n % 37 == 0)
            OK(store_commit(s, false, &test_err));
    }
    OK(store_commit(s, true, &test_err));
    struct arena *a = arena_new(0);
    struct tally_row *rows;
    size_t n;
    int64_t from = INT64_C(1700000000) / 60;
    struct tally_span span = {from, from + 60, 10};
    OK(archive_tally(store_archive(s), SLICE(""), &span, a, &test_err, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        assert_true(rows[i].slot >= 0 && rows[i].slot < 6);
        assert_int_equal(rows[i].bytes, 10 * rows[i].n);
        assert_int_equal(rows[i].microseconds, 7 * rows[i].n);
        got[rows[i].side] += rows[i].n;
    }
    assert_memory_equal(got, want, sizeof(got));
    span = (struct tally_span){from - 60, from + 120, 60};
    OK(archive_tally(store_archive(s), SLICE("two.example"), &span, a, &test_err, &rows, &n));
    for (size_t i = 0; i < n; i++)
        of_two += rows[i].n;
    assert_int_equal(of_two, two);
    OK(store_rebuild(s, &test_err)); /* folded anew it is the same */
    span = (struct tally_span){from, from + 60, 10};
    memset(got, 0, sizeof(got));
    OK(archive_tally(store_archive(s), SLICE(""), &span, a, &test_err, &rows, &n));
    for (size_t i = 0; i < n; i++)
        got[rows[i].side] += rows[i].n;
    assert_memory_equal(got, want, sizeof(got));
    int64_t keep[KEEP_CLASSES] = {0};
    OK(archive_prune(store_archive(s), keep, INT64_C(1700000000000000) + INT64_C(3600000000),
                     &test_err));
    OK(archive_tally(store_archive(s), SLICE(""), &span, a, &test_err, &rows, &n));
    assert_int_equal(n, 0);
    arena_free(a);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(counts, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
