/* Near-duplicates: what resembles what, whose word counts, taking back. */
#include "mail.h"

#include "learn/near.h"

/* A store in memory. */
struct table {
    struct {
        char key[32];
        size_t n_key;
        struct buf value;
    } of[512];
    size_t n;
};

static size_t find(struct table *t, struct slice key)
{
    size_t i = 0;
    while (i < t->n && !slice_eq(slice_of(t->of[i].key, t->of[i].n_key), key))
        i++;
    return i;
}

static size_t asked;

static bool get(void *ctx, struct slice key, struct slice *out)
{
    struct table *t = ctx;
    asked++;
    size_t i = find(t, key);
    if (i == t->n)
        return false;
    *out = buf_slice(&t->of[i].value);
    return true;
}

static int put(void *ctx, struct slice key, struct slice value, struct err *e)
{
    (void)e;
    struct table *t = ctx;
    size_t i = find(t, key);
    assert_true(i < 511 && key.n <= 32);
    if (i == t->n) {
        memcpy(t->of[i].key, key.p, key.n);
        t->of[i].n_key = key.n;
        t->of[i].value = BUF_INIT(1u << 16);
        t->n++;
    }
    buf_reset(&t->of[i].value);
    buf_add(&t->of[i].value, value);
    return 0;
}

static int del(void *ctx, struct slice key, struct err *e)
{
    (void)e;
    struct table *t = ctx;
    size_t i = find(t, key);
    if (i == t->n)
        return ERR_NOENT;
    buf_fini(&t->of[i].value);
    t->of[i] = t->of[--t->n];
    return 0;
}

static struct table table;
static const struct near_store store = {&table, get, put, del};

#define HEAD \
    "From: x@y.example\r\nTo: \"%s\" <%s@here.example>\r\nSubject: About your parcel\r\n\r\n"
#define TEXT                                                                                      \
    "Dear %s, your parcel number %d could not be delivered because the address is not complete. " \
    "Please open the page below within two days and confirm where it should go, or it will be "   \
    "sent back to the shop that you bought it from.\r\nhttp://parcel.example/%d\r\n"

static struct lesson parcel(struct arena *a, const char *name, int number, enum label label)
{
    struct slice raw = arena_printf(a, HEAD TEXT, name, name, name, number, number);
    struct lesson l = make_lesson(a, message_parse(a, raw, NULL), label, TRUST_USER);
    l.at_us += number;
    return l;
}

static void test_alike(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct lesson x = parcel(a, "anna", 123, LABEL_SPAM), y = parcel(a, "robert", 9, LABEL_SPAM);
    struct lesson z = make_lesson(a, make_mail(a, false, 4), LABEL_HAM, TRUST_USER);
    assert_true(fingerprint_likeness(&x.fingerprint, &y.fingerprint) == 1.0);
    assert_true(fingerprint_likeness(&x.fingerprint, &z.fingerprint) < 0.3);
    assert_memory_not_equal(x.digest, y.digest, 16);
    struct fingerprint none;
    fingerprint_make(a, message_parse(a, SLICE("Subject: x\r\n\r\n"), NULL), &none);
    assert_true(fingerprint_likeness(&none, &none) == 0.0);
    arena_free(a);
}

/* What no reader sees as another message has the same digest, and the same words whatever their
 * case the same fingerprint. */
static void test_same(void **state)
{
    (void)state;
    static const char *const bodies[][2] = {
        {"one\ntwo\n\nthree\n", "one\r\ntwo\r\n\r\nthree\r\n"},
        {"one\ntwo\n\nthree\n", "one  \ntwo\t\n \nthree\n\n\n"},
        {"one\ntwo\n\nthree\n", "one\ntwo\r\n\nthree"},
        {"", "\r\n\r\n"},
    };
    static const char *const others[][2] = {
        {"one\ntwo\n", "onetwo\n"}, {"one\ntwo\n", "on\netwo\n"}, {"one\ntwo\n", "one\n\ntwo\n"}};
    static const char *const cases[] = {"Your PARCEL Number", "yOUR parcel nUMBER",
                                        "YOUR Zażółć ABCDEFGHIJKLMNOPQRSTUVWXYZ@[`{"};
    static const char rest[] = " is here and waits for you until the last day of this month";
    struct arena *a = arena_new(0);
    struct lesson x[2];
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies + sizeof others / sizeof *others; i++) {
        size_t n = sizeof bodies / sizeof *bodies;
        for (int k = 0; k < 2; k++)
            x[k] = make_lesson(a,
                               message_parse(a,
                                             arena_printf(a, "Subject: x\n\n%s",
                                                          i < n ? bodies[i][k] : others[i - n][k]),
                                             NULL),
                               LABEL_SPAM, TRUST_USER);
        assert_int_equal(memcmp(x[0].digest, x[1].digest, 16) == 0, i < n);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice body = arena_printf(a, "%s%s", cases[i], rest);
        for (int k = 0; k < 2; k++)
            x[k] = make_lesson(
                a,
                message_parse(a,
                              arena_printf(a, "Subject: x\n\n%.*s",
                                           SLICE_ARG(k ? arena_lower(a, body) : body)),
                              NULL),
                LABEL_SPAM, TRUST_USER);
        assert_true(x[0].fingerprint.exact && x[0].fingerprint.exact == x[1].fingerprint.exact);
    }
    arena_free(a);
}

static struct near_hit ask(const struct lesson *l, struct slice person)
{
    struct near_hit hit;
    near_find(&store, &l->fingerprint, person, &hit);
    return hit;
}

static void test_reports(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct lesson next = parcel(a, "zoe", 99, LABEL_HAM);
    struct lesson ann = parcel(a, "ann", 1, LABEL_SPAM), bob = parcel(a, "bob", 2, LABEL_HAM);
    ann.user = SLICE("0123456789abcdef");
    bob.user = SLICE("fedcba9876543210");
    assert_true(ask(&next, SLICE("")).likeness <= 0.0);
    assert_int_equal(near_add(&store, &ann, 1, &e), 0);
    assert_int_equal(near_add(&store, &bob, 2, &e), 0);

    /* One's own word first, then the newest of others. */
    struct near_hit hit = ask(&next, ann.user);
    assert_true(hit.is_own && hit.label == LABEL_SPAM && hit.likeness >= 1.0);
    hit = ask(&next, SLICE("another_person!!"));
    assert_true(!hit.is_own && hit.label == LABEL_HAM && hit.trust == TRUST_USER);

    /* The site's administrator speaks for everybody. */
    struct lesson admin = parcel(a, "carl", 3, LABEL_SPAM);
    admin.trust = TRUST_ADMIN;
    assert_int_equal(near_add(&store, &admin, 3, &e), 0);
    hit = ask(&next, SLICE("another_person!!"));
    assert_true(hit.label == LABEL_SPAM && hit.trust == TRUST_ADMIN && hit.seq == 3);

    assert_int_equal(near_remove(&store, &admin, 3, &e), 0);
    assert_int_equal(near_remove(&store, &bob, 2, &e), 0);
    assert_int_equal(ask(&next, SLICE("another_person!!")).seq, 1);
    assert_int_equal(near_remove(&store, &ann, 1, &e), 0);
    assert_true(ask(&next, ann.user).likeness <= 0.0);
    assert_int_equal(table.n, 0);
    arena_free(a);
}

/* The least that counts is found wherever the shared bands are; what is like nothing is not asked
 * for to the end. */
static void test_bands_shared(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct lesson l = parcel(a, "eve", 7, LABEL_SPAM);
    const uint32_t half = FINGERPRINT_BANDS / 2;
    assert_int_equal(near_add(&store, &l, 1, &e), 0);
    for (uint32_t first = 0; first <= half; first++) {
        struct lesson other = l, less;
        other.fingerprint.exact = 0;
        for (uint32_t i = 0; i < FINGERPRINT_BANDS; i++)
            other.fingerprint.band[i] += i < first || i >= first + half;
        less = other;
        less.fingerprint.band[first]++;
        assert_true(ask(&other, SLICE("")).likeness >= NEAR_LIKENESS);
        assert_true(ask(&less, SLICE("")).likeness <= 0.0);
    }
    for (uint32_t i = 0; i < FINGERPRINT_BANDS; i++)
        l.fingerprint.band[i]++;
    l.fingerprint.exact++;
    asked = 0;
    assert_true(ask(&l, SLICE("")).likeness <= 0.0);
    assert_int_equal(asked, 1 + half + 1);
    for (size_t i = 0; i < table.n; i++)
        buf_fini(&table.of[i].value);
    table.n = 0;
    arena_free(a);
}

static void test_bands_are_bounded(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct lesson l = parcel(a, "eve", 7, LABEL_SPAM);
    for (uint64_t i = 1; i <= 100; i++)
        assert_int_equal(near_add(&store, &l, i, &e), 0);
    for (size_t i = 0; i < table.n; i++)
        assert_true(table.of[i].value.n <= NEAR_PER_BAND * 26);
    assert_int_equal(ask(&l, SLICE("")).seq, 100);
    for (size_t i = 0; i < table.n; i++)
        buf_fini(&table.of[i].value);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alike),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_reports),
        cmocka_unit_test(test_bands_shared),
        cmocka_unit_test(test_bands_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
