/* DMARC and TLS reports for people. See dmarc_show.h. Everything in an answer may be foreign: it
 * goes through the escaper. */
#include "cli/dmarc_show.h"
#include "base/clock.h"
#include "base/escape.h"

#include <stdio.h>

static void put(const json_t *row, const char *name, size_t most)
{
    const json_t *v = json_object_get(row, name);
    struct buf b = BUF_INIT(4096);
    if (json_is_string(v))
        escape_add(&b, ESCAPE_TERM, slice_of(json_string_value(v), json_string_length(v)), most);
    fputs(buf_cstr(&b), stdout);
    buf_fini(&b);
}

static long long num(const json_t *row, const char *name)
{
    return (long long)json_integer_value(json_object_get(row, name));
}

static bool is_state(const json_t *row, const char *state)
{
    const char *s = json_string_value(json_object_get(row, "state"));
    return s && strcmp(s, state) == 0;
}

static bool has(const json_t *row, const char *name)
{
    return json_string_length(json_object_get(row, name)) > 0;
}

static void put_day(long long seconds)
{
    char when[32];
    clock_rfc3339(seconds * 1000000, when);
    printf("%.10s", when);
}

static void put_percent(long long part, long long whole)
{
    if (whole)
        printf("%lld %%", part * 100 / whole);
    else
        printf("-");
}

/* ---- one domain ---- */

static const char *state_words(const json_t *row)
{
    bool is_near = json_is_true(json_object_get(row, "near_good"));
    if (is_state(row, "good"))
        return "yours";
    if (is_state(row, "spf_only"))
        return "yours, but unsigned";
    if (is_state(row, "mixed"))
        return "partly yours";
    if (is_near)
        return "fails, beside a source of yours";
    return is_state(row, "unaligned") ? "signs as somebody else" : "proves nothing";
}

static void print_source(const json_t *row)
{
    long long n = num(row, "messages");
    printf("%9lld  %7lld  %6lld  %6lld  %7lld  ", n, num(row, "passed"), num(row, "dkim_aligned"),
           num(row, "spf_aligned"), num(row, "quarantined") + num(row, "rejected"));
    put(row, "address", 45);
    if (has(row, "name")) {
        printf(" (");
        put(row, "name", 80);
        putchar(')');
    }
    printf(": %s", state_words(row));
    if (has(row, "signers")) {
        printf("; signed by ");
        put(row, "signers", 100);
    }
    if (has(row, "envelope_from")) {
        printf("; bounces to ");
        put(row, "envelope_from", 100);
    }
    if (has(row, "reasons")) {
        printf("; let through as ");
        put(row, "reasons", 60);
    }
    putchar('\n');
}

/* How many sources are in a state, and the messages they sent. */
static size_t count(const json_t *sources, const char *state, bool near_only, long long *out_n)
{
    size_t i, n = 0;
    const json_t *row;
    *out_n = 0;
    json_array_foreach(sources, i, row)
    {
        bool is_near = json_is_true(json_object_get(row, "near_good"));
        if (near_only ? is_near : !is_near && is_state(row, state)) {
            *out_n += num(row, "messages");
            n++;
        }
    }
    return n;
}

static void name_some(const json_t *sources, const char *state, bool near_only)
{
    size_t i, n = 0;
    const json_t *row;
    json_array_foreach(sources, i, row)
    {
        bool is_near = json_is_true(json_object_get(row, "near_good"));
        if (near_only ? !is_near : is_near || !is_state(row, state))
            continue;
        if (n++ == 3)
            break;
        printf("%s", n > 1 ? ", " : "");
        put(row, "address", 45);
    }
    printf("%s", n > 3 ? " ..." : "");
}

/* One piece of advice about the sources in one state; returns the next number. */
static int advise(int at, const json_t *sources, const char *state, bool near_only,
                  const char *words)
{
    long long messages;
    size_t n = count(sources, state, near_only, &messages);
    if (n == 0)
        return at;
    printf("  %d. %zu source%s (%lld messages: ", at, n, n == 1 ? "" : "s", messages);
    name_some(sources, state, near_only);
    printf(") %s\n", words);
    return at + 1;
}

static void advise_policy(int at, const json_t *answer)
{
    const char *policy = json_string_value(json_object_get(answer, "policy"));
    long long n = num(answer, "messages"), passed = num(answer, "passed");
    if (policy == NULL || n == 0)
        return;
    bool is_none = strstr(policy, "p=none") != NULL;
    if (is_none && passed * 100 >= n * 98)
        printf("  %d. Nearly all mail in your name proves itself: publish p=quarantine, look at "
               "the reports of two weeks, then p=reject.\n",
               at);
    else if (is_none)
        printf("  %d. Leave the policy at p=none until your own sources above pass; then "
               "p=quarantine, then p=reject.\n",
               at);
    else if (strstr(policy, "p=quarantine"))
        printf("  %d. Your policy is p=quarantine. When nothing of yours fails any more, "
               "p=reject keeps forged mail out of mailboxes altogether.\n",
               at);
    else
        printf("  %d. Your policy is p=reject: forged mail is refused by those who follow it.\n",
               at);
}

static void next_steps(const json_t *answer)
{
    const json_t *sources = json_object_get(answer, "sources");
    int at = 1;
    printf("\nWhat to do next\n");
    at = advise(at, sources, "", true,
                "stand in a network from which other mail of yours passes, and fail: they are "
                "probably yours. Add them to your SPF record, or let them sign with DKIM in your "
                "name.");
    at = advise(at, sources, "unaligned", false,
                "sign with another domain's key. If you hired them, let them sign with d= your "
                "domain (they will give you a DKIM record to publish); if not, they forward your "
                "mail or use your name.");
    at = advise(at, sources, "mixed", false,
                "pass only sometimes: mail that is changed on the way (lists, forwarding), or a "
                "server that does not sign everything.");
    at = advise(at, sources, "spf_only", false,
                "pass by SPF alone, which forwarding breaks. Sign their mail with DKIM, too.");
    at = advise(at, sources, "failing", false,
                "prove nothing. If you do not know them, they forge your name, and a policy of "
                "quarantine or reject is what stops them.");
    advise_policy(at, answer);
}

static void print_tls(const json_t *rows)
{
    size_t i;
    const json_t *row;
    if (json_array_size(rows) == 0)
        return;
    printf("\nDelivery to you over TLS, as senders saw it\n");
    json_array_foreach(rows, i, row)
    {
        if (has(row, "failure")) {
            printf("    %lld failed: ", num(row, "failed"));
            put(row, "failure", 80);
            if (has(row, "mx")) {
                printf(" at ");
                put(row, "mx", 255);
            }
        } else {
            printf("  policy ");
            put(row, "policy", 40);
            printf(": %lld sessions good, %lld failed", num(row, "successful"), num(row, "failed"));
        }
        putchar('\n');
    }
}

void dmarc_show(const json_t *answer)
{
    const json_t *sources = json_object_get(answer, "sources"), *row;
    const json_t *reports = json_object_get(answer, "reports");
    long long n = num(answer, "messages"), passed = num(answer, "passed");
    size_t i;
    printf("Mail in the name of ");
    put(answer, "domain", 255);
    printf(", ");
    put_day(num(answer, "oldest"));
    printf(" to ");
    put_day(num(answer, "newest"));
    printf("\n%lld aggregate, %lld failure and %lld TLS reports.\n", num(reports, "aggregate"),
           num(reports, "failure"), num(reports, "tls"));
    if (json_is_false(json_object_get(answer, "proven")))
        printf("None of their mails proves to come from who reports: anybody may have written "
               "them.\n");
    if (num(reports, "unproven"))
        printf("%lld more came in mail that anybody may have written; they are not counted "
               "(--unproven shows them).\n",
               num(reports, "unproven"));
    if (has(answer, "policy")) {
        printf("Your policy, as the newest report saw it: ");
        put(answer, "policy", 200);
        putchar('\n');
    }
    if (n) {
        printf("%lld messages: %lld (", n, passed);
        put_percent(passed, n);
        printf(") proved that they are yours, %lld did not; receivers stopped %lld.\n\n",
               n - passed, num(answer, "stopped"));
        printf(" messages   passed    DKIM     SPF  stopped  source\n");
        json_array_foreach(sources, i, row)
        {
            if (i < DMARC_SHOWN)
                print_source(row);
        }
        if (json_array_size(sources) > DMARC_SHOWN)
            printf("           ... and %zu more sources (--json shows them)\n",
                   json_array_size(sources) - DMARC_SHOWN);
        next_steps(answer);
    }
    print_tls(json_object_get(answer, "tls"));
}

/* ---- the others ---- */

void dmarc_list_domains(const json_t *answer)
{
    const json_t *rows = json_object_get(answer, "domains"), *row;
    size_t i;
    if (json_array_size(rows) == 0)
        printf("no reports\n");
    else
        printf("  reports  messages  passed    TLS ok  newest      domain\n");
    json_array_foreach(rows, i, row)
    {
        printf("%9lld %9lld  ", num(row, "reports"), num(row, "messages"));
        printf("%4lld %%  ",
               num(row, "messages") ? num(row, "passed") * 100 / num(row, "messages") : 100);
        printf("%8lld  ", num(row, "tls_successful"));
        put_day(num(row, "newest"));
        printf("  ");
        put(row, "domain", 255);
        putchar('\n');
    }
}

void dmarc_read_result(const char *name, const json_t *answer)
{
    const json_t *row;
    size_t i, k;
    json_array_foreach(json_object_get(answer, "reports"), i, row)
    {
        const json_t *note;
        printf("%s: ", name);
        put(row, "kind", 20);
        printf(" report of ");
        put(row, "reporter", 100);
        printf(" about ");
        put(row, "domain", 255);
        printf(", ");
        put_day(num(row, "begin"));
        printf(": %lld messages%s\n", num(row, "messages"),
               json_is_true(json_object_get(row, "new")) ? "" : " (known already)");
        json_array_foreach(json_object_get(row, "notes"), k, note)
            printf("    odd: %s\n", json_string_value(note));
    }
    json_array_foreach(json_object_get(answer, "refused"), i, row)
    {
        struct buf b = BUF_INIT(1024);
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(row)), 500);
        printf("%s: refused: %s\n", name, buf_cstr(&b));
        buf_fini(&b);
    }
    if (json_array_size(json_object_get(answer, "reports")) == 0 &&
        json_array_size(json_object_get(answer, "refused")) == 0)
        printf("%s: holds no report\n", name);
}

void dmarc_sent(const json_t *answer)
{
    const json_t *row;
    size_t i;
    if (json_array_size(json_object_get(answer, "reports")) == 0)
        printf("none\n");
    json_array_foreach(json_object_get(answer, "reports"), i, row)
    {
        put(row, "begin", 16);
        printf("  ");
        put(row, "domain", 255);
        printf("  %lld messages  ", num(row, "messages"));
        put(row, "outcome", 200);
        if (has(row, "to")) {
            printf(": ");
            put(row, "to", 300);
        }
        putchar('\n');
    }
}
