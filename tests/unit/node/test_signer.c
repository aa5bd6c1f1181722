/* The signer: whose keys it reads, what it signs and for whom, and how often. */
#include "auth/key_record.h"
#include "node/signer.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void write_file(const char *name, struct slice text, mode_t mode)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static int make_folder(void **state)
{
    struct arena *a = arena_new(0);
    struct crypt_private *key;
    struct err e = {0};
    struct slice pem;
    *state = a;
    snprintf(folder, sizeof(folder), "/tmp/muster-signer-XXXXXX");
    if (mkdtemp(folder) == NULL || crypt_private_make(CRYPT_ED25519, 0, &e, &key) < 0 ||
        crypt_private_pem(a, key, &e, &pem) < 0)
        return -1;
    crypt_private_free(key);
    write_file("k.pem", pem, 0600);
    write_file("open.pem", pem, 0644);
    write_file("none.pem", SLICE("no key at all"), 0600);
    return 0;
}

static int drop_folder(void **state)
{
    static const char *const names[] = {"k.pem", "open.pem", "none.pem"};
    char path[128];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    arena_free(*state);
    return rmdir(folder);
}

static struct conf *configure(struct arena *a, const char *more)
{
    struct conf *conf;
    struct err e = {0};
    struct slice text = arena_printf(
        a, "sign \"example.org\" { selector = s1  key = %s/k.pem }\n%s", folder, more);
    assert_int_equal(conf_parse(a, SIGNING_SECTIONS, text, "test", NULL, &e, &conf), 0);
    return conf;
}

static void key_files(void **state)
{
    static const struct {
        const char *name;
        int code;
    } rows[] = {{"k.pem", 0},
                {"open.pem", ERR_DENIED},
                {"none.pem", ERR_PARSE},
                {"missing.pem", ERR_NOENT},
                {".", ERR_DENIED}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char path[128];
        struct crypt_private *key = NULL;
        struct err e = {0};
        snprintf(path, sizeof(path), "%s/%s", folder, rows[i].name);
        assert_int_equal(signer_read_key(path, &e, &key), rows[i].code);
        crypt_private_free(key);
    }
}

static struct sign_answer ask(struct arena *a, struct signer *s, const char *from,
                              const char *domain, const char *selector)
{
    struct slice raw = arena_printf(a, "From: %s\r\nSubject: x\r\n\r\nbody\r\n", from);
    struct signed_mail mail;
    struct err e = {0};
    struct sign_order order;
    struct sign_spec spec = {.domain = slice_str(domain),
                             .selector = slice_str(selector),
                             .header_canon = CANON_RELAXED,
                             .body_canon = CANON_RELAXED,
                             .now = 1767225600};
    struct buf orders = BUF_INIT(65536), out = BUF_INIT(65536);
    struct sign_answer answer;
    signed_init(&mail, message_parse(a, raw, NULL), 1767225600000000, false);
    assert_int_equal(sign_order_dkim(&mail, &spec, &e, &order), 0);
    signer_ask_pack(&orders, &order, 1);
    signer_answer(s, buf_slice(&orders), &out);
    assert_true(signer_answer_unpack(a, buf_slice(&out), &answer));
    buf_fini(&orders);
    buf_fini(&out);
    return answer;
}

static void whom(void **state)
{
    static const struct {
        const char *from, *domain, *selector;
        bool ok;
    } rows[] = {{"ann@example.org", "example.org", "s1", true},
                {"Ann <ann@mail.example.org>", "example.org", "s1", true},
                {"ann@example.org, bob@example.org", "example.org", "s1", true},
                {"ann@example.net", "example.org", "s1", false},
                {"ann@notexample.org", "example.org", "s1", false},
                {"ann@example.org, bob@example.net", "example.org", "s1", false},
                {"\"ann@example.org\" <eve@evil.example>", "example.org", "s1", false},
                {"nobody", "example.org", "s1", false},
                {"ann@example.org", "example.org", "s2", false},
                {"ann@example.net", "example.net", "s1", false}};
    struct arena *a = *state;
    struct signer *s;
    struct err e = {0};
    assert_int_equal(signer_open(configure(a, ""), &e, &s), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sign_answer got = ask(a, s, rows[i].from, rows[i].domain, rows[i].selector);
        if (got.ok != rows[i].ok)
            fail_msg("row %zu: %.*s", i, SLICE_ARG(got.why));
        assert_int_equal(got.n, rows[i].ok);
    }
    signer_free(s);
}

static void no_digest(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct err e = {0};
    struct buf out = BUF_INIT(65536);
    struct sign_answer got;
    static const char junk[] = "\1\0\0\0\1\1\1\0whatever this is, it is no order";
    assert_int_equal(signer_open(configure(a, ""), &e, &s), 0);
    signer_answer(s, slice_of(junk, sizeof(junk)), &out);
    assert_true(signer_answer_unpack(a, buf_slice(&out), &got));
    assert_false(got.ok);
    /* A seal with a key that is there for DKIM alone. */
    struct sign_order seal = {.purpose = SIGN_ARC,
                              .domain = SLICE("example.org"),
                              .selector = SLICE("s1"),
                              .names = SLICE("From"),
                              .fields = SLICE("from:ann@example.org\r\n"),
                              .instance = 1,
                              .cv = SLICE("none"),
                              .results = SLICE("x; none")};
    struct buf orders = BUF_INIT(65536);
    signer_ask_pack(&orders, &seal, 1);
    buf_reset(&out);
    signer_answer(s, buf_slice(&orders), &out);
    assert_true(signer_answer_unpack(a, buf_slice(&out), &got));
    assert_false(got.ok);
    signer_free(s);
    assert_int_equal(signer_open(configure(a, "arc { seal_as = example.org }"), &e, &s), 0);
    buf_reset(&out);
    signer_answer(s, buf_slice(&orders), &out);
    assert_true(signer_answer_unpack(a, buf_slice(&out), &got));
    assert_true(got.ok);
    assert_int_equal(got.n, 3);
    buf_fini(&orders);
    buf_fini(&out);
    signer_free(s);
}

static void rate(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct err e = {0};
    unsigned made = 0;
    assert_int_equal(signer_open(configure(a, "sign { per_minute = 20 }"), &e, &s), 0);
    for (int i = 0; i < 40; i++)
        made += ask(a, s, "ann@example.org", "example.org", "s1").ok;
    assert_in_range(made, 20, 39); /* the allowance gains a little while this runs */
    signer_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(key_files), cmocka_unit_test(whom),
                                       cmocka_unit_test(no_digest), cmocka_unit_test(rate)};
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
