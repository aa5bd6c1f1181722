/* Proofs of control that are published: what is told to publish, the queue of looks, what they
 * lead to. */
#include "desk_site.h"
#include "node/prover.h"

static const char *appeal_of(struct site *s, const char *listing)
{
    if (ask(s, &stranger, with(s, "listing", listing, "/appeal"),
            "{\"statement\":\"they all agreed\"}") != 200)
        fail_msg("%s", buf_cstr(&s->out));
    return text(s, "code");
}

static uint32_t look(struct site *s, const char *appeal, const char *method)
{
    return ask(s, &stranger, with(s, "appeal", appeal, "/prove"),
               arena_printf(s->arena, "{\"method\":\"%s\"}", method).p);
}

static void told(struct site *s, struct proof_queue *pq, uint64_t tag, enum mail_outcome outcome,
                 const char *words)
{
    struct mail_result r = {outcome, slice_str(words)};
    proofs_done(pq, &s->keep, tag, &r);
}

static void published(void **state)
{
    struct site s;
    struct listed l;
    struct proof_queue pq = {0};
    struct prove_order o;
    struct buf packed = BUF_INIT(65536);
    clock_fix(NOW);
    open_site(&s, *state, "");
    const char *listing = list(&s, "spam", "tag", "shop.example");
    const char *appeal = appeal_of(&s, listing);
    const char *words = text(&s, "proof_words"), *name = text(&s, "proof_dns");
    assert_string_equal(name, "_muster-appeal.shop.example");
    assert_non_null(strstr(text(&s, "proof_web"), "https://shop.example/.well-known/"));
    assert_int_equal(proofs_next(&pq, &s.keep, &packed), 0); /* nobody asked for a look */
    assert_int_equal(look(&s, appeal, "carrier-pigeon"), 400);
    assert_int_equal(look(&s, appeal, "dns"), 200);
    assert_string_equal(text(&s, "state"), "proof");
    assert_true(json_is_true(json_object_get(s.answer, "checking")));
    uint64_t tag = proofs_next(&pq, &s.keep, &packed);
    assert_int_not_equal(tag & PROOF_TAG, 0);
    assert_true(prove_unpack(buf_slice(&packed), &o));
    assert_int_equal(o.method, PROOF_DNS);
    assert_true(slice_eq(o.name, slice_str(name)) && slice_eq(o.words, slice_str(words)));
    assert_int_equal(proofs_next(&pq, &s.keep, &packed), 0); /* it is under way */
    /* Not there: said, and not looked for again at once. */
    told(&s, &pq, tag, MAIL_REFUSED, "There is no such record yet.");
    assert_int_equal(ask(&s, &stranger, with(&s, "appeal", appeal, ""), "{}"), 200);
    assert_string_equal(text(&s, "found"), "There is no such record yet.");
    assert_true(json_is_false(json_object_get(s.answer, "checking")));
    assert_int_equal(look(&s, appeal, "dns"), 409);
    clock_fix(NOW + 61);
    assert_int_equal(look(&s, appeal, "web"), 200);
    /* The mailer dies over it: asked again by the next one. */
    tag = proofs_next(&pq, &s.keep, &packed);
    assert_true(tag && prove_unpack(buf_slice(&packed), &o) && o.method == PROOF_WEB);
    assert_true(slice_eq(o.name, SLICE("shop.example")));
    proofs_forget(&pq);
    tag = proofs_next(&pq, &s.keep, &packed);
    assert_int_not_equal(tag, 0);
    told(&s, &pq, tag, MAIL_SENT, "");
    assert_int_equal(ask(&s, &stranger, with(&s, "appeal", appeal, ""), "{}"), 200);
    assert_string_equal(text(&s, "state"), "open");
    /* It is a reply as well: the listing does not begin to count. */
    clock_fix(NOW + 3 * DAY + 1);
    assert_false(is_listed(&s, "shop.example", &l));
    buf_fini(&packed);
    clock_fix(-1);
    close_site(&s);
}

/* A stranger who objects in somebody's name does not keep him from objecting. */
static void crowded(void **state)
{
    struct site s;
    clock_fix(NOW);
    open_site(&s, *state, "");
    const char *listing = list(&s, "spam", "tag", "shop.example");
    const char *first = appeal_of(&s, listing);
    const char *mine = appeal_of(&s, listing);
    assert_string_not_equal(first, mine);
    appeal_of(&s, listing);
    assert_int_equal(
        ask(&s, &stranger, with(&s, "listing", listing, "/appeal"), "{\"statement\":\"again\"}"),
        409);
    clock_fix(NOW + 3601);
    appeal_of(&s, listing);
    clock_fix(-1);
    close_site(&s);
}

/* A look that kills the mailer each time is given up, and fetches are few a minute. */
static void bounded(void **state)
{
    struct site s;
    struct proof_queue pq = {0};
    struct buf packed = BUF_INIT(65536);
    unsigned begun = 0;
    clock_fix(NOW);
    open_site(&s, *state, "");
    const char *appeal = appeal_of(&s, list(&s, "spam", "tag", "shop.example"));
    assert_int_equal(look(&s, appeal, "dns"), 200);
    while (proofs_next(&pq, &s.keep, &packed)) {
        proofs_forget(&pq);
        begun++;
    }
    assert_int_equal(begun, 3);
    assert_int_equal(ask(&s, &stranger, with(&s, "appeal", appeal, ""), "{}"), 200);
    assert_true(json_is_false(json_object_get(s.answer, "checking")));
    assert_true(*text(&s, "found"));
    for (int i = 0; i < 6; i++) {
        char domain[64];
        snprintf(domain, sizeof(domain), "shop%d.example", i);
        appeal = appeal_of(&s, list(&s, "spam", "tag", domain));
        assert_int_equal(look(&s, appeal, "web"), 200);
    }
    begun = 0;
    uint64_t tag;
    while ((tag = proofs_next(&pq, &s.keep, &packed)) != 0) {
        told(&s, &pq, tag, MAIL_REFUSED, "no");
        begun++;
    }
    assert_int_equal(begun, 3);
    buf_fini(&packed);
    clock_fix(-1);
    close_site(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(published, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(crowded, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(bounded, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
