/* library/mail: a proposal out of a message, and nothing of its sender. */
#include "library/item.h"
#include "library/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct {
    const char *mail;
    const char *json; /* NULL: no proposal */
} cases[] = {
    {"From: Ann <ann@example.org>\r\nSubject: A guide\r\n\r\nSee https://example.org/a.\r\nTopics: "
     "Technology, nonsense\r\nHow it is done.\r\n-- \r\nAnn\r\n",
     "{\"kind\":\"resource\",\"channel\":\"mail\",\"source\":\"example.org\",\"body\":{\"topics\":["
     "\"technology\"],\"url\":\"https://example.org/a\",\"summary\":\""
     "How it is done.\",\"title\":\"A guide\",\"kind\":\"report\"}}"},
    {"Subject: =?utf-8?q?Gu=C3=ADa?=\r\n\r\nhttps://example.org/b\r\nkind: tool\r\nyear: 2020\r\n"
     "country: br\r\nPara pequenos.\r\n",
     "{\"kind\":\"resource\",\"channel\":\"mail\",\"source\":\"example.org\",\"body\":{\"kind\":"
     "\"tool\",\"year\":2020,\"country\":\"br\",\"url\":\"https://example.org/b\",\"summary\":"
     "\"Para pequenos.\",\"title\":\"Gu\xC3\xAD"
     "a\"}}"},
    {"Subject: Only a link\r\n\r\nhttps://example.org/c\r\n", NULL},
    {"From: ann@example.org\r\n\r\nNo subject.\r\n", NULL},
    {"", NULL},
};

static void mails(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT(65536);
        struct message *m = message_parse(a, slice_str(cases[i].mail), NULL);
        bool has = library_from_mail(m, SLICE("example.org"), a, &out);
        if (has != (cases[i].json != NULL))
            fail_msg("case %zu: %s", i, buf_cstr(&out));
        if (has) {
            json_t *got = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
            json_t *want = json_loads(cases[i].json, 0, NULL);
            struct err e = {0};
            assert_non_null(want);
            if (!json_equal(got, want))
                fail_msg("case %zu: %s", i, buf_cstr(&out));
            if (library_item_check(LIBRARY_RESOURCE, json_object_get(got, "body"), &e) < 0)
                fail_msg("case %zu: %s", i, e.text);
            json_decref(got);
            json_decref(want);
        }
        buf_fini(&out);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mails)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
