/* Speed of the classifier from memory, on one core: reads labelled mail once, then times each
 * stage over all of it. Usage: classify INDEX [MESSAGES]. CPU time, so that other load on the
 * machine disturbs little. */
#include "base/clock.h"
#include "learn/eval_index.h"
#include "learn/fingerprint.h"
#include "learn/trainer.h"

#include <stdio.h>
#include <stdlib.h>

struct stage {
    const char *name;
    int64_t us;
};

enum { READ, PARSE, FEATURES, SCORE, FINGERPRINT, DIGEST, LEARN, PACK, STAGES };

static struct stage stages[STAGES] = {[READ] = {"read file", 0},
                                      [PARSE] = {"parse", 0},
                                      [FEATURES] = {"features", 0},
                                      [SCORE] = {"score", 0},
                                      [FINGERPRINT] = {"fingerprint", 0},
                                      [DIGEST] = {"digest", 0},
                                      [LEARN] = {"learn", 0},
                                      [PACK] = {"pack lesson", 0}};

static int64_t last;

static void lap(int stage)
{
    int64_t now = clock_cpu_us();
    stages[stage].us += now - last;
    last = now;
}

/* Stages run in blocks of messages: a lap per message would measure the clock. */
#define BLOCK 100

struct block {
    struct arena *arena;
    struct slice raw[BLOCK];
    struct message *m[BLOCK];
    struct lesson lesson[BLOCK];
    size_t n;
};

static void one_block(struct trainer *t, struct block *b)
{
    static const unsigned char key[16] = {1};
    struct class_score score;
    struct buf packed = BUF_INIT(1u << 20);
    last = clock_cpu_us();
    for (size_t i = 0; i < b->n; i++)
        b->m[i] = message_parse(b->arena, b->raw[i], NULL);
    lap(PARSE);
    for (size_t i = 0; i < b->n; i++)
        features_extract(b->arena, b->m[i], NULL, FEATURES_ALL, &b->lesson[i].features);
    lap(FEATURES);
    for (size_t i = 0; i < b->n; i++)
        classifier_score(trainer_classifier(t), &b->lesson[i].features, NULL, &score);
    lap(SCORE);
    for (size_t i = 0; i < b->n; i++)
        fingerprint_make(b->arena, b->m[i], &b->lesson[i].fingerprint);
    lap(FINGERPRINT);
    for (size_t i = 0; i < b->n; i++)
        message_digest(b->m[i], key, b->lesson[i].digest);
    lap(DIGEST);
    for (size_t i = 0; i < b->n; i++)
        trainer_learn(t, &b->lesson[i], NULL, NULL);
    lap(LEARN);
    for (size_t i = 0; i < b->n; i++) {
        buf_reset(&packed);
        lesson_pack(&b->lesson[i], &packed);
    }
    lap(PACK);
    buf_fini(&packed);
}

static int run(const struct index_file *index, size_t most)
{
    struct err e = {0};
    struct trainer *t;
    struct block b = {.arena = arena_new(0)};
    size_t n = index->n < most ? index->n : most, bytes = 0;
    if (trainer_open(NULL, NULL, TRAINER_SLOTS, &e, &t) < 0)
        return 3;
    for (size_t i = 0; i < n;) {
        arena_reset(b.arena);
        last = clock_cpu_us();
        for (b.n = 0; b.n < BLOCK && i < n; b.n++, i++) {
            const struct index_line *line = &index->lines[i];
            if (index_slurp(b.arena, line->path, 1u << 26, &e, &b.raw[b.n]) < 0) {
                fprintf(stderr, "%s\n", e.text);
                return 3;
            }
            bytes += b.raw[b.n].n;
            b.lesson[b.n] = (struct lesson){.label = line->is_spam ? LABEL_SPAM : LABEL_HAM,
                                            .trust = TRUST_ADMIN};
        }
        lap(READ);
        one_block(t, &b);
    }
    double count = (double)n;
    for (int s = 0; s < STAGES; s++)
        printf("%-12s %7.1f us a message\n", stages[s].name, (double)stages[s].us / count);
    int64_t classify = stages[PARSE].us + stages[FEATURES].us + stages[SCORE].us;
    int64_t teach = classify + stages[LEARN].us + stages[PACK].us + stages[FINGERPRINT].us +
                    stages[DIGEST].us;
    printf("%zu messages, mean %.0f bytes: classify %.0f a second, learn %.0f a second\n", n,
           (double)bytes / count, count / ((double)classify / 1e6), count / ((double)teach / 1e6));
    trainer_close(t);
    arena_free(b.arena);
    return 0;
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct index_file index;
    struct arena *a = arena_new(0);
    if (argc < 2) {
        fprintf(stderr, "usage: classify INDEX [MESSAGES]\n");
        return 2;
    }
    if (index_read(a, argv[1], &e, &index) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 3;
    }
    uint64_t most = SIZE_MAX;
    if (argc > 2 && !slice_u64(slice_str(argv[2]), &most)) {
        fprintf(stderr, "classify: \"%s\" is no number\n", argv[2]);
        return 2;
    }
    int rc = run(&index, (size_t)most);
    arena_free(a);
    return rc;
}
