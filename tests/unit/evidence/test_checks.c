/* evidence: small messages and the checks that they must and must not hit. The cases stand in
 * tests/evidence/checks.txt, so that anyone can add one. */
#include "base/buf.h"
#include "evidence/check.h"
#include "mail/message.h"
#include "mail/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static struct slice read_cases(struct arena *a)
{
    const char *root = getenv("MUSTER_SOURCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/evidence/checks.txt", root ? root : ".");
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("cannot open %s", path);
    char *p = arena_bytes(a, 1 << 20);
    size_t n = fread(p, 1, 1 << 20, f);
    fclose(f);
    return slice_of(p, n);
}

/* One case: wanted and unwanted checks, then the mail. */
static void run_case(struct slice title, struct slice want, struct slice mail)
{
    struct arena *a = arena_new(0);
    struct envelope env = {0};
    struct findings all = {.arena = a};
    struct evidence_carried whole = {.m = message_parse(a, mail, NULL)};
    struct message *own = message_own(a, whole.m);
    struct evidence e = {.arena = a,
                         .m = own ? own : whole.m,
                         .carried = own ? &whole : NULL,
                         .env = &env,
                         .all = &all};
    evidence_run(&e);
    struct slice word;
    while (slice_split(&want, ' ', &word)) {
        bool is_not = slice_starts(word, SLICE("!"));
        char name[64] = {0};
        struct slice bare = slice_from(word, is_not);
        if (bare.n == 0)
            continue;
        snprintf(name, sizeof name, "%.*s", SLICE_ARG(bare));
        bool is_check = false;
        for (int id = 0; id < CHECKS; id++)
            is_check |= !strcmp(check_info((enum check_id)id)->name, name);
        if (!is_check)
            fail_msg("%.*s: no check is called %s", SLICE_ARG(title), name);
        if ((finding_find(&all, name) != NULL) == is_not)
            fail_msg("%.*s: %s %s", SLICE_ARG(title), name, is_not ? "hit" : "did not hit");
    }
    arena_free(a);
}

static void cases(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct slice text = read_cases(a), line;
    int n = 0;
    bool more = slice_line(&text, &line);
    while (more) {
        if (!slice_starts(line, SLICE("=== "))) {
            more = slice_line(&text, &line);
            continue;
        }
        struct slice title = slice_from(line, 4), want = {0};
        slice_line(&text, &want);
        const char *start = text.p;
        const char *end = start;
        while ((more = slice_line(&text, &line)) && !slice_starts(line, SLICE("=== ")))
            end = line.p + line.n;
        run_case(title, want, slice_of(start, (size_t)(end - start)));
        n++;
    }
    assert_in_range(n, 20, 10000);
    arena_free(a);
}

int main(void)
{
    unicode_warm();
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
