/* Public suffix algorithm, as mail/url_domain answers it. The suite's cases are judged twice: with
 * the list that the suite ships (the algorithm), and with the list that this machine has (how
 * fresh it is). */
#include "mail/url.h"
#include "suite.h"

#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>

/* One line: "host domain", "null" for none. */
static bool read_case(struct slice line, struct slice *host, struct slice *want)
{
    line = slice_trim(line);
    if (line.n == 0 || slice_starts(line, SLICE("//")))
        return false;
    size_t space = slice_chr(line, ' ');
    if (space == SIZE_MAX)
        return false;
    *host = slice_head(line, space);
    *want = slice_trim(slice_from(line, space));
    if (slice_eq(*host, SLICE("null")))
        *host = (struct slice){0};
    if (slice_eq(*want, SLICE("null")))
        *want = (struct slice){0};
    return true;
}

/* Ours works on the ASCII form; the suite also has names in Unicode. */
static struct slice ascii(struct arena *a, struct slice host)
{
    struct slice out = {0};
    return host.n && url_host(a, host, true, &out) ? out : host;
}

static struct slice by_list(struct arena *a, const psl_ctx_t *psl, struct slice host)
{
    const char *r = host.n ? psl_registrable_domain(psl, arena_cstr(a, host)) : NULL;
    return r ? arena_dup(a, slice_str(r)) : (struct slice){0};
}

static bool run(struct arena *a, struct suite *s, struct slice text, const psl_ctx_t *psl)
{
    struct slice line, host, want;
    while (slice_line(&text, &line)) {
        if (!read_case(line, &host, &want))
            continue;
        char label[200];
        snprintf(label, sizeof label, "%.*s", SLICE_ARG(line));
        suite_case(s, label);
        struct slice folded = ascii(a, host);
        struct slice is = psl ? by_list(a, psl, folded) : url_org_domain(a, folded);
        if (!slice_eq(is, ascii(a, want)))
            suite_differs(s, "\"%.*s\"", SLICE_ARG(is));
    }
    return suite_end(s);
}

int main(void)
{
    struct arena *a = arena_new(0);
    struct slice text = suite_load(a, "psl/tests.txt");
    if (text.n == 0) {
        puts("skipped: psl");
        arena_free(a);
        return 77;
    }
    psl_ctx_t *fresh = psl_load_file(suite_path(a, "psl/public_suffix_list.dat"));
    struct suite with_fresh = {.name = "psl (the suite's list)"};
    struct suite with_ours = {.name = "psl (this machine's list)"};
    bool ok = fresh && run(a, &with_fresh, text, fresh);
    ok = run(a, &with_ours, text, NULL) && ok;
    psl_free(fresh);
    arena_free(a);
    return ok ? 0 : 1;
}
