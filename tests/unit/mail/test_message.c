/* message_parse: whole messages in, the facts that other rooms lean on out. */
#include "mail/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void same(struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARG(got), want);
}

static struct message *parse(const char *text)
{
    return message_parse(arena, slice_str(text), NULL);
}

static void simple(void **state)
{
    (void)state;
    struct message *m = parse("From: =?utf-8?Q?J=C3=B6rg?= <Joerg@Example.ORG>\r\n"
                              "To: a@b.example, Team: c@d.example;\r\n"
                              "Subject: =?iso-8859-1?q?gr=FC?= =?iso-8859-1?q?n?=\r\n"
                              "Date: Fri, 7 Oct 1994 16:15:05 -0700 (PDT)\r\n"
                              "Message-ID: <x@y>\r\n\r\nHello\r\n");
    same(m->subject, "gr\xc3\xbcn");
    same(m->from->display, "J\xc3\xb6rg");
    same(m->from->local, "Joerg");
    same(m->from->domain, "example.org");
    same(m->to->next->group, "Team");
    same(m->to->next->local, "c");
    same(m->message_id, "x@y");
    assert_true(m->date_us == 781571705000000);
    same(m->text, "Hello\r\n");
    for (int i = 0; i < ANOMALY_KINDS; i++)
        assert_int_equal(m->anomalies.of[i].count, 0);
}

static void tree(void **state)
{
    (void)state;
    struct message *m = parse("Content-Type: multipart/mixed; boundary=\"a b\"\n\npreamble\n"
                              "--a b\n\none\n--a b\n"
                              "Content-Type: multipart/digest; boundary=x\n\n"
                              "--x\n\nSubject: inner\n\ntext\n--x--\n--a b\n"
                              "Content-Type: application/zip; name=f.zip\n"
                              "Content-Transfer-Encoding: base64\n\nUEsDBA==\n--a b--\nend\n");
    assert_int_equal(m->n_parts, 6);
    same(m->parts[1]->text, "one");
    assert_true(m->parts[3]->is_message);
    same(header_find(&m->parts[3]->inner->headers, "subject", NULL)->text, "inner");
    same(m->parts[4]->text, "text");
    same(m->parts[5]->decoded, "PK\x03\x04");
    same(m->parts[5]->names[0], "f.zip");
    assert_true(m->parts[5]->is_attachment);
    assert_false(anomaly_has(&m->anomalies, ANOMALY_boundary_unterminated));
}

static void nothing(void **state)
{
    (void)state;
    struct message *m = message_parse(arena, (struct slice){NULL, 0}, NULL);
    assert_int_equal(m->n_parts, 1);
    m = parse("\n");
    same(m->text, "");
    m = parse("no header at all");
    assert_non_null(m->root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(simple, setup, teardown),
        cmocka_unit_test_setup_teardown(tree, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
