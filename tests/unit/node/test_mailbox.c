/* Codes that prove a mailbox: what opens it, what does not, and that nobody can have mail sent to
 * others by asking; and the roles that wait for a second factor. */
#include "../journal/helpers.h"
#include "base/clock.h"
#include "node/account.h"
#include "node/keep_mailbox.h"
#include "node/keep_verb.h"

#include <jansson.h>
#include <stdio.h>

#define NOW 1700000000

struct site {
    struct arena *arena;
    struct conf *conf;
    struct keep keep;
    struct buf out, packed;
};

static void open_site(struct site *s, const char *dir, const char *settings)
{
    *s = (struct site){
        .arena = arena_new(0), .out = BUF_INIT(8 << 20), .packed = BUF_INIT(8 << 20)};
    struct slice text = arena_printf(s->arena,
                                     "data = \"%s/data\"\nbase_model = \"/none\"\n"
                                     "domains = one.example, two.example\n%s",
                                     dir, settings);
    OK(conf_parse(s->arena, node_tables(), text, "test", NULL, &test_err, &s->conf));
    OK(keep_open(s->arena, s->conf, false, &test_err, &s->keep));
}

static void close_site(struct site *s)
{
    keep_close(&s->keep);
    buf_fini(&s->out);
    buf_fini(&s->packed);
    arena_free(s->arena);
}

/* An account and a session of it. */
static const char *member(struct site *s, const char *name, unsigned roles)
{
    struct account acc = {.name = slice_str(name), .roles = roles};
    struct account_by by = {0};
    char *token = arena_bytes(s->arena, SESSION_HEX + 1);
    OK(account_write(s->keep.accounts, &acc, "made", &by, &test_err));
    session_make(s->keep.accounts, acc.id, clock_now_us(), token);
    return token;
}

static uint32_t ask(struct site *s, const char *session, const char *path, const char *args)
{
    uint32_t status = 0;
    struct record_ask r = {.path = slice_str(path), .json = slice_str(args)};
    r.who.session = slice_str(session);
    buf_reset(&s->out);
    keep_ask(&s->keep, &r, &status, &s->out);
    return status;
}

static uint32_t ask_for(struct site *s, const char *session, const char *mailbox)
{
    return ask(s, session, "account/mailbox/ask",
               arena_printf(s->arena, "{\"mailbox\":\"%s\"}", mailbox).p);
}

/* The code in the next mail, which goes to `to`; NULL: none is sent. */
static const char *mailed(struct site *s, const char *to, enum mail_outcome outcome)
{
    struct mail_order o;
    struct mail_result r = {.outcome = outcome};
    uint64_t tag = keep_mailbox_next(&s->keep, &s->packed);
    if (tag == 0)
        return NULL;
    assert_true(tag & MAILBOX_TAG);
    assert_true(mail_unpack(s->arena, buf_slice(&s->packed), &o));
    assert_int_equal(o.n_rcpt, 1);
    assert_true(slice_eq(o.rcpt[0], slice_str(to)));
    assert_int_equal(o.from.n, 0);
    assert_true(slice_find(o.raw, SLICE("Auto-Submitted: auto-generated\r\n")) != SIZE_MAX);
    size_t at = slice_find(o.raw, SLICE("\r\n    "));
    assert_true(at != SIZE_MAX);
    const char *code = arena_cstr(s->arena, slice_head(slice_from(o.raw, at + 6), 9));
    assert_int_equal(code[4], '-');
    keep_mailbox_mailed(&s->keep, tag, &r);
    return code;
}

static uint32_t prove(struct site *s, const char *session, const char *code)
{
    return ask(s, session, "account/mailbox/prove",
               arena_printf(s->arena, "{\"code\":\"%s\"}", code).p);
}

static bool knows(struct site *s, const char *session, const char *mailbox)
{
    assert_int_equal(ask(s, session, "account/me", "{}"), 200);
    return strstr(buf_cstr(&s->out), mailbox) != NULL;
}

static void a_code_opens_one_mailbox_to_one_account(void **state)
{
    struct site s;
    open_site(&s, *state, "");
    const char *ann = member(&s, "ann", ACTOR_MEMBER), *bob = member(&s, "bob", ACTOR_MEMBER);
    assert_int_equal(ask(&s, "", "account/mailbox/ask", "{\"mailbox\":\"ann@one.example\"}"), 401);
    assert_int_equal(ask_for(&s, ann, "Ann+tag@ONE.example"), 200);
    assert_null(strstr(buf_cstr(&s.out), "code"));
    const char *code = mailed(&s, "ann@one.example", MAIL_LATER);
    assert_null(mailed(&s, "", MAIL_SENT)); /* not at once again */
    assert_int_equal(prove(&s, bob, code), 404);
    assert_int_equal(prove(&s, ann, "AAAA-AAAA"), 403);
    assert_int_equal(prove(&s, ann, ""), 403);
    assert_false(knows(&s, ann, "ann@one.example"));
    struct slice small = arena_lower(s.arena, slice_str(code));
    assert_int_equal(prove(&s, ann, arena_cstr(s.arena, small)), 200);
    assert_true(knows(&s, ann, "ann@one.example"));
    assert_int_equal(prove(&s, ann, code), 404); /* used up */
    assert_false(knows(&s, bob, "ann@one.example"));
    assert_int_equal(ask(&s, ann, "account/acts", "{}"), 200);
    assert_non_null(strstr(buf_cstr(&s.out), "mailbox-proven"));
    close_site(&s);
    open_site(&s, *state, ""); /* it is a fact */
    struct account acc;
    OK(account_by_name(s.keep.accounts, SLICE("ann"), s.arena, &test_err, &acc));
    assert_true(slice_eq(acc.mailbox, SLICE("ann@one.example")));
    close_site(&s);
}

static void guesses_and_time_end_a_code(void **state)
{
    struct site s;
    open_site(&s, *state, "");
    const char *ann = member(&s, "ann", ACTOR_MEMBER);
    assert_int_equal(ask_for(&s, ann, "ann@one.example"), 200);
    const char *code = mailed(&s, "ann@one.example", MAIL_SENT);
    for (unsigned i = 1; i < MAILBOX_TRIES; i++)
        assert_int_equal(prove(&s, ann, "BBBB-BBBB"), 403);
    assert_int_equal(prove(&s, ann, "BBBB-BBBB"), 429);
    assert_int_equal(prove(&s, ann, code), 404);
    assert_int_equal(ask_for(&s, ann, "ann@one.example"), 200);
    code = mailed(&s, "ann@one.example", MAIL_SENT);
    clock_fix(NOW + 3600);
    assert_int_equal(prove(&s, ann, code), 404);
    close_site(&s);
}

static void it_sends_no_mail_to_others(void **state)
{
    struct site s;
    open_site(&s, *state, "");
    const char *ann = member(&s, "ann", ACTOR_MEMBER);
    assert_int_equal(ask_for(&s, ann, "victim@elsewhere.example"), 403);
    assert_int_equal(ask_for(&s, ann, "x@sub.one.example"), 403);
    assert_int_equal(ask_for(&s, ann, "ann"), 400);
    assert_int_equal(ask_for(&s, ann, "a@evil.example,b@one.example"), 400);
    assert_int_equal(ask_for(&s, ann, "a@one.example\\r\\nBcc: b@x.example"), 400);
    for (unsigned i = 0; i < MAILBOX_EACH_A_DAY; i++) /* of whoever asks */
        assert_int_equal(ask_for(&s,
                                 member(&s,
                                        i == 0   ? "b1"
                                        : i == 1 ? "b2"
                                                 : "b3",
                                        1),
                                 "eve+x@one.example"),
                         200);
    assert_int_equal(ask_for(&s, ann, "eve@one.example"), 429);
    for (unsigned i = 0; i < MAILBOX_ACCOUNT_A_DAY; i++)
        assert_int_equal(ask_for(&s, ann, arena_printf(s.arena, "u%u@two.example", i).p), 200);
    assert_int_equal(ask_for(&s, ann, "u9@two.example"), 429);
    unsigned sent = 0;
    while (keep_mailbox_next(&s.keep, &s.packed))
        sent++;
    assert_int_equal(sent, MAILBOX_EACH_A_DAY + 1); /* the newest of each account alone */
    unsigned all = MAILBOX_EACH_A_DAY + MAILBOX_ACCOUNT_A_DAY;
    for (; all < MAILBOX_ALL_AN_HOUR; all++) {
        const char *name = arena_printf(s.arena, "n%u", all).p;
        uint32_t status = ask_for(&s, member(&s, name, 1),
                                  arena_printf(s.arena, "%s@two.example", name).p);
        if (status == 429)
            break; /* as many wait as there is room for */
        assert_int_equal(status, 200);
    }
    assert_int_equal(ask_for(&s, member(&s, "last", 1), "last@two.example"), 429);
    clock_fix(NOW + 3601);
    assert_int_equal(ask_for(&s, member(&s, "later", 1), "last@two.example"), 200);
    clock_fix(NOW + 86401);
    assert_int_equal(ask_for(&s, member(&s, "fresh", 1), "eve@one.example"), 200);
    close_site(&s);
}

static void roles_wait_for_the_second_factor(void **state)
{
    struct site s;
    struct err e = {0};
    struct account acc;
    struct account_by by = {0};
    open_site(&s, *state, "web { second_factor = steward, operator }\n");
    const char *ann = member(&s, "ann", ACTOR_MEMBER | ACTOR_STEWARD | ACTOR_REVIEWER);
    assert_int_equal(ask(&s, ann, "account/list", "{}"), 403);
    assert_non_null(strstr(buf_cstr(&s.out), "second factor"));
    assert_int_equal(ask(&s, ann, "account/me", "{}"), 200);
    assert_non_null(strstr(buf_cstr(&s.out), "\"roles\":3,\"withheld\":32"));
    OK(account_by_name(s.keep.accounts, SLICE("ann"), s.arena, &e, &acc));
    acc.totp = SLICE("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    OK(account_write(s.keep.accounts, &acc, "second-factor-on", &by, &e));
    assert_int_equal(ask(&s, ann, "account/list", "{}"), 200);
    close_site(&s);
    struct slice text = SLICE("web { second_factor = member }\n");
    const char *path = in_dir(*state, "bad.conf");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "%.*s", SLICE_ARG(text));
    fclose(f);
    struct arena *a = arena_new(0);
    struct conf *conf;
    assert_int_equal(node_config_read(a, path, &e, &conf), ERR_PARSE);
    arena_free(a);
}

static int set_up(void **state)
{
    clock_fix(NOW);
    return make_dir(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_code_opens_one_mailbox_to_one_account, set_up, drop_dir),
        cmocka_unit_test_setup_teardown(guesses_and_time_end_a_code, set_up, drop_dir),
        cmocka_unit_test_setup_teardown(it_sends_no_mail_to_others, set_up, drop_dir),
        cmocka_unit_test_setup_teardown(roles_wait_for_the_second_factor, set_up, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
