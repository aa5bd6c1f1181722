/* What is asked of the library, by whichever door. */
#include "node/keep_library.h"
#include "base/clock.h"

static int read_filters(struct question *q, struct library_ask *ask, struct err *e)
{
    for (int f = 0; f < FACETS; f++) {
        const char *name = library_facet_name((enum library_facet)f);
        struct slice word = question_text(q, name);
        ask->value[f] = word.n ? library_value((enum library_facet)f, word) : -1;
        if (word.n && ask->value[f] < 0)
            return err_set(e, ERR_USAGE, "%s: there is no \"%.*s\"", name,
                           SLICE_ARG(slice_head(word, 40)));
    }
    return 0;
}

static void search(struct question *q)
{
    struct err e = {0};
    struct slice kind = question_text(q, "object"), order = question_text(q, "order");
    int64_t from = question_int(q, "from", 0), most = question_int(q, "most", 20);
    struct library_ask ask = {.words = question_text(q, "words"),
                              .has_kind = kind.n > 0,
                              .kind = library_kind_of(kind),
                              .language = question_text(q, "lang"),
                              .with_waiting = !question_true(q, "settled"),
                              .with_facets = question_true(q, "facets"),
                              .from = from > 0 ? (size_t)from : 0,
                              .most = most > 0 ? (size_t)most : 0};
    struct json j = JSON_INIT(q->out);
    keep_library_ready(q);
    ask.order = slice_eq(order, SLICE("newest")) ? LIBRARY_BY_NEWEST
                : slice_eq(order, SLICE("year")) ? LIBRARY_BY_YEAR
                                                 : LIBRARY_BY_RANK;
    int rc = read_filters(q, &ask, &e);
    if (rc == 0 && ask.has_kind && ask.kind == LIBRARY_KINDS)
        rc = err_set(&e, ERR_USAGE, "object: say resource, measure, path or translation");
    jsonw_object(&j, NULL);
    rc = rc ? rc : library_search(q->k->library, &ask, q->arena, &j, &e);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void show(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    keep_library_ready(q);
    jsonw_object(&j, NULL);
    int rc = library_show(q->k->library, q->part[2], (int)question_int(q, "version", 0),
                          question_text(q, "lang"), q->arena, &j, &e);
    if (rc == 0 && q->actor.is_known) { /* what an erasure would say, were it asked for */
        struct library_by by;
        struct event ev;
        keep_library_who(q, &by);
        jsonw_bool(&j, "may_erase",
                   library_erase(q->k->library, q->part[2], &by, q->arena, &e, &ev) == 0);
    }
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void gaps(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    struct slice languages = question_text(q, "languages");
    keep_library_ready(q);
    jsonw_object(&j, NULL);
    int rc = library_gaps(q->k->library, languages.n ? languages : SLICE("en fr es pt ar sw id zh"),
                          &j, &e);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void counts(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    keep_library_ready(q);
    jsonw_object(&j, NULL);
    int rc = library_counts(q->k->library, &j, &e);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void links(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    int64_t days = question_int(q, "days", 0), most = question_int(q, "most", 100);
    keep_library_ready(q);
    jsonw_object(&j, NULL);
    int rc = library_links(q->k->library, clock_now_us() - days * 86400000000LL + 1,
                           most > 0 && most < 1000 ? (size_t)most : 1000, q->arena, &j, &e);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void export_objects(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    int64_t next = 0;
    keep_library_ready(q);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "schema", "muster-library/1");
    int rc = library_export(q->k->library, question_int(q, "from", 0), 100, q->arena, &j, &e,
                            &next);
    jsonw_int(&j, "next", next);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

const struct keep_verb keep_library_ask_verbs[] = {{"library/search", 0, search},
                                                   {"library/show/*", 0, show},
                                                   {"library/gaps", 0, gaps},
                                                   {"library/counts", 0, counts},
                                                   {"library/export", 0, export_objects},
                                                   {"library/links", READS, links},
                                                   {NULL, 0, NULL}};
