/* Bodies of forms: what browsers send is read, what could be read in two ways is refused. */
#include "web/form.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define URL   "application/x-www-form-urlencoded"
#define MULTI "multipart/form-data; boundary=AaB03x"
#define PART  "Content-Disposition: form-data; "

static const struct form_limits small = {
    .body = 4096, .text = 64, .name = 16, .head = 200, .fields = 6, .files = 2};

/* want: "name=value|name=@file name:type:value|..." */
static const struct {
    const char *type, *body, *want;
    int rc;
} cases[] = {
    {URL, "a=1&b=2", "a=1|b=2", 0},
    {URL "; charset=UTF-8", "a=1", "a=1", 0},
    {"APPLICATION/X-WWW-FORM-URLENCODED", "a=1", "a=1", 0},
    {URL, "", "", 0},
    {URL, "&&a=1&&", "a=1", 0},
    {URL, "a", "a=", 0},
    {URL, "a=b=c", "a=b=c", 0},
    {URL, "a+b=%C3%A9+%41%2b", "a b=\xc3\xa9 A+", 0},
    {URL, "a=%&b=%4&c=%zz", "a=%|b=%4|c=%zz", 0},
    {URL, "a=%ff%00x", "a=\xef\xbf\xbdx", 0},
    {URL, "a=1&a=2", "a=1|a=2", 0},
    {URL, "=1", NULL, ERR_PARSE},
    {URL, "%00=1", NULL, ERR_PARSE},
    {URL, "1=&2=&3=&4=&5=&6=", "1=|2=|3=|4=|5=|6=", 0},
    {URL, "1=&2=&3=&4=&5=&6=&7=", NULL, ERR_LIMIT},
    {URL, "12345678901234567=", NULL, ERR_LIMIT},
    {URL, "a=12345678901234567890123456789012345678901234567890123456789012345", NULL, ERR_LIMIT},
    {"text/plain", "a=1", NULL, ERR_USAGE},
    {"", "a=1", NULL, ERR_USAGE},
    {"application/json", "{}", NULL, ERR_USAGE},

    {MULTI, "--AaB03x\r\n" PART "name=\"a\"\r\n\r\n1\r\n--AaB03x--\r\n", "a=1", 0},
    {"multipart/form-data; boundary=\"AaB03x\"",
     "--AaB03x\r\n" PART "name=a\r\n\r\n1\r\n--AaB03x--", "a=1", 0},
    {MULTI, "--AaB03x--\r\n", "", 0},
    {MULTI, "--AaB03x \t\r\n" PART "name=\"a\"\r\n\r\n\r\n--AaB03x--\r\n", "a=", 0},
    {MULTI, "--AaB03x\r\n" PART "name=\"a\"\r\n\r\n--AaB03x--\r\n", "a=", 0},
    {MULTI, "--AaB03x\r\n" PART "name=\"a\"\r\n\r\n\r\n\r\n\r\n--AaB03x--\r\n", "a=\r\n\r\n", 0},
    {MULTI,
     "--AaB03x\r\n" PART "name=\"a\"\r\n\r\n1\r\n--AaB03x\r\n" PART
     "name=\"f\"; filename=\"x.eml\"\r\nContent-Type: Message/RFC822; x=y\r\n\r\nFrom: "
     "x\r\n\r\nz\r\n--AaB03x--\r\n",
     "a=1|f=@x.eml:message/rfc822:From: x\r\n\r\nz", 0},
    {MULTI, "--AaB03x\r\n" PART "name=\"f\"; filename=\"\"\r\n\r\n\r\n--AaB03x--", "f=@::", 0},
    {MULTI, "--AaB03x\r\n" PART "name=\"f\"; filename=\"../../etc/passwd\"\r\n\r\n\r\n--AaB03x--",
     "f=@passwd::", 0},
    {MULTI, "--AaB03x\r\n" PART "name=\"f\"; filename=\"C:\\a\\b.eml\"\r\n\r\n\r\n--AaB03x--",
     "f=@b.eml::", 0},
    {MULTI, "--AaB03x\r\n" PART "name=\"a%22b\\\"c%0D%0a\"\r\n\r\n\r\n--AaB03x--",
     "a\"b\"c\r\n=", 0},
    {MULTI, "--AaB03x\r\n" PART "name=\"a%41\"\r\n\r\n\r\n--AaB03x--", "a%41=", 0},
    {MULTI,
     "--AaB03x\r\n" PART
     "name=a; filename*=utf-8''x\r\nContent-Transfer-Encoding: 8BIT\r\n\r\n1\r\n--AaB03x--",
     "a=1", 0},
    /* no boundary before, after, or one that goes on */
    {MULTI, "", NULL, ERR_PARSE},
    {MULTI, "x\r\n--AaB03x\r\n" PART "name=a\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a\r\n\r\n1\r\n--AaB03x\r\n", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a\r\n\r\n1", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a\r\n\r\n1\r\n--AaB03xy--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\n" PART "name=a\n\n1\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a\r\n\r\n1\r\n--AaB03x--\r\nmore", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a\r\n\r\n1\r\n--AaB03x--more", NULL, ERR_PARSE},
    /* heads */
    {MULTI, "--AaB03x\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\nContent-Type: text/plain\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--AaB03x--", NULL,
     ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "filename=a\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a; name=b\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a; filename=x; filename=y\r\n\r\n1\r\n--AaB03x--", NULL,
     ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a\r\n" PART "name=b\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=\"a\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a x\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\n" PART "name=a\r\n folded: x\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI, "--AaB03x\r\nno colon\r\n\r\n1\r\n--AaB03x--", NULL, ERR_PARSE},
    {MULTI,
     "--AaB03x\r\n" PART "name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--AaB03x--",
     NULL, ERR_PARSE},
    /* the boundary itself */
    {"multipart/form-data", "--\r\n--", NULL, ERR_PARSE},
    {"multipart/form-data; boundary=", "----", NULL, ERR_PARSE},
    {"multipart/form-data; boundary=\"\"", "----", NULL, ERR_PARSE},
    {"multipart/form-data; boundary=a; boundary=b", "--a--", NULL, ERR_PARSE},
    {"multipart/form-data; boundary=\"a \"", "--a --", NULL, ERR_PARSE},
    {"multipart/form-data; boundary=\"a\x01\"", "--a\x01--", NULL, ERR_PARSE},
    {"multipart/form-data; boundary=123456789012345678901234567890123456789012345678901234567890"
     "12345678901",
     "--1", NULL, ERR_PARSE},
    {"multipart/mixed; boundary=a", "--a--", NULL, ERR_USAGE},
    /* too many files */
    {MULTI,
     "--AaB03x\r\n" PART "name=f; filename=1\r\n\r\n\r\n--AaB03x\r\n" PART
     "name=f; filename=2\r\n\r\n\r\n--AaB03x\r\n" PART "name=f; filename=3\r\n\r\n\r\n--AaB03x--",
     NULL, ERR_LIMIT},
};

static void told(const struct form *f, struct buf *out)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct form_field *x = &f->fields[i];
        if (i)
            buf_chr(out, '|');
        buf_add(out, x->name);
        buf_chr(out, '=');
        if (x->is_file)
            buf_printf(out, "@%.*s:%.*s:", SLICE_ARG(x->file_name), SLICE_ARG(x->type));
        buf_add(out, x->value);
    }
}

static void bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *a = arena_new(0);
        struct form f = {0};
        struct err e = {0};
        struct buf got = BUF_INIT(4096);
        int rc = form_read(slice_str(cases[i].type), slice_str(cases[i].body), &small, a, &f, &e);
        told(&f, &got);
        if (rc != cases[i].rc || (rc == 0 && strcmp(buf_cstr(&got), cases[i].want) != 0))
            fail_msg("case %zu (%s): %d %s, \"%s\"", i, cases[i].body, rc, rc ? e.text : "",
                     buf_cstr(&got));
        if (rc && !*e.text)
            fail_msg("case %zu says nothing", i);
        buf_fini(&got);
        arena_free(a);
    }
}

/* What the head of a part may cost, and a body that is too large. */
static void limits(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct form f;
    struct err e;
    struct buf b = BUF_INIT(1u << 20);
    buf_str(&b, "--AaB03x\r\nX: ");
    for (int i = 0; i < 300; i++)
        buf_chr(&b, 'x');
    buf_str(&b, "\r\n" PART "name=a\r\n\r\n1\r\n--AaB03x--");
    assert_int_equal(form_read(SLICE(MULTI), buf_slice(&b), &small, a, &f, &e), ERR_LIMIT);
    assert_int_equal(form_read(SLICE(MULTI), buf_slice(&b), NULL, a, &f, &e), 0);
    for (int i = 0; i < 5000; i++)
        buf_chr(&b, ' ');
    assert_int_equal(form_read(SLICE(MULTI), buf_slice(&b), &small, a, &f, &e), ERR_LIMIT);
    buf_fini(&b);
    arena_free(a);
}

static void looking(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct form f;
    struct err e;
    static const char body[] = "--AaB03x\r\n" PART "name=to\r\n\r\nDE\r\n--AaB03x\r\n" PART
                               "name=to\r\n\r\nFR\r\n--AaB03x\r\n" PART
                               "name=f; filename=\"\"\r\n\r\n\r\n--AaB03x\r\n" PART
                               "name=f; filename=\"x\"\r\n\r\n1\r\n--AaB03x--";
    assert_int_equal(form_read(SLICE(MULTI), slice_str(body), &small, a, &f, &e), 0);
    assert_true(slice_eq(form_text(&f, "to"), SLICE("DE")));
    assert_true(slice_eq(form_field(&f, "to", 1)->value, SLICE("FR")));
    assert_null(form_field(&f, "to", 2));
    assert_null(form_field(&f, "f", 0));
    assert_int_equal(form_text(&f, "none").n, 0);
    assert_true(slice_eq(form_file(&f, "f", 0)->value, SLICE("1")));
    assert_null(form_file(&f, "f", 1));
    assert_ptr_equal(form_file(&f, "f", 0)->value.p, strstr(body, "\r\n\r\n1\r\n") + 4);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bodies), cmocka_unit_test(limits),
                                       cmocka_unit_test(looking)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
