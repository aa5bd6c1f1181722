/* The desk in keeper: reports become cases with codes, floods change nothing, listings are decided
 * by people and heard, appeals have a clock, corrections travel, people are erased. */
#include "desk_site.h"

static void reports(void **state)
{
    struct site s;
    clock_fix(NOW);
    open_site(&s, *state, "");
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
    open_site(&s, *state, "");
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

/* One domain, a mailbox and a network for each report: one source, and one source's share. Whoever
 * writes from his own mailbox at a provider is a source of his own. */
static void one_domain(void **state)
{
    struct site s;
    unsigned taken = 0;
    clock_fix(NOW);
    open_site(&s, *state, "");
    const char *code = "";
    for (unsigned n = 0; n < 12; n++) {
        char who[64], ip[32];
        snprintf(who, sizeof(who), "n%u@d%u.bad.example", n, n);
        snprintf(ip, sizeof(ip), "10.%u.0.1", n);
        struct desk_report r = sample(n, ip, who);
        assert_int_equal(hand_in(&s, &root, &r), 200);
        if (strcmp(text(&s, "taken"), "new") == 0) {
            taken++;
            code = text(&s, "code");
        } else {
            assert_string_equal(text(&s, "taken"), "counted");
        }
    }
    assert_int_equal(taken, 5);
    assert_int_equal(ask(&s, &root, with(&s, "case", code, ""), "{}"), 200);
    const json_t *c = json_object_get(s.answer, "campaign");
    assert_int_equal(json_integer_value(json_object_get(c, "reporters")), 5);
    assert_int_equal(json_integer_value(json_object_get(c, "sources")), 1);
    assert_true(json_number_value(json_object_get(c, "weight")) < 2.0);
    assert_string_equal(json_string_value(json_object_get(c, "suggests")), "keep");
    (void)new_case(&s, 100, "10.100.0.1", "ann@gmail.com");
    (void)new_case(&s, 101, "10.101.0.1", "bea@gmail.com");
    (void)new_case(&s, 102, "10.102.0.1", "b.e.a+more@gmail.com");
    (void)new_case(&s, 103, "10.103.0.1", "cy@desk.example");
    (void)new_case(&s, 104, "10.104.0.1", "dora@desk.example");
    assert_int_equal(ask(&s, &root, with(&s, "case", code, ""), "{}"), 200);
    c = json_object_get(s.answer, "campaign");
    assert_int_equal(json_integer_value(json_object_get(c, "reporters")), 10);
    assert_int_equal(json_integer_value(json_object_get(c, "sources")), 5);
    assert_int_equal(ask(&s, &civil, "work", "{}"), 200);
    const json_t *w = json_array_get(json_object_get(s.answer, "work"), 0);
    assert_int_equal(json_integer_value(json_object_get(w, "sources")), 5);
    close_site(&s);
}

/* A lawful newsletter that 30 of its readers report: the sender is asked, nothing is listed. */
static void newsletter(void **state)
{
    struct site s;
    const char *code = "";
    clock_fix(NOW);
    open_site(&s, *state, "");
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

static void heard_before(void **state)
{
    struct site s;
    struct listed l;
    clock_fix(NOW);
    open_site(&s, *state, "");
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
    open_site(&s, *state, "");
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
    open_site(&s, *state, "");
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
    open_site(&s, *state, "");
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
    open_site(&s, *state, "");
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
        cmocka_unit_test_setup_teardown(one_domain, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(newsletter, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(heard_before, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(refused, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(silence, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(decided, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
