/* Languages and hosts. */
#include "web/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena *a;
static struct web_site site;

static struct slice names[] = {{"toolkit.example", 15}};
static const struct web_conf conf = {.url = {"https://pub.example.org:8443/x", 30},
                                     .hosts = {names, 1},
                                     .max_conns = 8,
                                     .max_upload = 65536,
                                     .rate = 1,
                                     .burst = 10};

static int open_site(void **state)
{
    (void)state;
    a = arena_new(0);
    site_open(&site, a, &conf, NULL, NULL);
    /* Catalogues need not hold anything: that they are there is enough. */
    static const struct lang *some = (const struct lang *)&site;
    site.lang[1] = some; /* fr */
    site.lang[4] = some; /* ar */
    return 0;
}

static int close_site(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static const struct {
    const char *query, *cookie, *accept, *want;
} choices[] = {{"", "", "", "en"},
               {"fr", "ar", "en", "fr"},
               {"", "ar", "fr", "ar"},
               {"", "", "fr;q=0.5, ar;q=0.9", "ar"},
               {"", "", "fr-CA, en;q=0.9", "fr"},
               {"", "", "de, fr;q=0.1", "fr"}, /* no German catalogue here */
               {"xx", "", "fr", "fr"},
               {"", "", "en-GB, fr;q=0.9", "en"},
               {"", "", "fr;q=0, en;q=0.2", "en"},
               {"", "", ";;,,q=1,*", "en"}};

static void the_best_language_is_chosen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        unsigned got = site_choose(&site, slice_str(choices[i].query), slice_str(choices[i].cookie),
                                   slice_str(choices[i].accept));
        assert_string_equal(SITE_TONGUE[got].code, choices[i].want);
    }
}

static const struct {
    const char *host;
    bool ok;
} hosts[] = {{"localhost", true},
             {"localhost:8025", true},
             {"127.0.0.1:8025", true},
             {"[::1]:8025", true},
             {"toolkit.example", true},
             {"TOOLKIT.example:80", true},
             {"pub.example.org", true},
             {"evil.example", false},
             {"pub.example.org.evil.example", false},
             {"localhost.evil.example", false},
             {"", false},
             {"[::1", false}};

static void only_our_hosts_are_served(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        if (site_is_host(&site, slice_str(hosts[i].host)) != hosts[i].ok)
            fail_msg("%s", hosts[i].host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_language_is_chosen),
        cmocka_unit_test(only_our_hosts_are_served),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
