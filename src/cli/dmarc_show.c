/* DMARC and TLS reports for people. See dmarc_show.h. Everything in an answer may be foreign: it
 * goes through the escaper. */
#include "cli/dmarc_show.h"
#include "base/clock.h"
#include "base/escape.h"
#include "cli/say.h"

#include <stdio.h>

static struct slice word(const json_t *row, const char *name)
{
    const json_t *v = json_object_get(row, name);
    return json_is_string(v) ? slice_of(json_string_value(v), json_string_length(v)) : SLICE("");
}

static void put(const json_t *row, const char *name, size_t most)
{
    struct buf b = BUF_INIT(4096);
    escape_add(&b, ESCAPE_TERM, word(row, name), most);
    fputs(buf_cstr(&b), stdout);
    buf_fini(&b);
}

static long long num(const json_t *row, const char *name)
{
    return (long long)json_integer_value(json_object_get(row, name));
}

static bool is_state(const json_t *row, const char *state)
{
    return slice_eq(word(row, "state"), slice_str(state));
}

static bool has(const json_t *row, const char *name)
{
    return word(row, name).n > 0;
}

static void put_day(long long seconds)
{
    char when[32];
    clock_rfc3339(seconds * 1000000, when);
    printf("%.10s", when);
}

/* ---- one domain ---- */

/* Columns of numbers; the last is a sum. */
#define COLUMNS 5
static const struct column {
    const char *title, *value;
    int width;
} SOURCE_COLUMNS[COLUMNS] = {{N_("messages"), "messages", 9},
                             {N_("passed"), "passed", 7},
                             {"DKIM", "dkim_aligned", 6},
                             {"SPF", "spf_aligned", 6},
                             {N_("stopped"), NULL, 7}};

static const char *state_words(const json_t *row)
{
    bool is_near = json_is_true(json_object_get(row, "near_good"));
    if (is_state(row, "good"))
        return N_("yours");
    if (is_state(row, "spf_only"))
        return N_("yours, but unsigned");
    if (is_state(row, "mixed"))
        return N_("partly yours");
    if (is_near)
        return N_("fails, beside a source of yours");
    return is_state(row, "unaligned") ? N_("signs as somebody else") : N_("proves nothing");
}

static void print_source(const struct lang *l, const json_t *row, const int *widths)
{
    static const struct {
        const char *name, *words;
    } more[] = {{"signers", N_("signed by %s")},
                {"envelope_from", N_("bounces to %s")},
                {"reasons", N_("let through as %s")}};
    for (int i = 0; i < COLUMNS; i++)
        printf("%*lld  ", widths[i],
               SOURCE_COLUMNS[i].value ? num(row, SOURCE_COLUMNS[i].value)
                                       : num(row, "quarantined") + num(row, "rejected"));
    put(row, "address", 45);
    if (has(row, "name")) {
        printf(" (");
        put(row, "name", 80);
        putchar(')');
    }
    printf(": ");
    say(l, state_words(row));
    for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
        if (!has(row, more[i].name))
            continue;
        printf("; ");
        say_of(l, more[i].words, slice_head(word(row, more[i].name), 100));
    }
    putchar('\n');
}

static void print_sources(const struct lang *l, const json_t *sources)
{
    int widths[COLUMNS];
    size_t i;
    const json_t *row;
    for (int k = 0; k < COLUMNS; k++) {
        widths[k] = say_title(l, SOURCE_COLUMNS[k].title, SOURCE_COLUMNS[k].width);
        printf("  ");
    }
    say(l, N_("source"));
    putchar('\n');
    json_array_foreach(sources, i, row)
    {
        if (i < DMARC_SHOWN)
            print_source(l, row, widths);
    }
    if (json_array_size(sources) > DMARC_SHOWN) {
        printf("           ");
        say_number(l, N_("... and %s more sources (--json shows them)"),
                   (long long)(json_array_size(sources) - DMARC_SHOWN));
        putchar('\n');
    }
}

static bool is_of(const json_t *row, const char *state, bool near_only)
{
    bool is_near = json_is_true(json_object_get(row, "near_good"));
    return near_only ? is_near : !is_near && is_state(row, state);
}

/* One piece of advice and the sources in the state that it is about; returns the next number. */
static int advise(const struct lang *l, int at, const json_t *sources, const char *state,
                  const char *words)
{
    bool near_only = *state == '\0';
    size_t i, n = 0;
    long long messages = 0;
    const json_t *row;
    json_array_foreach(sources, i, row)
    {
        if (!is_of(row, state, near_only))
            continue;
        messages += num(row, "messages");
        if (++n == 1) {
            printf("  %d. ", at);
            say(l, words);
            printf("\n     ");
        }
        if (n <= 3) {
            printf("%s", n > 1 ? ", " : "");
            put(row, "address", 45);
        }
    }
    if (n == 0)
        return at;
    printf("%s; ", n > 3 ? ", ..." : "");
    say_number(l, N_("sources: %s"), (long long)n);
    printf(", ");
    say_number(l, N_("messages: %s"), messages);
    putchar('\n');
    return at + 1;
}

static void advise_policy(const struct lang *l, int at, const json_t *answer)
{
    const char *policy = json_string_value(json_object_get(answer, "policy"));
    long long n = num(answer, "messages"), passed = num(answer, "passed");
    if (policy == NULL || n == 0)
        return;
    bool is_none = strstr(policy, "p=none") != NULL;
    printf("  %d. ", at);
    if (is_none && passed * 100 >= n * 98)
        say(l, N_("Nearly all mail in your name proves itself: publish p=quarantine, look at the "
                  "reports of two weeks, then p=reject."));
    else if (is_none)
        say(l, N_("Leave the policy at p=none until your own sources above pass; then "
                  "p=quarantine, then p=reject."));
    else if (strstr(policy, "p=quarantine"))
        say(l, N_("Your policy is p=quarantine. When nothing of yours fails any more, p=reject "
                  "keeps forged mail out of mailboxes altogether."));
    else
        say(l, N_("Your policy is p=reject: forged mail is refused by those who follow it."));
    putchar('\n');
}

static void next_steps(const struct lang *l, const json_t *answer)
{
    static const struct {
        const char *state, *words; /* "": those in a network of yours that fail */
    } steps[] = {
        {"", N_("These stand in a network from which other mail of yours passes, and fail: they "
                "are probably yours. Add them to your SPF record, or let them sign with DKIM in "
                "your name.")},
        {"unaligned", N_("These sign with another domain's key. If you hired them, let them sign "
                         "with d= your domain (they will give you a DKIM record to publish); if "
                         "not, they forward your mail or use your name.")},
        {"mixed", N_("These pass only sometimes: mail that is changed on the way (lists, "
                     "forwarding), or a server that does not sign everything.")},
        {"spf_only", N_("These pass by SPF alone, which forwarding breaks. Sign their mail with "
                        "DKIM, too.")},
        {"failing", N_("These prove nothing. If you do not know them, they forge your name, and a "
                       "policy of quarantine or reject is what stops them.")}};
    const json_t *sources = json_object_get(answer, "sources");
    int at = 1;
    putchar('\n');
    say(l, N_("What to do next"));
    putchar('\n');
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        at = advise(l, at, sources, steps[i].state, steps[i].words);
    advise_policy(l, at, answer);
}

static void print_tls(const struct lang *l, const json_t *rows)
{
    size_t i;
    const json_t *row;
    if (json_array_size(rows) == 0)
        return;
    putchar('\n');
    say(l, N_("Delivery to you over TLS, as senders saw it"));
    putchar('\n');
    json_array_foreach(rows, i, row)
    {
        printf(has(row, "failure") ? "    " : "  ");
        put(row, has(row, "failure") ? "failure" : "policy", 80);
        if (has(row, "mx")) {
            printf(" (");
            put(row, "mx", 255);
            putchar(')');
        }
        printf(": ");
        if (!has(row, "failure")) {
            say_number(l, N_("sessions that went well: %s"), num(row, "successful"));
            printf(", ");
        }
        say_number(l, N_("failed: %s"), num(row, "failed"));
        putchar('\n');
    }
}

/* "  WORDS: N" in a line of its own. */
static void count(const struct lang *l, const char *words, long long n)
{
    printf("  ");
    say_number(l, words, n);
    putchar('\n');
}

static void print_reports(const struct lang *l, const json_t *answer)
{
    const json_t *reports = json_object_get(answer, "reports");
    count(l, N_("aggregate reports: %s"), num(reports, "aggregate"));
    count(l, N_("failure reports: %s"), num(reports, "failure"));
    count(l, N_("TLS reports: %s"), num(reports, "tls"));
    if (num(reports, "unproven"))
        count(l,
              N_("not counted, because anybody may have written the mail they came in "
                 "(--unproven shows them): %s"),
              num(reports, "unproven"));
    if (json_is_false(json_object_get(answer, "proven"))) {
        say(l, N_("None of their mails proves to come from who reports: anybody may have written "
                  "them."));
        putchar('\n');
    }
    if (has(answer, "policy")) {
        say_of(l, N_("Your policy, as the newest report saw it: %s"),
               slice_head(word(answer, "policy"), 200));
        putchar('\n');
    }
}

void dmarc_show(const json_t *answer, const struct lang *l)
{
    long long n = num(answer, "messages"), passed = num(answer, "passed");
    say_of(l, N_("Mail in the name of %s"), slice_head(word(answer, "domain"), 255));
    printf(" (");
    put_day(num(answer, "oldest"));
    printf(" .. ");
    put_day(num(answer, "newest"));
    printf(")\n");
    print_reports(l, answer);
    if (n) {
        count(l, N_("messages: %s"), n);
        printf("  ");
        say_number(l, N_("proved that they are yours: %s"), passed);
        printf(" (%lld %%)\n", passed * 100 / n);
        count(l, N_("did not: %s"), n - passed);
        count(l, N_("stopped by receivers: %s"), num(answer, "stopped"));
        putchar('\n');
        print_sources(l, json_object_get(answer, "sources"));
        next_steps(l, answer);
    }
    print_tls(l, json_object_get(answer, "tls"));
}

/* ---- the others ---- */

void dmarc_list_domains(const json_t *answer, const struct lang *l)
{
    const json_t *rows = json_object_get(answer, "domains"), *row;
    size_t i;
    if (json_array_size(rows) == 0) {
        say(l, N_("There are no reports."));
        putchar('\n');
        return;
    }
    int reports = say_title(l, N_("reports"), 9), messages = say_title(l, N_("messages"), 10),
        passed = say_title(l, N_("passed"), 8), tls = say_title(l, N_("TLS good"), 10);
    printf("  ");
    say_title(l, N_("newest"), 0);
    printf("      ");
    say(l, N_("domain"));
    putchar('\n');
    json_array_foreach(rows, i, row)
    {
        long long n = num(row, "messages");
        printf("%*lld%*lld%*lld %%%*lld  ", reports, num(row, "reports"), messages, n, passed - 2,
               n ? num(row, "passed") * 100 / n : 100, tls, num(row, "tls_successful"));
        put_day(num(row, "newest"));
        printf("  ");
        put(row, "domain", 255);
        putchar('\n');
    }
}

static void print_report(const struct lang *l, const char *name, const json_t *row)
{
    const json_t *note;
    size_t k;
    const char *kind = slice_eq(word(row, "kind"), SLICE("tls"))       ? N_("TLS report")
                       : slice_eq(word(row, "kind"), SLICE("failure")) ? N_("failure report")
                                                                       : N_("aggregate report");
    printf("%s: ", name);
    say(l, kind);
    printf(", ");
    say_of(l, N_("from %s"), slice_head(word(row, "reporter"), 100));
    printf(", ");
    say_of(l, N_("about %s"), slice_head(word(row, "domain"), 255));
    printf(", ");
    put_day(num(row, "begin"));
    printf(", ");
    say_number(l, N_("messages: %s"), num(row, "messages"));
    if (!json_is_true(json_object_get(row, "new"))) {
        printf(" ");
        say(l, N_("(known already)"));
    }
    putchar('\n');
    json_array_foreach(json_object_get(row, "notes"), k, note)
    {
        printf("    ");
        say_of(l, N_("odd: %s"), slice_str(lang_text(l, json_string_value(note))));
        putchar('\n');
    }
}

void dmarc_read_result(const char *name, const json_t *answer, const struct lang *l)
{
    const json_t *row;
    size_t i;
    json_array_foreach(json_object_get(answer, "reports"), i, row) print_report(l, name, row);
    json_array_foreach(json_object_get(answer, "refused"), i, row)
    {
        printf("%s: ", name);
        say_of(l, N_("refused: %s"), slice_str(json_string_value(row)));
        putchar('\n');
    }
    if (json_array_size(json_object_get(answer, "reports")) == 0 &&
        json_array_size(json_object_get(answer, "refused")) == 0) {
        printf("%s: ", name);
        say(l, N_("holds no report"));
        putchar('\n');
    }
}

void dmarc_read_sum(const struct lang *l, long long fresh, long long known, long long refused)
{
    say_number(l, N_("new: %s"), fresh);
    printf(", ");
    say_number(l, N_("known already: %s"), known);
    printf(", ");
    say_number(l, N_("refused: %s"), refused);
    putchar('\n');
}

void dmarc_sent(const json_t *answer, const struct lang *l)
{
    const json_t *row;
    size_t i;
    if (json_array_size(json_object_get(answer, "reports")) == 0) {
        say(l, N_("No report was owed."));
        putchar('\n');
    }
    json_array_foreach(json_object_get(answer, "reports"), i, row)
    {
        put(row, "begin", 16);
        printf("  ");
        put(row, "domain", 255);
        printf("  ");
        say_number(l, N_("messages: %s"), num(row, "messages"));
        printf("  ");
        put(row, "outcome", 200);
        if (has(row, "to")) {
            printf(": ");
            put(row, "to", 300);
        }
        putchar('\n');
    }
}
