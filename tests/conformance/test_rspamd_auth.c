/* rspamd's functional tests of SPF, DKIM, DMARC and ARC: its symbols mapped to our results in one
 * table. Rows of other symbols are not counted here. A scan without an address gets one of nowhere
 * and the null sender, because there SPF can say nothing. */
#include "ask/zone.h"
#include "auth/auth.h"
#include "suite_json.h"

#include <stdio.h>

#define NOWHERE "203.0.113.77"
#define RELAY   SLICE("192.168.1.1") /* upstream sets it up as an external relay */
#define CLOCK   1700000000

static const struct suite_exception exceptions[] = {
    {"DMARC PCT ZERO*", "pct is gone with RFC 9989: the whole policy holds"},
    {"SPF FAIL UNRESOLVEABLE INCLUDE*", "an include without a record is permerror (RFC 7208 5.2)"},
    {"SPF ALLOW DNS REQUESTS AT LIMIT*", "30 terms that ask; RFC 7208 4.6.4 allows 10"},
    {"ARC ALLOW CHECK*", "the suite's zone lacks the sealers' keys"},
    {"DKIM Unparseable Signatures Count Towards Limit*",
     "upstream's limit is lower than ours of 8 tried, the good one is within"},
    {NULL, NULL}};

static bool any_dkim(const struct auth_result *r, enum auth_value v)
{
    for (const struct dkim_result *k = r->dkim.first; k; k = k->next)
        if (k->value == v)
            return true;
    return false;
}

static bool fails_with(const struct auth_result *r, enum dmarc_policy p)
{
    return r->dmarc.value == AUTH_FAIL && r->dmarc.action == p;
}

/* ---- the table ---- */

static const struct {
    const char *symbol;
    enum auth_value value; /* of SPF */
} spf_symbols[] = {{"R_SPF_ALLOW", AUTH_PASS},         {"R_SPF_FAIL", AUTH_FAIL},
                   {"R_SPF_SOFTFAIL", AUTH_SOFTFAIL},  {"R_SPF_NEUTRAL", AUTH_NEUTRAL},
                   {"R_SPF_DNSFAIL", AUTH_TEMPERROR},  {"R_SPF_NA", AUTH_NONE},
                   {"R_SPF_PERMFAIL", AUTH_PERMERROR}, {"R_SPF_PLUSALL", AUTH_PASS}};

static bool dkim_allow(const struct auth_result *r)
{
    return any_dkim(r, AUTH_PASS);
}

static bool dkim_reject(const struct auth_result *r)
{
    return any_dkim(r, AUTH_FAIL);
}

static bool dkim_permfail(const struct auth_result *r)
{
    return any_dkim(r, AUTH_PERMERROR) || any_dkim(r, AUTH_POLICY) || any_dkim(r, AUTH_NEUTRAL);
}

static bool dkim_tempfail(const struct auth_result *r)
{
    return any_dkim(r, AUTH_TEMPERROR);
}

static bool dkim_na(const struct auth_result *r)
{
    return r->dkim.n == 0;
}

static bool dmarc_allow(const struct auth_result *r)
{
    return r->dmarc.value == AUTH_PASS;
}

static bool dmarc_softfail(const struct auth_result *r)
{
    return fails_with(r, DMARC_NONE);
}

static bool dmarc_quarantine(const struct auth_result *r)
{
    return fails_with(r, DMARC_QUARANTINE);
}

static bool dmarc_reject(const struct auth_result *r)
{
    return fails_with(r, DMARC_REJECT);
}

static bool dmarc_na(const struct auth_result *r)
{
    return r->dmarc.value == AUTH_NONE;
}

static bool dmarc_dnsfail(const struct auth_result *r)
{
    return r->dmarc.value == AUTH_TEMPERROR;
}

static bool arc_allow(const struct auth_result *r)
{
    return r->arc.value == AUTH_PASS;
}

static bool arc_invalid(const struct auth_result *r)
{
    return r->arc.value == AUTH_FAIL;
}

static const struct {
    const char *symbol;
    bool (*holds)(const struct auth_result *r);
} symbols[] = {{"R_DKIM_ALLOW", dkim_allow},
               {"R_DKIM_REJECT", dkim_reject},
               {"R_DKIM_PERMFAIL", dkim_permfail},
               {"R_DKIM_TEMPFAIL", dkim_tempfail},
               {"R_DKIM_NA", dkim_na},
               {"DMARC_POLICY_ALLOW", dmarc_allow},
               {"DMARC_POLICY_SOFTFAIL", dmarc_softfail},
               {"DMARC_POLICY_QUARANTINE", dmarc_quarantine},
               {"DMARC_POLICY_REJECT", dmarc_reject},
               {"DMARC_NA", dmarc_na},
               {"DMARC_DNSFAIL", dmarc_dnsfail},
               {"ARC_ALLOW", arc_allow},
               {"ARC_INVALID", arc_invalid}};

/* false: none of ours. */
static bool look_up(struct slice symbol, const struct auth_result *r, bool *out_holds)
{
    const struct spf_result *spf = &r->spf_mail_from;
    for (size_t i = 0; i < sizeof spf_symbols / sizeof *spf_symbols; i++) {
        if (!slice_eq(symbol, slice_str(spf_symbols[i].symbol)))
            continue;
        bool wants_all = slice_ends(symbol, SLICE("PLUSALL"));
        *out_holds = spf->value == spf_symbols[i].value &&
                     (!wants_all || slice_iends(spf->mechanism, SLICE("all")));
        return true;
    }
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (!slice_eq(symbol, slice_str(symbols[i].symbol)))
            continue;
        *out_holds = symbols[i].holds(r);
        return true;
    }
    return false;
}

/* ---- zones ---- */

static struct zone *load_zone(struct arena *a, const char *tail)
{
    struct zone *z = zone_new(a);
    json_t *all = suite_json(a, tail);
    size_t i, k;
    const json_t *row, *reply;
    json_array_foreach(all, i, row)
    {
        struct slice name = suite_text(json_object_get(row, "name"));
        struct slice rcode = {0};
        enum dns_type type;
        if (json_is_string(json_object_get(row, "rcode")))
            rcode = suite_text(json_object_get(row, "rcode"));
        if (!dns_type_of(suite_text(json_object_get(row, "type")), &type))
            continue;
        if (slice_eq(rcode, SLICE("timeout")))
            zone_add_status(z, name, type, ASK_TIMEOUT);
        else if (slice_eq(rcode, SLICE("nxdomain")))
            zone_add_status(z, name, type, ASK_NXDOMAIN);
        else if (slice_eq(rcode, SLICE("norec")))
            zone_add_status(z, name, type, ASK_NODATA);
        json_array_foreach(json_object_get(row, "replies"), k, reply)
        {
            struct slice v = suite_text(reply);
            if (type == DNS_MX && slice_chr(v, ' ') == SIZE_MAX)
                v = arena_printf(a, "10 %.*s", SLICE_ARG(v));
            if (!zone_add(z, name, type, v))
                printf("rspamd: zone: %.*s\n", SLICE_ARG(name));
        }
    }
    json_decref(all);
    return z;
}

/* ---- one row ---- */

/* The value of "Key=..." in "A=b ; C=d"; empty when missing. *out_has tells the two apart. */
static struct slice param(struct slice params, const char *key, bool *out_has)
{
    struct slice one;
    *out_has = false;
    while (slice_split(&params, ';', &one)) {
        one = slice_trim(one);
        size_t equals = slice_chr(one, '=');
        if (equals == SIZE_MAX || !slice_eq(slice_head(one, equals), slice_str(key)))
            continue;
        *out_has = true;
        return slice_trim(slice_from(one, equals + 1));
    }
    return (struct slice){0};
}

static struct slice crlf(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, 2 * s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
            out[n++] = '\r';
        out[n++] = s.p[i];
    }
    return slice_of(out, n);
}

static bool evaluate(struct arena *a, const struct zone *z, struct slice message,
                     struct slice params, struct auth_result *r)
{
    char tail[300];
    bool has_ip, has_from, has_helo;
    struct envelope env = {.client_ip = param(params, "IP", &has_ip),
                           .mail_from = param(params, "From", &has_from),
                           .helo = param(params, "Helo", &has_helo),
                           .has_mail_from = true};
    if (!has_ip)
        env.client_ip = SLICE(NOWHERE);
    if (!has_helo)
        env.helo = SLICE("nowhere.invalid");
    if (slice_eq(env.mail_from, SLICE("<>")))
        env.mail_from = (struct slice){0};
    struct slice raw = SLICE("\r\n");
    if (!slice_eq(message, SLICE("/dev/null"))) {
        snprintf(tail, sizeof tail, "rspamd/messages/%.*s", SLICE_ARG(message));
        raw = crlf(a, suite_load(a, tail));
        if (raw.n == 0)
            return false;
    }
    struct net relay;
    struct auth_settings settings = *auth_settings_default();
    if (slice_eq(message, SLICE("external_relay.eml")) && net_parse(RELAY, &relay)) {
        settings.relays = &relay;
        settings.n_relays = 1;
        env.client_ip = env.helo = (struct slice){0};
    }
    /* Upstream finds organisations by the public suffix list. */
    settings.is_old_mode = slice_ifind(message, SLICE("onsubdomain")) != SIZE_MAX;
    struct auth_in in = {.arena = a,
                         .m = message_parse(a, raw, NULL),
                         .env = &env,
                         .settings = &settings,
                         .now = CLOCK};
    struct ask *q = ask_new(a, NULL);
    *r = (struct auth_result){0};
    for (int round = 0; round < 32; round++) {
        if (auth_check(&in, q, r))
            return true;
        zone_answer(z, q);
    }
    return false;
}

/* "Expect Symbol X ...", "Do Not Expect Symbol X", "Expect Symbol With Option X | ...". */
static struct slice symbol_of(struct slice expectation)
{
    struct slice word;
    while (slice_split(&expectation, ' ', &word))
        if (slice_starts(word, SLICE("R_")) || slice_starts(word, SLICE("DMARC_")) ||
            slice_starts(word, SLICE("ARC_")))
            return word;
    return (struct slice){0};
}

struct world {
    const struct zone *merged, *dkim;
};

static void check_row(const struct world *w, struct suite *s, struct slice line)
{
    struct slice col[5] = {{0}};
    struct auth_result r = {0};
    bool holds = false;
    char label[250];
    for (size_t i = 0; i < 5; i++)
        slice_split(&line, '\t', &col[i]);
    struct slice symbol = symbol_of(col[4]);
    if (!look_up(symbol, &r, &holds))
        return; /* of another part of rspamd */
    snprintf(label, sizeof label, "%.*s: %.*s", SLICE_ARG(col[1]), SLICE_ARG(col[4]));
    struct arena *a = arena_new(0);
    suite_case(s, label);
    bool is_dkim = slice_starts(col[0], SLICE("116_dkim"));
    if (!evaluate(a, is_dkim ? w->dkim : w->merged, col[2], col[3], &r)) {
        suite_differs(s, "no end");
    } else {
        look_up(symbol, &r, &holds);
        if (holds == slice_starts(col[4], SLICE("Do Not")))
            suite_differs(s, "spf %s (%s), dkim %zu %s (%s), dmarc %s %s (%s), arc %s",
                          auth_value_name(r.spf_mail_from.value), r.spf_mail_from.reason, r.dkim.n,
                          r.dkim.first ? auth_value_name(r.dkim.first->value) : "-",
                          r.dkim.first ? r.dkim.first->reason : "-", auth_value_name(r.dmarc.value),
                          dmarc_policy_name(r.dmarc.action), r.dmarc.reason,
                          auth_value_name(r.arc.value));
    }
    arena_free(a);
}

int main(void)
{
    struct arena *a = arena_new(0);
    struct suite s = {.name = "rspamd (SPF, DKIM, DMARC, ARC)", .exceptions = exceptions};
    if (!suite_exists(a, "rspamd/expected.tsv")) {
        puts("skipped: rspamd");
        arena_free(a);
        return 77;
    }
    struct world w = {load_zone(a, "rspamd/dns-merged.json"),
                      load_zone(a, "rspamd/dns-116_dkim.json")};
    struct slice rows = suite_load(a, "rspamd/expected.tsv"), line;
    slice_line(&rows, &line);
    while (slice_line(&rows, &line))
        check_row(&w, &s, line);
    bool ok = suite_end(&s);
    arena_free(a);
    return ok ? 0 : 1;
}
