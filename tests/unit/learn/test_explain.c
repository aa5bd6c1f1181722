/* Explanations: the listed shares are the score, and the listed words matter. */
#include "mail.h"

#include <math.h>

/* The raw message with each listed word taken out of Subject and text. */
static struct message *without(struct arena *a, const struct message *m,
                               const struct token_why *why, size_t n)
{
    struct slice raw = arena_dup(a, m->raw);
    char *p = (char *)(uintptr_t)raw.p;
    for (size_t k = 0; k < n; k++) {
        struct slice rest = raw;
        size_t at;
        while ((at = slice_ifind(rest, why[k].words)) != SIZE_MAX) {
            memset(p + (rest.p - raw.p) + at, ' ', why[k].words.n);
            rest = slice_from(rest, at + why[k].words.n);
        }
    }
    return message_parse(a, raw, NULL);
}

static bool is_of_text(const struct token_why *t)
{
    return slice_eq(t->where, SLICE("text"));
}

/* Sum of the channels before the floor, which may hide a change. */
static double sum_of(const struct trainer *t, const struct features *f)
{
    struct class_score s;
    double sum = 0.0;
    classifier_score(trainer_classifier(t), f, NULL, &s);
    for (int c = 0; c < CHANNELS; c++)
        sum += s.z[c];
    return sum;
}

static void test_deleting_moves(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    teach(t, a, 40, TRUST_ADMIN);
    int moved = 0, asked = 0;
    for (uint64_t i = 0; i < 200; i++) {
        struct message *m = make_mail(a, i % 2, 1000 + i);
        struct token_why all[400], strongest[5];
        size_t n = classifier_explain(trainer_classifier(t), m, NULL, NULL, a, all, 400), k = 0;
        double stated = 0.0;
        for (size_t j = 0; j < n && k < 5; j++) {
            if (!is_of_text(&all[j]) || (all[j].points > 0.0) != (i % 2 == 1))
                continue;
            stated += all[j].points;
            strongest[k++] = all[j];
        }
        if (k < 5)
            continue;
        struct lesson before = make_lesson(a, m, LABEL_HAM, TRUST_ADMIN);
        struct lesson after = make_lesson(a, without(a, m, strongest, k), LABEL_HAM, TRUST_ADMIN);
        double change = sum_of(t, &after.features) - sum_of(t, &before.features);
        asked++;
        moved += stated > 0.0 ? change < 0.0 : change > 0.0;
    }
    assert_true(asked > 150);
    assert_true(moved >= asked * 95 / 100);
    trainer_close(t);
    arena_free(a);
}

static void test_shares_are_the_score(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    struct buf overlay = BUF_INIT(1u << 20);
    teach(t, a, 20, TRUST_ADMIN);
    struct lesson mine = make_lesson(a, make_mail(a, true, 3000), LABEL_HAM, TRUST_USER);
    mine.user = SLICE("ann@here.example");
    trainer_learn(t, &mine, &overlay, NULL);
    struct overlay user = {buf_slice(&overlay)};
    for (uint64_t i = 0; i < 20; i++) {
        struct message *m = make_mail(a, i % 2, 2000 + i);
        struct lesson l = make_lesson(a, m, LABEL_HAM, TRUST_ADMIN);
        struct token_why all[2048];
        struct class_score s;
        classifier_score(trainer_classifier(t), &l.features, &user, &s);
        size_t n = classifier_explain(trainer_classifier(t), m, NULL, &user, a, all, 2048);
        double sum = s.bias;
        for (size_t k = 0; k < n; k++) {
            sum += all[k].points;
            assert_true(k == 0 || fabs(all[k].points) <= fabs(all[k - 1].points));
        }
        assert_true(fabs(sum - s.logit) < 1e-6);
    }
    buf_fini(&overlay);
    trainer_close(t);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deleting_moves),
        cmocka_unit_test(test_shares_are_the_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
