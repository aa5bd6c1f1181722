/* The desk in keeper: reports become cases with codes, floods change nothing, listings are decided
 * by people and heard, appeals have a clock, corrections travel, people are erased. */
#include "../journal/helpers.h"
#include "base/clock.h"
#include "evidence/listed.h"
#include "node/keep_desk.h"

#define NOW 1700000000
#define DAY 86400

struct site {
    struct arena *arena;
    struct conf *conf;
    struct keep keep;
    struct buf out;
    json_t *answer;
};

static const struct actor stranger = {0},
                          root = {.is_known = true, .is_local = true, .roles = ACTOR_ALL},
                          lister = {.is_known = true,
                                    .roles = ACTOR_OPERATOR,
                                    .stakeholder = STAKEHOLDER_OPERATOR,
                                    .account = {1}},
                          civil = {.is_known = true,
                                   .roles = ACTOR_REVIEWER,
                                   .stakeholder = STAKEHOLDER_CIVIL,
                                   .account = {2}},
                          user = {.is_known = true,
                                  .roles = ACTOR_REVIEWER,
                                  .stakeholder = STAKEHOLDER_USER,
                                  .account = {3}};

static void open_site(struct site *s, const char *dir)
{
    *s = (struct site){.arena = arena_new(0), .out = BUF_INIT(8 << 20)};
    struct slice text = arena_printf(
        s->arena,
        "data = \"%s/data\"\nbase_model = \"/none\"\ndomains = desk.example\n"
        "desk { source_cases = 5  source_most = 20 }\n",
        dir);
    OK(conf_parse(s->arena, node_tables(), text, "test", NULL, &test_err, &s->conf));
    OK(keep_open(s->arena, s->conf, false, &test_err, &s->keep));
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
    const struct keep_verb *tables[] = {keep_case_take_verbs, keep_case_verbs, keep_case_act_verbs,
                                        keep_listing_verbs, keep_appeal_verbs};
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (const struct keep_verb *v = tables[t]; v->fn; v++) {
            struct slice rest = slice_str(v->path), piece;
            size_t i = 0;
            bool fits = true;
            while (fits && slice_split(&rest, '/', &piece)) {
                fits = slice_eq(piece, part[i]) || (piece.p[0] == '*' && part[i].n);
                i++;
            }
            if (fits && part[i].n == 0)
                return v;
        }
    }
    fail_msg("no such verb");
    return NULL;
}

static uint32_t ask(struct site *s, const struct actor *who, const char *path, const char *args)
{
    uint32_t status = 200;
    struct record_ask r = {.path = slice_str(path), .json = slice_str(args)};
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

static const char *text(struct site *s, const char *name)
{
    const char *t = json_string_value(json_object_get(s->answer, name));
    return t ? arena_cstr(s->arena, slice_str(t)) : "";
}

static const char *with(struct site *s, const char *head, const char *code, const char *tail)
{
    return arena_printf(s->arena, "%s/%s%s", head, code, tail).p;
}

/* A report by mail; ip and who: where and whose. */
static struct desk_report sample(unsigned n, const char *ip, const char *who)
{
    struct desk_report r = {.source = DESK_MAIL, .form = FORM_MESSAGE, .category = DESK_SPAM};
    r.reporter = (struct desk_reporter){
        .mailbox = slice_str(who), .client_ip = slice_str(ip), .is_aligned = true};
    r.original = (struct desk_original){.from = SLICE("offer@shop.example"),
                                        .from_domain = SLICE("shop.example"),
                                        .subject = SLICE("Cheap things"),
                                        .source_ip = SLICE("198.51.100.7"),
                                        .date_us = INT64_MIN,
                                        .has_header = true};
    memcpy(r.original.key, &n, sizeof(n));
    r.links[0] = (struct desk_link){SLICE("http://shop.example/offer"), SLICE("shop.example"),
                                    SLICE("shop.example")};
    r.n_links = 1;
    r.text = SLICE("Buy now, cheap cheap");
    return r;
}

static uint32_t hand_in(struct site *s, const struct actor *who, const struct desk_report *r)
{
    struct buf b = BUF_INIT(DESK_JSON + 4096);
    desk_report_json(r, true, &b);
    uint32_t status = ask(s, who, "report", buf_cstr(&b));
    buf_fini(&b);
    return status;
}

static const char *new_case(struct site *s, unsigned n, const char *ip, const char *who)
{
    struct desk_report r = sample(n, ip, who);
    uint32_t status = hand_in(s, &root, &r);
    if (status != 200)
        fail_msg("%u %s", status, buf_cstr(&s->out));
    return text(s, "code");
}

static size_t letters(struct site *s, const char *code, const char *kind, const char *state)
{
    const json_t *l;
    size_t i, n = 0;
    assert_int_equal(ask(s, &root, with(s, "case", code, ""), "{}"), 200);
    json_array_foreach(json_object_get(s->answer, "letters"), i, l)
        n += strcmp(json_string_value(json_object_get(l, "kind")), kind) == 0 &&
             strcmp(json_string_value(json_object_get(l, "state")), state) == 0;
    return n;
}

static void reports(void **state)
{
    struct site s;
    clock_fix(NOW);
    open_site(&s, *state);
    const char *code = new_case(&s, 1, "192.0.2.1", "ann@home.example");
    assert_string_equal(text(&s, "taken"), "new");
    assert_int_equal(letters(&s, code, "receipt", "owed"), 1);
    /* With the code alone: the state, nothing of the reporter or of the message. */
    assert_int_equal(ask(&s, &stranger, with(&s, "case", code, ""), "{}"), 200);
    assert_string_equal(text(&s, "state"), "routed");
    assert_true(*text(&s, "due") && *text(&s, "next"));
    assert_int_equal(slice_find(buf_slice(&s.out), SLICE("ann@")), SIZE_MAX);
    assert_int_equal(slice_find(buf_slice(&s.out), SLICE("shop.example")), SIZE_MAX);
    assert_int_equal(ask(&s, &stranger, with(&s, "case", code, "/evidence"), "{}"), 403);
    assert_int_equal(ask(&s, &civil, with(&s, "case", code, "/evidence"), "{}"), 200);
    assert_int_equal(slice_find(buf_slice(&s.out), SLICE("ann@")), SIZE_MAX);
    assert_int_equal(ask(&s, &civil, with(&s, "case", code, ""), "{}"), 200);
    assert_int_not_equal(slice_find(buf_slice(&s.out), SLICE("looked")), SIZE_MAX);
    /* The same again is known; who is not proven gets no mail. */
    assert_string_equal(new_case(&s, 1, "192.0.2.1", "ann@home.example"), code);
    assert_string_equal(text(&s, "taken"), "known");
    struct desk_report r = sample(2, "192.0.2.9", "victim@other.example");
    r.reporter.is_aligned = false;
    assert_int_equal(hand_in(&s, &root, &r), 200);
    const char *claimed = text(&s, "code");
    assert_int_equal(letters(&s, claimed, "receipt", "owed"), 0);
    assert_int_equal(ask(&s, &civil, with(&s, "case", claimed, "/step"),
                         "{\"state\":\"closed\",\"outcome\":\"stopped\"}"),
                     200);
    assert_int_equal(letters(&s, claimed, "outcome", "owed"), 0); /* nor later */
    r = sample(3, "192.0.2.9", "list@other.example");
    r.reporter.is_automatic = true;
    assert_int_equal(hand_in(&s, &root, &r), 200);
    assert_int_equal(letters(&s, text(&s, "code"), "receipt", "owed"), 0);
    /* Worked on, closed, told; a reopened one goes on. */
    assert_int_equal(ask(&s, &stranger, with(&s, "case", code, "/step"), "{\"state\":\"acting\"}"),
                     403);
    assert_int_equal(ask(&s, &civil, with(&s, "case", code, "/step"), "{\"state\":\"closed\"}"),
                     400);
    assert_int_equal(ask(&s, &civil, with(&s, "case", code, "/step"),
                         "{\"state\":\"closed\",\"outcome\":\"stopped\"}"),
                     200);
    assert_int_equal(letters(&s, code, "outcome", "owed"), 1);
    /* Taken back: the address is gone, and nothing can be sent any more. */
    assert_int_equal(ask(&s, &stranger, with(&s, "case", code, "/withdraw"), "{}"), 200);
    struct letter_queue lq = {0};
    struct buf packed = BUF_INIT(1 << 20);
    while (letters_next(&lq, &s.keep, &packed))
        continue;
    assert_int_equal(letters(&s, code, "outcome", "dropped"), 1);
    buf_fini(&packed);
    close_site(&s);
}

static void flood(void **state)
{
    struct site s;
    unsigned taken = 0, counted = 0, put_off = 0;
    clock_fix(NOW);
    open_site(&s, *state);
    for (unsigned n = 0; n < 300; n++) {
        char who[64];
        snprintf(who, sizeof(who), "bot%u@bad.example", n);
        struct desk_report r = sample(n, "203.0.113.5", who);
        uint32_t status = hand_in(&s, &stranger, &r);
        put_off += status == 503;
        taken += status == 200 && strcmp(text(&s, "taken"), "new") == 0;
        counted += status == 200 && strcmp(text(&s, "taken"), "counted") == 0;
    }
    assert_int_equal(taken, 5);
    assert_int_equal(counted, 15);
    assert_int_equal(put_off, 280);
    const char *code = new_case(&s, 1000, "192.0.2.1", "ann@home.example");
    assert_string_equal(text(&s, "taken"), "new");
    assert_int_equal(ask(&s, &root, with(&s, "case", code, ""), "{}"), 200);
    /* One network, however many: weight of less than two readers, and nobody is asked to list. */
    const json_t *c = json_object_get(s.answer, "campaign");
    assert_true(json_number_value(json_object_get(c, "weight")) < 2.0);
    assert_string_not_equal(json_string_value(json_object_get(c, "suggests")), "propose a listing");
    assert_int_equal(ask(&s, &stranger, "listings", "{}"), 200);
    assert_int_equal(json_array_size(json_object_get(s.answer, "listings")), 0);
    close_site(&s);
}

/* A lawful newsletter that 30 of its readers report: the sender is asked, nothing is listed. */
static void newsletter(void **state)
{
    struct site s;
    const char *code = "";
    clock_fix(NOW);
    open_site(&s, *state);
    for (unsigned n = 0; n < 30; n++) {
        char who[64], ip[32];
        snprintf(who, sizeof(who), "reader%u@home%u.example", n, n);
        snprintf(ip, sizeof(ip), "10.%u.0.1", n);
        struct desk_report r = sample(n, ip, who);
        r.original.dkim = SLICE("shop.example");
        r.original.has_unsubscribe = true;
        assert_int_equal(hand_in(&s, &root, &r), 200);
        code = text(&s, "code");
    }
    assert_int_equal(ask(&s, &root, with(&s, "case", code, ""), "{}"), 200);
    const json_t *c = json_object_get(s.answer, "campaign");
    assert_int_equal(json_integer_value(json_object_get(c, "reporters")), 30);
    assert_string_equal(json_string_value(json_object_get(c, "suggests")), "ask the sender");
    for (int day = 0; day < 40; day++) {
        clock_fix(NOW + day * DAY);
        keep_listing_tick(&s.keep, clock_now_us());
    }
    assert_int_equal(ask(&s, &stranger, "listings", "{\"all\":true}"), 200);
    assert_int_equal(json_array_size(json_object_get(s.answer, "listings")), 0);
    close_site(&s);
}

static bool is_listed(struct site *s, const char *domain, struct listed *out)
{
    return listed_find(store_views(s->keep.store), LISTED_DOMAIN, slice_str(domain), clock_now_us(),
                       out);
}

static const char *list(struct site *s, const char *harm, const char *effect, const char *value)
{
    const char *evidence = new_case(s, 77, "192.0.2.1", "ann@home.example");
    const char *args = arena_printf(s->arena,
                                    "{\"kind\":\"domain\",\"value\":\"%s\",\"harm\":\"%s\","
                                    "\"effect\":\"%s\",\"reason\":\"nobody asked for it\","
                                    "\"evidence\":\"%s\",\"days\":14}",
                                    value, harm, effect, evidence)
                           .p;
    uint32_t status = ask(s, &lister, "listing/add", args);
    if (status != 200)
        fail_msg("%u %s", status, buf_cstr(&s->out));
    return text(s, "code");
}

/* The proof that went to the role mailbox. */
static const char *proof_of(struct site *s, const char *appeal)
{
    unsigned char id[16];
    struct letter_row *rows;
    size_t n;
    json_error_t je;
    assert_true(code_parse(slice_str(appeal), id));
    OK(book_letters(s->keep.book, -1, id, 10, s->arena, &test_err, &rows, &n));
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].kind, LETTER_PROOF);
    json_t *w = json_loadb(rows[0].words.p, rows[0].words.n, 0, &je);
    const char *proof = arena_cstr(s->arena,
                                   slice_str(json_string_value(json_object_get(w, "proof"))));
    json_decref(w);
    return proof;
}

static const char *proven_appeal(struct site *s, const char *listing)
{
    assert_int_equal(ask(s, &stranger, with(s, "listing", listing, "/appeal"),
                         "{\"statement\":\"they all agreed\",\"contact\":\"me@shop.example\"}"),
                     200);
    const char *appeal = text(s, "code");
    assert_int_equal(ask(s, &stranger, with(s, "appeal", appeal, "/prove"),
                         "{\"proof\":\"0000-0000-0000-0000-0000-0000-000\"}"),
                     403);
    const char *args = arena_printf(s->arena, "{\"proof\":\"%s\"}", proof_of(s, appeal)).p;
    assert_int_equal(ask(s, &stranger, with(s, "appeal", appeal, "/prove"), args), 200);
    assert_string_equal(text(s, "state"), "open");
    return appeal;
}

static void heard_before(void **state)
{
    struct site s;
    struct listed l;
    clock_fix(NOW);
    open_site(&s, *state);
    const char *code = list(&s, "spam", "hold", "shop.example");
    assert_string_equal(text(&s, "state"), "notice");
    assert_string_equal(text(&s, "effect"), "tag"); /* spam holds nothing */
    assert_false(is_listed(&s, "shop.example", &l));
    clock_fix(NOW + 3 * DAY + 1);
    assert_true(is_listed(&s, "shop.example", &l));
    clock_fix(NOW);
    /* The sender replies in time: it does not count until somebody else confirms it. */
    proven_appeal(&s, code);
    clock_fix(NOW + 3 * DAY + 1);
    assert_false(is_listed(&s, "shop.example", &l));
    assert_int_equal(ask(&s, &stranger, with(&s, "listing", code, ""), "{}"), 200);
    assert_string_equal(text(&s, "state"), "contested");
    assert_string_equal(text(&s, "reply"), "they all agreed");
    assert_int_equal(
        ask(&s, &lister, with(&s, "listing", code, "/confirm"), "{\"why\":\"I say so\"}"), 403);
    assert_int_equal(
        ask(&s, &civil, with(&s, "listing", code, "/confirm"), "{\"why\":\"it is true\"}"), 200);
    assert_true(is_listed(&s, "shop.example", &l));
    close_site(&s);
}

static void refused(void **state)
{
    static const char *const bad[] = {
        "\"kind\":\"network\",\"value\":\"10.0.0.0/8\"",
        "\"kind\":\"network\",\"value\":\"2001:db8::/32\"",
        "\"kind\":\"domain\",\"value\":\"com\"",
        "\"kind\":\"country\",\"value\":\"KE\"",
        "\"kind\":\"domain\",\"value\":\"gmail.com\",\"days\":60",
    };
    struct site s;
    clock_fix(NOW);
    open_site(&s, *state);
    const char *evidence = new_case(&s, 1, "192.0.2.1", "ann@home.example");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *args =
            arena_printf(s.arena, "{%s,\"harm\":\"spam\",\"reason\":\"x\",\"evidence\":\"%s\"}",
                         bad[i], evidence)
                .p;
        uint32_t status = ask(&s, &lister, "listing/add", args);
        if (status != 400 && status != 403)
            fail_msg("%s: %u", bad[i], status);
    }
    const char *no_reason =
        arena_printf(
            s.arena,
            "{\"kind\":\"domain\",\"value\":\"a.example\",\"harm\":\"spam\",\"reason\":\"\","
            "\"evidence\":\"%s\"}",
            evidence)
            .p;
    assert_int_equal(ask(&s, &lister, "listing/add", no_reason), 403);
    assert_int_equal(ask(&s, &lister, "listing/add",
                         "{\"kind\":\"domain\",\"value\":\"a.example\",\"harm\":\"spam\","
                         "\"reason\":\"x\"}"),
                     400);
    assert_int_equal(ask(&s, &stranger, "listing/add", "{}"), 403);
    close_site(&s);
}

/* Nobody decides: at 72 hours it only marks, at 14 days it is gone. */
static void silence(void **state)
{
    struct site s;
    struct listed l;
    clock_fix(NOW);
    open_site(&s, *state);
    const char *code = list(&s, "phishing", "hold", "bank-login.example");
    assert_string_equal(text(&s, "state"), "active");
    assert_true(is_listed(&s, "bank-login.example", &l));
    assert_int_equal(l.effect, EFFECT_HOLD);
    proven_appeal(&s, code);
    clock_fix(NOW + 3 * DAY - 60);
    keep_listing_tick(&s.keep, clock_now_us());
    assert_true(is_listed(&s, "bank-login.example", &l));
    assert_int_equal(l.effect, EFFECT_HOLD);
    clock_fix(NOW + 3 * DAY + 60);
    keep_listing_tick(&s.keep, clock_now_us());
    assert_true(is_listed(&s, "bank-login.example", &l));
    assert_int_equal(l.effect, EFFECT_TAG);
    clock_fix(NOW + 14 * DAY - 60);
    assert_true(is_listed(&s, "bank-login.example", &l));
    clock_fix(NOW + 14 * DAY + 60);
    keep_listing_tick(&s.keep, clock_now_us());
    assert_false(is_listed(&s, "bank-login.example", &l));
    assert_int_equal(ask(&s, &stranger, with(&s, "listing", code, ""), "{}"), 200);
    assert_string_equal(text(&s, "state"), "ended");
    close_site(&s);
}

static void decided(void **state)
{
    struct site s;
    struct listed l;
    clock_fix(NOW);
    open_site(&s, *state);
    const char *code = list(&s, "phishing", "tag", "bank-login.example");
    assert_int_equal(ask(&s, &stranger, "listings", "{}"), 200);
    assert_int_equal(json_array_size(json_object_get(s.answer, "listings")), 1);
    int64_t copy = json_integer_value(json_object_get(s.answer, "sequence"));
    const char *appeal = proven_appeal(&s, code);
    const char *path = with(&s, "appeal", appeal, "/vote");
    const char *end = "{\"vote\":\"end\",\"reason\":\"it is the bank's own\"}";
    assert_int_equal(ask(&s, &lister, path, end), 403); /* he listed it */
    assert_int_equal(ask(&s, &root, path, end), 403);   /* speaks for no class */
    assert_int_equal(ask(&s, &stranger, path, end), 403);
    assert_int_equal(ask(&s, &civil, path, end), 200);
    assert_string_equal(text(&s, "state"), "open");
    assert_int_equal(ask(&s, &civil, path, end), 403); /* once */
    assert_true(is_listed(&s, "bank-login.example", &l));
    assert_int_equal(ask(&s, &user, path, end), 200);
    assert_string_equal(text(&s, "state"), "decided");
    assert_string_equal(text(&s, "result"), "end");
    assert_false(is_listed(&s, "bank-login.example", &l));
    /* The correction is in what a copy asks for. */
    const char *since = arena_printf(s.arena, "{\"all\":true,\"since\":%lld}", (long long)copy).p;
    assert_int_equal(ask(&s, &stranger, "listings", since), 200);
    const json_t *row = json_array_get(json_object_get(s.answer, "listings"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "code")), code);
    assert_string_equal(json_string_value(json_object_get(row, "state")), "ended");
    /* A rebuild from the journal tells the same. */
    OK(store_rebuild(s.keep.store, &test_err));
    assert_false(is_listed(&s, "bank-login.example", &l));
    assert_int_equal(ask(&s, &stranger, with(&s, "appeal", appeal, ""), "{}"), 200);
    assert_string_equal(text(&s, "result"), "end");
    close_site(&s);
}

/* Each case moves by itself when nobody moves it. */
static void clocks(void **state)
{
    struct site s;
    clock_fix(NOW);
    open_site(&s, *state);
    const char *code = new_case(&s, 5, "192.0.2.1", "ann@home.example");
    clock_fix(NOW + 3 * DAY + 1);
    keep_desk_tick(&s.keep, clock_now_us()); /* the only call of this test program that counts */
    assert_int_equal(ask(&s, &stranger, with(&s, "case", code, ""), "{}"), 200);
    assert_string_equal(text(&s, "state"), "overdue");
    assert_string_equal(text(&s, "owner"), "a steward");
    close_site(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(clocks, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(reports, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(flood, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(newsletter, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(heard_before, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(refused, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(silence, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(decided, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
