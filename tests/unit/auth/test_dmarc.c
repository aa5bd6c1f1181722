/* auth: DMARC records tag by tag, the walk, alignment, overrides; what composes it all; and what is
 * written about it. */
#include "ask/zone.h"
#include "auth/auth.h"
#include "auth/authres.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct record_row {
    const char *txt;
    bool is_valid, has_p;
    enum dmarc_policy p, sp, np;
};

static const struct record_row record_rows[] = {
    {"v=DMARC1; p=reject", true, true, DMARC_REJECT, DMARC_REJECT, DMARC_REJECT},
    {"v=DMARC1;p=Quarantine;sp=NONE", true, true, DMARC_QUARANTINE, DMARC_NONE, DMARC_NONE},
    {"v = DMARC1 ; p = reject ; np = none ;", true, true, DMARC_REJECT, DMARC_REJECT, DMARC_NONE},
    {"v=DMARC1; p=reject; sp=bogus", true, true, DMARC_REJECT, DMARC_REJECT, DMARC_REJECT},
    {"v=DMARC1; p=bogus", true, false, DMARC_NONE, DMARC_NONE, DMARC_NONE},
    {"v=DMARC1; p=bogus; rua=mailto:a@b.example", true, true, DMARC_NONE, DMARC_NONE, DMARC_NONE},
    {"v=DMARC1; rua=mailto:a@b.example; sp=reject", true, true, DMARC_NONE, DMARC_NONE, DMARC_NONE},
    {"v=DMARC1; rua=nonsense", true, false, DMARC_NONE, DMARC_NONE, DMARC_NONE},
    {"v=DMARC1", true, false, DMARC_NONE, DMARC_NONE, DMARC_NONE},
    {"v=DMARC1; pct=0; rf=afrf; x=y; p=reject", true, true, DMARC_REJECT, DMARC_REJECT,
     DMARC_REJECT},
    {"v=DMARC1; p=reject; p=none", false, false, 0, 0, 0},
    {"v=DMARC1; v=DMARC1; p=none", false, false, 0, 0, 0},
    {"v=dmarc1; p=reject", false, false, 0, 0, 0},
    {"v=DMARC10; p=reject", false, false, 0, 0, 0},
    {" v=DMARC1; p=reject", false, false, 0, 0, 0},
    {"p=reject; v=DMARC1", false, false, 0, 0, 0},
    {"", false, false, 0, 0, 0},
};

static void records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof record_rows / sizeof *record_rows; i++) {
        const struct record_row *w = &record_rows[i];
        struct dmarc_record r;
        if (dmarc_record_parse(slice_str(w->txt), &r) != w->is_valid)
            fail_msg("%s: valid or not", w->txt);
        if (w->is_valid && (r.has_p != w->has_p || r.p != w->p || r.sp != w->sp || r.np != w->np))
            fail_msg("%s: policies %d %d %d %d", w->txt, r.has_p, r.p, r.sp, r.np);
    }
}

static struct zone *zone_of(struct arena *a, const char *const (*rows)[2], size_t n)
{
    struct zone *z = zone_new(a);
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(rows[i][1], "TIMEOUT"))
            assert_true(zone_add_status(z, slice_str(rows[i][0]), DNS_TXT, ASK_TIMEOUT));
        else
            assert_true(zone_add(z, slice_str(rows[i][0]), DNS_TXT, slice_str(rows[i][1])));
    }
    return z;
}

/* A name of many labels costs 8 questions, all in one round, and goes from itself to its last 7. */
static void long_names(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"_dmarc.org.example", "v=DMARC1; p=reject"},
        {"_dmarc.9.8.7.6.5.4.3.2.org.example", "v=DMARC1; p=none"},
        {"_dmarc.4.3.2.1.org.example", "v=DMARC1; p=none"}};
    struct arena *a = arena_new(0);
    struct zone *z = zone_of(a, rows, 3);
    struct ask *q = ask_new(a, NULL);
    struct dmarc_walk w;
    struct slice name = SLICE("b.a.9.8.7.6.5.4.3.2.org.example");
    assert_false(dmarc_walk(a, q, name, &w));
    assert_int_equal(zone_answer(z, q), DMARC_QUERIES);
    assert_true(dmarc_walk(a, q, name, &w));
    assert_int_equal(ask_count(q), DMARC_QUERIES);
    assert_true(slice_eq(w.step[1].domain, SLICE("6.5.4.3.2.org.example")));
    assert_true(slice_eq(w.org, SLICE("org.example")));
    arena_free(a);
}

struct row {
    const char *what;
    const char *from; /* author domain */
    const char *spf;  /* domain that SPF passes for; "": fails; NULL: not checked */
    const char *dkim; /* domain of a passing signature; "": none */
    enum auth_value value;
    enum dmarc_policy action;
};

static const char *const zone_rows[][2] = {
    {"_dmarc.plain.example", "v=DMARC1; p=reject; sp=quarantine"},
    {"_dmarc.strict.example", "v=DMARC1; p=reject; aspf=s; adkim=s"},
    {"_dmarc.twice.plain.example", "v=DMARC1; p=none"},
    {"_dmarc.twice.plain.example", "v=DMARC1; p=quarantine"},
    {"_dmarc.test.example", "v=DMARC1; p=reject; t=y"},
    {"_dmarc.slow.example", "TIMEOUT"},
    {"_dmarc.half.example", "v=DMARC1; p=reject"},
    {"_dmarc.example", "TIMEOUT"},
    {"_dmarc.stop.half2.invalid", "v=DMARC1; p=reject; psd=n"},
    {"_dmarc.empty.invalid", "v=DMARC1"},
};

static const struct row rows[] = {
    {"SPF equal", "stop.half2.invalid", "stop.half2.invalid", "", AUTH_PASS, DMARC_NONE},
    {"SPF below", "stop.half2.invalid", "m.stop.half2.invalid", "", AUTH_PASS, DMARC_NONE},
    {"SPF above psd=n", "stop.half2.invalid", "half2.invalid", "", AUTH_FAIL, DMARC_REJECT},
    {"DKIM equal", "stop.half2.invalid", "", "stop.half2.invalid", AUTH_PASS, DMARC_NONE},
    {"nothing", "stop.half2.invalid", "", "", AUTH_FAIL, DMARC_REJECT},
    {"nobody's", "none.invalid", "none.invalid", "", AUTH_NONE, DMARC_NONE},
    {"no policy", "empty.invalid", "", "", AUTH_NONE, DMARC_NONE},
    {"SPF not checked", "stop.half2.invalid", NULL, "", AUTH_TEMPERROR, DMARC_NONE},
    {"SPF not checked, DKIM good", "stop.half2.invalid", NULL, "stop.half2.invalid", AUTH_PASS,
     DMARC_NONE},
    /* _dmarc.example does not answer: what hangs on it is unknown, never a failure */
    {"record missing", "slow.example", "", "", AUTH_TEMPERROR, DMARC_NONE},
    {"equal needs no walk", "half.example", "half.example", "", AUTH_PASS, DMARC_NONE},
    {"relaxed needs the walk", "half.example", "x.half.example", "", AUTH_TEMPERROR, DMARC_NONE},
    {"nothing that could align", "half.example", "", "", AUTH_FAIL, DMARC_REJECT},
    {"strict, equal", "strict.example", "strict.example", "", AUTH_PASS, DMARC_NONE},
    {"strict, below", "strict.example", "x.strict.example", "", AUTH_FAIL, DMARC_REJECT},
    {"in test", "test.example", "", "", AUTH_FAIL, DMARC_QUARANTINE},
};

static void evaluate(struct arena *a, const struct zone *z, const struct row *w,
                     const struct auth_settings *s, struct dmarc_result *out)
{
    static struct dkim_result good;
    struct dmarc_author author = {.domain = slice_str(w->from)};
    struct dmarc_authors authors = {.first = &author, .n = 1};
    struct spf_result spf = {.value = w->spf && w->spf[0] ? AUTH_PASS : AUTH_FAIL,
                             .domain = slice_str(w->spf)};
    good = (struct dkim_result){.value = AUTH_PASS, .domain = slice_str(w->dkim)};
    struct dkim_results dkim = {.first = w->dkim[0] ? &good : NULL};
    struct dmarc_in in = {
        .arena = a, .authors = &authors, .settings = s, .spf = w->spf ? &spf : NULL, .dkim = &dkim};
    struct ask *q = ask_new(a, NULL);
    int rounds = 0;
    while (!dmarc_check(&in, true, q, out)) {
        assert_int_not_equal(zone_answer(z, q), 0);
        assert_in_range(++rounds, 1, 3);
    }
}

static void alignment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new(0);
        struct zone *z = zone_of(a, zone_rows, sizeof zone_rows / sizeof *zone_rows);
        struct dmarc_result r;
        evaluate(a, z, &rows[i], auth_settings_default(), &r);
        if (r.value != rows[i].value || r.action != rows[i].action ||
            r.is_incomplete != (r.value == AUTH_TEMPERROR))
            fail_msg("%s: %s, %s (%s)", rows[i].what, auth_value_name(r.value),
                     dmarc_policy_name(r.action), r.reason);
        arena_free(a);
    }
}

/* Both records of a name are discarded and the walk goes on (RFC 9989 4.10 step 2). */
static void two_records(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct zone *z = zone_of(a, zone_rows, 4);
    struct dmarc_result r;
    struct row w = {"", "twice.plain.example", "", "", AUTH_FAIL, DMARC_QUARANTINE};
    evaluate(a, z, &w, auth_settings_default(), &r);
    assert_int_equal(r.value, AUTH_FAIL);
    assert_true(slice_eq(r.worst->record_at, SLICE("plain.example")));
    assert_string_equal(r.worst->policy_tag, "sp");
    assert_int_equal(r.action, DMARC_QUARANTINE);
    arena_free(a);
}

static void overrides(void **state)
{
    (void)state;
    struct slice plain = SLICE("plain.example"), list = SLICE("list.example");
    struct auth_settings local = *auth_settings_default(), lists = local;
    local.local = (struct conf_list){&plain, 1};
    lists.lists = (struct conf_list){&list, 1};
    struct arena *a = arena_new(0);
    struct zone *z = zone_of(a, zone_rows, 4);
    struct dmarc_result r;
    struct row w = {"", "plain.example", "bounce.list.example", "", AUTH_FAIL, DMARC_NONE};
    evaluate(a, z, &w, &local, &r);
    assert_int_equal(r.override, DMARC_OVERRIDE_LOCAL);
    assert_int_equal(r.action, DMARC_NONE);
    assert_int_equal(r.policy, DMARC_REJECT);
    evaluate(a, z, &w, &lists, &r);
    assert_int_equal(r.override, DMARC_OVERRIDE_MAILING_LIST);
    assert_int_equal(r.action, DMARC_NONE);
    w.spf = ""; /* the list does not prove itself */
    evaluate(a, z, &w, &lists, &r);
    assert_int_equal(r.override, DMARC_OVERRIDE_NONE);
    assert_int_equal(r.action, DMARC_REJECT);
    arena_free(a);
}

/* ---- the whole, and what is written about it ---- */

static void check_message(struct arena *a, const struct zone *z, const struct envelope *env,
                          struct slice raw, struct auth_result *r)
{
    struct auth_in in = {
        .arena = a, .m = message_parse(a, raw, NULL), .env = env, .now = 1800000000};
    struct ask *q = ask_new(a, NULL);
    *r = (struct auth_result){0};
    while (!auth_check(&in, q, r))
        assert_int_not_equal(zone_answer(z, q), 0);
}

#define MAIL "From: <x@a.invalid>\r\nSubject: x\r\n\r\nx\r\n"

static void whole(void **state)
{
    (void)state;
    static const char *const records_of_a[][2] = {{"a.invalid", "v=spf1 ip4:192.0.2.1 -all"},
                                                  {"_dmarc.a.invalid", "v=DMARC1; p=reject"}};
    struct arena *a = arena_new(0);
    struct zone *z = zone_of(a, records_of_a, 2);
    struct envelope env = {.client_ip = SLICE("192.0.2.1"),
                           .helo = SLICE("evil\"; dkim=pass\n.example"),
                           .mail_from = SLICE("x\r\n y@a.invalid"),
                           .has_mail_from = true};
    struct auth_result r;
    check_message(a, z, &env, SLICE(MAIL), &r);
    assert_int_equal(r.spf_mail_from.value, AUTH_PASS);
    assert_int_equal(r.dmarc.value, AUTH_PASS);
    assert_false(r.is_incomplete);
    assert_true(auth_proves(&r, SLICE("a.invalid")));
    assert_true(auth_proves(&r, SLICE("b.a.invalid")));
    assert_false(auth_proves(&r, SLICE("ba.invalid")));
    struct buf out = BUF_INIT(8192);
    authres_write(&r, SLICE("mx.example"), &out);
    struct authres read;
    assert_null(authres_parse(a, buf_slice(&out), &read));
    assert_true(slice_eq(read.authserv_id, SLICE("mx.example")));
    assert_int_equal(read.n, 3); /* spf, dkim=none, dmarc: nothing smuggled in */
    assert_true(slice_eq(read.methods->name, SLICE("spf")));
    assert_true(slice_eq(read.methods->result, SLICE("pass")));
    for (size_t i = 0; i + 1 < out.n; i++)
        assert_true(out.p[i] != '\n' || out.p[i + 1] == ' ');
    buf_fini(&out);
    arena_free(a);
}

static void nothing_known(void **state)
{
    (void)state;
    static const char *const records_of_a[][2] = {{"_dmarc.a.invalid", "v=DMARC1; p=reject"}};
    struct arena *a = arena_new(0);
    struct zone *z = zone_of(a, records_of_a, 1);
    struct envelope file = {0}, own = {.auth_user = SLICE("ann"), .client_ip = SLICE("192.0.2.1")};
    struct auth_result r;
    check_message(a, z, &file, SLICE(MAIL), &r);
    assert_true(r.is_border_missing);
    assert_true(r.is_incomplete);
    assert_int_equal(r.dmarc.value, AUTH_TEMPERROR);
    check_message(a, z, &own, SLICE(MAIL), &r);
    assert_true(r.is_skipped);
    struct buf out = BUF_INIT(8192);
    authres_write(&r, SLICE("mx.example"), &out);
    assert_string_equal(buf_cstr(&out), "mx.example; none");
    buf_fini(&out);
    arena_free(a);
}

struct claim {
    const char *value;
    bool is_ours;
};

static const struct claim claims[] = {
    {"mx.example; none", true},
    {" MX.Example ; dkim=pass", true},
    {"mx.example 1; dkim=pass", true},
    {"mx.example/1; dkim=pass", true},
    {"\"mx.example\"; dkim=pass", true},
    {"\"mx\\.example\"; dkim=pass", true},
    {"(a (b) c) mx.example (d); dkim=pass", true},
    {"\r\n mx.example\r\n ; dkim=pass", true},
    {"mx.example", true},
    {"mx.example.; dkim=pass", true},
    {"mx(x).example; dkim=pass", true},
    {"mx.example dkim=pass", true},
    {"mx.example.org; dkim=pass", false},
    {"other.example; dkim=pass header.d=mx.example", false},
    {"xmx.example; none", false},
    {"", false},
};

static void forged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (authres_claims(slice_str(claims[i].value), SLICE("mx.example")) != claims[i].is_ours)
            fail_msg("%s", claims[i].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records),     cmocka_unit_test(long_names),    cmocka_unit_test(alignment),
        cmocka_unit_test(two_records), cmocka_unit_test(overrides),     cmocka_unit_test(whole),
        cmocka_unit_test(forged),      cmocka_unit_test(nothing_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
