/* Who sees which mail and may do what with it, and the choices of people: keeper's verbs, asked as
 * an operator, an auditor, a domain admin and a member would. */
#include "../journal/helpers.h"
#include "base/clock.h"
#include "node/keep_choice.h"
#include "node/keep_digest.h"
#include "node/keep_verb.h"

#define NOW 1700000000

struct site {
    struct arena *arena;
    struct conf *conf;
    struct keep keep;
    struct buf out;
    json_t *answer;
};

static const struct slice one_domain[] = {{"one.example", 11}};
static const struct actor nobody,
operator= {.is_known = true, .roles = ACTOR_OPERATOR},
    auditor = {.is_known = true, .roles = ACTOR_AUDITOR},
    admin = {.is_known = true, .roles = ACTOR_DOMAIN_ADMIN, .domains = one_domain, .n_domains = 1},
    ann = {.is_known = true, .roles = ACTOR_MEMBER, .mailbox = {"ann@one.example", 15}};

static void open_site(struct site *s, const char *dir, bool rebuild)
{
    *s = (struct site){.arena = arena_new(0), .out = BUF_INIT(8 << 20)};
    struct slice text = arena_printf(s->arena, "data = \"%s/data\"\nbase_model = \"/none\"\n", dir);
    OK(conf_parse(s->arena, node_tables(), text, "test", NULL, &test_err, &s->conf));
    OK(keep_open(s->arena, s->conf, rebuild, &test_err, &s->keep));
}

static void close_site(struct site *s)
{
    json_decref(s->answer);
    keep_close(&s->keep);
    buf_fini(&s->out);
    arena_free(s->arena);
}

static const struct keep_verb *find(const struct slice *part)
{
    const struct keep_verb *tables[] = {keep_history_verbs, keep_hold_verbs, keep_console_verbs,
                                        keep_choice_verbs};
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (const struct keep_verb *v = tables[t]; v->fn; v++) {
            struct slice rest = slice_str(v->path), piece;
            size_t i = 0;
            while (slice_split(&rest, '/', &piece) &&
                   (slice_eq(piece, part[i]) || (piece.p[0] == '*' && part[i].n)))
                i++;
            if (rest.n == 0 && part[i].n == 0 && i > 0 &&
                (slice_eq(piece, part[i - 1]) || piece.p[0] == '*'))
                return v;
        }
    }
    fail_msg("no such verb");
    return NULL;
}

/* Asks as somebody; the status; the answer stays in s->answer. */
static uint32_t ask(struct site *s, const struct actor *who, const char *path, const char *args)
{
    uint32_t status = 200;
    struct record_ask r = {.path = slice_str(path)};
    struct question q = {
        .k = &s->keep, .ask = &r, .actor = *who, .status = &status, .out = &s->out};
    struct slice rest = r.path;
    for (int i = 0; i < QUESTION_PARTS && slice_split(&rest, '/', &q.part[i]); i++)
        continue;
    const struct keep_verb *v = find(q.part);
    q.args = json_loads(args, 0, NULL);
    assert_non_null(q.args);
    q.arena = s->arena;
    buf_reset(&s->out);
    json_decref(s->answer);
    if (actor_may(who, v->needs))
        v->fn(&q);
    else
        status = 403;
    json_decref(q.args);
    s->answer = s->out.n ? json_loadb(s->out.p, s->out.n, 0, NULL) : NULL;
    return status;
}

static size_t count(struct site *s, const struct actor *who, const char *path, const char *args,
                    const char *rows)
{
    uint32_t status = ask(s, who, path, args);
    if (status != 200)
        fail_msg("%s %s: %u %s", path, args, status, buf_cstr(&s->out));
    return json_array_size(json_object_get(s->answer, rows));
}

static const char *row_text(struct site *s, const char *rows, size_t i, const char *name)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(s->answer, rows), i), name));
}

static void scanned(struct site *s, unsigned n, const char *rcpts, int side)
{
    char id[37];
    snprintf(id, sizeof(id), "%08x-0000-7000-8000-000000000000", n);
    struct record_scan r = {
        .id = slice_str(id),
        .at_us = clock_now_us(),
        .side = (uint8_t)side,
        .mail_class = CLASS_BULK,
        .score = side * 4.0,
        .from = SLICE("news@sender.example"),
        .subject = SLICE("Hello"),
        .rcpts = slice_str(rcpts),
        .json = SLICE("{\"findings\":[{\"name\":\"link_text_differs\",\"points\":2.5}]}")};
    r.digest[0] = (unsigned char)n;
    keep_scanned(&s->keep, &r);
}

static const char *hold_of(struct site *s, const char *from, const char *rcpt,
                           enum mail_class class)
{
    struct slice to = slice_str(rcpt);
    uint32_t status = 0;
    struct record_hold r = {
        .mail_from = SLICE("bounce@sender.example"),
        .rcpt = &to,
        .n_rcpt = 1,
        .raw = SLICE("From: x@sender.example\r\nSubject: <script>\r\n\r\nbody\r\n")};
    r.scan = (struct record_scan){.id = SLICE("00000001-0000-7000-8000-000000000000"),
                                  .mail_class = (uint8_t) class,
                                  .from = slice_str(from),
                                  .subject = SLICE("<script>")};
    buf_reset(&s->out);
    keep_hold(&s->keep, &r, &status, &s->out);
    assert_int_equal(status, 200);
    json_t *j = json_loadb(s->out.p, s->out.n, 0, NULL);
    const char *id = json_string_value(json_array_get(json_object_get(j, "held"), 0));
    const char *kept = arena_printf(s->arena, "quarantine/%s", id).p;
    json_decref(j);
    return kept;
}

static const char *hold(struct site *s, const char *rcpt, enum mail_class class)
{
    return hold_of(s, "x@sender.example", rcpt, class);
}

/* By sender, past many others: senders are sealed, so each is opened. */
static void holds_by_sender(void **state)
{
    struct site s;
    open_site(&s, *state, false);
    (void)hold_of(&s, "Zo\xc3\xab <zoe@rare.example>", "ann@one.example", CLASS_UNSOLICITED);
    for (int i = 1; i <= 55; i++) {
        clock_fix(NOW + i);
        (void)hold(&s, i % 2 ? "ann@one.example" : "cat@two.example", CLASS_UNSOLICITED);
    }
    (void)hold_of(&s, "zoe@RARE.example", "cat@two.example", CLASS_UNSOLICITED);
    assert_int_equal(count(&s, &operator, "quarantine", "{\"from\":\"rare.EXAMPLE\"}", "holds"), 2);
    assert_null(json_object_get(s.answer, "next"));
    assert_string_equal(row_text(&s, "holds", 0, "recipient"), "cat@two.example");
    assert_int_equal(count(&s, &operator, "quarantine", "{\"from\":\" Zo\xc3\xab \"}", "holds"), 1);
    assert_int_equal(count(&s, &admin, "quarantine", "{\"from\":\"zoe@\"}", "holds"), 1);
    assert_int_equal(count(&s, &ann, "quarantine", "{\"from\":\"zoe@\"}", "holds"), 1);
    assert_int_equal(count(&s, &ann, "quarantine", "{\"from\":\"bounce@\"}", "holds"), 29);
    assert_int_equal(count(&s, &operator, "quarantine", "{\"from\":\"nobody\"}", "holds"), 0);
    /* page by page it is the same */
    assert_int_equal(count(&s, &operator, "quarantine", "{\"from\":\"zoe\",\"limit\":1}", "holds"),
                     1);
    const char *next = json_string_value(json_object_get(s.answer, "next"));
    assert_non_null(next);
    struct slice more = arena_printf(s.arena, "{\"from\":\"zoe\",\"before\":\"%s\"}", next);
    assert_int_equal(count(&s, &operator, "quarantine", more.p, "holds"), 1);
    assert_string_equal(row_text(&s, "holds", 0, "recipient"), "ann@one.example");
    assert_null(json_object_get(s.answer, "next"));
    close_site(&s);
}

static void who_sees_history(void **state)
{
    struct site s;
    open_site(&s, *state, false);
    scanned(&s, 1, "ann@one.example", SIDE_SPAM);
    scanned(&s, 2, "bob@one.example,cat@two.example", SIDE_HAM);
    scanned(&s, 3, "cat@two.example", SIDE_SPAM);
    scanned(&s, 4, "Ann+tag@ONE.example", SIDE_UNSURE);
    assert_int_equal(count(&s, &operator, "history", "{}", "messages"), 4);
    assert_int_equal(count(&s, &auditor, "history", "{}", "messages"), 4);
    assert_int_equal(count(&s, &admin, "history", "{}", "messages"), 3);
    assert_int_equal(count(&s, &ann, "history", "{}", "messages"), 2);
    assert_int_equal(count(&s, &ann, "history", "{\"user\":\"cat@two.example\"}", "messages"), 2);
    assert_int_equal(count(&s, &operator, "history", "{\"user\":\"ann@one.example\"}", "messages"),
                     2);
    assert_int_equal(count(&s, &operator, "history", "{\"domain\":\"TWO.example\"}", "messages"),
                     2);
    assert_int_equal(count(&s, &admin, "history", "{\"user\":\"cat@two.example\"}", "messages"), 1);
    assert_int_equal(ask(&s, &admin, "history", "{\"domain\":\"two.example\"}"), 403);
    assert_int_equal(count(&s, &operator, "history", "{\"verdict\":\"spam\"}", "messages"), 2);
    assert_int_equal(ask(&s, &operator, "history", "{\"verdict\":\"nonsense\"}"), 400);
    assert_int_equal(ask(&s, &operator, "history", "{\"rule\":\"a\\\"b\"}"), 400);
    assert_int_equal(
        count(&s, &operator, "history", "{\"rule\":\"link_text_differs\"}", "messages"), 4);
    assert_int_equal(count(&s, &operator, "history", "{\"rule\":\"other\"}", "messages"), 0);
    assert_int_equal(count(&s, &operator, "history", "{\"from\":\"Sender.Example\"}", "messages"),
                     4);
    assert_int_equal(count(&s, &admin, "history", "{\"from\":\"sender.example\"}", "messages"), 3);
    assert_int_equal(count(&s, &operator, "history", "{\"from\":\"ender.example\"}", "messages"),
                     0);
    assert_int_equal(ask(&s, &nobody, "history", "{}"), 403);
    static const char third[] = "why/00000003-0000-7000-8000-000000000000";
    assert_int_equal(ask(&s, &operator, third, "{}"), 200);
    assert_int_equal(ask(&s, &admin, third, "{}"), 404);
    assert_int_equal(ask(&s, &ann, third, "{}"), 404);
    assert_int_equal(ask(&s, &ann, "why/00000001-0000-7000-8000-000000000000", "{}"), 200);
    close_site(&s);
}

static void who_acts_on_holds(void **state)
{
    struct site s;
    char path[120];
    open_site(&s, *state, false);
    const char *spam = hold(&s, "ann@one.example", CLASS_UNSOLICITED);
    clock_fix(NOW + 1);
    const char *phish = hold(&s, "ann@one.example", CLASS_PHISHING);
    clock_fix(NOW + 2);
    const char *other = hold(&s, "cat@two.example", CLASS_UNSOLICITED);
    keep_set_aside(&s.keep, SLICE("crashes"));
    assert_int_equal(count(&s, &operator, "quarantine", "{}", "holds"), 4);
    assert_int_equal(count(&s, &admin, "quarantine", "{}", "holds"), 2);
    assert_int_equal(count(&s, &ann, "quarantine", "{}", "holds"), 2);
    assert_string_equal(row_text(&s, "holds", 0, "kind"), "phishing"); /* newest first */
    assert_int_equal(ask(&s, &operator, "quarantine", "{\"state\":\"nonsense\"}"), 400);
    assert_int_equal(count(&s, &operator, "quarantine", "{\"state\":\"released\"}", "holds"), 0);
    assert_int_equal(count(&s, &operator, "quarantine", "{\"limit\":3}", "holds"), 3);
    const char *next = json_string_value(json_object_get(s.answer, "next"));
    assert_non_null(next);
    struct slice more = arena_printf(s.arena, "{\"limit\":3,\"before\":\"%s\"}", next);
    assert_int_equal(count(&s, &operator, "quarantine", more.p, "holds"), 1);
    assert_int_equal(ask(&s, &ann, other, "{}"), 404);
    assert_int_equal(ask(&s, &admin, other, "{}"), 404);
    assert_int_equal(ask(&s, &ann, spam, "{\"raw\":true}"), 200);
    assert_int_equal(count(&s, &operator, "console/acts", "{}", "acts"), 1); /* set aside */
    assert_int_equal(ask(&s, &auditor, spam, "{\"raw\":true}"), 200);
    assert_int_equal(count(&s, &operator, "console/acts", "{}", "acts"), 2); /* his look is noted */
    snprintf(path, sizeof(path), "%s/release", spam);
    assert_int_equal(ask(&s, &auditor, path, "{}"), 403);
    snprintf(path, sizeof(path), "%s/release", phish);
    assert_int_equal(ask(&s, &ann, path, "{}"), 403);
    assert_int_equal(ask(&s, &operator, path, "{\"user\":\"ann@one.example\"}"), 403);
    assert_int_equal(ask(&s, &admin, path, "{}"), 200);
    snprintf(path, sizeof(path), "%s/release", spam);
    assert_int_equal(ask(&s, &ann, path, "{}"), 200);
    assert_int_equal(ask(&s, &ann, path, "{}"), 409);
    snprintf(path, sizeof(path), "%s/learn", spam);
    assert_int_equal(ask(&s, &ann, path, "{\"label\":\"ham\"}"), 503); /* no scanner here */
    assert_true(s.keep.study.is_wanted && !s.keep.study.is_admin);
    assert_string_equal(s.keep.study.user, "ann@one.example");
    assert_int_equal(ask(&s, &auditor, path, "{\"label\":\"ham\"}"), 403);
    close_site(&s);
}

static void choices(void **state)
{
    struct site s;
    open_site(&s, *state, false);
    assert_int_equal(ask(&s, &ann, "choice/set", "{\"strength\":1,\"digest\":\"week\"}"), 200);
    assert_int_equal(ask(&s, &ann, "choice/set", "{\"strength\":3}"), 400);
    static const char block[] = "{\"list\":\"block\",\"word\":\"Bad.example\"}";
    assert_int_equal(ask(&s, &ann, "choice/add", block), 200);
    assert_int_equal(ask(&s, &ann, "choice/add", block), 200); /* once only */
    assert_int_equal(count(&s, &ann, "choice", "{}", "entries"), 1);
    assert_string_equal(row_text(&s, "entries", 0, "word"), "bad.example");
    assert_int_equal(ask(&s, &ann, "choice/add", "{\"list\":\"block\",\"word\":\"10.0.0.0/8\"}"),
                     403);
    assert_int_equal(ask(&s, &ann, "choice", "{\"user\":\"cat@two.example\"}"), 403);
    assert_int_equal(ask(&s, &auditor, "choice/add", block), 403);
    assert_int_equal(ask(&s, &auditor, "choice", "{\"user\":\"Ann@one.example\"}"), 200);
    assert_int_equal(ask(&s, &operator, "lists/add", block), 400); /* no reason */
    assert_int_equal(ask(&s, &operator, "lists/add",
                         "{\"list\":\"block\",\"word\":\"bad.example\",\"reason\":\"scams\","
                         "\"days\":0}"),
                     400);
    assert_int_equal(ask(&s, &operator, "lists/add",
                         "{\"list\":\"block\",\"word\":\"bad.example\",\"reason\":\"scams\","
                         "\"days\":1}"),
                     200);
    assert_int_equal(ask(&s, &ann, "lists", "{}"), 403);
    assert_int_equal(count(&s, &operator, "console/acts", "{}", "acts"), 1);
    assert_string_equal(row_text(&s, "acts", 0, "detail"), "scams");
    for (int again = 0; again < 2; again++) { /* folded anew it is the same */
        struct choice c;
        static const unsigned char nobody_id[16];
        unsigned char person[16];
        keep_person_of(&s.keep, ann.mailbox, person);
        keep_choice_read(&s.keep, person, s.arena, &c);
        assert_int_equal(c.strength, 1);
        assert_int_equal(c.n, 1);
        keep_choice_read(&s.keep, nobody_id, s.arena, &c);
        assert_int_equal(c.n, 1);
        close_site(&s);
        open_site(&s, *state, again == 0);
    }
    clock_fix(NOW + 2 * 86400);
    assert_int_equal(count(&s, &operator, "lists", "{}", "entries"), 0); /* it has ended */
    clock_fix(NOW);
    assert_int_equal(ask(&s, &ann, "choice/remove", "{\"word\":\"bad.example\"}"), 200);
    assert_int_equal(ask(&s, &ann, "choice/remove", "{\"word\":\"bad.example\"}"), 404);
    close_site(&s);
}

static int64_t number(struct site *s, const char *name)
{
    return json_integer_value(json_object_get(s->answer, name));
}

static void console(void **state)
{
    struct site s;
    open_site(&s, *state, false);
    for (unsigned n = 1; n <= 30; n++)
        scanned(&s, n, n % 3 ? "ann@one.example" : "cat@two.example", n % 2 ? SIDE_SPAM : SIDE_HAM);
    assert_int_equal(ask(&s, &auditor, "console/traffic", "{}"), 200);
    assert_int_equal(number(&s, "messages"), 30);
    assert_int_equal(json_array_size(json_object_get(s.answer, "spam")), 60);
    assert_int_equal(ask(&s, &admin, "console/traffic", "{\"span\":\"day\"}"), 200);
    assert_int_equal(number(&s, "messages"), 20);
    assert_int_equal(ask(&s, &admin, "console/traffic", "{\"domain\":\"two.example\"}"), 403);
    assert_int_equal(ask(&s, &ann, "console/traffic", "{}"), 403);
    /* spam scores 8, ham 0; each has a finding of 2.5 */
    static const struct {
        const char *args;
        int64_t looked, changed;
    } cases[] = {{"{}", 30, 0},
                 {"{\"tag\":9}", 30, 15},
                 {"{\"limit\":10,\"tag\":9}", 10, 5},
                 {"{\"rules\":{\"link_text_differs\":-1}}", 30, 15},
                 {"{\"rules\":{\"other\":9}}", 30, 0},
                 {"{\"block\":\"sender.example\"}", 30, 15},
                 {"{\"allow\":\"sender.example\"}", 30, 15},
                 {"{\"block\":\"ender.example\"}", 30, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ask(&s, &operator, "console/whatif", cases[i].args), 200);
        if (number(&s, "looked") != cases[i].looked || number(&s, "changed") != cases[i].changed)
            fail_msg("case %zu: %s", i, buf_cstr(&s.out));
    }
    assert_int_equal(ask(&s, &operator, "console/whatif", "{\"tag\":-1}"), 400);
    assert_int_equal(ask(&s, &operator, "console/whatif", "{\"rules\":{\"x\":\"y\"}}"), 400);
    close_site(&s);
}

/* Master reads the file and sends it; keeper goes on with what it says. */
static void reload(void **state)
{
    struct site s;
    struct err e = {0};
    struct conf *read, *taken;
    struct buf packed = BUF_INIT(1 << 20);
    struct arena *a = arena_new(0), *b = arena_new(0);
    const char *path = in_dir(*state, "new.conf");
    open_site(&s, *state, false);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("data = /elsewhere\nprofile = home\npolicy { own_points = 1.5  own_lists = no }\n"
          "digest { every = week }\nmailbox \"ann@one.example\" { aliases = a@one.example }\n"
          "keep { quarantine = 2d }\n",
          f);
    fclose(f);
    OK(node_config_read(a, path, &e, &read));
    node_config_pack(read, &packed);
    arena_free(a);
    assert_int_equal(
        node_config_unpack(b, s.conf, slice_head(buf_slice(&packed), packed.n - 1), &e, &taken),
        ERR_PARSE);
    OK(node_config_unpack(b, s.conf, buf_slice(&packed), &e, &taken));
    OK(keep_configure(&s.keep, taken, &e));
    assert_true(slice_ends(node_main(taken)->data, SLICE("/data"))); /* needs a restart */
    assert_int_equal(node_scan(taken)->workers, -1);                 /* this, too */
    assert_int_equal(node_keep(taken)->quarantine, INT64_C(172800000000));
    assert_int_equal(node_keep(taken)->history, 90 * INT64_C(86400000000)); /* of the profile */
    assert_int_equal(((const struct conf_digest *)conf_data(s.keep.conf, "digest"))->every, 2);
    assert_int_equal(ask(&s, &ann, "choice", "{}"), 200);
    const json_t *bounds = json_object_get(s.answer, "bounds");
    assert_true(json_number_value(json_object_get(bounds, "points")) == 1.5);
    assert_true(json_is_false(json_object_get(bounds, "lists")));
    unsigned char one[16], other[16];
    keep_person_of(&s.keep, SLICE("A@one.example"), one);
    keep_person_of(&s.keep, ann.mailbox, other);
    assert_memory_equal(one, other, 16);
    close_site(&s);
    buf_fini(&packed);
    arena_free(b);
}

static int set_up(void **state)
{
    clock_fix(NOW);
    return make_dir(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_sees_history, set_up, drop_dir),
        cmocka_unit_test_setup_teardown(who_acts_on_holds, set_up, drop_dir),
        cmocka_unit_test_setup_teardown(holds_by_sender, set_up, drop_dir),
        cmocka_unit_test_setup_teardown(choices, set_up, drop_dir),
        cmocka_unit_test_setup_teardown(console, set_up, drop_dir),
        cmocka_unit_test_setup_teardown(reload, set_up, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
