/* Properties of the evaluator over all shipped profiles: nothing is said from absence, facts never
 * turn one definite answer into the other, the same question has the same bytes for an answer. */
#include "law/compare.h"
#include "base/json.h"
#include "base/rand.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 400

static const struct law_library *lib;
static size_t passed, failed;

static void check(bool ok, const struct law *law, const char *what, unsigned rule)
{
    if (ok) {
        passed++;
        return;
    }
    if (failed++ < 20)
        printf("%s %s, %s: %s\n", law_code_of(law), law_version_of(law), law_rule_name(law, rule),
               what);
}

static int words_of(const char *words)
{
    int n = 0;
    while (law_word(words, n).n)
        n++;
    return n;
}

static void draw(const struct law *law, struct law_facts *f, uint64_t *state)
{
    static const char *const subjects[] = {"News", "AD News", "<ADV> x", ""};
    law_facts_init(f);
    for (int i = 0; i < LAW_FACTS; i++) {
        const struct law_fact_info *info = law_fact_info((enum law_fact)i);
        uint64_t r = rand_next(state) >> 8;
        if (info->type == LAW_TRI)
            f->v[i] = (int32_t)(r % 2);
        else if (info->type == LAW_WORD)
            f->v[i] = (int32_t)(r % (uint64_t)words_of(info->words));
        else if (info->type == LAW_INT)
            f->v[i] = (int32_t)(r % 3 ? r % 40 : r % 20000);
        else if (info->type == LAW_DATE)
            f->v[i] = 19500 + (int32_t)(r % 1300);
        else if (info->type == LAW_TIME)
            f->v[i] = (int32_t)(r % 1440);
        else
            f->v[i] = law_code(r % 4 ? slice_str(law_code_of(law)) : SLICE("XX"));
    }
    if (rand_next(state) % 2) /* one of them: both together may contradict each other */
        f->v[LAW_FACT_HONOUR_DAYS] = LAW_UNKNOWN;
    else
        f->v[LAW_FACT_HONOUR_BUSINESS_DAYS] = LAW_UNKNOWN;
    if (rand_next(state) % 3)
        f->v[LAW_FACT_MEDIUM] = LAW_EMAIL;
    if (rand_next(state) % 2) /* a confirmed consent that cannot be shown contradicts itself */
        f->v[LAW_FACT_CONSENT_PROOF] = f->v[LAW_FACT_CONSENT_CONFIRMED];
    else
        f->v[LAW_FACT_CONSENT_CONFIRMED] = LAW_UNKNOWN;
    f->subject = slice_str(subjects[rand_next(state) % 4]);
    f->body = SLICE("Hello");
    f->v[LAW_FACT_LABEL_SEEN] = LAW_UNKNOWN; /* the texts are at hand */
}

static void test_absence(const struct law *law, int32_t day)
{
    struct law_facts f;
    struct law_result r;
    law_facts_init(&f);
    law_eval(law, &f, day, &r);
    check(r.answer == LAW_CANT_TELL, law, "an answer from nothing", 0);
    for (uint32_t i = 0; i < r.n; i++)
        check(r.findings[i].answer == LAW_CANT_TELL, law, "an answer from nothing",
              r.findings[i].rule);
}

/* Takes facts away one by one: what is still answered must be answered as before. */
static void test_monotone(const struct law *law, int32_t day, uint64_t *state)
{
    struct law_facts f;
    struct law_result more, less;
    draw(law, &f, state);
    law_eval(law, &f, day, &more);
    for (int step = 0; step < 30; step++) {
        f.v[rand_next(state) % LAW_FACTS] = LAW_UNKNOWN;
        if (rand_next(state) % 20 == 0)
            f.subject = f.body = (struct slice){0};
        law_eval(law, &f, day, &less);
        for (uint32_t i = 0; i < less.n; i++)
            check(less.findings[i].answer == LAW_CANT_TELL ||
                      less.findings[i].answer == more.findings[i].answer,
                  law, "a fact turns the answer", less.findings[i].rule);
        check(less.answer != LAW_VIOLATION || more.answer == LAW_VIOLATION, law,
              "a fact takes a violation back", 0);
        check(less.answer != LAW_NO_VIOLATION || more.answer == LAW_NO_VIOLATION, law,
              "a fact turns all of it", 0);
        more = less;
    }
}

/* Byte-equal answers, by whichever way they are asked; missing facts only with "can't tell". */
static void test_same(const struct law *law, int32_t day, uint64_t *state)
{
    struct buf one = BUF_INIT(1 << 20), two = BUF_INIT(1 << 20);
    struct law_facts f;
    struct law_result r;
    struct law_plan plan;
    draw(law, &f, state);
    struct json j = JSON_INIT(&one);
    law_eval(law, &f, day, &r);
    law_result_json(law, &r, &f, NULL, &j);
    law_plan_init(&plan, law, &f, day);
    memset(&r, 0xff, sizeof r);
    law_plan_row(&plan, &f, &r);
    j = JSON_INIT(&two);
    law_result_json(law, &r, &f, NULL, &j);
    check(slice_eq(buf_slice(&one), buf_slice(&two)), law, "two answers to one question", 0);
    for (uint32_t i = 0; i < r.n; i++) {
        const struct law_finding *x = &r.findings[i];
        check((x->answer == LAW_CANT_TELL && x->why == LAW_WHY_MISSING) ==
                  !law_set_empty(&x->missing),
              law, "missing facts beside a definite answer, or none where some are missing",
              x->rule);
        struct buf repair = BUF_INIT(4096);
        law_repair(law, x, &repair);
        check((x->answer == LAW_VIOLATION) == (repair.n > 0), law, "a violation without a repair",
              x->rule);
        buf_fini(&repair);
    }
    buf_fini(&one);
    buf_fini(&two);
}

/* What no law in force says never fails; a low profile never decides. */
static void test_force(const struct law *law, int32_t day, uint64_t *state)
{
    struct law_facts f;
    struct law_result r;
    draw(law, &f, state);
    law_eval(law, &f, day, &r);
    if (!law_in_force(law))
        check(r.force < LAW_FAIL, law, "fails without a law in force", 0);
    if (law_kind_of(law) <= LAW_KIND_FLOOR && law_confidence_of(law) == LAW_LOW)
        check(r.answer == LAW_CANT_TELL || r.link == LAW_LINK_NONE, law, "a low profile decides",
              0);
    for (uint32_t i = 0; i < r.n; i++)
        check(r.findings[i].force <= (enum law_force)law_rule_confidence(law, r.findings[i].rule),
              law, "more force than confidence", r.findings[i].rule);
}

int main(void)
{
    struct law_library *opened;
    struct err e = {0};
    uint64_t state = 42;
    const char *source = getenv("MUSTER_SOURCE");
    char kits[4096];
    snprintf(kits, sizeof kits, "%s/kits/law", source ? source : ".");
    if (law_library_open(&opened, NULL, &e) < 0 ||
        law_library_add_dir(opened, kits, NULL, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    lib = opened;
    for (size_t i = 0; i < law_count(lib); i++) {
        const struct law *law = law_get(lib, i);
        int32_t day = law_from(law) == LAW_UNKNOWN ? 20700 : law_from(law);
        test_absence(law, day);
        for (int k = 0; k < ROUNDS; k++) {
            test_monotone(law, day, &state);
            test_same(law, day, &state);
            test_force(law, day, &state);
        }
    }
    printf("law properties: %zu passed, %zu failed, 0 skipped\n", passed, failed);
    law_library_free(opened);
    return failed != 0;
}
