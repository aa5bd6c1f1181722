/* book: what reports say together and the desk's work, beside the same questions asked in SQL. */
#include "base/arena.h"
#include "base/buf.h"
#include "desk/book.h"
#include "journal/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CASES     600
#define CAMPAIGNS 7

static char dir[] = "/tmp/muster-claim-XXXXXX";
static struct store *store;
static struct book *book;
static struct folder folders[8];
static struct arena *arena;
static sqlite3 *sql;
static struct err err;
static uint32_t seed = 7;

#define OK(x)                         \
    do {                              \
        if ((x) < 0)                  \
            fail_msg("%s", err.text); \
    } while (0)

static unsigned any(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static void hand_in(unsigned i)
{
    static const char *const categories[] = {"spam", "phishing", "malware", "fraud"};
    static const char *const sources[] = {"mail", "web", "trap"};
    struct buf b = BUF_INIT(4096);
    struct event ev = {.kind = EVENT_DESK, .at_us = (int64_t)any(1000000)};
    unsigned campaign = any(CAMPAIGNS), network = any(12);
    buf_printf(&b,
               "{\"report\":{\"source\":\"%s\",\"category\":\"%s\",\"original\":{\"from_domain\":"
               "\"d%u.example\"}},\"campaign\":\"%032x\",\"network\":\"%032x\",\"party\":\"%032x\","
               "\"weight\":0.%u,\"bulk\":%s,\"due\":%u,\"state\":%u,\"host\":\"h%u.example\"",
               sources[any(3)], categories[campaign == 3 ? 1 + any(3) : 0], i, campaign + 1,
               network, any(2) ? network : any(9), 1 + any(9),
               campaign == 2 || any(2) ? "true" : "false", any(1000000), any(4) ? any(5) : 5, i);
    if (any(5))
        buf_printf(&b, ",\"person\":\"%032x\"", any(40));
    buf_chr(&b, '}');
    ev.object.object[0] = (unsigned char)(i >> 8);
    ev.object.object[1] = (unsigned char)i;
    ev.object.verb = SLICE("report");
    ev.object.body = buf_slice(&b);
    OK(store_append(store, &ev, &err, NULL));
    buf_fini(&b);
}

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    arena = arena_new(0);
    book = book_new();
    assert_true(book_folders(book, folders) < 8);
    struct store_options o = {.dir = dir, .folders = folders};
    OK(store_open(&o, &err, &store));
    for (unsigned i = 0; i < CASES; i++)
        hand_in(i);
    OK(store_commit(store, true, &err));
    return sqlite3_open_v2(arena_printf(arena, "%s/desk.db", dir).p, &sql, SQLITE_OPEN_READONLY,
                           NULL);
}

static int teardown(void **state)
{
    (void)state;
    sqlite3_close(sql);
    store_close(store);
    book_free(book);
    int rc = system(arena_printf(arena, "rm -rf %s", dir).p);
    arena_free(arena);
    return rc;
}

static sqlite3_stmt *plain(const char *text, const unsigned char campaign[16])
{
    sqlite3_stmt *st;
    if (sqlite3_prepare_v2(sql, text, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(sql));
    if (campaign)
        sqlite3_bind_blob(st, 1, campaign, 16, SQLITE_STATIC);
    return st;
}

/* The weight of all networks, or of all parties, as SQL groups them. */
static double weight_by(const char *place, const unsigned char campaign[16])
{
    double sum = 0;
    sqlite3_stmt *st = plain(arena_printf(arena,
                                          "SELECT total(w) FROM (SELECT max(weight) w, %s FROM kase"
                                          " WHERE campaign = ? GROUP BY %s, person) GROUP BY %s",
                                          place, place, place)
                                 .p,
                             campaign);
    while (sqlite3_step(st) == SQLITE_ROW)
        sum += charter_source_weight(sqlite3_column_double(st, 0));
    sqlite3_finalize(st);
    return sum;
}

static void claims(void **state)
{
    static const char *const question =
        "SELECT min(count(DISTINCT network), count(DISTINCT party)), count(DISTINCT person),"
        " count(DISTINCT source), min(bulk) FROM kase WHERE campaign = ?";
    (void)state;
    for (unsigned i = 0; i <= CAMPAIGNS; i++) { /* the last one is nobody's */
        unsigned char campaign[16] = {[15] = (unsigned char)(i + 1)};
        struct charter_claim c;
        OK(book_claim(book, campaign, &err, &c));
        sqlite3_stmt *st = plain(question, campaign);
        assert_int_equal(sqlite3_step(st), SQLITE_ROW);
        assert_int_equal(c.sources, sqlite3_column_int(st, 0));
        assert_int_equal(c.reporters, sqlite3_column_int(st, 1));
        assert_int_equal(c.kinds, sqlite3_column_int(st, 2));
        assert_int_equal(c.is_lawful_bulk, sqlite3_column_int(st, 3) == 1);
        sqlite3_finalize(st);
        assert_true(fabs(c.weight - fmin(weight_by("network", campaign),
                                         weight_by("party", campaign))) < 1e-9);
        assert_int_equal(c.harm, i == 3 ? HARM_PHISHING : HARM_SPAM);
    }
}

static void work(void **state)
{
    static const char *const question =
        "SELECT campaign, count(*), count(DISTINCT person), min(count(DISTINCT network),"
        " count(DISTINCT party)), min(at), min(due), min(category), total(weight),"
        " (SELECT id FROM kase f WHERE f.campaign = kase.campaign AND state IN (0,1,2,4) ORDER BY"
        "  at LIMIT 1) FROM kase WHERE state IN (0,1,2,4) GROUP BY campaign"
        " ORDER BY min(category) NOT IN (1,2), 4 DESC, 6 LIMIT ?2";
    (void)state;
    for (int most = 1; most <= CAMPAIGNS + 1; most += 2) {
        struct work_row *rows;
        size_t n, i = 0;
        OK(book_work(book, (size_t)most, arena, &err, &rows, &n));
        sqlite3_stmt *st = plain(question, NULL);
        sqlite3_bind_int(st, 2, most);
        for (; sqlite3_step(st) == SQLITE_ROW && i < n; i++) {
            const struct work_row *w = &rows[i];
            assert_memory_equal(w->campaign, sqlite3_column_blob(st, 0), 16);
            assert_int_equal(w->cases, sqlite3_column_int64(st, 1));
            assert_int_equal(w->reporters, sqlite3_column_int64(st, 2));
            assert_int_equal(w->sources, sqlite3_column_int64(st, 3));
            assert_int_equal(w->oldest_us, sqlite3_column_int64(st, 4));
            assert_int_equal(w->due_us, sqlite3_column_int64(st, 5));
            assert_int_equal(w->category, sqlite3_column_int(st, 6));
            assert_true(fabs(w->weight - sqlite3_column_double(st, 7)) < 1e-9);
            assert_memory_equal(w->first, sqlite3_column_blob(st, 8), 16);
            assert_true(w->from_domain.n && w->host.n);
        }
        assert_int_equal(i, n);
        assert_int_equal(n, most < CAMPAIGNS ? most : CAMPAIGNS);
        sqlite3_finalize(st);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(claims), cmocka_unit_test(work)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
