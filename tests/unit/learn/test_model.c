/* The model's files: what is damaged is refused with one clear line naming the file. */
#include "learn/classifier_internal.h"
#include "learn/trainer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define SLOTS (1u << 12)

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/muster-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void make_snapshot(const char *path)
{
    struct err e = {0};
    struct trainer *t;
    assert_int_equal(trainer_open(NULL, path, SLOTS, &e, &t), 0);
    uint32_t words[3] = {11, 22, 33};
    struct lesson l = {.label = LABEL_SPAM, .trust = TRUST_ADMIN};
    l.features.of[CHANNEL_TEXT] = words;
    l.features.n[CHANNEL_TEXT] = 3;
    l.features.n_first[CHANNEL_TEXT] = 3;
    trainer_learn(t, &l, NULL, NULL);
    assert_int_equal(trainer_sync(t, 7, &e), 0);
    trainer_close(t);
}

static void change_byte(const char *path, long at)
{
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    fseek(f, at, SEEK_SET);
    int c = fgetc(f);
    fseek(f, at, SEEK_SET);
    fputc(c ^ 0x41, f);
    fclose(f);
}

static void test_damage(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        long at, cut;
        const char *says;
    } cases[] = {
        {"magic", 0, 0, "not a model"},   {"version", 8, 0, "version"},
        {"salt", 26, 0, "checksum"},      {"state", 60, 0, "checksum"},
        {"weights", 5000, 0, "checksum"}, {"short", -1, 6000, "cut off"},
        {"tiny", -1, 10, "cut off"},      {"empty", -1, 0, "cut off"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = path_of(cases[i].name);
        make_snapshot(path);
        char live[160];
        model_live_path(path, live, sizeof live);
        unlink(live);
        if (cases[i].at >= 0)
            change_byte(path, cases[i].at);
        else
            assert_int_equal(truncate(path, cases[i].cut), 0);
        struct err e = {0};
        struct classifier *c = NULL;
        struct trainer *t = NULL;
        assert_int_equal(classifier_open(NULL, path, &e, &c), ERR_CORRUPT);
        assert_non_null(strstr(e.text, path));
        assert_non_null(strstr(e.text, cases[i].says));
        assert_null(strchr(e.text, '\n'));
        assert_int_equal(trainer_open(NULL, path, SLOTS, &e, &t), ERR_CORRUPT);
        assert_non_null(strstr(e.text, path));
    }
}

static void test_live(void **state)
{
    (void)state;
    const char *path = path_of("site");
    struct err e = {0};
    make_snapshot(path);
    struct trainer *t, *second;
    struct classifier *c;
    assert_int_equal(trainer_open(NULL, path, SLOTS, &e, &t), 0);
    assert_int_equal(trainer_upto(t), 7);
    assert_int_equal(trainer_open(NULL, path, SLOTS, &e, &second), ERR_DENIED);
    assert_int_equal(classifier_open(NULL, path, &e, &c), 0);

    uint32_t words[2] = {77, 78};
    struct lesson l = {.label = LABEL_SPAM, .trust = TRUST_ADMIN};
    l.features.of[CHANNEL_TEXT] = words;
    l.features.n[CHANNEL_TEXT] = l.features.n_first[CHANNEL_TEXT] = 2;
    struct class_score before, after;
    classifier_score(c, &l.features, NULL, &before);
    trainer_learn(t, &l, NULL, NULL);
    classifier_score(c, &l.features, NULL, &after);
    assert_true(after.logit > before.logit); /* a reader sees it at once */
    trainer_close(t);

    /* What was not saved is gone at the next start; the journal brings it back. */
    assert_int_equal(trainer_open(NULL, path, SLOTS, &e, &t), 0);
    classifier_score(trainer_classifier(t), &l.features, NULL, &after);
    assert_true(after.logit < before.logit + 0.01);
    trainer_close(t);
    classifier_close(c);
}

static void assert_brief(const struct model *m, int least_not_0)
{
    int not_0 = 0;
    for (uint32_t i = 0; i <= m->mask; i++) {
        double exact = (double)m->cells[i].w / MODEL_ONE;
        assert_true(fabs(model_weight(m, i) - exact) <= 0.5 / MODEL_BRIEF_ONE);
        not_0 += m->brief[i] != 0;
    }
    assert_true(not_0 >= least_not_0);
}

/* Brief weights follow the cells through all that changes these. */
static void test_brief(void **state)
{
    (void)state;
    struct err e = {0};
    struct trainer *t;
    const char *path = path_of("brief.model");
    assert_int_equal(trainer_open(NULL, path, SLOTS, &e, &t), 0);
    const struct model *live = &trainer_classifier(t)->site;
    assert_brief(live, 0);
    uint32_t words[100];
    struct lesson l = {.trust = TRUST_ADMIN, .at_us = 1700000000ll * 1000000};
    l.features.of[CHANNEL_TEXT] = words;
    l.features.n[CHANNEL_TEXT] = l.features.n_first[CHANNEL_TEXT] = 100;
    struct buf undo = BUF_INIT(1u << 20);
    for (uint32_t i = 0; i < 40; i++) {
        for (uint32_t k = 0; k < 100; k++)
            words[k] = (i * 7 + k) * 2654435761u;
        l.label = i % 2 ? LABEL_SPAM : LABEL_HAM;
        buf_reset(&undo);
        trainer_learn(t, &l, NULL, &undo);
        assert_brief(live, 50);
    }
    assert_int_equal(trainer_unlearn(t, &l, buf_slice(&undo), NULL, &e), 0);
    assert_brief(live, 50);
    l.at_us += 300ll * 86400 * 1000000; /* the weights fade meanwhile */
    trainer_learn(t, &l, NULL, NULL);
    assert_brief(live, 50);
    assert_int_equal(trainer_sync(t, 1, &e), 0);

    struct model at_rest;
    assert_int_equal(model_map(path, &e, &at_rest), 0);
    assert_brief(&at_rest, 50);
    assert_memory_equal(at_rest.brief, live->brief, SLOTS * sizeof *live->brief);
    model_close(&at_rest);
    trainer_reset(t);
    assert_brief(live, 0);
    assert_int_equal(trainer_load(t, path, &e), 0);
    assert_brief(&trainer_classifier(t)->site, 50);
    trainer_close(t);

    /* What a file of somebody else holds stays within bounds. */
    struct model m;
    model_new(MODEL_SLOTS_MIN, NULL, &m);
    m.cells[0].w = INT32_MAX;
    m.cells[1].w = INT32_MIN;
    model_brief_all(&m);
    assert_true(model_weight(&m, 0) > 19.9 && model_weight(&m, 0) < 20.1);
    assert_true(model_weight(&m, 1) < -19.9 && model_weight(&m, 1) > -20.1);
    model_close(&m);
    buf_fini(&undo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_brief),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
