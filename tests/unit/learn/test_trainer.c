/* Learning and taking back: sides, exactness, the same bytes again, noise, the user's layer. */
#include "mail.h"

#include "learn/model.h"

#include <math.h>

static void test_learns(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    teach(t, a, 30, TRUST_ADMIN);
    for (uint64_t i = 100; i < 150; i++) {
        struct lesson ham = make_lesson(a, make_mail(a, false, i), LABEL_HAM, TRUST_ADMIN);
        struct lesson spam = make_lesson(a, make_mail(a, true, i), LABEL_SPAM, TRUST_ADMIN);
        assert_true(logit_of(t, &ham.features) < 0.0);
        assert_true(logit_of(t, &spam.features) > 0.0);
    }
    trainer_close(t);
    arena_free(a);
}

/* One administrator's report moves the next near-duplicate over; taking it back moves it back. */
static void test_report_and_back(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    teach(t, a, 10, TRUST_ADMIN);
    struct message *m = make_mail(a, false, 500), *next = make_mail(a, false, 501);
    struct lesson l = make_lesson(a, m, LABEL_SPAM, TRUST_ADMIN);
    struct lesson other = make_lesson(a, next, LABEL_HAM, TRUST_ADMIN);
    struct buf undo = BUF_INIT(1u << 20);
    struct err e = {0};
    double before = logit_of(t, &l.features), before_other = logit_of(t, &other.features);
    assert_true(before < 0.0);
    trainer_learn(t, &l, NULL, &undo);
    assert_true(logit_of(t, &l.features) > before + 2.0);
    /* Another lesson in between does not spoil it. */
    teach(t, a, 1, TRUST_ADMIN);
    assert_int_equal(trainer_unlearn(t, &l, buf_slice(&undo), NULL, &e), 0);
    assert_true(logit_of(t, &l.features) < 0.0);
    assert_true(fabs(logit_of(t, &other.features) - before_other) < 1.5);
    buf_fini(&undo);
    trainer_close(t);
    arena_free(a);
}

/* Scores after learn and unlearn are exactly those before. */
static void test_unlearn_exact(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    struct buf undo = BUF_INIT(1u << 20), overlay = BUF_INIT(1u << 20);
    struct err e = {0};
    teach(t, a, 5, TRUST_USER);
    struct class_score before, after;
    struct lesson l = make_lesson(a, make_mail(a, true, 77), LABEL_HAM, TRUST_USER);
    l.user = SLICE("ann@here.example");
    classifier_score(trainer_classifier(t), &l.features, NULL, &before);
    trainer_learn(t, &l, &overlay, &undo);
    struct overlay mine = {buf_slice(&overlay)};
    classifier_score(trainer_classifier(t), &l.features, &mine, &after);
    assert_true(after.user_points < -0.5);
    assert_int_equal(trainer_unlearn(t, &l, buf_slice(&undo), &overlay, &e), 0);
    mine.bytes = buf_slice(&overlay);
    classifier_score(trainer_classifier(t), &l.features, &mine, &after);
    for (int c = 0; c < CHANNELS; c++)
        assert_true(after.z[c] == before.z[c]);
    assert_true(after.user_points == 0.0);
    assert_int_equal(after.learned_ham, before.learned_ham);
    /* Damaged undo bytes are refused and change nothing. */
    uint64_t hash = trainer_hash(t);
    for (size_t cut = 0; cut < undo.n; cut += 97)
        assert_int_equal(trainer_unlearn(t, &l, slice_head(buf_slice(&undo), cut), NULL, &e),
                         ERR_CORRUPT);
    assert_true(trainer_hash(t) == hash);
    buf_fini(&undo);
    buf_fini(&overlay);
    trainer_close(t);
    arena_free(a);
}

/* From packed lessons the same bytes come again, also through unlearn and forgetting. */
static void test_rebuild(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    uint64_t hash[3];
    size_t overlay_bytes[3];
    struct err e = {0};
    for (int round = 0; round < 3; round++) {
        struct buf undo = BUF_INIT(1u << 20), overlay = BUF_INIT(1u << 20);
        trainer_reset(t);
        for (uint64_t i = 0; i < 40; i++) {
            struct lesson l = make_lesson(a, make_mail(a, i % 2, i), i % 2 ? LABEL_SPAM : LABEL_HAM,
                                          i % 3 ? TRUST_ADMIN : TRUST_USER);
            l.at_us += (int64_t)i * 86400 * 1000000; /* forty days: decay steps */
            l.user = SLICE("ann@here.example");
            if (round) { /* as it comes out of the journal, sorted */
                struct buf packed = BUF_INIT(1u << 16);
                lesson_pack(&l, &packed);
                assert_int_equal(lesson_unpack(a, arena_dup(a, buf_slice(&packed)), &e, &l), 0);
                buf_fini(&packed);
            }
            buf_reset(&undo);
            trainer_learn(t, &l, &overlay, i == 20 || round ? &undo : NULL);
            if (i == 20)
                assert_int_equal(trainer_unlearn(t, &l, buf_slice(&undo), &overlay, &e), 0);
        }
        hash[round] = trainer_hash(t) ^ hash_bytes(buf_slice(&overlay), 3);
        overlay_bytes[round] = overlay.n;
        buf_fini(&undo);
        buf_fini(&overlay);
    }
    assert_true(hash[0] == hash[1] && hash[1] == hash[2]);
    assert_int_equal(overlay_bytes[0], overlay_bytes[1]);
    assert_true(overlay_bytes[0] > 8192); /* it doubled on the way */
    trainer_close(t);
    arena_free(a);
}

/* Reports against a sure verdict count little once there is experience. */
static void test_redescends(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    teach(t, a, 160, TRUST_USER);
    struct lesson l = make_lesson(a, make_mail(a, false, 900), LABEL_SPAM, TRUST_USER);
    double before = logit_of(t, &l.features);
    assert_true(before < -2.0);
    trainer_learn(t, &l, NULL, NULL);
    double after_user = logit_of(t, &l.features);
    l.trust = TRUST_ADMIN;
    trainer_learn(t, &l, NULL, NULL);
    assert_true(logit_of(t, &l.features) - after_user > 1.5 * (after_user - before));
    trainer_close(t);
    arena_free(a);
}

/* Numbers that are not finite never reach the weights. */
static void test_not_finite(void **state)
{
    (void)state;
    struct model m;
    model_new(MODEL_SLOTS_MIN, NULL, &m);
    uint64_t hash = model_hash(&m);
    uint32_t slots[2] = {1, 2};
    struct model_step bad[] = {{0.3, NAN, 0.1}, {0.3, INFINITY, 0.1}, {NAN, 0.1, 0.1}};
    for (size_t i = 0; i < 3; i++)
        model_step(m.cells, slots, 2, &bad[i], NULL);
    assert_true(model_hash(&m) == hash);
    struct model_step strong = {1e9, -1.0, 1.0};
    for (int i = 0; i < 100; i++)
        model_step(m.cells, slots, 2, &strong, NULL);
    assert_true(m.cells[1].w == MODEL_WEIGHT_MAX);
    model_close(&m);
}

/* The layer of one user does not move another's score. */
static void test_overlay_is_own(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    struct buf ann = BUF_INIT(1u << 20), bob = BUF_INIT(1u << 20);
    struct lesson l = make_lesson(a, make_mail(a, false, 3), LABEL_SPAM, TRUST_USER);
    l.user = SLICE("ann@here.example");
    trainer_learn(t, &l, &ann, NULL);
    l.user = SLICE("bob@here.example");
    l.label = LABEL_HAM;
    trainer_learn(t, &l, &bob, NULL);
    struct overlay of_ann = {buf_slice(&ann)}, of_bob = {buf_slice(&bob)};
    struct class_score x, y;
    classifier_score(trainer_classifier(t), &l.features, &of_ann, &x);
    classifier_score(trainer_classifier(t), &l.features, &of_bob, &y);
    assert_true(x.user_points > 0.5);
    assert_true(y.user_points < -0.5);
    /* Foreign bytes are no layer. */
    struct overlay junk = {SLICE("MUO1 something else")};
    classifier_score(trainer_classifier(t), &l.features, &junk, &y);
    assert_true(y.user_points == 0.0);
    buf_fini(&ann);
    buf_fini(&bob);
    trainer_close(t);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns),         cmocka_unit_test(test_report_and_back),
        cmocka_unit_test(test_unlearn_exact),  cmocka_unit_test(test_rebuild),
        cmocka_unit_test(test_redescends),     cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_overlay_is_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
