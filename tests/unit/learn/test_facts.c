/* Verified facts: their bytes, what they move, and how far they may. */
#include "mail.h"

#include "learn/fusion.h"

#include <math.h>

static struct facts facts_of(struct arena *a, const char *ip, const char *domain)
{
    struct facts f = {0};
    facts_add(&f, FACT_NETWORK, facts_network(a, slice_str(ip)));
    facts_add(&f, FACT_AUTHOR, slice_str(domain));
    facts_add(&f, FACT_PROVEN, slice_str(domain));
    return f;
}

static struct features features_of(struct arena *a, const char *ip, const char *domain)
{
    struct facts f = facts_of(a, ip, domain);
    struct features out = {0};
    facts_features(a, &f, &out);
    return out;
}

static bool same(const struct features *x, const struct features *y)
{
    return x->n[CHANNEL_FACTS] == y->n[CHANNEL_FACTS] &&
           x->n_first[CHANNEL_FACTS] == y->n_first[CHANNEL_FACTS] &&
           memcmp(x->of[CHANNEL_FACTS], y->of[CHANNEL_FACTS],
                  x->n[CHANNEL_FACTS] * sizeof(uint32_t)) == 0;
}

static void test_networks(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    static const char *const cases[][2] = {
        {"192.0.2.77", "192.0.2.0/24"},
        {"::ffff:192.0.2.9", "192.0.2.0/24"},
        {"2001:db8:1:2::3", "2001:db8:1::/48"},
        {"2001:DB8:1:ffff::", "2001:db8:1::/48"},
        {"", ""},
        {"mail.example", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(slice_eq(facts_network(a, slice_str(cases[i][0])), slice_str(cases[i][1])));
    struct features x = features_of(a, "192.0.2.77", "a.example");
    struct features y = features_of(a, "192.0.2.1", "a.example");
    struct features z = features_of(a, "192.0.3.77", "a.example");
    assert_int_equal(x.n[CHANNEL_FACTS], 3);
    assert_int_equal(x.n_first[CHANNEL_FACTS], 1);
    assert_true(same(&x, &y)); /* nobody is known by the last number */
    assert_false(same(&x, &z));
    arena_free(a);
}

static void test_bounded(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct facts f = {0};
    struct features out = {0};
    facts_add(&f, FACT_PROVEN, SLICE(""));
    assert_int_equal(f.n, 0);
    for (int i = 0; i < 40; i++) {
        struct slice name = arena_printf(a, "d%d.example", i / 2); /* each twice */
        facts_add(&f, FACT_PROVEN, name);
    }
    assert_int_equal(f.n, FACTS_MOST);
    facts_features(a, &f, &out);
    assert_int_equal(out.n[CHANNEL_FACTS], FACTS_MOST);
    struct buf b = BUF_INIT(FACTS_BYTES);
    facts_pack(&out, &b);
    assert_false(b.full);
    buf_fini(&b);
    arena_free(a);
}

static void test_bytes(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(FACTS_BYTES + 1), again = BUF_INIT(FACTS_BYTES);
    struct features f = features_of(a, "192.0.2.77", "a.example"), got = {0};
    facts_pack(&f, &b);
    assert_true(facts_unpack(a, buf_slice(&b), &got));
    facts_pack(&got, &again);
    assert_true(slice_eq(buf_slice(&b), buf_slice(&again)));
    assert_int_equal(got.n_first[CHANNEL_FACTS], 1);
    for (size_t cut = 1; cut < b.n; cut++) { /* a whole number of hashes is a shorter list */
        bool is_whole = cut > 2 && (cut - 2) % 4 == 0;
        assert_int_equal(facts_unpack(a, slice_head(buf_slice(&b), cut), &got), is_whole);
        assert_int_equal(got.n[CHANNEL_FACTS], is_whole ? (cut - 2) / 4 : 0);
    }
    assert_true(facts_unpack(a, SLICE(""), &got));
    assert_int_equal(got.n[CHANNEL_FACTS], 0);
    assert_false(facts_unpack(a, SLICE("\1\0\1\0\0\0\1\0\0\0"), &got)); /* the same twice */
    assert_false(facts_unpack(a, SLICE("\1\1\1\0\0\0\1\0\0\0"), &got)); /* in both groups */
    assert_false(facts_unpack(a, SLICE("\1\0\2\0\0\0\1\0\0\0"), &got)); /* out of order */
    assert_true(facts_unpack(a, SLICE("\1\1\2\0\0\0\1\0\0\0"), &got));
    assert_false(facts_unpack(a, SLICE("\2\0\1\0\0\0"), &got)); /* of another version */
    buf_fini(&b);
    buf_fini(&again);
    arena_free(a);
}

static void test_common(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct features x = features_of(a, "192.0.2.77", "a.example");
    struct features moved = features_of(a, "198.51.100.1", "a.example");
    struct features other = features_of(a, "198.51.100.1", "b.example");
    facts_common(&x, &moved); /* the network is gone */
    assert_int_equal(x.n[CHANNEL_FACTS], 2);
    assert_int_equal(x.n_first[CHANNEL_FACTS], 0);
    facts_common(&x, &other);
    assert_int_equal(x.n[CHANNEL_FACTS], 0);
    arena_free(a);
}

static void teach_facts(struct trainer *t, struct arena *a, uint64_t n, enum label label,
                        const struct features *facts)
{
    for (uint64_t i = 0; i < n; i++) {
        bool is_spam = label == LABEL_SPAM;
        struct lesson l = make_lesson(a, make_mail(a, is_spam, 900 + i), label, TRUST_ADMIN);
        l.features.of[CHANNEL_FACTS] = facts->of[CHANNEL_FACTS];
        l.features.n[CHANNEL_FACTS] = facts->n[CHANNEL_FACTS];
        l.features.n_first[CHANNEL_FACTS] = facts->n_first[CHANNEL_FACTS];
        trainer_learn(t, &l, NULL, NULL);
    }
}

static double points_of(const struct trainer *t, const struct features *f)
{
    struct class_score s;
    classifier_score(trainer_classifier(t), f, NULL, &s);
    return s.points[CHANNEL_FACTS];
}

/* A domain vouches for its own mail, and for nobody else's; and only so far. */
static void test_moves(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    struct features good = features_of(a, "192.0.2.77", "good.example");
    struct features bad = features_of(a, "198.51.100.7", "bad.example");
    struct features roaming = features_of(a, "203.0.113.7", "good.example");
    struct features stranger = features_of(a, "203.0.113.7", "new.example");
    teach_facts(t, a, 3, LABEL_HAM, &good);
    assert_true(points_of(t, &good) < 0.0);
    assert_true(points_of(t, &roaming) < 0.0);
    assert_true(points_of(t, &roaming) > points_of(t, &good));
    assert_true(points_of(t, &stranger) == 0.0);
    teach_facts(t, a, 300, LABEL_HAM, &good);
    teach_facts(t, a, 300, LABEL_SPAM, &bad);
    assert_true(points_of(t, &good) >= -6.0 && points_of(t, &good) < -0.5);
    assert_true(points_of(t, &bad) <= 3.0 && points_of(t, &bad) > 0.5);
    assert_true(points_of(t, &stranger) == 0.0);
    trainer_close(t);
    arena_free(a);
}

/* Whatever is learned of a network, and whatever weight the fusion gives it, it is not a kind of
 * evidence against the next who is there. */
static void test_network_is_no_guilt(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    struct facts f = {0};
    struct features alone = {0};
    facts_add(&f, FACT_NETWORK, facts_network(a, SLICE("198.51.100.7")));
    facts_features(a, &f, &alone);
    teach_facts(t, a, 600, LABEL_SPAM, &alone);
    double points = points_of(t, &alone);
    assert_true(points > 0.0 && points < 0.7);
    trainer_close(t);
    arena_free(a);
}

/* Scoring the facts after the other channels gives the bits of scoring all at once, and a lesson
 * with facts is taken back exactly. */
static void test_added_later(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    struct message *m = make_mail(a, true, 4000);
    struct facts f = facts_of(a, "198.51.100.7", "bad.example");
    struct features at_once, later;
    struct class_score x, y;
    features_extract(a, m, &f, FEATURES_ALL, &at_once);
    features_extract(a, m, NULL, FEATURES_ALL, &later);
    assert_int_equal(later.n[CHANNEL_FACTS], 0);
    teach(t, a, 10, TRUST_ADMIN);
    teach_facts(t, a, 10, LABEL_SPAM, &at_once);
    classifier_score(trainer_classifier(t), &at_once, NULL, &x);
    classifier_score(trainer_classifier(t), &later, NULL, &y);
    assert_true(x.logit > y.logit);
    facts_features(a, &f, &later);
    classifier_add_facts(trainer_classifier(t), &later, &y);
    assert_true(x.logit == y.logit && x.probability == y.probability);
    assert_true(x.points[CHANNEL_FACTS] == y.points[CHANNEL_FACTS]);

    struct lesson l = make_lesson(a, m, LABEL_HAM, TRUST_ADMIN);
    struct buf undo = BUF_INIT(1u << 20);
    struct err e = {0};
    l.features = at_once;
    trainer_learn(t, &l, NULL, &undo);
    assert_true(points_of(t, &at_once) < x.points[CHANNEL_FACTS]);
    assert_int_equal(trainer_unlearn(t, &l, buf_slice(&undo), NULL, &e), 0);
    classifier_score(trainer_classifier(t), &at_once, NULL, &y);
    assert_true(x.z[CHANNEL_FACTS] == y.z[CHANNEL_FACTS]);
    buf_fini(&undo);
    trainer_close(t);
    arena_free(a);
}

/* The explanation names each fact, and their shares are the channel's points. */
static void test_explained(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    struct message *m = make_mail(a, true, 4000);
    for (int round = 0; round < 2; round++) {
        struct facts f = facts_of(a, "198.51.100.7", "bad.example");
        if (round)
            f.n = 1; /* the network alone, past its bound */
        struct features x;
        features_extract(a, m, &f, FEATURES_ALL, &x);
        teach_facts(t, a, round ? 200 : 5, LABEL_SPAM, &x);
        struct token_why why[2000];
        size_t n = classifier_explain(trainer_classifier(t), m, &f, NULL, a, why, 2000), named = 0;
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) {
            if (why[i].is_fact) {
                sum += why[i].points;
                named++;
            }
        }
        assert_int_equal(named, round ? 1 : 2);
        assert_true(fabs(sum - points_of(t, &x)) < 1e-9);
    }
    trainer_close(t);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks),    cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_bytes),       cmocka_unit_test(test_common),
        cmocka_unit_test(test_moves),       cmocka_unit_test(test_network_is_no_guilt),
        cmocka_unit_test(test_added_later), cmocka_unit_test(test_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
