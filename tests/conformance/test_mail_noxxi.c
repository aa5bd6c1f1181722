/* Suite mime/noxxi-hide-filename: ways to hide an attachment's name. In all, a name that ends in
 * ".zip" must be among the candidates; mail of validity 0 and 1 must be marked as ambiguous, mail
 * of validity 2 and 3 must not. */
#include "mail/message.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

#define FOLDER "mime/noxxi-hide-filename/"

static const struct suite_exception EXCEPTIONS[] = {
    {"fname-cdisp.png.eml", "both parts are named file.png and nothing else: there is no .zip"},
    {"fname-ctype.png.eml", "both parts are named file.png and nothing else: there is no .zip"},
    {NULL, NULL}};

static struct suite suite = {.name = "mime/noxxi-hide-filename", .exceptions = EXCEPTIONS};

/* Names of the anomalies of weight AMBIGUOUS, for the listing; empty: none. */
static struct slice causes(struct arena *a, const struct message *m)
{
    struct slice all = SLICE("");
    for (size_t k = 0; k < ANOMALY_KINDS; k++) {
        const struct anomaly_info *info = anomaly_info((enum anomaly_kind)k);
        if (m->anomalies.of[k].count && info->weight == ANOMALY_AMBIGUOUS)
            all = arena_printf(a, "%.*s %s", SLICE_ARG(all), info->name);
    }
    return all;
}

static void run(struct arena *a, struct slice file, struct slice validity)
{
    const char *path = arena_cstr(a, arena_printf(a, FOLDER "%.*s", SLICE_ARG(file)));
    struct message *m = message_parse(a, suite_load(a, path), NULL);
    suite_case(&suite, arena_cstr(a, file));
    bool has_zip = false;
    struct slice names = SLICE("");
    for (size_t i = 0; i < m->n_parts; i++) {
        for (size_t k = 0; k < m->parts[i]->n_names; k++) {
            has_zip |= slice_iends(m->parts[i]->names[k], SLICE(".zip"));
            names = arena_printf(a, "%.*s [%.*s]", SLICE_ARG(names),
                                 SLICE_ARG(m->parts[i]->names[k]));
        }
    }
    if (!has_zip)
        suite_differs(&suite, "no .zip among%.*s", SLICE_ARG(names));
    struct slice why = causes(a, m);
    bool want = validity.p[0] < '2';
    if (want != (why.n != 0))
        suite_differs(&suite, "validity %c, ambiguous by:%.*s; names%.*s", validity.p[0],
                      SLICE_ARG(why), SLICE_ARG(names));
    if (getenv("SUITE_VERBOSE"))
        printf("%c %.*s:%.*s; names%.*s\n", validity.p[0], SLICE_ARG(file), SLICE_ARG(why),
               SLICE_ARG(names));
}

int main(void)
{
    struct arena *a = arena_new(0);
    struct slice index = suite_load(a, FOLDER "index.tsv"), line;
    if (index.p == NULL) {
        printf("skipped: mime/noxxi-hide-filename\n");
        arena_free(a);
        return 77;
    }
    slice_line(&index, &line); /* the column names */
    while (slice_line(&index, &line)) {
        struct slice file, validity;
        if (slice_split(&line, '\t', &file) && slice_split(&line, '\t', &validity) && validity.n)
            run(a, file, validity);
    }
    bool ok = suite_end(&suite);
    arena_free(a);
    return ok ? 0 : 1;
}
