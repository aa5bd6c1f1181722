/* muster dns check: what a domain publishes about its mail, and what to publish instead. */
#include "base/clock.h"
#include "cli/command.h"
#include "cli/selectors.h"
#include "node/dnsjob.h"

#include <stdio.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'s', "selector", "S", "a DKIM selector to look at; may be given again"},
    {'f', "fetch", NULL, "fetch the MTA-STS policy and security.txt from the domain's web servers"},
    {'j', "json", NULL, "the answer as JSON"},
    {0, "zone", "FILE", "answers to questions to DNS (JSON), instead of the DNS"},
    {0, "clock", "UNIXTIME", "fix the clock"},
    {0}};
enum { O_CONFIG, O_SELECTOR, O_FETCH, O_JSON, O_ZONE, O_CLOCK };

struct job {
    const char *config, *zone;
    bool fetches, as_json;
    struct selectors selectors;
    struct dnscheck_in in;
};

/* Those named come first, then our own, then those that reports tell of. */
static void find_selectors(struct job *k, const struct conf *conf)
{
    struct slice domain = arena_lower(k->in.arena, k->in.domain);
    selectors_own(conf, domain, &k->selectors);
    selectors_seen(conf, k->in.arena, domain, &k->selectors);
    k->in.selectors = k->selectors.named;
    k->in.n_selectors = k->selectors.n_named;
    k->in.seen = k->selectors.seen;
    k->in.n_seen = k->selectors.n_seen;
}

static int check(struct job *k)
{
    struct err e = {0};
    struct conf *conf;
    struct lookup *lookup = NULL;
    struct dnsjob_result r;
    struct arena *a = k->in.arena;
    if (node_config_read(a, k->config, &e, &conf) < 0 ||
        lookup_open(conf, k->zone, &e, &lookup) < 0)
        return command_fail(&cmd_dns, &e);
    k->in.now = clock_now_us() / 1000000;
    find_selectors(k, conf);
    int rc = dnsjob_run(conf, lookup, &k->in, k->as_json, &e, &r);
    if (rc == 0 && k->fetches) {
        struct dnscheck d = {.domain = k->in.domain};
        if (r.has_sts)
            dnsjob_fetch(a, dnscheck_sts_url(a, &d), &k->in.sts);
        dnsjob_fetch(a, dnscheck_security_url(a, &d), &k->in.security);
        rc = dnsjob_run(conf, lookup, &k->in, k->as_json, &e, &r);
    }
    lookup_close(lookup);
    if (rc < 0)
        return command_fail(&cmd_dns, &e);
    fwrite(r.output.p, 1, r.output.n, stdout);
    return r.is_bad ? EXIT_NEGATIVE : EXIT_FINE;
}

/* Goes into a URL, so nothing but letters, digits, "-", "_" and dots; other letters as A-labels. */
static bool is_domain(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && memchr("-_.", s.p[i], 3) == NULL)
            return false;
    }
    return s.n > 0 && s.n <= 253;
}

static int read_options(struct option_reader *r, struct job *k)
{
    int o;
    while ((o = option_next(r)) >= 0) {
        uint64_t clock;
        if (o == O_CONFIG)
            k->config = r->value;
        else if (o == O_FETCH)
            k->fetches = true;
        else if (o == O_JSON)
            k->as_json = true;
        else if (o == O_ZONE)
            k->zone = r->value;
        else if (o == O_SELECTOR && k->selectors.n_named == DNSCHECK_SELECTORS)
            return command_error(&cmd_dns, EXIT_USAGE, "at most %d selectors", DNSCHECK_SELECTORS);
        else if (o == O_SELECTOR)
            k->selectors.named[k->selectors.n_named++] = slice_str(r->value);
        else if (!slice_u64(slice_str(r->value), &clock) || clock > INT64_MAX / 1000000)
            return command_error(&cmd_dns, EXIT_USAGE, "--clock takes seconds since 1970");
        else
            clock_fix((int64_t)clock);
    }
    return o == OPTION_END ? -1 : o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_dns, .argc = argc, .argv = argv};
    struct job k = {.in = {.arena = arena_new(0)}};
    int code = read_options(&r, &k);
    if (code < 0 && (argc - r.at != 2 || strcmp(argv[r.at], "check") != 0))
        code = command_error(&cmd_dns, EXIT_USAGE, "say: check DOMAIN");
    if (code < 0) {
        struct slice d = slice_str(argv[r.at + 1]);
        while (d.n && d.p[d.n - 1] == '.')
            d.n--;
        k.in.domain = d;
        code = is_domain(d)
                   ? check(&k)
                   : command_error(&cmd_dns, EXIT_USAGE, "'%s' is no domain name", argv[r.at + 1]);
    }
    arena_free(k.in.arena);
    return code;
}

const struct command cmd_dns = {
    .name = "dns",
    .args = "check DOMAIN",
    .summary = "what a domain publishes about its mail, what is wrong, what to publish instead",
    .about =
        "Looks at MX, reverse names, SPF with all that it includes, DKIM keys, DMARC, "
        "MTA-STS, TLS reports, DANE and DNSSEC. DKIM keys are looked for under the selectors "
        "named, those of this site's own `sign` sections, and those with which reports of the "
        "last 90 days saw the domain's mail signed. Exit code 1 means that something is broken "
        "or could not be asked.",
    .options = options,
    .run = run};
