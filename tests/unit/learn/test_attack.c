/* Good words and borrowed headers: spam that is filled up with what only wanted mail says, or that
 * carries a wanted message's headers behind its own, stays above all wanted mail. */
#include "mail.h"

#include "learn/attack_mail.h"
#include "learn/fusion.h"

#include <math.h>

#define LESSONS 150
#define TRIED   60

#define GOOD_WORDS 400

/* The kth word that only wanted mail has: three of twenty syllables. */
static struct slice good_word(struct arena *a, unsigned k)
{
    static const char *const syllable[] = {"ba",  "do",  "fen", "gir", "hul", "jam", "ko",
                                           "lis", "mur", "nep", "ost", "pra", "quo", "rin",
                                           "sel", "tum", "ul",  "vex", "wol", "zan"};
    return arena_printf(a, "%s%s%s ", syllable[k % 20], syllable[k / 20 % 20], syllable[k % 13]);
}

/* The nth message of its class, with the headers that its programs write and, when wanted, with
 * words of a neighbourhood. */
static struct message *with_program(struct arena *a, bool is_spam, uint64_t nth)
{
    struct slice raw = make_mail(a, is_spam, nth)->raw;
    unsigned k = (unsigned)(nth % 5);
    uint64_t r = nth;
    struct buf b = BUF_INIT(1u << 16);
    if (is_spam) {
        buf_printf(&b, "X-Mailer: Blaster %u.1\r\nX-Priority: 1\r\n", k);
        buf_add(&b, raw);
    } else {
        buf_printf(&b,
                   "User-Agent: Friendly Mail %u.8 for people\r\n"
                   "List-Id: Neighbours and friends <friends.here.example>\r\n"
                   "List-Post: <mailto:friends@here.example>\r\n"
                   "List-Help: <mailto:friends-request@here.example?subject=help>\r\n"
                   "X-Mailing-List: friends@here.example\r\nPrecedence: list\r\n"
                   "Organization: The garden and reading circle of our street\r\n",
                   k);
        buf_add(&b, raw);
        for (int i = 0; i < 60; i++)
            buf_add(&b, good_word(a, (unsigned)(rand_next(&r) % GOOD_WORDS)));
        buf_str(&b, "\r\n");
    }
    struct message *m = message_parse(a, arena_dup(a, buf_slice(&b)), NULL);
    buf_fini(&b);
    return m;
}

static void learn(struct trainer *t, struct arena *a, bool is_spam, uint64_t nth)
{
    struct lesson l = make_lesson(a, with_program(a, is_spam, nth),
                                  is_spam ? LABEL_SPAM : LABEL_HAM, TRUST_ADMIN);
    trainer_learn(t, &l, NULL, NULL);
}

static double score_of(const struct trainer *t, struct arena *a, const struct message *m)
{
    struct features f;
    features_extract(a, m, NULL, FEATURES_ALL, &f);
    return logit_of(t, &f);
}

/* All of them in one line. */
static struct slice good_words(struct arena *a)
{
    struct buf b = BUF_INIT(1u << 16);
    for (unsigned k = 0; k < GOOD_WORDS; k++)
        buf_add(&b, good_word(a, k));
    buf_str(&b, "\r\n");
    struct slice s = arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return s;
}

/* The lowest score that spam has after each attack. */
struct outcome {
    double plain, words, headers, both;
};

static struct outcome attack(struct arena *a, const struct trainer *t)
{
    struct outcome out = {INFINITY, INFINITY, INFINITY, INFINITY};
    struct slice words = good_words(a);
    for (uint64_t i = 0; i < TRIED; i++) {
        struct message *spam = with_program(a, true, 1000 + i);
        struct message *headers = attack_add_headers(a, spam, with_program(a, false, i));
        struct message *both = attack_add_text(a, headers, words, true);
        out.plain = fmin(out.plain, score_of(t, a, spam));
        out.words = fmin(out.words, score_of(t, a, attack_add_text(a, spam, words, false)));
        out.headers = fmin(out.headers, score_of(t, a, headers));
        out.both = fmin(out.both, score_of(t, a, both));
    }
    return out;
}

static void test_attacks_fail(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct trainer *t = open_trainer();
    for (uint64_t i = 0; i < LESSONS; i++) {
        learn(t, a, false, i);
        learn(t, a, true, i);
    }
    double highest = -INFINITY;
    for (uint64_t i = 0; i < TRIED; i++)
        highest = fmax(highest, score_of(t, a, with_program(a, false, 1000 + i)));
    struct outcome o = attack(a, t);
    printf("# spam from %.2f, behind good words %.2f, borrowed headers %.2f, both %.2f; "
           "ham to %.2f\n",
           o.plain, o.words, o.headers, o.both, highest);
    double middle = (o.plain + highest) / 2.0;
    assert_true(o.words > middle);
    assert_true(o.headers > middle);
    assert_true(o.both > (middle + highest) / 2.0);
    trainer_close(t);
    arena_free(a);
}

/* No channel may vouch for a message without end. */
static void test_floors(void **state)
{
    (void)state;
    struct fusion f;
    fusion_init(&f);
    double spam[CHANNELS] = {4.0, 0.0, 0.0, 0.0};
    double dressed[CHANNELS] = {4.0, -40.0, -40.0, 0.0};
    assert_true(fusion_logit(&f, dressed) > 0.0);
    assert_true(fusion_logit(&f, spam) - fusion_logit(&f, dressed) < 3.0);
    for (int c = 0; c < CHANNELS; c++) {
        bool is_floored;
        assert_true(fusion_evidence((enum channel)c, -1000.0, &is_floored) >= -FUSION_CLIP);
        assert_true(is_floored);
        double most = c == CHANNEL_FACTS ? 2.0 : 5.0; /* a sender's other mail is no verdict */
        assert_true(fusion_evidence((enum channel)c, 5.0, &is_floored) == most);
        assert_false(is_floored);
    }
}

/* The changed messages are what they say they are. */
static void test_attack_mail(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct message *spam = with_program(a, true, 1), *ham = with_program(a, false, 1);
    struct message *m = attack_add_headers(a, spam, ham);
    assert_non_null(header_find(&m->headers, "List-Id", NULL));
    assert_non_null(header_find(&m->headers, "X-Priority", NULL));
    assert_true(slice_eq(m->text, spam->text));
    m = attack_forge_headers(a, spam, ham);
    assert_null(header_find(&m->headers, "X-Priority", NULL));
    assert_true(slice_eq(header_find(&m->headers, "From", NULL)->text,
                         header_find(&ham->headers, "From", NULL)->text));
    assert_true(slice_eq(m->subject, spam->subject));
    assert_true(slice_eq(m->text, spam->text));
    m = attack_add_text(a, spam, SLICE("kind words\r\n"), false);
    assert_true(slice_istarts(m->text, SLICE("kind words")));
    struct message *closed = message_parse(
        a, SLICE("Content-Transfer-Encoding: base64\r\n\r\naGVsbG8gdGhlcmU=\r\n"), NULL);
    assert_null(attack_add_text(a, closed, SLICE("kind\r\n"), false));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attacks_fail),
        cmocka_unit_test(test_floors),
        cmocka_unit_test(test_attack_mail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
