/* muster dkim: keys, signatures and their rotation. */
#include "base/clock.h"
#include "cli/dkim.h"

#include <stdio.h>
#include <stdlib.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'s', "selector", "NAME", "keygen, rotate: name of the key in DNS (default: type and month)"},
    {'t', "type", "rsa|ed25519", "keygen: kind of key (default rsa)"},
    {'b', "bits", "N", "keygen: size of an RSA key (default 2048)"},
    {'o', "out", "FILE|FOLDER",
     "keygen: key file; rotate: folder of new keys; sign: folder of "
     "signed copies"},
    {'d', "domain", "DOMAIN", "sign: sign for this domain (default: From's)"},
    {'k', "keep", "DAYS", "rotate: the old record stays so long after the switch (default 7)"},
    {'w', "wait", "HOURS", "rotate: from publishing to the switch (default 24)"},
    {'a', "arc", NULL, "sign: seal with ARC instead"},
    {'i', "authserv-id", "NAME", "sign --arc: whose Authentication-Results are sealed"},
    {'z', "zone", "FILE", "list, rotate, verify: answers from this JSON file instead of the DNS"},
    {0, "clock", "UNIXTIME", "fix the clock"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};
enum {
    O_CONFIG,
    O_SELECTOR,
    O_TYPE,
    O_BITS,
    O_OUT,
    O_DOMAIN,
    O_KEEP,
    O_WAIT,
    O_ARC,
    O_AUTHSERV,
    O_ZONE,
    O_CLOCK,
    O_JSON
};

static const struct {
    const char *word;
    int (*run)(const struct dkim_words *w, int argc, char **argv);
} parts[] = {{"keygen", dkim_run_keygen},
             {"rotate", dkim_run_rotate},
             {"list", dkim_run_list},
             {"sign", dkim_run_sign},
             {"verify", dkim_run_verify}};

static bool number(const char *s, int64_t least, int64_t most, int64_t *out)
{
    uint64_t v;
    if (!slice_u64(slice_str(s), &v) || v > (uint64_t)most || (int64_t)v < least)
        return false;
    *out = (int64_t)v;
    return true;
}

static bool take(struct dkim_words *w, int o, const char *value)
{
    int64_t clock;
    const char **texts[] = {[O_CONFIG] = &w->config, [O_SELECTOR] = &w->selector,
                            [O_TYPE] = &w->type,     [O_OUT] = &w->out,
                            [O_DOMAIN] = &w->domain, [O_AUTHSERV] = &w->authserv_id,
                            [O_ZONE] = &w->zone,     [O_JSON] = NULL};
    if (texts[o]) {
        *texts[o] = value;
        return true;
    }
    switch (o) {
    case O_BITS:
        return number(value, CRYPT_RSA_LEAST, CRYPT_RSA_MOST, &w->bits);
    case O_KEEP:
        return number(value, 1, 365, &w->keep_days);
    case O_WAIT:
        return number(value, 0, 24 * 30, &w->wait_hours);
    case O_CLOCK:
        if (!number(value, 0, INT64_C(4000000000), &clock))
            return false;
        clock_fix(clock);
        return true;
    case O_ARC:
        w->is_arc = true;
        return true;
    default:
        w->as_json = true;
        return true;
    }
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_dkim, .argc = argc, .argv = argv};
    struct dkim_words w = {.type = "rsa", .bits = 2048, .keep_days = 7, .wait_hours = 24};
    int o;
    while ((o = option_next(&r)) >= 0) {
        if (!take(&w, o, r.value))
            return command_error(&cmd_dkim, EXIT_USAGE, "--%s: %s is out of range", options[o].name,
                                 r.value);
    }
    if (o != OPTION_END)
        return o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
    for (size_t i = 0; r.at < argc && i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (strcmp(argv[r.at], parts[i].word) == 0)
            return parts[i].run(&w, argc - r.at - 1, argv + r.at + 1);
    }
    return command_error(&cmd_dkim, EXIT_USAGE,
                         "say: dkim keygen DOMAIN, rotate DOMAIN, list, sign PATH..., verify "
                         "PATH...");
}

const struct command cmd_dkim = {
    .name = "dkim",
    .args = "keygen DOMAIN | rotate DOMAIN | list | sign PATH... | verify PATH...",
    .summary = "keys and signatures of mail (DKIM, ARC)",
    .about = "keygen makes a key that only you may read, and prints the record to publish and the\n"
             "lines for the configuration. list shows each key that signs and its record, and\n"
             "whether the DNS has it (exit code 1: it has not).\n"
             "rotate changes keys without a gap: run it again and again, it says what to do next\n"
             "(publish, wait, switch, wait, revoke) and when. sign puts the fields of the\n"
             "configuration's keys on messages; verify checks DKIM signatures and ARC chains and\n"
             "exits 1 when a message has none that holds.",
    .options = options,
    .run = run};
