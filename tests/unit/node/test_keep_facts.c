/* Lessons and what was verified of their senders: keeper takes it from its own history, and it
 * comes and goes with the lesson. */
#include "../journal/helpers.h"
#include "base/clock.h"
#include "node/keep.h"
#include "node/keep_facts.h"

struct site {
    struct arena *arena;
    struct conf *conf;
    struct keep keep;
    struct buf out;
};

static void open_site(struct site *s, const char *dir, bool rebuild)
{
    *s = (struct site){.arena = arena_new(0), .out = BUF_INIT(1 << 20)};
    struct slice text = arena_printf(s->arena, "data = \"%s/data\"\nbase_model = \"/none\"\n", dir);
    OK(conf_parse(s->arena, node_tables(), text, "test", NULL, &test_err, &s->conf));
    OK(keep_open(s->arena, s->conf, rebuild, &test_err, &s->keep));
}

static void close_site(struct site *s)
{
    keep_close(&s->keep);
    buf_fini(&s->out);
    arena_free(s->arena);
}

static struct features features_of(struct site *s, const char *network, const char *domain)
{
    struct facts f = {0};
    struct features out = {0};
    facts_add(&f, FACT_NETWORK, slice_str(network));
    facts_add(&f, FACT_AUTHOR, slice_str(domain));
    facts_features(s->arena, &f, &out);
    return out;
}

/* The nth message was scanned, with these facts (domain NULL: nothing was verified). */
static void scanned(struct site *s, unsigned nth, const char *network, const char *domain)
{
    static unsigned n;
    char id[37];
    struct buf facts = BUF_INIT(FACTS_BYTES);
    snprintf(id, sizeof(id), "%08x-0000-7000-8000-000000000000", ++n);
    struct record_scan r = {
        .id = slice_str(id), .at_us = clock_now_us(), .json = SLICE("{\"findings\":[]}")};
    if (domain) {
        struct features f = features_of(s, network, domain);
        facts_pack(&f, &facts);
        r.facts = buf_slice(&facts);
    }
    r.digest[0] = (unsigned char)nth;
    keep_scanned(&s->keep, &r);
    buf_fini(&facts);
}

/* label -1: takes it back. lie: facts that the lesson's maker put into it. Else it is empty: where
 * weights lie is drawn anew with each site, and nothing may lie on those of the facts. */
static void teach(struct site *s, unsigned nth, int label, const struct features *lie)
{
    struct record_lesson r = {.who = {.is_local_peer = true, .uid = geteuid()}, .label = label};
    struct lesson l = {.label = label > 0 ? LABEL_SPAM : LABEL_HAM};
    uint32_t status = 0;
    if (lie)
        l.features = *lie;
    struct buf packed = BUF_INIT(1 << 20);
    lesson_pack(&l, &packed);
    r.digest[0] = (unsigned char)nth;
    r.lesson = buf_slice(&packed);
    buf_reset(&s->out);
    (label < 0 ? keep_unlearn : keep_learn)(&s->keep, &r, &status, &s->out);
    if (status != 200)
        fail_msg("%u %s", status, buf_cstr(&s->out));
    buf_fini(&packed);
}

static double sum_of(struct site *s, const char *network, const char *domain)
{
    struct features f = features_of(s, network, domain);
    struct class_score score;
    classifier_score(trainer_classifier(s->keep.trainer), &f, NULL, &score);
    return score.z[CHANNEL_FACTS];
}

static void lessons(void **state)
{
    struct site s;
    open_site(&s, *state, false);
    scanned(&s, 1, "192.0.2.0/24", "good.example");
    teach(&s, 1, LABEL_HAM, NULL);
    double good = sum_of(&s, "192.0.2.0/24", "good.example");
    assert_true(good < 0.0);
    assert_true(sum_of(&s, "203.0.113.0/24", "good.example") < 0.0);
    assert_true(sum_of(&s, "203.0.113.0/24", "evil.example") == 0.0);

    /* Nothing is believed that this node did not see: not of a message that it never scanned, not
     * of one of which nothing could be verified, not what the lesson says of itself. */
    struct features lie = features_of(&s, "203.0.113.0/24", "evil.example");
    teach(&s, 2, LABEL_HAM, &lie);
    scanned(&s, 3, NULL, NULL);
    teach(&s, 3, LABEL_HAM, &lie);
    assert_true(sum_of(&s, "203.0.113.0/24", "evil.example") == 0.0);

    /* The same lesson again from the journal. */
    uint64_t hash = trainer_hash(s.keep.trainer);
    close_site(&s);
    open_site(&s, *state, true);
    assert_true(trainer_hash(s.keep.trainer) == hash);

    /* Taking back needs no history: scans that came since change nothing. */
    scanned(&s, 1, "198.51.100.0/24", "else.example");
    teach(&s, 1, -1, NULL);
    assert_true(sum_of(&s, "192.0.2.0/24", "good.example") == 0.0);
    assert_true(sum_of(&s, "198.51.100.0/24", "else.example") == 0.0);
    hash = trainer_hash(s.keep.trainer);
    close_site(&s);
    open_site(&s, *state, true);
    assert_true(trainer_hash(s.keep.trainer) == hash);
    close_site(&s);
}

/* A copy that somebody sends on from elsewhere teaches nothing about where it came from. */
static void copies(void **state)
{
    struct site s;
    open_site(&s, *state, false);
    scanned(&s, 1, "192.0.2.0/24", "good.example");
    scanned(&s, 1, "203.0.113.0/24", "good.example");
    scanned(&s, 1, NULL, NULL); /* not known: does not count against the others */
    teach(&s, 1, LABEL_HAM, NULL);
    double both = sum_of(&s, "192.0.2.0/24", "good.example");
    assert_true(both < 0.0);
    assert_true(both == sum_of(&s, "203.0.113.0/24", "good.example"));
    assert_true(sum_of(&s, "203.0.113.0/24", "evil.example") == 0.0);
    assert_true(sum_of(&s, "192.0.2.0/24", "evil.example") == 0.0);

    /* To the other side: the earlier lesson goes with its facts. */
    scanned(&s, 2, "198.51.100.0/24", "bad.example");
    teach(&s, 2, LABEL_HAM, NULL);
    assert_true(sum_of(&s, "198.51.100.0/24", "bad.example") < 0.0);
    teach(&s, 2, LABEL_SPAM, NULL);
    assert_true(sum_of(&s, "198.51.100.0/24", "bad.example") > 0.0);
    uint64_t hash = trainer_hash(s.keep.trainer);
    close_site(&s);
    open_site(&s, *state, true);
    assert_true(trainer_hash(s.keep.trainer) == hash);
    close_site(&s);
}

/* What is verified of a message is known before its scan is in the archive, without a commit, also
 * where so many scans came since the last one that there is no room for them. */
static void not_yet_folded(void **state)
{
    struct site s;
    struct buf facts = BUF_INIT(FACTS_BYTES);
    unsigned char first[16] = {1}, last[16] = {2}, never[16] = {4};
    open_site(&s, *state, false);
    scanned(&s, 1, "192.0.2.0/24", "good.example");
    uint64_t folded = archive_upto(store_archive(s.keep.store));
    keep_facts_of(&s.keep, first, &facts);
    assert_true(facts.n > 0);
    assert_int_equal(archive_upto(store_archive(s.keep.store)), folded);
    for (unsigned i = 0; i < 30000 && !s.keep.fresh.full; i++)
        scanned(&s, 3, "192.0.2.0/24", "good.example");
    assert_true(s.keep.fresh.full);
    scanned(&s, 2, "203.0.113.0/24", "other.example");
    const unsigned char *known[] = {first, last};
    for (size_t i = 0; i < 2; i++) {
        buf_reset(&facts);
        keep_facts_of(&s.keep, known[i], &facts);
        assert_true(facts.n > 0);
    }
    struct buf none = BUF_INIT(FACTS_BYTES), empty = BUF_INIT(FACTS_BYTES);
    struct features nothing = {0};
    keep_facts_of(&s.keep, never, &none);
    facts_pack(&nothing, &empty);
    assert_true(slice_eq(buf_slice(&none), buf_slice(&empty)));
    buf_fini(&none);
    buf_fini(&empty);
    buf_fini(&facts);
    close_site(&s);
}

static double tags_of(struct site *s, const struct features *f)
{
    struct class_score score;
    classifier_score(trainer_classifier(s->keep.trainer), f, NULL, &score);
    return score.z[CHANNEL_TAGS];
}

/* The copy that is handed in to take a lesson back may differ from the one that was learned; and
 * one that the journal holds from before that was known stops nothing. */
static void other_copy(void **state)
{
    struct site s;
    uint32_t tags[] = {11, 12, 13, 14}, others[] = {11, 13, 99};
    struct features learned = {.of = {tags}, .n = {4}}, copy = {.of = {others}, .n = {3}};
    open_site(&s, *state, false);
    teach(&s, 1, LABEL_HAM, &learned);
    assert_true(tags_of(&s, &learned) < 0.0);
    teach(&s, 1, -1, &copy);
    assert_true(tags_of(&s, &learned) == 0.0);

    teach(&s, 2, LABEL_HAM, &learned);
    struct lesson l = {.features = copy};
    struct buf packed = BUF_INIT(1 << 20);
    lesson_pack(&l, &packed);
    struct event ev = {.kind = EVENT_UNLEARNED};
    ev.unlearned.digest[0] = 2;
    ev.unlearned.learned_seq = journal_last(store_journal(s.keep.store));
    ev.unlearned.lesson = buf_slice(&packed);
    OK(store_append(s.keep.store, &ev, &test_err, NULL));
    OK(store_commit(s.keep.store, true, &test_err));
    assert_false(store_is_behind(s.keep.store));
    buf_fini(&packed);

    teach(&s, 3, LABEL_SPAM, &copy); /* what comes after it is learned */
    assert_true(tags_of(&s, &copy) > tags_of(&s, &learned));
    uint64_t hash = trainer_hash(s.keep.trainer);
    close_site(&s);
    open_site(&s, *state, true);
    assert_true(trainer_hash(s.keep.trainer) == hash);
    close_site(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lessons, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(copies, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(not_yet_folded, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(other_copy, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
