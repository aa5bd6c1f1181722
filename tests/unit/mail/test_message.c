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

/* Finding a field is walking over all of them, for names of any length and case. */
static void finding(void **state)
{
    (void)state;
    static const char *const names[] = {"Subject", "subject", "SUBJECT", "Subjects", "Subjec",
                                        "",        "X",       "x",       "To",       "From",
                                        "t",       "[x",      "{x",      "Received"};
    struct message *m = parse("Received: a\nReceived: b\nsUbJeCt: c\nX: d\nFROM: e\n{x: f\n"
                              "Received: g\n\n");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct header *found = NULL;
        for (const struct header *h = m->headers.first; h; h = h->next)
            if (slice_ieq(h->name, slice_str(names[i])))
                assert_ptr_equal(h, found = header_find(&m->headers, names[i], found));
        assert_null(header_find(&m->headers, names[i], found)); /* nor one behind the last */
    }
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

#define CARRIED                                                                             \
    "--b\nContent-Type: message/rfc822\n\nSubject: inner\nContent-Type: text/html\n\n"      \
    "<p>Log in <a href=\"http://inner.example/\">here</a><span style=\"display:none\">dark" \
    "</span></p>\n--b--\n"

/* What the sender says himself, without the message that he passes on. */
static void own(void **state)
{
    (void)state;
    static const char head[] = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n";
    struct message *m = parse(
        arena_printf(arena, "%sLook at http://outer.example/ please.\n%s", head, CARRIED).p);
    assert_int_equal(m->n_parts, 4);
    assert_int_equal(m->n_links, 2);
    struct message *o = message_own(arena, m);
    assert_non_null(o);
    assert_int_equal(o->n_parts, 3);
    assert_true(o->parts[2]->is_message);
    same(o->text, "Look at http://outer.example/ please.");
    same(o->hidden, "");
    assert_int_equal(o->n_links, 1);
    same(o->links->url.host, "outer.example");
    assert_null(o->links->next);
    assert_int_equal(m->n_links, 2); /* the whole is left as it was */
    same(m->hidden, "dark");
    /* nothing of his own, nothing carried, and carried alone: the message is what it is */
    assert_null(message_own(arena, parse(arena_printf(arena, "%s \n%s", head, CARRIED).p)));
    assert_null(message_own(arena, parse("Subject: x\n\nA text that is long enough.\n")));
    assert_null(message_own(arena, parse("Content-Type: message/rfc822\n\nSubject: x\n\ny\n")));
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
        cmocka_unit_test_setup_teardown(finding, setup, teardown),
        cmocka_unit_test_setup_teardown(tree, setup, teardown),
        cmocka_unit_test_setup_teardown(own, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
