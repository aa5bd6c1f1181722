/* evidence: what stands in texts, at whatever place it stands: texts are read 64 bytes at a time,
 * and words begin and end anywhere in them. */
#include "base/rand.h"
#include "evidence/families.h"
#include "evidence/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

/* The finding's detail and points, "" for none; in the arena. */
static struct slice disguise(struct arena *a, struct slice text)
{
    struct findings all = {.arena = a};
    struct message m = {.arena = a, .text = text};
    struct evidence e = {.arena = a, .rules = rules_default(), .m = &m, .all = &all};
    look_for_disguise(&e);
    const struct finding *f = all.first;
    return f ? arena_printf(a, "%.*s %.3f", SLICE_ARG(f->detail), f->points) : SLICE("");
}

static const char *const WORDS[] = {
    "the",
    "via",
    "viagra",
    "Viagra",
    "v.i.a.g.r.a",
    "Vlagra",
    "viarga",
    "(viagra",
    "V1AGRA.",
    "vi@gra",
    "a",
    "V",
    "I",
    "G",
    "R",
    "A.",
    "-",
    "...",
    "meet",
    "enhan(ement",
    "soft-ware",
    "softw4re",
    "19.95",
    "don't",
    "c1a1is",
    "cialis",
    "ciails",
    "viiiiiiiagra",
    "viiiiiiiagra.",
    "\xc3\xa9v1agra",
    "v1agra\xc3\xa9",
    "v1\xc3\xa9gra",
    "me*di*cat*ion",
    "x_a_n_a_x",
    "p-h-a-r-m-a-c-y-p-h-a-r-m-a-c-y-",
};

/* Words parted by what is no word; each at its own place in a block of 64, or all close. */
static struct slice joined(char *out, const unsigned char *pick, size_t n, size_t gap)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        struct slice w = slice_str(WORDS[pick[i]]);
        memcpy(out + at, w.p, w.n);
        at += w.n;
        size_t end = gap ? at + gap : (at / 64 + 1) * 64;
        while (at < end)
            at++, out[at - 1] = " ,\n;"[at % 4];
    }
    return slice_of(out, at);
}

static void places(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    uint64_t seed = 7;
    size_t found = 0;
    for (int round = 0; round < 20000; round++) {
        char room[2048], apart[2048];
        unsigned char pick[16];
        size_t n = 1 + rand_next(&seed) % sizeof pick;
        for (size_t i = 0; i < n; i++)
            pick[i] = (unsigned char)(rand_next(&seed) % (sizeof WORDS / sizeof *WORDS));
        size_t shift = rand_next(&seed) % 70;
        memset(room, ' ', shift);
        struct slice near = joined(room + shift, pick, n, 1 + rand_next(&seed) % 3);
        struct slice want = disguise(a, joined(apart, pick, n, 0));
        near.n -= rand_next(&seed) % 2; /* a word may end with the text */
        struct slice is = disguise(a, slice_of(room, shift + near.n));
        if (!slice_eq(is, want))
            fail_msg("%.*s: \"%.*s\", want \"%.*s\"", SLICE_ARG(near), SLICE_ARG(is),
                     SLICE_ARG(want));
        found += want.n != 0;
        arena_reset(a);
    }
    assert_in_range(found, 5000, 19999);
    arena_free(a);
}

static void disguises(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {"viagra", ""},
        {"(viagra)", ""},
        {"vlagra", "vlagra"},
        {"viarga", "viarga"},
        {"viiiiiiagra", ""},
        {"viiiiiiagra.", "viiiiiiagra"},
        {"softvvare soft-ware cassino symbool", ""},
        {"softw4re", "softw4re"},
        {"v.i.a.g.r.a", "v.i.a.g.r.a"},
        {"V I A G R A", "VIAGRA"},
        {"V. I. A. G. R. A.", "VIAGRA"},
        {"V I A a thing G R A", ""},
        {"V I A \xc3\xa9\xc3\xa9 G R A", "VIAGRA"},
        {"v1agra\xc3\xa9", ""},
        {"2001-10-12 19.95 don't www.a.example", ""},
        {"v-i-a-g-r-a-v-i-a-g-r-a-v-i-a-g-r-a", ""},
    };
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice is = disguise(a, slice_str(cases[i].text));
        size_t end = slice_rchr(is, ' ');
        is = slice_head(is, end == SIZE_MAX ? 0 : end);
        if (!slice_eq(is, slice_str(cases[i].want)))
            fail_msg("%s: \"%.*s\"", cases[i].text, SLICE_ARG(is));
    }
    arena_free(a);
}

/* A payment address is found wherever it stands, behind words of any length, and not as a part of
 * a longer one. */
static void coins(void **state)
{
    (void)state;
    static const char address[] = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";
    static const size_t before[] = {0, 1, 24, 25, 26, 27, 37, 38, 39, 63, 64, 65, 100, 128, 200};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < 15 * 140 * 2; i++) {
        char text[512];
        size_t n = i / 2 % 140, word = before[i / 280];
        bool is_glued = i % 2;
        memset(text, ' ', n);
        memset(text + n, 'x', word);
        n += word;
        if (is_glued)
            text[n++] = 'y';
        else
            text[n++] = '-';
        memcpy(text + n, address, sizeof address - 1);
        n += sizeof address - 1;
        struct findings all = {.arena = a};
        struct message m = {.arena = a, .text = slice_of(text, n)};
        struct phrase_hits none = {0};
        struct evidence e = {
            .arena = a, .rules = rules_default(), .m = &m, .phrases = &none, .all = &all};
        family_scam(&e);
        const struct finding *f = finding_find(&all, "scam_coin_address");
        assert_int_equal(f != NULL, !is_glued);
        assert_true(!f || slice_eq(f->detail, slice_of(address, sizeof address - 1)));
        arena_reset(a);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(places), cmocka_unit_test(disguises),
                                       cmocka_unit_test(coins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
