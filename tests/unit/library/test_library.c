/* library: proposals, reviews, versions, search and facets over a real store; the file can be
 * thrown away and folded anew. */
#include "base/clock.h"
#include "base/json.h"
#include "journal/store.h"
#include "library/library.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/muster-library-XXXXXX";
static struct store *store;
static struct library *lib;
static struct arena *arena;
static struct err err;
static struct folder folders[2];

#define OK(x)                         \
    do {                              \
        if ((x) < 0)                  \
            fail_msg("%s", err.text); \
    } while (0)

static void open_store(bool rebuild)
{
    lib = library_new();
    folders[0] = (struct folder){.name = "library",
                                 .into = FOLD_DB,
                                 .kind = EVENT_LIBRARY,
                                 .fn = library_fold,
                                 .arg = lib,
                                 .db = library_db(lib)};
    struct store_options o = {.dir = dir, .folders = folders, .rebuild = rebuild};
    OK(store_open(&o, &err, &store));
}

static void close_store(void)
{
    store_close(store);
    library_free(lib);
}

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    arena = arena_new(0);
    clock_fix(1800000000);
    open_store(false);
    return 0;
}

static int teardown(void **state)
{
    char command[64];
    (void)state;
    close_store();
    arena_free(arena);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command);
}

static void put(const struct event *ev)
{
    OK(store_append(store, ev, &err, NULL));
    OK(store_commit(store, true, &err));
}

static struct library_by person(int n, enum stakeholder s)
{
    struct library_by by = {.stakeholder = s, .channel = SLICE("web")};
    by.actor[0] = (unsigned char)n;
    by.roles = n ? ACTOR_MEMBER : 0;
    return by;
}

static int propose(const char *args, const struct library_by *by, struct slice *out_id)
{
    struct event ev;
    json_t *j = json_loads(args, 0, NULL);
    assert_non_null(j);
    err = (struct err){0};
    *out_id = SLICE("");
    int rc = library_propose(lib, j, by, arena, &err, &ev, out_id);
    json_decref(j);
    if (rc == 0)
        put(&ev);
    return rc;
}

static int review(const char *id, int version, bool is_for, const struct library_by *by)
{
    struct event ev;
    err = (struct err){0};
    int rc = library_review(lib, slice_str(id), version, is_for, SLICE("read it"), by, arena, &err,
                            &ev);
    if (rc == 0)
        put(&ev);
    return rc;
}

static json_t *show(const char *id, const char *language)
{
    struct buf b = BUF_INIT(1 << 20);
    struct json j = JSON_INIT(&b);
    jsonw_object(&j, NULL);
    OK(library_show(lib, slice_str(id), 0, slice_str(language), arena, &j, &err));
    jsonw_object_end(&j);
    json_t *out = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(out);
    buf_fini(&b);
    return out;
}

/* Ids found, parted by spaces. */
static const char *found(const char *words, enum library_facet f, const char *value)
{
    struct library_ask q = {.words = slice_str(words), .with_waiting = true, .with_facets = true};
    struct buf b = BUF_INIT(1 << 20);
    struct json j = JSON_INIT(&b);
    for (int i = 0; i < FACETS; i++)
        q.value[i] = -1;
    if (value)
        q.value[f] = library_value(f, slice_str(value));
    jsonw_object(&j, NULL);
    OK(library_search(lib, &q, arena, &j, &err));
    jsonw_object_end(&j);
    json_t *out = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL), *one;
    assert_non_null(out);
    buf_reset(&b);
    size_t i;
    json_array_foreach(json_object_get(out, "items"), i, one)
        buf_printf(&b, "%s%s", i ? " " : "", json_string_value(json_object_get(one, "id")));
    const char *ids = arena_cstr(arena, buf_slice(&b));
    json_decref(out);
    buf_fini(&b);
    return ids;
}

static const char *member(const json_t *j, const char *name)
{
    const char *s = json_string_value(json_object_get(j, name));
    return s ? s : "";
}

static void expect(const char *id, const char *state_word, int version)
{
    json_t *j = show(id, "en");
    if (strcmp(member(j, "state"), state_word) != 0 ||
        json_integer_value(json_object_get(j, "shown")) != version)
        fail_msg("%s is %s, version %lld", id, member(j, "state"),
                 (long long)json_integer_value(json_object_get(j, "shown")));
    json_decref(j);
}

#define BODY(title, more)                                                                 \
    "{\"kind\":\"resource\",\"body\":{\"title\":\"" title "\",\"summary\":\"About it.\"," \
    "\"topics\":[\"enforcement\"],\"kind\":\"report\"" more "}}"

static void strangers_text(void **state)
{
    (void)state;
    struct library_by nobody = person(0, STAKEHOLDER_NONE);
    struct library_by ana = person(1, STAKEHOLDER_OPERATOR), bao = person(2, STAKEHOLDER_CIVIL);
    struct library_by chi = person(3, STAKEHOLDER_OPERATOR);
    struct slice id;
    nobody.source = SLICE("aa");
    OK(propose(BODY("Fines in practice", ",\"url\":\"https://www.example.org/Fines/\""), &nobody,
               &id));
    assert_true(slice_eq(id, SLICE("fines-in-practice")));
    assert_string_equal(found("fines", FACETS, NULL), "fines-in-practice"); /* at once */
    expect("fines-in-practice", "proposed", 1);
    assert_int_equal(propose(BODY("Other", ",\"url\":\"http://example.org/Fines\""), &nobody, &id),
                     ERR_EXISTS);
    assert_true(slice_eq(id, SLICE("fines-in-practice")));
    OK(review("fines-in-practice", 0, true, &ana));
    OK(review("fines-in-practice", 0, true, &chi)); /* of one class */
    expect("fines-in-practice", "proposed", 1);
    OK(review("fines-in-practice", 0, true, &bao));
    expect("fines-in-practice", "reviewed", 1);
    assert_string_equal(found("fine", FACET_STATE, "reviewed"), "fines-in-practice");
    assert_int_equal(review("fines-in-practice", 0, true, &nobody), ERR_DENIED);
    assert_int_equal(review("no-such-thing", 0, true, &ana), ERR_NOENT);
}

static void versions(void **state)
{
    (void)state;
    struct library_by nobody = person(0, STAKEHOLDER_NONE);
    struct library_by ana = person(1, STAKEHOLDER_OPERATOR), bao = person(2, STAKEHOLDER_CIVIL);
    struct library_by chi = person(3, STAKEHOLDER_RESEARCH);
    struct slice id;
    OK(propose(BODY("Mail law", ""), &ana, &id));
    assert_int_equal(review("mail-law", 0, true, &ana), ERR_DENIED); /* his own */
    const char *second =
        "{\"kind\":\"resource\",\"id\":\"mail-law\",\"body\":{\"title\":\"Spoiled\","
        "\"summary\":\"x\",\"topics\":[\"enforcement\"],\"kind\":\"report\"}}";
    OK(propose(second, &nobody, &id)); /* waits: it is somebody else's */
    expect("mail-law", "proposed", 1);
    assert_string_equal(found("spoiled", FACETS, NULL), "");
    OK(propose(second, &ana, &id)); /* the author's own */
    expect("mail-law", "proposed", 3);
    OK(review("mail-law", 1, true, &bao));
    OK(review("mail-law", 1, true, &chi));
    expect("mail-law", "reviewed", 1); /* what was reviewed goes before what is newer */
    OK(review("mail-law", 3, true, &bao));
    OK(review("mail-law", 3, true, &chi));
    expect("mail-law", "reviewed", 3);
    OK(review("mail-law", 3, false, &chi)); /* a second thought */
    expect("mail-law", "reviewed", 1);
}

static void translations(void **state)
{
    (void)state;
    struct library_by nobody = person(0, STAKEHOLDER_NONE), site = {.is_shipped = true};
    struct slice id;
    site.roles = ACTOR_OPERATOR;
    site.channel = SLICE("shipped");
    OK(propose(BODY("Reporting desk", ",\"country\":\"FR\""), &site, &id));
    OK(propose("{\"kind\":\"translation\",\"body\":{\"of\":\"reporting-desk\",\"language\":\"fr\","
               "\"title\":\"Guichet des signalements\",\"summary\":\"À propos.\","
               "\"origin\":\"draft\"}}",
               &site, &id));
    assert_true(slice_eq(id, SLICE("reporting-desk~fr")));
    assert_string_equal(found("signalement", FACETS, NULL), "reporting-desk");
    assert_string_equal(found("répression", FACET_COUNTRY, "FR"), "reporting-desk");
    assert_string_equal(found("desk", FACET_LANGUAGE, "fr"), "reporting-desk");
    assert_string_equal(found("desk", FACET_REGION, "asia"), "");
    json_t *j = show("reporting-desk", "fr");
    assert_string_equal(member(j, "title"), "Guichet des signalements");
    assert_true(json_is_true(json_object_get(j, "is_draft")));
    json_decref(j);
    /* A stranger's translation is there to be reviewed, but titles nothing. */
    OK(propose("{\"kind\":\"translation\",\"body\":{\"of\":\"reporting-desk\",\"language\":\"es\","
               "\"title\":\"Comprad barato\",\"summary\":\"x\",\"origin\":\"person\"}}",
               &nobody, &id));
    assert_string_equal(found("barato", FACETS, NULL), "");
    j = show("reporting-desk", "es");
    assert_string_equal(member(j, "title"), "Reporting desk");
    assert_int_equal(json_array_size(json_object_get(j, "translations")), 2);
    json_decref(j);
    assert_int_equal(propose("{\"kind\":\"translation\",\"body\":{\"of\":\"no-such\",\"language\":"
                             "\"es\",\"title\":\"x\",\"summary\":\"x\",\"origin\":\"person\"}}",
                             &nobody, &id),
                     ERR_NOENT);
}

static void withdrawn(void **state)
{
    (void)state;
    struct library_by nobody = person(0, STAKEHOLDER_NONE), ana = person(1, STAKEHOLDER_OPERATOR);
    struct slice id;
    struct event ev;
    ana.roles = ACTOR_REVIEWER;
    OK(propose(BODY("Buy now", ""), &nobody, &id));
    assert_int_equal(
        library_withdraw(lib, id, false, SLICE("advertising"), &nobody, arena, &err, &ev),
        ERR_DENIED);
    assert_int_equal(library_withdraw(lib, id, false, SLICE(""), &ana, arena, &err, &ev),
                     ERR_USAGE);
    OK(library_withdraw(lib, id, false, SLICE("advertising"), &ana, arena, &err, &ev));
    put(&ev);
    assert_string_equal(found("buy", FACETS, NULL), "");
    expect("buy-now", "withdrawn", 1);
    OK(library_withdraw(lib, id, true, SLICE(""), &ana, arena, &err, &ev));
    put(&ev);
    assert_string_equal(found("buy", FACETS, NULL), "buy-now");
}

static void floods(void **state)
{
    (void)state;
    struct library_by nobody = person(0, STAKEHOLDER_NONE);
    struct slice id;
    nobody.source = SLICE("bb");
    for (int i = 0; i < LIBRARY_PER_SOURCE; i++)
        OK(propose(BODY("Flood", ""), &nobody, &id));
    assert_true(slice_eq(id, SLICE("flood-5")));
    assert_int_equal(propose(BODY("Flood", ""), &nobody, &id), ERR_LIMIT);
    nobody.source = SLICE("cc"); /* somebody else still may */
    OK(propose(BODY("Flood", ""), &nobody, &id));
    clock_fix(1800000000 + 90000);
    nobody.source = SLICE("bb");
    OK(propose(BODY("Flood", ""), &nobody, &id));
}

static void links(void **state)
{
    (void)state;
    struct library_by site = {.roles = ACTOR_OPERATOR, .channel = SLICE("command")};
    struct slice id, url = SLICE("https://example.net/x");
    struct event ev;
    OK(propose(BODY("Linked", ",\"url\":\"https://example.net/x\""), &site, &id));
    static const struct {
        int status;
        const char *link;
    } steps[] = {{200, "works"}, {0, "unchecked"}, {0, "dead"}, {403, "works"}, {404, "dead"}};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        OK(library_checked(lib, id, steps[i].status, url, SLICE(""), &site, arena, &err, &ev));
        put(&ev);
        json_t *j = show("linked", "en");
        assert_string_equal(member(j, "link"), steps[i].link);
        json_decref(j);
    }
    assert_string_equal(found("linked", FACET_LINK, "dead"), "linked");
    assert_int_equal(library_checked(lib, id, 200, SLICE("https://example.net/y"), SLICE(""), &site,
                                     arena, &err, &ev),
                     ERR_USAGE);
}

static char *everything(void)
{
    struct buf b = BUF_INIT(4 << 20);
    struct json j = JSON_INIT(&b);
    int64_t next;
    jsonw_object(&j, NULL);
    OK(library_export(lib, 0, 1000, arena, &j, &err, &next));
    OK(library_counts(lib, &j, &err));
    OK(library_gaps(lib, SLICE("en fr"), &j, &err));
    jsonw_object_end(&j);
    char *out = strdup(buf_cstr(&b));
    buf_fini(&b);
    return out;
}

/* Ids of those that FTS5 finds by itself, in the order of the catalogue. */
static const char *plainly(const char *expression)
{
    struct buf b = BUF_INIT(1 << 16);
    char path[64];
    sqlite3 *sql;
    sqlite3_stmt *st;
    snprintf(path, sizeof(path), "%s/library.db", dir);
    assert_int_equal(sqlite3_open_v2(path, &sql, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(sql,
                                        "SELECT o.id FROM words w JOIN object o ON o.row = w.rowid"
                                        " WHERE words MATCH ? ORDER BY w.rowid LIMIT 100",
                                        -1, &st, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(st, 1, expression, -1, SQLITE_STATIC);
    while (sqlite3_step(st) == SQLITE_ROW)
        buf_printf(&b, "%s%s", b.n ? " " : "", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(sql);
    const char *ids = arena_cstr(arena, buf_slice(&b));
    buf_fini(&b);
    return ids;
}

/* A last word that is only begun finds what FTS5 finds by that beginning, whether its words are
 * asked for by name, are too many for that, or the beginning is kept. */
static void beginnings(void **state)
{
    static const struct {
        const char *asked, *plain;
        int found;
    } cases[] = {
        {"gan", "\"gan\" *", 20},         {"gand", "\"gand\" *", 20},
        {"gandr", "\"gandr\" *", 20},     {"gandran", "\"gandran\" *", 20},
        {"korvin", "\"korvin\" *", 4},    {"quorum korvin", "\"quorum\" AND \"korvin\" *", 2},
        {"korvino", "\"korvino\" *", 2},  {"zzz", "\"zzz\" *", 0},
        {"korvinzz", "\"korvinzz\" *", 0}};
    static const char *const few[] = {"korvina", "korvinob quorum", "korvinoc", "korvind quorum"};
    struct library_by by = person(9, STAKEHOLDER_OPERATOR);
    struct slice id;
    (void)state;
    for (int i = 0; i < 24; i++) {
        struct slice words = i < 20 ? arena_printf(arena, "gandran%02d", i)
                                    : slice_str(few[i - 20]);
        struct slice args = arena_printf(
            arena,
            "{\"kind\":\"resource\",\"id\":\"begun-%d\",\"body\":{\"title\":\"Begun %d\","
            "\"summary\":\"%.*s\",\"topics\":[\"technology\"],\"kind\":\"report\"}}",
            i, i, SLICE_ARG(words));
        OK(propose(args.p, &by, &id));
    }
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *ids = plainly(cases[i].plain);
        int n = *ids != 0;
        for (const char *p = ids; *p; p++)
            n += *p == ' ';
        if (n != cases[i].found)
            fail_msg("%s: FTS5 finds %d: %s", cases[i].asked, n, ids);
        if (strcmp(found(cases[i].asked, FACETS, NULL), ids) != 0)
            fail_msg("%s: %s, not %s", cases[i].asked, found(cases[i].asked, FACETS, NULL), ids);
    }
}

/* How many objects the whole catalogue counts under a topic. */
static int64_t counted(const char *topic)
{
    struct library_ask q = {.with_waiting = true, .with_facets = true};
    struct buf b = BUF_INIT(1 << 20);
    struct json j = JSON_INIT(&b);
    int64_t n = 0;
    size_t i;
    json_t *one;
    for (int f = 0; f < FACETS; f++)
        q.value[f] = -1;
    jsonw_object(&j, NULL);
    OK(library_search(lib, &q, arena, &j, &err));
    jsonw_object_end(&j);
    json_t *out = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
    json_array_foreach(json_object_get(json_object_get(out, "facets"), "topic"), i, one)
    {
        if (strcmp(member(one, "word"), topic) == 0)
            n = json_integer_value(json_object_get(one, "n"));
    }
    json_decref(out);
    buf_fini(&b);
    return n;
}

/* The counts of the whole catalogue are kept, but not past a change. */
static void counts(void **state)
{
    struct library_by ana = person(1, STAKEHOLDER_USER);
    struct event ev;
    struct slice id;
    (void)state;
    int64_t before = counted("enforcement");
    assert_int_equal(counted("enforcement"), before);
    OK(propose(BODY("Counted", ""), &ana, &id));
    assert_int_equal(counted("enforcement"), before + 1);
    assert_int_equal(counted("enforcement"), before + 1);
    OK(library_withdraw(lib, id, false, SLICE("counted"), &ana, arena, &err, &ev));
    put(&ev);
    assert_int_equal(counted("enforcement"), before);
}

static void make_old(void)
{
    sqlite3 *sql;
    assert_int_equal(sqlite3_open(arena_printf(arena, "%s/library.db", dir).p, &sql), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sql,
                                  "PRAGMA user_version = 2; DROP TABLE word; DROP TABLE words;"
                                  "CREATE VIRTUAL TABLE words USING fts5(title, subject);",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(sql);
}

/* Without its file, and with one as an older program wrote it. */
static void folded_anew(void **state)
{
    (void)state;
    char *before = everything();
    const char *words = found("fines", FACETS, NULL);
    close_store();
    assert_int_equal(unlink(arena_printf(arena, "%s/library.db", dir).p), 0);
    open_store(false);
    char *after = everything();
    assert_string_equal(before, after);
    assert_string_equal(words, found("fines", FACETS, NULL));
    free(after);
    close_store();
    make_old();
    open_store(false);
    after = everything();
    assert_string_equal(before, after);
    assert_string_equal(words, found("fines", FACETS, NULL));
    free(before);
    free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strangers_text), cmocka_unit_test(versions),
        cmocka_unit_test(translations),   cmocka_unit_test(withdrawn),
        cmocka_unit_test(floods),         cmocka_unit_test(links),
        cmocka_unit_test(beginnings),     cmocka_unit_test(counts),
        cmocka_unit_test(folded_anew)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
