/* conf: values, places in errors, near words, overrides, showing. */
#include "base/buf.h"
#include "base/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct top {
    struct slice data;
    int mode;
    struct conf_list domains;
    struct slice milter;
    bool quiet;
    double prior;
};
struct scan {
    int64_t max_size, deadline, workers;
};
struct policy {
    double tag, reject;
};
struct list {
    struct slice zone;
    struct conf_list codes;
    double points;
};

static const char *const modes[] = {"act", "shadow", NULL};
static const char *const automatic[] = {"auto", NULL};
static const struct conf_item top_items[] = {
    {.key = "data",
     .type = CONF_TEXT,
     .offset = offsetof(struct top, data),
     .def = "/var/lib/muster",
     .doc = "where everything is kept",
     .needs_restart = true},
    {.key = "mode",
     .type = CONF_CHOICE,
     .offset = offsetof(struct top, mode),
     .def = "act",
     .choices = modes,
     .doc = "act, or scan and explain only"},
    {.key = "domains", .type = CONF_LIST, .offset = offsetof(struct top, domains)},
    {.key = "listen milter",
     .type = CONF_TEXT,
     .offset = offsetof(struct top, milter),
     .def = "127.0.0.1:11335"},
    {.key = "quiet", .type = CONF_BOOL, .offset = offsetof(struct top, quiet), .def = "no"},
    {.key = "prior",
     .type = CONF_NUM,
     .offset = offsetof(struct top, prior),
     .def = "-0.25",
     .min = -5,
     .max = 5},
    {0}};
static const struct conf_item scan_items[] = {{.key = "max_size",
                                               .type = CONF_SIZE,
                                               .offset = offsetof(struct scan, max_size),
                                               .def = "50M",
                                               .min = 1024,
                                               .max = 1073741824,
                                               .doc = "largest message"},
                                              {.key = "deadline",
                                               .type = CONF_TIME,
                                               .offset = offsetof(struct scan, deadline),
                                               .def = "8s",
                                               .min = 0.1,
                                               .max = 60,
                                               .doc = "longest scan"},
                                              {.key = "workers",
                                               .type = CONF_INT,
                                               .offset = offsetof(struct scan, workers),
                                               .def = "auto",
                                               .min = 1,
                                               .max = 64,
                                               .choices = automatic},
                                              {0}};
static const struct conf_item policy_items[] = {
    {.key = "tag", .type = CONF_NUM, .offset = offsetof(struct policy, tag), .def = "5.0"},
    {.key = "reject", .type = CONF_NUM, .offset = offsetof(struct policy, reject), .def = "12"},
    {0}};
static const struct conf_item list_items[] = {
    {.key = "zone", .type = CONF_TEXT, .offset = offsetof(struct list, zone)},
    {.key = "codes", .type = CONF_LIST, .offset = offsetof(struct list, codes)},
    {.key = "points", .type = CONF_NUM, .offset = offsetof(struct list, points), .def = "1"},
    {0}};
static const struct conf_section tables[] = {
    {"", false, top_items, sizeof(struct top), "The node."},
    {"scan", false, scan_items, sizeof(struct scan), "One message."},
    {"policy", false, policy_items, sizeof(struct policy), "For all."},
    {"policy", true, policy_items, sizeof(struct policy), "For one address or domain."},
    {"list", true, list_items, sizeof(struct list), "A DNS list."},
    {0}};

static const char sample[] =
    "\xEF\xBB\xBF# a node\r\n"
    "mode=shadow   # no acts\n"
    "domains = example.org,\n"
    "          \"exa mple.net\" # two\n"
    "data = \"/srv/\\\"x\\\\\" quiet = yes\n"
    "listen milter = [::1]:11335\n"
    "scan { max_size = 1.5M  deadline = 500ms\n workers = 3}\n"
    "policy { tag = 4.5 }\n"
    "policy \"sales@example.org\" { reject = 15.0 }\n"
    "list zen.example { zone = \"zen.dnsbl.example\"  codes = 127.0.0.2-11  points = 2.5 }\n";

static void same(struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARG(got), want);
}

static struct conf *must_parse(struct arena *a, const char *text, const char *const (*over)[2])
{
    struct err e = {0};
    struct conf *c = NULL;
    if (conf_parse(a, tables, slice_str(text), "m.conf", over, &e, &c) < 0)
        fail_msg("%s", e.text);
    return c;
}

static void values(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct conf *c = must_parse(a, sample, NULL);
    struct top *top = conf_data(c, "");
    assert_int_equal(top->mode, 1);
    assert_true(top->quiet);
    assert_int_equal(top->domains.n, 2);
    same(top->domains.items[1], "exa mple.net");
    same(top->data, "/srv/\"x\\");
    same(top->milter, "[::1]:11335");
    assert_true(top->prior == -0.25);
    struct scan *scan = conf_data(c, "scan");
    assert_int_equal(scan->max_size, 1572864);
    assert_int_equal(scan->deadline, 500000);
    assert_int_equal(scan->workers, 3);
    struct conf_block *p = conf_next(c, "policy", NULL);
    assert_true(((struct policy *)p->data)->tag == 4.5);
    p = conf_next(c, "policy", p);
    same(p->name, "sales@example.org");
    assert_int_equal(p->line, 10);
    assert_true(((struct policy *)p->data)->tag == 5.0 && p->lines[0] == 0);
    assert_true(((struct policy *)p->data)->reject == 15.0 && p->lines[1] == 10);
    assert_null(conf_next(c, "policy", p));
    struct conf_block *l = conf_next(c, "list", NULL);
    same(((struct list *)l->data)->codes.items[0], "127.0.0.2-11");
    c = must_parse(a, "", NULL);
    assert_int_equal(((struct scan *)conf_data(c, "scan"))->workers, -1);
    assert_null(conf_next(c, "list", NULL));
    arena_free(a);
}

static void errors(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\nmoed = act", "m.conf:2: unknown setting \"moed\"; did you mean \"mode\"?"},
        {"scan { max_sise = 5M }", "m.conf:1: unknown setting \"max_sise\" in scan; did you mean "
                                   "\"max_size\"?"},
        {"deadline = 8s", "m.conf:1: unknown setting \"deadline\"; it belongs in scan { }"},
        {"scan { quiet = no }",
         "m.conf:1: unknown setting \"quiet\" in scan; it belongs at the top of the file"},
        {"listen mliter = 1",
         "m.conf:1: unknown setting \"listen mliter\"; did you mean \"listen milter\"?"},
        {"scam { }", "m.conf:1: unknown section \"scam\"; did you mean \"scan\"?"},
        {"zzzzzz { }", "m.conf:1: unknown section \"zzzzzz\"; known: scan, policy, list"},
        {"scan x { }", "m.conf:1: section \"scan\" takes no name"},
        {"list { }", "m.conf:1: section \"list\" needs a name"},
        {"list a { }\nlist \"a\" { }", "m.conf:2: list \"a\" stands already in line 1"},
        {"mode = shadwo",
         "m.conf:1: mode: \"shadwo\" is not a known word; did you mean \"shadow\"?"},
        {"mode = act\n\nmode = act", "m.conf:3: \"mode\" is set already in line 1"},
        {"mode =\nquiet = yes", "m.conf:1: \"mode\" has no value"},
        {"domains = a,\n}", "m.conf:1: \"domains\" has no value behind the last comma"},
        {"mode = act, shadow", "m.conf:1: mode: takes one value, not a list"},
        {"data = /a b",
         "m.conf:1: \"b\" is followed by neither \"=\" nor \"{\"; text with spaces needs "
         "quotes"},
        {"data = \"abc", "m.conf:1: quoted text has no closing \""},
        {"data = \"a\\q\"", "m.conf:1: unknown escape in quoted text; known: \\\" \\\\ \\n \\t"},
        {"scan {\n\nmax_size = 5M\n", "m.conf:1: section \"scan\" has no closing \"}\""},
        {"scan {\nscan { }\n}", "m.conf:2: sections do not nest: \"scan\" of line 1 is still open"},
        {"}", "m.conf:1: \"}\" without a section before it"},
        {"= 5", "m.conf:1: expected a setting or a section, found \"=\""},
        {"scan { max_size = 2G }", "m.conf:1: scan.max_size: value is above the maximum, 1G"},
        {"scan { deadline = 10ms }", "m.conf:1: scan.deadline: value is below the minimum, 100ms"},
        {"scan { deadline = 8 }",
         "m.conf:1: scan.deadline: \"8\" is not a time such as 500ms, 8s, 5m, 2h, 30d"},
        {"scan { max_size = 8X }",
         "m.conf:1: scan.max_size: \"8X\" is not a size such as 512, 64K, 50M, 1G"},
        {"scan { workers = 1.5 }", "m.conf:1: scan.workers: \"1.5\" is not a whole number"},
        {"prior = 1e3", "m.conf:1: prior: \"1e3\" is not a number"},
        {"prior = 5.1", "m.conf:1: prior: value is above the maximum, 5.0"},
        {"quiet = maybe", "m.conf:1: quiet: \"maybe\" is not yes or no"},
        {"data = \xff", "m.conf:1: text is not UTF-8"},
        {"data = a\x01", "m.conf:1: control character 0x01"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena *a = arena_new(0);
        struct err e = {0};
        struct conf *c = NULL;
        assert_int_equal(conf_parse(a, tables, slice_str(cases[i][0]), "m.conf", NULL, &e, &c),
                         ERR_PARSE);
        assert_string_equal(e.text, cases[i][1]);
        assert_null(c);
        arena_free(a);
    }
}

static void limits(void **state)
{
    (void)state;
    struct arena *a = arena_new(64u << 20);
    struct err e = {0};
    struct conf *c = NULL;
    struct buf b = BUF_INIT(2u << 20);
    buf_str(&b, "data = ");
    while (b.n < 5000)
        buf_chr(&b, 'x');
    assert_int_equal(conf_parse(a, tables, buf_slice(&b), "m.conf", NULL, &e, &c), ERR_PARSE);
    assert_string_equal(e.text, "m.conf:1: line is longer than 4096 bytes");
    while (b.n < (1u << 20) + 1)
        buf_chr(&b, '\n');
    assert_int_equal(conf_parse(a, tables, buf_slice(&b), "m.conf", NULL, &e, &c), ERR_PARSE);
    buf_reset(&b);
    for (int i = 0; i < 5000; i++)
        buf_printf(&b, "list l%d {}\n", i);
    assert_int_equal(conf_parse(a, tables, buf_slice(&b), "m.conf", NULL, &e, &c), ERR_PARSE);
    assert_string_equal(e.text, "m.conf:4097: more than 4096 sections");
    buf_reset(&b);
    buf_str(&b, "domains = \"\"");
    while (b.n < (1u << 20) - 10)
        buf_str(&b, ",\n\"\",\"\"");
    assert_int_equal(conf_parse(a, tables, buf_slice(&b), "m.conf", NULL, NULL, &c), 0);
    buf_fini(&b);
    arena_free(a);
}

static void overrides(void **state)
{
    (void)state;
    static const char *const home[][2] = {{"mode", "shadow"},
                                          {"scan.max_size", "20M"},
                                          {"domains", "a, b"},
                                          {"list.points", "3"},
                                          {NULL, NULL}};
    static const char *const wrong[][2] = {{"scan.size", "20M"}, {NULL, NULL}};
    struct arena *a = arena_new(0);
    struct conf *c = must_parse(a, "mode = act\nlist x { }", home);
    assert_int_equal(((struct top *)conf_data(c, ""))->mode, 0);
    assert_int_equal(((struct top *)conf_data(c, ""))->domains.n, 2);
    assert_int_equal(((struct scan *)conf_data(c, "scan"))->max_size, 20 << 20);
    assert_true(((struct list *)conf_next(c, "list", NULL)->data)->points == 3);
    struct err e = {0};
    assert_int_equal(conf_parse(a, tables, SLICE(""), "m.conf", wrong, &e, &c), ERR_PARSE);
    assert_string_equal(e.text, "profile: unknown setting \"scan.size\"");
    arena_free(a);
}

/* What conf_show prints is a file that means the same. */
static void show(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct conf *c = must_parse(a, sample, NULL);
    struct buf one = BUF_INIT(65536), two = BUF_INIT(65536);
    conf_show(c, &one, true);
    assert_true(slice_find(buf_slice(&one), SLICE("max_size = 1536K")) != SIZE_MAX);
    assert_true(slice_find(buf_slice(&one), SLICE("# line 7")) != SIZE_MAX);
    struct conf *again = must_parse(a, buf_cstr(&one), NULL);
    struct top *x = conf_data(c, ""), *y = conf_data(again, "");
    assert_true(slice_eq(x->data, y->data) && x->mode == y->mode && x->prior == y->prior);
    assert_int_equal(((struct scan *)conf_data(again, "scan"))->max_size, 1572864);
    buf_reset(&one);
    conf_show(again, &one, false);
    conf_show(must_parse(a, buf_cstr(&one), NULL), &two, false);
    assert_int_equal(one.n > 0, 1);
    buf_reset(&one);
    struct err e = {0};
    assert_int_equal(conf_why(c, "policy.sales@example.org.reject", &one, &e), 0);
    assert_true(slice_find(buf_slice(&one), SLICE("from: m.conf:10")) != SIZE_MAX);
    buf_reset(&one);
    assert_int_equal(conf_why(c, "scan.deadline", &one, &e), 0);
    assert_string_equal(buf_cstr(&one), "scan.deadline = 500ms\n  longest scan\n  from: m.conf:7\n"
                                        "  kind: time, 100ms to 1m, default 8s\n"
                                        "  a reload takes it over: yes\n");
    assert_int_equal(conf_why(c, "scan.deadlne", &one, &e), ERR_NOENT);
    assert_string_equal(e.text, "no setting \"scan.deadlne\"; did you mean \"scan.deadline\"?");
    buf_reset(&one);
    conf_reference(tables, &one, false);
    assert_true(slice_find(buf_slice(&one), SLICE("- `workers`: whole number, 1 to 64, or auto, "
                                                  "default auto. ")) != SIZE_MAX);
    buf_reset(&two);
    conf_reference(tables, &two, true);
    assert_true(slice_find(buf_slice(&two), SLICE(".SS policy \"NAME\" { }\n")) != SIZE_MAX);
    buf_fini(&one);
    buf_fini(&two);
    arena_free(a);
}

static void carry(void **state)
{
    (void)state;
    struct arena *a = arena_new(0), *b = arena_new(0);
    struct conf *old = must_parse(a, "data = /one\nmode = shadow\nquiet = yes\n", NULL);
    struct conf *fresh = must_parse(b, "data = /two\nscan { workers = 2 }\n", NULL);
    conf_carry(old, fresh);
    arena_free(a); /* nothing of it is looked at any more */
    const struct top *top = conf_data(fresh, "");
    same(top->data, "/one");
    assert_int_equal(top->mode, 0);
    assert_false(top->quiet);
    assert_int_equal(((const struct scan *)conf_data(fresh, "scan"))->workers, 2);
    arena_free(b);
}

static void nearest(void **state)
{
    (void)state;
    static const char *const words[] = {"scan", "serve", "status", "simulate", NULL};
    assert_string_equal(conf_nearest(SLICE("sacn"), words), "scan");
    assert_string_equal(conf_nearest(SLICE("STATSU"), words), "status");
    assert_string_equal(conf_nearest(SLICE("simluate"), words), "simulate");
    assert_null(conf_nearest(SLICE("backup"), words));
    assert_null(conf_nearest(SLICE(""), words));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values), cmocka_unit_test(errors),
                                       cmocka_unit_test(limits), cmocka_unit_test(overrides),
                                       cmocka_unit_test(show),   cmocka_unit_test(nearest),
                                       cmocka_unit_test(carry)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
